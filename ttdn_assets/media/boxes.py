"""ISO base media files (MP4, MOV, 3GP, HEIC, AVIF): a walk over boxes at a bounded cost (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

OFFSET_MAX = 1 << 60
"""Beyond any file: hostile 64-bit offsets are not even sought."""
_TOP_MAX = 200_000
_CHILDREN_MAX = 50_000


class Span(NamedTuple):
    """One box: its type, and where its payload lies."""

    kind: bytes
    start: int
    end: int


def top_boxes(stream: BinaryIO) -> Iterator[Span]:
    """The boxes of a file; the last one may claim more than the file holds."""
    at = 0
    for _ in range(_TOP_MAX):
        if at > OFFSET_MAX:
            return
        stream.seek(at)
        head = stream.read(16)
        span = _span(head, at, 1 << 62)
        if span is None:
            return
        yield span
        at = span.end


def _span(head: bytes, at: int, limit: int) -> Span | None:
    if len(head) < 8:
        return None
    size, header = int.from_bytes(head[:4], "big"), 8
    if size == 1:
        size, header = int.from_bytes(head[8:16], "big"), 16
    elif size == 0:
        size = limit - at
    if size < header:
        return None
    return Span(head[4:8], at + header, min(at + size, limit))


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The boxes within ``data[start:end]``."""
    limit = len(data) if end is None else min(end, len(data))
    at = start
    for _ in range(_CHILDREN_MAX):
        span = _span(data[at : min(at + 16, limit)], at, limit)
        if span is None:
            return
        yield span
        at = span.end


def child(data: bytes, path: str, start: int = 0, end: int | None = None) -> Span | None:
    """The first box at a path such as ``mdia/minf/stbl``, each the child of the one before."""
    span: Span | None = None
    for name in path.split("/"):
        span = next((box for box in children(data, start, end) if box.kind == name.encode("latin-1")), None)
        if span is None:
            return None
        start, end = span.start, span.end
    return span


def number(data: bytes, at: int, size: int) -> int:
    """A big-endian number; 0 beyond the end."""
    return int.from_bytes(data[at : at + size], "big")
