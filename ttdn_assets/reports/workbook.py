"""A report as an Excel workbook: the document on the first sheet, then each table with its chart."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import Report
from ttdn_assets.tools.files import whole_file
from ttdn_assets.tools.sheets_report import Charted, write_report_book


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook; counts are numbers, charts are Excel's own and follow the cells."""
    tables = [
        Charted(title=table.title, headings=table.headings, rows=[(row.label, *row.counts) for row in table.rows])
        for table in report.tables
    ]
    left = [report.superior.upper(), report.unit.upper(), report.symbol]
    right = [report.nation, report.motto, report.dated]
    closing = [report.recipients_heading, *(f"- {one}" for one in report.recipients)]
    with whole_file(path) as partial:
        write_report_book(
            partial,
            head=list(zip(left, right, strict=True)),
            title=report.title,
            subject=report.subject,
            paragraphs=report.paragraphs,
            tables=tables,
            closing=closing,
            signer=report.signer.upper(),
        )
