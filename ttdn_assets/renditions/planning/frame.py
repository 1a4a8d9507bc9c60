"""Which pixels of a source go to which size for one placement: whole, cropped around the subject, or padded.

Nothing is ever enlarged: a crop keeps at most its own pixels, and padding makes a canvas no larger than the one the
whole picture fills without enlarging.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ttdn_assets.geometry import crop_around, crop_to_ratio, holds, nearest_ratio, union
from ttdn_assets.model import Box, Finding, Fit, PathPoint, Placement, Subject
from ttdn_assets.renditions.planning.crop_path import crop_path

Size = tuple[int, int]
Wish = Literal["auto", "crop", "pad"]

NOTHING_MISSED = 0.98
"""A crop that keeps this share of the picture is taken whatever the subject is: nobody would rather see borders."""

SAME_SHAPE = 0.005
"""A picture whose ratio is this near to the shape, and no larger, is taken as it is: half of what a check tolerates."""

KEPT_UNKNOWN = 0.5
"""Where nobody knows what the picture shows, a crop must keep half of it."""


class Frame(NamedTuple):
    """One way to fill a placement: the fit, the size to make, and the box cut out (``None``: the whole picture).

    ``path`` moves the box, from where it is at first, after the subject of a clip.
    """

    fit: Fit
    size_px: Size
    crop: Box | None
    path: tuple[PathPoint, ...] = ()


def choose_frame(size_px: Size, placement: Placement, subject: Subject, wish: Wish) -> Frame | Finding:
    """The best frame that the placement's minima allow, or a warning that says what the source falls short of."""
    frames = _frames(size_px, placement, subject, wish)
    faults = [_shortfall(frame.size_px, placement) for frame in frames]
    return next((frame for frame, fault in zip(frames, faults, strict=True) if fault is None), faults[0] or frames[0])


def _frames(size_px: Size, placement: Placement, subject: Subject, wish: Wish) -> list[Frame]:
    """The ways to fill the placement, best first."""
    shape = _shape(size_px, placement)
    if shape is None:
        return [Frame("whole", _even_for(placement, _within(size_px, placement)), None)]
    if _is_already(size_px, shape):
        return [Frame("whole", _even_for(placement, size_px), None)]
    crop = crop_box(size_px, shape[0] / shape[1], subject)
    path = _path(size_px, shape[0] / shape[1], subject, crop)
    kept = crop.width_px * crop.height_px / (size_px[0] * size_px[1])
    if kept == 1:
        return [Frame("whole", _even_for(placement, _scaled(shape, size_px)), None)]
    cropped = Frame(
        "crop", _even_for(placement, _scaled(shape, (crop.width_px, crop.height_px))), _moved(crop, path), path
    )
    padded = Frame("pad", _even_for(placement, _canvas(shape, size_px, placement)), None)
    if wish == "crop" or (wish == "auto" and kept >= NOTHING_MISSED):
        return [cropped]
    if wish == "pad" or not (path or _is_kept(crop, kept, subject)):
        return [padded]
    return [cropped, padded]


def _shape(size_px: Size, placement: Placement) -> Size | None:
    """The width and height to fill at best; ``None`` where the source's own ratio is kept."""
    if placement.sizes_px:
        return nearest_ratio(size_px, placement.sizes_px)
    ratio = size_px[0] / size_px[1]
    wanted = min(max(ratio, placement.aspect_min or ratio), placement.aspect_max or ratio)
    if placement.keep_original or placement.long_edge_px is None or wanted == ratio:
        return None
    edge = placement.long_edge_px
    largest = (edge, round(edge / wanted)) if wanted >= 1 else (round(edge * wanted), edge)
    return _within(largest, placement)


def _within(size_px: Size, placement: Placement) -> Size:
    """The size made smaller, at its ratio, until it keeps every upper limit of the placement."""
    if placement.keep_original:
        return size_px
    width, height = size_px
    limits = (
        (placement.long_edge_px, max(size_px)),
        (placement.long_side_max_px, max(size_px)),
        (placement.short_side_max_px, min(size_px)),
        (placement.width_max_px, width),
        (placement.height_max_px, height),
    )
    scale = min([1.0, *(limit / side for limit, side in limits if limit is not None)])
    return max(1, round(width * scale)), max(1, round(height * scale))


def _scaled(shape: Size, available_px: Size) -> Size:
    """The shape, made smaller where there are fewer pixels available."""
    scale = min(1.0, available_px[0] / shape[0], available_px[1] / shape[1])
    return _floored(shape, scale)


