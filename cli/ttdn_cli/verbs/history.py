"""``ttdn history``: who changed what, when, before and after."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.catalogue.records import HistoryLine
from ttdn_assets.decoding import decode
from ttdn_assets.jobs.library import history
from ttdn_assets.model import Rights, Subject
from ttdn_cli.app import verb
from ttdn_cli.output import json_line, point
from ttdn_cli.speech import t
from ttdn_cli.verbs.rights import rights_lines


@verb("history")
@click.argument("asset", required=False, metavar="[ASSET]")
def command(asset: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.history.help``."""
    for line in history(library, asset):
        if as_json:
            json_line(msgspec.to_builtins(line))
            continue
        what = " ".join(part for part in (t(f"history.{line.what}"), line.field, line.lang) if part)
        before, after = (_shown(line, value) for value in (line.before, line.after))
        change = f": {before} → {after}" if line.before or line.after else ""
        click.echo(f"{line.at[:19]}  {line.who}  {line.asset[:8]}  {what}{change}")


def _shown(line: HistoryLine, value: str | None) -> str:
    """What stood or stands: the name of a status, what a rights record says, the point kept in view, else the text."""
    if value and line.what == "status":
        return t(f"review.{value}")
    if value and line.what == "rights":
        return "; ".join(rights_lines(decode(value, Rights)))
    if value and line.what == "subject":
        subject = decode(value, Subject)
        return f"{point(subject.focal)} [{t('subject.' + subject.origin)}]"
    return value or "–"
