"""What a check finds, before it is known which file and placement it is about."""

from __future__ import annotations

from typing import NamedTuple

from ttdn_assets.model import Level

Measured = str | int | float


class Fault(NamedTuple):
    """A rule that is broken, what was measured, and what is allowed."""

    rule: str
    measured: Measured
    allowed: Measured
    level: Level = "error"


def broken(rule: str, measured: Measured, allowed: Measured) -> Fault:
    """The fault of one broken rule."""
    return Fault(rule, measured, allowed)


def outside(
    rule: str, value: float, low: float | None, high: float | None, *, share: float = 0.0, slack: float = 0.0
) -> list[Fault]:
    """The fault of a value below ``low`` or above ``high``, each widened by a share of itself or by ``slack``."""
    if low is not None and value < low * (1 - share) - slack:
        return [broken(rule, _rounded(value), f"≥ {_rounded(low)}")]
    if high is not None and value > high * (1 + share) + slack:
        return [broken(rule, _rounded(value), f"≤ {_rounded(high)}")]
    return []


def _rounded(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 3)
