"""``2026-H1`` and the like to days."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from ttdn_assets.errors import UsageError
from ttdn_assets.model import Period

_HALF = re.compile(r"(\d{4})-?H([12])", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"\d{4}")


def parse_period(text: str) -> Period:
    """The days of ``2026``, ``2026-H1``, ``2026-Q3``, ``2026-05`` or ``2026-01-01..2026-05-25``.

    Raises:
        UsageError: ``period-invalid``.
    """
    wanted = text.strip()
    try:
        if match := _HALF.fullmatch(wanted):
            return _months(match, "half", 6)
        if match := _QUARTER.fullmatch(wanted):
            return _months(match, "quarter", 3)
        if match := _MONTH.fullmatch(wanted):
            return _months(match, "month", 1)
        if _YEAR.fullmatch(wanted):
            year = int(wanted)
            return Period(first=dt.date(year, 1, 1), last=dt.date(year, 12, 31), code="year", number=year)
        first, last = map(dt.date.fromisoformat, wanted.split(".."))
    except ValueError as error:
        raise UsageError("period-invalid", {"period": text}) from error
    if first > last:
        raise UsageError("period-invalid", {"period": text})
    return Period(first=first, last=last)


def _months(match: re.Match[str], code: str, length: int) -> Period:
    year, number = int(match[1]), int(match[2])
    last_month = number * length
    last = dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
    return Period(first=dt.date(year, last_month - length + 1, 1), last=last, code=code, number=number)
