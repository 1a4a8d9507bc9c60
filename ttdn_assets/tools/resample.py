"""One plane of samples, cut and reduced in one pass by libswscale, which comes with PyAV.

Its Lanczos filter of six taps an output sample, widened by the reduction, gives what a Lanczos filter in floating point
gives to within a level, at a tenth of the work.  Means of 2 x 2 samples come first only where they save much and show
little: they fold fine grain into what is kept, which costs a grainy photo up to 0.01 of its structural similarity at a
reduction of 3, and 0.003 at 8.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ttdn_assets.tools.opencv import opencv

if TYPE_CHECKING:
    from av.video.reformatter import VideoReformatter

Samples = NDArray[np.uint8]
Size = tuple[int, int]
Cut = tuple[int, int, int, int]
"""x, y, width and height of what is taken of a plane."""

Kind = Literal["sharp", "exact", "soft"]
"""Lanczos; the same without rounding errors of a level, a sixth slower; means by area, in a third of the time, which
suffice for colours at half resolution."""

_HALVE_FROM: dict[Kind, float] = {"sharp": 8, "exact": 8, "soft": 2.75}
_LEAST_PX = 16
"""Planes narrower than this are left to Pillow: the filter would be wider than they are."""
_SCALERS = 96


def reduced(plane: Samples, cut: Cut, size_px: Size, kind: Kind) -> Samples:
    """The samples of ``cut`` at ``size_px``, which is no larger; its own width and height give a view of the plane."""
    x, y, width, height = cut
    part = plane[y : y + height, x : x + width]
    while min(part.shape[1] / size_px[0], part.shape[0] / size_px[1]) >= _HALVE_FROM[kind]:
        part = halved(part)
    if part.shape == size_px[::-1]:
        return part
    if min(*part.shape, *size_px) < _LEAST_PX:
        return np.asarray(Image.fromarray(part).resize(size_px, Image.Resampling.LANCZOS))
    return _scaled(part, size_px, kind)


def halved(pixels: Samples) -> Samples:
    """Means of 2 x 2 pixels, of one channel or several; an odd last row or column is left out."""
    height, width = (max(1, side // 2) for side in pixels.shape[:2])
    cv2 = opencv()
    even = pixels[: 2 * height, : 2 * width]
    if cv2 is None:
        return np.asarray(Image.fromarray(even).resize((width, height), Image.Resampling.BOX))
    half: Samples = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return half


def _scaled(part: Samples, size_px: Size, kind: Kind) -> Samples:
    from av.video.frame import VideoFrame
    from av.video.reformatter import Interpolation

    way = Interpolation.AREA if kind == "soft" else Interpolation.LANCZOS
    if kind == "exact":
        way |= Interpolation.ACCURATE_RND
    scaler = _scaler(part.shape, size_px, kind, threading.get_ident())
    frame = scaler.reformat(VideoFrame.from_numpy_buffer(part, "gray8"), *size_px, interpolation=way, threads=1)
    made = frame.planes[0]
    rows: Samples = np.frombuffer(memoryview(made), np.uint8).reshape(-1, made.line_size)
    return rows[: size_px[1], : size_px[0]]


@lru_cache(_SCALERS)
def _scaler(shape: tuple[int, ...], size_px: Size, kind: Kind, thread: int) -> VideoReformatter:
    """One keeps the filters of the sizes it saw last; photos of one camera need the same again and again."""
    from av.video.reformatter import VideoReformatter

    return VideoReformatter()
