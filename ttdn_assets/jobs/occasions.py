"""What comes up in the next days, and what there is to show for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.jobs.library import catalogue_of, open_library, terms_of
from ttdn_assets.model import Lang
from ttdn_assets.settings import Library
from ttdn_assets.terms.coming import Occasion, coming
from ttdn_assets.tools.files import os_errors, write_whole
from ttdn_assets.tools.ical import Entry, ical_bytes
from ttdn_assets.wording import FieldValue, say


class Upcoming(msgspec.Struct, frozen=True, kw_only=True):
    """One occasion: its days, its term, its name as a caption says it, and how many assets tell of that event.

    ``unused`` of them were never published.
    """

    first: dt.date
    last: dt.date
    lunar: str | None
    term: str
    name: str
    years: int | None
    assets: int
    unused: int


def upcoming(
    library: Library | Path | None, *, days: int = 60, today: dt.date | None = None, lang: Lang = "vi"
) -> tuple[Upcoming, ...]:
    """The occasions of the next ``days`` days, today's among them, in their order."""
    opened = library if isinstance(library, Library) else open_library(library)
    first = today or dt.date.today()
    found = coming(
        terms_of(opened),
        first,
        first + dt.timedelta(days=max(days, 1) - 1),
        province=opened.settings.unit.province,
    )
    with catalogue_of(opened) as catalogue:
        counted = catalogue.assets_by_event([one.term.id for one in found])
    return tuple(_worded(one, counted.get(one.term.id, (0, 0)), lang) for one in found)


def write_calendar(occasions: Iterable[Upcoming], path: Path, *, lang: Lang = "vi") -> None:
    """Write the occasions as an iCalendar file, whole or not at all.

    Raises:
        InputError, ToolError: what the system says of writing.
        ToolMissing: ``report-tools-missing``.
    """
    entries = [
        Entry(
            name=one.term,
            first=one.first,
            last=one.last,
            summary=one.name,
            description=say("calendar.assets", {"n": one.assets, "unused": one.unused}, lang),
        )
        for one in occasions
    ]
    data = ical_bytes(entries, title=say("calendar.title", lang=lang), made_at=dt.datetime.now(dt.UTC))
    with os_errors(path):
        write_whole(path, data)


def _worded(one: Occasion, counted: Sequence[int], lang: Lang) -> Upcoming:
    name = one.term.name(lang)
    fields: dict[str, FieldValue] = {"name": name, "years": str(one.years)}
    return Upcoming(
        first=one.first,
        last=one.last,
        lunar=one.lunar,
        term=one.term.id,
        name=say("calendar.anniversary", fields, lang) if one.years else name[:1].upper() + name[1:],
        years=one.years,
        assets=counted[0],
        unused=counted[1],
    )
