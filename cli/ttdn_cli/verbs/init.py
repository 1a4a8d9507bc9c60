"""``ttdn init``: create a library folder with its settings file."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import create_library, find_library
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


@verb("init")
@option("--name", default="", metavar="NAME", help="cli.init.name")
@option("--province", default="", metavar="TERM", help="cli.init.province")
@option("--credit", default="", metavar="TEXT", help="cli.init.credit")
@option("--to", "targets", multiple=True, metavar="TARGET", help="cli.option.to")
def command(
    name: str, province: str, credit: str, targets: tuple[str, ...], library: Path | None, as_json: bool
) -> None:
    """See the sentence ``cli.init.help``."""
    root = find_library(library)
    chosen = tuple(choose(targets, load_placements(root / "placements"))) if targets else ()
    created = create_library(root, name=name, province=province, credit=credit, targets=chosen)
    if as_json:
        json_line({"library": str(created.root)})
    else:
        click.echo(t("cli.init.done", {"path": str(created.root)}))
