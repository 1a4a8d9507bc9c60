"""Dates are read as officers write them, day before month, and printed as each language does; numbers are no dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttdn_assets.captions.date_words import said, shown
from ttdn_assets.captions.dates import find_dates
from ttdn_assets.captions.day import Day, agree, common, complete, parse_iso
from ttdn_assets.terms.base import load_terms
from ttdn_assets.terms.calendar import base_year, event_day, new_year, solar_day


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("2026-05", "2026-05"),
        ("2026-05 Lễ hội", "2026-05"),
        ("2026_05_Le hoi", "2026-05"),
        ("2026.05.07", "2026-05-07"),
        ("T5.2026", "2026-05"),
        ("T12-2025", "2025-12"),
        ("Đà Lạt-T12.25", "2025-12"),
        ("Chuyển đổi số 10-10-2025", "2025-10-10"),
        ("Quý I-2026", "2026-01/2026-03"),
        ("tháng 5", "--05"),
        ("thg 7 2026", "2026-07"),
        ("07052026", "2026-05-07"),
        ("DJI 20260507101112", "2026-05-07"),
        ("săn mây 2025", "2025"),
        ("san may 2025", "2025"),
        ("Vân Nam 2026", "2026"),
        ("李山岛2026", "2026"),
        ("lễ hội Tháp Bà 20-23.3 âm lịch", "lunar:03-20/23"),
        ("từ 10 đến 12 tháng 3 âm lịch", "lunar:03-10/12"),
        ("20-23.3.2026 âm lịch", "2026-05-06/2026-05-09"),
        ("Tháng 5 năm 2026", "2026-05"),
        ("tháng 12/2025", "2025-12"),
        ("thang 5 2026", "2026-05"),
        ("Thang5_2026", "2026-05"),
        ("tháng tư", "--04"),
        ("05-2026", "2026-05"),
        ("15.3.26", "2026-03-15"),
        ("15-03-2026", "2026-03-15"),
        ("ngày 7 tháng 5 năm 2026", "2026-05-07"),
        ("ngay 7-5", "--05-07"),
        ("ngày 7.5", "--05-07"),
        ("sáng 15.3", "--03-15"),
        ("20260507_chieu", "2026-05-07"),
        ("IMG_20260507_101112", "2026-05-07"),
        ("PXL_20260507_101112345", "2026-05-07"),
        ("WhatsApp Image 2026-05-07 at 10.11.12", "2026-05-07"),
        ("Screenshot_20260507-101112", "2026-05-07"),
        ("7-9.5.2026", "2026-05-07/2026-05-09"),
        ("May 2026", "2026-05"),
        ("7 September 2026", "2026-09-07"),
        ("Sep 2026", "2026-09"),
        ("2026年5月7日", "2026-05-07"),
        ("2026年5月", "2026-05"),
        ("30.4 - 1.5.2026", "2026-04-30/2026-05-01"),
        ("Từ 28-2 đến 3-3-2026", "2026-02-28/2026-03-03"),
        ("từ ngày 10 đến ngày 15 tháng 11 năm 2025", "2025-11-10/2025-11-15"),
        ("28.12.2025-3.1.2026", "2025-12-28/2026-01-03"),
        ("28/12-3/1/2026", "2025-12-28/2026-01-03"),
        ("20251110-15 Hội chợ", "2025-11-10/2025-11-15"),
        ("20251128-20251203", "2025-11-28/2025-12-03"),
        ("2026.05.07 - 2026.05.09", "2026-05-07/2026-05-09"),
        ("2026年5月28日至6月2日", "2026-05-28/2026-06-02"),
        ("T3-T5.2026", "2026-03/2026-05"),
        ("tháng 3 đến tháng 5 năm 2026", "2026-03/2026-05"),
        ("gốm đỏ Mang Thít_T8-2025", "2025-08"),
        ("Hội nghị_15.3.26_ảnh", "2026-03-15"),
        ("Carnaval (28.4)", "--04-28"),
        ("29.12 âm lịch", "lunar:12-29"),
        ("mùng 1 Tết", "lunar:01-01"),
        ("2026", "2026"),
        ("năm 2026", "2026"),
        ("15 tháng Giêng", "lunar:01-15"),
        ("mùng 10 tháng 3 âm lịch", "lunar:03-10"),
        ("ngày 10/3 âm lịch", "lunar:03-10"),
        ("rằm tháng 8", "lunar:08-15"),
        ("rằm tháng Giêng", "lunar:01-15"),
    ],
)
def test_a_date_is_read(name: str, wanted: str) -> None:
    assert [day.iso() for day, _, _ in find_dates(name)] == [wanted]


@pytest.mark.parametrize(
    "name",
    ["IMG_1234", "DSC01234", "DJI_0042", "v1.2.26", "v2", "1.2.3", "final (1)", "31.2.2026", "12.31.2025", "Q10",
     "giai đoạn 2026 - 2030", "2026-2030", "137-KH-UBND", "30/4", "kỷ niệm 72 năm", "Quyết định số 2026", "20261399",
     "99999999", "Đoàn 5", "thu tu", "3851"],
)  # fmt: skip
def test_what_is_no_date(name: str) -> None:
    assert find_dates(name) == ()


@pytest.mark.parametrize(
    ("value", "vi", "en", "zh"),
    [
        ("2026", "năm 2026", "2026", "2026年"),
        ("2026-05", "tháng 5/2026", "May 2026", "2026年5月"),
        ("2026-05-07", "ngày 7/5/2026", "7 May 2026", "2026年5月7日"),
        ("--05-07", "ngày 7/5", "7 May", "5月7日"),
        ("--05", "tháng 5", "May", "5月"),
        ("2026-05-07/2026-05-09", "từ ngày 7 đến ngày 9/5/2026", "7-9 May 2026", "2026年5月7日至9日"),
        (
            "2026-02-28/2026-03-03",
            "từ ngày 28/2 đến ngày 3/3/2026",
            "28 February - 3 March 2026",
            "2026年2月28日至3月3日",
        ),
        (
            "2025-12-28/2026-01-03",
            "từ ngày 28/12/2025 đến ngày 3/1/2026",
            "28 December 2025 - 3 January 2026",
            "2025年12月28日至2026年1月3日",
        ),
        ("2026-01/2026-03", "quý I/2026", "first quarter of 2026", "2026年第一季度"),
        ("2026-03/2026-05", "từ tháng 3 đến tháng 5/2026", "March-May 2026", "2026年3月至5月"),
        ("lunar:01-15", "ngày 15 tháng Giêng âm lịch", "the 15th day of the 1st lunar month", "农历正月十五"),
        ("lunar:03-10", "mùng 10 tháng 3 âm lịch", "the 10th day of the 3rd lunar month", "农历三月初十"),
        ("lunar:12-23", "ngày 23 tháng Chạp âm lịch", "the 23rd day of the 12th lunar month", "农历十二月廿三"),
        ("lunar:10-20", "ngày 20 tháng 10 âm lịch", "the 20th day of the 10th lunar month", "农历十月二十"),
        ("lunar:11-30", "ngày 30 tháng 11 âm lịch", "the 30th day of the 11th lunar month", "农历十一月三十"),
    ],
)
def test_how_each_language_prints_a_date(value: str, vi: str, en: str, zh: str) -> None:
    day = parse_iso(value)
    assert day is not None
    assert (shown(day, "vi"), shown(day, "en"), shown(day, "zh")) == (vi, en, zh)
    assert day.iso() == value


def test_a_date_in_a_sentence() -> None:
    assert [said(Day(2026, 5), lang) for lang in ("vi", "en", "zh")] == ["vào tháng 5/2026", "in May 2026", "2026年5月"]
    assert said(Day(2026, 5, 7), "en") == "on 7 May 2026"
    assert said(Day(2026, 5, 7, 9), "en") == "from 7 to 9 May 2026"
    months = parse_iso("2026-03/2026-05")
    assert months is not None
    assert [said(months, lang) for lang in ("vi", "en")] == ["từ tháng 3 đến tháng 5/2026", "from March to May 2026"]


def test_a_missing_year_comes_from_another_folder_and_a_lunar_day_becomes_a_solar_one() -> None:
    assert complete(Day(None, 5, 7), [Day(2026)]) == Day(2026, 5, 7)
    assert complete(Day(None, 5), [Day(2026, 6)]) == Day(None, 5)
    assert complete(Day(None, 1, 15, lunar=True), [Day(2026)]) == Day(2026, 3, 3)


def test_dates_agree_when_one_refines_the_other() -> None:
    assert agree(Day(2026, 5), Day(2026, 5, 7))
    assert agree(Day(2026, 5, 7, 9), Day(2026, 5, 8))
    assert agree(Day(2026, 5, 7, 9), Day(2026, 5))
    over = parse_iso("2026-02-28/2026-03-03")
    assert over is not None
    assert agree(over, Day(2026, 3, 1))
    assert agree(over, Day(None, 3, 2))
    assert not agree(over, Day(2026, 3, 4))
    assert not agree(Day(2026, 5, 7, 9), Day(2026, 5, 10))
    assert not agree(Day(2026, 5), Day(2024, 5))
    assert common([Day(2026, 5), Day(2026, 6)]) == Day(2026)
    assert common([Day(2025), Day(2026)]) is None


def test_tet_2030_is_on_2_february_as_in_viet_nam_not_on_the_3rd_as_in_china() -> None:
    assert new_year(2030) == dt.date(2030, 2, 2)


def test_lunar_events_fall_on_the_days_the_term_base_lists() -> None:
    terms = load_terms()
    for term in terms.family("ev"):
        for listed in term.notes.get("dates_solar", "").split(","):
            if listed:
                day = dt.date.fromisoformat(listed)
                assert event_day(term, day.year) == day, term.id
    assert event_day(terms["ev-giao-thua"], 2030) == dt.date(2030, 2, 1)
    assert event_day(terms["ev-quoc-khanh"], 2026) == dt.date(2026, 9, 2)
    assert event_day(terms["ev-hoa-ban"], 2026) is None
    assert base_year(terms["ev-dien-bien-phu"]) == 1954


def test_a_lunar_day_the_calendar_does_not_have_is_none() -> None:
    assert solar_day(2026, 13, 1) is None


@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
def test_any_day_is_read_back_in_each_written_form(day: dt.date) -> None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%d_%m_%Y"):
        name = day.strftime(form)
        assert [found.iso() for found, _, _ in find_dates(name)] == [day.isoformat()], name


@given(st.text(max_size=40))
def test_no_name_breaks_the_reading(name: str) -> None:
    for day, start, end in find_dates(name):
        assert 0 <= start < end <= len(name)
        assert day.lunar or (parse_iso(day.iso()) is not None)
