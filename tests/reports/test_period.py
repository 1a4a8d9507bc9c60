"""What a period brought is counted to the last asset, on both databases: by day in Viet Nam, by owner, by kind."""

from __future__ import annotations

import datetime as dt

import pytest

from made_assets import digest, entry, words
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.errors import UsageError
from ttdn_assets.model import Fact, LanguageWork, Period, Publication, Reach, Rights, TargetWork
from ttdn_assets.reports.periods import parse_period

VIET_NAM = dt.timezone(dt.timedelta(hours=7))
TODAY = dt.datetime.now(VIET_NAM).date()
YEAR = Period(first=TODAY - dt.timedelta(days=30), last=TODAY + dt.timedelta(days=1))
PLACE = Fact(kind="place", value="Mộc Châu", source="folder")
FESTIVAL = Fact(kind="event", value="Lễ hội Hoa Ban", term="ev-hoa-ban", source="folder")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-h2", "2026-07-01", "2026-12-31"),
        ("2026Q3", "2026-07-01", "2026-09-30"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-01-01..2026-05-25", "2026-01-01", "2026-05-25"),
    ],
)
def test_periods_as_people_write_them(text: str, first: str, last: str) -> None:
    period = parse_period(text)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["", "26", "2026-H3", "2026-13", "2026-05-25..2026-01-01", "hôm nay", "0000"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_period(text)
    assert caught.value.code == "period-invalid"


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    for name in ("a", "b", "c"):
        catalogue.record(entry(name, facts=(FESTIVAL, PLACE)), who="An")
    catalogue.record(entry("d", captions=words("Coffee", "human", lang="en")), who="An")
    catalogue.set_rights(digest("a"), Rights(owner="UBND xã Mộc Châu"), who="An")
    catalogue.set_rights(digest("b"), Rights(author="Nguyễn Văn A"), who="An")
    for name in ("a", "b"):
        catalogue.set_status(digest(name), "title", "vi", "approved", who="Bình")
    catalogue.set_status(digest("c"), "title", "vi", "rejected", who="Bình")
    shown = Publication(asset=digest("a"), target="facebook.photo", at=TODAY.isoformat(), url="https://example.vn/1")
    catalogue.publish(shown, who="An")
    for day, views in (("2026-01-01", 10), ("2026-01-02", 70)):
        counted = Publication(
            asset=shown.asset,
            target=shown.target,
            at=shown.at,
            url=shown.url,
            figures=(Reach(at=day, views=views, likes=3),),
        )
        catalogue.publish(counted, who="An")
    return catalogue


def test_everything_is_counted_once(filled: Catalogue) -> None:
    counts = filled.count_period(YEAR, zone=VIET_NAM)
    assert (counts.photos, counts.videos, counts.original_bytes) == (4, 0, 4000)
    assert (counts.approved, counts.rejected) == (2, 1)
    assert counts.owners == {"": 3, "UBND xã Mộc Châu": 1}
    assert counts.places == {"Mộc Châu": 4}
    assert counts.events == {"ev-hoa-ban": 3}
    assert counts.languages == {"vi": LanguageWork(titled=3, approved=2), "en": LanguageWork(titled=1)}
    assert [(one.added, one.approved, one.published) for one in counts.months if one.added] == [(4, 2, 1)]


def test_an_asset_of_which_several_texts_were_approved_counts_once_a_month(filled: Catalogue) -> None:
    filled.set_text(digest("a"), "title", "en", "Ban flowers", who="An")
    filled.set_status(digest("a"), None, None, "approved", who="Bình")
    counts = filled.count_period(YEAR, zone=VIET_NAM)
    assert counts.approved == sum(one.approved for one in counts.months) == 2


def test_reach_is_the_last_count_of_each_publication(filled: Catalogue) -> None:
    assert filled.count_period(YEAR, zone=VIET_NAM).targets == {"facebook": TargetWork(published=1, views=70, likes=3)}


def test_one_unit_is_told_apart_from_the_others(filled: Catalogue) -> None:
    theirs = filled.count_period(YEAR, zone=VIET_NAM, owner="UBND xã Mộc Châu")
    assert (theirs.photos, theirs.approved, theirs.targets["facebook"].published) == (1, 1, 1)
    ours = filled.count_period(YEAR, zone=VIET_NAM, owner="Sở VHTTDL", own=True)
    assert (ours.photos, ours.approved, ours.rejected, ours.targets) == (3, 1, 1, {})
    assert filled.count_period(YEAR, zone=VIET_NAM, owner="%").photos == 0


def test_a_period_before_holds_nothing(filled: Catalogue) -> None:
    counts = filled.count_period(parse_period("2001"), zone=VIET_NAM)
    assert (counts.photos, counts.owners, counts.targets) == (0, {}, {})
    assert [one.month.month for one in counts.months] == list(range(1, 13))


def test_days_begin_at_midnight_in_viet_nam(filled: Catalogue) -> None:
    added = dt.datetime.fromisoformat(filled.asset(digest("a")).added_at)
    day = added.astimezone(VIET_NAM).date()
    assert filled.count_period(Period(first=day, last=day), zone=VIET_NAM).photos == 4


def test_what_there_is_for_an_event(filled: Catalogue) -> None:
    assert filled.assets_by_event(["ev-hoa-ban", "ev-tet"]) == {"ev-hoa-ban": (3, 2)}
