"""The names of one text held against those of its translation: which are lost, and which stand in another's place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ttdn_assets.captions.figures import values
from ttdn_assets.captions.refused import beside, guard_data, listed
from ttdn_assets.model import LANGUAGES, Lang
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.text import fold, strip_marks

_COUNTED = frozenset(("sea", "archipelago", "island", "reef", "structure", "admin", "state-name"))
_PLAIN_NAMES = frozenset(("pl", "prov", "eth", "sov"))
"""Families of names that a translation says as the term base does, or not at all."""
_WORDED = frozenset(("ev", "ag", "doc", "pr"))
"""Families of names that a translator may word in another way."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Said(NamedTuple):
    """A text with its language and the terms that stand in it."""

    text: str
    lang: Lang
    matches: tuple[TermMatch, ...]


class Lost(NamedTuple):
    """A name the translation lacks: what stands there of it, and what is wanted; ``locked`` as the term base says."""

    measured: str
    wanted: str
    locked: bool


def said(text: str, lang: Lang, terms: TermBase) -> Said:
    """A text with the terms it names; a name that means something else there (``guards.toml``) is none."""
    elsewhere = guard_data()["elsewhere"]
    matches = (
        match
        for match in terms.match(text)
        if not beside(elsewhere.get(match.id, {}).get(lang, {}), text, (match.start, match.end))
    )
    return Said(text, lang, tuple(matches))


def lost(source: Said, target: Said, terms: TermBase) -> Iterator[Lost]:
    """The names of a text that its translation does not give, each once; both languages are vi, en or zh."""
    yield from _locked(source, target, terms)
    there = {one for match in target.matches for one in match.ids}
    named = {one for match in source.matches for one in match.ids}
    wanted = {match.ids: match for match in source.matches}
    for ids, match in wanted.items():
        term = terms[ids[0]]
        if _is_locked(term) or there & set(ids) or term.family not in _PLAIN_NAMES | _WORDED:
            continue
        if any(_stands(form, target) for one in ids for form in _forms(terms[one], target.lang, match)):
            continue
        other = _instead(term, target, named, terms)
        if other or term.family in _PLAIN_NAMES or (term.family in ("ev", "ag") and not _hinted(ids, target, terms)):
            names = " / ".join(dict.fromkeys(terms[one].name(target.lang) for one in ids))
            yield Lost(other or "–", names, locked=False)


def _locked(source: Said, target: Said, terms: TermBase) -> Iterator[Lost]:
    """Each locked name as often as in the source; a formula must stand at least once."""
    wanted, given = _count(source, terms), _count(target, terms)
    loosely = guard_data()["loosely"]
    for one, times in wanted.items():
        term, name = terms[one], terms[one].name(target.lang)
        if one in loosely:
            if not given[one] and not re.search(loosely[one].get(target.lang, ""), target.text):
                yield Lost("–", name, locked=True)
        elif (given[one] != times) if term.kind in _COUNTED else not given[one]:
            yield Lost(f"{name} × {given[one]}", f"{name} × {times}", locked=True)


def _count(text: Said, terms: TermBase) -> Counter[str]:
    parts: dict[str, list[str]] = guard_data()["parts"]
    counted: Counter[str] = Counter()
    for match in text.matches:
        if match.id in parts:
            counted.update(parts[match.id])
        elif _is_locked(terms[match.id]):
            counted[match.id] += 1
    return counted


def _is_locked(term: Term) -> bool:
    return term.locked or term.id in guard_data()["parts"]


def _forms(term: Term, lang: Lang, match: TermMatch) -> Iterator[str]:
    """What a translation may call a term: its forms, and a place's or people's own name as Latin letters write it."""
    yield from term.surfaces(lang)
    if lang == "en" and term.family in ("pl", "prov", "eth"):
        yield strip_marks(match.surface)
        yield strip_marks(term.vi)


def _stands(form: str, target: Said) -> bool:
    if target.lang == "zh":
        return form in target.text
    return re.search(rf"(?<![^\W_]){re.escape(fold(form))}(?![^\W_])", fold(target.text)) is not None


def _instead(term: Term, target: Said, named: set[str], terms: TermBase) -> str:
    """The name of the same family that the translation gives and its source does not; empty where there is none."""
    for match in target.matches:
        other = terms[match.id]
        if other.family == term.family and not named & set(match.ids) and match.lang == target.lang:
            return match.surface
    return ""


def _hinted(ids: Sequence[str], target: Said, terms: TermBase) -> bool:
    """Whether the translation words an event or a body in its own way: a telling word of its name stands there."""
    return any(hint in target.text.lower() for one in ids for hint in _hints(terms, one, target.lang))


@cache
def _hints(terms: TermBase, one: str, lang: Lang) -> frozenset[str]:
    term = terms[one]
    common = listed(guard_data()["common"].get(lang, ""))
    if lang != "zh":
        return frozenset(word for form in term.surfaces(lang) for word in _WORD.findall(form.lower())) - common
    hints: set[str] = set()
    for form in term.surfaces(lang):
        bare = form
        for word in sorted(common, key=len, reverse=True):
            bare = bare.replace(word, " ")
        hints |= {bare[i : i + 2] for i in range(len(bare) - 1) if len(_HAN.findall(bare[i : i + 2])) == 2}
    return frozenset(hints)


def figures_of_names(source: Said, target: Said, terms: TermBase) -> frozenset[Decimal]:
    """The numbers that belong to names both texts give (``30/4`` and Reunification Day)."""
    parts: dict[str, list[str]] = guard_data()["parts"]
    mine, theirs = (
        {one for match in text.matches for tid in match.ids for one in (tid, *parts.get(tid, ()))}
        for text in (source, target)
    )
    both = {tid for match in (*source.matches, *target.matches) for tid in match.ids
            if {tid, *parts.get(tid, ())} & mine & theirs}  # fmt: skip
    return frozenset(value for one in both for value in _figures_of(terms, one))


@cache
def _figures_of(terms: TermBase, one: str) -> frozenset[Decimal]:
    term = terms[one]
    dates = [term.notes[key].replace("-", " ") for key in ("date", "base") if key in term.notes]
    own = (value for lang in LANGUAGES for value in values(term.surfaces(lang), lang))
    return frozenset((*own, *values(dates, "vi")))
