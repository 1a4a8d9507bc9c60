"""A date with what is known of it: days, months, years, spans of them, lunar days; as text, and compared.

A ``Fact`` holds a date as text: ISO 8601 reduced (``2026``, ``2026-05``, ``2026-05-07``), ``--05-07`` and ``--05``
without a year, ``2026-05-07/2026-05-09`` or ``2026-03/2026-05`` for a span, and ``lunar:01-15`` or ``lunar:03-20/23``
for lunar days whose year nobody gave.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

import msgspec

from ttdn_assets.terms.calendar import solar_day


class Day(msgspec.Struct, frozen=True, order=True):
    """A date with what is known of it; of a span it is the first day or month and ``last…`` the end of it.

    ``last`` is the last day; ``last_month`` and ``last_year`` stand only where the span leaves its month or year.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    last: int | None = None
    lunar: bool = False
    last_month: int | None = None
    last_year: int | None = None

    @property
    def quarter(self) -> int | None:
        """Which quarter of its year a span of months is."""
        whole = self.day is None and self.month and self.last_month == self.month + 2 and not self.last_year
        return (self.month + 2) // 3 if whole and self.month and self.month % 3 == 1 else None

    @property
    def end(self) -> Day | None:
        """The last day or month of a span, ``None`` where it is none."""
        if not (self.last or self.last_month):
            return None
        return Day(self.last_year or self.year, self.last_month or self.month, self.last)

    def iso(self) -> str:
        """The date as a fact holds it."""
        if self.lunar:
            return f"lunar:{self.month or 0:02d}-{self.day or 0:02d}" + (f"/{self.last:02d}" if self.last else "")
        tail = "".join(f"-{part:02d}" for part in (self.month, self.day) if part)
        whole = f"{self.year:04d}{tail}" if self.year else f"-{tail}"
        return f"{whole}/{self.end.iso()}" if self.end else whole

    def first_date(self) -> dt.date | None:
        """The first solar day it may mean, ``None`` without a year."""
        if self.year is None or self.lunar:
            return None
        return dt.date(self.year, self.month or 1, self.day or 1)


def parse_iso(value: str) -> Day | None:
    """A fact's text back into a date; a time of day is left out; ``None`` where it is none."""
    if found := re.fullmatch(r"lunar:(\d\d)-(\d\d)(?:/(\d\d))?", value):
        month, day, until = (int(part or 0) or None for part in found.groups())
        return Day(None, month, day, until, lunar=True)
    first, _, end = value.strip().partition("/")
    made, last = _single(first), _single(end)
    if made is None or (end and last is None):
        return None
    whole = span(made, last) if last else made
    return whole if whole and real(whole) else None


def _single(value: str) -> Day | None:
    found = re.fullmatch(r"(?:(\d{4})|-)(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?", value)
    if not found or not (found[1] or found[2]):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    return Day(year, month, day)


def span(first: Day, end: Day) -> Day | None:
    """Both as one date, ``None`` where the end does not lie after the beginning or lies years later."""
    began, ended = (first.year or end.year or 0, first.month or 0, first.day or 0), _numbers(end, first)
    if began >= ended or ended[0] > began[0] + 1 or (first.day is None) != (end.day is None):
        return None
    same_year = began[0] == ended[0]
    month = end.month if not same_year or end.month != first.month else None
    year = first.year or end.year
    return Day(year, first.month, first.day, end.day, False, month, None if same_year else end.year)


def _numbers(end: Day, first: Day) -> tuple[int, int, int]:
    return end.year or first.year or 0, end.month or first.month or 0, end.day or 0


def real(day: Day) -> bool:
    """Whether the calendar has that date."""
    if day.lunar:
        return 1 <= (day.month or 1) <= 12 and 1 <= (day.day or 1) < (day.last or 31) <= 31
    if day.end and not real(day.end):
        return False
    if day.month is not None and not 1 <= day.month <= 12:
        return False
    if day.day is None:
        return True
    return day.month is not None and 1 <= day.day <= calendar.monthrange(day.year or 2024, day.month)[1]


def to_solar(day: Day, year: int) -> Day | None:
    """A lunar day, or a span of them, of the lunar year ``year`` as a solar date."""
    found = solar_day(year, day.month or 1, day.day or 1)
    first = Day(found.year, found.month, found.day) if found else None
    last = to_solar(Day(None, day.month, day.last), year) if day.last else None
    return span(first, last) if first and last else first


def complete(day: Day, others: Sequence[Day]) -> Day:
    """The date with its missing year taken from the first other date that has one and does not speak against it.

    A day of the last lunar month stays as it is: before ``Tết 2026`` it lies in 2026, in the lunar year 2026 in 2027.
    """
    if day.year is not None or (day.lunar and day.month == 12):
        return day
    for other in others:
        if other.year is not None and (day.lunar or other.month in (None, day.month)):
            return to_solar(day, other.year) or day if day.lunar else _with_year(day, other.year)
    return day


def _with_year(day: Day, year: int) -> Day:
    made = msgspec.structs.replace(day, year=year)
    return made if real(made) else day


def detail(day: Day) -> int:
    """How many of year, month and day are known."""
    return sum(part is not None for part in (day.year, day.month, day.day))


def _agrees(a: Day, b: Day) -> bool:
    return all(x is None or y is None or x == y for x, y in ((a.year, b.year), (a.month, b.month), (a.day, b.day)))


def agree(a: Day, b: Day) -> bool:
    """Whether two dates may be of the same day: what both state is the same, a span holds its days."""
    if a.lunar or b.lunar:
        return True
    for whole, single in ((a, b), (b, a)):
        if whole.end and not single.end:
            return _holds(whole, whole.end, single)
    return _agrees(a, b)


def _holds(whole: Day, end: Day, single: Day) -> bool:
    """Whether a day, month or year may lie in a span."""
    if single.year is None or whole.year is None:
        whole, end, single = (msgspec.structs.replace(day, year=None) for day in (whole, end, single))
    depth = min(detail(whole), detail(single)) + (single.year is None)
    began, ended, asked = ((day.year or 0, day.month or 0, day.day or 0)[:depth] for day in (whole, end, single))
    return began <= asked <= ended


def common(days: Sequence[Day]) -> Day | None:
    """What all dates agree on: year and month, the year, or nothing."""
    if len(set(days)) == 1:
        return days[0]
    years, months, dates = ({getattr(day, key) for day in days} for key in ("year", "month", "day"))
    if len(years) != 1 or not days:
        return None
    year = next(iter(years))
    if len(months) != 1:
        return Day(year) if year else None
    month = next(iter(months))
    return Day(year, month, next(iter(dates))) if len(dates) == 1 else Day(year, month)
