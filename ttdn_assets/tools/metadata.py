"""EXIF and IPTC blocks -> what they say: when, where, with what, and which words.

The only importer of exifread.  EXIF is read through a stream that counts: a directory that points at itself or
claims endless values runs out of reads, and the block is told as unreadable instead of being followed.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from ttdn_assets.model import EmbeddedText, FactSource, Gps
from ttdn_assets.text import clean
from ttdn_assets.tools import charset, ifd

Field = Literal[
    "title", "headline", "description", "alt_text", "keywords", "credit", "author", "rights", "place", "people"
]
_READS_MAX = 60_000
_READ_BYTES_MAX = 1 << 20
_TEXTS_MAX = 1000
_ORIENTATION, _EXIF_POINTER, _USER_COMMENT = 0x0112, 0x8769, 0x9286
_EXIF_TEXTS: dict[int, Field] = {0x010E: "description", 0x013B: "author", 0x8298: "rights"}
_WINDOWS_TEXTS: dict[int, Field] = {
    0x9C9B: "title",
    0x9C9C: "description",
    0x9C9D: "author",
    0x9C9E: "keywords",
    0x9C9F: "headline",
}
_IIM_TEXTS: dict[int, Field] = {
    5: "title",
    105: "headline",
    120: "description",
    80: "author",
    110: "credit",
    116: "rights",
}
_IIM_PLACES = (92, 90, 95, 101)
_PROGRAM_WORDS = ("file written by adobe photoshop", "created with gimp", "creator: gd-jpeg", "lead technologies inc")
_IIM_KEYWORD, _IIM_DATE, _IIM_TIME = 25, 55, 60


class Exif(msgspec.Struct, frozen=True, kw_only=True):
    """What an EXIF block says.  Times are as written (``2026:05:01 08:30:00``), ``utc`` is the GPS clock's."""

    orientation: int = 1
    local: str = ""
    offset: str = ""
    utc: str = ""
    gps: Gps | None = None
    camera: str | None = None
    texts: tuple[EmbeddedText, ...] = ()
    charset: str | None = None
    adobe_rgb: bool = False
    readable: bool = True


class Iptc(msgspec.Struct, frozen=True, kw_only=True):
    """What IPTC datasets say; ``local`` is a time as EXIF writes it, ``charset`` the one the texts turned out to be."""

    texts: tuple[EmbeddedText, ...] = ()
    local: str = ""
    offset: str = ""
    charset: str | None = None


class _TooMuch(Exception):
    """The block asks for more reading than a real one needs."""


