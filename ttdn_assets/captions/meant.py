"""Which term the words found mean, and whether its name claims no more than was written.

A term base names things in full; an officer writes them short, and means another place of the same name at times.
"""

from __future__ import annotations

from functools import lru_cache

from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.text import fold

TOWN_KINDS = frozenset(("plateau", "town", "city", "district", "commune", "village"))


def lies_elsewhere(match: TermMatch, following: TermMatch, text: str, terms: TermBase) -> bool:
    """Whether the province right behind a place makes it another of its name: ``Kim Liên Hà Nội`` is not in Nghệ An."""
    place, province = terms[match.id], terms[following.id]
    if (place.family, province.family) != ("pl", "prov") or text[match.end : following.start].strip(" _("):
        return False
    lies_in = {terms.today(terms[p]).id for p in place.provinces if p in terms.terms}
    return bool(lies_in) and not match.ambiguous and terms.today(province).id not in lies_in


def chosen(match: TermMatch, terms: TermBase, known: frozenset[str]) -> Term | None:
    """The term a match means; of several the one in a province that other words name, else none."""
    if not match.ambiguous:
        return events_by_name(terms).get(terms[match.id].vi, terms[match.id])
    fitting = [
        terms[one]
        for one in match.ids
        if {terms.today(terms[p]).id for p in terms[one].provinces if p in terms.terms} & known
    ]
    return fitting[0] if len(fitting) == 1 else None


@lru_cache(maxsize=8)
def events_by_name(terms: TermBase) -> dict[str, Term]:
    """The events by their names: what history calls so too is the day that is kept."""
    return {event.vi: event for event in terms.family("ev")}


def claims_no_more(match: TermMatch, term: Term, terms: TermBase, known: frozenset[str]) -> bool:
    """Whether a term says no place that nobody named: ``dâu tây`` is Sơn La's strawberry only where Sơn La is known.

    A town in the name of what also has a plain one must be named itself: not all plums of Sơn La are Mộc Châu's.
    """
    if term.family not in ("pr", "ev") or fold(match.surface) in (fold(term.vi), fold(term.en), term.zh):
        return True
    typed = fold(match.surface)
    missing = {p for name, p in _named_places(term.id, terms) if fold(name) not in typed}
    shown = {p for name, p in _named_places(term.id, terms) if fold(name) in typed}
    return not missing or bool(missing & (known | shown))


@lru_cache(maxsize=1024)
def _named_places(term_id: str, terms: TermBase) -> tuple[tuple[str, str], ...]:
    """The places a term's Vietnamese name holds, each with what must be known: itself, or its province of today."""
    found: list[tuple[str, str]] = []
    term = terms[term_id]
    for place in terms.family("pl", "prov"):
        if place.vi in term.vi and place.vi != term.vi:
            if place.kind in TOWN_KINDS and "plain_vi" in term.notes:
                found.append((place.vi, place.id))
            else:
                found.extend((place.vi, terms.today(terms[p]).id) for p in place.provinces if p in terms.terms)
    return tuple(found)
