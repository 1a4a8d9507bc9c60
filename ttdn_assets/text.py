"""Strings at the border: NFC, search folding, the length units of the platforms, ASCII names.

The X weights are those of twitter-text's ``config/v3.json`` (2021-10-21): a post of 280 counts every code point in
four Latin and punctuation ranges as 1, every other one as 2, a URL as 23, and an emoji sequence as 2.
"""

from __future__ import annotations

import re
import unicodedata

from ttdn_assets.model import TextUnit

_LIGHT_RANGES = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_URL = re.compile(r"https?://[^\s\u4e00-\u9fff，。；！？）】》]+")
_URL_WEIGHT = 23
# An emoji as X counts it: a base, its modifiers, and further bases joined by U+200D; or a pair of regional indicators.
_EMOJI_BASE = r"[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF]"
_EMOJI = re.compile(
    rf"(?:[\U0001F1E6-\U0001F1FF]{{2}}|{_EMOJI_BASE}[\uFE0F\U0001F3FB-\U0001F3FF]*"
    rf"(?:\u200D{_EMOJI_BASE}[\uFE0F\U0001F3FB-\U0001F3FF]*)*)"
)
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
        return _x_weight(value)
    if unit == "emoji_bytes":
        return len(_EMOJI.sub("", value)) + sum(len(emoji.encode()) for emoji in _EMOJI.findall(value))
    return max(len(value), length(value, "utf16"))


def _x_weight(value: str) -> int:
    weight = _URL_WEIGHT * len(_URL.findall(value))
    rest = _URL.sub("", value)
    weight += 2 * len(_EMOJI.findall(rest))
    return weight + sum(1 if _is_light(ord(c)) else 2 for c in _EMOJI.sub("", rest))


def _is_light(code_point: int) -> bool:
    return any(low <= code_point <= high for low, high in _LIGHT_RANGES)


def ascii_slug(value: str, *, fallback: str, max_length: int = 60) -> str:
    """A lower-case ASCII file name of letters, digits and hyphens; ``fallback`` where nothing is left."""
    slug = _NOT_SLUG.sub("-", fold(value).encode("ascii", "ignore").decode()).strip("-")
    slug = slug[:max_length].rstrip("-")
    return slug if slug and slug not in _RESERVED else fallback


_RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}
