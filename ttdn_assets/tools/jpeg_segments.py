"""A JPEG's metadata replaced, its coded picture untouched to the byte.

Segments before the first scan are read as ISO/IEC 10918-1 §B.1.1 has them; the scan and all that follows, such as the
second image of an MPO, are copied as they are.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from ttdn_assets.tools.exif_write import Resolution
from ttdn_assets.tools.xmp_write import Packet

_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_APP0, _APP1, _APP13, _SOS, _COMMENT = 0xE0, 0xE1, 0xED, 0xDA, 0xFE
_NO_FRAMES = (0xC4, 0xC8, 0xCC)
_PLAIN_FRAMES = (0xC0, 0xC1, 0xC2)
_SEGMENT_BYTES = 65_533
_MORE_BYTES = 65_400
XMP_ROOM_BYTES = _SEGMENT_BYTES - len(_XMP)


class Damaged(ValueError):
    """The bytes do not have the structure their format asks for."""


class Segment(NamedTuple):
    """One marker segment; ``payload`` is without the marker and the length."""

    marker: int
    payload: bytes


def split(data: bytes) -> tuple[list[Segment], bytes]:
    """The segments before the scan, and everything from the scan on.

    Raises:
        Damaged: There is no scan, or a segment runs past the end.
    """
    if data[:2] != b"\xff\xd8":
        raise Damaged("no SOI marker")
    segments: list[Segment] = []
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Damaged(f"no marker at byte {at}")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _SOS:
            return segments, data[at:]
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2 or at + 2 + length > len(data):
            raise Damaged(f"segment of {length} bytes at byte {at}")
        segments.append(Segment(marker, data[at + 4 : at + 2 + length]))
        at += 2 + length
    raise Damaged("no picture data")


def frame_of(segments: list[Segment]) -> Segment:
    """The segment that tells the picture's size, components and way of coding.

    Raises:
        Damaged: There is none.
    """
    for segment in segments:
        if 0xC0 <= segment.marker <= 0xCF and segment.marker not in _NO_FRAMES and len(segment.payload) >= 6:
            return segment
    raise Damaged("no frame header")


def is_plain(segments: list[Segment]) -> bool:
    """Whether the picture is coded as every browser reads it: 8 bits, by Huffman codes, sequential or progressive."""
    marker, payload = frame_of(segments)
    return marker in _PLAIN_FRAMES and payload[0] == 8


def xmp_of(segments: list[Segment]) -> bytes:
    """The XMP packet the file carries, empty where it has none."""
    return b"".join(s.payload[len(_XMP) :] for s in segments if s.marker == _APP1 and s.payload.startswith(_XMP))


def resolution_of(segments: list[Segment]) -> Resolution | None:
    """The resolution of the JFIF segment, where it names a unit."""
    for marker, payload in segments:
        if marker == _APP0 and payload.startswith(b"JFIF\0") and len(payload) >= 12:
            unit, x, y = struct.unpack_from(">BHH", payload, 7)
            return Resolution(x, y, unit + 1) if unit in (1, 2) and x and y else None
    return None


def join(segments: list[Segment], rest: bytes, *, exif: bytes, xmp: Packet, iim: bytes = b"") -> bytes:
    """The file again with this metadata instead of the EXIF, XMP, IPTC and comment segments it had."""
    kept = [s for s in segments if not _is_metadata(s)]
    lead = [s for s in kept if s.marker == _APP0][:1]
    words = [Segment(_APP1, _EXIF + exif), Segment(_APP1, _XMP + xmp.main), *_extended(xmp)]
    if iim:
        words.append(Segment(_APP13, iim))
    after = [s for s in kept if s not in lead]
    return b"\xff\xd8" + b"".join(_coded(s) for s in [*lead, *words, *after]) + rest


def _is_metadata(segment: Segment) -> bool:
    return segment.marker in (_APP13, _COMMENT) or (
        segment.marker == _APP1 and segment.payload.startswith((_EXIF, _XMP, _XMP_MORE))
    )


def _extended(xmp: Packet) -> list[Segment]:
    whole = len(xmp.extended)
    return [
        Segment(
            _APP1,
            _XMP_MORE + xmp.guid.encode() + struct.pack(">II", whole, at) + xmp.extended[at : at + _MORE_BYTES],
        )
        for at in range(0, whole, _MORE_BYTES)
    ]


def _coded(segment: Segment) -> bytes:
    if len(segment.payload) > _SEGMENT_BYTES:
        raise Damaged(f"a segment of {len(segment.payload)} bytes does not fit")
    return struct.pack(">BBH", 0xFF, segment.marker, len(segment.payload) + 2) + segment.payload
