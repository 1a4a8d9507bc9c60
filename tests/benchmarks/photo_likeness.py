"""How like a rendition is to the picture reduced by a Lanczos filter in linear light, in floating point."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.photo_set import Cut

Grey = NDArray[np.float32]

_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


class Reference:
    """One photo in linear light."""

    def __init__(self, path: Path) -> None:
        """Decode once."""
        with Image.open(path) as image:
            coded = np.asarray(image.convert("RGB"), np.float32) / 255
        light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)
        self._channels = [Image.fromarray(np.ascontiguousarray(light[..., band])) for band in range(3)]

    def grey(self, cut: Cut) -> Grey:
        """The lightness of a cut, 0 to 255."""
        box, size_px = cut
        place = (box.x, box.y, box.x + box.width_px, box.y + box.height_px)
        reduced = [channel.resize(size_px, Image.Resampling.LANCZOS, box=place) for channel in self._channels]
        light = np.clip(np.stack([np.asarray(channel) for channel in reduced], -1), 0, 1)
        coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255
        return np.asarray(coded @ np.array([0.299, 0.587, 0.114]), np.float32)


def grey_of(path: Path) -> Grey:
    """The lightness of a JPEG."""
    with Image.open(path) as image:
        return np.asarray(image.convert("L"), np.float32)


def ssim(one: Grey, other: Grey) -> float:
    """Mean structural similarity with the Gaussian window of its authors: 11 pixels, sigma 1.5."""

    def blurred(values: Grey) -> Grey:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float32)

    mean, mean_other = blurred(one), blurred(other)
    variance = blurred(one * one) - mean * mean
    variance_other = blurred(other * other) - mean_other * mean_other
    together = blurred(one * other) - mean * mean_other
    above = (2 * mean * mean_other + _C1) * (2 * together + _C2)
    return float((above / ((mean**2 + mean_other**2 + _C1) * (variance + variance_other + _C2))).mean())
