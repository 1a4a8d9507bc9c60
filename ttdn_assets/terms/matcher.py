"""Terms in a text: longest match, with diacritics first, then as people type without them, ambiguity kept.

A text is read as a *view*: lower case, new tone placement (``hoà`` as ``hòa``), every run of separators one space, a
space where ``MocChau`` changes case; each character of the view remembers where it stood.  Two automata search it, one
over the forms as written and one over the forms without diacritics.  What the second finds counts only where every
diacritic that was typed agrees, so that ``Phú Yên`` is never read as ``Phù Yên`` while ``Phu Yen`` may be either.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ttdn_assets.terms.people import CUES, given_names_in, is_cued
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import has_han, strip_marks

if TYPE_CHECKING:
    from ttdn_assets.terms.term import Term

_RANK = {"sov": 0, "ev": 1, "ag": 2, "doc": 2, "top": 9}
_PLAIN_RANK = 3
_SEPARATORS = frozenset(" \t\n\r\u00a0_-–—.")
_NUMERIC = frozenset(".-–")
_APOSTROPHES = str.maketrans("’‘`", "'''")
_SHORT_ACRONYM = 3
_SHORT_LATIN = 4
_COMPACT_MIN = 7
_LAO_TAIL = re.compile(r"(?:^|[\s(,])(?:nước|nước bạn|bạn|việt nam|việt|viet nam|viet|sang|nuoc|ban) ?$")
_CHAIN = re.compile(r"\s*(?:[,;/&+]|và|va|and)?\s*")
_TONES = {"óa": "oá", "òa": "oà", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "óe": "oé", "òe": "oè", "ỏe": "oẻ", "õe": "oẽ",
          "ọe": "oẹ", "úy": "uý", "ùy": "uỳ", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_SYLLABLE = re.compile(r"(?:ngh?|nh|kh|ph|th|tr|ch|gh|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
_OLD_TONE = re.compile(rf"(?<!q)(?:{'|'.join(_TONES.values())})(?![a-zà-ỹđ])")
_NEW_TONE = {old: new for new, old in _TONES.items()}


class TermMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a text that names a term, in code points of the NFC text.

    ``ids`` are all terms the words may mean, the one to take first; ``ambiguous`` says that only a person can choose.
    ``exact`` is false where diacritics had to be supplied; ``lang`` is the language of the form that was found.
    """

    ids: tuple[str, ...]
    start: int
    end: int
    surface: str
    exact: bool = True
    ambiguous: bool = False
    lang: str = "vi"

    @property
    def id(self) -> str:
        """The term to take."""
        return self.ids[0]


class Surface(NamedTuple):
    """One form of one term as it is searched: ``key`` is its view."""

    term: Term
    lang: str
    text: str
    key: str
    main: bool
    order: int


class View(NamedTuple):
    """A text as it is searched; ``places[i]`` is where character ``i`` stood, with the end of the text last."""

    text: str
    places: tuple[int, ...]


class Index(NamedTuple):
    """The automata over all forms; values are lists of ``Surface``."""

    exact: Automaton
    folded: Automaton
    compact: dict[str, list[Surface]]


class Automaton:
    """A set of keys found all at once (Aho-Corasick); the only user of ``ahocorasick``."""

    def __init__(self, keys: dict[str, list[Surface]]) -> None:
        """Build the automaton of a non-empty mapping."""
        import ahocorasick

        self._automaton = ahocorasick.Automaton()
        for key, surfaces in keys.items():
            self._automaton.add_word(key, (len(key), surfaces))
        self._automaton.make_automaton()

    def hits(self, text: str) -> Iterator[tuple[int, int, list[Surface]]]:
        """Each place (start, end) where a key stands in ``text``, with its surfaces."""
        for last, (length, surfaces) in self._automaton.iter(text):
            yield last + 1 - length, last + 1, surfaces


def view_of(text: str) -> View:
    """The text as it is searched."""
    letters: list[str] = []
    places: list[int] = []
    for i, char in enumerate(text):
        before = text[i - 1] if i else ""
        if _separates(text, i):
            if letters and letters[-1] != " ":
                letters.append(" ")
                places.append(i)
            continue
        if char.isupper() and before.islower() and letters[-1] != " ":
            letters.append(" ")
            places.append(i)
        lower = char.lower()
        letters.append(lower if len(lower) == 1 else char)
        places.append(i)
    plain = _new_tones("".join(letters).translate(_APOSTROPHES))
    return View(plain, (*places, len(text)))


def _separates(text: str, i: int) -> bool:
    """Whether a character only parts words; a dot or hyphen between digits is part of a number or date."""
    if text[i] in _NUMERIC and 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit():
        return False
    return text[i] in _SEPARATORS


def _new_tones(text: str) -> str:
    return _OLD_TONE.sub(lambda found: _NEW_TONE[found.group()], text)


