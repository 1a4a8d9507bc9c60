"""``ttdn forget``: an asset whose consent was withdrawn leaves library and store."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.forgetting import Forgotten, forget
from ttdn_assets.jobs.library import open_library, show, store_of
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


@verb("forget")
@click.argument("asset", metavar="ASSET")
@option("--yes", is_flag=True, help="cli.forget.yes")
@option("--store", "url", metavar="URL", help="cli.option.store")
@option("--who", metavar="NAME", help="cli.option.who")
def command(asset: str, yes: bool, url: str | None, who: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.forget.help``."""
    opened = open_library(library)
    record = show(opened, asset)
    wants_store = bool(opened.settings.store.url if url is None else url)
    store = store_of(opened, url) if wants_store else None
    if not yes:
        source = record.files[0].relative if record.files else ""
        click.confirm(t("cli.forget.sure", {"asset": record.id[:12], "source": source}), abort=True, err=True)
    done = forget(opened, record.id, store=store, who=who)
    if as_json:
        json_line(msgspec.to_builtins(done))
    else:
        _tell(done, has_store=wants_store)


def _tell(done: Forgotten, *, has_store: bool) -> None:
    counts: dict[str, str | int | float | None] = {"asset": done.asset[:12], "files": done.files}
    click.secho(t("cli.forget.done", {**counts, "objects": done.objects}), bold=True)
    if done.links:
        click.echo(t("cli.forget.links", {"links": done.links}))
    if not has_store:
        click.echo(t("cli.forget.no-store"))
    for original in done.originals:
        click.echo(t("cli.forget.original", {"path": original}))
    for bag in done.bags:
        click.echo(t("cli.forget.bag", {"path": bag.path, "target": bag.target}))
    for one in done.publications:
        click.echo(t("cli.forget.publication", {"target": one.target, "at": one.at, "url": one.url}))
