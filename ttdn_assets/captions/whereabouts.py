"""Where a picture was taken, as IPTC fields tell it: only what facts say, in Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence

from ttdn_assets.model import Fact, Whereabouts
from ttdn_assets.terms.base import TermBase

_TOWNS = frozenset(("city", "town"))


def whereabouts(facts: Sequence[Fact], terms: TermBase) -> Whereabouts:
    """Location, town, province and country of the place facts; several provinces are none."""
    places = [fact for fact in facts if fact.kind == "place"]
    known = {fact.term: term for fact in places if (term := terms.get(fact.term)) is not None}
    provinces = {one for term in known.values() for one in term.provinces}
    towns = [term.vi for term in known.values() if term.kind in _TOWNS and term.family == "pl"]
    state = terms.get(provinces.pop()) if len(provinces) == 1 else None
    locations = [
        known[fact.term].vi if fact.term in known else fact.value
        for fact in places
        if fact.term not in known or (known[fact.term].family == "pl" and known[fact.term].kind not in _TOWNS)
    ]
    return Whereabouts(
        location="; ".join(dict.fromkeys(locations)),
        city=towns[0] if len(towns) == 1 else "",
        state=state.vi if state else "",
        country=terms["sov-viet-nam"].vi if state else "",
    )
