"""What a file shows, told to search engines: schema.org's ImageObject or VideoObject as JSON-LD beside each file.

Texts stand in every language they were written in; the object's own ``inLanguage`` lists them, and ``caption`` and
``description`` are given once a language.  Properties: schema.org 29.0; the licence and credit are what image search
shows (Google Search Central, image metadata, 2025).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ttdn_assets.model import Lang, Text, Whereabouts, Words
from ttdn_assets.submissions.manifest import Media
from ttdn_assets.text import clean

SUFFIX = ".jsonld"
_BCP47: Mapping[Lang, str] = {"zh": "zh-Hans"}


def json_ld(words: Words, media: Media, *, licence: str = "") -> bytes:
    """One file of a submission as JSON-LD; the same contents give the same bytes."""
    captions = words.captions
    languages = dict.fromkeys(lang for texts in (captions.title, captions.description) for lang in texts)
    video = media.kind == "video"
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject" if video else "ImageObject",
        "contentUrl": media.path.rpartition("/")[2],
        "encodingFormat": _mime(media),
        "width": {"@type": "QuantitativeValue", "value": media.width_px, "unitCode": "E37"},
        "height": {"@type": "QuantitativeValue", "value": media.height_px, "unitCode": "E37"},
        "contentSize": f"{media.size_bytes} B",
        "inLanguage": [_BCP47.get(lang, lang) for lang in languages],
        "name": _each(captions.title),
        "caption": _each(captions.alt_text or captions.description),
        "description": _each(captions.description or captions.title),
        "keywords": _each(captions.keywords),
        "contentLocation": _place(words.where),
        "creator": {"@type": "Person", "name": clean(words.author)} if words.author else None,
        "creditText": clean(words.credit),
        "copyrightNotice": clean(words.rights or words.credit),
        "license": clean(licence),
    }
    kept = {key: value for key, value in told.items() if value}
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()


def _each(texts: Mapping[Lang, Text]) -> list[dict[str, str]]:
    """A text in every language it was written in."""
    return [
        {"@language": _BCP47.get(lang, lang), "@value": clean(text.value).replace(";", "; ")}
        for lang, text in texts.items()
        if text.value.strip()
    ]


def _place(where: Whereabouts) -> dict[str, Any] | None:
    address = {
        "@type": "PostalAddress",
        "addressLocality": where.city,
        "addressRegion": where.state,
        "addressCountry": where.country,
    }
    said = {key: value for key, value in address.items() if value}
    if len(said) == 1 and not where.location:
        return None
    place = {"@type": "Place", "name": where.location or where.city or where.state}
    return {**place, "address": said} if len(said) > 1 else place


def _mime(media: Media) -> str:
    name = {"jpg": "jpeg"}.get(media.format.lower(), media.format.lower())
    return f"{'video' if media.kind == 'video' else 'image'}/{name}"
