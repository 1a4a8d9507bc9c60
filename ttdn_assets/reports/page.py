"""A report as one HTML page without scripts and without network, that prints on A4."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import Report
from ttdn_assets.tools.files import write_whole
from ttdn_assets.tools.html import render
from ttdn_assets.wording import number

_TEMPLATES = Path(__file__).parent / "templates"


def write_page(report: Report, path: Path) -> None:
    """Write the page; counts of the first column stand beside bars of their length."""
    most = {table.title: max((row.counts[0] for row in table.rows), default=0) for table in report.tables}
    page = render(
        _TEMPLATES,
        "report.html",
        {"report": report, "most": most},
        filters={"count": lambda value: number(value, report.lang)},
    )
    write_whole(path, page.encode())
