"""The term base's caption patterns found in an officer's words: ``Thu hoạch cà phê tại Mai Sơn`` is a pattern filled.

A pattern counts only where its words and its slots stand in the text one after the other, so that what is written in
the other languages says what was said, no more.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.text import fold

PLACE_KINDS = frozenset(("sea", "archipelago", "island", "reef", "admin", "foreign-place", "structure"))
"""Of the family ``sov``; what is listed in the families of places and provinces is a place anyway."""
_DISHES = frozenset(("cuisine", "food", "drink", "seafood"))
_ARTS = frozenset(("heritage-intangible", "instrument", "game"))
_SLOTS = frozenset(("place", "product", "ethnic", "event", "art", "dish", "ritual", "festival", "site", "heritage"))
_SLOTS |= {"flower", "country1", "country2", "gate"}
COUNTRIES = frozenset(("sov-viet-nam", "sov-ngoai-kieu-lao"))
_OPTIONAL_TAILS = (" tại {place}", " ở {place}", ", {date}", " vào {date}")
_WORD = re.compile(r"\{\w+\}|[^\W_]+")
UNUSED = frozenset(
    (
        "ph-culture-101",
        "ph-culture-102",
        "ph-culture-108",
        "ph-scene-016",
        "ph-scene-017",
        "ph-anniversary-062",
        "ph-border-112",
    )
)
"""Patterns that would say a word of the name in their slot twice, or that are only part of a sentence."""


class Phrase(NamedTuple):
    """A pattern as it is looked for: its words and slots without the tails that may stand elsewhere."""

    term: Term
    head: tuple[str, ...]
    literal: frozenset[str]


class PhraseFound(NamedTuple):
    """A pattern in a text, from code point ``start`` to ``end``, with the terms in its slots."""

    term: Term
    start: int
    end: int
    slots: dict[str, str]


_Word = tuple[str, int, int]


def fills(slot: str, term: Term) -> bool:
    """Whether a term may stand in a slot."""
    family, kind = term.family, term.kind
    if slot == "place":
        return family in ("pl", "prov") or (family == "sov" and kind in PLACE_KINDS)
    if slot in ("event", "festival", "ritual"):
        return family == "ev" and (slot == "event" or kind == slot)
    if slot == "ethnic":
        return family == "eth"
    if slot == "dish":
        return family == "pr" and kind in _DISHES
    if slot in ("art", "heritage"):
        return family == "pr" and kind in _ARTS
    if slot in ("country1", "country2"):
        return term.id in COUNTRIES
    if slot == "flower":
        return kind == "flower"
    if slot == "gate":
        return kind == "border-gate"
    if slot == "site":
        return family == "pl"
    return slot == "product" and family == "pr"


def slots_of(pattern: str) -> tuple[str, ...]:
    """The slots of a pattern in order."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(pattern) if name)


@lru_cache(maxsize=8)
def _phrases(terms: TermBase) -> tuple[Phrase, ...]:
    made = []
    for term in terms.family("ph"):
        slots = set(slots_of(term.vi)) - {"date"}
        whole = bool(slots) or term.kind == "sovereignty"
        if term.id in UNUSED or not whole or not slots <= _SLOTS or term.kind in ("style", "number", "date"):
            continue
        head = term.vi.rstrip(".")
        for tail in _OPTIONAL_TAILS[::-1]:
            head = head.removesuffix(tail)
        words = tuple(fold(word) for word in _WORD.findall(head))
        made.append(Phrase(term, words, frozenset(word for word in words if not word.startswith("{"))))
    usable = (phrase for phrase in made if phrase.literal)
    return tuple(sorted(usable, key=lambda phrase: -len(phrase.head)))


def find_phrase(text: str, matches: Sequence[TermMatch], terms: TermBase) -> PhraseFound | None:
    """The longest pattern whose head stands in the text; topics count as plain words."""
    words = tuple((fold(word.group()), word.start(), word.end()) for word in re.finditer(r"[^\W_]+", text))
    known = [match for match in matches if not match.ambiguous and not match.id.startswith("top-")]
    named = {start: match for match in known for start in (_name_starts(match, terms), match.start)}
    there = {word for word, _, _ in words}
    for phrase in _phrases(terms):
        for first in range(len(words)) if phrase.literal <= there else ():
            found = _filled(phrase, words, first, named, terms)
            if found is not None:
                return found
    return None


def _name_starts(match: TermMatch, terms: TermBase) -> int:
    """Where the name itself stands in what was found: ``hoa mận`` in ``Mùa hoa mận``."""
    name = terms[match.id].vi
    return match.end - len(name) if fold(match.surface).endswith(f" {fold(name)}") else match.start


def _filled(
    phrase: Phrase, words: Sequence[_Word], first: int, named: Mapping[int, TermMatch], terms: TermBase
) -> PhraseFound | None:
    """The pattern read from the word ``first`` on, ``None`` where it does not stand there."""
    slots: dict[str, str] = {}
    at = first
    for wanted in phrase.head:
        if at >= len(words):
            return None
        text, start, _ = words[at]
        if not wanted.startswith("{"):
            if text != wanted:
                return None
            at += 1
            continue
        match = named.get(start)
        term = next((terms[one] for one in match.ids if fills(wanted[1:-1], terms[one])), None) if match else None
        if match is None or term is None:
            return None
        slots[wanted[1:-1]] = term.id
        while at < len(words) and words[at][1] < match.end:
            at += 1
    return PhraseFound(phrase.term, words[first][1], words[at - 1][2], slots)
