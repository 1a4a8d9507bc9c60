"""Small JPEGs of pictures and of frames of clips, for pages and sheets; they carry no metadata."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from ttdn_assets.errors import ToolError
from ttdn_assets.tools.ffmpeg import Deadline, file_url, input_options, run

_QUALITY = 74
_MAX_PIXELS = 300_000_000
_FRAMES = 50
_FRAME_S = 30.0


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


def frame_jpeg(path: Path, *, format: str, edge_px: int = 320) -> bytes | None:
    """The frame most like the first two seconds of an upright clip; ``None`` where none can be had."""
    fit = f"scale=w='if(gte(iw,ih),min({edge_px},iw),-2)':h='if(gte(iw,ih),-2,min({edge_px},ih))'"
    options = [part for key, value in input_options(format).items() for part in (f"-{key}", value) if part is not None]
    asked = [*map(str, options), "-i", file_url(path), "-an", "-sn", "-dn", "-vf", f"thumbnail={_FRAMES},{fit}"]
    coded = ["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-f", "image2pipe", "pipe:1"]
    try:
        return run([*asked, *coded], deadline=Deadline(path, _FRAME_S), capture=True).stdout or None
    except ToolError:
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
