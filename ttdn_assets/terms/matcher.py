"""Terms in a text: longest match, with diacritics first, then as people type without them, ambiguity kept.

What is found without its diacritics counts only where every diacritic that was typed agrees, so that ``Phú Yên`` is
never read as ``Phù Yên`` while ``Phu Yen`` may be either.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ttdn_assets.terms.index import SHORT_LATIN, Index, Surface, found_in
from ttdn_assets.terms.people import CUES, is_cued, persons_in
from ttdn_assets.terms.view import View, bare_of, view_of
from ttdn_assets.terms.words import word_list

if TYPE_CHECKING:
    from ttdn_assets.terms.term import Term

_RANK = {"sov": 0, "ev": 1, "ag": 2, "doc": 2, "top": 9}
_PLAIN_RANK = 3
_LAO_TAIL = re.compile(r"(?:^|[\s(,])(?:nước|nước bạn|bạn|việt nam|việt|viet nam|viet|sang|nuoc|ban) ?$")
_ANNIVERSARY_TAIL = re.compile(r"(?:^|[\s(])(?:\d+ (?:năm|nam)|kỷ niệm|ky niem) $")
_SPAN_BEFORE = re.compile(r"(?:từ|tu|đến|den) (?:ngày |ngay )?$")
_SPAN_AFTER = re.compile(r" (?:đến|den) |(?: ngày| ngay)? \d{1,2}[./-]\d{1,2}[./-]\d\d")
_CHAIN = re.compile(r"\s*(?:[,;/&+]|và|va|and)?\s*")
_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_SYLLABLE = re.compile(r"(?:ngh?|nh|kh|ph|th|tr|ch|gh|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")


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


class _Span(NamedTuple):
    """A stretch of a view in the text it is of; ``starts`` is where forms stand in the whole view."""

    text: str
    view: View
    start: int
    end: int
    starts: frozenset[int]

    @property
    def typed(self) -> str:
        """The stretch as it is searched."""
        return self.view.text[self.start : self.end]

    @property
    def written(self) -> str:
        """The stretch as it was written."""
        return self.text[self.view.places[self.start] : self.view.places[self.end - 1] + 1]


def find_terms(index: Index, text: str, when: dt.date | None) -> tuple[TermMatch, ...]:
    """The terms named in NFC ``text``; see ``TermBase.match``."""
    view = view_of(text)
    found = sorted(found_in(index, view.text, view.bare))
    if not found:
        return ()
    starts = frozenset([start for start, _, _ in found])
    persons = _given_names(text, view, starts)
    matches: list[TermMatch] = []
    reached, chain = 0, -1
    for start, backwards, surfaces in found:
        if start < reached or (persons and _in_person(view.places[start], persons)):
            continue
        span = _Span(text, view, start, -backwards, starts)
        chained = chain >= 0 and _CHAIN.fullmatch(view.text, chain, start) is not None
        allowed = tuple([one for one in surfaces if one.free or _allowed(one, span, chained)])
        if allowed:
            matches.append(_resolve(allowed, span, when))
            reached, chain = span.end, span.end if matches[-1].id.startswith("eth-") else -1
    return tuple(matches)


def _given_names(text: str, view: View, starts: frozenset[int]) -> list[tuple[int, int]]:
    """Where people's given names stand: a term may begin with a surname (``Quang Ninh``), but not after it."""
    people = persons_in(text)
    begun = {view.places[start] for start in starts} if people else set()
    return [(given, end) for surname, given, end in people if surname not in begun]


def _in_person(place: int, persons: Iterable[tuple[int, int]]) -> bool:
    return any(first <= place < last for first, last in persons)


def _allowed(surface: Surface, span: _Span, chained: bool) -> bool:
    """Whether the words around a form let it mean its term."""
    if surface.acronym and span.written != surface.text:
        return False
    if surface.headless:
        return _ANNIVERSARY_TAIL.search(span.view.text[: span.start]) is not None
    if surface.lang == "zh":
        return True
    if surface.dated and _in_span(span):
        return False
    if surface.term.id == "sov-ngoai-kieu-lao" and surface.key == "lào":
        return _LAO_TAIL.search(span.view.text[: span.start]) is not None
    if _careless(surface, span):
        return False
    if surface.term.family == "eth" and not _plainly_ethnic(surface, span.typed):
        return chained or _means_people(surface, span)
    if " " in surface.key:
        return True
    if surface.key.isascii() and len(surface.key) <= SHORT_LATIN and surface.lang == "en":
        return surface.term.family == "ev" or (surface.text[:1].isupper() and span.written[:1].isupper())
    return not (surface.text[:1].islower() and _in_name(span))


