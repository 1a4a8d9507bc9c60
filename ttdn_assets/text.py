"""Strings at the border: NFC, search folding, the length units of the platforms, ASCII names."""

from __future__ import annotations

import re
import unicodedata

from ttdn_assets.model import TextUnit
from ttdn_assets.x_length import EMOJI, x_length

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134F]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]")


def nfc(value: str) -> str:
    """The text in NFC, the form everything inside the house has."""
    return unicodedata.normalize("NFC", value)


def clean(value: str) -> str:
    """NFC without control characters and with single line ends: what a text from a file may become."""
    return _CONTROL.sub("", nfc(value).replace("\r\n", "\n").replace("\r", "\n")).strip()


def strip_marks(value: str) -> str:
    """The text without diacritics, đ as d; case and length in letters are kept."""
    if value.isascii():
        return value
    bare = "".join(c for c in unicodedata.normalize("NFD", value) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def fold(value: str) -> str:
    """The text as search compares it: NFC, no diacritics, đ as d, case folded."""
    return unicodedata.normalize("NFC", strip_marks(value)).casefold()


def has_han(value: str) -> bool:
    """Whether the text holds at least one Chinese character."""
    return _HAN.search(value) is not None


def length(value: str, unit: TextUnit) -> int:
    """How long a platform says the text is, after NFC.

    ``widest`` is the larger of code points and UTF-16 units, for platforms that name no unit; ``emoji_bytes`` counts
    an emoji as its UTF-8 bytes and anything else as one (Threads).
    """
    value = nfc(value)
    if unit == "code_points":
        return len(value)
    if unit == "utf16":
        return len(value.encode("utf-16-le", "surrogatepass")) // 2
    if unit == "utf8_bytes":
        return len(value.encode("utf-8", "surrogatepass"))
    if unit == "x_weighted":
        return x_length(value)
    if unit == "emoji_bytes":
        return len(EMOJI.sub("", value)) + sum(len(emoji.encode()) for emoji in EMOJI.findall(value))
    return max(len(value), length(value, "utf16"))


def ascii_slug(value: str, *, fallback: str, max_length: int = 60) -> str:
    """A lower-case ASCII file name of letters, digits and hyphens; ``fallback`` where nothing is left."""
    slug = _NOT_SLUG.sub("-", fold(value).encode("ascii", "ignore").decode()).strip("-")
    slug = slug[:max_length].rstrip("-")
    return slug if slug and slug not in _RESERVED else fallback


_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}
