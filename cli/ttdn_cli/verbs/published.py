"""``ttdn published``: where assets went out and what they reached."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.jobs.publishing import import_publications, publish, published, strike
from ttdn_assets.jobs.publishing_sheet import COUNTED, day_of
from ttdn_assets.model import Publication, Reach
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line, tell_findings
from ttdn_cli.speech import language, t


@verb("published add")
@click.argument("assets", nargs=-1, required=True, metavar="ASSET...")
@option("--to", "target", required=True, metavar="TARGET", help="cli.published.to")
@option("--url", default="", metavar="URL", help="cli.published.url")
@option("--on", "at", default="", metavar="DATE", help="cli.published.on")
@option("--views", type=click.IntRange(0), metavar="N", help="cli.published.views")
@option("--likes", type=click.IntRange(0), metavar="N", help="cli.published.likes")
@option("--comments", type=click.IntRange(0), metavar="N", help="cli.published.comments")
@option("--shares", type=click.IntRange(0), metavar="N", help="cli.published.shares")
@option("--reach", type=click.IntRange(0), metavar="N", help="cli.published.reach")
@option("--who", metavar="NAME", help="cli.option.who")
def add(
    assets: tuple[str, ...],
    target: str,
    url: str,
    at: str,
    views: int | None,
    likes: int | None,
    comments: int | None,
    shares: int | None,
    reach: int | None,
    who: str | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """See the sentence ``cli.published-add.help``."""
    today = dt.date.today().isoformat()
    counted = Reach(at=today, views=views, likes=likes, comments=comments, shares=shares, reach=reach)
    figures = () if counted == Reach(at=today) else (counted,)
    day = day_of(at) or today
    said = [Publication(asset=one, target=target, at=day, url=url, figures=figures) for one in assets]
    new = publish(library, said, who=who)
    if as_json:
        json_line({"added": len(new), "known": len(said) - len(new)})
    else:
        click.echo(t("cli.published.added", {"n": len(new), "known": len(said) - len(new)}))


@verb("published remove")
@click.argument("asset", metavar="ASSET")
@option("--to", "target", required=True, metavar="TARGET", help="cli.published.to")
@option("--url", default="", metavar="URL", help="cli.published.url")
@option("--on", "at", required=True, metavar="DATE", help="cli.published.on")
@option("--who", metavar="NAME", help="cli.option.who")
def remove(asset: str, target: str, url: str, at: str, who: str | None, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.published-remove.help``."""
    struck = strike(library, Publication(asset=asset, target=target, at=day_of(at), url=url), who=who)
    if as_json:
        json_line({"removed": struck})
    else:
        click.echo(t("cli.published.removed" if struck else "cli.published.unknown"))
    return int(not struck)


@verb("published list")
@click.argument("asset", required=False, metavar="[ASSET]")
@option("--to", "target", default="", metavar="TARGET", help="cli.published.to")
@option("--from", "since", default="", metavar="DATE", help="cli.published.from")
@option("--until", default="", metavar="DATE", help="cli.published.until")
def list_(asset: str | None, target: str, since: str, until: str, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.published-list.help``."""
    for one in published(library, asset, target=target, since=since, until=until):
        if as_json:
            json_line(msgspec.to_builtins(one))
            continue
        latest = one.figures[-1] if one.figures else None
        values = [(name, getattr(latest, name)) for name in COUNTED] if latest else []
        counted = "  ".join(f"{t('reach.' + name)} {value}" for name, value in values if value is not None)
        click.echo(f"{one.at}  {one.asset[:8]}  {one.target}  {one.url or '–'}  {one.who}  {counted}".rstrip())


@verb("published import")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@option("--who", metavar="NAME", help="cli.option.who")
def import_(file: Path, who: str | None, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.published-import.help``."""
    done = import_publications(library, file, who=who)
    if as_json:
        findings = [finding_line(finding, ui=language()) for finding in done.findings]
        json_line({"file": str(file), "added": done.added, "counted": done.counted, "findings": findings})
    else:
        tell_findings(done.findings, verbose=True)
        click.secho(t("cli.published.imported", {"added": done.added, "counted": done.counted}), bold=True)
    return int(bool(done.findings))


command = group_of("published", add, list_, import_, remove)
