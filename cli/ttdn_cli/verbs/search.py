"""``ttdn search``: find assets by words, with and without diacritics, and by what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
import msgspec

from ttdn_assets.catalogue.records import Hit, Query
from ttdn_assets.jobs.library import search
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t


@verb("search")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@option("--kind", type=click.Choice(["photo", "video"]), help="cli.search.kind")
@option("--place", "places", multiple=True, metavar="TERM", help="cli.search.place")
@option("--topic", "topics", multiple=True, metavar="TERM", help="cli.search.topic")
@option("--event", "events", multiple=True, metavar="TERM", help="cli.search.event")
@option("--from", "taken_from", metavar="DATE", help="cli.search.from")
@option("--until", "taken_to", metavar="DATE", help="cli.search.until")
@option("--lang", "lang", metavar="LANG", help="cli.search.lang")
@option("--status", type=click.Choice(["draft", "in_review", "approved", "rejected"]), help="cli.search.status")
@option("--target", metavar="TARGET", help="cli.search.target")
@option("--unused", is_flag=True, help="cli.search.unused")
@option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N", help="cli.search.limit")
@option("--offset", type=click.IntRange(0), default=0, metavar="N", help="cli.search.offset")
def command(
    words: tuple[str, ...],
    kind: Literal["photo", "video"] | None,
    places: tuple[str, ...],
    topics: tuple[str, ...],
    events: tuple[str, ...],
    taken_from: str | None,
    taken_to: str | None,
    lang: str | None,
    status: Literal["draft", "in_review", "approved", "rejected"] | None,
    target: str | None,
    unused: bool,
    limit: int,
    offset: int,
    library: Path | None,
    as_json: bool,
) -> None:
    """See the sentence ``cli.search.help``."""
    query = Query(
        text=" ".join(words),
        kind=kind,
        places=places,
        topics=topics,
        events=events,
        taken_from=taken_from,
        taken_to=taken_to,
        language=lang,
        status=status,
        target=target,
        unused=unused,
        limit=limit,
        offset=offset,
    )
    page = search(library, query)
    for hit in page.hits:
        if as_json:
            json_line(msgspec.to_builtins(hit))
        else:
            _tell(hit)
    click.echo(t("cli.search.found", {"n": len(page.hits), "total": page.total}), err=True)


def _tell(hit: Hit) -> None:
    title = hit.titles.get(language()) or next(iter(hit.titles.values()), t("cli.search.untitled"))
    click.echo(f"{hit.asset[:8]}  {(hit.taken_at or '')[:10]:<10}  {title}")
    click.secho(f"          {t('cli.missing') + ' ' if hit.missing else ''}{hit.path or ''}", dim=True)
