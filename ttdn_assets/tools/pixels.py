"""Upright sRGB pixels: what a decoded picture is, small looks at it, and what transparency does to colours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ttdn_assets.geometry import contain
from ttdn_assets.tools.resample import halved

Pixels = NDArray[np.uint8]
Size = tuple[int, int]


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


def thumbnail(picture: Picture, long_edge_px: int) -> Pixels:
    """The whole picture on white, its long edge at most ``long_edge_px``, good enough to look for something in it."""
    pixels = picture.pixels
    while max(pixels.shape[:2]) >= 2 * long_edge_px:
        pixels = halved(pixels)
    size_px = contain((pixels.shape[1], pixels.shape[0]), (long_edge_px, long_edge_px))
    return flattened(multiplied(np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.BOX))))


def multiplied(pixels: Pixels) -> Pixels:
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
