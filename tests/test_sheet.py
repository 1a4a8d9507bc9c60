"""A caption sheet comes back as it was written, in any language and format, and takes what officers write."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from pathlib import Path

import msgspec
import pytest
from openpyxl import Workbook, load_workbook
from PIL import Image

from ttdn_assets.captions.sheet import read_sheet, row_of, write_sheet
from ttdn_assets.errors import InputError
from ttdn_assets.model import CaptionSet, Fact, SheetRow, Text

ROW = SheetRow(
    source="2026-05 Lễ hội hoa ban/Mộc Châu/Ảnh 01.jpg",
    asset="ab" * 32,
    title={"vi": "Lễ hội hoa ban", "en": "Ban flower festival", "zh": "羊蹄甲花节"},
    description={"vi": "Dòng một\nDòng hai", "en": '=HYPERLINK("http://x")', "zh": "说明。"},
    alt_text={"vi": "@cô gái", "en": "-2+3", "zh": "+1"},
    keywords={"vi": "hoa ban; Mộc Châu", "en": "flower; Moc Chau", "zh": "木州; 花"},
    place="Mộc Châu",
    event="Lễ hội hoa ban",
    date="2026-03-14",
    people="Lò Văn A",
    author="Cầm Thị B",
    credit="'=Sở VHTTDL",
    consent="có",
    notes="#N/A",
)


def book(path: Path, *rows: list[object]) -> Path:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    made.save(path)
    return path


@pytest.mark.parametrize("ui", ["vi", "en", "zh"])
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_sheet_written_in_one_language_is_read_in_any(tmp_path: Path, ui: str, suffix: str) -> None:
    path = tmp_path / f"captions.{suffix}"
    write_sheet([ROW], path, ui=ui)
    assert read_sheet(path) == {ROW.source: ROW}


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_sheet([ROW], tmp_path / "a.xlsx")
    cells = [cell for row in load_workbook(tmp_path / "a.xlsx").worksheets[0].iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")))
    write_sheet([ROW], tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("Tên tệp,Tiêu đề (tiếng Việt)")
    assert "\"'=HYPERLINK" in text
    assert ",'-2+3," in text


def test_the_same_rows_give_the_same_bytes_with_a_picture_and_a_frozen_heading(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (320, 213), "teal").save(stream, "JPEG")
    for name in ("a", "b"):
        write_sheet([ROW], tmp_path / f"{name}.xlsx", pictures={ROW.source: stream.getvalue()})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert sheet.freeze_panes == "C2"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert [name for name in parts.namelist() if "media" in name] == ["xl/media/image1.jpeg"]
    assert sheet["B2"].alignment.wrap_text


def test_a_sheet_of_an_officer_is_understood(tmp_path: Path) -> None:
    path = book(
        tmp_path / "của tôi.xlsx",
        ["SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH"],
        ["DANH SÁCH ẢNH"],
        [],
        [
            "STT",
            "Tên tệp",
            "Tiêu đề",
            "Chú thích",
            "Chú thích tiếng Anh",
            "Từ khóa",
            "Tác giả",
            "Ngày chụp",
            "Địa điểm",
        ],
        [
            1,
            "IMG_1.JPG",
            "Hoa ban",
            "Hoa ban nở",
            "Ban in bloom",
            "hoa ban, Mộc Châu",
            "Lò A",
            dt.datetime(2026, 3, 14),
            5.0,
        ],
        [2, None, "không có tên tệp"],
        ["", "Thu mục\\IMG_2.JPG".replace("mục", "mu\u0323c"), "B"],
    )
    rows = read_sheet(path)
    first = rows["IMG_1.JPG"]
    assert first.title == {"vi": "Hoa ban"}
    assert first.description == {"vi": "Hoa ban nở", "en": "Ban in bloom"}
    assert first.keywords == {"vi": "hoa ban; Mộc Châu"}
    assert (first.author, first.date, first.place) == ("Lò A", "2026-03-14", "5")
    assert list(rows) == ["IMG_1.JPG", "Thu mục/IMG_2.JPG"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_title_that_reads_like_a_heading_may_stand_above_the_headings(tmp_path: Path, suffix: str) -> None:
    lines: list[list[object]] = [
        ["BẢNG CHÚ THÍCH"],
        ["Ảnh", "Tên tệp", "Tiêu đề", "Tác giả"],
        ["", "a.jpg", "Một", "Lò A"],
    ]
    path = tmp_path / f"a.{suffix}"
    if suffix == "xlsx":
        book(path, *lines)
    else:
        path.write_text("".join(",".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
    (row,) = read_sheet(path).values()
    assert (row.source, row.title, row.description, row.author) == ("a.jpg", {"vi": "Một"}, {}, "Lò A")


def test_a_column_of_file_names_needs_no_heading_of_its_own(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["Ảnh", "Mô tả"], ["a.jpg", "Một"], ["b.heic", "Hai"])
    assert {name: row.description for name, row in read_sheet(path).items()} == {
        "a.jpg": {"vi": "Một"},
        "b.heic": {"vi": "Hai"},
    }


def test_headings_with_codes_and_headings_in_two_languages(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["filename", "title_vi", "title_en", "title-zh"], ["a.jpg", "Một", "One", "一"])
    assert read_sheet(path)["a.jpg"].title == {"vi": "Một", "en": "One", "zh": "一"}
    path = book(tmp_path / "b.xlsx", ["File", "Tiêu đề", "Title", "标题"], ["a.jpg", "Một", "One", "一"])
    assert read_sheet(path)["a.jpg"].title == {"vi": "Một", "en": "One", "zh": "一"}


@pytest.mark.parametrize(
    "data",
    [
        "Tên tệp;Mô tả\r\na.jpg;Một\r\n".encode(),
        "\ufeffTên tệp,Mô tả\na.jpg,Một\n".encode(),
        "Tên tệp\tMô tả\na.jpg\tMột\n".encode("utf-16"),
    ],
)
def test_csv_of_every_excel_is_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    assert read_sheet(tmp_path / "a.csv")["a.jpg"].description == {"vi": "Một"}


def bomb(path: Path) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(210):
            part.write(bytes(1 << 20))
    return path


def with_entity(path: Path) -> Path:
    book(path, ["Tên tệp", "Mô tả"], ["a.jpg", "x"])
    with zipfile.ZipFile(path) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    name = "xl/workbook.xml"
    parts[name] = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + parts[name].partition(b"?>")[2]
    with zipfile.ZipFile(path, "w") as write:
        for name, data in parts.items():
            write.writestr(name, data)
    return path


def test_hostile_and_broken_sheets_are_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("no workbook")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "latin.csv").write_bytes(b"T\xean t\xeap,M\xf4\na.jpg,x\n")
    for path in (
        tmp_path / "text.xlsx",
        tmp_path / "empty.xlsx",
        tmp_path / "latin.csv",
        bomb(tmp_path / "bomb.xlsx"),
        with_entity(tmp_path / "entity.xlsx"),
    ):
        with pytest.raises(InputError) as told:
            read_sheet(path)
        assert told.value.code == "sheet-damaged"
        assert told.value.fields["reason"]
    with pytest.raises(InputError, match="names files"):
        read_sheet(book(tmp_path / "none.xlsx", ["a", "b"], ["1", "2"]))
    with pytest.raises(InputError) as told:
        read_sheet(tmp_path / "missing.xlsx")
    assert told.value.code == "file-vanished"


def test_any_damage_is_told_as_damage(tmp_path: Path) -> None:
    write_sheet([ROW], tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    rng = random.Random(7)
    told: set[str] = set()
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(4):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        (tmp_path / "b.xlsx").write_bytes(broken)
        try:
            read_sheet(tmp_path / "b.xlsx")
        except InputError as error:
            told.add(error.code)
    assert told <= {"sheet-damaged", "sheet-without-files"}


def test_a_sheet_that_claims_a_million_rows_is_read_in_time(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    made = Workbook()
    made.worksheets[0].append(["Tên tệp", "Mô tả"])
    made.worksheets[0].append(["a.jpg", "x"])
    made.worksheets[0].cell(1_048_576, 16_384, "far")
    made.save(path)
    assert list(read_sheet(path)) == ["a.jpg"]


def test_an_asset_becomes_a_row_with_what_is_known_of_it() -> None:
    words = CaptionSet(title={"vi": Text(value="Một", origin="human")})
    facts = [
        Fact(kind="place", value="Mộc Châu", source="folder"),
        Fact(kind="place", value="Sơn La", source="folder"),
        Fact(kind="topic", value="hoa", source="folder"),
    ]
    row = row_of("a.jpg", words, asset="00", facts=facts, credit="Sở")
    assert row == SheetRow(source="a.jpg", asset="00", title={"vi": "Một"}, place="Mộc Châu; Sơn La", credit="Sở")
    assert msgspec.json.decode(msgspec.json.encode(row), type=SheetRow) == row
