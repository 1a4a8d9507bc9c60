"""``ttdn share``: a page of links that expire."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.errors import CheckFailed
from ttdn_assets.jobs.library import open_library, store_of
from ttdn_assets.jobs.sharing import share
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line, tell_findings
from ttdn_cli.speech import t


@verb("share")
@click.argument("what", metavar="ASSET|SUBMISSION")
@option("--days", type=click.IntRange(1, 7), default=7, show_default=True, help="cli.share.days")
@option("--store", metavar="URL", help="cli.option.store")
def command(what: str, days: int, store: str | None, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.share.help``."""
    opened = open_library(library)
    try:
        made = share(opened, store_of(opened, store), what, days=days)
    except CheckFailed as refused:
        tell_findings(refused.findings, verbose=True)
        raise
    if as_json:
        json_line(msgspec.to_builtins(made))
        return 0
    until = made.expires_at.astimezone().strftime("%d/%m/%Y %H:%M")
    click.echo(t("cli.share.done", {"files": made.files, "until": until}), err=True)
    click.echo(made.url)
    return 0
