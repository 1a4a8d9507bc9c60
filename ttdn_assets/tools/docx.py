"""Word documents; the only importer of python-docx."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ttdn_assets.errors import ToolMissing

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

_BORN = dt.datetime(2020, 1, 1)
_FONT = "Times New Roman"
_BODY_PT, _HEAD_PT, _TABLE_PT, _WIDE_TABLE_PT = 14, 12, 12, 10
_WIDTH_MM = 165
_WIDE_FROM = 5
"""A table of so many columns is set smaller."""

Rows = Sequence[Sequence[str]]


class Document(NamedTuple):
    """A state document: the two heads line by line, title and subject, text, sections, closing and signer.

    A section is its heading, its table (the first row being headings), and a chart as PNG.
    """

    left: Sequence[str]
    right: Sequence[str]
    title: str
    subject: str
    paragraphs: Sequence[str]
    sections: Sequence[tuple[str, Rows, bytes | None]]
    closing: Sequence[str]
    signer: str


def write_docx(path: Path, document: Document) -> None:
    """Write the document with the margins, sizes and places of Decree 30/2020/NĐ-CP, appendix I, section I.

    Raises:
        ToolMissing: ``report-tools-missing``.
    """
    try:
        import docx
    except ImportError as error:
        raise ToolMissing("report-tools-missing") from error
    written = docx.Document()
    _page(written)
    _heads(written, document)
    _line(written.add_paragraph(), document.title, bold=True, centre=True)
    _line(written.add_paragraph(), document.subject, bold=True, centre=True)
    for text in document.paragraphs:
        _body(written.add_paragraph(), text)
    for heading, rows, chart in document.sections:
        _section(written, heading, rows, chart)
    _end(written, document)
    # python-docx leaves its archive open where the disk is full, of which Python tells at its end.
    held = io.BytesIO()
    written.save(held)
    path.write_bytes(held.getvalue())


def _page(written: DocxDocument) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = written.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = written.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(_BODY_PT)
    style.paragraph_format.space_after = Pt(0)
    properties = written.core_properties
    properties.author, properties.created, properties.modified = "ttdn_assets", _BORN, _BORN


def _heads(written: DocxDocument, document: Document) -> None:
    table = written.add_table(rows=1, cols=2)
    _widths(table, (64, _WIDTH_MM - 64))
    superior, unit, symbol = document.left
    nation, motto, dated = document.right
    left, right = table.rows[0].cells
    _lines(left, [(superior, False, False), (unit, True, False), ("———", False, False), (symbol, False, False)])
    _lines(right, [(nation, True, False), (motto, True, False), ("———————", False, False), (dated, False, True)])
    written.add_paragraph()


def _lines(cell: _Cell, lines: Sequence[tuple[str, bool, bool]]) -> None:
    """Lines in the middle of a cell, each bold or italic or neither; empty ones are left out."""
    paragraphs = iter(cell.paragraphs)
    for text, bold, italic in lines:
        if text:
            paragraph = next(paragraphs, None) or cell.add_paragraph()
            _line(paragraph, text, bold=bold, italic=italic, centre=True, size_pt=_HEAD_PT)


def _line(
    paragraph: Paragraph,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    centre: bool = False,
    size_pt: int = _BODY_PT,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    run = paragraph.add_run(_plain(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size_pt)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _body(paragraph: Paragraph, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    _line(paragraph, text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.space_before = Pt(6)


def _section(written: DocxDocument, heading: str, rows: Rows, chart: bytes | None) -> None:
    from docx.shared import Mm, Pt

    paragraph = written.add_paragraph()
    _line(paragraph, heading, bold=True)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)
    _fill(written.add_table(rows=len(rows), cols=len(rows[0])), rows)
    if chart:
        written.add_picture(io.BytesIO(chart), width=Mm(_WIDTH_MM - 5))
        written.paragraphs[-1].paragraph_format.space_before = Pt(6)


def _fill(table: Table, rows: Rows) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    table.style = "Table Grid"
    others = len(rows[0]) - 1
    first_mm = max(28, 90 - 15 * others)
    _widths(table, [first_mm, *[(_WIDTH_MM - first_mm) // others] * others])
    size_pt = _TABLE_PT if len(rows[0]) < _WIDE_FROM else _WIDE_TABLE_PT
    for row, values in zip(table.rows, rows, strict=True):
        for place, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            _line(cell.paragraphs[0], value, bold=values is rows[0], size_pt=size_pt)
            if place:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(table: Table, widths_mm: Sequence[int]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, width_mm in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width_mm)
        for cell in column.cells:
            cell.width = Mm(width_mm)


def _end(written: DocxDocument, document: Document) -> None:
    written.add_paragraph()
    left, right = written.add_table(rows=1, cols=2).rows[0].cells
    heading, *recipients = document.closing
    _line(left.paragraphs[0], heading, bold=True, italic=True, size_pt=12)
    for one in recipients:
        _line(left.add_paragraph(), one, size_pt=11)
    _line(right.paragraphs[0], document.signer, bold=True, centre=True)


def _plain(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(c for c in text if c.isprintable() or c in "\t\n")