def build_index(terms: Sequence[Term]) -> Index:
    """The automata over all forms of all terms in all three languages."""
    exact: dict[str, list[Surface]] = {}
    folded: dict[str, list[Surface]] = {}
    compact: dict[str, list[Surface]] = {}
    for order, term in enumerate(terms):
        for surface in _surfaces(term, order):
            exact.setdefault(surface.key, []).append(surface)
            if surface.lang == "zh":
                continue
            if _may_fold(surface):
                folded.setdefault(strip_marks(surface.key), []).append(surface)
                joined = strip_marks(surface.key).replace(" ", "")
                if len(joined) >= _COMPACT_MIN and joined.isalpha() and " " in surface.key and term.family != "top":
                    compact.setdefault(joined, []).append(surface)
    return Index(Automaton(exact), Automaton(folded), compact)


def _surfaces(term: Term, order: int) -> Iterator[Surface]:
    for lang in ("vi", "en", "zh"):
        for position, text in enumerate(term.surfaces(lang)):
            key = view_of(text).text.strip()
            if key:
                yield Surface(term, lang, text, key, position == 0, order)


def _may_fold(surface: Surface) -> bool:
    """One-syllable words without their diacritics mean too many things, short acronyms are exact or nothing."""
    words = surface.key.split(" ")
    if len(words) == 1:
        return surface.lang == "en" and len(surface.key) > _SHORT_LATIN
    return not any(char.isdigit() for char in words[0]) or len(words) > 2


def find_terms(index: Index, text: str, when: dt.date | None) -> tuple[TermMatch, ...]:
    """The terms named in NFC ``text``; see ``TermBase.match``."""
    view = view_of(text)
    persons = given_names_in(text)
    spans = _by_span(index, view)
    starts = {start for start, _ in spans}
    matches: list[TermMatch] = []
    reached, chain = 0, -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < reached or _in_person(view.places[start], persons):
            continue
        chained = chain >= 0 and _CHAIN.fullmatch(view.text[chain:start]) is not None
        surfaces = [s for s in spans[start, end] if _allowed(s, view, text, (start, end), chained, starts)]
        if surfaces:
            matches.append(_resolve(surfaces, view, text, (start, end), when))
            reached, chain = end, end if matches[-1].id.startswith("eth-") else -1
    return tuple(matches)


def _by_span(index: Index, view: View) -> dict[tuple[int, int], list[Surface]]:
    """All forms that stand at each (start, end) of the view, those found as written first."""
    spans: dict[tuple[int, int], list[Surface]] = {}
    for start, end, surfaces in _found(index, view):
        spans.setdefault((start, end), []).extend(surfaces)
    return spans


def _found(index: Index, view: View) -> Iterator[tuple[int, int, list[Surface]]]:
    for start, end, surfaces in index.exact.hits(view.text):
        if _bounded(view.text, start, end):
            yield start, end, surfaces
    bare = strip_marks(view.text)
    if len(bare) != len(view.text):
        return
    for start, end, surfaces in index.folded.hits(bare):
        agreeing = [s for s in surfaces if _agrees(view.text[start:end], s.key)]
        if agreeing and _bounded(bare, start, end):
            yield start, end, agreeing
    for word in _WORD.finditer(bare):
        joined = index.compact.get(word.group(), [])
        agreeing = [s for s in joined if _agrees(view.text[word.start() : word.end()], s.key.replace(" ", ""))]
        if agreeing:
            yield word.start(), word.end(), agreeing


def _agrees(typed: str, form: str) -> bool:
    """Whether every diacritic that was typed is the form's own."""
    return all(a in (b, c) for a, b, c in zip(typed, form, strip_marks(form), strict=True))


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether a match is no part of a longer word or number."""
    return not (_joins(text, start - 1, start) or _joins(text, end, end - 1))


def _joins(text: str, outside: int, inside: int) -> bool:
    if not 0 <= outside < len(text):
        return False
    outer, inner = text[outside], text[inside]
    if inner.isdigit() and outer in "./-" and 0 < outside < len(text) - 1:
        return text[outside - 1].isdigit() and text[outside + 1].isdigit()
    return _latin(outer) and _latin(inner)


def _latin(char: str) -> bool:
    return (char.isalnum() or char == "'") and not has_han(char)


def _in_person(place: int, persons: Iterable[tuple[int, int]]) -> bool:
    return any(first <= place < last for first, last in persons)


def _allowed(surface: Surface, view: View, text: str, span: tuple[int, int], chained: bool, starts: set[int]) -> bool:
    """Whether the words around a form let it mean its term."""
    start, end = span
    written = text[view.places[start] : view.places[end - 1] + 1]
    one_word = " " not in surface.key
    before = view.text[:start]
    if _acronym(surface) and written != surface.text:
        return False
    if surface.lang == "zh":
        return True
    if surface.term.id == "sov-ngoai-kieu-lao" and surface.key == "lào":
        return _LAO_TAIL.search(before) is not None
    if _careless(surface, view, text, span):
        return False
    if surface.term.family == "eth" and not _plainly_ethnic(surface, view.text[start:end]):
        return chained or _means_people(surface, view, text, span, starts)
    if not one_word:
        return True
    if surface.key.isascii() and len(surface.key) <= _SHORT_LATIN and surface.lang == "en":
        return surface.term.family == "ev" or (surface.text[:1].isupper() and written[:1].isupper())
    return not (surface.text[:1].islower() and _in_name(view, text, span, starts))


def _careless(surface: Surface, view: View, text: str, span: tuple[int, int]) -> bool:
    """Whether small letters are no name: those of a common word (``hòa bình``), or plain ones amid typed diacritics."""
    written = text[view.places[span[0]] : view.places[span[1] - 1] + 1]
    if surface.key in word_list("homographs") and written.islower() and surface.text[:1].isupper():
        return not written.isascii()
    if not (written.isascii() and written.islower()) or surface.term.vi.isascii() or surface.lang == "zh":
        return False
    return _VIETNAMESE.search(text) is not None and surface.text[:1].isupper()


def _plainly_ethnic(surface: Surface, typed: str) -> bool:
    """Whether a form can only mean an ethnic group: it names a people itself, or is no ordinary syllable."""
    key = surface.key
    if " " in key:
        return typed == key or any(key.startswith(f"{cue} ") for cue in CUES)
    return typed == key and not _SYLLABLE.fullmatch(strip_marks(key))


def _acronym(surface: Surface) -> bool:
    return surface.text.isupper() and surface.text.isalpha() and len(surface.text) <= _SHORT_ACRONYM


def _means_people(surface: Surface, view: View, text: str, span: tuple[int, int], starts: set[int]) -> bool:
    """Whether the words before a one-syllable name make it a people's."""
    start, end = span
    cued = surface.lang != "en" and is_cued(view.text[:start], typed=view.text[start:end])
    return cued or _stands_out(surface, view, text, span, starts)


