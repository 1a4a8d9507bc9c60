"""XMP into an AVIF (or HEIF) file without touching its coded picture: one more item, its packet at the end of the file.

ISO/IEC 14496-12 §8.11: ``iinf`` names the items, ``iloc`` tells where each lies, ``iref`` that the packet describes the
picture.  The index grows, so places after it move by as much.  A file whose index is laid out otherwise is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ttdn_assets.tools.jpeg_segments import Damaged

_MIME = b"application/rdf+xml"
_BRANDS = (b"avif", b"avis", b"mif1", b"heic", b"heix")


class _Box(NamedTuple):
    """A box: its type, where it starts, where its content starts, where it ends."""

    name: bytes
    at: int
    content: int
    end: int


class _Place(NamedTuple):
    """An item of ``iloc``: its id, how its extents are told (0: in the file), and each extent's place and length."""

    item: int
    method: int
    reference: int
    base: int
    extents: tuple[tuple[int, int], ...]


def heif_with_xmp(data: bytes, xmp: bytes) -> bytes:
    """The file with this packet in place of the one it has.

    Raises:
        Damaged: Its boxes do not add up, or its index is one that is not written here.
    """
    meta = _meta(data)
    inner = {box.name: box for box in _boxes(data, meta.content + 4, meta.end)}
    if any(name not in inner for name in (b"iinf", b"iloc", b"pitm")):
        raise Damaged("no index of items")
    items, told = list(_items(data, inner[b"iinf"])), list(_places(data, inner[b"iloc"]))
    picture = _number(data, inner[b"pitm"].content + 4, 2 if data[inner[b"pitm"].content] == 0 else 4)
    old = {item for item, entry in items if _MIME in entry}
    new = max((item for item, _ in items), default=0) + 1
    if new > 0xFFFF or any(place.item > 0xFFFF for place in told):
        raise Damaged("too many items")
    kept = [entry for item, entry in items if item not in old]
    places = [place for place in told if place.item not in old]
    iinf = _full(b"iinf", 0, struct.pack(">H", len(kept) + 1) + b"".join(kept) + _entry(new))
    iref = _references(data, inner.get(b"iref"), old, new, picture)
    others = [data[box.at : box.end] for box in inner.values() if box.name not in (b"iinf", b"iloc", b"iref")]
    size = meta.content + 4 - meta.at + sum(map(len, (*others, iinf, iref))) + len(_iloc([*places, _at(new, 0, 0)]))
    grown = size - (meta.end - meta.at)
    moved = [_moved(place, meta.end, grown) for place in places]
    iloc = _iloc([*moved, _at(new, len(data) + grown + 8, len(xmp))])
    rest = _blanked(data, [place for place in told if place.item in old])[meta.end :]
    tail = struct.pack(">I4s", 8 + len(xmp), b"mdat") + xmp
    body = data[meta.content : meta.content + 4] + b"".join(others) + iinf + iref + iloc
    return data[: meta.at] + struct.pack(">I4s", 8 + len(body), b"meta") + body + rest + tail


def heif_xmp(data: bytes) -> bytes:
    """The packet of the file; empty where it has none."""
    meta = _meta(data)
    inner = {box.name: box for box in _boxes(data, meta.content + 4, meta.end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        return b""
    named = {item for item, entry in _items(data, inner[b"iinf"]) if _MIME in entry}
    for place in _places(data, inner[b"iloc"]):
        if place.item in named and place.method == 0:
            return b"".join(data[place.base + at : place.base + at + length] for at, length in place.extents)
    return b""


def _blanked(data: bytes, places: list[_Place]) -> bytes:
    """The file with spaces where these items lie, so that nobody reads them from the unused bytes."""
    blank = bytearray(data)
    for place in places:
        for at, length in place.extents if place.method == 0 else ():
            start = place.base + at
            blank[start : start + length] = b" " * len(blank[start : start + length])
    return bytes(blank)


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        size, name = struct.unpack(">I4s", data[start : start + 8])
        header = 8
        if size == 1:
            size, header = int.from_bytes(data[start + 8 : start + 16]), 16
        size = size or end - start
        if size < header or start + size > end:
            raise Damaged(f"box {name!r}")
        yield _Box(name, start, start + header, start + size)
        start += size


def _meta(data: bytes) -> _Box:
    top = list(_boxes(data, 0, len(data)))
    if not top or top[0].name != b"ftyp" or data[8:12] not in _BRANDS:
        raise Damaged("no AVIF")
    found = next((box for box in top if box.name == b"meta"), None)
    if found is None or found.content - found.at != 8 or _number(data, top[-1].at, 4) == 0:
        raise Damaged("no index, or a box without an end")
    return found


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size])


