"""Upright sRGB pixels cut, reduced and padded; the resampling of every rendition.

Reducing is a low pass at the source's resolution, sampling, and a slight sharpening of the result that gives back what
the low pass took from fine detail: with a Gaussian of variance (f² - 1)/6 for a reduction by f and bilinear sampling
the three together come close to a cubic spline and its inverse (M. Unser, "Splines: a perfect fit", 1999).  Below a
factor of 1.6 sampling alone suffices; from three on, a picture half the size, by exact means of 2 x 2 pixels, is the
source.  The low passes and halves are shared by all sizes.  Without OpenCV, Pillow's Lanczos filter does the same
work, more slowly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from ttdn_assets.geometry import contain, crop_to_ratio
from ttdn_assets.model import Box
from ttdn_assets.tools.opencv import opencv

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

_SOFTENED = (2.0, 2.5, 3.0)
"""Reductions up to one of these share its low pass."""
_SOFT_FROM = 1.6
_TAPS = 5
_HALVE_FROM = 3.0
_SHARPEN_SOFTENED, _SHARPEN_PLAIN = 0.1, 0.04
_BACKDROP_LIGHT = 0.55
_BACKDROP_SMALL_PX = 48
_BACKDROP_BLUR_PX = 2.5


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        path: the original.
        pixels: (height, width, 3 or 4) sRGB, upright; with four channels colours are not multiplied by alpha.
        size_px: the full upright size of the original, of which ``pixels`` may be a scaled decode.
        format: what the file is, as ``MediaFacts.format`` names it.
        copyable: the coded picture itself is upright sRGB, so that it may leave as it is.
    """

    path: Path
    pixels: Pixels
    size_px: Size
    format: str = ""
    copyable: bool = False

    @property
    def pixels_px(self) -> Size:
        """The width and height of ``pixels``."""
        return self.pixels.shape[1], self.pixels.shape[0]


class Pyramid:
    """One picture ready to be reduced many times; colours are multiplied by alpha within."""

    def __init__(self, picture: Picture) -> None:
        """Take the pixels as the lowest level; nothing is copied unless there is transparency."""
        self._size_px = picture.size_px
        self._levels = [_multiplied(picture.pixels)]
        self._softened: tuple[int, float, Pixels] | None = None

    def factor(self, box: Box | None, size_px: Size) -> float:
        """How many times ``size_px`` goes into the decoded pixels of ``box`` (``None``: all), by its nearer side."""
        _, _, width, height = self._place(box, 0)
        return min(width / size_px[0], height / size_px[1])

    def cut(self, box: Box | None, size_px: Size) -> Pixels:
        """The pixels of ``box`` (``None``: all) at ``size_px``, or smaller in both where there are fewer pixels."""
        factor = self.factor(box, size_px)
        if factor < 1:
            size_px = (max(1, round(size_px[0] * factor)), max(1, round(size_px[1] * factor)))
            factor = self.factor(box, size_px)
        level = 0
        while factor >= _HALVE_FROM:
            level, factor = level + 1, factor / 2
        x, y, width, height = self._place(box, level)
        soft = factor >= _SOFT_FROM and opencv() is not None
        source = self._soft(level, factor) if soft else self._level(level)
        part = source[y : y + height, x : x + width]
        if size_px == (width, height):
            return np.ascontiguousarray(part)
        return _sampled(part, size_px, sharpen=_SHARPEN_SOFTENED if soft else _SHARPEN_PLAIN)

    def _place(self, box: Box | None, level: int) -> tuple[int, int, int, int]:
        """Where ``box`` lies in the pixels of a level: x, y, width, height."""
        level_h, level_w = self._level(level).shape[:2]
        if box is None:
            return 0, 0, level_w, level_h
        scale_x, scale_y = level_w / self._size_px[0], level_h / self._size_px[1]
        width = min(level_w, max(1, round(box.width_px * scale_x)))
        height = min(level_h, max(1, round(box.height_px * scale_y)))
        x = min(max(0, round(box.x * scale_x)), level_w - width)
        y = min(max(0, round(box.y * scale_y)), level_h - height)
        return x, y, width, height

    def _level(self, level: int) -> Pixels:
        while len(self._levels) <= level:
            self._levels.append(_halved(self._levels[-1]))
        return self._levels[level]

    def _soft(self, level: int, factor: float) -> Pixels:
        """A level after the low pass for ``factor``; the last one is kept for the next call."""
        strength = next(shared for shared in _SOFTENED if factor <= shared)
        if self._softened is None or self._softened[:2] != (level, strength):
            reuse = self._softened[2] if self._softened and self._softened[0] == level else None
            self._softened = (level, strength, _low_pass(self._level(level), strength, into=reuse))
        return self._softened[2]


