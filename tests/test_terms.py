"""The term base is whole and checked, and finds terms however they are typed without guessing what they mean."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttdn_assets import wording
from ttdn_assets.errors import UsageError
from ttdn_assets.model import Gps
from ttdn_assets.terms.base import COLUMNS, DATA, FAMILIES, load_terms
from ttdn_assets.terms.nearby import around

TERMS = load_terms()
HEADER = "\t".join(COLUMNS)


def ids(text: str, when: dt.date | None = None) -> list[str]:
    return [match.id for match in TERMS.match(text, when=when)]


def test_the_data_is_whole() -> None:
    assert len(TERMS.terms) == 1012
    assert {term.family for term in TERMS.terms.values()} == set(FAMILIES)
    for path in DATA.glob("*.tsv"):
        text = path.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text)
        assert "\r" not in text
    ending = dt.date(2025, 7, 1)
    assert sum(t.notes.get("former63") == "yes" for t in TERMS.family("prov")) == 63
    assert len({t.vi for t in TERMS.family("prov") if t.valid_on(ending)}) == 34


def test_every_reference_of_a_note_names_a_term() -> None:
    for term in TERMS.terms.values():
        for one in (*term.provinces, *term.notes.get("merges", "").split(","), term.notes.get("successor", "")):
            assert not one or one in TERMS.terms, (term.id, one)


def test_every_main_form_is_found_as_its_own_term_or_as_one_of_its_name() -> None:
    """A one-syllable people needs a cue; everything else is found by the name it is written with."""
    lost = []
    for term in TERMS.terms.values():
        if term.family in ("ph", "eth") or term.id == "sov-ngoai-kieu-lao":
            continue
        for lang in ("vi", "en", "zh"):
            found = {one for match in TERMS.match(term.name(lang)) for one in match.ids}
            same_name = {t.id for t in TERMS.terms.values() if t.name(lang).lower() == term.name(lang).lower()}
            if not found & (same_name | {term.id}):
                lost.append((term.id, lang, term.name(lang)))
    assert [item for item in lost if len(item[2]) > 4] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Lễ hội hoa ban", ["ev-hoa-ban"]),
        ("LỄ HỘI HOA BAN", ["ev-hoa-ban"]),
        ("Le hoi hoa ban", ["ev-hoa-ban"]),
        ("le_hoi_hoa_ban", ["ev-hoa-ban"]),
        ("moc chau", ["pl-moc-chau"]),
        ("Moc_Chau", ["pl-moc-chau"]),
        ("Moc-Chau", ["pl-moc-chau"]),
        ("MocChau", ["pl-moc-chau"]),
        ("mocchau", ["pl-moc-chau"]),
        ("MocChau2026", ["pl-moc-chau"]),
        ("2026mocchau", ["pl-moc-chau"]),
        ("bánhchưng", ["pr-banh-chung"]),
        ("MỘC CHÂU", ["pl-moc-chau"]),
        ("Mộc  Châu", ["pl-moc-chau"]),
        (unicodedata.normalize("NFD", "Mộc Châu"), ["pl-moc-chau"]),
        ("Thanh Hoá", ["prov-thanh-hoa"]),
        ("Thanh Hóa", ["prov-thanh-hoa"]),
        ("Uỷ ban nhân dân tỉnh", ["ag-ubnd-tinh"]),
        ("Ủy ban nhân dân tỉnh", ["ag-ubnd-tinh"]),
        ("Xoè Thái", ["pr-xoe-thai"]),
        ("UBND xã", ["ag-ubnd-xa"]),
        ("HĐND tỉnh", ["ag-hdnd-tinh"]),
        ("TP.HCM", ["prov-ho-chi-minh"]),
        ("TP. HCM", ["prov-ho-chi-minh"]),
        ("TPHCM", ["prov-ho-chi-minh"]),
        ("BMT", ["pl-buon-ma-thuot"]),
        ("Ban Flower Festival in Moc Chau", ["ev-hoa-ban", "pl-moc-chau"]),
        ("山罗省木州羊蹄甲花节", ["prov-son-la", "pl-moc-chau", "ev-hoa-ban"]),
        ("chè Shan tuyết", ["pr-che-shan"]),
        ("cà phê chè Sơn La", ["pr-ca-phe-sl"]),
        ("cồng chiêng", ["pr-cong-chieng-g"]),
        ("Hoàng Sa, Trường Sa", ["sov-hai-quan-dao"]),
        ("quần đảo Hoàng Sa", ["sov-hoang-sa"]),
        ("nước Lào", ["sov-ngoai-kieu-lao"]),
        ("người Lào", ["eth-lao"]),
        ("春台湾", ["pl-vinh-xuan-dai"]),
        ("Socialist Republic of Vietnam", ["sov-quoc-hieu"]),
        ("Vietnam War Veterans' Association", ["ag-hoi-ccb"]),
        ("War Invalids and Martyrs Day", ["ev-27-7"]),
        ("Tết Mông", ["ev-tet-mong"]),
        ("10/3 âm lịch", ["ev-gio-to"]),
        ("Chiến thắng 10/3", ["ev-chien-thang-bmt"]),
        ("10/3", []),
        ("Mo Mường", ["pr-mo-muong"]),
    ],
)
def test_a_term_is_found(text: str, wanted: list[str]) -> None:
    assert ids(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["Nguyễn Thị Hoa", "Lan", "Mai", "Đào", "Sơn", "Nguyễn Mai Sơn", "Nguyễn Hoa Đào", "Trần Văn Thái",
     "Rèn con dao sắc", "tiền lẻ Co", "Lào", "Trà My", "15/30/4", "30/4/2026", "12/9/2026", "hoc", "pho", "doc",
     "v2.9", "mocchaux", "Tet1"],
)  # fmt: skip
def test_what_names_no_term(text: str) -> None:
    assert ids(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dân tộc Dao", ["eth-dao"]),
        ("người Kinh", ["eth-kinh"]),
        ("đồng bào Mạ", ["eth-ma"]),
        ("dân tộc Lự", ["eth-lu"]),
        ("người Tày, Nùng, Thái", ["eth-tay", "eth-nung", "eth-thai"]),
        ("đồng bào Kinh, Hoa và Co", ["eth-kinh", "eth-hoa", "eth-co"]),
        ("nguoi Thai", ["eth-thai"]),
        ("H'Mông", ["eth-mong"]),
        ("H’Mông", ["eth-mong"]),
        ("Ê-đê", ["eth-e-de"]),
        ("người Mảng", ["eth-mang"]),
        ("đám cưới Tày", ["eth-tay"]),
        ("chị Thái", []),
        ("Mông Cổ", []),
        ("người Mường", ["eth-muong"]),
        ("Thai people", ["eth-thai"]),
        ("泰族", ["eth-thai"]),
    ],
)
def test_peoples_of_one_syllable_need_a_cue(text: str, wanted: list[str]) -> None:
    assert ids(text) == wanted
    assert ids("Mông") == ids("Dao") == ids("Kinh") == ids("Thái") == ids("Hoa") == []


def test_a_cue_reaches_over_a_topic_word() -> None:
    assert ids("phụ nữ Dao")[-1] == "eth-dao"


def test_ambiguous_words_keep_all_they_may_mean() -> None:
    (match,) = TERMS.match("Phu Yen")
    assert match.ambiguous
    assert set(match.ids) == {"pl-phu-yen-sl", "prov-phu-yen-pre2025"}
    assert ids("Phù Yên") == ["pl-phu-yen-sl"]
    assert ids("Phú Yên") == ["prov-phu-yen-pre2025"]
    assert TERMS.match("Lễ hội cà phê")[0].ambiguous
    assert not TERMS.match("Lễ hội cà phê Buôn Ma Thuột")[0].ambiguous


def test_a_diacritic_that_was_typed_must_agree() -> None:
    assert set(TERMS.match("Phu Yên")[0].ids) == {"pl-phu-yen-sl", "prov-phu-yen-pre2025"}
    assert ids("Mọc Chau") == []


def test_priority_decides_between_kinds() -> None:
    (match,) = TERMS.match("30/4")
    assert match.ids == ("sov-ngay-giai-phong", "ev-30-4")
    assert TERMS.match("thổ cẩm")[0].id == "pr-tho-cam"
    assert TERMS.match("kiều bào")[0].id == "sov-nguoi-vn-o-nn"


def test_provinces_by_the_day_of_the_photo() -> None:
    before, after = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
    assert ids("Đắk Lắk", before) == ["prov-dak-lak-pre2025"]
    assert ids("Đắk Lắk", after) == ids("Đắk Lắk") == ["prov-dak-lak"]
    assert ids("Hà Giang", after) == ids("Hà Giang", before) == ["prov-ha-giang-pre2025"]
    assert ids("Sơn La", before) == ids("Sơn La", after) == ["prov-son-la"]
    assert TERMS.today(TERMS["prov-ha-giang-pre2025"]).id == "prov-tuyen-quang"


def test_offsets_count_code_points_of_the_nfc_text() -> None:
    text = "2026-05 Lễ hội hoa ban/Mộc_Châu"
    found = [(text[m.start : m.end], m.surface) for m in TERMS.match(unicodedata.normalize("NFD", text))]
    assert found == [("Lễ hội hoa ban", "Lễ hội hoa ban"), ("Mộc_Châu", "Mộc_Châu")]


@given(st.text(max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    plain = unicodedata.normalize("NFC", text)
    reached = 0
    for match in TERMS.match(text):
        assert reached <= match.start < match.end <= len(plain)
        assert plain[match.start : match.end] == match.surface
        reached = match.end


def own(folder: Path, *rows: str, header: str = HEADER, name: str = "own.tsv") -> Path:
    (folder / name).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return folder


def test_a_unit_adds_and_replaces_terms(tmp_path: Path) -> None:
    rows = (
        "pl-doi-xanh\tattraction\tđồi Xanh\tGreen Hill\t绿丘\t\t\t\t\t\town\tprov=prov-son-la",
        "pl-moc-chau\tplateau\tMộc Châu\tMoc Chau Highland\t木州",
    )
    terms = load_terms(own(tmp_path, *rows))
    assert [m.id for m in terms.match("đồi Xanh, Mộc Châu")] == ["pl-doi-xanh", "pl-moc-chau"]
    assert terms["pl-moc-chau"].en == "Moc Chau Highland"
    assert terms.digest != TERMS.digest
    assert TERMS["pl-moc-chau"].en == "Moc Chau"


def test_an_editor_s_bom_line_ends_and_nfd_are_accepted(tmp_path: Path) -> None:
    row = unicodedata.normalize("NFD", "pl-doi-xanh\tattraction\tđồi Xanh\tGreen Hill\t绿丘")
    (tmp_path / "own.tsv").write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{row}\r\n\r\n".encode())
    assert load_terms(tmp_path).match("đồi Xanh")[0].id == "pl-doi-xanh"


def test_no_folder_or_an_empty_one_is_the_house_alone(tmp_path: Path) -> None:
    assert load_terms(tmp_path) is load_terms(tmp_path / "none") is TERMS


GOOD = "pl-doi-xanh\tattraction\tđồi Xanh\tGreen Hill\t绿丘"


@pytest.mark.parametrize(
    ("rows", "code", "line", "column"),
    [
        (("pl-doi-xanh\tattraction\tđồi Xanh\t\t绿丘",), "terms-empty", 2, "en"),
        ((GOOD, "pl-x\tattraction\tđồi\tHill",), "terms-empty", 3, "zh"),
        ((GOOD, GOOD), "terms-id-twice", 3, "id"),
        (("Doi Xanh\tattraction\tđồi Xanh\tGreen Hill\t绿丘",), "terms-id", 2, "id"),
        (("abc-doi\tattraction\tđồi Xanh\tGreen Hill\t绿丘",), "terms-id", 2, "id"),
        ((GOOD + "\t" * 9,), "terms-columns", 2, "note"),
        ((GOOD + "\t\t\t\t\t\t\tvalid_to=2025-13-01",), "terms-date", 2, "note"),
        ((GOOD + "\t\t\t\t\t\t\tbase=hai nghìn",), "terms-date", 2, "note"),
        (("ph-x-1\tscene\tTại {place\tIn {place}\t在{place}",), "terms-slot", 2, "vi"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_file_line_and_column(
    tmp_path: Path, rows: tuple[str, ...], code: str, line: int, column: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_terms(own(tmp_path, *rows))
    error = caught.value
    assert (error.code, error.fields["line"], error.fields["column"]) == (code, line, column)
    assert str(error.fields["path"]).endswith("own.tsv")
    assert f"{line}" in wording.say(f"error.{code}", error.fields, "vi")


def test_a_file_that_is_no_term_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_terms(own(tmp_path, GOOD, header="name\tplace"))
    assert caught.value.code == "terms-header"
    (tmp_path / "own.tsv").write_bytes(f"{HEADER}\n{GOOD}\n".encode("utf-16"))
    with pytest.raises(UsageError) as caught:
        load_terms(tmp_path)
    assert caught.value.code == "terms-unreadable"


@pytest.mark.parametrize(
    ("latitude", "longitude", "wanted"),
    [
        (21.33, 103.91, "prov-son-la"),
        (21.03, 105.85, "prov-ha-noi"),
        (12.67, 108.04, "prov-dak-lak"),
        (13.09, 109.30, "prov-dak-lak"),
        (22.40, 103.45, "prov-lai-chau"),
        (21.82, 105.21, "prov-tuyen-quang"),
        (10.78, 106.70, "prov-ho-chi-minh"),
    ],
)
def test_a_point_inside_a_province(latitude: float, longitude: float, wanted: str) -> None:
    found = around(Gps(latitude, longitude))
    assert found is not None
    assert found.province == wanted


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0.0, 0.0), (48.85, 2.35), (17.96, 102.61), (22.99, 103.68), (11.56, 104.92), (16.5, 112.0), (95.0, 200.0)],
)
def test_a_point_outside_viet_nam_or_at_open_sea_says_nothing(latitude: float, longitude: float) -> None:
    assert around(Gps(latitude, longitude)) is None