def _in_span(span: _Span) -> bool:
    """Whether a day such as ``30/4`` begins or ends a span of days: it then is no holiday."""
    after, before = _SPAN_AFTER.match(span.view.text, span.end), span.view.text[: span.start]
    return after is not None or _SPAN_BEFORE.search(before) is not None


def _careless(surface: Surface, span: _Span) -> bool:
    """Whether small letters are no name: those of a common word (``hòa bình``), or plain ones amid typed diacritics."""
    if not surface.text[:1].isupper() or not span.written.islower():
        return False
    if surface.key in word_list("homographs"):
        return not span.written.isascii()
    if not span.written.isascii() or surface.term.vi.isascii():
        return False
    return _VIETNAMESE.search(span.text) is not None


def _plainly_ethnic(surface: Surface, typed: str) -> bool:
    """Whether a form can only mean an ethnic group: it names a people itself, or is no ordinary syllable."""
    key = surface.key
    if " " in key:
        return typed == key or any(key.startswith(f"{cue} ") for cue in CUES)
    return typed == key and not _SYLLABLE.fullmatch(bare_of(key))


def _means_people(surface: Surface, span: _Span) -> bool:
    """Whether the words before a one-syllable name make it a people's."""
    cued = surface.lang != "en" and is_cued(span.view.text[: span.start], typed=span.typed)
    return cued or _stands_out(surface, span)


def _stands_out(surface: Surface, span: _Span) -> bool:
    """Whether a people's own name stands capital after a small word that leads to no person: ``lễ cưới Tày``."""
    if not surface.main or surface.lang != "vi" or surface.key in word_list("cue_only"):
        return False
    if span.typed != surface.key or _in_name(span):
        return False
    place = span.view.places[span.start]
    head = span.text[:place].rstrip()
    before = _WORD.findall(head)[-1:]
    small = bool(before) and head.endswith(before[0]) and before[0].islower() and before[0] not in word_list("kin")
    return small and span.text[place].isupper()


def _in_name(span: _Span) -> bool:
    """Whether a common word typed with a capital is followed by another that begins no term: a proper name."""
    after = span.end + 1
    if after >= len(span.view.text) or span.view.text[span.end] != " " or after in span.starts:
        return False
    return span.written[:1].isupper() and span.text[span.view.places[after]].isupper()


def _resolve(surfaces: tuple[Surface, ...], span: _Span, when: dt.date | None) -> TermMatch:
    """The match at ``span``: candidates by priority; several equals whose names differ stay ambiguous."""
    ids, lang, undecided = _decided(surfaces, when if len(surfaces) > 1 else None)
    start, written, typed = span.view.places[span.start], span.written, span.typed
    return TermMatch(
        ids=ids,
        start=start,
        end=start + len(written),
        surface=written,
        exact=typed in [surface.key for surface in surfaces],
        ambiguous=undecided,
        lang=lang,
    )


@lru_cache(maxsize=8192)
def _decided(surfaces: tuple[Surface, ...], when: dt.date | None) -> tuple[tuple[str, ...], str, bool]:
    """The terms some forms mean on a day, the language of the first, and whether only a person can choose."""
    ranked = sorted(_existing(surfaces, when), key=lambda s: (_rank(s.term), not s.main, not _generic(s.term), s.order))
    best = {s.term.id: s for s in reversed(ranked) if _rank(s.term) == _rank(ranked[0].term)}
    names = {s.term.vi if s.lang == "en" else s.text for s in best.values()}
    keys = {view_of(name).text for name in names}
    undecided = len(best) > 1 and (len(keys) > 1 or ranked[0].term.family == "ev") and not _one_is_main(best.values())
    ids = tuple(best) if undecided else tuple(dict.fromkeys(s.term.id for s in ranked))
    return ids, ranked[0].lang, undecided


def _one_is_main(surfaces: Collection[Surface]) -> bool:
    """Whether of several terms exactly one has these words as its own name, and the others as an alias."""
    foreign = [s for s in surfaces if s.lang != "vi"]
    if len(foreign) == len(surfaces):
        return sum(s.main for s in foreign) == 1
    terms = {s.term.id: s.term for s in surfaces}
    bare = {bare_of(s.key) for s in surfaces}
    mains = [name for term in terms.values() if bare_of(name := view_of(term.vi).text) in bare]
    if len(mains) != 1 or bare_of(mains[0]) == mains[0]:
        return False
    return all(mains[0] in [view_of(form).text for form in term.surfaces("vi")] for term in terms.values())


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
