"""Pixels -> the smallest file that keeps a stated quality and a limit of bytes; nothing in it but the picture.

The quality of a JPEG is the lowest that keeps a structural similarity of 0.97 (``quality``); its coefficients are
ordered progressively, which takes 5 to 9 % off a photograph's bytes for five times the work of a sequential encode.
Masters that must have a minimum of bytes take quality 95, sequential.  Only a limit of bytes lowers the floor.  Colour
is stored at half resolution (4:2:0) except where coloured edges, text and graphics, would fray.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageFile, PngImagePlugin

from ttdn_assets.tools.colour import SRGB_PROFILE
from ttdn_assets.tools.pixels import Pixels, divided, flattened
from ttdn_assets.tools.planes import Planes, image_of
from ttdn_assets.tools.quality import sufficient_quality

QUALITY_MASTER, QUALITY_WEBP, QUALITY_LOWEST = 95, 85, 5
_TRIES = 4
_NEAR_ENOUGH = 0.9
_CARE = 0.04
"""Each try that was too large makes the next one aim this share lower."""
_RELATIVE_BYTES = (
    (5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95),
    (0.09, 0.14, 0.23, 0.31, 0.38, 0.45, 0.52, 0.63, 0.71, 0.82, 1.0, 1.33, 1.9),
)
"""Qualities, and the bytes of a typical photograph at each against 85: a first guess that the next encode corrects."""
_BYTES_PER_PIXEL_MAX = 4
_FRAYED_LEVELS = 24
_FRAYED_SHARE = 0.004


def encode_jpeg(planes: Planes, *, bytes_max: int | None, master: bool, dpi: int | None) -> bytes:
    """The coded picture: a master at a fixed quality, others at the lowest that suffices; less under a cap."""
    top = QUALITY_MASTER if master else sufficient_quality(planes.luma)
    image = image_of(planes)
    return _fitted(
        lambda quality, tight: _jpeg(image, quality, progressive=tight or not master, fine=planes.fine, dpi=dpi),
        top,
        bytes_max=bytes_max,
    )


def encode_pixels(pixels: Pixels, format: str, *, bytes_max: int | None, dpi: int | None) -> bytes:
    """The coded picture; ``pixels`` have colours multiplied by alpha.

    Raises:
        ValueError: the format is neither ``png`` nor ``webp``.
    """
    if format == "png":
        return _png(Image.fromarray(divided(pixels)), dpi)
    if format == "webp":
        image = Image.fromarray(flattened(pixels))
        return _fitted(lambda quality, tight: _webp(image, quality), QUALITY_WEBP, bytes_max=bytes_max)
    raise ValueError(f"no encoder for {format}")


def _fitted(code: Callable[[int, bool], bytes], top: int, *, bytes_max: int | None) -> bytes:
    """The first try where it fits, else the highest quality found to fit within a few tries; coded tighter then."""
    data = code(top, False)
    if bytes_max is None or len(data) <= bytes_max:
        return data
    best, sizes = b"", {top: len(data)}
    for _ in range(_TRIES):
        quality = _guess(sizes, bytes_max)
        if quality in sizes:
            break
        data = code(quality, True)
        sizes[quality] = len(data)
        if len(data) <= bytes_max:
            best = max(best, data, key=len)
            if len(data) >= _NEAR_ENOUGH * bytes_max:
                break
    return best or code(QUALITY_LOWEST, True)


def _guess(sizes: dict[int, int], wanted_bytes: int) -> int:
    """The quality that should just give ``wanted_bytes``, known what some gave.

    Between a quality that fits and one that does not, sizes grow about exponentially; until both are known, a typical
    photograph's sizes are scaled to the nearest known one.
    """
    misses = [quality for quality, size in sizes.items() if size > wanted_bytes]
    over, aim = min(misses), wanted_bytes * (1 - _CARE * len(misses))
    fits = [quality for quality, size in sizes.items() if size <= wanted_bytes]
    if fits:
        under = max(fits)
        rise = np.log(sizes[over] / sizes[under]) or 1.0
        share = np.log(aim / sizes[under]) / rise
        return min(max(int(under + share * (over - under)), under + 1), max(over - 1, under))
    relative = np.interp(over, *_RELATIVE_BYTES) * aim / sizes[over]
    return min(max(int(np.interp(relative, *_RELATIVE_BYTES[::-1])), QUALITY_LOWEST), over - 1)


def _jpeg(image: Image.Image, quality: int, *, progressive: bool, fine: bool, dpi: int | None) -> bytes:
    out = io.BytesIO()
    with _room(_BYTES_PER_PIXEL_MAX * image.width * image.height):
        image.save(
            out,
            "JPEG",
            quality=quality,
            progressive=progressive,
            subsampling=0 if fine else 2,
            icc_profile=SRGB_PROFILE,
            **({"dpi": (dpi, dpi)} if dpi else {}),
        )
    return out.getvalue()


@contextlib.contextmanager
def _room(wanted_bytes: int) -> Iterator[None]:
    """A buffer that holds the whole file, as progressive coding needs: Pillow's own, a byte a pixel, fails on noise."""
    before = ImageFile.MAXBLOCK
    ImageFile.MAXBLOCK = max(before, wanted_bytes)
    try:
        yield
    finally:
        ImageFile.MAXBLOCK = before


def _png(image: Image.Image, dpi: int | None) -> bytes:
    out, chunks = io.BytesIO(), PngImagePlugin.PngInfo()
    chunks.add(b"sRGB", b"\0")
    image.save(out, "PNG", pnginfo=chunks, **({"dpi": (dpi, dpi)} if dpi else {}))
    return out.getvalue()


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def has_fine_colour(pixels: Pixels) -> bool:
    """Whether half-resolution colour would show: more than 4 in 1,000 pixels would change colour by over 24 levels.

    Natural pictures stay under 2 in 1,000; coloured text, drawings and screenshots are above 6.
    """
    image = Image.fromarray(pixels).convert("YCbCr")
    half = max(1, image.width // 2), max(1, image.height // 2)
    changed = np.zeros(pixels.shape[:2], bool)
    for channel in image.split()[1:]:
        again = channel.resize(half, Image.Resampling.BOX).resize(image.size, Image.Resampling.BILINEAR)
        changed |= np.abs(np.asarray(channel, np.int16) - np.asarray(again, np.int16)) > _FRAYED_LEVELS
    return float(changed.mean()) > _FRAYED_SHARE
