"""A report as an Excel workbook: a first sheet laid out for print, then a sheet a table with Excel's own chart."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ttdn_assets.tools.sheets import BORN, text_cell, without_clock

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FONT = "Times New Roman"
_NO_SHEET_NAME = re.compile(r"[\\/*?:\[\]]")
_LEFT, _RIGHT = "A{0}:C{0}", "D{0}:H{0}"
_WHOLE = "A{0}:H{0}"
_LINE_POINTS, _LINE_LETTERS, _LEFT_LETTERS = 18, 85, 26


class Charted(NamedTuple):
    """A table: its title, its headings, and rows of a label and counts."""

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[str | int, ...]]


def write_report_book(
    path: Path,
    *,
    head: Sequence[tuple[str, str]],
    title: str,
    subject: str,
    paragraphs: Sequence[str],
    tables: Sequence[Charted],
    closing: Sequence[str],
    signer: str,
) -> None:
    """Write the workbook; ``head`` is the left and right head line by line."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator, book.properties.created = "ttdn_assets", BORN
    first = book.worksheets[0]
    first.title = _sheet_name(title, 0)
    _front(first, head, title, subject, paragraphs, closing, signer)
    for number, table in enumerate(tables, 1):
        _table(book, table, number)
    stream = io.BytesIO()
    book.save(stream)
    without_clock(stream, path)


def _front(
    sheet: Worksheet,
    head: Sequence[tuple[str, str]],
    title: str,
    subject: str,
    paragraphs: Sequence[str],
    closing: Sequence[str],
    signer: str,
) -> None:
    row = 1
    for number, (left, right) in enumerate(head):
        last = number == len(head) - 1
        _merged(sheet, _LEFT.format(row), left, bold=number == 1, centre=True)
        _merged(sheet, _RIGHT.format(row), right, bold=not last, italic=last, centre=True)
        sheet.row_dimensions[row].height = _LINE_POINTS * (1 + len(left) // _LEFT_LETTERS)
        row += 1
    for text in (title, subject):
        row += 1
        _merged(sheet, _WHOLE.format(row), text, bold=True, centre=True)
    row += 1
    for text in paragraphs:
        row += 1
        _merged(sheet, _WHOLE.format(row), text)
        sheet.row_dimensions[row].height = _LINE_POINTS * (1 + len(text) // _LINE_LETTERS)
    row += 2
    _merged(sheet, _RIGHT.format(row), signer, bold=True, centre=True)
    for number, text in enumerate(closing):
        _merged(sheet, _LEFT.format(row + number), text, bold=not number, italic=not number)
    _print_on_a4(sheet)
    for letter in "ABCDEFGH":
        sheet.column_dimensions[letter].width = 12


def _merged(
    sheet: Worksheet, cells: str, text: str, *, bold: bool = False, italic: bool = False, centre: bool = False
) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.merge_cells(cells)
    cell = sheet[cells.partition(":")[0]]
    cell.value, cell.data_type = text or None, "s" if text else "n"
    cell.font = Font(name=_FONT, size=13, bold=bold, italic=italic)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="center" if centre else "left")


def _table(book: Workbook, table: Charted, number: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    sheet: Worksheet = book.create_sheet(_sheet_name(table.title, number))
    thin = Side(style="thin", color="888888")
    for place, heading in enumerate(table.headings, 1):
        cell = sheet.cell(1, place, heading)
        cell.font = Font(name=_FONT, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E5F")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    for row, (label, *counts) in enumerate(table.rows, 2):
        sheet.append([text_cell(sheet, row, 1, str(label)), *counts])
        for written in sheet[row]:
            written.font = Font(name=_FONT)
            written.border = Border(bottom=thin)
            if isinstance(written.value, int):
                written.number_format = "#,##0"
    sheet.column_dimensions["A"].width = 42
    for letter in "BCDEFGHIJ"[: len(table.headings) - 1]:
        sheet.column_dimensions[letter].width = 14
    sheet.freeze_panes = "B2"
    _print_on_a4(sheet)
    if table.rows:
        _chart(sheet, table)


def _chart(sheet: Worksheet, table: Charted) -> None:
    from openpyxl.chart import BarChart, Reference

    chart = BarChart()
    chart.type, chart.style, chart.title, chart.legend = "bar", 10, table.title, None
    last = len(table.rows) + 1
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines, chart.y_axis.scaling.min = None, 0
    chart.gapWidth = 40
    chart.width, chart.height = 18, 3 + 0.7 * len(table.rows)
    sheet.add_chart(chart, f"A{last + 2}")


def _print_on_a4(sheet: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _sheet_name(title: str, number: int) -> str:
    """A name Excel takes: at most 31 characters, none of its own signs, never twice."""
    plain = _NO_SHEET_NAME.sub(" ", title).strip("' ")
    return f"{number}. {plain}"[:31] if number else plain[:31]
