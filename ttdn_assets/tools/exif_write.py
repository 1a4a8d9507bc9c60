"""A small EXIF block: description, author, rights, upright orientation, resolution, and nothing about the camera.

Texts are UTF-8 in fields of type ASCII, as MWG Guidelines 2.0 §5.3 advises and every current reader expects.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_DESCRIPTION_BYTES = 30_000
_NAME_BYTES = 2_000
_ASCII, _SHORT, _RATIONAL = 2, 3, 5


class Resolution(NamedTuple):
    """Pixels per unit; ``unit`` is EXIF's: 2 inch, 3 centimetre."""

    x: int
    y: int
    unit: int


def exif(*, description: str, author: str, rights: str, resolution: Resolution | None = None) -> bytes:
    """The TIFF structure of one IFD, little endian, without the six bytes that JPEG puts before it."""
    fields: list[tuple[int, int, int, bytes]] = [(0x0112, _SHORT, 1, struct.pack("<HH", 1, 0))]
    for tag, value, room in (
        (0x010E, description, _DESCRIPTION_BYTES),
        (0x013B, author, _NAME_BYTES),
        (0x8298, rights, _NAME_BYTES),
    ):
        if coded := cut_utf8(value, room):
            fields.append((tag, _ASCII, len(coded) + 1, coded + b"\0"))
    if resolution:
        fields.append((0x011A, _RATIONAL, 1, struct.pack("<II", resolution.x, 1)))
        fields.append((0x011B, _RATIONAL, 1, struct.pack("<II", resolution.y, 1)))
        fields.append((0x0128, _SHORT, 1, struct.pack("<HH", resolution.unit, 0)))
    return _ifd(sorted(fields))


def cut_utf8(value: str, room_bytes: int) -> bytes:
    """The text as UTF-8 without NUL, at most ``room_bytes``, never cut within a character."""
    coded = value.replace("\0", "").encode("utf-8", "ignore")
    return coded if len(coded) <= room_bytes else coded[:room_bytes].decode("utf-8", "ignore").encode()


def _ifd(fields: list[tuple[int, int, int, bytes]]) -> bytes:
    head = b"II*\0" + struct.pack("<IH", 8, len(fields))
    tail_at = len(head) + 12 * len(fields) + 4
    entries, tail = b"", b""
    for tag, kind, count, value in fields:
        if len(value) <= 4:
            entries += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
            continue
        entries += struct.pack("<HHII", tag, kind, count, tail_at + len(tail))
        tail += value + b"\0" * (len(value) % 2)
    return head + entries + b"\0\0\0\0" + tail