def _items(data: bytes, iinf: _Box) -> Iterator[tuple[int, bytes]]:
    """Each item's id and its whole ``infe`` box."""
    start = iinf.content + 4 + (2 if data[iinf.content] == 0 else 4)
    for box in _boxes(data, start, iinf.end):
        version = data[box.content]
        if box.name != b"infe" or version not in (2, 3):
            raise Damaged("items of another version")
        yield _number(data, box.content + 4, 2 if version == 2 else 4), data[box.at : box.end]


def _places(data: bytes, iloc: _Box) -> Iterator[_Place]:
    version, at = data[iloc.content], iloc.content + 4
    if version > 2:
        raise Damaged("places of another version")
    sizes = _number(data, at, 2)
    offset, length, base, index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    count, at = _number(data, at + 2, wide), at + 2 + wide
    for _ in range(count):
        if at >= iloc.end:
            raise Damaged("more places than there are")
        item, at = _number(data, at, wide), at + wide
        method, at = (_number(data, at, 2) & 15, at + 2) if version else (0, at)
        reference, at = _number(data, at, 2), at + 2
        start, at = _number(data, at, base), at + base
        extents, at = _number(data, at, 2), at + 2
        each = index + offset + length
        told = tuple(
            (_number(data, at + i * each + index, offset), _number(data, at + i * each + index + offset, length))
            for i in range(extents)
        )
        at += extents * each
        yield _Place(item, method, reference, start, told)


def _iloc(places: list[_Place]) -> bytes:
    """The places as version 1 with four bytes each."""
    body = struct.pack(">HH", 0x4440, len(places))
    for place in places:
        numbers = (place.base, *(one for extent in place.extents for one in extent))
        if any(one > 0xFFFFFFFF for one in numbers):
            raise Damaged("over 4 GiB")
        body += struct.pack(">HHHIH", place.item, place.method, place.reference, place.base, len(place.extents))
        body += b"".join(struct.pack(">II", *extent) for extent in place.extents)
    return _full(b"iloc", 1, body)


def _at(item: int, start: int, length: int) -> _Place:
    return _Place(item, 0, 0, 0, ((start, length),))


def _moved(place: _Place, after: int, by: int) -> _Place:
    """A place in the file, moved where it lies behind the index."""
    if place.method != 0 or place.reference != 0:
        return place
    extents = tuple((place.base + at, length) for at, length in place.extents)
    return place._replace(base=0, extents=tuple((at + by if at >= after else at, length) for at, length in extents))


def _entry(item: int) -> bytes:
    return _full(b"infe", 2, struct.pack(">HH4s", item, 0, b"mime") + b"XMP\0" + _MIME + b"\0")


def _references(data: bytes, iref: _Box | None, old: set[int], new: int, picture: int) -> bytes:
    described = struct.pack(">I4sHHH", 14, b"cdsc", new, 1, picture)
    if iref is None:
        return _full(b"iref", 0, described)
    if data[iref.content] != 0:
        raise Damaged("references of another version")
    boxes = (box for box in _boxes(data, iref.content + 4, iref.end) if _number(data, box.content, 2) not in old)
    return _full(b"iref", 0, b"".join(data[box.at : box.end] for box in boxes) + described)


def _full(name: bytes, version: int, body: bytes) -> bytes:
    return struct.pack(">I4sB3x", 12 + len(body), name, version) + body
