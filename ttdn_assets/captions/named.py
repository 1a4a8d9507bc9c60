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
from ttdn_assets.terms.people import persons_in
from ttdn_assets.terms.term import Term
from ttdn_assets.text import fold, strip_marks

_COUNTED = frozenset(("sea", "archipelago", "island", "reef", "structure", "admin", "state-name"))
_FAMILIES = frozenset(("sov", "pl", "prov", "eth", "ev", "ag", "doc", "pr"))
_OWN_WAY = frozenset(("pl", "ev", "ag", "doc", "pr"))
"""Families of names that a translator may say in another way: shorter (``Hoa Binh reservoir``), or in other words."""
_OPTIONAL = frozenset(("doc", "pr"))
"""Families of names that a translation may leave out, but not exchange."""
_COUNTRY = frozenset(("viet", "nam", "vietnam", "越南"))
_OF_DAY = re.compile(r"^(?:(?:ngày|dịp|lễ) )+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
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
    yield from _renamed(source, target)
    there = {one for match in target.matches for one in match.ids}
    for ids, match in {match.ids: match for match in source.matches}.items():
        term = terms[ids[0]]
        if _is_locked(term) or term.family not in _FAMILIES or there & set(ids) or _is_date(match):
            continue
        if any(_loosely(one, target) for one in ids):
            continue
        others = _others(ids, source, target, terms)
        clear = _without(target, others)
        where = target if term.family == "pr" else clear
        if any(_stands(form, where) for one in ids for form in _forms(terms[one], target.lang, match)):
            continue
        if term.family in _OWN_WAY and _hinted(ids, clear, terms):
            continue
        if others or term.family not in _OPTIONAL:
            names = " / ".join(dict.fromkeys(terms[one].name(target.lang) for one in ids))
            yield Lost(others[0].surface if others else "–", names, locked=False)


def _renamed(source: Said, target: Said) -> Iterator[Lost]:
    """People of whom the translation gives the surname with other given names (``Lò Văn Bình``, ``Lo Van Minh``)."""
    plain, told = strip_marks(target.text), fold(source.text)
    for start, _, end in persons_in(source.text):
        name = source.text[start:end]
        if fold(name) in fold(plain) or any(start < m.end and m.start < end for m in source.matches):
            continue
        surname = re.escape(strip_marks(name.split()[0]))
        given = (found.group() for found in re.finditer(rf"(?<![A-Za-z]){surname}(?: [A-Z][a-z]+){{1,3}}", plain))
        parts = set(fold(name).split())
        if other := next((one for one in given if fold(one) not in told and not set(fold(one).split()) <= parts), None):
            yield Lost(other, name, locked=False)


def _loosely(one: str, target: Said) -> bool:
    """Whether a translation says a name in words that ``guards.toml`` allows it besides."""
    said_so = guard_data()["loosely"].get(one, {}).get(target.lang)
    return said_so is not None and re.search(said_so, target.text) is not None


def _is_date(match: TermMatch) -> bool:
    """Whether an event is named by its day alone (``2/9``), which is compared as a date."""
    return not any(char.isalpha() for char in _OF_DAY.sub("", match.surface))


def _locked(source: Said, target: Said, terms: TermBase) -> Iterator[Lost]:
    """Each locked name as often as in the source; a formula must stand at least once."""
    wanted, given = _count(source, terms), _count(target, terms)
    for one, times in wanted.items():
        term, name = terms[one], terms[one].name(target.lang)
        if one in guard_data()["loosely"]:
            if not given[one] and not _loosely(one, target):
                yield Lost("–", name, locked=True)
        elif term.kind == "phrase" and _hinted((one,), _without(target, _others((one,), source, target, terms)), terms):
            continue
        elif (given[one] != times) if term.kind in _COUNTED else not given[one]:
            yield Lost(f"{name} × {given[one]}", f"{name} × {times}", locked=True)


def _count(text: Said, terms: TermBase) -> Counter[str]:
    parts: dict[str, list[str]] = guard_data()["parts"]
    counted: Counter[str] = Counter()
    for match in text.matches:
        if _is_date(match):
            continue
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
    if anniversary_of := term.notes.get(f"{lang}_event"):
        yield anniversary_of.removeprefix("the ")
    if lang == "en" and term.family in ("pl", "prov", "eth"):
        yield strip_marks(match.surface)
        yield strip_marks(term.vi)


def _stands(form: str, target: Said) -> bool:
    if target.lang == "zh":
        return form in target.text
    return re.search(rf"(?<![^\W_]){re.escape(fold(form))}[a-z]{{0,3}}(?![^\W_])", fold(target.text)) is not None


def _others(ids: Sequence[str], source: Said, target: Said, terms: TermBase) -> list[TermMatch]:
    """The names of the same family that the translation gives and its source does not, nearer or wider ones aside."""
    family = terms[ids[0]].family
    named = {one for match in source.matches for one in match.ids}
    forms = [form.lower() for one in ids for form in terms[one].surfaces(target.lang)]
    return [
        match
        for match in target.matches
        if terms[match.id].family == family
        and match.lang == target.lang
        and terms[match.id].notes.get("generic") != "yes"
        and not named & set(match.ids)
        and not _is_akin(match.surface.lower(), forms, family, target.lang)
    ]


def _is_akin(surface: str, forms: Sequence[str], family: str, lang: Lang) -> bool:
    """Whether a name only says less than one of ``forms``, or adds to it what tells nothing (``provincial``)."""
    for form in forms:
        if surface in form:
            return True
        if form in surface:
            rest = surface.replace(form, " ").strip()
            common = listed(guard_data()["common"].get(lang, ""))
            if family == "pl" or all(word in common and word not in _COUNTRY for word in rest.split()):
                return True
    return False


def _without(target: Said, others: Sequence[TermMatch]) -> Said:
    """A text with spaces where other names stand."""
    text = target.text
    for match in others:
        text = text[: match.start] + " " * (match.end - match.start) + text[match.end :]
    return target._replace(text=text)


def _hinted(ids: Sequence[str], target: Said, terms: TermBase) -> bool:
    """Whether the translation says a name in its own way: what tells it from others stands there.

    Of a place all that is its own must stand there (``Hoa Binh``), of anything else one telling word.
    """
    text = target.text.lower()
    for one in ids:
        enough = all if terms[one].family == "pl" else any
        if any(hints and enough(hint in text for hint in hints) for hints in _hints(terms, one, target.lang)):
            return True
    return False


@cache
def _hints(terms: TermBase, one: str, lang: Lang) -> tuple[tuple[str, ...], ...]:
    """What tells each form of a name from others: its words, or pairs of Chinese characters, that are not common."""
    common = listed(guard_data()["common"].get(lang, ""))
    forms = terms[one].surfaces(lang)
    if lang != "zh":
        return tuple(tuple(word for word in _WORD.findall(form.lower()) if word not in common) for form in forms)
    any_common = re.compile("|".join(sorted(map(re.escape, common), key=len, reverse=True)))
    return tuple(tuple(pair for part in any_common.split(form) for pair in _pairs(part)) for form in forms)


def _pairs(text: str) -> Iterator[str]:
    return (text[i : i + 2] for i in range(len(text) - 1) if len(_HAN.findall(text[i : i + 2])) == 2)


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
