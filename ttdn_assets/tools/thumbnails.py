"""JPEGs that show what a file holds: small ones of pictures for pages and sheets, whole frames of clips."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from ttdn_assets.tools.colour import SRGB_PROFILE
from ttdn_assets.tools.pixels import Pixels

_QUALITY = 74
_MAX_PIXELS = 300_000_000
_STILL_QUALITIES = (90, 80, 65, 45)


def thumbnail_jpeg(path: Path, *, edge_px: int = 320) -> bytes | None:
    """The first picture of a file, upright on white, its long edge at most ``edge_px``; ``None`` where none is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > _MAX_PIXELS:
                    return None
                image.draft("RGB", (edge_px, edge_px))
                return _coded(image, edge_px)
    except Exception:
        return None


def still_jpeg(pixels: Pixels, *, bytes_max: int) -> bytes:
    """A frame of a clip as a JPEG, at the highest of a few qualities that fits, else at the lowest."""
    image = Image.fromarray(pixels)
    coded = b""
    for quality in _STILL_QUALITIES:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality, progressive=True, icc_profile=SRGB_PROFILE)
        coded = stream.getvalue()
        if len(coded) <= bytes_max:
            break
    return coded


def _coded(image: Image.Image, edge_px: int) -> bytes:
    image.thumbnail((edge_px, edge_px), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright.convert("RGBA"))
    stream = io.BytesIO()
    upright.convert("RGB").save(stream, "JPEG", quality=_QUALITY, optimize=True, icc_profile=None)
    return stream.getvalue()
