"""The parts of a JPEG, PNG or WebP that say something about the picture or about who took it where."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import msgspec

from ttdn_assets.tools import chunked, ifd, jpeg_segments

_APP0, _APP1, _APP2, _APP13 = 0xE0, 0xE1, 0xE2, 0xED
_EXIF = b"Exif\0\0"
_END_OF_IMAGE = b"\xff\xd9"
_ORIENTATION, _X_RESOLUTION, _RESOLUTION_UNIT, _EXIF_IFD, _GPS_IFD = 0x0112, 0x011A, 0x0128, 0x8769, 0x8825
_COLOUR_SPACE, _MAKER_NOTE = 0xA001, 0x927C
_PERSONAL_TAGS = (0xA430, 0xA431, 0xA435, 0xC62F, 0xC65D, 0x013C)
"""CameraOwnerName, BodySerialNumber, LensSerialNumber, CameraSerialNumber, RawDataUniqueID, HostComputer."""
_GPS_VERSION = 0
_MM_PER_INCH, _CM_PER_INCH = 25.4, 2.54


class PhotoBytes(msgspec.Struct, frozen=True, kw_only=True):
    """What the metadata blocks of a photo hold; ``private`` names what must not leave the house."""

    xmp: bytes = b""
    has_profile: bool = False
    ends_well: bool = True
    plainly_coded: bool = True
    orientation: int = 1
    colour_space: int | None = None
    dpi: float | None = None
    has_gps: bool = False
    private: tuple[str, ...] = ()


class _Parts(msgspec.Struct, frozen=True, kw_only=True):
    exif: bytes
    xmp: bytes
    has_profile: bool
    ends_well: bool
    plainly_coded: bool = True
    dpi: float | None = None


def read_photo(path: Path, format: str) -> PhotoBytes:
    """Take the file apart; formats other than JPEG, PNG and WebP give an empty answer.

    Raises:
        ValueError: The structure of the file is damaged.
    """
    readers = {"jpeg": _jpeg, "mpo": _jpeg, "png": _png, "webp": _webp}
    if format not in readers:
        return PhotoBytes()
    parts = readers[format](path.read_bytes())
    return _with_exif(parts)


def _jpeg(data: bytes) -> _Parts:
    segments, rest = jpeg_segments.split(data)
    exif = [s.payload[len(_EXIF) :] for s in segments if s.marker == _APP1 and s.payload.startswith(_EXIF)]
    xmp = [s.payload for s in segments if s.marker == _APP1 and not s.payload.startswith(_EXIF)]
    return _Parts(
        exif=b"".join(exif[:1]),
        xmp=b"".join(xmp),
        has_profile=any(s.marker == _APP2 and s.payload.startswith(b"ICC_PROFILE\0") for s in segments),
        ends_well=_END_OF_IMAGE in rest,
        plainly_coded=jpeg_segments.is_plain(segments),
        dpi=_jfif_dpi(next((s.payload for s in segments if s.marker == _APP0), b"")),
    )


def _jfif_dpi(payload: bytes) -> float | None:
    if not payload.startswith(b"JFIF\0") or len(payload) < 12:
        return None
    unit, across = struct.unpack_from(">BH", payload, 7)
    return {1: float(across), 2: across * _CM_PER_INCH}.get(unit)


def _png(data: bytes) -> _Parts:
    chunks = chunked.png_chunks(data)
    density = next((c.payload for c in chunks if c.name == b"pHYs" and len(c.payload) == 9), b"")
    in_metres = struct.unpack(">IIB", density) if density else (0, 0, 0)
    return _Parts(
        exif=b"".join(c.payload for c in chunks if c.name == b"eXIf"),
        xmp=b"".join(c.payload for c in chunks if c.name in (b"iTXt", b"tEXt")),
        has_profile=any(c.name == b"iCCP" for c in chunks),
        ends_well=True,
        dpi=in_metres[0] * _MM_PER_INCH / 1000 if in_metres[2] == 1 else None,
    )


def _webp(data: bytes) -> _Parts:
    chunks = chunked.webp_chunks(data)
    exif = b"".join(c.payload for c in chunks if c.name == b"EXIF")
    return _Parts(
        exif=exif.removeprefix(_EXIF),
        xmp=b"".join(c.payload for c in chunks if c.name == b"XMP "),
        has_profile=any(c.name == b"ICCP" for c in chunks),
        ends_well=True,
    )


def _with_exif(parts: _Parts) -> PhotoBytes:
    bare = PhotoBytes(
        xmp=parts.xmp,
        has_profile=parts.has_profile,
        ends_well=parts.ends_well,
        plainly_coded=parts.plainly_coded,
        dpi=parts.dpi,
    )
    try:
        tiff = ifd.Tiff(io.BytesIO(parts.exif))
    except ValueError:
        return bare
    main = tiff.directory(tiff.first)
    camera = next(tiff.children(main, _EXIF_IFD), {})
    gps = next(tiff.children(main, _GPS_IFD), {})
    private = [f"0x{tag:04X}" for tag in _PERSONAL_TAGS if tag in main or tag in camera]
    return msgspec.structs.replace(
        bare,
        orientation=ifd.integer(main, _ORIENTATION, 1) or 1,
        colour_space=ifd.integer(camera, _COLOUR_SPACE, 0) or None,
        dpi=parts.dpi if parts.dpi is not None else _exif_dpi(main),
        has_gps=bool(gps.keys() - {_GPS_VERSION}),
        private=(*private, *(("MakerNote",) if _MAKER_NOTE in camera else ())),
    )


def _exif_dpi(main: ifd.Directory) -> float | None:
    across = main.get(_X_RESOLUTION)
    if not isinstance(across, tuple) or not across:
        return None
    return float(across[0]) * (_CM_PER_INCH if ifd.integer(main, _RESOLUTION_UNIT, 2) == 3 else 1)
