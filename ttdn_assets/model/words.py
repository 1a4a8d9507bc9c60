"""Words: what is known of an asset, what is said of it, and in which language."""

from __future__ import annotations

from typing import Literal

import msgspec

Lang = str
Origin = Literal["human", "composed", "machine", "speech", "vision"]
TextStatus = Literal["draft", "in_review", "approved", "rejected"]
FactKind = Literal["place", "event", "date", "people", "activity", "product", "topic"]
FactSource = Literal["folder", "file_name", "exif", "iptc", "xmp", "gps", "sheet", "officer"]
Field = Literal["title", "description", "alt_text", "keywords"]
LANGUAGES: tuple[Lang, ...] = ("vi", "en", "zh")
FIELDS: tuple[Field, ...] = ("title", "description", "alt_text", "keywords")


class EmbeddedText(msgspec.Struct, frozen=True, kw_only=True):
    """A text found inside a file or its sidecar; ``lang`` is ``None`` where the file does not say."""

    field: Literal[
        "title",
        "headline",
        "description",
        "alt_text",
        "keywords",
        "credit",
        "author",
        "rights",
        "place",
        "people",
    ]
    value: str
    lang: Lang | None
    source: FactSource


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something known about an asset and where it came from; ``term`` is a term-base id where one matched.

    ``part`` counts the parts of a path from the outermost, 1; it is 0 for what no name told.
    """

    kind: FactKind
    value: str
    term: str | None = None
    source: FactSource
    part: int = 0


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text in one language with where it came from.  Keywords are one text, its items joined by ``;``."""

    value: str
    origin: Origin
    engine: str | None = None
    status: TextStatus = "draft"


class CaptionSet(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one asset, each field by language."""

    title: dict[Lang, Text] = {}
    description: dict[Lang, Text] = {}
    alt_text: dict[Lang, Text] = {}
    keywords: dict[Lang, Text] = {}


class SheetRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote about one file in a caption sheet; an empty text or a missing language was left blank.

    ``source`` is the file's name, or its path from the sheet's folder, NFC with forward slashes.  Keywords are one
    text a language, its items joined by ``;``.
    """

    source: str
    asset: str | None = None
    title: dict[Lang, str] = {}
    description: dict[Lang, str] = {}
    alt_text: dict[Lang, str] = {}
    keywords: dict[Lang, str] = {}
    place: str = ""
    event: str = ""
    date: str = ""
    people: str = ""
    author: str = ""
    credit: str = ""
    licence: str = ""
    owner: str = ""
    consent: str = ""
    consent_scope: str = ""
    consent_until: str = ""
    unexhibited: str = ""
    notes: str = ""
    status: str = ""
    stamp: str = ""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one slot in one language, ready to paste: field of the placement → text within its limit."""

    placement: str
    lang: Lang
    values: dict[str, str]


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """Where a picture was taken, each part empty where nobody says so."""

    location: str = ""
    city: str = ""
    state: str = ""
    country: str = ""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words that go into a copy that leaves the house."""

    captions: CaptionSet = CaptionSet()
    credit: str = ""
    author: str = ""
    rights: str = ""
    where: Whereabouts = Whereabouts()
    source_type: str = ""
    """The end of an address of IPTC's vocabulary ``digitalsourcetype`` where a machine wrote pixels."""