def _low_pass(pixels: Pixels, factor: float, *, into: Pixels | None) -> Pixels:
    cv2 = opencv()
    if cv2 is None:
        return pixels
    sigma = ((factor**2 - 1) / 6) ** 0.5
    softened: Pixels = cv2.GaussianBlur(pixels, (_TAPS, _TAPS), sigma, dst=into, borderType=cv2.BORDER_REPLICATE)
    return softened


def _halved(pixels: Pixels) -> Pixels:
    size_px = max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2)
    cv2 = opencv()
    if cv2 is None:
        return np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.BOX))
    half: Pixels = cv2.resize(pixels, size_px, interpolation=cv2.INTER_AREA)
    return half


def _sampled(pixels: Pixels, size_px: Size, *, sharpen: float) -> Pixels:
    cv2 = opencv()
    if cv2 is None:
        return np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.LANCZOS, reducing_gap=3.0))
    sampled = cv2.resize(pixels, size_px, interpolation=cv2.INTER_LINEAR)
    kernel = np.array([[0, -sharpen, 0], [-sharpen, 1 + 4 * sharpen, -sharpen], [0, -sharpen, 0]], np.float32)
    sharp: Pixels = cv2.filter2D(sampled, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    if sharp.shape[2] == 4:
        np.minimum(sharp[..., :3], sharp[..., 3:], out=sharp[..., :3])
    return sharp


def thumbnail(picture: Picture, long_edge_px: int) -> Pixels:
    """The whole picture on white, its long edge at most ``long_edge_px``, good enough to look for something in it."""
    pixels = picture.pixels
    while max(pixels.shape[:2]) >= 2 * long_edge_px:
        pixels = _halved(pixels)
    size_px = contain((pixels.shape[1], pixels.shape[0]), (long_edge_px, long_edge_px))
    return flattened(_multiplied(np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.BOX))))


def padded(pyramid: Pyramid, source_px: Size, *, size_px: Size) -> Pixels:
    """The whole picture, never enlarged, in the middle of a blurred and darkened copy of itself that fills the size."""
    inner = flattened(pyramid.cut(None, contain(source_px, size_px)))
    filled = _backdrop(pyramid, source_px, size_px)
    height, width = inner.shape[:2]
    x, y = (size_px[0] - width) // 2, (size_px[1] - height) // 2
    filled[y : y + height, x : x + width] = inner
    return filled


def _backdrop(pyramid: Pyramid, source_px: Size, size_px: Size) -> Pixels:
    box = crop_to_ratio(source_px, size_px[0] / size_px[1])
    tiny = contain(size_px, (_BACKDROP_SMALL_PX, _BACKDROP_SMALL_PX))
    small = Image.fromarray(flattened(pyramid.cut(box, tiny)))
    dark = small.point([round(level * _BACKDROP_LIGHT) for level in range(256)] * 3)
    soft = dark.filter(ImageFilter.GaussianBlur(_BACKDROP_BLUR_PX))
    cv2 = opencv()
    if cv2 is None:
        return np.array(soft.resize(size_px, Image.Resampling.BICUBIC))
    filled: Pixels = cv2.resize(np.asarray(soft), size_px, interpolation=cv2.INTER_CUBIC)
    return filled


def _multiplied(pixels: Pixels) -> Pixels:
    """Colours multiplied by alpha, as averaging over neighbours needs them."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    colours = (pixels[..., :3] * alpha + 127) // 255
    return np.dstack([colours.astype(np.uint8), pixels[..., 3]])


def divided(pixels: Pixels) -> Pixels:
    """Colours no longer multiplied by alpha, as files store them."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = np.maximum(pixels[..., 3:].astype(np.uint32), 1)
    colours = np.minimum((pixels[..., :3].astype(np.uint32) * 255 + alpha // 2) // alpha, 255)
    return np.dstack([colours.astype(np.uint8), pixels[..., 3]])


def flattened(pixels: Pixels) -> Pixels:
    """Pixels whose colours are multiplied by alpha, laid on white."""
    return pixels if pixels.shape[2] == 3 else pixels[..., :3] + (255 - pixels[..., 3:])
