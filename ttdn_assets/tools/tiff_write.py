"""Words into a TIFF without touching its pixels: a first directory written anew at the end, the old one left unread.

TIFF 6.0 §2: the header points to the first directory, whose entries point to values anywhere in the file, so an entry
keeps its place and a new one stands behind them.  A BigTIFF is left to its sidecar.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from ttdn_assets.tools.jpeg_segments import Damaged

XMP_TAG = 700
_PRIVATE = frozenset(
    (XMP_TAG, 270, 271, 272, 305, 306, 315, 316, 33432, 33723, 34377, 34665, 34853, 40965, 42032, 42033)
)
"""Description, camera, software, date, author, host, rights, IPTC, Photoshop, EXIF, GPS, owner: left out."""
_ASCII, _BYTE, _UNDEFINED = 2, 1, 7
_ENTRY_BYTES = 12
_ENTRIES_MAX = 512


def tiff_with_words(data: bytes, *, texts: Mapping[int, bytes], xmp: bytes) -> bytes:
    """The file with these ASCII fields by tag and this packet in its first directory.

    Raises:
        Damaged: It is no classic TIFF, or its directory does not lie in it.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise Damaged("no classic TIFF")
    kept, following = _directory(data, order)
    fields = [(tag, _ASCII, value + b"\0") for tag, value in texts.items() if value]
    fields.append((XMP_TAG, _BYTE, xmp))
    body = bytearray(data + b"\0" * (len(data) % 2))
    for at, length in _dropped(data, order):
        body[at : at + length] = bytes(length)
    added: list[bytes] = []
    for tag, kind, value in fields:
        place = struct.pack(f"{order}I", len(body)) if len(value) > 4 else value.ljust(4, b"\0")
        added.append(struct.pack(f"{order}HHI", tag, kind, len(value)) + place)
        if len(value) > 4:
            body += value + b"\0" * (len(value) % 2)
    entries = sorted([*kept, *added], key=lambda entry: struct.unpack(f"{order}H", entry[:2])[0])
    start = len(body)
    body += struct.pack(f"{order}H", len(entries)) + b"".join(entries) + struct.pack(f"{order}I", following)
    body[4:8] = struct.pack(f"{order}I", start)
    return bytes(body)


def tiff_xmp(data: bytes) -> bytes:
    """The packet of the first directory; empty where it has none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return b""
    start, count = _start(data, order)
    for entry in _entries(data, start, count):
        tag, _, length, at = struct.unpack(f"{order}HHII", entry)
        if tag == XMP_TAG:
            return data[at : at + length]
    return b""


def _dropped(data: bytes, order: str) -> Iterator[tuple[int, int]]:
    """Where the texts lie that are left out, so that nobody reads them from the unused bytes."""
    for entry in _entries(data, *_start(data, order)):
        tag, kind, count, at = struct.unpack(f"{order}HHII", entry)
        if tag in _PRIVATE and kind in (_BYTE, _ASCII, _UNDEFINED) and count > 4 and at + count <= len(data):
            yield at, count


def _directory(data: bytes, order: str) -> tuple[list[bytes], int]:
    """The entries to keep and where the next directory starts."""
    start, count = _start(data, order)
    entries = _entries(data, start, count)
    end = start + 2 + count * _ENTRY_BYTES
    following = struct.unpack(f"{order}I", data[end : end + 4].ljust(4, b"\0"))[0]
    return [entry for entry in entries if struct.unpack(f"{order}H", entry[:2])[0] not in _PRIVATE], following


def _start(data: bytes, order: str) -> tuple[int, int]:
    start = struct.unpack(f"{order}I", data[4:8].ljust(4, b"\0"))[0]
    if not 8 <= start <= len(data) - 2:
        raise Damaged("directory outside the file")
    count = struct.unpack(f"{order}H", data[start : start + 2])[0]
    if count > _ENTRIES_MAX or start + 2 + count * _ENTRY_BYTES > len(data):
        raise Damaged(f"{count} entries")
    return start, count


def _entries(data: bytes, start: int, count: int) -> list[bytes]:
    first = start + 2
    return [data[at : at + _ENTRY_BYTES] for at in range(first, first + count * _ENTRY_BYTES, _ENTRY_BYTES)]
