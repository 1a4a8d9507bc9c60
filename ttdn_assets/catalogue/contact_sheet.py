"""Assets as one page to look through or print: a small picture of each, its titles, and where it lies."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.model import Lang
from ttdn_assets.tools.html import render
from ttdn_assets.wording import number, say

_TEMPLATES = Path(__file__).parent / "templates"
_HTML_LANG = {"zh": "zh-Hans"}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One asset on the page."""

    id: str
    path: str
    link: str
    date: str
    review: str
    titles: tuple[tuple[str, str], ...]
    alt: str
    thumbnail: str


def contact_sheet_html(records: Sequence[AssetRecord], *, thumbnails: Mapping[str, bytes], title: str, ui: Lang) -> str:
    """The page, one file without scripts or network.

    Args:
        records: the assets, in order.
        thumbnails: small JPEGs by the ids of assets; one without says so.
        title: what stands above.
        ui: the language of the page's own words.
    """
    return render(
        _TEMPLATES,
        "contact_sheet.html",
        {
            "lang": ui,
            "title": title,
            "summary": say("contact-sheet.assets", {"n": number(len(records), ui)}, lang=ui),
            "no_picture": say("contact-sheet.no-picture", lang=ui),
            "items": [_item(one, thumbnails.get(one.id, b""), ui) for one in records],
        },
        filters={},
    )


def _item(record: AssetRecord, thumbnail: bytes, ui: Lang) -> Item:
    there = [file for file in record.files if not file.missing] or list(record.files)
    path = there[0].path if there else ""
    titles = record.captions.title
    languages = sorted(titles, key=lambda lang: (lang != ui, lang))
    return Item(
        id=record.id[:8],
        path=path,
        link=Path(path).absolute().as_uri() if path else "",
        date=((record.media and record.media.taken_at) or "")[:10],
        review=say(f"review.{record.review}", lang=ui),
        titles=tuple((_HTML_LANG.get(lang, lang), titles[lang].value) for lang in languages),
        alt=titles[languages[0]].value if languages else Path(path).name,
        thumbnail=base64.b64encode(thumbnail).decode(),
    )
