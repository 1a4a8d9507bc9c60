"""TIFF directories (also the body of every EXIF block) -> plain values, at a bounded cost.

A directory is read only as far as its file reaches; counts, chains and nesting are limited, because a few bytes of a
hostile file can claim four thousand million values or point a directory at itself.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import BinaryIO

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_TYPE_CODES = {3: "H", 4: "I", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q", 6: "b"}
_TAGS_MAX = 512
_PAGES_MAX = 10_000
_VALUE_BYTES_MAX = 16 << 20

Value = bytes | tuple[int | float, ...]
Directory = dict[int, Value]


class Tiff:
    """An open TIFF structure: byte order and the size of its offsets.  ``base`` is where its header stands."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read the header.

        Raises:
            ValueError: the stream does not begin with a TIFF header.
        """
        self._stream = stream
        head = self._at(0, 16)
        if head[:2] not in (b"II", b"MM") or len(head) < 8:
            raise ValueError("no TIFF header")
        self.order = "<" if head[:2] == b"II" else ">"
        magic = self._unpack("H", head[2:4])
        if magic not in (42, 43):
            raise ValueError("no TIFF header")
        self._big = magic == 43
        self.first = self._unpack("Q", head[8:16]) if self._big else self._unpack("I", head[4:8])

    def pages(self) -> Iterator[Directory]:
        """Each directory of the chain; a chain that turns back on itself ends there."""
        offset, seen = self.first, set[int]()
        while offset and offset not in seen and len(seen) < _PAGES_MAX:
            seen.add(offset)
            directory, offset = self._read(offset)
            if not directory:
                return
            yield directory

    def directory(self, offset: int) -> Directory:
        """The directory at ``offset``; empty where there is none."""
        return self._read(offset)[0]

    def children(self, parent: Directory, tag: int = 330) -> Iterator[Directory]:
        """The directories that ``tag`` of ``parent`` points to (330: SubIFDs)."""
        for offset in integers(parent, tag)[:32]:
            yield self.directory(offset)

    def _read(self, offset: int) -> tuple[Directory, int]:
        count_size, entry_size, link = (8, 20, "Q") if self._big else (2, 12, "I")
        head = self._at(offset, count_size)
        if len(head) < count_size:
            return {}, 0
        count = self._unpack("Q" if self._big else "H", head)
        body = self._at(offset + count_size, min(count, _TAGS_MAX) * entry_size)
        found: Directory = {}
        for at in range(0, len(body) - entry_size + 1, entry_size):
            tag = self._unpack("H", body[at : at + 2])
            value = self._value(body[at : at + entry_size])
            if value is not None:
                found.setdefault(tag, value)
        tail = self._at(offset + count_size + count * entry_size, struct.calcsize(link))
        return found, self._unpack(link, tail) if len(tail) == struct.calcsize(link) else 0

    def _value(self, entry: bytes) -> Value | None:
        kind = self._unpack("H", entry[2:4])
        size = _TYPE_SIZES.get(kind)
        if size is None:
            return None
        count = self._unpack("Q" if self._big else "I", entry[4:12] if self._big else entry[4:8])
        inline = entry[12:] if self._big else entry[8:]
        wanted = count * size
        if wanted > _VALUE_BYTES_MAX:
            return None
        if wanted <= len(inline):
            data = inline[:wanted]
        else:
            data = self._at(self._unpack("Q" if self._big else "I", inline), wanted)
        return data if kind in (1, 2, 7) else self._numbers(kind, data)

    def _numbers(self, kind: int, data: bytes) -> tuple[int | float, ...]:
        if kind in (5, 10):
            half = len(data) // 4
            parts = struct.unpack(f"{self.order}{half}{'I' if kind == 5 else 'i'}", data[: half * 4])
            return tuple(a / b if b else float("nan") for a, b in zip(parts[::2], parts[1::2], strict=False))
        size, code = _TYPE_SIZES[kind], _TYPE_CODES[kind]
        return struct.unpack(f"{self.order}{len(data) // size}{code}", data[: len(data) // size * size])

    def _at(self, offset: int, length: int) -> bytes:
        try:
            self._stream.seek(offset)
            return self._stream.read(length)
        except (OSError, OverflowError, ValueError):
            return b""

    def _unpack(self, code: str, data: bytes) -> int:
        return int(struct.unpack(self.order + code, data)[0])


def integers(directory: Directory, tag: int) -> tuple[int, ...]:
    """The values of a tag as whole numbers; empty where it is missing or no number."""
    value = directory.get(tag, ())
    return tuple(value) if isinstance(value, bytes) else tuple(int(v) for v in value if math.isfinite(v))


def integer(directory: Directory, tag: int, default: int) -> int:
    """The first value of a tag as a whole number."""
    values = integers(directory, tag)
    return values[0] if values else default


def data(directory: Directory, tag: int) -> bytes:
    """The raw bytes of a tag; empty where it is missing or holds numbers."""
    value = directory.get(tag, b"")
    return value if isinstance(value, bytes) else b""
