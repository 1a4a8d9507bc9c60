"""What comes up: solar and lunar days as Viet Nam counts them, anniversaries, the own province, a calendar file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from made_assets import digest, entry
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.jobs.occasions import upcoming, write_calendar
from ttdn_assets.model import Fact, Publication
from ttdn_assets.settings import create_library
from ttdn_assets.terms import load_terms
from ttdn_assets.terms.coming import Occasion, coming


def on(first: dt.date, days: int = 1, province: str | None = None) -> dict[str, Occasion]:
    found = coming(load_terms(), first, first + dt.timedelta(days=days - 1), province=province)
    return {one.term.id: one for one in found}


@pytest.mark.parametrize(
    ("day", "event", "years", "lunar"),
    [
        (dt.date(2026, 4, 30), "ev-30-4", 51, None),
        (dt.date(2030, 2, 2), "ev-tet", None, "1/1"),
        (dt.date(2026, 9, 25), "ev-trung-thu", None, "15/8"),
        (dt.date(2027, 2, 5), "ev-giao-thua", None, "30/12"),
        (dt.date(2026, 4, 26), "ev-gio-to", None, "10/3"),
    ],
)
def test_days_and_anniversaries(day: dt.date, event: str, years: int | None, lunar: str | None) -> None:
    one = on(day)[event]
    assert (one.first, one.last, one.years, one.lunar) == (day, day, years, lunar)


def test_tet_2030_is_not_a_day_later_as_in_china() -> None:
    assert "ev-tet" not in on(dt.date(2030, 2, 3))


def test_days_over_the_turn_of_the_year_come_in_order() -> None:
    found = coming(load_terms(), dt.date(2026, 12, 20), dt.date(2027, 2, 10))
    assert [one.first for one in found] == sorted(one.first for one in found)
    assert {"ev-22-12", "ev-tet-duong-lich", "ev-thanh-lap-dang", "ev-tet"} <= {one.term.id for one in found}


def test_a_festival_of_a_month_is_shown_while_it_lasts() -> None:
    one = on(dt.date(2026, 3, 20))["ev-hoa-ban"]
    assert (one.first, one.last) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def test_other_provinces_are_left_out() -> None:
    day = dt.date(2026, 11, 22)
    assert "ev-thanh-lap-dl" in on(day)
    assert "ev-thanh-lap-dl" in on(day, province="prov-dak-lak")
    assert "ev-thanh-lap-dl" not in on(day, province="prov-son-la")


def test_each_occasion_tells_what_there_is_to_show(tmp_path: Path) -> None:
    library = create_library(tmp_path / "library", province="prov-son-la")
    told = (Fact(kind="event", value="Ngày 30/4", term="ev-30-4", source="folder"),)
    with open_catalogue(library.database_url) as catalogue:
        for name in ("a", "b"):
            catalogue.record(entry(name, facts=told), who="An")
        catalogue.publish(Publication(asset=digest("a"), target="facebook", at="2026-04-30"), who="An")
    found = {one.term: one for one in upcoming(library, days=5, today=dt.date(2026, 4, 28), lang="vi")}
    assert (found["ev-30-4"].assets, found["ev-30-4"].unused) == (2, 1)
    assert found["ev-30-4"].name.endswith("(51 năm)")
    assert found["ev-1-5"].assets == 0


def test_other_programs_read_the_calendar(tmp_path: Path) -> None:
    icalendar = pytest.importorskip("icalendar")
    library = create_library(tmp_path / "library")
    with open_catalogue(library.database_url):
        found = upcoming(library, days=10, today=dt.date(2026, 4, 28))
    write_calendar(found, tmp_path / "su-kien.ics")
    read = icalendar.Calendar.from_ical((tmp_path / "su-kien.ics").read_bytes())
    events = {str(event["uid"]).partition("-2")[0]: event for event in read.walk("VEVENT")}
    assert events["ev-30-4"]["dtstart"].dt == dt.date(2026, 4, 30)
    assert events["ev-30-4"]["dtend"].dt == dt.date(2026, 5, 1)
    assert "51 năm" in events["ev-30-4"]["summary"]
    assert len(events) == len(found)
