"""Texts are drafts until a person approves them; every change is told in a history that only grows; both databases."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from made_assets import entry, words
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.errors import CatalogueError, UsageError
from ttdn_assets.jobs.clearance import unready
from ttdn_assets.model import Consent, Finding, Placement, Rights
from ttdn_assets.placements import load_placements

TODAY = dt.date(2026, 11, 21)
OWN = Rights(owner="Sở VHTTDL tỉnh Sơn La")


def lines(catalogue: Catalogue, asset: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(line.what, line.who, line.before, line.after) for line in catalogue.history(asset)]


def approved(catalogue: Catalogue, name: str = "a", rights: Rights = OWN) -> str:
    asset = catalogue.record(entry(name, rights=rights), who="an")
    catalogue.set_status(asset, None, None, "approved", who="chi")
    return asset


def rules(catalogue: Catalogue, asset: str, *placements: str) -> list[str]:
    chosen = [load_placements()[name] for name in placements]
    return [one.rule for one in unready(catalogue, [asset], languages=("vi",), placements=chosen, today=TODAY)]


def test_every_change_is_told_with_who_before_and_after(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry("a"), who="an")
    catalogue.set_status(asset, "title", "vi", "in_review", who="bình")
    catalogue.set_status(asset, None, None, "approved", who="chi")
    catalogue.set_text(asset, "title", "vi", "Mùa hoa ban", who="bình")
    catalogue.set_status(asset, None, "vi", "rejected", who="chi")
    catalogue.set_rights(asset, OWN, who="dung")
    told = lines(catalogue, asset)
    assert told[:6] == [
        ("added", "an", None, "Mộc Châu/a.jpg"),
        ("status", "bình", "draft", "in_review"),
        ("status", "chi", "in_review", "approved"),
        ("text", "bình", "Hoa ban", "Mùa hoa ban"),
        ("status", "bình", "approved", "draft"),
        ("status", "chi", "draft", "rejected"),
    ]
    assert told[6][:3] == ("rights", "dung", None)
    assert "Sở VHTTDL tỉnh Sơn La" in (told[6][3] or "")
    assert catalogue.asset(asset).review == "rejected"


def test_times_of_a_place_only_grow_even_where_the_clock_does_not(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry("a"), who="an")
    for number in range(5):
        catalogue.set_text(asset, "title", "vi", f"Bản {number % 2}", who="bình")
    times = [line.at for line in catalogue.history(asset) if line.what == "text"]
    assert sorted(set(times)) == times
    assert len(times) == 5


def test_no_method_and_no_statement_changes_a_line_of_history(catalogue: Catalogue) -> None:
    asset = approved(catalogue)
    before = catalogue.history(asset)
    for statement in ("UPDATE history SET after = 'x'", "DELETE FROM history"):
        with pytest.raises(CatalogueError, match="the history only grows"), catalogue._database.writing() as connection:
            connection.execute(text(statement))
    assert catalogue.history(asset) == before


def test_an_approved_asset_with_rights_may_leave(catalogue: Catalogue) -> None:
    assert rules(catalogue, approved(catalogue), "facebook.photo") == []


def test_an_edit_sends_an_approved_text_back_to_draft_and_keeps_it_here(catalogue: Catalogue) -> None:
    asset = approved(catalogue)
    catalogue.set_text(asset, "title", "vi", "Mùa hoa ban", who="bình")
    assert catalogue.asset(asset).captions.title["vi"].status == "draft"
    (told,) = unready(catalogue, [asset], languages=("vi",), today=TODAY)
    assert (told.rule, told.lang, told.measured, told.allowed) == ("not-approved", "vi", "draft", "title")


def test_all_reasons_of_an_asset_are_told_not_the_first(catalogue: Catalogue) -> None:
    fault = Finding(rule="file-heavy", level="error", subject="a.jpg", placement="happyvietnam.photo")
    other = Finding(rule="file-heavy", level="error", subject="a.jpg", placement="x.photo")
    asset = catalogue.record(entry("a", findings=(fault, other)), who="an")
    consents = (
        Consent(file="giấy 1.pdf", until="2026-11-20"),
        Consent(file="giấy 2.pdf", targets=("facebook",), until="2026-11-21"),
        Consent(file="giấy 3.pdf", until="khi nào xong"),
        Consent(file="không", refused=True),
    )
    catalogue.set_rights(asset, Rights(consents=consents), who="an")
    contest: Placement = load_placements()["happyvietnam.photo"]
    found = unready(catalogue, [asset], languages=("vi", "en"), placements=[contest], today=TODAY)
    assert [one.rule for one in found] == [
        "not-approved", "not-captioned", "file-heavy", "rights-missing", "consent-expired", "consent-scope",
        "consent-unreadable", "consent-refused", "contest-unconfirmed",
    ]  # fmt: skip
    assert all(one.level == "error" for one in found)


def test_consent_is_asked_for_the_target_and_the_day(catalogue: Catalogue) -> None:
    scoped = Rights(
        owner="x", consents=(Consent(file="giấy.pdf", targets=("facebook", "x.photo"), until="2026-11-21"),)
    )
    asset = approved(catalogue, rights=scoped)
    assert rules(catalogue, asset, "facebook.photo", "facebook.reel", "x.photo") == []
    assert rules(catalogue, asset, "instagram.feed", "zalo.article_image", "x.video") == ["consent-scope"] * 2
    late = unready(catalogue, [asset], languages=("vi",), today=TODAY + dt.timedelta(days=1))
    assert [one.rule for one in late] == ["consent-expired"]


def test_the_contest_asks_that_nobody_showed_it_before(catalogue: Catalogue) -> None:
    asset = approved(catalogue)
    assert rules(catalogue, asset, "happyvietnam.photo") == ["contest-unconfirmed"]
    catalogue.set_rights(asset, Rights(owner="x", unexhibited=True), who="an")
    assert rules(catalogue, asset, "happyvietnam.photo") == []


def test_a_sheet_completes_rights_and_what_it_says_again_is_no_news(catalogue: Catalogue) -> None:
    said = Rights(author="Lò Văn Ban", licence="CC BY 4.0")
    asset = catalogue.record(entry("a", rights=said), who="an")
    catalogue.set_rights(asset, Rights(author="Lò Thị Hoa", owner="Sở"), who="chi")
    catalogue.record(entry("a", rights=said), who="an")
    assert catalogue.asset(asset).rights == Rights(author="Lò Thị Hoa", owner="Sở")
    catalogue.record(entry("a", rights=Rights(licence="CC0")), who="an")
    assert catalogue.asset(asset).rights == Rights(author="Lò Thị Hoa", owner="Sở", licence="CC0")
    assert [line.what for line in catalogue.history(asset)].count("rights") == 3


def test_a_status_of_nothing_is_refused(catalogue: Catalogue) -> None:
    asset = catalogue.record(entry("a", captions=words("x")), who="an")
    with pytest.raises(UsageError) as told:
        catalogue.set_status(asset, "alt_text", "zh", "approved", who="chi")
    assert told.value.code == "text-missing"


def test_a_refused_name_keeps_an_approved_asset_in_the_house_until_it_is_corrected(catalogue: Catalogue) -> None:
    asset = approved(catalogue)
    assert rules(catalogue, asset) == []
    for value, found in (("Sunset over the Paracel Islands", ["forbidden_rendering"]), ("Sunset over the sea", [])):
        catalogue.set_text(asset, "title", "en", value, who="an")
        catalogue.set_status(asset, None, None, "approved", who="chi")
        assert rules(catalogue, asset) == found
