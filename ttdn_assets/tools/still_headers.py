"""Pictures as their decoder sees them, header only -> ``Opened``; imports Pillow and pi-heif.

What the structure of a file promises, a decoder must be able to take up: a file that it refuses to open is broken or
of a rare kind, however well its header reads.
"""

from __future__ import annotations

import logging
import warnings
from functools import cache
from pathlib import Path

import msgspec

from ttdn_assets.errors import MediaError

_PILLOW_NAMES = {
    "jpeg": ("JPEG",), "mpo": ("JPEG",), "png": ("PNG",), "tiff": ("TIFF",), "webp": ("WEBP",),
    "gif": ("GIF",), "heic": ("HEIF",), "avif": ("AVIF",), "bmp": ("BMP", "DIB"),
}  # fmt: skip


class Opened(msgspec.Struct, frozen=True):
    """What the decoder makes of the file: size as it will hand it over, its mode, and the number of pictures."""

    size_px: tuple[int, int]
    mode: str
    frames: int


@cache
def _ready() -> None:
    """Teach Pillow HEIC, and quiet its log; size limits are the caller's, who has read the header before."""
    from PIL import Image

    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    Image.MAX_IMAGE_PIXELS = None
    try:
        import pi_heif
    except ImportError:
        return
    pi_heif.register_heif_opener()


def open_header(path: Path, *, format: str) -> Opened:
    """Let the decoder open the file without decoding it.

    Raises:
        MediaError: ``photo-not-taken`` where the decoder does not know what it sees, ``photo-broken`` with its reason
            else; ``photo-no-heic`` where no HEIC decoder is installed.
    """
    from PIL import Image, UnidentifiedImageError

    _ready()
    names = _PILLOW_NAMES[format]
    if format == "heic" and "HEIF" not in Image.OPEN:
        raise MediaError("photo-no-heic", {"path": path})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=names) as image:
                frames = int(getattr(image, "n_frames", 1)) if format == "avif" else 1
                return Opened(size_px=image.size, mode=image.mode, frames=frames)
    except UnidentifiedImageError as error:
        raise MediaError("photo-not-taken", {"path": path, "format": names[0]}) from error
    except Exception as error:
        raise MediaError("photo-broken", {"path": path, "reason": str(error) or type(error).__name__}) from error
