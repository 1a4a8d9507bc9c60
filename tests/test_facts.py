"""Facts come from names, metadata, GPS and the sheet with their source; what disagrees is shown, not guessed away."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttdn_assets.captions.compose import compose
from ttdn_assets.captions.facts import gather_facts
from ttdn_assets.captions.human import human_words, language_of
from ttdn_assets.captions.names import parts_of, tidy
from ttdn_assets.captions.telex import mended
from ttdn_assets.model import EmbeddedText, Fact, FactSource, Finding, Gps, MediaFacts, SheetRow
from ttdn_assets.terms.base import COLUMNS, load_terms

TERMS = load_terms()
TextField = Literal[
    "title", "headline", "description", "alt_text", "keywords", "credit", "author", "rights", "place", "people"
]


def media(*texts: EmbeddedText, taken_at: str | None = None, gps: Gps | None = None) -> MediaFacts:
    return MediaFacts(
        kind="photo",
        format="jpeg",
        mime="image/jpeg",
        extension="jpg",
        size_px=(4000, 3000),
        stored_size_px=(4000, 3000),
        taken_at=taken_at,
        gps=gps,
        texts=texts,
    )


def text(field: TextField, value: str, source: FactSource = "xmp", lang: str | None = None) -> EmbeddedText:
    return EmbeddedText(field=field, value=value, lang=lang, source=source)


def facts_of(path: str, given: MediaFacts | None = None, row: SheetRow | None = None) -> list[str]:
    facts, _ = gather_facts(path, given or media(), TERMS, row=row)
    return [f"{fact.source}: {fact.kind} {fact.value}" for fact in facts]


def findings_of(path: str, given: MediaFacts | None = None) -> list[Finding]:
    return list(gather_facts(path, given or media(), TERMS)[1])


def test_each_fact_keeps_where_it_came_from() -> None:
    given = media(text("place", "Sơn La", "iptc"), taken_at="2026-05-07T10:11:12+07:00", gps=Gps(20.85, 104.62))
    assert facts_of("2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg", given) == [
        "folder: event Lễ hội Hoa Ban",
        "folder: place Mộc Châu",
        "folder: date 2026-05",
        "exif: date 2026-05-07",
        "iptc: place Sơn La",
        "gps: place Mộc Châu",
        "gps: place Sơn La",
    ]
    assert findings_of("2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg", given) == []


def test_the_sheet_is_read_as_an_officer_s_words() -> None:
    row = SheetRow(
        source="a.jpg", event="Lễ hội hoa ban", place="bản Nà Tân, Mộc Châu", date="15/3/2026", people="Lò Thị Mai"
    )
    assert facts_of("x/a.jpg", row=row) == [
        "sheet: event Lễ hội Hoa Ban",
        "sheet: place Mộc Châu",
        "sheet: place bản Nà Tân",
        "sheet: people Lò Thị Mai",
        "sheet: date 2026-03-15",
    ]


def test_a_sheet_s_anniversary_and_lunar_day_are_told_in_full() -> None:
    row = SheetRow(source="a.jpg", event="Kỷ niệm 50 năm Giải phóng miền Nam", date="mùng 10 tháng 3 âm lịch năm 2026")
    assert facts_of("x/a.jpg", row=row) == [
        "sheet: event Kỷ niệm 50 năm Ngày Giải phóng miền Nam, thống nhất đất nước",
        "sheet: date 2026-04-26",
        "sheet: date 2026",
    ]


def test_a_season_is_no_dance_of_a_people() -> None:
    assert facts_of("Bốn mùa hoa Mộc Châu/x.jpg") == ["folder: place Mộc Châu", "folder: activity Bốn mùa hoa Mộc Châu"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lêx hôij hoa ban", "Lễ hội hoa ban"),
        ("Môcj Châu", "Mộc Châu"),
        ("Vieejt Nam", "Việt Nam"),
        ("hooij Leex", "hội Lễ"),
        ("Cafés et fêtes", "Cafés et fêtes"),
        ("beef box, reef, food fix", "beef box, reef, food fix"),
        ("buôn Krông Búk, Sêrêpôk", "buôn Krông Búk, Sêrêpôk"),
    ],
)
def test_what_telex_left_is_mended_and_no_other_word(typed: str, meant: str) -> None:
    assert mended(typed) == meant


def test_sheets_and_metadata_tell_editions_and_anniversaries() -> None:
    row = SheetRow(source="a.jpg", event="Lễ hội Hoa Ban lần thứ III")
    assert facts_of("a.jpg", row=row) == ["sheet: event Lễ hội Hoa Ban lần thứ III"]
    given = media(text("title", "Kỷ niệm 72 năm Chiến thắng Điện Biên Phủ"))
    assert facts_of("a.jpg", given)[0] == "xmp: event Kỷ niệm 72 năm Chiến thắng Điện Biên Phủ"


def test_an_event_the_sheet_names_in_its_own_words_is_the_title_in_vietnamese() -> None:
    row = SheetRow(source="a.jpg", event="lễ hội Hết Chá", place="Mộc Châu", date="26/3/2026")
    facts, _ = gather_facts("Ảnh chọn/a.jpg", media(), TERMS, row=row)
    words = compose(facts, TERMS, languages=("vi", "en"))
    assert words.title["vi"].value == "Lễ hội Hết Chá"
    assert words.title["vi"].origin == "human"
    assert words.description["vi"].value == "Lễ hội Hết Chá tại Mộc Châu, tỉnh Sơn La, ngày 26/3/2026."
    assert "en" not in words.title


def test_two_dates_that_disagree_are_a_finding_and_both_stay() -> None:
    given = media(taken_at="2024-01-02T08:00:00+07:00")
    assert facts_of("2026-05 Mộc Châu/x.jpg", given)[-2:] == ["folder: date 2026-05", "exif: date 2024-01-02"]
    (finding,) = findings_of("2026-05 Mộc Châu/x.jpg", given)
    assert (finding.rule, finding.level, finding.measured, finding.allowed) == (
        "facts-conflict",
        "warning",
        "tháng 5/2026 (folder)",
        "ngày 2/1/2024 (exif)",
    )


def test_a_place_and_a_gps_point_that_disagree_are_a_finding() -> None:
    (finding,) = findings_of("Mộc Châu/x.jpg", media(gps=Gps(12.68, 108.04)))
    assert (finding.rule, finding.measured) == ("facts-conflict", "Mộc Châu (folder)")
    assert str(finding.allowed).endswith("(gps)")


def test_old_and_new_province_of_one_place_do_not_disagree() -> None:
    assert findings_of("Hà Giang 2023/x.jpg", media(gps=Gps(22.82, 104.98))) == []
    assert findings_of("Phú Yên 2024/Mũi Điện/x.jpg") == []


def test_places_of_different_folders_that_lie_apart_are_a_finding_those_of_one_name_are_not() -> None:
    (finding,) = findings_of("Mộc Châu/Đà Lạt/x.jpg")
    assert (finding.rule, finding.measured, finding.allowed) == (
        "facts-conflict",
        "Mộc Châu (folder)",
        "Đà Lạt (folder)",
    )
    assert findings_of("Mộc Châu - Đà Lạt/x.jpg") == []
    assert findings_of("Mộc Châu/Vân Hồ/x.jpg") == []


def test_an_anniversary_that_is_counted_wrong_is_a_finding() -> None:
    (finding,) = findings_of("Kỷ niệm 70 năm Chiến thắng Điện Biên Phủ 7-5-2026/x.jpg")
    assert (finding.rule, finding.allowed) == ("facts-conflict", "2026 - 1954 = 72")
    assert findings_of("Kỷ niệm 72 năm Chiến thắng Điện Biên Phủ 7-5-2026/x.jpg") == []


def test_names_nobody_has_confirmed_are_told_until_the_unit_does(tmp_path: Path) -> None:
    (finding,) = findings_of("Mai Sơn/x.jpg")
    assert (finding.rule, finding.level, finding.measured) == ("term-to-confirm", "info", "Mai Sơn")
    assert "枚山" in str(finding.allowed)
    row = "pl-mai-son\tdistrict\tMai Sơn\tMai Son\t枚山\t\t\t\t\t\tSở Ngoại vụ\tprov=prov-son-la"
    (tmp_path / "own.tsv").write_text("\t".join(COLUMNS) + f"\n{row}\n", encoding="utf-8")
    assert gather_facts("Mai Sơn/x.jpg", media(), load_terms(tmp_path))[1] == ()


def test_each_fact_of_a_name_tells_which_part_it_stood_in() -> None:
    facts, _ = gather_facts("Lễ hội hoa ban/Mộc Châu - Vân Hồ/2026.jpg", media(), TERMS)
    assert [(fact.value, fact.part) for fact in facts] == [
        ("Lễ hội Hoa Ban", 1),
        ("Mộc Châu", 2),
        ("Vân Hồ", 2),
        ("2026", 3),
    ]


def test_ambiguous_words_make_a_finding_and_no_fact() -> None:
    (finding,) = findings_of("Phu Yen/x.jpg")
    assert (finding.rule, finding.measured) == ("term-ambiguous", "Phu Yen")
    assert facts_of("Phu Yen/x.jpg") == []
    assert facts_of("Dak Lak/Phu Yen 2024/x.jpg")[1] == "folder: place Phú Yên"


def test_year_month_and_day_from_different_folders_come_together() -> None:
    assert "folder: date 2026-05-07" in facts_of("2026/Chiến thắng/ngày 7-5/IMG_1.jpg")
    assert "folder: date 2026-03-03" in facts_of("2026/rằm tháng Giêng/IMG_1.jpg")
    assert "folder: date 2026-05-07" in facts_of("2026/05/07/IMG_1.jpg")
    assert "folder: date 2026-05-07" in facts_of("Năm 2026/Tháng 5/Ngày 7/IMG_1.jpg")
    assert facts_of("2026/13/07/IMG_1.jpg") == ["folder: date 2026"]
    assert facts_of("2026/1/2/IMG_1.jpg") == ["folder: date 2026"]
    assert facts_of("2026/23 tháng Chạp/IMG_1.jpg")[0:2] == ["folder: date 2026", "folder: date lunar:12-23"]
    assert facts_of("2026/02/31/IMG_1.jpg") == ["folder: date 2026"]


@pytest.mark.parametrize(
    "path",
    ["Nguyễn Thị Hoa/IMG_1234.jpg", "Lò Văn Thái/x.jpg", "Mai/Lan/Đào/x.jpg", "DCIM/100CANON/_MG_0042.JPG",
     "WhatsApp Image (2).jpg", "IMG_1234 copy.jpg", "final v2 (1).jpg", "DSC01234.JPG", "DJI_0042.JPG", "GOPR0012.MP4",
     "z5412345678901_ab12cd34ef.jpg", "received_1234567890.jpeg", "Untitled.jpg", "Ảnh chọn/1.jpg"],
)  # fmt: skip
def test_camera_names_counters_and_people_are_no_facts(path: str) -> None:
    assert facts_of(path) == []


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("Quang Ninh 2026/x.jpg", "folder: place Quảng Ninh"),
        ("Vi Xuyen Ha Giang/x.jpg", "folder: place Hà Giang"),
        ("Cam Hàm Yên/Tuyên Quang/x.jpg", "folder: product cam Hàm Yên"),
        ("Núi Sam 2025/x.jpg", "folder: date 2025"),
        ("Nông thôn mới Mai Sơn đổi thay/x.jpg", "folder: activity Nông thôn mới Mai Sơn đổi thay"),
        ("Bắc Kạn/Hồ Trung Tâm/x.jpg", "folder: place hồ Trung Tâm"),
        ("UBND xã Mường Bú Mường La/x.jpg", "folder: place xã Mường Bú"),
        ("Lễ hội cồng chiêng Tây Nguyên/x.jpg", "folder: activity Lễ hội cồng chiêng Tây Nguyên"),
        ("奠边府大捷70周年/x.jpg", "folder: event Kỷ niệm 70 năm Chiến thắng Điện Biên Phủ"),
        ("70th anniversary of the Dien Bien Phu Victory/x.jpg",
         "folder: event Kỷ niệm 70 năm Chiến thắng Điện Biên Phủ"),
    ],
)  # fmt: skip
def test_what_looks_like_a_person_a_camera_or_a_copy_and_is_none(path: str, wanted: str) -> None:
    assert wanted in facts_of(path)


@pytest.mark.parametrize(
    "path", ["Lê Thái Bình/x.jpg", "Hoạt động Công đoàn/x.jpg", "Gia đình Văn hóa tiêu biểu/x.jpg"]
)
def test_people_and_common_words_are_no_places(path: str) -> None:
    assert not any(": place" in fact for fact in facts_of(path))


def test_a_named_village_no_term_covers_is_kept_as_written() -> None:
    assert facts_of("Lễ hội Lồng Tồng xã Chiềng Mung/x.jpg")[1] == "folder: place xã Chiềng Mung"


def test_an_officer_s_sentence_is_a_fact_without_a_term() -> None:
    facts, _ = gather_facts("01. Hội nghị triển khai kế hoạch quý II (2)/IMG_1.jpg", media(), TERMS)
    wanted = Fact(kind="activity", value="Hội nghị triển khai kế hoạch quý II", term=None, source="folder", part=1)
    assert facts == (wanted,)


def test_a_name_made_of_topics_is_a_sentence_where_nothing_else_is_told() -> None:
    border = "Cột mốc biên giới Việt Nam - Lào"
    assert facts_of(f"{border}/mốc 255.jpg")[-1] == f"folder: activity {border}"
    assert not any("activity" in fact for fact in facts_of(f"{border}/Lóng Sập/x.jpg"))
    assert not any("activity" in fact for fact in facts_of("Nông thôn mới/x.jpg"))
    assert facts_of("Nghệ nhân Lò Văn La/x.jpg") == []


def test_windows_paths_and_nfd_names_read_alike() -> None:
    import unicodedata

    assert facts_of("Mộc Châu\\IMG_1.jpg") == facts_of(unicodedata.normalize("NFD", "Mộc Châu/IMG_1.jpg"))


@given(st.text(max_size=80))
def test_no_path_breaks_the_reading(path: str) -> None:
    facts, _ = gather_facts(path, media(), TERMS)
    assert all(fact.value for fact in facts)


def test_noise_is_blanked_and_offsets_stay() -> None:
    (part,) = parts_of("IMG_20260507_101112 Mộc Châu final (1).jpg")
    assert part.text.startswith("    20260507_101112 Mộc Châu")
    assert tidy("02_Hội nghị_Tổng kết năm 2025_03") == "Hội nghị - Tổng kết năm 2025"
    assert tidy("Hội_nghị_tổng-kết") == "Hội nghị tổng kết"
    assert tidy("Điểm bầu cử số 3") == "Điểm bầu cử số 3"


def test_words_of_people_rank_sheet_xmp_iptc_exif_and_stay_as_written() -> None:
    given = media(
        text("description", "EXIF words for the view", "exif"),
        text("description", "Lễ hội  hoa ban – 2026!", "xmp", "vi"),
        text("description", "The festival from IPTC", "iptc"),
        text("title", "Hoa ban", "iptc"),
        text("headline", "Tiêu đề khác", "iptc"),
    )
    words = human_words(given, SheetRow(source="a.jpg", title={"en": "From the sheet", "vi": ""}))
    assert words.description["vi"].value == "Lễ hội  hoa ban – 2026!"
    assert words.description["en"].value == "The festival from IPTC"
    assert words.title["en"].value == "From the sheet"
    assert words.title["vi"].value == "Tiêu đề khác"
    assert words.title["und"].value == "Hoa ban"
    assert {t.origin for t in words.title.values()} == {"human"}


def test_what_a_camera_wrote_is_nobody_s_words() -> None:
    given = media(
        *(text("description", value, "exif") for value in ("OLYMPUS DIGITAL CAMERA", "SONY DSC", "  ", "DCIM"))
    )
    assert human_words(given).description == {}


@pytest.mark.parametrize(
    ("value", "lang"),
    [
        ("Lễ hội hoa ban", "vi"),
        ("Chợ", "vi"),
        ("Mùa xuân", "vi"),
        ("Sunset in Moc Chau", "en"),
        ("A café in Paris", "en"),
        ("Bird site in north eastern Skåne, Sweden.", "en"),
        ("山罗省木州", "zh"),
        ("日本の桜", "und"),
        ("한국", "und"),
        ("Blick auf den See", "und"),
        ("Skärgård i kvällsljus", "und"),
        ("Vue sur les Alpes", "und"),
        ("Le hoi hoa ban", "und"),
        ("IMG", "und"),
    ],
)
def test_the_language_of_an_untagged_text(value: str, lang: str) -> None:
    assert language_of(value) == lang


def test_tags_are_kept_and_chinese_tags_are_one() -> None:
    given = media(
        text("title", "木州", lang="zh-Hans"),
        text("title", "Blick", lang="de-DE"),
        text("title", "Moc Chau", lang="en-US"),
    )
    assert {lang: t.value for lang, t in human_words(given).title.items()} == {
        "zh": "木州",
        "de-de": "Blick",
        "en": "Moc Chau",
    }
