"""``ttdn report``: what the library holds, or what a period brought, as lines, JSON, or a document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import click
import msgspec

from ttdn_assets.jobs.library import report
from ttdn_assets.jobs.reporting import count, report_of, write_report
from ttdn_assets.model import Report
from ttdn_assets.reports.periods import parse_period
from ttdn_assets.wording import number
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line, megabytes
from ttdn_cli.speech import language, t


@verb("report")
@option("--period", metavar="PERIOD", help="cli.report.period")
@option("--unit", metavar="NAME", help="cli.report.unit")
@option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="cli.report.out")
@option("--lang", type=click.Choice(["vi", "en"]), help="cli.report.lang")
def command(
    period: str | None,
    unit: str | None,
    out: Path | None,
    lang: Literal["vi", "en"] | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """See the sentence ``cli.report.help``."""
    if period is None and unit is None and out is None:
        _tell_holdings(library, as_json=as_json)
        return
    period = period or str(dt.date.today().year)
    if as_json:
        json_line(msgspec.to_builtins(count(library, parse_period(period), unit=unit)))
    if out is not None:
        write_report(report_of(library, period, unit=unit, lang=lang or "vi"), out)
        click.echo(t("cli.report.written", {"path": str(out)}), err=True)
    elif not as_json:
        _tell(report_of(library, period, unit=unit, lang=lang or language()))


def _tell(told: Report) -> None:
    click.secho(told.subject, bold=True)
    for paragraph in told.paragraphs:
        click.echo(paragraph)
    for table in told.tables:
        click.secho(f"\n{table.title}", bold=True)
        width = max(len(row.label) for row in table.rows)
        for row in table.rows:
            counts = "  ".join(
                f"{heading} {number(value, told.lang)}"
                for heading, value in zip(table.headings[1:], row.counts, strict=True)
                if value
            )
            click.echo(f"  {row.label:<{min(width, 32)}}  {counts}")


def _tell_holdings(library: Path | None, *, as_json: bool) -> None:
    told = report(library)
    if as_json:
        json_line(told)
        return
    click.secho(told["unit"] or t("cli.report.title"), bold=True)
    for section in ("assets", "captions", "targets", "findings"):
        for key, value in told[section].items():
            shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            click.echo(f"  {t('cli.report.' + section):<14} {key:<12} {shown}")
    files = told["renditions"]
    click.echo(f"  {t('cli.report.renditions'):<14} {files['files']}  {megabytes(files['bytes'])}")
    for bag in told["submissions"]:
        click.echo(f"  {t('cli.report.submission'):<14} {bag['created_at'][:10]}  {bag['target']}  {bag['path']}")
