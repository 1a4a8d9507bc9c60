"""HEIC and AVIF: the meta box -> ``Still``; and the coded items, for a fingerprint.

ISO/IEC 23008-12 (items, properties, ``irot``, ``imir``), 14496-12 (``iloc``, ``iref``, ``clap``), 23000-22 (alpha),
21496-1 (``tmap``); Apple's gain map is an auxiliary picture with a name of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import msgspec

from ttdn_assets.media.boxes import Span, child, children, number, top_boxes
from ttdn_assets.media.png import pieces
from ttdn_assets.media.still import BLOCK_BYTES_MAX, BrokenStill, Still, exif_body
from ttdn_assets.model import Box, Hdr, NamedColour

_ITEMS_MAX = 20_000
_HDR_TRANSFERS: dict[int, Hdr] = {16: "pq", 18: "hlg"}
_METADATA_ITEMS = (b"Exif", b"mime", b"uri ")
_GAIN_MAP_ROLES = (b"hdrgainmap", b"urn:com:photo:aux:hdrgainmap")
Extent = tuple[int, int, int]
"""Construction method (0: offset in the file, 1: offset in ``idat``), offset, length."""

# EXIF orientation by (quarter turns counter-clockwise, mirror axis or None), the turn applied first.
_TURNS = {
    (0, None): 1, (1, None): 8, (2, None): 3, (3, None): 6,
    (0, 0): 4, (0, 1): 2, (1, 0): 5, (1, 1): 7, (2, 0): 2, (2, 1): 4, (3, 0): 7, (3, 1): 5,
}  # fmt: skip


class _Meta(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a meta box that matter here, by item id."""

    primary: int
    types: dict[int, bytes]
    places: dict[int, tuple[Extent, ...]]
    properties: dict[int, tuple[tuple[bytes, bytes], ...]]
    auxiliary_of: dict[int, tuple[int, ...]]
    made_of: dict[int, tuple[int, ...]]
    idat: Span | None
    start: int


def _read_meta(stream: BinaryIO) -> _Meta:
    for box in top_boxes(stream):
        if box.kind == b"meta":
            size = min(box.end - box.start, BLOCK_BYTES_MAX)
            stream.seek(box.start)
            return _parse_meta(stream.read(size), box.start)
    raise BrokenStill("no meta box")


def _parse_meta(data: bytes, start: int) -> _Meta:
    found = {box.kind: box for box in children(data, 4)}
    if b"pitm" not in found or b"iinf" not in found:
        raise BrokenStill("no primary item")
    pitm = found[b"pitm"].start
    wide = number(data, pitm, 1)
    return _Meta(
        primary=number(data, pitm + 4, 4 if wide else 2),
        types=_item_types(data, found[b"iinf"]),
        places=_places(data, found[b"iloc"]) if b"iloc" in found else {},
        properties=_properties(data, found[b"iprp"]) if b"iprp" in found else {},
        auxiliary_of=_references(data, found[b"iref"], b"auxl") if b"iref" in found else {},
        made_of=_references(data, found[b"iref"], b"dimg") if b"iref" in found else {},
        idat=found.get(b"idat"),
        start=start,
    )


def _item_types(data: bytes, iinf: Span) -> dict[int, bytes]:
    types: dict[int, bytes] = {}
    for box in children(data, iinf.start + (8 if number(data, iinf.start, 1) else 6), iinf.end):
        version = number(data, box.start, 1)
        if box.kind == b"infe" and version >= 2:
            width = 2 if version == 2 else 4
            at = box.start + 4 + width + 2
            kind = data[at : at + 4]
            is_xmp = kind == b"mime" and b"application/rdf+xml" in data[at : box.end]
            types[number(data, box.start + 4, width)] = b"xmp " if is_xmp else kind
    return types