def _stands_out(surface: Surface, view: View, text: str, span: tuple[int, int], starts: set[int]) -> bool:
    """Whether a people's own name stands capital after a small word that leads to no person: ``lễ cưới Tày``."""
    start, end = span
    if not surface.main or surface.lang != "vi" or surface.key in word_list("cue_only"):
        return False
    if view.text[start:end] != surface.key or _in_name(view, text, span, starts):
        return False
    head = text[: view.places[start]].rstrip()
    before = _WORD.findall(head)[-1:]
    small = bool(before) and head.endswith(before[0]) and before[0].islower() and before[0] not in word_list("kin")
    return small and text[view.places[start]].isupper()


def _in_name(view: View, text: str, span: tuple[int, int], starts: set[int]) -> bool:
    """Whether a common word typed with a capital is followed by another that begins no term: a proper name."""
    start, end = span
    after = view.text.find(" ", end) + 1 if view.text[end : end + 1] == " " else 0
    if not after or after >= len(view.text) or after in starts:
        return False
    return text[view.places[start]].isupper() and text[view.places[after]].isupper()


def _resolve(
    surfaces: Sequence[Surface], view: View, text: str, span: tuple[int, int], when: dt.date | None
) -> TermMatch:
    """The match at ``span``: candidates by priority; several equals whose names differ stay ambiguous."""
    start, end = view.places[span[0]], view.places[span[1] - 1] + 1
    ranked = sorted(_existing(surfaces, when), key=lambda s: (_rank(s.term), not s.main, not _generic(s.term), s.order))
    ids = tuple(dict.fromkeys(s.term.id for s in ranked))
    best = {s.term.id: s for s in reversed(ranked) if _rank(s.term) == _rank(ranked[0].term)}
    names = {s.term.vi if s.lang == "en" else s.text for s in best.values()}
    keys = {view_of(name).text for name in names}
    undecided = len(best) > 1 and (len(keys) > 1 or ranked[0].term.family == "ev")
    if undecided and _one_is_main(best.values()):
        undecided = False
    chosen = ranked[0]
    return TermMatch(
        ids=tuple(best) if undecided else ids,
        start=start,
        end=end,
        surface=text[start:end],
        exact=any(s.key == view.text[span[0] : span[1]] for s in surfaces),
        ambiguous=undecided,
        lang=chosen.lang,
    )


def _one_is_main(surfaces: Iterable[Surface]) -> bool:
    """Whether of several terms exactly one has these words as its own Vietnamese name, written with its diacritics."""
    mains = [s for s in surfaces if s.main and s.lang == "vi"]
    return len(mains) == 1 and strip_marks(mains[0].key) != mains[0].key and len({s.key for s in surfaces}) == 1


def _existing(surfaces: Sequence[Surface], when: dt.date | None) -> list[Surface]:
    """Of provinces of one name the one that existed on ``when``, today's when no day is given."""
    day = when or dt.date.max
    alive = [s for s in surfaces if s.term.family != "prov" or s.term.valid_on(day)]
    named = {s.term.vi for s in alive if s.term.family == "prov"}
    return [s for s in surfaces if s in alive or (s.term.family == "prov" and s.term.vi not in named)] or list(surfaces)


def _rank(term: Term) -> int:
    return _RANK.get(term.family, _PLAIN_RANK)


def _generic(term: Term) -> bool:
    return term.notes.get("generic") == "yes"
