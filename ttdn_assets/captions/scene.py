"""The facts of one file put in order for a caption: what, where, when, of each the best one known.

A person's words come before a camera's: sheet, then folder and file name, then embedded texts, then EXIF and GPS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from ttdn_assets.captions.dates import find_dates
from ttdn_assets.captions.day import Day, agree, common, detail, parse_iso
from ttdn_assets.captions.grammar import edition_number, is_held, is_subject
from ttdn_assets.captions.names import own_words
from ttdn_assets.model import Fact, FactSource
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.calendar import base_year
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.terms.view import UPPER
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import fold

_RANK: dict[FactSource, int] = {"officer": 0, "sheet": 1, "folder": 2, "file_name": 2, "xmp": 3, "iptc": 3, "exif": 4,
                                "gps": 5}  # fmt: skip
_DATE_RANK: dict[FactSource, int] = {**_RANK, "file_name": 3, "xmp": 4, "iptc": 4, "exif": 5}
_CONTAINERS = frozenset(("plateau", "town", "city", "district", "commune", "island", "valley", "archipelago"))
_NAMED_KINDS = frozenset(("person", "sea", "archipelago", "island", "reef", "structure"))
_NUMBER = re.compile(r"\d")
_BETWEEN = re.compile(r"[-–—,;/()|]")
_NAME = re.compile(rf"[{UPPER}][^\W\d_]*(?: [{UPPER}][^\W\d_]*)*")
_LEADS = re.compile(
    r"(?:^|\W)(?:tại|ở|trên|về|thăm|đến|tới|lên|qua|giữa|in|at|on)(?: (?:tỉnh|huyện|xã|phường|thành phố|tp\.?))? *$",
    re.IGNORECASE,
)
_SET_OFF = re.compile(r"(?:^|[-–—,;:/(|]) *(?:(?:tỉnh|thành phố|TP\.?) )?$")
_CLOSES = re.compile(r" *(?:$|[-–—,;:/)|])")
_ANNIVERSARY = re.compile(r"^Kỷ niệm (?:(\d+) năm )?")


class EventSaid(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the facts tell it; ``years`` is the anniversary's number, as written or counted from the date."""

    term: Term
    edition: int | None = None
    anniversary: bool = False
    years: int | None = None


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One file's facts in order.

    ``place`` lies in ``container`` (a town or district around it) and ``province``; ``beside`` are further places one
    name tells with it; ``own_place`` is a place no term covers; ``prose`` an officer's own sentence, ``covered`` the
    terms it names itself, ``understood`` whether a people and a product, or its places, say what it does, ``aside``
    whether it names a place that is not where it happens; ``context`` is such a sentence of an outer folder, where a
    folder within says more closely what the picture is of.
    """

    phrase: Term | None = None
    prose: str = ""
    context: str = ""
    covered: frozenset[str] = frozenset()
    understood: bool = False
    aside: bool = False
    event: EventSaid | None = None
    place: Term | None = None
    beside: tuple[Term, ...] = ()
    own_place: str = ""
    container: Term | None = None
    province: Term | None = None
    day: Day | None = None
    people: tuple[Term, ...] = ()
    products: tuple[Term, ...] = ()
    others: tuple[Term, ...] = ()
    slots: tuple[Term, ...] = ()


def scene_of(facts: Sequence[Fact], terms: TermBase, *, taken_at: str | None = None) -> Scene:
    """The scene the facts tell; ``taken_at`` is used only where no fact gives a date."""
    day = _day(facts) or (parse_iso(taken_at) if taken_at else None)
    prose, context = _prose(facts, terms)
    phrase = next((terms.get(f.term) for f in reversed(facts) if f.kind == "activity" and f.term), None)
    named = terms.match(prose) if prose else ()
    understood = _people_and_product(prose, named) or _only_places(prose, named)
    away = [] if understood else _named_in_passing(facts, prose, terms)
    away += _named_in_passing(facts, context, terms, beside_others=True)
    known = _terms_of(facts, terms)
    things = {fact.term for fact in facts if fact.kind in ("people", "product")}
    event = _event(facts, terms, day)
    around = [fact for fact in facts if fact not in away]
    if prose or phrase or event or things:
        around = [fact for fact in around if (term := terms.get(fact.term)) is None or term.pictured]
    where = _where(around, terms)
    return Scene(
        phrase=phrase,
        prose=prose,
        context=context,
        covered=frozenset(one for match in named for one in match.ids),
        understood=understood,
        aside=not understood and not _carried(prose, named, where, terms),
        event=event,
        place=where.place,
        beside=where.beside,
        own_place=where.own_place,
        container=where.container,
        province=where.province,
        day=day,
        people=tuple(term for term in known if term.family == "eth" and term.id in things),
        products=tuple(term for term in known if term.family == "pr" and term.id in things),
        others=tuple(term for term in known if _only_keyword(term) or term.id in {fact.term for fact in away}),
        slots=known,
    )


def _named_in_passing(facts: Sequence[Fact], words: str, terms: TermBase, *, beside_others: bool = False) -> list[Fact]:
    """The places a sentence names and does not lie in: ``đoàn đại biểu Sơn La``, but ``hội thi tại Sơn La``.

    With ``beside_others`` only where it says of another place that it lies there.
    """
    told = [fact for fact in facts if fact.kind == "activity" and fact.term is None and fact.value == words]
    parts = {(fact.source, fact.part) for fact in told}
    if any((fact.source, fact.part) in parts and _tells_what(fact) for fact in facts):
        return []
    named = [match for match in terms.match(words) if match.id.startswith(("pl-", "prov-", "sov-"))]
    aside = {one for match in named if not _lies_there(words, match) for one in match.ids}
    if beside_others and all(match.id in aside for match in named):
        return []
    return [f for f in facts if f.kind == "place" and f.term in aside and (f.source, f.part) in parts]


def _carried(prose: str, named: Sequence[TermMatch], where: _Where, terms: TermBase) -> bool:
    """Whether every place a sentence names is told as where it happens, and it names no person and no number."""
    told = [term for term in (where.place, where.container, where.province, *where.beside) if term]
    ids = {one for term in told for one in (term.id, terms.today(term).id)}
    names = [match for match in named if match.id.startswith(("pl-", "prov-")) or terms[match.id].kind in _NAMED_KINDS]
    return all(ids & set(match.ids) for match in names) and not _NUMBER.search(_rest(prose, named))


def _tells_what(fact: Fact) -> bool:
    return fact.term is not None and fact.kind in ("activity", "event")


def _lies_there(prose: str, match: TermMatch) -> bool:
    """Whether a preposition leads to a place or a sign sets it off."""
    before, after = prose[: match.start], prose[match.end :]
    return _LEADS.search(before) is not None or bool(_SET_OFF.search(before) and _CLOSES.match(after))


def _people_and_product(prose: str, named: Sequence[TermMatch]) -> bool:
    return {"eth", "pr"} <= {match.id.partition("-")[0] for match in named} and not _left_over(prose, named)


def _only_places(prose: str, named: Sequence[TermMatch]) -> bool:
    """Whether a sentence only names places beside each other, some of which are known: ``Quy Nhơn - Eo Gió``."""
    known = {match.surface for match in named if match.id.startswith(("pl-", "prov-"))}
    parts = [part.strip() for part in _BETWEEN.split(prose) if part.strip()]
    unknown = [part for part in parts if part not in known]
    return bool(known) and all(_NAME.fullmatch(part) and not any(one in part for one in known) for part in unknown)


def _left_over(prose: str, named: Sequence[TermMatch]) -> tuple[str, ...]:
    """The words of a sentence that neither terms nor its dates say."""
    return own_words(_rest(prose, named), out_of=prose)


def _rest(prose: str, named: Sequence[TermMatch]) -> str:
    """A sentence without its terms and dates."""
    spans = [(match.start, match.end) for match in named] + [(start, end) for _, start, end in find_dates(prose)]
    rest = prose
    for start, end in spans:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return rest


def _only_keyword(term: Term) -> bool:
    return term.family in ("top", "ag", "sov", "doc") or (term.family == "ev" and not is_subject(term))


def _prose(facts: Sequence[Fact], terms: TermBase) -> tuple[str, str]:
    """The innermost sentence and, where the one around it tells an occasion, that (prose, context).

    Where a folder within names a subject of its own the sentence is the context.  What a sheet calls the event in words
    of its own comes before any folder's.
    """
    if told := [fact.value for fact in facts if fact.kind == "event" and fact.term is None]:
        return told[0], ""
    places = [i for i, fact in enumerate(facts) if fact.kind == "activity" and fact.term is None]
    if not places:
        return "", ""
    later = facts[places[-1] + 1 :]
    subject = any(_names_subject(fact, terms) for fact in later if fact.source in ("folder", "file_name"))
    words = facts[places[-1]].value
    if subject:
        return "", words
    outer = facts[places[-2]].value if len(places) > 1 else ""
    if not fold(outer).startswith(_occasions()):
        return words, ""
    return (outer, "") if _only_places(words, terms.match(words)) else (words, outer)


@cache
def _occasions() -> tuple[str, ...]:
    return tuple(f"{fold(word)} " for word in word_list("occasions"))


def _names_subject(fact: Fact, terms: TermBase) -> bool:
    term = terms.get(fact.term)
    if term is None:
        return False
    return term.family in ("eth", "pr", "ph") or (term.family == "ev" and is_subject(term))


def _terms_of(facts: Sequence[Fact], terms: TermBase) -> tuple[Term, ...]:
    ordered = sorted(facts, key=lambda fact: _RANK[fact.source])
    found = (_as_told(fact, terms) for fact in ordered if fact.kind != "activity")
    return tuple({term.id: term for term in found if term is not None}.values())


def _day(facts: Sequence[Fact]) -> Day | None:
    """The date of the best source; where it knows only the year, another's that agrees with it.

    Equals that speak against each other leave what they have in common.
    """
    dated = [(fact, day) for fact in facts if fact.kind == "date" and (day := parse_iso(fact.value))]
    if not dated:
        return None
    ranks = sorted({_DATE_RANK[fact.source] for fact, _ in dated})
    first = [day for fact, day in dated if _DATE_RANK[fact.source] == ranks[0]]
    best = max(first, key=detail)
    if not all(agree(best, other) for other in first):
        return common(first)
    for rank in ranks[1:]:
        if detail(best) > 1 or best.lunar:
            break
        finer = [d for fact, d in dated if _DATE_RANK[fact.source] == rank and agree(best, d)]
        best = max([best, *finer], key=detail)
    return best


def _event(facts: Sequence[Fact], terms: TermBase, day: Day | None) -> EventSaid | None:
    """The event of the best source and the innermost folder; of several there one that takes place, else the first."""
    told = [
        (fact, term) for fact in facts if fact.kind == "event" and (term := terms.get(fact.term)) and is_subject(term)
    ]
    if not told:
        return None
    best = min(_RANK[fact.source] for fact, _ in told)
    first = [pair for pair in told if _RANK[pair[0].source] == best]
    inner = [pair for pair in first if pair[0].part == max(fact.part for fact, _ in first)]
    fact, term = next((pair for pair in inner if is_held(pair[1])), inner[0])
    found = _ANNIVERSARY.match(fact.value)
    anniversary = found is not None and not term.vi.startswith("Kỷ niệm")
    years = int(found[1]) if found and found[1] else None
    base = base_year(term)
    if anniversary and years is None and base and day and day.year and day.year > base:
        years = day.year - base
    return EventSaid(term=term, edition=edition_number(fact.value), anniversary=anniversary, years=years)


def _as_told(fact: Fact, terms: TermBase) -> Term | None:
    """The term of a fact; by its plain name where no more was told (``hồ tiêu`` is not Đắk Lắk's everywhere)."""
    term = terms.get(fact.term)
    plain = (
        {lang: term.notes[f"plain_{lang}"] for lang in ("vi", "en", "zh") if f"plain_{lang}" in term.notes}
        if term
        else {}
    )
    return msgspec.structs.replace(term, **plain) if term and plain.get("vi") == fact.value else term


class _Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where a scene is."""

    place: Term | None = None
    beside: tuple[Term, ...] = ()
    own_place: str = ""
    container: Term | None = None
    province: Term | None = None


def _where(facts: Sequence[Fact], terms: TermBase) -> _Where:
    """The innermost place with those its name tells beside it, one no term covers, what is around, the province."""
    told = [fact for fact in facts if fact.kind == "place"]
    best = min((_RANK[fact.source] for fact in told), default=0)
    first = [fact for fact in told if _RANK[fact.source] == best]
    own = next((fact.value for fact in reversed(first) if fact.term is None), "")
    known = [(fact.part, term) for fact in first if (term := terms.get(fact.term))]
    fixed = [(part, t) for part, t in known if t.family != "prov" and (t.provinces or t.kind == "structure")]
    provinces = [(part, term) for part, term in known if term.family == "prov"]
    regions = [term for _, term in known if not term.provinces and term.kind != "structure"]
    if own or not fixed:
        inner = fixed[-1][1] if fixed else None
        place = inner or (regions[-1] if regions and not provinces and not own else None)
        container = None
        if own and place is not None and place.kind in _CONTAINERS:
            container, place = place, None
        others = _innermost(provinces)[:-1] if not (own or place) else ()
        province = _province(place or container, [term for _, term in provinces], told, terms)
        return _Where(place=place, beside=others, own_place=own, container=container, province=province)
    places = _innermost(fixed)
    container = _container([term for _, term in fixed], places)
    province = _province(places[0], [term for _, term in provinces], told, terms)
    return _Where(place=places[0], beside=places[1:], container=container, province=province)


def _innermost(places: Sequence[tuple[int, Term]]) -> tuple[Term, ...]:
    """The places of the innermost part that names some; of a place and one around it only the inner one."""
    last = max((part for part, _ in places), default=0)
    group = tuple({term.id: term for part, term in places if part == last}.values())
    return tuple(term for term in group if not any(_lies_in(other, term) for other in group))


def _lies_in(inner: Term, outer: Term) -> bool:
    """Whether a place may lie in a town or district: no such unit itself, and in its province."""
    if outer.kind == "archipelago":
        return inner.notes.get("part_of") == outer.id
    if outer.kind not in _CONTAINERS or _level(inner) >= _level(outer) or outer.vi == inner.vi:
        return False
    return bool(set(inner.provinces) & set(outer.provinces))


def _level(place: Term) -> int:
    """How much a place holds: a district 2, a commune or what is an administrative unit too 1, a spot 0."""
    if place.kind in _CONTAINERS:
        return 1 if place.kind in ("commune", "village") else 2
    unit = any(name.startswith(("xã ", "phường ", "huyện ", "đặc khu ")) for name in place.aliases_vi)
    return 2 if unit else 0


def _container(fixed: Sequence[Term], places: Sequence[Term]) -> Term | None:
    around = [term for term in fixed if all(_lies_in(place, term) for place in places)]
    return next((term for term in reversed(around) if not any(term.vi in place.vi for place in places)), None)


def _province(place: Term | None, named: Sequence[Term], told: Sequence[Fact], terms: TermBase) -> Term | None:
    """The province of the place; of a place in several the one another fact names; else the one that was named."""
    if place is None:
        gps = [term for fact in told if (term := terms.get(fact.term)) and term.family == "prov"]
        return (
            named[-1] if named else gps[0] if gps and all(f.source == "gps" or f.term is None for f in told) else None
        )
    if not place.provinces:
        return None
    others = {fact.term for fact in told}
    sure = [p for p in place.provinces if len(place.provinces) == 1 or p in others]
    former = next((n for n in named if terms.today(n).id in sure and n.notes.get("valid_to")), None)
    return former or (terms.get(sure[0]) if len(sure) == 1 else None)
