"""The reviewer's page of a submission: every file with its words in each language, its placements and its findings.

One HTML file without scripts and without network: thumbnails are in the page, links point into the payload folder.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ttdn_assets.model import FIELDS, LANGUAGES, Finding, Lang, Text
from ttdn_assets.submissions.manifest import Packed, Submission
from ttdn_assets.submissions.posts import ALT_TEXT
from ttdn_assets.tools.html import render
from ttdn_assets.tools.xmp_write import items_of
from ttdn_assets.wording import number, say, say_finding, say_named

_TEMPLATES = Path(__file__).parent / "templates"
_HTML_LANG = {"zh": "zh-Hans"}
_LEVELS = ("error", "warning", "info")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One text of a caption with what a reviewer needs to know of it."""

    label: str
    value: str
    origin: str
    status: str


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The caption of one asset in one language."""

    lang: str
    heading: str
    texts: tuple[Said, ...]


def gallery_html(submission: Submission, *, languages: Sequence[Lang] = LANGUAGES, ui: Lang = "vi") -> str:
    """The page; ``ui`` is the language of its own words, captions stand under headings in their own language."""
    media = [one for item in submission.items for one in item.media]

    def worded(code: str) -> str:
        return say(f"gallery.{code}", lang=ui)

    return render(
        _TEMPLATES,
        "gallery.html",
        {
            "submission": submission,
            "ui": _html_lang(ui),
            "titles": [(_html_lang(lang), say("gallery.heading", lang=lang)) for lang in _first(ui)],
            "target_name": submission.target_name.get(ui) or submission.target,
            "blocks": {item.name: _blocks(item, languages) for item in submission.items},
            "summary": [
                (worded("items"), number(len(submission.items), ui)),
                (worded("files"), number(len(media), ui)),
                (worded("size"), _bytes(sum(one.size_bytes for one in media), ui)),
                *((worded(f"{level}s"), number(_count(submission.all_findings, level), ui)) for level in _LEVELS[:2]),
            ],
            "alt_field": ALT_TEXT,
        },
        filters={
            "say": worded,
            "bytes": lambda value: _bytes(value, ui),
            "count": lambda value: number(value, ui),
            "sentence": lambda finding: say_finding(finding, ui),
            "named": lambda finding: say_named(finding, ui),
            "data_uri": _data_uri,
            "placement": lambda one: _placement(submission, one, ui),
            "post_label": lambda field, lang: say(f"post.{field}", lang=lang),
            "html_lang": _html_lang,
            "alt": lambda item: _alt(item, ui),
        },
    )


def _html_lang(lang: Lang) -> str:
    return _HTML_LANG.get(lang, lang)


def _first(ui: Lang) -> list[Lang]:
    return [ui, *(lang for lang in LANGUAGES if lang != ui)]


def _blocks(item: Packed, languages: Sequence[Lang]) -> list[Block]:
    blocks = []
    for lang in languages:
        texts = [_said(field, getattr(item.captions, field).get(lang), lang) for field in FIELDS]
        heading = say(f"gallery.lang.{lang}", lang=lang)
        blocks.append(Block(lang=_html_lang(lang), heading=heading, texts=tuple(text for text in texts if text)))
    return blocks


def _said(field: str, text: Text | None, lang: Lang) -> Said | None:
    if text is None or not text.value.strip():
        return None
    return Said(
        label=say(f"sheet.{field}", lang=lang),
        value="; ".join(items_of(text.value)) if field == "keywords" else text.value,
        origin=say(f"gallery.origin.{text.origin}", lang=lang),
        status=text.status,
    )


def _alt(item: Packed, ui: Lang) -> str:
    texts = item.captions.alt_text or item.captions.title
    return next((texts[lang].value for lang in _first(ui) if lang in texts), item.name)


def _placement(submission: Submission, one: str, ui: Lang) -> str:
    placement = submission.placements.get(one)
    return (placement.name.get(ui) or one) if placement else one


def _count(findings: Sequence[Finding], level: str) -> int:
    return sum(1 for finding in findings if finding.level == level)


def _bytes(value: int, ui: Lang) -> str:
    """A size as people write it, in decimal units."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= step:
            scaled = value / step
            return f"{number(round(scaled, 1) if scaled < 100 else round(scaled), ui)} {unit}"
    return f"{value} B"


def _data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
