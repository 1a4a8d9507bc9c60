"""Words into an XMP packet: IPTC and Dublin Core fields in every language, and the panorama's projection.

A language alternative lists ``x-default`` first, with the text of the first language; Chinese stands under
``zh-Hans`` and, for readers that know no scripts, under ``zh`` as well.  Sources: XMP specification part 1 (2012)
§8.2.2.4 for language alternatives and part 3 (2020) §1.1.3.1 for packets that do not fit one JPEG segment; IPTC
Photo Metadata Standard 2023.1 for the alt text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from ttdn_assets.model import LANGUAGES, Lang, Text, Words
from ttdn_assets.text import clean

_BCP47: dict[Lang, tuple[str, ...]] = {"zh": ("zh-Hans", "zh")}
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x84\x86-\x9f]")
_PANORAMA = re.compile(rb"GPano:([A-Za-z]{1,40})\s*(?:=\s*[\"']([\w.+-]{1,40})[\"']|>([\w.+-]{1,40})</GPano:)")
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
}
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MOVED_FIRST = ("dc:subject", "Iptc4xmpCore:AltTextAccessibility", "dc:description", "dc:title", "photoshop:Headline")


class Packet(NamedTuple):
    """An XMP packet; ``extended`` holds the properties that did not fit, empty in the common case."""

    main: bytes
    extended: bytes
    guid: str


def packet(words: Words, *, panorama: Mapping[str, str] | None = None, room_bytes: int | None = None) -> Packet:
    """The packet of ``words``.

    Args:
        words: Captions, credit, author and rights.
        panorama: GPano properties by name, as ``panorama_of`` reads them.
        room_bytes: The most ``main`` may take; keywords go to ``extended`` first, then alt text, then the rest.
    """
    properties = dict(_properties(words, panorama or {}))
    main = _wrap(_rdf(properties.values()))
    moved: list[str] = []
    extended, guid = b"", ""
    for name in _MOVED_FIRST:
        if room_bytes is None or len(main) <= room_bytes:
            break
        moved.append(properties.pop(name, ""))
        extended = _rdf(moved)
        guid = hashlib.md5(extended, usedforsecurity=False).hexdigest().upper()
        main = _wrap(_rdf([*properties.values(), _simple("xmpNote:HasExtendedXMP", guid)]))
    return Packet(main, extended, guid)


def panorama_of(old: bytes) -> dict[str, str]:
    """The GPano properties in an XMP packet that is about to be replaced."""
    return {
        name.decode(): (attribute or element).decode("ascii", "ignore")
        for name, attribute, element in _PANORAMA.findall(old)
    }


def items_of(value: str) -> list[str]:
    """The items of a text that holds a list, such as keywords or authors, in order and each once."""
    return list(dict.fromkeys(part for part in (item.strip() for item in re.split(r"[;；\n]", value)) if part))


def default_text(texts: Mapping[Lang, Text]) -> str:
    """The text of the first language that has one: what readers that know one language show."""
    return next((texts[lang].value for lang in ordered(texts) if texts[lang].value.strip()), "")


def ordered(languages: Iterable[Lang]) -> list[Lang]:
    """Vietnamese, English, Chinese, then any other language by name."""
    return sorted(languages, key=lambda lang: (LANGUAGES.index(lang) if lang in LANGUAGES else len(LANGUAGES), lang))


def all_keywords(words: Words) -> list[str]:
    """The keywords of every language, each once."""
    keywords = words.captions.keywords
    return list(dict.fromkeys(item for lang in ordered(keywords) for item in items_of(clean(keywords[lang].value))))


def _properties(words: Words, panorama: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    captions = words.captions
    yield "dc:title", _lang_alt("dc:title", captions.title)
    yield "dc:description", _lang_alt("dc:description", captions.description)
    yield (
        "Iptc4xmpCore:AltTextAccessibility",
        _lang_alt("Iptc4xmpCore:AltTextAccessibility", captions.alt_text),
    )
    yield "photoshop:Headline", _simple("photoshop:Headline", default_text(captions.title))
    yield "dc:subject", _list("dc:subject", "Bag", all_keywords(words))
    yield "dc:creator", _list("dc:creator", "Seq", items_of(clean(words.author)))
    yield "photoshop:Credit", _simple("photoshop:Credit", words.credit)
    yield "dc:rights", _alternatives("dc:rights", [("x-default", words.rights)] if words.rights.strip() else [])
    yield "xmpRights:Marked", _simple("xmpRights:Marked", "True" if words.rights.strip() else "")
    yield "Iptc4xmpCore:Location", _simple("Iptc4xmpCore:Location", words.where.location)
    yield "photoshop:City", _simple("photoshop:City", words.where.city)
    yield "photoshop:State", _simple("photoshop:State", words.where.state)
    yield "photoshop:Country", _simple("photoshop:Country", words.where.country)
    source = f"{_SOURCE_TYPES}{words.source_type}" if words.source_type else ""
    yield "Iptc4xmpExt:DigitalSourceType", _simple("Iptc4xmpExt:DigitalSourceType", source)
    for name, value in panorama.items():
        yield f"GPano:{name}", _simple(f"GPano:{name}", value)


def _lang_alt(name: str, texts: Mapping[Lang, Text]) -> str:
    said = {lang: texts[lang].value for lang in ordered(texts) if texts[lang].value.strip() and _LANG.fullmatch(lang)}
    entries = [(tag, value) for lang, value in said.items() for tag in _BCP47.get(lang, (lang,))]
    first = next(iter(said.values()), None)
    return _alternatives(name, [] if first is None else [("x-default", first), *entries])


def _alternatives(name: str, entries: Sequence[tuple[str, str]]) -> str:
    items = "".join(f"<rdf:li xml:lang={quoteattr(tag)}>{_safe(value)}</rdf:li>" for tag, value in entries)
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>" if items else ""


def _list(name: str, container: str, values: Sequence[str]) -> str:
    items = "".join(f"<rdf:li>{_safe(value)}</rdf:li>" for value in values)
    return f"<{name}><rdf:{container}>{items}</rdf:{container}></{name}>" if items else ""


def _simple(name: str, value: str) -> str:
    return f"<{name}>{_safe(value)}</{name}>" if value.strip() else ""


def _safe(value: str) -> str:
    """Text an XML 1.0 parser must accept: no control character, no lone surrogate, markup escaped."""
    return escape(_NOT_XML.sub("", clean(value)))


def _rdf(properties: Iterable[str]) -> bytes:
    body = "".join(properties)
    used = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items() if f"<{prefix}:" in body)
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{used}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def _wrap(rdf: bytes) -> bytes:
    begin = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'.encode()
    return begin + rdf + b'<?xpacket end="w"?>'
