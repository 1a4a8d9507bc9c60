"""A picture file without its metadata, its coded picture untouched.

JPEG (ISO/IEC 10918-1 §B) keeps the frame, tables, scans and Adobe's colour transform, and ends with its first picture:
the second image of an MPO, a gain map or a film behind it stays out.  PNG keeps the chunks that draw.  The picture is
known to be sRGB, so the file's own profile, which may name an owner, gives way to the house's small one.
"""

from __future__ import annotations

import struct
import zlib

from ttdn_assets.tools import icc
from ttdn_assets.tools.jpeg_segments import Damaged, Segment, frame_of, is_plain, split

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"sBIT", b"bKGD", b"IDAT", b"IEND")
_ICC = b"ICC_PROFILE\0"
_SOI, _EOI, _SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
_APP0, _APP2, _APP14 = 0xE0, 0xE2, 0xEE


def stripped(data: bytes, format: str, *, dpi: int | None) -> bytes | None:
    """The same coded picture without metadata, with ``dpi`` where wanted; ``None`` for other formats or damaged files.

    Nothing is guessed: a file whose structure is not understood is left to be coded again.
    """
    try:
        if format in ("jpeg", "mpo"):
            return _jpeg(data, dpi)
        return _png(data, dpi) if format == "png" else None
    except (Damaged, struct.error, IndexError):
        return None


def _jpeg(data: bytes, dpi: int | None) -> bytes | None:
    segments, rest = split(data)
    if not is_plain(segments):
        return None
    may_say_jfif = _is_jfif_colour(segments)
    if dpi and not may_say_jfif:
        return None
    unit, density = (1, dpi) if dpi else (0, 1)
    jfif = b"JFIF\0" + struct.pack(">HBHHBB", 0x0102, unit, density, density, 0, 0)
    lead = [Segment(_APP0, jfif)] if may_say_jfif else []
    profile = [Segment(_APP2, _ICC + b"\x01\x01" + icc.profile(icc.SRGB))] if len(_components(segments)) == 3 else []
    kept = [*lead, *profile, *(segment for segment in segments if _draws(segment))]
    head = b"".join(struct.pack(">BBH", 0xFF, s.marker, len(s.payload) + 2) + s.payload for s in kept)
    return _SOI + head + _first_picture(rest)


def _is_jfif_colour(segments: list[Segment]) -> bool:
    """Whether the samples are grey or YCbCr as JFIF has them: decoders believe that segment against all others."""
    if any(s.marker == _APP0 and s.payload.startswith(b"JFIF\0") for s in segments):
        return True
    for marker, payload in segments:
        if marker == _APP14 and payload.startswith(b"Adobe") and len(payload) >= 12:
            return payload[11] == 1
    components = _components(segments)
    return len(components) == 1 or components == b"\x01\x02\x03"


def _components(segments: list[Segment]) -> bytes:
    """The identifiers of the frame's components."""
    frame = frame_of(segments).payload
    return frame[6 : 6 + 3 * frame[5] : 3]


def _draws(segment: Segment) -> bool:
    """Whether a decoder needs the segment: everything but applications' data and comments."""
    return segment.marker == _APP14 or not (0xE0 <= segment.marker <= 0xEF or segment.marker == 0xFE)


def _first_picture(rest: bytes) -> bytes:
    """All scans and the tables between them, up to the first end of image."""
    at, parts = 0, list[bytes]()
    while True:
        if rest[at] != 0xFF:
            raise Damaged(f"no marker {at} bytes into the scans")
        marker = rest[at + 1]
        if marker == 0xD9:
            return b"".join(parts) + _EOI
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", rest, at + 2)
        end = at + 2 + length
        if marker == _SOS:
            end = _scan_end(rest, end)
        if _draws(Segment(marker, rest[at + 4 : at + 2 + length])):
            parts.append(rest[at:end])
        at = end


def _scan_end(rest: bytes, at: int) -> int:
    """Where coded data ends: at a marker that is neither a stuffed zero nor a restart."""
    while True:
        at = rest.find(b"\xff", at)
        if at < 0:
            raise Damaged("the scan does not end")
        if rest[at + 1] != 0 and not 0xD0 <= rest[at + 1] <= 0xD7:
            return at
        at += 2


def _png(data: bytes, dpi: int | None) -> bytes:
    if not data.startswith(_PNG_SIGNATURE):
        raise Damaged("no PNG signature")
    parts, at = [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    density = [_chunk(b"pHYs", struct.pack(">IIB", *[round(dpi / 0.0254)] * 2, 1))] if dpi else []
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise Damaged("a chunk runs past the end")
        if name in _PNG_KEPT:
            parts.append(data[at:end])
            if name == b"IHDR":
                parts += [_chunk(b"sRGB", b"\0"), *density]
        elif name[:1].isupper():
            raise Damaged(f"unknown chunk {name!r}")
        if name == b"IEND":
            return b"".join(parts)
        at = end


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
