"""Face regions of XMP -> boxes in the upright picture."""

from __future__ import annotations

from collections.abc import Iterable

from ttdn_assets.model import Box
from ttdn_assets.tools.xmp_read import Region

_RATIO_TOLERANCE = 0.03
_SWAPPED = (5, 6, 7, 8)


def face_boxes(regions: Iterable[Region], size_px: tuple[int, int], orientation: int) -> tuple[Box, ...]:
    """Boxes of upright pixels; regions drawn on a picture of another shape, cropped since, are left out.

    Regions are shares of the stored picture (MWG guidelines 2.0, 5.9), unless the size they were drawn on shows that
    their program had turned it.

    Args:
        regions: as read.
        size_px: the upright size.
        orientation: how the stored picture is turned to be upright (EXIF 1..8).
    """
    stored = size_px[::-1] if orientation in _SWAPPED else size_px
    boxes: list[Box] = []
    for region in regions:
        applied = region.applied_px or stored
        if _same_shape(applied, stored):
            boxes.append(_box(region, size_px, orientation))
        elif _same_shape(applied, size_px):
            boxes.append(_box(region, size_px, 1))
    return tuple(dict.fromkeys(box for box in boxes if box.width_px > 0 and box.height_px > 0))


def _same_shape(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return abs(a[0] * b[1] / (a[1] * b[0]) - 1) <= _RATIO_TOLERANCE


def _box(region: Region, size_px: tuple[int, int], orientation: int) -> Box:
    x, y = turned_point(region.x, region.y, orientation)
    swapped = orientation in _SWAPPED
    width, height = (region.height, region.width) if swapped else (region.width, region.height)
    left, right = (min(max(edge, 0.0), 1.0) * size_px[0] for edge in (x - width / 2, x + width / 2))
    top, bottom = (min(max(edge, 0.0), 1.0) * size_px[1] for edge in (y - height / 2, y + height / 2))
    return Box(round(left), round(top), round(right) - round(left), round(bottom) - round(top))


def turned_point(x: float, y: float, orientation: int) -> tuple[float, float]:
    """Where a point of the stored picture (shares 0..1) lies in the upright one."""
    if orientation in _SWAPPED:
        x, y = y, x
    if orientation in (2, 3, 6, 7):
        x = 1 - x
    if orientation in (3, 4, 7, 8):
        y = 1 - y
    return x, y
