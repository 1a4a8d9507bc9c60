"""GIF: blocks -> ``Still``; and the file without comments and metadata, for a fingerprint (GIF89a)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ttdn_assets.media.still import BLOCK_BYTES_MAX, BrokenStill, Still

_FRAMES_MAX = 100_000
_XMP_APPLICATION = b"XMP DataXMP"
_XMP_TRAILER = 258
Block = tuple[str, bytes]


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """Every block in order as (``screen frame comment xmp other``, its bytes); frames carry their picture data."""
    stream.seek(0)
    screen = stream.read(13)
    if len(screen) < 13:
        raise BrokenStill("no logical screen")
    yield "screen", screen + stream.read(_table_bytes(screen[10]))
    for _ in range(_FRAMES_MAX):
        introducer = stream.read(1)
        if introducer == b"\x2c":
            head = stream.read(9)
            if len(head) < 9:
                return
            yield "frame", introducer + head + stream.read(_table_bytes(head[8]) + 1) + _sub_blocks(stream)
        elif introducer == b"\x21":
            yield _extension(stream)
        else:
            return


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _extension(stream: BinaryIO) -> Block:
    label = stream.read(1)
    body = _sub_blocks(stream)
    if label == b"\xfe":
        return "comment", body
    if label == b"\xff" and body[1:12] == _XMP_APPLICATION:
        return "xmp", body[12:-_XMP_TRAILER]
    return "other", label + body


def _sub_blocks(stream: BinaryIO) -> bytes:
    """The data of a block with its length bytes, so that XMP, which is written without them, comes out whole."""
    parts: list[bytes] = []
    while size := stream.read(1):
        data = stream.read(size[0])
        parts += (size, data)
        if not size[0] or len(data) < size[0]:
            break
    return b"".join(parts)


def read_gif(stream: BinaryIO) -> Still:
    """The header of a GIF with the number of its frames; a first frame larger than the screen widens it.

    What a smaller one leaves free is transparent.

    Raises:
        BrokenStill: there is no frame, or no size.
    """
    frames, width, height, xmp, has_alpha = 0, 0, 0, b"", False
    for kind, body in blocks(stream):
        if kind == "screen":
            width, height = _pair(body, 6)
        elif kind == "frame":
            if not frames:
                (left, top), (frame_w, frame_h) = _pair(body, 1), _pair(body, 5)
                width, height = max(width, left + frame_w), max(height, top + frame_h)
                has_alpha = has_alpha or (frame_w, frame_h) != (width, height)
            frames += 1
        elif kind == "xmp" and len(body) <= BLOCK_BYTES_MAX:
            xmp = xmp or body
        elif kind == "other" and body[:1] == b"\xf9" and len(body) > 2:
            has_alpha = has_alpha or bool(body[2] & 1)
    if not frames or not width or not height:
        raise BrokenStill("no frame")
    return Still(format="gif", stored_px=(width, height), frames=frames, has_alpha=has_alpha, xmp=(xmp,) if xmp else ())


def _pair(body: bytes, at: int) -> tuple[int, int]:
    return int.from_bytes(body[at : at + 2], "little"), int.from_bytes(body[at + 2 : at + 4], "little")


def coded_parts(stream: BinaryIO) -> Iterator[bytes]:
    """Everything but comments, XMP, and the version of the format, which they raise."""
    for kind, body in blocks(stream):
        if kind not in ("comment", "xmp"):
            yield body[6:] if kind == "screen" else body
