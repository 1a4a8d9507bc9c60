"""A report is the same in Excel, HTML and Word: heads of a state document, every count, charts; names do no harm."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from made_assets import digest, entry
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.reporting import report_of, write_report
from ttdn_assets.model import Fact, Report, Rights
from ttdn_assets.settings import create_library, load_library

TODAY = dt.date(2026, 2, 5)
NASTY = '=HYPERLINK("http://x")<script>alert(1)</script>'


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reports") / "library"
    create_library(root, name="Sở VHTTDL tỉnh Sơn La", province="prov-son-la")
    with (root / "ttdn.toml").open("a", encoding="utf-8") as settings:
        settings.write('[report]\nsuperior = "UBND tỉnh Sơn La"\nrecipients = ["Bộ VHTTDL", "Lưu: VT"]\n')
    with open_catalogue(load_library(root).database_url) as catalogue:
        place = Fact(kind="place", value=NASTY, source="folder")
        known = Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder")
        for number in range(600):
            catalogue.record(entry(str(number), facts=(place if number < 2 else known,)), who="An")
        catalogue.set_rights(digest("1"), Rights(owner=NASTY), who="An")
    return root


@pytest.fixture(scope="module")
def report(library: Path) -> Report:
    return report_of(library, str(dt.date.today().year), today=TODAY)


def test_the_words_are_those_of_a_state_document(report: Report) -> None:
    assert (report.nation, report.motto) == ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    assert (report.superior, report.unit) == ("UBND tỉnh Sơn La", "Sở VHTTDL tỉnh Sơn La")
    assert report.dated == "Sơn La, ngày 05 tháng 02 năm 2026"
    assert report.subject.startswith("Kết quả công tác thông tin đối ngoại năm 20")
    assert "600 ảnh" in report.paragraphs[0]


def test_english_is_english(library: Path) -> None:
    report = report_of(library, "2026-H1", lang="en", today=TODAY)
    assert report.dated == "Son La, 5 February 2026"
    assert report.subject == "Results of external information work, first half of 2026"
    assert report.nation == "SOCIALIST REPUBLIC OF VIET NAM"


def test_a_workbook_holds_numbers_texts_and_charts(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "bc.xlsx")
    book = openpyxl.load_workbook(tmp_path / "bc.xlsx")
    front = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert {"UBND TỈNH SƠN LA", report.nation, report.motto, report.dated, "- Lưu: VT"} <= set(front)
    places = next(sheet for sheet in book.worksheets if "Theo địa điểm" in sheet.title)
    assert [[cell.value for cell in row] for row in places.iter_rows()] == [
        ["Địa điểm", "Đưa vào"],
        ["Mộc Châu", 598],
        [NASTY, 2],
    ]
    assert places["A3"].data_type == "s"
    with zipfile.ZipFile(tmp_path / "bc.xlsx") as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == len(book.worksheets) - 1


def test_the_same_report_gives_the_same_workbook(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "a.xlsx")
    time.sleep(1.1)
    write_report(report, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_page_needs_nothing_else_and_escapes_names(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "bc.html")
    page = (tmp_path / "bc.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace(NASTY.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;"), "")
    assert "<td>598</td>" in page
    assert "width:100.0%" in page


def test_a_word_document_has_the_margins_and_tables(report: Report, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    write_report(report, tmp_path / "bc.docx")
    document = docx.Document(str(tmp_path / "bc.docx"))
    section = document.sections[0]
    assert [round(side.mm) for side in (section.page_width, section.left_margin, section.right_margin)] == [210, 30, 15]
    heads = [cell.text for cell in document.tables[0].rows[0].cells]
    assert report.nation in heads[1]
    assert "SỞ VHTTDL TỈNH SƠN LA" in heads[0]
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Mộc Châu", "598"] in rows
    assert [NASTY, "2"] in rows
    assert len(document.inline_shapes) >= 2


def test_a_suffix_without_a_format_is_refused(report: Report, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        write_report(report, tmp_path / "bc.pdf")
    assert caught.value.code == "report-format"
    assert list(tmp_path.iterdir()) == []
