"""XMP packets and sidecars -> words by language, face regions, projection, gain map, time and place.

Parsed by expat through defusedxml, without document types, entities or network, to a bounded depth and number of
elements (ISO 16684-1; IPTC Photo Metadata 2023.2; MWG regions 2.0; Google GPano; Adobe hdrgm).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import msgspec

from ttdn_assets.model import EmbeddedText, Gps, Lang
from ttdn_assets.text import clean
from ttdn_assets.tools.metadata import Field, is_camera_default, plausible_gps

PACKET_BYTES_MAX = 8 << 20
_DEPTH_MAX = 64
_ELEMENTS_MAX = 50_000
_ITEMS_MAX = 1000
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_TIFF = "{http://ns.adobe.com/tiff/1.0/}"
_GPANO = "{http://ns.google.com/photos/1.0/panorama/}"
_HDRGM = "{http://ns.adobe.com/hdr-gain-map/1.0/}"
_MWG = "{http://www.metadataworkinggroup.com/schemas/regions/}"
_AREA = "{http://ns.adobe.com/xmp/sType/Area#}"
_DIMENSIONS = "{http://ns.adobe.com/xap/1.0/sType/Dimensions#}"
_TEXTS: dict[str, Field] = {
    f"{_DC}title": "title",
    f"{_PHOTOSHOP}Headline": "headline",
    f"{_DC}description": "description",
    f"{_CORE}AltTextAccessibility": "alt_text",
    f"{_PHOTOSHOP}Credit": "credit",
    f"{_DC}rights": "rights",
}
_PLACES = (f"{_CORE}Location", f"{_PHOTOSHOP}City", f"{_PHOTOSHOP}State", f"{_PHOTOSHOP}Country")
_SHOWN_PLACES = (f"{_EXT}Sublocation", f"{_EXT}City", f"{_EXT}ProvinceState", f"{_EXT}CountryName")
_TIMES = (f"{_EXIF}DateTimeOriginal", f"{_PHOTOSHOP}DateCreated", f"{_XMP}CreateDate")
_COORDINATE = re.compile(r"^(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])$")


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A face: centre and size as shares of the picture, the person's name if given, and the size it was drawn on."""

    x: float
    y: float
    width: float
    height: float
    name: str = ""
    applied_px: tuple[int, int] | None = None


class Xmp(msgspec.Struct, frozen=True, kw_only=True):
    """What a packet says; ``taken_at`` is as written, ``readable`` false where it is no XMP or beyond the limits."""

    texts: tuple[EmbeddedText, ...] = ()
    regions: tuple[Region, ...] = ()
    projection: str | None = None
    gain_map: bool = False
    taken_at: str = ""
    orientation: int | None = None
    gps: Gps | None = None
    camera: str | None = None
    readable: bool = True


class _TooMuch(Exception):
    """The packet is deeper or larger than any real one."""


class _Bounded(TreeBuilder):
    """A tree builder that gives up on depth and number."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._left = _ELEMENTS_MAX

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._left -= 1
        if self._depth > _DEPTH_MAX or self._left < 0:
            raise _TooMuch
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_xmp(packet: bytes) -> Xmp:
    """Read one packet or the whole of a sidecar file."""
    try:
        root = _parse(packet)
    except Exception:
        return Xmp(readable=False)
    known: dict[str, list[Element | str]] = {}
    for description in root.iter(f"{_RDF}Description"):
        for name, value in description.attrib.items():
            known.setdefault(name, []).append(value)
        for element in description:
            known.setdefault(element.tag, []).append(element)
    camera = " ".join(dict.fromkeys(_one(known, f"{_TIFF}{part}") for part in ("Make", "Model"))).strip()
    turn = _one(known, f"{_TIFF}Orientation")
    return Xmp(
        texts=tuple(dict.fromkeys(text for text in _texts(known) if not is_camera_default(text.value))),
        regions=tuple(_regions(root))[:_ITEMS_MAX],
        projection=_projection(_one(known, f"{_GPANO}ProjectionType")),
        gain_map=f"{_HDRGM}Version" in known,
        taken_at=next((time for name in _TIMES if (time := _one(known, name))), ""),
        orientation=int(turn) if turn in tuple("12345678") else None,
        gps=plausible_gps(
            _coordinate(_one(known, f"{_EXIF}GPSLatitude")), _coordinate(_one(known, f"{_EXIF}GPSLongitude"))
        ),
        camera=camera or None,
    )


def _parse(packet: bytes) -> Element:
    from defusedxml.ElementTree import DefusedXMLParser

    if len(packet) > PACKET_BYTES_MAX:
        raise _TooMuch
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    text = packet.strip(b"\0 \r\n\t")
    try:
        parser.feed(text)
    except ParseError:
        end = text.rfind(b"?>", 0, len(text)) + 2
        parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
        parser.feed(text[:end] if end > 2 else text)
    root: Element = parser.close()
    return root


def _projection(value: str) -> str | None:
    return value.casefold() or None


def _one(known: dict[str, list[Element | str]], name: str) -> str:
    """The first plain value of a property, whether written as attribute, text, or the first item of a list."""
    for value in known.get(name, ()):
        if isinstance(value, str):
            return clean(value)
        for _, text in _items(value):
            return text
    return ""


def _items(element: Element) -> Iterator[tuple[Lang | None, str]]:
    """Language and text of each item of a list, or of the plain text."""
    rows = [row for row in element.iter(f"{_RDF}li")][:_ITEMS_MAX]
    if not rows and (text := clean(element.text or "")):
        yield language(element.get(_LANG)), text
    for row in rows:
        value = row.find(f".//{_RDF}value")
        text = clean((row.text if value is None else value.text) or "")
        if text:
            yield language(row.get(_LANG)), text


def language(tag: str | None) -> Lang | None:
    """A language as the house names it: ``vi-VN`` is ``vi``, Chinese is ``zh`` unless it is written traditionally.

    ``x-default`` says no language and gives ``None``.
    """
    parts = (tag or "").replace("_", "-").lower().split("-")
    if parts[0] in ("", "x", "i", "und"):
        return None
    if parts[0] == "zh" and {"hant", "tw", "hk", "mo"} & set(parts[1:]):
        return "zh-Hant"
    return parts[0]


def _texts(known: dict[str, list[Element | str]]) -> Iterator[EmbeddedText]:
    for name, field in _TEXTS.items():
        yield from _by_language(field, _values(known, name))
    keywords = [text for _, text in _values(known, f"{_DC}subject")]
    authors = [text for _, text in _values(known, f"{_DC}creator")]
    people = [text for _, text in _values(known, f"{_EXT}PersonInImage")]
    yield from _joined("keywords", ";", keywords)
    yield from _joined("author", ", ", authors)
    yield from _joined("place", ", ", _place(known))
    for person in dict.fromkeys(people):
        yield EmbeddedText(field="people", value=person, lang=None, source="xmp")


def _place(known: dict[str, list[Element | str]]) -> list[str]:
    """The place from small to large: of the flat fields, else of IPTC's location structures."""
    return [_one(known, name) for name in _PLACES] if known.keys() & set(_PLACES) else _shown(known)


