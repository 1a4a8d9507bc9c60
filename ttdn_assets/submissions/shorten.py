"""A text made shorter where a reader would pause: after a sentence, a clause or a word, never inside a name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

ELLIPSIS = "…"
Fits = Callable[[str], bool]

_SENTENCE = re.compile(r"(?<=[\w)”’\"%])[.!?…]+[\"”’)\]]*(?=\s|$)|[。！？]+[”’）】》]*|\n+")
_CLAUSE = re.compile(r"[，、；：](?=\S)|\s+")
_ABBREVIATION = re.compile(r"(?:^|[\s(])[A-ZĐÀ-Ỹ][\w]{0,2}\.$")
_LOOSE_END = " \t\n,;:–—-(«“‘，、；：（《【"
_SENTENCE_SHARE = 0.6
_WORD_LENGTH = 60


def shorten(value: str, fits: Fits, *, protected: Sequence[str] = ()) -> str:
    """The longest beginning of ``value`` that ``fits``, cut at a sentence, else with an ellipsis at a word.

    Args:
        value: The text, in NFC.
        fits: Whether a text is short enough; what fits should still fit when cut further (half a link may not).
        protected: Phrases that are kept whole or left out.

    Returns:
        ``value`` itself where it fits; the empty text where nothing does.
    """
    if fits(value):
        return value
    barred = _spans(value, protected)
    free = [at for at in _clause_ends(value) if not _inside(at, barred)]
    ends = [at for at in _sentence_ends(value) if not _inside(at, barred)]
    whole = _longest(ends, lambda at: value[:at].rstrip(), fits)
    for places in (
        [at for at in free if not _in_name(value, at)],
        free,
        [at for at in range(1, len(value)) if _between_letters(value, at) and not _inside(at, barred)],
    ):
        part = _longest(places, lambda at: value[:at].rstrip(_LOOSE_END) + ELLIPSIS, fits)
        if len(part) > len(ELLIPSIS):
            return whole if len(whole) >= _SENTENCE_SHARE * len(part) else part
    return whole


def _longest(places: Sequence[int], cut: Callable[[int], str], fits: Fits) -> str:
    """The longest cut at one of ``places``, which grow, that fits; empty where none does."""
    at = bisect_left(places, True, key=lambda place: not fits(cut(place)))
    while at and not fits(cut(places[at - 1])):
        at -= 1
    return cut(places[at - 1]) if at else ""


def _clause_ends(value: str) -> Iterator[int]:
    return (match.start() for match in _CLAUSE.finditer(value))


def _sentence_ends(value: str) -> Iterator[int]:
    for match in _SENTENCE.finditer(value):
        if not _ABBREVIATION.search(value[max(0, match.start() - 5) : match.start() + 1]):
            yield match.end()


def _spans(value: str, protected: Sequence[str]) -> list[tuple[int, int]]:
    return [m.span() for phrase in protected if phrase for m in re.finditer(re.escape(phrase), value, re.IGNORECASE)]


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < at < end for start, end in spans)


def _in_name(value: str, at: int) -> bool:
    """Whether a cut at ``at`` would part a name (two capitalised words) or a number from what it counts."""
    before = value[max(0, at - _WORD_LENGTH) : at].rsplit(None, 1)[-1:] or [""]
    after = value[at : at + _WORD_LENGTH].split(None, 1)[:1] or [""]
    first, follows = before[0].lstrip("“‘\"'("), after[0].lstrip("“‘\"'(")
    if not first or first[-1] in ",;:!?":
        return False
    if first[-1] == ".":
        return _ABBREVIATION.search(first) is not None
    return first[-1].isdigit() or (first[0].isupper() and follows[:1].isupper())


def _between_letters(value: str, at: int) -> bool:
    """Whether ``at`` lies between two characters as a reader sees them: no mark, joiner or emoji sequence is parted."""
    before, after = value[at - 1], value[at]
    joined = "\u200d\ufe0f"
    if (
        before in joined
        or after in joined
        or unicodedata.category(after)[0] == "M"
        or "\U000e0020" <= after <= "\U000e007f"
    ):
        return False
    return not ("\U0001f1e6" <= after <= "\U0001f1ff" or "\U0001f3fb" <= after <= "\U0001f3ff")
