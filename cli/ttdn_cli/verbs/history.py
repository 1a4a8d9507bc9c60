"""``ttdn history``: who changed what, when, before and after."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.library import history
from ttdn_cli.app import verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


@verb("history")
@click.argument("asset", required=False, metavar="[ASSET]")
def command(asset: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.history.help``."""
    for line in history(library, asset):
        if as_json:
            json_line(msgspec.to_builtins(line))
            continue
        what = " ".join(part for part in (t(f"history.{line.what}"), line.field, line.lang) if part)
        change = f": {line.before or '–'} → {line.after or '–'}" if line.before or line.after else ""
        click.echo(f"{line.at[:19]}  {line.who}  {line.asset[:8]}  {what}{change}")
