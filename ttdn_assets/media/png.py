"""PNG and APNG: chunks -> ``Still``; and the chunks that make the picture, for a fingerprint (W3C PNG, 3rd edition)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ttdn_assets.media.boxes import OFFSET_MAX
from ttdn_assets.media.jpeg import iim_of_photoshop
from ttdn_assets.media.still import BLOCK_BYTES_MAX, BrokenStill, Still, exif_body
from ttdn_assets.model import Hdr, NamedColour

_CHUNKS_MAX = 100_000
_READ = frozenset((b"IHDR", b"acTL", b"iCCP", b"sRGB", b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"tRNS", b"cICP"))
_PICTURE = _READ - {b"eXIf", b"iTXt", b"tEXt", b"zTXt"} | {b"PLTE", b"IDAT", b"fcTL", b"fdAT", b"gAMA", b"cHRM"}
_XMP_KEY = b"XML:com.adobe.xmp"
_RAW_PROFILE = b"Raw profile type "
_COLOURS = {0: "gray", 2: "rgb", 3: "rgb", 4: "gray", 6: "rgb"}
_HDR_TRANSFERS: dict[int, Hdr] = {16: "pq", 18: "hlg"}


def chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Type, payload offset and payload length of each chunk up to IEND or to where the file is cut."""
    at = 8
    for _ in range(_CHUNKS_MAX):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        length = int.from_bytes(head[:4], "big")
        yield head[4:], at + 8, length
        at += 12 + length


def read_png(stream: BinaryIO) -> Still:
    """The header and metadata of a PNG.

    Raises:
        BrokenStill: it does not begin with a possible IHDR.
    """
    found: dict[bytes, bytes] = {}
    texts: list[bytes] = []
    for kind, offset, length in chunks(stream):
        if not found and kind != b"IHDR":
            raise BrokenStill("the first chunk is not IHDR")
        if kind in _READ and length <= BLOCK_BYTES_MAX:
            stream.seek(offset)
            payload = stream.read(length)
            if kind in (b"iTXt", b"tEXt", b"zTXt"):
                texts.append(kind + payload)
            else:
                found.setdefault(kind, payload)
    width, height, bit_depth, colour_type = _header(found.get(b"IHDR", b""))
    named = [pair for text in texts[:64] if (pair := _text(text)) is not None]
    colour = _named_colour(found.get(b"cICP", b""))
    return Still(
        format="png",
        stored_px=(width, height),
        bit_depth=bit_depth if colour_type != 3 else 8,
        colour=_COLOURS[colour_type],
        has_alpha=colour_type in (4, 6) or b"tRNS" in found,
        frames=max(1, int.from_bytes(found.get(b"acTL", b"")[:4], "big")),
        named_colour=colour,
        hdr=_HDR_TRANSFERS.get(colour.transfer) if colour else None,
        icc=_profile(found.get(b"iCCP", b"")),
        exif=exif_body(found.get(b"eXIf", b"") or _raw_profile(named, "exif", "APP1")),
        xmp=tuple(body for key, body in named if key == _XMP_KEY.decode()) or _packet(_raw_profile(named, "xmp")),
        iim=iim_of_photoshop(_raw_profile(named, "iptc", "8bim")),
        texts=tuple((key, body) for key, body in named if key != _XMP_KEY.decode() and not key.startswith("Raw ")),
    )


def _header(header: bytes) -> tuple[int, int, int, int]:
    if len(header) < 13:
        raise BrokenStill("no IHDR")
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    if not width or not height or header[8] not in (1, 2, 4, 8, 16) or header[9] not in _COLOURS:
        raise BrokenStill(f"impossible IHDR: {width} x {height}, {header[8]} bit, colour type {header[9]}")
    return width, height, header[8], header[9]


def _named_colour(payload: bytes) -> NamedColour | None:
    if len(payload) != 4:
        return None
    primaries, transfer, matrix, full_range = payload
    return NamedColour(primaries=primaries, transfer=transfer, matrix=matrix, full_range=bool(full_range))


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, BLOCK_BYTES_MAX)
    except zlib.error:
        return b""


def _profile(payload: bytes) -> bytes:
    _, _, rest = payload.partition(b"\0")
    return _inflate(rest[1:])


def _text(chunk: bytes) -> tuple[str, bytes] | None:
    """Key and text: tEXt is Latin-1 (turned into UTF-8 here), zTXt the same compressed, iTXt UTF-8 with a language."""
    kind, (key, _, rest) = chunk[:4], chunk[4:].partition(b"\0")
    name = key.decode("latin-1")
    if kind == b"tEXt":
        return name, rest.decode("latin-1").encode()
    if kind == b"zTXt":
        return name, _inflate(rest[1:]).decode("latin-1").encode()
    if len(rest) < 2:
        return None
    body = rest[2:].split(b"\0", 2)[-1]
    return name, _inflate(body) if rest[0] == 1 else body


def _raw_profile(named: list[tuple[str, bytes]], *names: str) -> bytes:
    """A profile that ImageMagick writes as hexadecimal text: a name, a length, the digits."""
    for key, body in named:
        if key.startswith(_RAW_PROFILE.decode()) and key[len(_RAW_PROFILE) :] in names:
            try:
                return bytes.fromhex(b"".join(body.split()[2:]).decode("ascii"))
            except ValueError:
                return b""
    return b""


def _packet(packet: bytes) -> tuple[bytes, ...]:
    return (packet,) if packet else ()


def coded_parts(stream: BinaryIO) -> Iterator[bytes]:
    """The chunks that decide what the picture looks like, in order."""
    for kind, offset, length in list(chunks(stream)):
        if kind in _PICTURE:
            yield kind
            yield from pieces(stream, offset, length)


def pieces(stream: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    """``length`` bytes from ``offset``, a megabyte at a time; fewer where the file ends."""
    if offset > OFFSET_MAX:
        return
    stream.seek(offset)
    while length > 0 and (chunk := stream.read(min(length, 1 << 20))):
        length -= len(chunk)
        yield chunk
