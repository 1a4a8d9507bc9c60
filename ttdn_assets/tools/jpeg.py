"""JPEGs by libjpeg-turbo, straight between bytes and arrays: one decode of an original, sequential encodes of planes.

What it calls faulty, and what it cannot hold (CMYK, twelve bits), is left to Pillow, which says what is wrong or gets
along with it.
"""

from __future__ import annotations

import numpy as np
import simplejpeg
from numpy.typing import NDArray

_END = b"\xff\xd9"

Samples = NDArray[np.uint8]


def decoded(data: bytes, least_px: tuple[int, int]) -> Samples | None:
    """The picture as (height, width, 3) RGB, the first of several; ``None`` where not every byte of it is sound.

    A file that lacks nothing but the mark of its end, as some recorders write, is sound.

    Colours stored at half resolution are repeated, not smoothed, so that halving them gives what the file has.

    Args:
        data: The file; what follows the picture is not read.
        least_px: A width and height that suffice: the transform gives the smallest of its scales that reaches both.
    """
    width, height = least_px
    ended = data if data.endswith(_END) else data + _END
    try:
        pixels: Samples = simplejpeg.decode_jpeg(ended, "RGB", fastupsample=True, min_width=width, min_height=height)
    except (ValueError, RuntimeError):
        return None
    return pixels


def lightness(data: bytes) -> Samples:
    """The lightness of one of our own JPEGs, (height, width)."""
    grey: Samples = simplejpeg.decode_jpeg(data, "GRAY")[..., 0]
    return grey


def coded(luma: Samples, colours: tuple[Samples, Samples] | None, quality: int) -> bytes:
    """A sequential JPEG of samples as they are, without a profile; ``None`` for a grey one.

    Args:
        luma: (height, width) Y.
        colours: Cb and Cr, as large (4:4:4) or half as wide and high, rounded up (4:2:0).
        quality: On libjpeg's scale.
    """
    blue, red = colours or (None, None)
    data: bytes = simplejpeg.encode_jpeg_yuv_planes(luma, blue, red, quality, fastdct=False)
    return data
