"""Which term the words found mean, and whether its name claims no more than was written.

A term base names things in full; an officer writes them short, and means another place of the same name at times.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache

from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.terms.view import UPPER
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import fold

TOWN_KINDS = frozenset(("plateau", "town", "city", "district", "commune", "village"))

LUNAR_YEAR = re.compile(
    r"(?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý) (?:tý|sửu|dần|mão|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)", re.I
)
"""A year by its two signs."""
_UNIT_BEFORE = re.compile(r"(?<![^\W_])(?:xã|phường|thị trấn|đặc khu|thôn|bản|buôn) $", re.IGNORECASE)
_AT = re.compile(r"(?<![^\W_])(?:tại|ở|at|in) (?:(?:tỉnh|huyện|xã|phường|thành phố|tp\.?) )?$", re.IGNORECASE)
_TODAY_BEFORE = re.compile(r"(?<![^\W_])nay (?:là |thuộc )?(?:tỉnh |thành phố |tp\.? )?$", re.IGNORECASE)
_NAME_GOES_ON = re.compile(rf" [{UPPER}]")


def is_another(match: TermMatch, starts: Collection[int], text: str, terms: TermBase) -> bool:
    """Whether the words around a name make it another's: another country's, or a longer one.

    ``starts`` is where names begin in the text.
    """
    term, before, after = terms[match.id], text[: match.start], text[match.end :]
    goes_on = _NAME_GOES_ON.match(after) is not None and match.end + 1 not in starts and not text.isupper()
    if term.family == "ev":
        head_alone = term.vi.startswith(f"{match.surface} ")
        return _foreign()[0].match(after) is not None or (
            head_alone and goes_on and LUNAR_YEAR.match(after.lstrip()) is None
        )
    if term.family not in ("pl", "prov"):
        return False
    longer = goes_on and _UNIT_BEFORE.search(before) is not None
    return longer or _foreign()[1].match(after) is not None


def is_of_today(match: TermMatch, text: str) -> bool:
    """Whether a name only says what a former province belongs to: ``Ninh Thuận (nay Khánh Hòa)``."""
    return match.id.startswith("prov-") and _TODAY_BEFORE.search(text[: match.start]) is not None


def is_only_named(match: TermMatch, others: Sequence[TermMatch], text: str, terms: TermBase) -> bool:
    """Whether words speak of a place that lies elsewhere: of two ends, or before where it is (``Ngày Sơn La tại Huế``).

    ``others`` are all names in the text.
    """
    places = [one for one in others if one.id.startswith(("pl-", "prov-"))]
    if match not in places:
        return False
    if len(places) > 1 and _routes().match(text):
        return True
    led = [one for one in places if _AT.search(text[: one.start])]
    apart = not _in_today(match, terms) & {province for one in led for province in _in_today(one, terms)}
    return bool(led) and match.start < led[0].start and apart


def _in_today(match: TermMatch, terms: TermBase) -> set[str]:
    return {terms.today(terms[p]).id for p in terms[match.id].provinces if p in terms.terms}


@cache
def _routes() -> re.Pattern[str]:
    words = "|".join(sorted(word_list("routes"), key=len, reverse=True))
    return re.compile(rf"[\W\d_]*(?:{words})(?![^\W_])", re.IGNORECASE)


@cache
def _foreign() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A country right after an event, and one in brackets or at the end after a place."""
    countries = "|".join(sorted(word_list("countries"), key=len, reverse=True))
    return (
        re.compile(rf" (?:nước )?(?:{countries})(?![^\W_])(?! [{UPPER}])"),
        re.compile(rf" ?(?:\((?:[^(),]+, )?(?:{countries})\)|, (?:{countries})$)"),
    )


def lies_elsewhere(match: TermMatch, following: TermMatch, text: str, terms: TermBase) -> bool:
    """Whether the province right behind a place makes it another of its name: ``Kim Liên Hà Nội`` is not in Nghệ An."""
    place, province = terms[match.id], terms[following.id]
    if (place.family, province.family) != ("pl", "prov") or text[match.end : following.start].strip(" _("):
        return False
    lies_in = _in_today(match, terms)
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
