"""Pure pixel arithmetic: upright sizes, boxes that cover or contain, even sizes, focal points."""

from __future__ import annotations

from ttdn_assets.model import Box, FocalPoint

CENTRE = FocalPoint(0.5, 0.5)


def upright_size(stored_px: tuple[int, int], orientation: int) -> tuple[int, int]:
    """The size after applying EXIF ``orientation`` (5..8 swap the sides)."""
    width, height = stored_px
    return (height, width) if orientation in (5, 6, 7, 8) else (width, height)


def even(value: float) -> int:
    """The nearest even integer, at least 2: 4:2:0 video needs both sides even."""
    return max(2, 2 * round(value / 2))


def contain(size_px: tuple[int, int], limit_px: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the same ratio inside ``limit_px``, never larger than ``size_px``."""
    scale = min(1.0, limit_px[0] / size_px[0], limit_px[1] / size_px[1])
    return max(1, round(size_px[0] * scale)), max(1, round(size_px[1] * scale))


def fit_long_edge(size_px: tuple[int, int], long_edge_px: int) -> tuple[int, int]:
    """The size with its long edge at most ``long_edge_px``."""
    return contain(size_px, (long_edge_px, long_edge_px))


def crop_to_ratio(size_px: tuple[int, int], ratio: float, focal: FocalPoint = CENTRE) -> Box:
    """The largest box of width/height ``ratio`` in the picture, as near to centred on ``focal`` as the edges allow."""
    width, height = size_px
    box_w = min(width, max(1, round(height * ratio)))
    box_h = min(height, max(1, round(width / ratio)))
    x = round(focal.x * width - box_w / 2)
    y = round(focal.y * height - box_h / 2)
    return Box(min(max(0, x), width - box_w), min(max(0, y), height - box_h), box_w, box_h)


def holds(outer: Box, inner: Box) -> bool:
    """Whether ``inner`` lies whole within ``outer``."""
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width_px <= outer.x + outer.width_px
        and inner.y + inner.height_px <= outer.y + outer.height_px
    )


def union(boxes: tuple[Box, ...]) -> Box:
    """The smallest box around all ``boxes`` (at least one)."""
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    right = max(b.x + b.width_px for b in boxes)
    bottom = max(b.y + b.height_px for b in boxes)
    return Box(left, top, right - left, bottom - top)


def within(box: Box, size_px: tuple[int, int]) -> Box:
    """The part of the box that lies in the picture, at least one pixel."""
    x, y = min(max(0, box.x), size_px[0] - 1), min(max(0, box.y), size_px[1] - 1)
    right, bottom = min(size_px[0], box.x + box.width_px), min(size_px[1], box.y + box.height_px)
    return Box(x, y, max(1, right - x), max(1, bottom - y))


def centre_of(box: Box, size_px: tuple[int, int]) -> FocalPoint:
    """The box's centre as shares of the picture."""
    return FocalPoint((box.x + box.width_px / 2) / size_px[0], (box.y + box.height_px / 2) / size_px[1])


def crop_around(size_px: tuple[int, int], ratio: float, box: Box) -> Box:
    """The largest box of ``ratio``, centred on ``box`` and moved, where the edges allow, to hold it whole."""
    return crop_to_ratio(size_px, ratio, centre_of(box, size_px))


def nearest_ratio(size_px: tuple[int, int], choices_px: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """The choice whose ratio is nearest the picture's, by how much of it a crop would cut; the first wins a tie."""
    ratio = size_px[0] / size_px[1]

    def cut(choice: tuple[int, int]) -> float:
        wanted = choice[0] / choice[1]
        return max(ratio / wanted, wanted / ratio)

    return min(choices_px, key=cut)
