"""Times as cameras write them -> ISO 8601 with an offset, or nothing where they say nothing.

A blank clock (0000:00:00), an impossible date, or the zero of a file format's epoch is no time.
"""

from __future__ import annotations

import datetime as dt
import re

_CAMERA = re.compile(
    r"^(\d{4})[:\-/.](\d\d?)[:\-/.](\d\d?)[ T](\d\d?):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?"
)
_OFFSET = re.compile(r"^([+-])(\d\d):?(\d\d)$")
_EPOCHS = (dt.date(1904, 1, 1), dt.date(1970, 1, 1))
_FIRST_YEAR = 1826
"""The year of the first photograph."""
_QUARTER_S = 15 * 60
_DRIFT_S = 5 * 60
_OFFSET_MAX_S = 14 * 3600


def zone(offset: str) -> dt.timezone | None:
    """``+07:00``, ``-0330`` or ``Z`` as a time zone."""
    if offset == "Z":
        return dt.UTC
    match = _OFFSET.match(offset.strip())
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    delta = dt.timedelta(hours=int(hours), minutes=int(minutes))
    return dt.timezone(-delta if sign == "-" else delta) if delta <= dt.timedelta(seconds=_OFFSET_MAX_S) else None


def moment(text: str) -> dt.datetime | None:
    """A written time; naive where it names no offset."""
    match = _CAMERA.match(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        when = dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    if year < _FIRST_YEAR:
        return None
    return when.replace(tzinfo=zone(match[7])) if match[7] else when


def local_time(text: str, *, offset: str = "", utc: str = "", default: str = "+07:00") -> str | None:
    """A camera's local time with its offset: as written beside it, else by the GPS clock, else ``default``.

    Args:
        text: the local time, ``2026:05:01 08:30:00`` or ISO 8601.
        offset: what the file says of the zone, may be empty.
        utc: the GPS clock's time of the same moment, may be empty.
        default: the offset of a clock that says nothing.
    """
    when = moment(text)
    if when is None:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone(offset) or _by_gps(when, moment(utc)) or zone(default))
    return when.isoformat()


def _by_gps(local: dt.datetime, utc: dt.datetime | None) -> dt.timezone | None:
    """The difference to the GPS clock where it is a whole number of quarter hours, give or take a slow fix."""
    if utc is None:
        return None
    seconds = (local - utc.replace(tzinfo=None)).total_seconds()
    rounded = round(seconds / _QUARTER_S) * _QUARTER_S
    if abs(rounded) > _OFFSET_MAX_S or abs(seconds - rounded) > _DRIFT_S:
        return None
    return dt.timezone(dt.timedelta(seconds=rounded))


def utc_time(text: str, *, default: str = "+07:00") -> str | None:
    """A container's UTC time, told on the clock of the ``default`` offset, which decides the day it belongs to."""
    when = moment(text)
    if when is None:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return None if when.date() in _EPOCHS else when.astimezone(zone(default)).isoformat()
