"""The words of an MP4 replaced without touching a sample: title and credit in ``moov/udta``, XMP in a ``uuid`` box.

The file is laid out anew as ``ftyp moov uuid`` and the rest in its order, so that a player reads everything it needs
first; chunk offsets follow their boxes.  Sources: ISO/IEC 14496-12 §4.2 (boxes) and §8.7.5 (chunk offsets); XMP
specification part 3 §1.3.1 for the uuid; the item list is the one iTunes made and every player reads.
A fragmented file, or one whose offsets stand elsewhere, keeps its layout and gets the ``uuid`` box at its end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ttdn_assets.tools.jpeg_segments import Damaged

_XMP_UUID = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_MOOV_BYTES = 512 << 20
_COPY_BYTES = 1 << 20
_PARENTS = (b"trak", b"mdia", b"minf", b"stbl")
_OTHER_OFFSETS = (b"moof", b"sidx", b"ssix", b"mfra", b"meta", b"imda")
_DROPPED = (b"free", b"skip", b"wide")
_DEPTH = 6
_TABLE_BYTES = 8


class Box(NamedTuple):
    """One box: its type, where it starts, its header's size and its whole size."""

    name: bytes
    at: int
    header_bytes: int
    size_bytes: int


def write_words(source: Path, target: Path, *, items: dict[str, str], xmp: bytes) -> None:
    """Write ``source`` again at ``target`` with this item list (``©nam``: title, …) and XMP packet.

    Raises:
        Damaged: The boxes do not add up to the file, or it has no ``moov``.
    """
    with source.open("rb") as read, target.open("wb") as write:
        boxes = [box for box in _top_level(read, source.stat().st_size) if not _is_xmp(read, box)]
        uuid = _box(b"uuid", _XMP_UUID + xmp)
        moov = next((box for box in boxes if box.name == b"moov"), None)
        if moov is None or moov.size_bytes > _MOOV_BYTES:
            raise Damaged("no index of samples")
        index = _moov(_read(read, moov)[moov.header_bytes :], items)
        fixed = any(box.name in _OTHER_OFFSETS for box in boxes) or b"saio" in index
        placed = None if fixed else _place(boxes, index, uuid)
        if placed is None:
            for box in boxes:
                _copy(read, write, box)
            write.write(uuid)
            return
        head, rest = placed
        for part in head:
            write.write(part) if isinstance(part, bytes) else _copy(read, write, part)
        for box in rest:
            _copy(read, write, box)


def item_list(items: dict[str, str]) -> bytes:
    """The ``udta`` box of texts by item name, in UTF-8; empty texts are left out."""
    coded = b"".join(
        _box(name.encode("latin-1"), _box(b"data", struct.pack(">II", 1, 0) + value.encode("utf-8", "ignore")))
        for name, value in items.items()
        if value
    )
    handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    return _box(b"udta", _box(b"meta", bytes(4) + handler + _box(b"ilst", coded))) if coded else b""


def xmp_of(path: Path) -> bytes:
    """The XMP packet of an MP4, empty where it has none."""
    with path.open("rb") as stream:
        for box in _top_level(stream, path.stat().st_size):
            if _is_xmp(stream, box) and box.size_bytes < _MOOV_BYTES:
                return _read(stream, box)[box.header_bytes + len(_XMP_UUID) :]
    return b""


def _place(boxes: list[Box], index: bytes, uuid: bytes) -> tuple[list[bytes | Box], list[Box]] | None:
    """The new order of the file, its chunk offsets corrected; ``None`` where an offset would not fit."""
    lead = [box for box in boxes if box.name == b"ftyp"][:1]
    rest = [box for box in boxes if box not in lead and box.name != b"moov" and box.name not in _DROPPED]
    at = sum(box.size_bytes for box in lead) + len(index) + len(uuid)
    moved: list[tuple[Box, int]] = []
    for box in rest:
        moved.append((box, at - box.at))
        at += box.size_bytes
    patched = bytearray(index)
    try:
        _shift(patched, 8, len(patched), moved, depth=0)
    except OverflowError:
        return None
    return [*lead, bytes(patched), uuid], rest


def _shift(index: bytearray, start: int, end: int, moved: list[tuple[Box, int]], *, depth: int) -> None:
    """Add to every chunk offset between ``start`` and ``end`` what the box it points into has moved."""
    for box in _inside(index, start, end):
        body, stop = box.at + box.header_bytes, box.at + box.size_bytes
        if box.name in _PARENTS and depth < _DEPTH:
            _shift(index, body, stop, moved, depth=depth + 1)
        elif box.name in (b"stco", b"co64") and stop - body >= _TABLE_BYTES:
            form = ">I" if box.name == b"stco" else ">Q"
            width = struct.calcsize(form)
            count = min(struct.unpack_from(">I", index, body + 4)[0], (stop - body - _TABLE_BYTES) // width)
            for at in range(body + _TABLE_BYTES, body + _TABLE_BYTES + count * width, width):
                offset = struct.unpack_from(form, index, at)[0]
                offset += _move(offset, moved)
                if offset >= 1 << (8 * width):
                    raise OverflowError(offset)
                struct.pack_into(form, index, at, offset)


def _move(offset: int, moved: list[tuple[Box, int]]) -> int:
    return next((by for box, by in moved if box.at <= offset < box.at + box.size_bytes), 0)


def _moov(body: bytes, items: dict[str, str]) -> bytes:
    """The index with our item list instead of the texts it had."""
    kept = [
        body[box.at : box.at + box.size_bytes]
        for box in _inside(body, 0, len(body))
        if box.name not in (b"udta", b"meta", *_DROPPED)
    ]
    return _box(b"moov", b"".join(kept) + item_list(items))


def _top_level(stream: BinaryIO, size_bytes: int) -> Iterator[Box]:
    at = 0
    while at + 8 <= size_bytes:
        stream.seek(at)
        box = _header(stream.read(16), at, size_bytes)
        yield box
        at += box.size_bytes


def _inside(data: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    at = start
    while at + 8 <= end:
        box = _header(bytes(data[at : at + 16]), at, end)
        yield box
        at += box.size_bytes


def _header(head: bytes, at: int, end: int) -> Box:
    size, name = struct.unpack_from(">I4s", head)
    header = 8
    if size == 1 and len(head) >= 16:
        (size,) = struct.unpack_from(">Q", head, 8)
        header = 16
    elif size == 0:
        size = end - at
    if size < header or at + size > end:
        raise Damaged(f"box of {size} bytes at byte {at}")
    return Box(name, at, header, size)


def _is_xmp(stream: BinaryIO, box: Box) -> bool:
    if box.name != b"uuid":
        return False
    stream.seek(box.at + box.header_bytes)
    return stream.read(16) == _XMP_UUID


def _read(stream: BinaryIO, box: Box) -> bytes:
    stream.seek(box.at)
    return stream.read(box.size_bytes)


def _copy(read: BinaryIO, write: BinaryIO, box: Box) -> None:
    """Copy one box; the last one may have left its size open, which it may no longer where more follows."""
    read.seek(box.at)
    left = box.size_bytes
    if read.read(4) == b"\0\0\0\0":
        if left >= 1 << 32:
            raise Damaged("a last box of over 4 GiB without its size")
        write.write(struct.pack(">I", left))
    else:
        read.seek(box.at)
        write.write(read.read(4))
    left -= 4
    while left:
        chunk = read.read(min(_COPY_BYTES, left))
        if not chunk:
            raise Damaged("the file ends early")
        write.write(chunk)
        left -= len(chunk)


def _box(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload) + 8) + name + payload
