"""Calendars that other programs subscribe to (RFC 5545); the only importer of icalendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from ttdn_assets.errors import ToolMissing


class Entry(NamedTuple):
    """Whole days from ``first`` to ``last``; ``name`` never changes for the same days of the same occasion."""

    name: str
    first: dt.date
    last: dt.date
    summary: str
    description: str


def ical_bytes(entries: Iterable[Entry], *, title: str, made_at: dt.datetime) -> bytes:
    """The calendar.

    Raises:
        ToolMissing: ``report-tools-missing``.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError as error:
        raise ToolMissing("report-tools-missing") from error
    calendar = Calendar()
    calendar.add("prodid", "-//ttdn_assets//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.name}-{entry.first:%Y%m%d}@ttdn-assets")
        event.add("dtstamp", made_at)
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + dt.timedelta(days=1))
        event.add("summary", entry.summary)
        event.add("description", entry.description)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
