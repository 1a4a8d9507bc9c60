"""The metadata of a PNG or a WebP replaced, its coded picture untouched to the byte.

Sources: PNG third edition (W3C 2025) §11.3 for iTXt and eXIf; WebP container specification (RFC 9649) §2.7 for VP8X.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from ttdn_assets.tools.jpeg_segments import Damaged

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_WORDS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
_XMP_KEYWORD = b"XML:com.adobe.xmp\0"
_WEBP_ALPHA, _WEBP_EXIF, _WEBP_XMP = 0x10, 0x08, 0x04


class Chunk(NamedTuple):
    """One chunk of either container, without its length and checksum."""

    name: bytes
    payload: bytes


def png_chunks(data: bytes) -> list[Chunk]:
    """The chunks of a PNG up to and with IEND.

    Raises:
        Damaged: The signature, the first or the last chunk is missing, or a checksum is wrong.
    """
    if not data.startswith(_PNG):
        raise Damaged("no PNG signature")
    chunks: list[Chunk] = []
    at = len(_PNG)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        payload = data[at + 8 : at + 8 + length]
        if len(payload) != length or data[at + 8 + length : at + 12 + length] != _crc(name, payload):
            raise Damaged(f"chunk at byte {at}")
        chunks.append(Chunk(name, payload))
        at += 12 + length
        if name == b"IEND" and chunks[0].name == b"IHDR":
            return chunks
    raise Damaged("no IEND chunk")


def png_xmp(chunks: list[Chunk]) -> bytes:
    """The XMP packet of a PNG, empty where it has none or keeps it compressed."""
    return b"".join(c.payload for c in chunks if c.name == b"iTXt" and c.payload.startswith(_XMP_KEYWORD))


def png_join(chunks: list[Chunk], *, exif: bytes, xmp: bytes) -> bytes:
    """The PNG again with this metadata instead of its text, EXIF and time chunks."""
    words = [Chunk(b"eXIf", exif), Chunk(b"iTXt", _XMP_KEYWORD + b"\0\0\0\0" + xmp)]
    kept = [c for c in chunks if c.name not in _PNG_WORDS]
    first = next((i for i, c in enumerate(kept) if c.name == b"IDAT"), len(kept) - 1)
    coded = (
        struct.pack(">I", len(payload)) + name + payload + _crc(name, payload)
        for name, payload in [*kept[:first], *words, *kept[first:]]
    )
    return _PNG + b"".join(coded)


def webp_chunks(data: bytes) -> list[Chunk]:
    """The chunks of a WebP.

    Raises:
        Damaged: It is no RIFF of form WEBP, or a chunk runs past the end.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Damaged("no WebP signature")
    chunks: list[Chunk] = []
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        payload = data[at + 8 : at + 8 + length]
        if len(payload) != length:
            raise Damaged(f"chunk at byte {at}")
        chunks.append(Chunk(name, payload))
        at += 8 + length + length % 2
    if not any(c.name in (b"VP8 ", b"VP8L", b"ANMF") for c in chunks):
        raise Damaged("no picture data")
    return chunks


def webp_xmp(chunks: list[Chunk]) -> bytes:
    """The XMP packet of a WebP, empty where it has none."""
    return b"".join(c.payload for c in chunks if c.name == b"XMP ")


def webp_join(chunks: list[Chunk], *, exif: bytes, xmp: bytes) -> bytes:
    """The WebP again in the extended format, with this metadata instead of what it had."""
    kept = [c for c in chunks if c.name not in (b"VP8X", b"EXIF", b"XMP ")]
    old = next((c.payload for c in chunks if c.name == b"VP8X" and len(c.payload) >= 10), None)
    header = old or _extended_header(kept)
    header = bytes([header[0] | _WEBP_EXIF | _WEBP_XMP]) + header[1:]
    body = b"".join(
        name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
        for name, payload in [Chunk(b"VP8X", header), *kept, Chunk(b"EXIF", exif), Chunk(b"XMP ", xmp)]
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _extended_header(chunks: list[Chunk]) -> bytes:
    """The VP8X payload of a simple WebP, its size and alpha read from the picture chunk."""
    name, payload = next((c for c in chunks if c.name in (b"VP8 ", b"VP8L")), Chunk(b"", b""))
    if name == b"VP8 " and len(payload) >= 10:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", payload, 6))
        flags = 0
    elif name == b"VP8L" and len(payload) >= 5:
        bits = struct.unpack_from("<I", payload, 1)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _WEBP_ALPHA if bits >> 28 & 1 else 0
    else:
        raise Damaged("no picture header")
    return struct.pack("<I", flags) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def _crc(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(payload, zlib.crc32(name)))