def _shown(known: dict[str, list[Element | str]]) -> list[str]:
    """The place shown, else where the picture was made, of IPTC's location structures."""
    for name in (f"{_EXT}LocationShown", f"{_EXT}LocationCreated"):
        for value in known.get(name, ()):
            if not isinstance(value, str):
                return [_inner(value, part) for part in _SHOWN_PLACES]
    return []


def _inner(element: Element, name: str) -> str:
    for part in element.iter():
        if name in part.attrib:
            return clean(part.attrib[name])
        if part.tag == name:
            return next((text for _, text in _items(part)), "")
    return ""


def _values(known: dict[str, list[Element | str]], name: str) -> list[tuple[Lang | None, str]]:
    pairs: list[tuple[Lang | None, str]] = []
    for value in known.get(name, ()):
        pairs += [(None, clean(value))] if isinstance(value, str) else list(_items(value))
    return [(lang, text) for lang, text in pairs if text]


def _by_language(field: Field, values: list[tuple[Lang | None, str]]) -> Iterator[EmbeddedText]:
    """One text a language; the default is left out where it only repeats one of them."""
    named = {lang: text for lang, text in reversed(values) if lang is not None}
    for lang, text in dict.fromkeys(values):
        if lang is None and text in named.values():
            continue
        if lang is None or named[lang] == text:
            yield EmbeddedText(field=field, value=text, lang=lang, source="xmp")


def _joined(field: Field, separator: str, values: list[str]) -> Iterator[EmbeddedText]:
    text = separator.join(dict.fromkeys(value for value in values if value))
    if text:
        yield EmbeddedText(field=field, value=text, lang=None, source="xmp")


def _coordinate(value: str) -> float:
    """A coordinate as XMP writes it: ``21,19.5N`` or ``21,19,30N``."""
    match = _COORDINATE.match(value)
    if match is None:
        return math.nan
    degrees, minutes, seconds, side = match.groups()
    number = int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    return -number if side in "SW" else number


def _regions(root: Element) -> Iterator[Region]:
    """Faces of Metadata Working Group regions; those of other types (pets, focus, bar codes) are left out."""
    for info in root.iter(f"{_MWG}Regions"):
        applied = _applied(info)
        for row in info.iter(f"{_RDF}li"):
            flat = _flat(row)
            if flat.get(f"{_MWG}Type", "Face") == "Face" and (region := _region(flat, applied)):
                yield region


def _flat(row: Element) -> dict[str, str]:
    """Every attribute and text below a list item by name; the serialisations of a structure differ only in nesting."""
    found: dict[str, str] = {}
    for part in row.iter():
        found.update(part.attrib)
        if part.text and part.text.strip():
            found.setdefault(part.tag, part.text.strip())
    return found


def _region(flat: dict[str, str], applied: tuple[int, int] | None) -> Region | None:
    try:
        x, y, width, height = (float(flat[f"{_AREA}{part}"]) for part in ("x", "y", "w", "h"))
    except (KeyError, ValueError):
        return None
    if not all(0 <= value <= 1 for value in (x, y, width, height)) or not width or not height:
        return None
    return Region(x=x, y=y, width=width, height=height, name=clean(flat.get(f"{_MWG}Name", "")), applied_px=applied)


def _applied(info: Element) -> tuple[int, int] | None:
    for element in info.iter(f"{_MWG}AppliedToDimensions"):
        flat = _flat(element)
        try:
            size = int(float(flat[f"{_DIMENSIONS}w"])), int(float(flat[f"{_DIMENSIONS}h"]))
        except (KeyError, ValueError):
            return None
        return size if min(size) > 0 else None
    return None
