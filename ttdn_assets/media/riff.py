"""WebP: RIFF chunks -> ``Still``; and the chunks that make the picture, for a fingerprint (RFC 9649)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ttdn_assets.media.png import pieces
from ttdn_assets.media.still import BLOCK_BYTES_MAX, BrokenStill, Still, exif_body

_CHUNKS_MAX = 100_000
_METADATA = frozenset((b"EXIF", b"XMP "))
_ANIMATED = 0x02
_READ = _METADATA | {b"VP8X", b"ICCP"}


def chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Type, payload offset and payload length of each chunk of the file."""
    at = 12
    for _ in range(_CHUNKS_MAX):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:], "little")
        yield head[:4], at + 8, length
        at += 8 + length + length % 2


def read_webp(stream: BinaryIO) -> Still:
    """The header and metadata of a WebP.

    Raises:
        BrokenStill: it holds no picture chunk with a possible size.
    """
    found: dict[bytes, bytes] = {}
    frames = 0
    for kind, offset, length in chunks(stream):
        frames += kind == b"ANMF"
        wanted = length if kind in _READ else 16 if kind in (b"VP8 ", b"VP8L") else 0
        if wanted and kind not in found and wanted <= BLOCK_BYTES_MAX:
            stream.seek(offset)
            found[kind] = stream.read(wanted)
    size_px, has_alpha = _size(found)
    return Still(
        format="webp",
        stored_px=size_px,
        has_alpha=has_alpha,
        frames=max(1, frames),
        icc=found.get(b"ICCP", b""),
        exif=exif_body(found.get(b"EXIF", b"")),
        xmp=(found[b"XMP "],) if b"XMP " in found else (),
    )


def _size(found: dict[bytes, bytes]) -> tuple[tuple[int, int], bool]:
    header, lossy, lossless = found.get(b"VP8X", b""), found.get(b"VP8 ", b""), found.get(b"VP8L", b"")
    if len(header) >= 10:
        width, height = (int.from_bytes(header[at : at + 3], "little") + 1 for at in (4, 7))
        return (width, height), bool(header[0] & 0x10)
    if len(lossy) >= 10 and lossy[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(lossy[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if width and height:
            return (width, height), False
    if len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = int.from_bytes(lossless[1:5], "little")
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)
    raise BrokenStill("no picture chunk")


def coded_parts(stream: BinaryIO) -> Iterator[bytes]:
    """The chunks that decide what the picture looks like; of VP8X only an animation's canvas."""
    for kind, offset, length in list(chunks(stream)):
        if kind == b"VP8X":
            head = b"".join(pieces(stream, offset, 10))
            yield head[4:] if head[:1] and head[0] & _ANIMATED else b""
        elif kind not in _METADATA:
            yield kind
            yield from pieces(stream, offset, length)
