"""The lunar days of Viet Nam (UTC+7, as lunar-vn computes them) and the solar days of the events of the term base.

China's calendar (UTC+8) differs in some years: Tết 2030 is 2 February in Viet Nam and 3 February in China.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttdn_assets.terms.term import Term

VIET_NAM_UTC_H = 7.0


def solar_day(lunar_year: int, month: int, day: int) -> dt.date | None:
    """The solar date of a day of the Vietnamese lunar year, ``None`` where the calendar has no such day."""
    from lunar_vn import convert_lunar_to_solar

    try:
        return convert_lunar_to_solar(day, month, lunar_year, 0, VIET_NAM_UTC_H)
    except (ValueError, OverflowError):
        return None


def new_year(year: int) -> dt.date | None:
    """The first day of Tết in a solar year."""
    return solar_day(year, 1, 1)


def event_day(term: Term, year: int) -> dt.date | None:
    """The solar day on which an event of the term base falls in ``year``, ``None`` where its rows do not fix one.

    A lunar event belongs to the lunar year that begins in ``year``; the last day of the year (``12-LAST``) is the eve
    of the Tết that falls in ``year``.
    """
    calendar, date = term.notes.get("calendar"), term.notes.get("date", "")
    if date == "12-LAST":
        first = new_year(year)
        return first - dt.timedelta(days=1) if first else None
    month, _, day = date.partition("-")
    if not (len(date) == 5 and month.isdigit() and day.isdigit()):
        return dt.date.fromisoformat(date) if len(date) == 10 and date[:4] == str(year) else None
    if calendar == "lunar":
        return solar_day(year, int(month), int(day))
    return dt.date(year, int(month), int(day)) if calendar == "solar" else None


def base_year(term: Term) -> int | None:
    """The year from which an event's anniversaries count."""
    base = term.notes.get("base", "")
    return int(base[:4]) if base[:4].isdigit() else None
