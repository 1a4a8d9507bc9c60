"""Which placements get the unit's mark, and in which corner.  No I/O.

A contest gets none: its jurors see the author's own picture.
"""

from __future__ import annotations

import msgspec

from ttdn_assets.model import Corner, Margins, OverlayPlan, Placement

_RAISED: dict[Corner, Corner] = {"bottom-left": "top-left", "bottom-right": "top-right"}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """``[overlay]`` of ttdn.toml made ready: its placements by id, its logo a small PNG (empty: none), its digest."""

    placements: frozenset[str]
    sha256: str
    logo: bytes = b""
    text: str = ""
    corner: Corner = "bottom-right"
    size: float = 0.15
    opacity: float = 1.0


def plan_overlay(mark: Mark | None, placement: Placement) -> OverlayPlan | None:
    """The mark on what is made for the placement; ``None`` where it gets none."""
    if mark is None or placement.id not in mark.placements or _is_contest(placement):
        return None
    return OverlayPlan(sha256=mark.sha256, corner=mark.corner, zone=placement.safe_zone or Margins())


def above_subtitles(overlay: OverlayPlan) -> OverlayPlan:
    """The same where subtitles are drawn below: in the upper corner of its side."""
    return msgspec.structs.replace(overlay, corner=_RAISED.get(overlay.corner, overlay.corner))


def is_left_out(mark: Mark | None, placement: Placement) -> bool:
    """Whether the unit asks for its mark where a contest takes none."""
    return mark is not None and placement.id in mark.placements and _is_contest(placement)


def _is_contest(placement: Placement) -> bool:
    return placement.keep_original or placement.unexhibited
