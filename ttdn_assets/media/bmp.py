"""BMP: its header -> ``Still``."""

from __future__ import annotations

from typing import BinaryIO

from ttdn_assets.media.still import BrokenStill, Still


def read_bmp(stream: BinaryIO) -> Still:
    """The header of a Windows or OS/2 bitmap.

    Raises:
        BrokenStill: it has no possible size.
    """
    stream.seek(0)
    head = stream.read(32)
    short = head[14:18] == b"\x0c\0\0\0"
    size = 2 if short else 4
    width = int.from_bytes(head[18 : 18 + size], "little", signed=not short)
    height = abs(int.from_bytes(head[18 + size : 18 + 2 * size], "little", signed=not short))
    if width <= 0 or height <= 0:
        raise BrokenStill(f"impossible size: {width} x {height}")
    return Still(format="bmp", stored_px=(width, height))
