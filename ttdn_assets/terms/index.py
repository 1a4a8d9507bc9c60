"""All forms of all terms in one automaton over letters without diacritics; what was typed decides among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ttdn_assets.terms.view import bare_of, view_of
from ttdn_assets.terms.words import word_list

if TYPE_CHECKING:
    from ttdn_assets.terms.term import Term

_SHORT_ACRONYM = 3
SHORT_LATIN = 4
_COMPACT_MIN = 7
_DIGIT_ENDS = 6
"""A form of so many letters is no accident before or after a number: ``MocChau2026``."""
_DATED = re.compile(r"(?:^| )\d{1,2}/\d{1,2}$")
_FIRST_HAN = "\u2e80"


class Surface(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One form of one term as it is searched: ``key`` is its view, ``main`` the form that is written.

    ``foldable`` forms are known without their diacritics too; ``free`` ones mean their term whatever stands around;
    ``headless`` ones (``thành lập Đảng`` for ``Ngày thành lập Đảng``) only where an anniversary is told, ``dated`` ones
    (``30/4``) only where no span of days is.
    """

    term: Term
    lang: str
    text: str
    key: str
    main: bool
    order: int
    foldable: bool
    acronym: bool
    free: bool
    headless: bool = False
    dated: bool = False


class Entry:
    """The forms of one string of letters: as written with diacritics, and those known without them."""

    def __init__(self, bare: str) -> None:
        """Begin without any form."""
        self.bare = bare
        self._written: dict[str, tuple[Surface, ...]] = {}
        self._folded: tuple[tuple[str, Surface], ...] = ()
        self._known: dict[str, tuple[Surface, ...]] = {}

    def write(self, form: str, surface: Surface) -> None:
        """Add a form that is known as it is written."""
        self._written[form] = (*self._written.get(form, ()), surface)

    def fold(self, form: str, surface: Surface) -> None:
        """Add a form that is known without its diacritics too."""
        self._folded = (*self._folded, (form, surface))

    def settle(self) -> None:
        """Look up beforehand what is typed most: each form whole, and bare."""
        self._known = {typed: self._means(typed) for typed in (self.bare, *self._written)}

    def means(self, typed: str) -> tuple[Surface, ...]:
        """The forms that ``typed`` may be: no diacritic that was typed may disagree."""
        known = self._known.get(typed)
        return self._means(typed) if known is None else known

    def _means(self, typed: str) -> tuple[Surface, ...]:
        exact = self._written.get(typed, ())
        agreeing = (s for form, s in self._folded if s not in exact and _agrees(typed, form, self.bare))
        return (*exact, *agreeing)


def _agrees(typed: str, form: str, bare: str) -> bool:
    return typed in (form, bare) or all(a in (b, c) for a, b, c in zip(typed, form, bare, strict=True))


class Index(NamedTuple):
    """The automaton; this module is the only user of ``ahocorasick``."""

    automaton: Any


def build_index(terms: Sequence[Term]) -> Index:
    """The automaton over all forms of all terms in all three languages."""
    import ahocorasick

    entries: dict[str, Entry] = {}
    for order, term in enumerate(terms):
        for surface in _surfaces(term, order):
            _entry(entries, surface.key).write(surface.key, surface)
            if surface.foldable:
                _entry(entries, surface.key).fold(surface.key, surface)
            if surface.foldable and _may_join(surface):
                joined = surface.key.replace(" ", "")
                _entry(entries, joined).fold(joined, surface)
    automaton = ahocorasick.Automaton()
    for bare, entry in entries.items():
        entry.settle()
        automaton.add_word(bare, entry)
    automaton.make_automaton()
    return Index(automaton)


def _entry(entries: dict[str, Entry], key: str) -> Entry:
    bare = bare_of(key)
    return entries.setdefault(bare, Entry(bare))


def _surfaces(term: Term, order: int) -> Iterator[Surface]:
    for lang in ("vi", "en", "zh"):
        for position, text in enumerate(term.surfaces(lang)):
            if key := view_of(text).text.strip():
                yield _surface(term, lang, text, key, order, main=position == 0)
            if lang == "vi" and "việt nam" in key and key != "việt nam":
                short = text.replace("Việt Nam", "VN")
                yield _surface(term, lang, short, view_of(short).text.strip(), order)
            if lang == "vi" and term.family in ("ev", "sov") and text.startswith("Ngày ") and key.count(" ") > 1:
                yield _surface(term, lang, text[5:], key[5:], order, headless=True)


def _surface(
    term: Term, lang: str, text: str, key: str, order: int, *, main: bool = False, headless: bool = False
) -> Surface:
    acronym = text.isupper() and text.isalpha() and len(text) <= _SHORT_ACRONYM
    dated = _DATED.search(key) is not None
    return Surface(
        term=term,
        lang=lang,
        text=text,
        key=key,
        main=main,
        order=order,
        foldable=_may_fold(key, lang),
        acronym=acronym,
        free=not acronym and not headless and not dated and _is_free(term, text, key, lang),
        headless=headless,
        dated=dated,
    )


def _may_fold(key: str, lang: str) -> bool:
    """One-syllable words without their diacritics mean too many things, short acronyms are exact or nothing."""
    words = key.split(" ")
    if lang == "zh":
        return False
    if len(words) == 1:
        return lang == "en" and len(key) > SHORT_LATIN
    return not any(char.isdigit() for char in words[0]) or len(words) > 2


def _may_join(surface: Surface) -> bool:
    """Whether a form is known when typed as one word (``mocchau``)."""
    joined = surface.key.replace(" ", "")
    long = len(joined) >= _COMPACT_MIN and joined.isalpha() and " " in surface.key
    return long and surface.term.family != "top" and not surface.headless


def _is_free(term: Term, text: str, key: str, lang: str) -> bool:
    """Whether a form means its term whatever stands around it and however its letters are cased."""
    if lang == "zh":
        return True
    name = text[:1].isupper() and not term.vi.isascii()
    return " " in key and term.family != "eth" and not name and key not in word_list("homographs")


def found_in(index: Index, text: str, bare: str) -> Iterator[tuple[int, int, tuple[Surface, ...]]]:
    """Each place of a view where a form stands that is no part of a longer word, with all it may be.

    A place is (start, -end), so that places sort by their start and the longest first.
    """
    for last, entry in index.automaton.iter(bare):
        end = last + 1
        start = end - len(entry.bare)
        if start and bare[start - 1] != " " and _joins(bare, start - 1, start, end - start):
            continue
        if end < len(bare) and bare[end] != " " and _joins(bare, end, last, end - start):
            continue
        if surfaces := entry.means(text[start:end]):
            yield start, -end, surfaces


def _joins(text: str, outside: int, inside: int, length: int) -> bool:
    """Whether the character outside a form makes it part of a longer word or number; a long form ends at a digit."""
    outer, inner = text[outside], text[inside]
    if outer in "./-" and inner.isdigit():
        return text[outside - 1 : outside].isdigit() and text[outside + 1 : outside + 2].isdigit()
    if length >= _DIGIT_ENDS and outer.isdigit() and not inner.isdigit():
        return False
    return _latin(outer) and _latin(inner)


def _latin(char: str) -> bool:
    return (char.isalnum() or char == "'") and char < _FIRST_HAN
