"""The page of a shared link: pictures in small, their words in Vietnamese and English, and a link to every file.

One HTML file without scripts; thumbnails are in the page, links lead to the store until they expire.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ttdn_assets.model import Lang
from ttdn_assets.tools.html import render
from ttdn_assets.wording import number, say

_TEMPLATES = Path(__file__).parent / "templates"
_LANGUAGES: tuple[Lang, ...] = ("vi", "en")
_FIELDS = ("title", "description")


class SharedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file to fetch: its name, size and address."""

    name: str
    size_bytes: int
    url: str


class SharedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One asset: its words by language and field, who made it, how it looks as a JPEG, its files."""

    words: Mapping[Lang, Mapping[str, str]]
    author: str = ""
    credit: str = ""
    thumbnail: bytes | None = None
    files: tuple[SharedFile, ...] = ()


def share_html(items: tuple[SharedItem, ...], *, unit: str, expires_at: dt.datetime) -> str:
    """The page; its own words stand in both languages."""
    return render(
        _TEMPLATES,
        "share.html",
        {"items": items, "unit": unit, "expires_at": expires_at, "languages": _LANGUAGES, "fields": _FIELDS},
        filters={
            "both": lambda code: " · ".join(say(f"share.{code}", lang=lang) for lang in _LANGUAGES),
            "megabytes": lambda value: f"{number(round(value / 1e6, 1), 'vi')} MB",
            "data_uri": lambda jpeg: "data:image/jpeg;base64," + base64.b64encode(jpeg).decode(),
            "moment": lambda value: value.strftime("%d/%m/%Y %H:%M %Z"),
        },
    )
