"""Boxes seen at moments of one scene -> the track of one subject through it, from its first moment to its last."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ttdn_assets.geometry import within
from ttdn_assets.model import Box, TrackPoint

Size = tuple[int, int]


class Moment(NamedTuple):
    """Where the subject was seen at a time, if it was."""

    t_s: float
    box: Box | None


def tracked(moments: Sequence[Moment], size_px: Size) -> list[TrackPoint]:
    """The subject's way through a scene in which it was seen at least once.

    Every box is the median of three, so that a face lost or mistaken for an instant changes nothing (at the ends by
    J. Tukey's rule, with what the next two let expect).  Between the moments at which it was seen it goes on evenly;
    before the first and after the last as it went there, for as long as those are apart, and then it stands.
    """
    seen = [TrackPoint(moment.t_s, moment.box) for moment in moments if moment.box is not None]
    boxes = [point.box for point in seen]
    calm = [median_box(boxes[at - 1 : at + 2]) if 0 < at < len(boxes) - 1 else box for at, box in enumerate(boxes)]
    if len(boxes) >= 3:
        calm[0] = median_box([boxes[0], calm[1], _between(calm[2], calm[1], 3.0)])
        calm[-1] = median_box([boxes[-1], calm[-2], _between(calm[-3], calm[-2], 3.0)])
    known = [TrackPoint(point.t_s, box) for point, box in zip(seen, calm, strict=True)]
    return [TrackPoint(moment.t_s, within(_box_at(known, moment.t_s), size_px)) for moment in moments]


def median_size(boxes: Sequence[Box]) -> Size:
    """The width and the height in the middle of theirs."""
    return round(median(box.width_px for box in boxes)), round(median(box.height_px for box in boxes))


def about_middle(box: Box, size_px: Size) -> Box:
    """A box of another size about the middle of ``box``."""
    return Box(box.x + (box.width_px - size_px[0]) // 2, box.y + (box.height_px - size_px[1]) // 2, *size_px)


def median_box(boxes: Sequence[Box]) -> Box:
    """The box whose four sides are the medians of theirs."""
    return _box(*(median(sides) for sides in zip(*map(_sides, boxes), strict=True)))


def leaps(boxes: Sequence[Box]) -> int:
    """How many of the boxes have nothing in common with the one before."""
    return sum(not _meet(one, other) for one, other in pairwise(boxes))


def _meet(one: Box, other: Box) -> bool:
    across = max(one.x, other.x) < min(one.x + one.width_px, other.x + other.width_px)
    return across and max(one.y, other.y) < min(one.y + one.height_px, other.y + other.height_px)


def _box_at(known: Sequence[TrackPoint], t_s: float) -> Box:
    if len(known) == 1:
        return known[0].box
    after = min(max(1, bisect_right([point.t_s for point in known], t_s)), len(known) - 1)
    start, end = known[after - 1], known[after]
    return _between(start.box, end.box, min(max(-1.0, (t_s - start.t_s) / (end.t_s - start.t_s)), 2.0))


def _between(start: Box, end: Box, share: float) -> Box:
    """The box that far on the way from one to the other; beyond the end from 1 on, before the start under 0."""
    ways = zip(_sides(start), _sides(end), strict=True)
    return _box(*(one + (other - one) * share for one, other in ways))


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width_px, box.y + box.height_px


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(round(left), round(top), max(1, round(right - left)), max(1, round(bottom - top)))
