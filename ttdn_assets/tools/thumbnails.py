"""Small JPEGs of pictures, for pages and sheets; they carry no metadata."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

_QUALITY = 74
_MAX_PIXELS = 300_000_000


def thumbnail_jpeg(path: Path, *, edge_px: int = 320) -> bytes | None:
    """The first picture of a file, upright on white, its long edge at most ``edge_px``; ``None`` where none is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > _MAX_PIXELS:
                    return None
                image.draft("RGB", (2 * edge_px, 2 * edge_px))
                return _coded(image, edge_px)
    except Exception:
        return None


def _coded(image: Image.Image, edge_px: int) -> bytes:
    image.thumbnail((edge_px, edge_px), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright.convert("RGBA"))
    stream = io.BytesIO()
    upright.convert("RGB").save(stream, "JPEG", quality=_QUALITY, optimize=True, icc_profile=None)
    return stream.getvalue()
