"""MP4, MOV, M4V, 3GP: what the movie box says that no demuxer tells -> ``Movie``.

Whether the index comes first, edit lists, the display matrix, encryption, spherical projection and embedded XMP.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from ttdn_assets.media.boxes import Span, child, children, number, top_boxes

_MOOV_BYTES_MAX = 256 << 20
_XMP_BYTES_MAX = 16 << 20
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_SPHERICAL_UUID = bytes.fromhex("ffcc8263f8554a938814587a02521fdd")
_PROJECTIONS = {b"equi": "equirectangular", b"cbmp": "cubemap", b"mshp": "mesh"}
_ENCRYPTED = (b"encv", b"drmi")
_VISUAL_ENTRY_BYTES = 78


class Movie(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    ``turns`` says of each picture track, by its number, what makes its stored picture upright: turning clockwise by so
    many degrees after mirroring left to right where that is true.  A file smaller than ``needed_bytes`` was cut short.
    """

    moov_first: bool
    has_moov: bool
    fragmented: bool
    edit_list: bool
    encrypted: bool
    turns: dict[int, tuple[int, bool]] = {}
    projection: str | None = None
    xmp: bytes = b""
    needed_bytes: int = 0


def read_movie(stream: BinaryIO) -> Movie:
    """Read the structure of a file of the MP4 family; nothing in it raises, a missing movie box is told as such."""
    order: list[bytes] = []
    moov, xmp, end = b"", b"", 0
    for box in top_boxes(stream):
        order.append(box.kind)
        end = box.end
        if box.kind == b"moov" and not moov:
            stream.seek(box.start)
            moov = stream.read(min(box.end - box.start, _MOOV_BYTES_MAX))
        elif box.kind == b"uuid" and not xmp:
            stream.seek(box.start)
            body = stream.read(min(box.end - box.start, _XMP_BYTES_MAX))
            xmp = body[16:] if body.startswith(_XMP_UUID) else b""
    tracks = [span for span in children(moov) if span.kind == b"trak"]
    pictures = [span for span in tracks if _handler(moov, span) == b"vide"]
    udta = child(moov, "udta/XMP_")
    return Movie(
        moov_first=b"moov" in order and (b"mdat" not in order or order.index(b"moov") < order.index(b"mdat")),
        has_moov=bool(moov),
        fragmented=b"moof" in order or child(moov, "mvex") is not None,
        edit_list=any(child(moov, "edts/elst", span.start, span.end) for span in tracks),
        encrypted=any(_is_encrypted(moov, span) for span in pictures),
        turns=dict(_turn(moov, span) for span in pictures),
        projection=next((name for span in pictures if (name := _projection(moov, span))), None),
        xmp=xmp or (moov[udta.start : udta.end] if udta else b""),
        needed_bytes=end,
    )


def _handler(moov: bytes, trak: Span) -> bytes:
    hdlr = child(moov, "mdia/hdlr", trak.start, trak.end)
    return moov[hdlr.start + 8 : hdlr.start + 12] if hdlr else b""


def _entries(moov: bytes, trak: Span) -> Iterator[Span]:
    stsd = child(moov, "mdia/minf/stbl/stsd", trak.start, trak.end)
    if stsd:
        yield from children(moov, stsd.start + 8, stsd.end)


def _is_encrypted(moov: bytes, trak: Span) -> bool:
    return any(entry.kind in _ENCRYPTED for entry in _entries(moov, trak))


def _turn(moov: bytes, trak: Span) -> tuple[int, tuple[int, bool]]:
    """The number of a track, and its display matrix (both in ``tkhd``) as clockwise degrees after mirroring."""
    tkhd = child(moov, "tkhd", trak.start, trak.end)
    if tkhd is None:
        return 0, (0, False)
    longer = 12 if moov[tkhd.start : tkhd.start + 1] == b"\x01" else 0
    at = tkhd.start + 40 + longer
    matrix = (_signed(moov, at + 4 * index) for index in (0, 1, 3, 4))
    return number(moov, tkhd.start + 12 + (8 if longer else 0), 4), turn_of_matrix(*matrix)


def _signed(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big", signed=True)


def turn_of_matrix(a: float, b: float, c: float, d: float) -> tuple[int, bool]:
    """Quarter turns clockwise in degrees (0, 90, 180, 270), and whether to mirror left to right before turning.

    The matrix takes (x, y), y downwards, to (ax + cy, bx + dy).  One that is no quarter turn, as damaged files have,
    counts as none.
    """
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    if not math.hypot(a, b) or not math.hypot(c, d):
        return 0, False
    angle = math.degrees(math.atan2(b, a)) % 360
    turn = round(angle / 90) * 90
    return (turn % 360, mirrored) if abs(angle - turn) <= 5 else (0, False)


def _projection(moov: bytes, trak: Span) -> str | None:
    """Spherical video: version 2 (sv3d in the sample entry) or version 1 (a uuid box with RDF in the track)."""
    for entry in _entries(moov, trak):
        proj = child(moov, "sv3d/proj", entry.start + _VISUAL_ENTRY_BYTES, entry.end)
        if proj:
            kinds = [box.kind for box in children(moov, proj.start, proj.end)]
            return next((_PROJECTIONS[kind] for kind in kinds if kind in _PROJECTIONS), None)
    for box in children(moov, trak.start, trak.end):
        body = moov[box.start : box.end] if box.kind == b"uuid" else b""
        if body.startswith(_SPHERICAL_UUID) and b"Spherical>true<" in body:
            return "cubemap" if b"cubemap" in body else "equirectangular"
    return None


def live_photo_id(stream: BinaryIO) -> bool:
    """Whether a MOV says that it is the moving half of a Live Photo."""
    for box in top_boxes(stream):
        if box.kind == b"moov":
            stream.seek(box.start)
            moov = stream.read(min(box.end - box.start, _MOOV_BYTES_MAX))
            return number(moov, 0, 4) > 0 and b"com.apple.quicktime.content.identifier" in moov
    return False
