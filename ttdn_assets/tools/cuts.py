"""A picture cut, reduced and padded; every rendition's pixels come from here, each straight from the original's.

Nothing is enlarged: a size that asks for more pixels than there are becomes smaller at its own shape.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from PIL import Image, ImageFilter

from ttdn_assets.geometry import contain, crop_to_ratio
from ttdn_assets.model import Box
from ttdn_assets.tools.pixels import Picture, Pixels, Size, flattened, multiplied
from ttdn_assets.tools.planes import Planes, image_of, of_pixels
from ttdn_assets.tools.resample import Cut, reduced

_BACKDROP_LIGHT = 0.55
_BACKDROP_SMALL_PX = 48
_BACKDROP_BLUR_PX = 2.5


class Cutter:
    """One decoded picture to be cut many times; colours are multiplied by alpha within."""

    def __init__(self, picture: Picture) -> None:
        """Nothing is copied unless there is transparency."""
        self._full_px = picture.size_px
        self._pixels = multiplied(picture.pixels)

    def pixels(self, box: Box | None, size_px: Size) -> Pixels:
        """RGB, with alpha if there is any, of ``box`` (``None``: all) at ``size_px`` or what there is of it."""
        (x, y, width, height), size_px = self._place(box, size_px)
        part = np.moveaxis(self._pixels[y : y + height, x : x + width], -1, 0)
        cut = (0, 0, width, height)
        found = np.dstack([reduced(channel, cut, size_px, "exact") for channel in np.ascontiguousarray(part)])
        if found.shape[2] == 4:
            np.minimum(found[..., :3], found[..., 3:], out=found[..., :3])
        return found

    def planes(self, box: Box | None, size_px: Size, *, fine: bool) -> Planes:
        """The same on white as JPEG stores it, with colours at full (``fine``) or half resolution."""
        cut, size_px = self._place(box, size_px)
        source = self._fine if fine else self._halved
        luma = reduced(source.luma, cut, size_px, "sharp")
        if not fine:
            cut, size_px = _half_place(cut, source.blue), ((size_px[0] + 1) // 2, (size_px[1] + 1) // 2)
        blue, red = (reduced(plane, cut, size_px, "sharp" if fine else "soft") for plane in source[1:])
        return Planes(luma, blue, red)

    def padded(self, size_px: Size, *, fine: bool) -> Planes:
        """The whole picture, never enlarged, in the middle of a blurred and darkened copy of itself."""
        inner = self.planes(None, contain(self._full_px, size_px), fine=fine)
        ground = self._ground(size_px, fine=fine)
        height, width = inner.luma.shape
        x, y = ((size_px[0] - width) // 4 * 2, (size_px[1] - height) // 4 * 2)
        ground.luma[y : y + height, x : x + width] = inner.luma
        if not fine:
            x, y = x // 2, y // 2
        for below, above in zip(ground[1:], inner[1:], strict=True):
            rows, columns = below[y : y + above.shape[0], x : x + above.shape[1]].shape
            below[y : y + rows, x : x + columns] = above[:rows, :columns]
        return ground

    def _ground(self, size_px: Size, *, fine: bool) -> Planes:
        """The backdrop; made at even sides, so that halved colours reach the last row and column too."""
        width, height = size_px
        even = of_pixels(self._backdrop((width + width % 2, height + height % 2)), fine=fine)
        colours = (plane[:height, :width] if fine else plane for plane in even[1:])
        return Planes(even.luma[:height, :width], *colours)

    @cached_property
    def _halved(self) -> Planes:
        return of_pixels(flattened(self._pixels), fine=False)

    @cached_property
    def _fine(self) -> Planes:
        return of_pixels(flattened(self._pixels), fine=True)

    def _place(self, box: Box | None, size_px: Size) -> tuple[Cut, Size]:
        """Where ``box`` lies in the decoded pixels, and the size that can be made of it."""
        pixels_h, pixels_w = self._pixels.shape[:2]
        x, y, width, height = 0, 0, pixels_w, pixels_h
        if box is not None:
            scale_x, scale_y = pixels_w / self._full_px[0], pixels_h / self._full_px[1]
            width = min(pixels_w, max(1, round(box.width_px * scale_x)))
            height = min(pixels_h, max(1, round(box.height_px * scale_y)))
            x = min(max(0, round(box.x * scale_x)), pixels_w - width)
            y = min(max(0, round(box.y * scale_y)), pixels_h - height)
        factor = min(1.0, width / size_px[0], height / size_px[1])
        if factor < 1:
            size_px = min(width, max(1, round(size_px[0] * factor))), min(height, max(1, round(size_px[1] * factor)))
        return (x, y, width, height), size_px

    def _backdrop(self, size_px: Size) -> Pixels:
        box = crop_to_ratio(self._full_px, size_px[0] / size_px[1])
        tiny = contain(size_px, (_BACKDROP_SMALL_PX, _BACKDROP_SMALL_PX))
        small = image_of(self.planes(box, tiny, fine=False)).convert("RGB")
        dark = small.point([round(level * _BACKDROP_LIGHT) for level in range(256)] * 3)
        soft = dark.filter(ImageFilter.GaussianBlur(_BACKDROP_BLUR_PX))
        return np.asarray(soft.resize(size_px, Image.Resampling.BICUBIC))


def _half_place(cut: Cut, plane: Pixels) -> Cut:
    """The cut in a plane of half the width and height."""
    width, height = max(1, cut[2] // 2), max(1, cut[3] // 2)
    return min(cut[0] // 2, plane.shape[1] - width), min(cut[1] // 2, plane.shape[0] - height), width, height