class _Metered(io.BytesIO):
    """A stream that hands out a limited number of reads of limited length."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._inner = stream
        self._left = _READS_MAX

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._inner.seek(max(0, offset) if whence == 0 else offset, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        return self._inner.read(_READ_BYTES_MAX if size is None or size < 0 else min(size, _READ_BYTES_MAX))


def read_exif(block: bytes | BinaryIO) -> Exif:
    """Read a TIFF structure: an EXIF block, or a whole TIFF or DNG file; ``readable`` is false where it is damaged."""
    stream = io.BytesIO(block) if isinstance(block, bytes) else block
    try:
        tags = _tags(stream)
        tiff = ifd.Tiff(stream)
        main = tiff.directory(tiff.first)
        texts, found = _exif_texts(tiff, main)
    except Exception:
        return Exif(readable=False)
    return Exif(
        orientation=_orientation(main),
        local=_first(tags, "EXIF DateTimeOriginal", "EXIF DateTimeDigitized"),
        offset=_first(tags, "EXIF OffsetTimeOriginal", "EXIF OffsetTimeDigitized", "EXIF OffsetTime"),
        utc=_gps_clock(tags),
        gps=_gps(tags),
        camera=_camera(_first(tags, "Image Make"), _first(tags, "Image Model")),
        texts=texts,
        charset=found,
        adobe_rgb=_is_adobe_rgb(tags),
    )


def _is_adobe_rgb(tags: dict[str, Any]) -> bool:
    """Whether the colour space is Adobe RGB, said as DCF 2.0 asks (uncalibrated, option file) or as some cameras do."""
    space = _numbers(tags, "EXIF ColorSpace")[:1]
    option = _first(tags, "Interoperability InteroperabilityIndex")
    return space == [2] or (space == [0xFFFF] and option.startswith("R03"))


def _tags(stream: BinaryIO) -> dict[str, Any]:
    import logging

    import exifread

    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    metered = _Metered(stream)
    with contextlib.suppress(_TooMuch):
        tags: dict[str, Any] = exifread.process_file(metered, details=False, extract_thumbnail=False)
        return tags
    raise ValueError("the EXIF block does not end")


def _first(tags: dict[str, Any], *names: str) -> str:
    for name in names:
        value = tags[name].values if name in tags else ""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and (text := clean(text.replace("\0", " "))):
            return text
    return ""


def _numbers(tags: dict[str, Any], name: str) -> list[float]:
    values = tags[name].values if name in tags else []
    numbers: list[float] = []
    for value in values if isinstance(values, list) else []:
        try:
            numbers.append(float(value))
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            numbers.append(math.nan)
    return numbers


def _orientation(main: ifd.Directory) -> int:
    """How the picture is turned: of several tags the first counts, as it does for other readers; some are text."""
    text = ifd.data(main, _ORIENTATION).rstrip(b"\0 ")
    value = int(text) if text.isdigit() else ifd.integer(main, _ORIENTATION, 1)
    return value if 1 <= value <= 8 else 1


def _camera(make: str, model: str) -> str | None:
    """Maker and model as people say them, the maker once: ``Canon EOS R5``, ``Apple iPhone 14 Pro``."""
    brand = make.split(" ")[0]
    name = model if model.casefold().startswith(brand.casefold()) else f"{make} {model}"
    return name.strip() or None


def _gps(tags: dict[str, Any]) -> Gps | None:
    latitude = _degrees(_numbers(tags, "GPS GPSLatitude"), _first(tags, "GPS GPSLatitudeRef"))
    longitude = _degrees(_numbers(tags, "GPS GPSLongitude"), _first(tags, "GPS GPSLongitudeRef"))
    return plausible_gps(latitude, longitude)


def _degrees(parts: list[float], reference: str) -> float:
    if not 1 <= len(parts) <= 3:
        return math.nan
    value = sum(part / scale for part, scale in zip(parts, (1, 60, 3600), strict=False))
    return -value if reference[:1].upper() in ("S", "W") else value


def plausible_gps(latitude_deg: float, longitude_deg: float) -> Gps | None:
    """The place, unless it is none: no number, off the globe, or 0, 0, which receivers write before they know."""
    if not (math.isfinite(latitude_deg) and math.isfinite(longitude_deg)):
        return None
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180 or (abs(latitude_deg) < 1e-4 and abs(longitude_deg) < 1e-4):
        return None
    return Gps(round(latitude_deg, 7), round(longitude_deg, 7))


def _gps_clock(tags: dict[str, Any]) -> str:
    day, clock = _first(tags, "GPS GPSDate", "GPS GPSDateStamp"), _numbers(tags, "GPS GPSTimeStamp")
    if not day or len(clock) != 3 or not all(math.isfinite(part) for part in clock):
        return ""
    hours, minutes, seconds = (int(part) for part in clock)
    return f"{day} {hours:02}:{minutes:02}:{seconds:02}"


def _exif_texts(tiff: ifd.Tiff, main: ifd.Directory) -> tuple[tuple[EmbeddedText, ...], str | None]:
    named = [_embedded(field, _utf16(main, tag), "exif") for tag, field in _WINDOWS_TEXTS.items()]
    texts = [text for text in named if text is not None]
    comment = ifd.data(tiff.directory(ifd.integer(main, _EXIF_POINTER, 0)), _USER_COMMENT)
    raw = {field: ifd.data(main, tag).rstrip(b"\0 ") for tag, field in _EXIF_TEXTS.items()}
    raw["rights"] = b" ".join(part.strip() for part in raw["rights"].split(b"\0") if part.strip())
    body, is_utf16 = comment[8:], comment.startswith(b"UNICODE")
    plain = b"" if is_utf16 else body.split(b"\0")[0]
    decoded = charset.decode([*raw.values(), plain])
    for field, value in zip(raw, decoded.values, strict=False):
        texts += [text] if (text := _embedded(field, value, "exif")) is not None else []
    said = _user_comment(body, tiff.order) if is_utf16 else decoded.values[-1]
    texts += [text] if (text := _embedded("description", said, "exif")) is not None else []
    return _unlike_cameras(texts), decoded.charset


def _utf16(directory: ifd.Directory, tag: int) -> str:
    return ifd.data(directory, tag).decode("utf-16-le", "replace").partition("\0")[0]


def _user_comment(body: bytes, order: str) -> str:
    """UTF-16 in the byte order of the block, unless a mark or the place of the zeros shows the other one."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").partition("\0")[0]
    big = order == ">"
    zeros = body[0::2].count(0), body[1::2].count(0)
    if zeros[0] != zeros[1] and max(zeros) * 4 > len(body) // 2:
        big = zeros[0] > zeros[1]
    return body.decode("utf-16-be" if big else "utf-16-le", "replace").partition("\0")[0]


