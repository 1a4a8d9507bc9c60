"""The first bytes of a file -> what it is; names are never believed.

Formats that can be worked with are listed in ``MEDIA``; a few others are known by name, so that a message can say
what the file is instead of what it is not.
"""

from __future__ import annotations

import re
from typing import BinaryIO, NamedTuple

from ttdn_assets.model import Kind

HEAD_BYTES = 64 * 1024
"""How much ``sniff`` wants to see: an MXF file may begin with up to 64 kB of anything (SMPTE 377-1, run-in)."""


class MediaType(NamedTuple):
    """A format that can be worked with: photo or video, MIME type, and the suffix its files should have."""

    kind: Kind
    mime: str
    extension: str


MEDIA: dict[str, MediaType] = {
    "jpeg": MediaType("photo", "image/jpeg", "jpg"),
    "mpo": MediaType("photo", "image/mpo", "mpo"),
    "png": MediaType("photo", "image/png", "png"),
    "tiff": MediaType("photo", "image/tiff", "tif"),
    "dng": MediaType("photo", "image/x-adobe-dng", "dng"),
    "webp": MediaType("photo", "image/webp", "webp"),
    "gif": MediaType("photo", "image/gif", "gif"),
    "heic": MediaType("photo", "image/heic", "heic"),
    "avif": MediaType("photo", "image/avif", "avif"),
    "bmp": MediaType("photo", "image/bmp", "bmp"),
    "mp4": MediaType("video", "video/mp4", "mp4"),
    "m4v": MediaType("video", "video/x-m4v", "m4v"),
    "mov": MediaType("video", "video/quicktime", "mov"),
    "3gp": MediaType("video", "video/3gpp", "3gp"),
    "mkv": MediaType("video", "video/x-matroska", "mkv"),
    "webm": MediaType("video", "video/webm", "webm"),
    "avi": MediaType("video", "video/x-msvideo", "avi"),
    "mts": MediaType("video", "video/mp2t", "mts"),
    "mpg": MediaType("video", "video/mpeg", "mpg"),
    "flv": MediaType("video", "video/x-flv", "flv"),
    "wmv": MediaType("video", "video/x-ms-wmv", "wmv"),
    "mxf": MediaType("video", "application/mxf", "mxf"),
    "dv": MediaType("video", "video/x-dv", "dv"),
}

MEDIA_SUFFIXES = frozenset((
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "tif", "tiff", "webp", "gif", "heic", "heif", "hif", "avif", "mpo",
    "dng", "bmp", "jxl", "mp4", "mov", "qt", "m4v", "mkv", "webm", "avi", "3gp", "3g2", "mts", "m2ts", "ts", "mpg",
    "mpeg", "vob", "flv", "wmv", "asf", "mxf", "dv", "dif",
))  # fmt: skip
"""Suffixes (lower case, no dot) by which a person says: this is a picture or a clip."""

RAW_SUFFIXES = frozenset((
    "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "orf", "rw2", "raf", "pef", "srw", "rwl", "dcr", "kdc",
    "mrw", "x3f", "3fr", "iiq", "erf",
))  # fmt: skip
"""Suffixes of camera raw files other than DNG."""

_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_BOX_TYPES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_AUDIO_BRANDS = (b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ")
_MXF_KEY = bytes.fromhex("060e2b34020501010d010201")
_DV_HEADERS = (b"\x1f\x07\x00\x3f", b"\x1f\x07\x00\xbf")
"""The first block of a frame, of 525 and of 625 lines (IEC 61834-2): tapes as they were read, in no container."""

_ASF_KEY = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"8BPS", "psd"),
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"ID3", "audio"),
    (b"fLaC", "audio"),
    (b".RMF", "rm"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cJXL ", "jxl"),
    (b"\x00\x00\x00\x0cjP  ", "jp2"),
    (b"\x1f\x8b", "gzip"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)
_OGG_FIRST_BYTES = 4096
"""Where the first page of every stream in it lies."""
_TEXT = re.compile(rb"\A(?:\xef\xbb\xbf)?[\t\n\r\x20-\x7e\x80-\xff]*\Z")


def head_of(stream: BinaryIO) -> bytes:
    """The first ``HEAD_BYTES`` of an open file, which is left at its beginning."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def sniff(head: bytes) -> str | None:
    """The name of the format whose file begins with ``head``; ``None`` where nothing is recognised.

    The answer is a key of ``MEDIA``, or one of ``psd pdf zip rar 7z office audio ogv rm jxl jp2 gzip program xml json
    text empty``.  An MPO is told from a JPEG and a DNG from a TIFF only when they are read.
    """
    if not head:
        return "empty"
    return _picture(head) or _base_media(head) or _clip(head) or _other(head)


def is_media(name: str | None) -> bool:
    """Whether files of that format can be worked with."""
    return name in MEDIA


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\x8aMNG\r\n\x1a\n")):
        return "png" if head[0] == 0x89 else None
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"BM") and len(head) >= 26 and head[14:18] in _BMP_HEADERS:
        return "bmp"
    return None


_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124))


def _base_media(head: bytes) -> str | None:
    """ISO base media: pictures by their brands, clips by the major brand; QuickTime may have no ``ftyp`` at all."""
    if head[4:8] not in _BOX_TYPES or int.from_bytes(head[:4], "big") in range(2, 8):
        return None
    if head[4:8] != b"ftyp":
        return "mov"
    size = min(int.from_bytes(head[:4], "big"), 512)
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size, 4))}
    if brands & _AVIF_BRANDS:
        return "avif"
    if brands & _HEIC_BRANDS and not brands & {b"isom", b"mp41", b"mp42", b"qt  "}:
        return "heic"
    if major in _AUDIO_BRANDS:
        return "audio"
    if major == b"crx ":
        return "raw"
    return _clip_brand(major)


def _clip_brand(major: bytes) -> str:
    if major == b"qt  ":
        return "mov"
    if major.startswith((b"3gp", b"3gr", b"3gs", b"3ge", b"3gg", b"3g2")):
        return "3gp"
    return "m4v" if major.startswith(b"M4V") else "mp4"


def _clip(head: bytes) -> str | None:
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else "mkv"
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WAVE": "audio"}.get(head[8:12])
    if head.startswith(b"FLV\x01"):
        return "flv"
    if head.startswith(_DV_HEADERS):
        return "dv"
    if head.startswith(_ASF_KEY):
        return "wmv"
    if head.startswith(b"OggS"):
        return "ogv" if b"\x80theora" in head[:_OGG_FIRST_BYTES] else "audio"
    if head.startswith((b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")):
        return "mpg"
    if _MXF_KEY in head:
        return "mxf"
    return "mts" if _is_transport_stream(head) else None


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes 0x47 every 188 bytes, or every 192 after a four-byte time stamp (AVCHD, Blu-ray)."""
    for first, step in ((0, 188), (4, 192)):
        syncs = head[first : first + step * 5 : step]
        if len(syncs) >= 3 and set(syncs) == {0x47}:
            return True
    return False


def _other(head: bytes) -> str | None:
    for signature, name in _OTHERS:
        if head.startswith(signature):
            return name
    start = head[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<?xml", b"<x:xmpmeta", b"<svg", b"<html", b"<!DOCTYPE")):
        return "xml"
    if _TEXT.match(head[:4096]):
        return "json" if start[:1] in (b"{", b"[") else "text"
    return None
