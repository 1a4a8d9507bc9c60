"""A report as a Word document on A4, laid out as Decree 30/2020/NĐ-CP, appendix I, asks: margins, sizes, two heads."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import Report
from ttdn_assets.tools.charts import bars_png
from ttdn_assets.tools.docx import Document, write_docx
from ttdn_assets.tools.files import whole_file
from ttdn_assets.wording import number

_CHARTED_FROM = 2
"""A chart of a single bar says nothing."""


def write_document(report: Report, path: Path) -> None:
    """Write the document.

    Raises:
        ToolMissing: ``report-tools-missing`` where the extra that writes Word documents is not installed.
    """
    document = Document(
        left=(report.superior.upper(), report.unit.upper(), report.symbol),
        right=(report.nation, report.motto, report.dated),
        title=report.title,
        subject=report.subject,
        paragraphs=report.paragraphs,
        closing=(report.recipients_heading, *(f"- {one}" for one in report.recipients)),
        signer=report.signer.upper(),
        sections=tuple(
            (
                f"{place}. {table.title}",
                (table.headings, *((row.label, *(number(n, report.lang) for n in row.counts)) for row in table.rows)),
                bars_png({row.label: row.counts[0] for row in table.rows}, title=table.headings[1], lang=report.lang)
                if len(table.rows) >= _CHARTED_FROM
                else None,
            )
            for place, table in enumerate(report.tables, 1)
        ),
    )
    with whole_file(path) as partial:
        write_docx(partial, document)