def _is_already(size_px: Size, shape: Size) -> bool:
    """Whether the picture has the shape, and needs no reducing to it."""
    skew = size_px[0] * shape[1] / (size_px[1] * shape[0])
    return size_px[0] <= shape[0] and size_px[1] <= shape[1] and abs(skew - 1) <= SAME_SHAPE


def _canvas(shape: Size, size_px: Size, placement: Placement) -> Size:
    """The shape, made smaller until the whole picture, placed on it, need not be enlarged.

    Where a smaller recommended size of the same shape fits into that, it is that one: borders want no odd sizes.
    """
    canvas = _floored(shape, min(1.0, max(size_px[0] / shape[0], size_px[1] / shape[1])))
    same = [size for size in placement.sizes_px if size[0] * shape[1] == size[1] * shape[0] and size[0] <= canvas[0]]
    return max(same, default=canvas)


def _floored(shape: Size, scale: float) -> Size:
    slack = 1e-9
    return max(1, int(shape[0] * scale + slack)), max(1, int(shape[1] * scale + slack))


def _even_for(placement: Placement, size_px: Size) -> Size:
    """Even sides, rounded down, where 4:2:0 video needs them."""
    if placement.kind == "photo":
        return size_px
    return max(2, size_px[0] // 2 * 2), max(2, size_px[1] // 2 * 2)


def crop_box(size_px: Size, ratio: float, subject: Subject) -> Box:
    """The largest crop of a width/height ratio: around the heads it can hold, else the box, else the focal point."""
    if subject.box is None or subject.origin == "hand":
        return crop_to_ratio(size_px, ratio, subject.focal)
    if heads := _held_together(subject.heads, crop_to_ratio(size_px, ratio)):
        return crop_around(size_px, ratio, heads)
    return crop_around(size_px, ratio, subject.box)


def _held_together(heads: Sequence[Box], crop: Box) -> Box | None:
    """The box around as many heads as fit into a crop of that size, the largest first; ``None`` where not one does."""
    held: Box | None = None
    for head in heads:
        wider = head if held is None else union((held, head))
        if wider.width_px <= crop.width_px and wider.height_px <= crop.height_px:
            held = wider
    return held


def _path(size_px: Size, ratio: float, subject: Subject, crop: Box) -> tuple[PathPoint, ...]:
    """The way of the crop of a clip whose subject no crop that stands still can hold; empty where none can."""
    if not subject.track or subject.origin == "hand" or (subject.box and holds(crop, subject.box)):
        return ()
    return crop_path(size_px, ratio, subject.track) or ()


def _moved(crop: Box, path: Sequence[PathPoint]) -> Box:
    return Box(path[0].x, path[0].y, crop.width_px, crop.height_px) if path else crop


def _is_kept(crop: Box, kept: float, subject: Subject) -> bool:
    """Whether the crop shows what must stay in view."""
    if subject.origin == "hand":
        return True
    return kept >= KEPT_UNKNOWN if subject.box is None else holds(crop, subject.box)


def _shortfall(size_px: Size, placement: Placement) -> Finding | None:
    """The first minimum the size stays under."""
    width, height = size_px
    if placement.short_side_min_px and min(size_px) < placement.short_side_min_px:
        return Finding(
            rule="plan-short-side",
            level="warning",
            placement=placement.id,
            measured=min(size_px),
            allowed=placement.short_side_min_px,
        )
    if placement.width_min_px and width < placement.width_min_px:
        return Finding(
            rule="plan-width", level="warning", placement=placement.id, measured=width, allowed=placement.width_min_px
        )
    if placement.height_min_px and height < placement.height_min_px:
        return Finding(
            rule="plan-height",
            level="warning",
            placement=placement.id,
            measured=height,
            allowed=placement.height_min_px,
        )
    return _ratio_fault(size_px, placement)


def _ratio_fault(size_px: Size, placement: Placement) -> Finding | None:
    """A ratio out of range, which only a picture that may not be cut can have."""
    ratio = size_px[0] / size_px[1]
    low, high = placement.aspect_min or ratio, placement.aspect_max or ratio
    if not placement.keep_original or low <= ratio <= high:
        return None
    return Finding(
        rule="plan-ratio",
        level="warning",
        placement=placement.id,
        measured=round(ratio, 3),
        allowed=f"{low:.3g}–{high:.3g}",
    )