def _places(data: bytes, iloc: Span) -> dict[int, tuple[Extent, ...]]:
    version, sizes = number(data, iloc.start, 1), number(data, iloc.start + 4, 2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    id_size = 2 if version < 2 else 4
    at = iloc.start + 6
    count, at = number(data, at, id_size), at + id_size
    places: dict[int, tuple[Extent, ...]] = {}
    for _ in range(min(count, _ITEMS_MAX)):
        item, at = number(data, at, id_size), at + id_size
        method = number(data, at, 2) & 15 if version else 0
        at += 4 if version else 2
        base, at = number(data, at, base_size), at + base_size
        extents, at = number(data, at, 2), at + 2
        step = index_size + offset_size + length_size
        if at + extents * step > iloc.end:
            break
        rows = [at + row * step + index_size for row in range(extents)]
        places[item] = tuple(
            (method, base + number(data, row, offset_size), number(data, row + offset_size, length_size))
            for row in rows
        )
        at += extents * step
    return places


def _properties(data: bytes, iprp: Span) -> dict[int, tuple[tuple[bytes, bytes], ...]]:
    container = child(data, "ipco", iprp.start, iprp.end)
    if container is None:
        return {}
    known = [(box.kind, data[box.start : box.end]) for box in children(data, container.start, container.end)]
    found: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for box in children(data, iprp.start, iprp.end):
        if box.kind == b"ipma":
            for item, indices in _associations(data, box):
                found[item] = tuple(known[index - 1] for index in indices if 0 < index <= len(known))
    return found


def _associations(data: bytes, ipma: Span) -> Iterator[tuple[int, list[int]]]:
    id_size, index_size = (4 if number(data, ipma.start, 1) else 2), (2 if number(data, ipma.start + 3, 1) & 1 else 1)
    mask = 0x7FFF if index_size == 2 else 0x7F
    at = ipma.start + 8
    for _ in range(min(number(data, ipma.start + 4, 4), _ITEMS_MAX)):
        item, count = number(data, at, id_size), number(data, at + id_size, 1)
        at += id_size + 1
        yield item, [number(data, at + row * index_size, index_size) & mask for row in range(count)]
        at += count * index_size


def _references(data: bytes, iref: Span, kind: bytes) -> dict[int, tuple[int, ...]]:
    """For each item that refers by ``kind``: the items it refers to."""
    size = 4 if number(data, iref.start, 1) else 2
    found: dict[int, tuple[int, ...]] = {}
    for box in children(data, iref.start + 4, iref.end):
        if box.kind == kind:
            count = number(data, box.start + size, 2)
            first = box.start + size + 2
            targets = tuple(number(data, first + row * size, size) for row in range(min(count, 256)))
            found[number(data, box.start, size)] = targets
    return found


def read_heif(stream: BinaryIO, *, format: str) -> Still:
    """The primary picture of a HEIC or AVIF file; ``stored_px`` is before any turning.

    Raises:
        BrokenStill: there is no primary picture with a size.
    """
    meta = _read_meta(stream)
    own = dict(reversed(meta.properties.get(meta.primary, ())))
    size = own.get(b"ispe", b"")
    stored_px = number(size, 4, 4), number(size, 8, 4)
    if not all(stored_px):
        raise BrokenStill("the primary picture has no size")
    colours = _colours(meta)
    pixi = own.get(b"pixi", b"")
    blocks = {meta.types[item]: item for item in reversed(meta.types) if meta.types[item] in (b"Exif", b"xmp ")}
    exif = _item(stream, meta, blocks[b"Exif"]) if b"Exif" in blocks else b""
    return Still(
        format=format,
        stored_px=stored_px,
        bit_depth=max(pixi[5:]) if len(pixi) > 5 else _coded_depth(own),
        colour="gray" if pixi[4:5] == b"\x01" else "rgb",
        has_alpha=_has_role(meta, (b"alpha", b"auxid:1")),
        turned=_turn(own),
        aperture=_aperture(own.get(b"clap", b""), stored_px),
        named_colour=_named_colour(colours),
        hdr=_hdr(meta, colours),
        icc=next((body[4:] for body in colours if body[:4] in (b"prof", b"rICC")), b""),
        exif=exif_body(exif[4 + number(exif, 0, 4) :]) if number(exif, 0, 4) < len(exif) else b"",
        xmp=(packet,) if b"xmp " in blocks and (packet := _item(stream, meta, blocks[b"xmp "])) else (),
    )


def _colours(meta: _Meta) -> list[bytes]:
    """The colour properties of the primary picture, else of the first tile it is made of."""
    for item in (meta.primary, *meta.made_of.get(meta.primary, ())[:1]):
        if found := [body for kind, body in meta.properties.get(item, ()) if kind == b"colr"]:
            return found
    return []


def _coded_depth(own: dict[bytes, bytes]) -> int:
    """The bit depth that the decoder configuration states (hvcC byte 17, av1C byte 2)."""
    if len(own.get(b"hvcC", b"")) > 17:
        return 8 + (own[b"hvcC"][17] & 7)
    if len(av1 := own.get(b"av1C", b"")) > 2 and av1[2] & 0x40:
        return 12 if av1[2] & 0x20 else 10
    return 8


def _turn(own: dict[bytes, bytes]) -> int | None:
    if b"irot" not in own and b"imir" not in own:
        return None
    angle = number(own.get(b"irot", b""), 0, 1) & 3
    axis = number(own[b"imir"], 0, 1) & 1 if b"imir" in own else None
    return _TURNS[angle, axis]


def _aperture(clap: bytes, stored_px: tuple[int, int]) -> Box | None:
    """The clean aperture: its width, height, and how far its centre lies from the picture's, each a fraction."""
    if len(clap) < 32:
        return None
    parts = struct.unpack(">IIIIiIiI", clap[:32])
    if not all(parts[1::2]):
        return None
    width, height, aside, down = (Fraction(parts[at], parts[at + 1]) for at in (0, 2, 4, 6))
    x, y = (stored_px[0] - width) / 2 + aside, (stored_px[1] - height) / 2 + down
    box = Box(round(x), round(y), round(width), round(height))
    right_px, below_px = stored_px[0] - box.x - box.width_px, stored_px[1] - box.y - box.height_px
    fits = min(box.x, box.y, right_px, below_px) >= 0 < min(box.width_px, box.height_px)
    return box if fits else None


def _has_role(meta: _Meta, names: tuple[bytes, ...]) -> bool:
    """Whether an auxiliary picture of the primary one has one of the roles."""
    return any(
        meta.primary in targets and any(name in body for kind, body in meta.properties.get(item, ()) for name in names)
        for item, targets in meta.auxiliary_of.items()
    )


def _named_colour(colours: list[bytes]) -> NamedColour | None:
    for body in colours:
        if body[:4] == b"nclx" and len(body) >= 11:
            primaries, transfer, matrix = (number(body, at, 2) for at in (4, 6, 8))
            full_range = bool(body[10] & 0x80)
            return NamedColour(primaries=primaries, transfer=transfer, matrix=matrix, full_range=full_range)
    return None


def _hdr(meta: _Meta, colours: list[bytes]) -> Hdr | None:
    named = _named_colour(colours)
    if named and named.transfer in _HDR_TRANSFERS:
        return _HDR_TRANSFERS[named.transfer]
    is_mapped = b"tmap" in meta.types.values() or _has_role(meta, _GAIN_MAP_ROLES)
    return "gain_map" if is_mapped else None


def _item(stream: BinaryIO, meta: _Meta, item: int) -> bytes:
    return b"".join(_item_parts(stream, meta, item, BLOCK_BYTES_MAX))


def _item_parts(stream: BinaryIO, meta: _Meta, item: int, limit: int) -> Iterator[bytes]:
    for method, offset, length in meta.places.get(item, ()):
        if method == 1 and meta.idat is not None:
            offset += meta.start + meta.idat.start
        yield from pieces(stream, offset, min(length or limit, limit))


def coded_parts(stream: BinaryIO) -> Iterator[bytes]:
    """Every picture item with its properties, in order of item id; where it lies in the file does not matter."""
    meta = _read_meta(stream)
    yield str(meta.primary).encode()
    for item, kind in sorted(meta.types.items()):
        if kind not in _METADATA_ITEMS and kind != b"xmp ":
            yield kind + repr(meta.properties.get(item, ())).encode()
            yield from _item_parts(stream, meta, item, 1 << 40)
