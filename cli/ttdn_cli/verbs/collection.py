"""``ttdn collection``: assets kept together under a name, and searches kept to be asked again."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.catalogue.records import Query
from ttdn_assets.jobs.collecting import collect, export_collection
from ttdn_assets.jobs.library import catalogue_of, search
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t
from ttdn_cli.verbs.search import tell_hit

_LIMIT = 1000


@verb("collection add")
@click.argument("name", metavar="NAME")
@click.argument("assets", nargs=-1, required=True, metavar="ASSET...")
@option("--by", "who", metavar="NAME", help="cli.captions.by")
def add(name: str, assets: tuple[str, ...], who: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.collection-add.help``."""
    added = collect(library, name, assets, who=who)
    if as_json:
        json_line({"name": name, "added": added})
    else:
        click.echo(t("cli.collection.added", {"n": added, "name": name}))


@verb("collection remove")
@click.argument("name", metavar="NAME")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
def remove(name: str, assets: tuple[str, ...], library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.collection-remove.help``."""
    with catalogue_of(library) as catalogue:
        left = catalogue.collections.leave_out(name, assets) if assets else None
        if left is None:
            catalogue.collections.drop(name)
    if as_json:
        json_line({"name": name, "removed": left, "dropped": left is None})
    else:
        gone = t("cli.collection.dropped", {"name": name})
        click.echo(gone if left is None else t("cli.collection.removed", {"n": left, "name": name}))


@verb("collection list")
def list_collections(library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.collection-list.help``."""
    with catalogue_of(library) as catalogue:
        for one in catalogue.collections.all():
            if as_json:
                json_line(msgspec.to_builtins(one))
                continue
            held = t("cli.collection.search") if one.query else t("cli.collection.assets", {"n": one.assets})
            click.echo(f"{one.name}  ({held})  {one.created_at[:10]}  {one.who}")


@verb("collection show")
@click.argument("name", metavar="NAME")
def show(name: str, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.collection-show.help``."""
    with catalogue_of(library) as catalogue:
        kept = catalogue.collections.get(name).query
    page = search(library, msgspec.structs.replace(kept or Query(collection=name), limit=_LIMIT))
    for hit in page.hits:
        if as_json:
            json_line(msgspec.to_builtins(hit))
        else:
            tell_hit(hit)
    click.echo(t("cli.search.found", {"n": len(page.hits), "total": page.total}), err=True)


@verb("collection export")
@click.argument("name", metavar="NAME")
@click.argument("folder", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
def export(name: str, folder: Path, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.collection-export.help``."""
    done = export_collection(library, name, folder, ui=language())
    if as_json:
        json_line(msgspec.to_builtins(done))
    else:
        click.echo(t("cli.collection.exported", {"n": len(done.copied), "path": str(folder)}))
        for path in done.missing:
            click.echo(t("cli.collection.missing", {"path": path}), err=True)
    return int(bool(done.missing))


command = group_of("collection", add, remove, list_collections, show, export)
