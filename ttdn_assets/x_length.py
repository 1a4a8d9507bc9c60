"""How long X says a text is, as its library twitter-text 3.1.0 counts by ``config/v3.json`` (2021-10-21).

A post of 280 counts every code point in four Latin and punctuation ranges as 1, every other one as 2, a link as 23
whatever its length, and an emoji sequence as 2.  A name whose end is a top-level domain is a link without ``https://``
as well, where all of it is Latin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LIGHT_RANGES = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_LINK_WEIGHT, _EMOJI_WEIGHT, _HEAVY = 23, 2, 2
_SEARCHED = 10_000
"""Links are looked for in so many characters: no post is longer, and a hostile text must not take long."""
_TOP_LENGTH = 24
_BASE = (
    r"[\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25aa\u25ab\u25b6"
    r"\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    r"\U0001f004\U0001f0cf\U0001f170-\U0001f19a\U0001f201-\U0001f251\U0001f300-\U0001faff]"
)
_PART = rf"{_BASE}[\ufe0f\U0001f3fb-\U0001f3ff]*"
EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[©®]\ufe0f"
    rf"|\U0001f3f4[\U000e0020-\U000e007f]+|{_PART}(?:\u200d{_PART})*"
)
"""An emoji as readers see it: a base with its modifiers and further bases joined to it, a flag, or a keycap."""
_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u024f\u0253-\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
_NO_NAME = (
    r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    r"\ufffe\ufeff\uffff\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
)
_LABEL = rf"[^{_NO_NAME}](?:[^{_NO_NAME}_-]|[_-]+(?=[^{_NO_NAME}]))*"
_START = re.compile(
    rf"(?P<before>[^A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff]|\A)(?P<protocol>https?://)?(?P<run>{_LABEL}(?:\.{_LABEL})+)",
    re.IGNORECASE,
)
_LATIN_RUN = re.compile(rf"[\-a-z0-9{_LATIN}]+(?:\.[\-a-z0-9{_LATIN}]+)+", re.IGNORECASE)
_LATIN_TOP = re.compile(r"(?:xn--[\-0-9a-z]+|[a-z]+)(?![0-9a-z@+\-])", re.IGNORECASE)
_AFTER = re.compile(r"[0-9a-zA-Z@+\-]")
_CHAR = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_LAST = rf"[a-z\u0400-\u04ff0-9+\-=_#/{_LATIN}]"
_BRACKETS = rf"\((?:{_CHAR}+|{_CHAR}*\({_CHAR}+\){_CHAR}*)\)"
_PATHS = re.compile(
    rf"(?::\d+)?(?P<path>/(?:{_CHAR}{{0,2000}}(?:{_BRACKETS}{_CHAR}*){{0,20}}(?:{_LAST}|{_BRACKETS})|@{_CHAR}+/)?)?"
    r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]{0,2000}[a-z0-9\-_&=#/])?",
    re.IGNORECASE,
)


def x_length(value: str) -> int:
    """The weighted length of a text in NFC."""
    weight, reached = 0, 0
    for start, end in _links(value):
        weight += _weight(value[reached:start]) + _LINK_WEIGHT
        reached = end
    return weight + _weight(value[reached:])


def _weight(part: str) -> int:
    emoji = sum(1 for _ in EMOJI.finditer(part))
    return _EMOJI_WEIGHT * emoji + sum(1 if _is_light(ord(c)) else _HEAVY for c in EMOJI.sub("", part))


def _is_light(code_point: int) -> bool:
    return any(low <= code_point <= high for low, high in _LIGHT_RANGES)


def _links(value: str) -> Iterator[tuple[int, int]]:
    """Where the links of a text stand, none overlapping."""
    reached = 0
    while "." in value[:_SEARCHED] and (found := _START.search(value, reached, _SEARCHED)):
        start = found.start("run")
        end = _domain_end(value, start, found.end())
        if end is None:
            reached = value.rindex(".", start, found.end())
            continue
        path = _PATHS.match(value, end)
        reached = path.end() if path else end
        if found["protocol"]:
            yield found.start("protocol"), reached
        elif found["before"] not in ("-", "_", ".", "/"):
            latin = [(start + one.start(), start + one.end()) for one in _LATIN_RUN.finditer(value[start:end])]
            latin = [(at, last) for at, to in latin if (last := _domain_end(value, at, to)) is not None]
            yield from latin[:-1]
            if latin:
                yield latin[-1][0], reached if path and path["path"] else latin[-1][1]


def _domain_end(value: str, start: int, end: int) -> int | None:
    """Where the domain ends that begins the labels from ``start`` to ``end``; ``None`` where they hold none."""
    dots = [at for at in range(start, end) if value[at] == "."]
    for dot, before in zip(dots[::-1], [*dots[-2::-1], start - 1], strict=True):
        if "_" in value[before + 1 : dot]:
            continue
        if (last := _top_end(value, dot + 1)) is not None:
            return last
    return None


def _top_end(value: str, start: int) -> int | None:
    """Where the top-level domain ends that begins at ``start``."""
    latin = _LATIN_TOP.match(value, start)
    if latin and (latin.group().lower().startswith("xn--") or latin.group().lower() in _tops()):
        return latin.end()
    lengths = range(min(_TOP_LENGTH, len(value) - start), 0, -1)
    ends = (start + length for length in lengths if not value[start : start + length].isascii())
    return next((end for end in ends if value[start:end] in _tops() and not _AFTER.match(value, end)), None)


@cache
def _tops() -> frozenset[str]:
    lines = (Path(__file__).parent / "x_domains.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