def _embedded(field: Field, value: str, source: FactSource) -> EmbeddedText | None:
    text = clean(value.replace("\0", " "))
    return EmbeddedText(field=field, value=text, lang=None, source=source) if text else None


@cache
def _camera_words() -> frozenset[str]:
    path = Path(__file__).with_name("camera_defaults.txt")
    return frozenset(" ".join(line.split()).casefold() for line in path.read_text(encoding="utf-8").splitlines())


def is_camera_default(value: str) -> bool:
    """Whether a text is what a camera or program writes by itself, such as OLYMPUS DIGITAL CAMERA."""
    text = " ".join(value.split()).casefold()
    return text in _camera_words() or text.startswith(_PROGRAM_WORDS)


def _unlike_cameras(texts: list[EmbeddedText]) -> tuple[EmbeddedText, ...]:
    return tuple(dict.fromkeys(text for text in texts if not is_camera_default(text.value)))


def datasets(iim: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, dataset number and value of each IPTC dataset (IIM 4.2, 1.5); damage ends the run."""
    at = 0
    while at + 5 <= len(iim) and iim[at] == 0x1C:
        size, head = int.from_bytes(iim[at + 3 : at + 5], "big"), 5
        if size & 0x8000:
            width = size & 0x7FFF
            size, head = int.from_bytes(iim[at + 5 : at + 5 + min(width, 8)], "big"), 5 + width
        yield iim[at + 1], iim[at + 2], iim[at + head : at + head + size]
        at += head + size


def read_iptc(iim: bytes) -> Iptc:
    """Read IPTC datasets; texts whose charset cannot be told (``unknown``) keep their bytes as Latin-1 letters."""
    rows = list(datasets(iim))[:_TEXTS_MAX]
    declared = charset.declared(next((value for record, number, value in rows if (record, number) == (1, 90)), b""))
    words = [(number, value) for record, number, value in rows if record == 2 and number > 0]
    wanted = [(number, value) for number, value in words if number in {*_IIM_TEXTS, *_IIM_PLACES, _IIM_KEYWORD}]
    decoded = charset.decode([value for _, value in wanted], declared=declared)
    named = [(number, clean(text)) for (number, _), text in zip(wanted, decoded.values, strict=True)]
    texts = [_embedded(_IIM_TEXTS[number], text, "iptc") for number, text in named if number in _IIM_TEXTS]
    keywords = [text for number, text in named if number == _IIM_KEYWORD and text]
    places = [next((text for number, text in named if number == place), "") for place in _IIM_PLACES]
    texts.append(_embedded("keywords", ";".join(dict.fromkeys(keywords)), "iptc"))
    texts.append(_embedded("place", ", ".join(dict.fromkeys(place for place in places if place)), "iptc"))
    local, offset = _iim_time(dict(reversed(words)))
    found = [text for text in texts if text is not None]
    return Iptc(texts=_unlike_cameras(found), local=local, offset=offset, charset=decoded.charset)


def _iim_time(words: dict[int, bytes]) -> tuple[str, str]:
    day = words.get(_IIM_DATE, b"").decode("latin-1")
    clock = words.get(_IIM_TIME, b"").decode("latin-1")
    if len(day) != 8 or len(clock) < 6:
        return "", ""
    offset = f"{clock[6]}{clock[7:9]}:{clock[9:11]}" if len(clock) == 11 else ""
    return f"{day[:4]}:{day[4:6]}:{day[6:]} {clock[:2]}:{clock[2:4]}:{clock[4:6]}", offset
