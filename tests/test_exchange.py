"""Words go out to a sheet and come back: what changes is told, what two people changed is refused, history says who."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ttdn_assets.captions.sheet import read_rows
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry, AssetRecord
from ttdn_assets.errors import InputError, UsageError
from ttdn_assets.jobs.composing import compose_captions
from ttdn_assets.jobs.exchange import export_captions, import_captions
from ttdn_assets.jobs.library import search
from ttdn_assets.model import CaptionSet, Fact, Text
from ttdn_assets.settings import Library, create_library


def entry(folder: str, name: str, **titles: str) -> AssetEntry:
    digest = hashlib.sha256((folder + name).encode()).hexdigest()
    return AssetEntry(
        folder=f"/photos/{folder}",
        path=f"/photos/{folder}/{name}",
        relative=name,
        size_bytes=1,
        mtime_ns=1,
        sha256=digest,
        picture_sha256=digest,
        captions=CaptionSet(title={lang: Text(value=value, origin="composed") for lang, value in titles.items()}),
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = create_library(tmp_path / "library", name="Sở Văn hóa")
    entries = (
        entry("a", "anh.jpg", vi="Hoa ban", en="Ban flowers"),
        entry("b", "anh.jpg", vi="Chợ phiên"),
        entry("a", "le hoi/hai.jpg", vi="Lễ hội", fr="La fête", lo="ບຸນ", hmn="Kev lom zem"),
    )
    with open_catalogue(library.database_url) as catalogue:
        list(catalogue.record_all(entries, who="test"))
    return library


def records(library: Library) -> dict[str, AssetRecord]:
    with open_catalogue(library.database_url) as catalogue:
        return {record.files[0].path: record for record in catalogue.assets()}


def edit(path: Path, change: Callable[[Worksheet, dict[str, int]], None]) -> Path:
    book = load_workbook(path)
    sheet = book.worksheets[0]
    change(sheet, {str(cell.value): place for place, cell in enumerate(sheet[1], 1)})
    book.save(path)
    return path


def row_of(sheet: Worksheet, columns: dict[str, int], title: str) -> int:
    at = columns["Tiêu đề (tiếng Việt)"]
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, at).value == title)


def test_two_files_of_one_name_keep_their_own_rows_and_words(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.xlsx"
    assert export_captions(library, path) == 3

    def write(sheet: Worksheet, columns: dict[str, int]) -> None:
        sheet.cell(row_of(sheet, columns, "Chợ phiên"), columns["Tiêu đề (tiếng Anh)"]).value = "A market"

    done = import_captions(library, edit(path, write), who="Lò Thị Hoa")
    assert [(one.field, one.lang, one.before, one.after) for one in done.texts] == [("title", "en", "", "A market")]
    there = records(library)
    assert there["/photos/b/anh.jpg"].captions.title["en"] == Text(value="A market", origin="human")
    assert there["/photos/a/anh.jpg"].captions.title["en"].value == "Ban flowers"
    with open_catalogue(library.database_url) as catalogue:
        assert "Lò Thị Hoa" in {line.who for line in catalogue.history() if line.after == "A market"}


def test_a_dry_run_tells_and_changes_nothing(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.xlsx"
    export_captions(library, path)

    def write(sheet: Worksheet, columns: dict[str, int]) -> None:
        sheet.cell(row_of(sheet, columns, "Hoa ban"), columns["Tiêu đề (tiếng Việt)"]).value = "Hoa ban nở"

    before = records(library)
    done = import_captions(library, edit(path, write), dry_run=True)
    assert [one.after for one in done.texts] == ["Hoa ban nở"]
    assert records(library) == before


def test_a_row_that_was_changed_here_and_there_is_refused_and_listed(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.xlsx"
    export_captions(library, path)

    def write(sheet: Worksheet, columns: dict[str, int]) -> None:
        sheet.cell(row_of(sheet, columns, "Hoa ban"), columns["Tiêu đề (tiếng Việt)"]).value = "Từ bảng"

    edit(path, write)
    for file, title in (("/photos/a/anh.jpg", "Từ máy khác"), ("/photos/b/anh.jpg", "Chợ vùng cao")):
        with open_catalogue(library.database_url) as catalogue:
            catalogue.set_text(records(library)[file].id, "title", "vi", title, who="Cầm Văn Ban")
    done = import_captions(library, path, who="Lò Thị Hoa")
    assert (done.conflicts, done.texts, done.unknown) == (("anh.jpg",), (), ())
    there = records(library)
    assert there["/photos/a/anh.jpg"].captions.title["vi"].value == "Từ máy khác"
    assert there["/photos/b/anh.jpg"].captions.title["vi"].value == "Chợ vùng cao", "an unedited row takes nothing back"


def test_a_state_chosen_in_the_sheet_is_set_and_only_known_ones_can_be(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.xlsx"
    export_captions(library, path)

    def write(sheet: Worksheet, columns: dict[str, int]) -> None:
        [listed] = sheet.data_validations.dataValidation
        assert listed.formula1 == '"Bản nháp,Chờ duyệt,Đã duyệt,Từ chối"'
        stamp = get_column_letter(columns["Dấu đối chiếu (không sửa)"])
        assert sheet.column_dimensions[stamp].hidden
        sheet.cell(row_of(sheet, columns, "Hoa ban"), columns["Trạng thái"]).value = "Đã duyệt"

    done = import_captions(library, edit(path, write), who="Lãnh đạo")
    assert [state for _, state in done.statuses] == ["approved"]
    assert records(library)["/photos/a/anh.jpg"].review == "approved"
    assert records(library)["/photos/b/anh.jpg"].review == "draft"


def test_cells_that_an_import_cannot_take_are_told(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.xlsx"
    export_captions(library, path)
    assert import_captions(library, path).ignored == ()

    def write(sheet: Worksheet, columns: dict[str, int]) -> None:
        row = row_of(sheet, columns, "Lễ hội")
        sheet.cell(row, columns["Trạng thái"]).value = "xong rồi"
        sheet.cell(row, columns["Ngày"]).value = "2026-09-02"

    done = import_captions(library, edit(path, write))
    assert done.ignored == (("le hoi/hai.jpg", "date"), ("le hoi/hai.jpg", "status"))


def test_a_sheet_of_no_known_kind_is_not_written(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        export_captions(library, tmp_path / "captions.pdf")
    assert refused.value.code == "sheet-format"
    assert not (tmp_path / "captions.pdf").exists()


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "jsonl"])
def test_any_language_goes_out_and_comes_back(suffix: str, library: Library, tmp_path: Path) -> None:
    path = tmp_path / f"captions.{suffix}"
    export_captions(library, path)
    [row] = [row for row in read_rows(path) if row.source == "le hoi/hai.jpg"]
    assert row.title == {"vi": "Lễ hội", "fr": "La fête", "lo": "ບຸນ", "hmn": "Kev lom zem"}
    done = import_captions(library, path, who="a")
    assert (done.texts, done.conflicts, done.unknown, done.statuses) == ((), (), (), ())


def test_a_column_of_a_new_language_is_taken_stored_and_searched(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.csv"
    path.write_text(
        "File;Title (th);Title (mul-x-muong);Mô tả (tiếng Hàn)\nle hoi/hai.jpg;งานบุญ;Mường chữ;축제\n", "utf-8"
    )
    import_captions(library, path, who="a")
    captions = records(library)["/photos/a/le hoi/hai.jpg"].captions
    assert (captions.title["th"].value, captions.description["ko"].value) == ("งานบุญ", "축제")
    assert [hit.asset for hit in search(library, "축제").hits] == [records(library)["/photos/a/le hoi/hai.jpg"].id]


def test_json_lines_hold_each_row_and_a_broken_one_is_damage(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "captions.jsonl"
    export_captions(library, path)
    assert {json.loads(line)["source"] for line in path.read_text("utf-8").splitlines()} == {
        "anh.jpg",
        "le hoi/hai.jpg",
    }
    path.write_text('{"source": 3}\n', "utf-8")
    with pytest.raises(InputError) as refused:
        read_rows(path)
    assert refused.value.code == "sheet-damaged"


def test_words_are_composed_anew_from_facts_and_people_s_stay(library: Library) -> None:
    fact = Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder")
    known = msgspec.structs.replace(entry("c", "ba.jpg", vi="Cũ"), facts=(fact,))
    with open_catalogue(library.database_url) as catalogue:
        asset = catalogue.record(known, who="test")
        catalogue.set_text(asset, "title", "en", "A person's words", who="Lò Thị Hoa")
    [done] = compose_captions(library, [asset], who="Lan")
    title = records(library)["/photos/c/ba.jpg"].captions.title
    assert (title["vi"].value, title["vi"].origin) == (done.captions.title["vi"].value, "composed")
    assert "Mộc Châu" in title["vi"].value
    assert (title["en"].value, title["en"].origin) == ("A person's words", "human")
    assert [one.changed for one in compose_captions(library, [asset])] == [0]
