"""``ttdn captions review|approve|reject``: whoever may decide, decides."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.reviewing import set_status, settle
from ttdn_assets.model import FIELDS, Field, TextStatus
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


def _command(name: str, status: TextStatus) -> click.Command:
    """One verb of the three; which texts it means is chosen alike."""

    @verb(f"captions {name}")
    @click.argument("assets", nargs=-1, metavar="[ASSET]...")
    @option("--all", "every", is_flag=True, help="cli.captions.all")
    @option("--field", type=click.Choice(FIELDS), help="cli.captions.field")
    @option("--lang", metavar="LANG", help="cli.captions.lang")
    @option("--who", metavar="NAME", help="cli.option.who")
    def command(
        assets: tuple[str, ...],
        every: bool,
        field: Field | None,
        lang: str | None,
        who: str | None,
        library: Path | None,
        as_json: bool,
    ) -> int:
        return _review(assets, status, every=every, field=field, lang=lang, who=who, library=library, as_json=as_json)

    return command


def _review(
    assets: tuple[str, ...],
    status: TextStatus,
    *,
    every: bool,
    field: Field | None,
    lang: str | None,
    who: str | None,
    library: Path | None,
    as_json: bool,
) -> int:
    if not assets and not every:
        raise UsageError("assets-unnamed")
    texts = disputed = 0
    for one in set_status(library, status, assets=assets, field=field, lang=lang, who=who):
        texts, disputed = texts + one.changed, disputed + len(one.disputed)
        if as_json:
            json_line(msgspec.to_builtins(one))
        for place, tongue in () if as_json else one.disputed:
            told = t("cli.captions.disputed", {"asset": one.asset[:8], "field": t(f"field.{place}"), "lang": tongue})
            click.secho(told, fg="yellow", err=True)
    if not as_json:
        click.secho(t("cli.captions.reviewed", {"texts": texts, "status": t(f"review.{status}")}), bold=True)
    return int(bool(disputed))


@verb("captions settle")
@click.argument("asset", metavar="ASSET")
@click.argument("field", type=click.Choice(FIELDS), metavar="FIELD")
@click.argument("lang", metavar="LANG")
@click.argument("take", type=click.IntRange(1), metavar="N")
@option("--who", metavar="NAME", help="cli.option.who")
def settling(
    asset: str, field: Field, lang: str, take: int, who: str | None, library: Path | None, as_json: bool
) -> None:
    """See the sentence ``cli.captions-settle.help``."""
    value = settle(library, asset, field, lang, take, who=who)
    if as_json:
        json_line({"asset": asset, "field": field, "lang": lang, "value": value})
    else:
        click.echo(value)


review = _command("review", "in_review")
approve = _command("approve", "approved")
reject = _command("reject", "rejected")
