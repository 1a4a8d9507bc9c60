"""The commemorations and festivals of the term base that fall into the days to come, solar and lunar."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.calendar import base_year, event_day, solar_day
from ttdn_assets.terms.term import Term

_DAY = dt.timedelta(days=1)


class Occasion(NamedTuple):
    """An event on its days; ``years`` since the first one where its anniversaries are counted, ``lunar`` as day/month.

    ``first`` and ``last`` are the same day but for festivals of which only the month is fixed.
    """

    term: Term
    first: dt.date
    last: dt.date
    years: int | None
    lunar: str | None


def coming(terms: TermBase, first: dt.date, last: dt.date, *, province: str | None = None) -> list[Occasion]:
    """The occasions between two days, by day; those of other provinces are left out where a ``province`` is named.

    An event without a fixed day or month, such as a congress or a biennial festival, is not among them.
    """
    found = {
        (one.term.id, one.first): one
        for term in terms.family("ev")
        if _concerns(term, province)
        for one in _days_of(term, range(first.year - 1, last.year + 1))
        if one.first <= last and one.last >= first
    }
    return sorted(found.values(), key=lambda one: (one.first, one.term.id))


def _concerns(term: Term, province: str | None) -> bool:
    return not term.provinces or province is None or province in term.provinces


def _days_of(term: Term, years: range) -> Iterator[Occasion]:
    """The days of an event in these solar or lunar years."""
    if term.notes.get("year"):
        return
    for year in years:
        day = event_day(term, year)
        if day is not None:
            yield Occasion(term, day, day, _anniversary(term, day), _lunar(term))
        elif span := _month_of(term, year):
            yield Occasion(term, *span, None, _lunar(term))


def _month_of(term: Term, year: int) -> tuple[dt.date, dt.date] | None:
    """The first and last day of an event of which only the month, solar or lunar, is fixed."""
    month, _, until = term.notes.get("month", "").partition("..")
    if not month.isdigit() or not (until or month).isdigit():
        return None
    begin, end = int(month), int(until or month)
    if term.notes.get("calendar") == "month":
        return dt.date(year, begin, 1), dt.date(year, end, calendar.monthrange(year, end)[1])
    if term.notes.get("calendar") != "lunar":
        return None
    after = solar_day(year, end + 1, 1) if end < 12 else solar_day(year + 1, 1, 1)
    first = solar_day(year, begin, 1)
    return (first, after - _DAY) if first and after else None


def _anniversary(term: Term, day: dt.date) -> int | None:
    base = base_year(term)
    return day.year - base if base is not None and day.year > base else None


def _lunar(term: Term) -> str | None:
    """The lunar date as people write it, ``15/8``; the month alone where only that is fixed."""
    if term.notes.get("calendar") != "lunar":
        return None
    month, _, day = term.notes.get("date", "").partition("-")
    if day.isdigit():
        return f"{int(day)}/{int(month)}"
    return term.notes.get("month") if not month else "30/12"
