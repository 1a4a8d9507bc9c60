"""Frames as ffmpeg writes them, three bytes a pixel, as pictures; and how much there is to see in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ttdn_assets.tools.pixels import Picture, Size


def picture_of_rgb(path: Path, data: bytes, *, frame_px: Size, size_px: Size) -> Picture | None:
    """The first whole frame in ``data`` (rows of RGB bytes), or ``None`` where there is none.

    Args:
        path: The clip it is from.
        data: What was written; more than a frame is left unread.
        frame_px: Width and height of the frame.
        size_px: Upright width and height of the clip.
    """
    width, height = frame_px
    needed = width * height * 3
    if len(data) < needed:
        return None
    pixels = np.frombuffer(data, np.uint8, needed).reshape(height, width, 3)
    return Picture(path=path, pixels=pixels, size_px=size_px)


def detail(picture: Picture) -> float:
    """How much there is to see: the mean step between neighbours, 0 for an empty picture, less for dark ones.

    A blurred frame has smaller steps than a sharp one of the same scene; a black or white one has none.
    """
    grey = picture.pixels.mean(axis=2)
    steps = float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())
    mean = float(grey.mean())
    seen = min(1.0, mean / 40, (255 - mean) / 20)
    return steps * seen
