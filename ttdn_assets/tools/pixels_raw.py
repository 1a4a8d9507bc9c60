"""Frames as ffmpeg writes them, three bytes a pixel, as pictures."""

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
