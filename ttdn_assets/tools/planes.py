"""A picture as JPEG stores it: lightness, and two colours that may be at half resolution (ITU-T T.871).

Reducing and coding these costs half of what red, green and blue cost, and colours that a JPEG original stores at half
resolution are never blown up in between.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ttdn_assets.tools.opencv import opencv
from ttdn_assets.tools.resample import halved

Samples = NDArray[np.uint8]

_STRIP_ROWS = 64


class Planes(NamedTuple):
    """Y, Cb and Cr; the colours are as large as ``luma`` or half as wide and high."""

    luma: Samples
    blue: Samples
    red: Samples

    @property
    def fine(self) -> bool:
        """Whether the colours are at full resolution."""
        return self.blue.shape == self.luma.shape


def of_pixels(pixels: Samples, *, fine: bool) -> Planes:
    """The planes of RGB pixels, strip by strip; halved colours leave out an odd last row and column."""
    height, width = pixels.shape[:2]
    small = (height, width) if fine else (max(1, height // 2), max(1, width // 2))
    planes = Planes(np.empty((height, width), np.uint8), np.empty(small, np.uint8), np.empty(small, np.uint8))
    for top in range(0, height, _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS]
        planes.luma[top : top + _STRIP_ROWS] = _luma(strip)
        start, colours = (top, strip) if fine else (top // 2, halved(strip))
        rows = min(len(colours), small[0] - start)
        for plane, values in zip(planes[1:], _colours(colours), strict=True):
            plane[start : start + rows] = values[:rows]
    return planes


def image_of(planes: Planes) -> Image.Image:
    """The planes as a Pillow image in mode YCbCr, halved colours repeated: coding it halves them to the same again."""
    height, width = planes.luma.shape
    colours = planes[1:] if planes.fine else (np.repeat(np.repeat(plane, 2, 1), 2, 0) for plane in planes[1:])
    bands = [planes.luma, *(plane[:height, :width] for plane in colours)]
    return Image.merge("YCbCr", [Image.fromarray(band) for band in bands])


def _luma(pixels: Samples) -> Samples:
    cv2 = opencv()
    if cv2 is None:
        return np.asarray(Image.fromarray(pixels).convert("L"))
    luma: Samples = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return luma


def _colours(pixels: Samples) -> tuple[Samples, Samples]:
    """Cb and Cr."""
    cv2 = opencv()
    if cv2 is None:
        _, blue, red = Image.fromarray(pixels).convert("YCbCr").split()
        return np.asarray(blue), np.asarray(red)
    mixed = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    return cv2.extractChannel(mixed, 2), cv2.extractChannel(mixed, 1)
