"""Pictures in PQ and HLG with all the bits they are coded in: eight of them would leave steps in a sky."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttdn_assets.model import MediaFacts

Deep = NDArray[np.uint16]

LEVELS = 65536
_DEMUXERS = {"avif": "mov", "png": "png_pipe"}
_STRIP_ROWS = 128
_UNSPECIFIED = 2
_BT2020 = 9


def deep_pixels(path: Path, facts: MediaFacts) -> Deep | None:
    """The picture as (height, width, RGB) of 0 to 65535, stored as Pillow's decoder of the format would give it.

    ``None`` where it is no PQ or HLG of more than 8 bits, or no decoder here gives more: an AVIF of several tiles.
    """
    if facts.hdr not in ("pq", "hlg") or facts.bit_depth <= 8:
        return None
    if facts.format == "heic":
        return _by_heif(path, facts.bit_depth)
    return _by_ffmpeg(path, facts) if facts.format in _DEMUXERS else None


def _by_heif(path: Path, bit_depth: int) -> Deep | None:
    """The decoder leaves the lowest bits empty; they get the highest, so that white is 65535."""
    try:
        import pi_heif
    except ImportError:
        return None
    opened = pi_heif.open_heif(path, convert_hdr_to_8bit=False)
    pixels = np.asarray(opened)
    if pixels.dtype != np.uint16 or pixels.ndim != 3:
        return None
    deep = np.empty((*pixels.shape[:2], 3), np.uint16)
    for top in range(0, len(deep), _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS, :, :3]
        deep[top : top + _STRIP_ROWS] = strip | (strip >> bit_depth)
    return deep


def _by_ffmpeg(path: Path, facts: MediaFacts) -> Deep | None:
    import av
    from av.video.reformatter import ColorRange, Colorspace, Interpolation

    with path.open("rb") as stream, av.open(stream, "r", format=_DEMUXERS[facts.format]) as container:
        frame = next(container.decode(video=0), None)
    if frame is None or (frame.width, frame.height) != facts.stored_size_px:
        return None
    options: dict[str, Any] = {}
    if frame.format.name.startswith("yuv"):
        named = {member.value for member in Colorspace}
        matrix = facts.named_colour.matrix if facts.named_colour else _UNSPECIFIED
        options["src_colorspace"] = Colorspace(matrix if matrix in named else _BT2020)
    ways = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND
    coded = frame.reformat(format="rgb48le", dst_color_range=ColorRange.JPEG, interpolation=ways, **options)
    return np.asarray(coded.to_ndarray(), np.uint16)
