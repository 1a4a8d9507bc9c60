"""What draws the eye in a picture without faces: the image signature.

X. Hou, J. Harel and C. Koch, "Image Signature: Highlighting Sparse Salient Regions", IEEE PAMI 34(1), 2012: of a
64-pixel picture's cosine transform only the signs are kept; transformed back and squared, what is left is where the
picture differs from its own background.  On a plain background the signs alone also light up places where nothing is,
so a place counts less where it has the picture's median.  Lightness and two colour axes are added, each by
how much it varies, because a red dress before a green slope differs by colour alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ttdn_assets.model import Box, FocalPoint

Pixels = NDArray[np.uint8]
Map = NDArray[np.float64]

_EDGE_PX = 64
_SMOOTH_PX = 2.5
_FLAT_LEVELS = 1.0
_BACKGROUND_QUANTILE = 0.7
_PLAIN = 0.1
"""A place as near to the median as this share of the farthest one's distance counts half."""
SHARE = 0.8


class Salient(NamedTuple):
    """A small box around most of what draws the eye, and the point that draws it most, as shares of the sides."""

    box: Box
    focal: FocalPoint


def find_salient(pixels: Pixels, *, share: float = SHARE) -> Salient | None:
    """What holds at least ``share`` of the saliency, in the picture's pixels; ``None`` in a flat picture."""
    weights = saliency(pixels)
    if weights is None:
        return None
    top, bottom, left, right = _tightened(weights, share)
    rows, columns = weights.shape
    scale_x, scale_y = pixels.shape[1] / columns, pixels.shape[0] / rows
    x, y = int(left * scale_x), int(top * scale_y)
    row, column = divmod(int(weights[top:bottom, left:right].argmax()), right - left)
    return Salient(
        Box(x, y, round(right * scale_x) - x, round(bottom * scale_y) - y),
        FocalPoint((left + column + 0.5) / columns, (top + row + 0.5) / rows),
    )


def saliency(pixels: Pixels) -> Map | None:
    """How much each place stands out, summing to 1, on a grid of 64 along the longer side; ``None`` if nothing does."""
    long_edge = max(pixels.shape[:2])
    size = tuple(max(8, round(side * _EDGE_PX / long_edge)) for side in (pixels.shape[1], pixels.shape[0]))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BOX, reducing_gap=None)
    planes = np.moveaxis(np.asarray(small.convert("YCbCr"), np.float64), -1, 0)
    varied = [plane for plane in planes if plane.std() > _FLAT_LEVELS]
    if not varied:
        return None
    total = np.sum([_signature(plane) * plane.std() for plane in varied], axis=0)
    total = np.maximum(total - np.quantile(total, _BACKGROUND_QUANTILE), 0)
    return total / total.sum() if total.sum() > 0 else None


def _signature(plane: Map) -> Map:
    down, across = _cosines(plane.shape[0]), _cosines(plane.shape[1])
    back = down.T @ np.sign(down @ plane @ across.T) @ across
    distance = _smoothed(np.abs(plane - np.median(plane)))
    seen = _smoothed(back**2) * distance / (distance + _PLAIN * distance.max())
    return np.asarray(seen / seen.sum(), np.float64)


def _cosines(length: int) -> Map:
    """The orthonormal DCT-II of that many samples, as a matrix."""
    places = np.arange(length)
    matrix = np.cos(np.pi * (2 * places[None, :] + 1) * places[:, None] / (2 * length)) * np.sqrt(2 / length)
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix, np.float64)


def _smoothed(values: Map) -> Map:
    radius = round(3 * _SMOOTH_PX)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / _SMOOTH_PX) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        wide = np.pad(values, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        values = np.apply_along_axis(np.convolve, axis, wide, kernel, mode="valid")
    return values


def _tightened(weights: Map, share: float) -> tuple[int, int, int, int]:
    """Rows and columns (top, bottom, left, right) left when the lightest border is taken off as long as it may be."""
    top, bottom, left, right = 0, weights.shape[0], 0, weights.shape[1]
    spare = weights.sum() * (1 - share)
    while bottom - top > 1 and right - left > 1:
        part = weights[top:bottom, left:right]
        borders = (part[0].sum(), part[-1].sum(), part[:, 0].sum(), part[:, -1].sum())
        lengths = (right - left, right - left, bottom - top, bottom - top)
        side = min(range(4), key=lambda i: borders[i] / lengths[i])
        if borders[side] > spare:
            break
        spare -= borders[side]
        top, bottom, left, right = (
            top + (side == 0), bottom - (side == 1), left + (side == 2), right - (side == 3),
        )  # fmt: skip
    return top, bottom, left, right
