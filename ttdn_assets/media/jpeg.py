"""JPEG: its segments up to the scan -> ``Still``; and the coded picture without metadata, for a fingerprint.

ITU-T T.81 gives the markers; APP1 is EXIF and XMP, APP2 the ICC profile and the multi-picture index (CIPA DC-007),
APP13 Photoshop's resource blocks with IPTC, APP14 Adobe's colour transform.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Literal

from ttdn_assets.media.still import BLOCK_BYTES_MAX, BrokenStill, Still, colour_of, exif_body
from ttdn_assets.tools import ifd

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_ICC = b"ICC_PROFILE\0"
_MPF = b"MPF\0"
_GAIN_MAP_SIGNS = (b"hdrgm:Version", b"hdrgainmap", b"urn:iso:std:iso:ts:21496:-1")
_FRAMES = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))
_SEGMENTS_MAX = 4096
_RESYNC_BYTES = 1 << 16
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
Segment = tuple[int, int, bytes]


def segments(stream: BinaryIO) -> Iterator[Segment]:
    """Marker, offset of the payload and payload of each segment; the last one is SOS, at the first scan.

    Raises:
        BrokenStill: no scan is reached.
    """
    stream.seek(2)
    for _ in range(_SEGMENTS_MAX):
        marker = _next_marker(stream)
        if marker in _BARE:
            continue
        if marker == 0xD9:
            break
        head = stream.read(2)
        length = int.from_bytes(head, "big") - 2
        offset = stream.tell()
        payload = stream.read(max(length, 0))
        if len(head) < 2 or length < 0 or len(payload) < length:
            break
        yield marker, offset, payload
        if marker == 0xDA:
            return
    raise BrokenStill("no picture data")


def _next_marker(stream: BinaryIO) -> int:
    """The next marker's code, passing over a limited run of bytes that belong to no segment, as decoders do."""
    window = stream.read(2)
    if len(window) == 2 and window[0] == 0xFF and window[1] not in (0x00, 0xFF):
        return window[1]
    start = stream.tell() - len(window)
    stream.seek(start)
    found = _NEXT_MARKER.search(stream.read(_RESYNC_BYTES))
    if found is None:
        raise BrokenStill("no picture data")
    stream.seek(start + found.end())
    return found.group()[1]


def read_jpeg(stream: BinaryIO) -> Still:
    """The header of a JPEG or MPO.

    Raises:
        BrokenStill: there is no usable frame header before the picture data.
    """
    frame, transform = b"", -1
    parts: dict[str, list[bytes]] = {"exif": [], "xmp": [], "more": [], "icc": [], "photoshop": [], "mpf": []}
    mpf_offset = 0
    for marker, offset, payload in segments(stream):
        if marker in _FRAMES and not frame:
            frame = payload
        elif marker == 0xEE and payload.startswith(b"Adobe") and len(payload) >= 12:
            transform = payload[11]
        elif (kind := _block_kind(marker, payload)) is not None:
            parts[kind].append(payload)
            mpf_offset = mpf_offset or (offset + len(_MPF) if kind == "mpf" else 0)
    size_px, bit_depth, components = _frame(frame)
    pictures = _multi_picture(b"".join(parts["mpf"][:1])[len(_MPF) :])
    xmp = _xmp(parts["xmp"], parts["more"])
    heads = [(kind, _head(stream, mpf_offset + offset)) for kind, offset in pictures if offset]
    views = 1 + sum(1 for kind, head in heads if _is_view(kind, head))
    blocks = [*xmp, *parts["icc"], *(head for _, head in heads)]
    gain_map = any(sign in block for block in blocks for sign in _GAIN_MAP_SIGNS)
    return Still(
        format="mpo" if views > 1 else "jpeg",
        stored_px=size_px,
        bit_depth=bit_depth,
        colour="ycck" if components == 4 and transform == 2 else colour_of(components),
        frames=views,
        hdr="gain_map" if gain_map else None,
        icc=_icc(parts["icc"]),
        exif=exif_body(b"".join(parts["exif"][:1])),
        xmp=xmp,
        iim=iim_of_photoshop(b"".join(block[14:] for block in parts["photoshop"])),
    )


