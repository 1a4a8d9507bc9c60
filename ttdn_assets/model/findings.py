"""What is told while working: findings, failures, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from ttdn_assets.model.words import Lang

Level = Literal["error", "warning", "info"]


def count_levels(findings: Iterable[Finding]) -> dict[Level, int]:
    """How many errors, warnings and infos there are."""
    counts: dict[Level, int] = {"error": 0, "warning": 0, "info": 0}
    for finding in findings:
        counts[finding.level] += 1
    return counts


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why one file failed: a message code with its fields, to be worded by ``wording.say``."""

    code: str
    fields: dict[str, str | int | float] = {}


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One thing seen while working: an error breaks a rule, a warning tells what was not made, info is for the reader.

    ``rule`` is a message code (``wording.say("finding." + rule, …)``); ``subject`` names the file or text it is about.
    The sentence of ``cause``, an error that was survived, stands where the finding's own says ``{measured}``.
    """

    rule: str
    level: Level
    subject: str = ""
    placement: str | None = None
    lang: Lang | None = None
    measured: str | int | float | None = None
    allowed: str | int | float | None = None
    cause: Failure | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Progress told to the caller: ``done`` of ``total`` steps of ``stage``; ``source`` is the file it is about."""

    stage: str
    done: int
    total: int
    source: str = ""
    left_s: float | None = None


Progress = Callable[[Event], None]


def silent(event: Event) -> None:
    """Take an event and tell nobody: the default progress."""
