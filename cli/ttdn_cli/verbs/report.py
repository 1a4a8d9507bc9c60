"""``ttdn report``: what the library holds, as one JSON object or as lines."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.jobs.library import report
from ttdn_cli.app import verb
from ttdn_cli.output import json_line, megabytes
from ttdn_cli.speech import t


@verb("report")
def command(library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.report.help``."""
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