def _block_kind(marker: int, payload: bytes) -> str | None:
    if marker == 0xE1:
        if payload.startswith(b"Exif\0"):
            return "exif"
        if payload.startswith(_XMP):
            return "xmp"
        return "more" if payload.startswith(_XMP_MORE) else None
    if marker == 0xE2:
        if payload.startswith(_MPF):
            return "mpf"
        return "icc" if payload.startswith((_ICC, b"urn:iso:std:iso:ts:21496:-1")) else None
    return "photoshop" if marker == 0xED and payload.startswith(b"Photoshop 3.0\0") else None


def _frame(frame: bytes) -> tuple[tuple[int, int], int, int]:
    if len(frame) < 6:
        raise BrokenStill("no frame header")
    bit_depth, components = frame[0], frame[5]
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    if not width or not height or bit_depth not in (8, 12, 16) or components not in (1, 3, 4):
        raise BrokenStill(f"impossible frame header: {width} x {height}, {bit_depth} bit, {components} components")
    return (width, height), bit_depth, components


def _icc(blocks: list[bytes]) -> bytes:
    numbered = sorted((block[12], block[14:]) for block in blocks if block.startswith(_ICC) and len(block) > 14)
    return b"".join(body for _, body in numbered)


def _xmp(main: list[bytes], more: list[bytes]) -> tuple[bytes, ...]:
    """The standard packet, and the extended one put together from its numbered parts (XMP part 3, 1.1.3.1)."""
    parts = sorted((int.from_bytes(part[71:75], "big"), part[75:]) for part in more if len(part) > 75)
    extended = b"".join(body for _, body in parts)[:BLOCK_BYTES_MAX]
    return tuple(packet for packet in (b"".join(main[:1])[len(_XMP) :], extended) if packet)


def iim_of_photoshop(resources: bytes) -> bytes:
    """The IPTC datasets (resource 0x0404) among Photoshop's image resource blocks."""
    at = 0
    while at + 12 <= len(resources) and resources[at : at + 4] in (b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR"):
        name_length = 1 + resources[at + 6]
        head = at + 6 + name_length + name_length % 2
        size = int.from_bytes(resources[head : head + 4], "big")
        if resources[at + 4 : at + 6] == b"\x04\x04":
            return resources[head + 4 : head + 4 + size]
        at = head + 4 + size + size % 2
    return b""


def _multi_picture(index: bytes) -> list[tuple[int, int]]:
    """Type code and offset of each picture that the multi-picture index lists (tag 0xB002, 16 bytes a picture)."""
    try:
        tiff = ifd.Tiff(io.BytesIO(index))
        entries = ifd.data(tiff.directory(tiff.first), 0xB002)
    except ValueError:
        return []
    order: Literal["little", "big"] = "little" if tiff.order == "<" else "big"
    rows = [entries[at : at + 16] for at in range(0, len(entries) - 15, 16)][:16]
    return [(int.from_bytes(row[:4], order) & 0xFFFFFF, int.from_bytes(row[8:12], order)) for row in rows]


def _head(stream: BinaryIO, offset: int) -> bytes:
    stream.seek(offset)
    return stream.read(_RESYNC_BYTES)


def _is_view(kind: int, head: bytes) -> bool:
    """Whether a further picture is one to look at: another view (class 2), or one that claims no other purpose."""
    auxiliary = any(sign in head for sign in (*_GAIN_MAP_SIGNS, b"AuxiliaryImageType"))
    return head.startswith(b"\xff\xd8") and (kind >> 16 == 2 or (kind == 0 and not auxiliary))


def coded_parts(stream: BinaryIO) -> Iterator[bytes]:
    """The coded picture: tables, frame and scans to the end of the image, with the ICC profile and Adobe's transform.

    What follows the end of the image (further pictures, a motion clip) does not belong to it.
    """
    end = 0
    for marker, offset, payload in segments(stream):
        end = offset + len(payload)
        is_app = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not is_app or (marker == 0xEE and payload.startswith(b"Adobe")):
            yield bytes((0xFF, marker)) + payload
        elif marker == 0xE2 and payload.startswith(_ICC):
            yield payload
    yield from _scans(stream, end)


def _scans(stream: BinaryIO, start: int) -> Iterator[bytes]:
    stream.seek(start)
    kept = b""
    while chunk := stream.read(1 << 20):
        window = kept + chunk
        at = window.find(b"\xff\xd9")
        if at >= 0:
            yield window[: at + 2]
            return
        kept = window[-1:]
        yield window[:-1]
    yield kept
