"""Tables of text as Excel workbooks and CSV, in and out; the same table gives the same bytes.

What is read is hostile: the size is bounded before anything is unpacked, no document type is allowed, formulas give
their last value as text.  What is written holds text alone: a cell that starts like a formula is marked as text in a
workbook, and carries a leading apostrophe in CSV, which reading takes away again.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ttdn_assets.text import clean

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MAX_ROWS = 20_000
MAX_COLUMNS = 120
_CELL_LENGTH = 32_767
_PACKED_BYTES = 200 << 20
_PART_BYTES = 128 << 20
_PARTS = 50_000
_PICTURE_PX = 150
_LINE_POINTS, _ROW_POINTS_MIN, _ROW_POINTS_MAX = 15.0, 60.0, 400.0
_PAGES_WIDE = 3
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
BORN = dt.datetime(2020, 1, 1)
_ZIP_BORN = (2020, 1, 1, 0, 0, 0)

Table = list[list[str]]


class Unreadable(ValueError):
    """The file is no table this house reads; the text says why."""


class Column(NamedTuple):
    """A column's heading, its width in characters, and what its cells may say; a hidden one is for reading back."""

    heading: str
    width: float
    hidden: bool = False
    choices: tuple[str, ...] = ()


def write_workbook(
    path: Path, *, name: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], pictures: Sequence[bytes | None]
) -> None:
    """Write one sheet: a picture (JPEG) before each row, then its texts; ``columns`` counts the picture's as well."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "ttdn_assets"
    book.properties.created = BORN
    sheet = book.worksheets[0]
    sheet.title = name[:31]
    _head(sheet, columns)
    for number, (row, picture) in enumerate(zip(rows, pictures, strict=True), 2):
        sheet.append([None, *(text_cell(sheet, number, place, value) for place, value in enumerate(row, 2))])
        shown = _show(sheet, number, picture) if picture else 0.0
        sheet.row_dimensions[number].height = max(shown, _height(row, columns[1:]))
    _rule(sheet, columns)
    stream = io.BytesIO()
    book.save(stream)
    without_clock(stream, path)


def write_csv(path: Path, *, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write the table as CSV that Excel opens in Unicode."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows([_quoted(value) for value in row] for row in rows)


def read_workbook(path: Path) -> Iterator[Table]:
    """Each sheet of the workbook as rows of text.

    Raises:
        Unreadable: It is no workbook, or more of one than is read.
    """
    from openpyxl import load_workbook

    with path.open("rb"):
        pass
    try:
        _refuse_bombs(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                for sheet in book.worksheets:
                    sheet.reset_dimensions()
                    rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
                    yield [[_text(value) for value in row] for row in rows]
            finally:
                book.close()
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from error


def read_csv(path: Path) -> Table:
    """The rows of a CSV file in UTF-8 or UTF-16, separated by commas, semicolons or tabs.

    Raises:
        Unreadable: It is larger than is read, or in another encoding.
    """
    if path.stat().st_size > _PART_BYTES:
        raise Unreadable(f"over {_PART_BYTES >> 20} MiB")
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
        first = text.partition("\n")[0]
        separator = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [
            [_unquoted(clean(v)) for v in row[:MAX_COLUMNS]] for row, _ in zip(reader, range(MAX_ROWS), strict=False)
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(str(error)[:200]) from error


def read_lines(path: Path) -> list[str]:
    """The lines of a text file in UTF-8 that are not empty.

    Raises:
        Unreadable: It is larger than is read, or in another encoding.
    """
    if path.stat().st_size > _PART_BYTES:
        raise Unreadable(f"over {_PART_BYTES >> 20} MiB")
    try:
        return [line for line in path.read_bytes().decode("utf-8-sig").split("\n") if line.strip()][:MAX_ROWS]
    except UnicodeDecodeError as error:
        raise Unreadable(str(error)[:200]) from error


def _head(sheet: Worksheet, columns: Sequence[Column]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for place, column in enumerate(columns, 1):
        cell = sheet.cell(1, place, column.heading)
        cell.font = Font(name="Calibri", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E5F")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[1].height = 36
    sheet.freeze_panes = "C2"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:B"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = _PAGES_WIDE, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _rule(sheet: Worksheet, columns: Sequence[Column]) -> None:
    """Hide the columns that people do not need, and let those with choices take nothing else."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].hidden = column.hidden
        if column.choices:
            listed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            listed.showErrorMessage = True
            listed.add(f"{letter}2:{letter}{max(2, sheet.max_row)}")
            sheet.add_data_validation(listed)


def text_cell(sheet: Worksheet, row: int, column: int, value: str) -> Cell:
    """A cell that holds a text as text, whatever it starts with."""
    from openpyxl.cell.cell import Cell
    from openpyxl.styles import Alignment

    cell = Cell(sheet, row=row, column=column, value=_plain(value) or None)
    if cell.value is not None:
        cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.quotePrefix = bool(_FORMULA.match(value))
    return cell


def _height(row: Sequence[str], columns: Sequence[Column]) -> float:
    """The height in points that shows every wrapped text of a row, a Chinese character being two letters wide."""
    lines = max(
        sum(
            1 + sum(2 if c > "\u2e80" else 1 for c in line[:_CELL_LENGTH]) // int(column.width)
            for line in value.split("\n")
        )
        for value, column in zip(row, columns, strict=True)
    )
    return min(_ROW_POINTS_MAX, max(_ROW_POINTS_MIN, _LINE_POINTS * lines + 6))


def _show(sheet: Worksheet, number: int, picture: bytes) -> float:
    """Put a picture into the first cell of a row; the height in points it needs."""
    from openpyxl.drawing.image import Image

    image = Image(io.BytesIO(picture))
    scale = _PICTURE_PX / max(image.width, image.height, 1)
    image.width, image.height = round(image.width * scale), round(image.height * scale)
    sheet.add_image(image, f"A{number}")
    return 0.75 * image.height + 6


def without_clock(stream: io.BytesIO, path: Path) -> None:
    """Write the workbook with fixed times in place of the hour it was made."""
    with zipfile.ZipFile(stream) as read, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as write:
        for part in read.infolist():
            data = read.read(part)
            if part.filename == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + BORN.isoformat().encode() + b"Z", data)
            info = zipfile.ZipInfo(part.filename, _ZIP_BORN)
            info.compress_type = zipfile.ZIP_DEFLATED
            write.writestr(info, data)


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as book:
        parts = book.infolist()
        texts = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
        if len(parts) > _PARTS or sum(part.file_size for part in texts) > _PACKED_BYTES:
            raise Unreadable(f"over {_PACKED_BYTES >> 20} MiB when unpacked")
        for part in texts:
            with book.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(4096).upper():
                    raise Unreadable(f"{part.filename} declares a document type")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(timespec="minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))[:_CELL_LENGTH]


def _plain(value: str) -> str:
    return clean(value).encode("utf-8", "ignore").decode().replace("\ufffe", "").replace("\uffff", "")[:_CELL_LENGTH]


def _quoted(value: str) -> str:
    value = _plain(value)
    return f"'{value}" if _FORMULA.match(value) else value


def _unquoted(value: str) -> str:
    return value[1:] if _QUOTED_FORMULA.match(value) else value
