"""A media file -> the SHA-256 of its coded picture, which editing its metadata does not change.

What decides how the picture looks is hashed: coded data, tables, colour profile, and the turn that makes it upright
(EXIF orientation is metadata that changes the picture); of a clip also its colour tags, pixel shape and timing.
Nothing is decoded, and no more is held than a megabyte or one frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from ttdn_assets.errors import MediaError
from ttdn_assets.media import gif, heif, jpeg, png, riff, tiff
from ttdn_assets.media.png import pieces
from ttdn_assets.media.still import BrokenStill
from ttdn_assets.model import MediaFacts
from ttdn_assets.tools.containers import packets_sha256
from ttdn_assets.tools.files import os_errors

_READ_LIMIT_S = 3600.0
_ALLOWANCE_BYTES = 1 << 20
_SHOWN = ("rotation_deg", "mirrored", "full_range", "primaries", "transfer", "matrix")


def _whole(stream: BinaryIO) -> Iterator[bytes]:
    return pieces(stream, 0, 1 << 62)


_PARTS: dict[str, Callable[[BinaryIO], Iterator[bytes]]] = {
    "jpeg": jpeg.coded_parts,
    "mpo": jpeg.coded_parts,
    "png": png.coded_parts,
    "webp": riff.coded_parts,
    "gif": gif.coded_parts,
    "tiff": tiff.coded_parts,
    "dng": tiff.coded_parts,
    "heic": heif.coded_parts,
    "avif": heif.coded_parts,
    "bmp": _whole,
}


def picture_sha256(path: Path, facts: MediaFacts) -> str:
    """The digest of what the file shows (and, for a clip, lets hear).

    Raises:
        MediaError: ``photo-broken`` or ``video-broken``.
    """
    if facts.kind == "video":
        return _video_sha256(path, facts)
    digest = hashlib.sha256(f"{_family(facts.format)} {facts.orientation}".encode())
    with os_errors(path), path.open("rb") as stream:
        left = 2 * path.stat().st_size + _ALLOWANCE_BYTES
        try:
            for part in _PARTS[facts.format](stream):
                digest.update(part)
                left -= len(part)
                if left < 0:
                    raise BrokenStill("the same data is claimed over and over")
        except (BrokenStill, IndexError, ValueError) as error:
            raise MediaError("photo-broken", {"path": path, "reason": str(error)}) from error
    return digest.hexdigest()


def _family(format: str) -> str:
    return "jpeg" if format == "mpo" else format


def _video_sha256(path: Path, facts: MediaFacts) -> str:
    packets = packets_sha256(path, format=facts.format, limit_s=_READ_LIMIT_S)
    video = facts.video
    told = f" {[getattr(video, name) for name in _SHOWN]} {video.sample_aspect:.3f}" if video else ""
    return hashlib.sha256(f"{packets}{told}".encode()).hexdigest()
