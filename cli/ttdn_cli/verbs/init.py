"""``ttdn init``: create a library folder with its settings file."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.errors import UsageError
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import SETTINGS_FILE, create_library, find_library
from ttdn_assets.terms import load_terms
from ttdn_assets.text import fold
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
    is_new = not (root / SETTINGS_FILE).exists()
    chosen = tuple(choose(targets, load_placements(root / "placements"))) if targets else ()
    home = _province(province, root) if province else ""
    created = create_library(root, name=name, province=home, credit=credit, targets=chosen)
    if as_json:
        json_line({"library": str(created.root), "new": is_new})
    else:
        click.echo(t("cli.init.done" if is_new else "cli.init.kept", {"path": str(created.root)}))


def _province(query: str, root: Path) -> str:
    """The id of the province with that id or name.

    Raises:
        UsageError: ``province-unknown``.
    """
    for term in load_terms(root / "terms").family("prov"):
        names = (name for lang in ("vi", "en", "zh") for name in term.surfaces(lang))
        if query == term.id or fold(query) in map(fold, names):
            return term.id
    raise UsageError("province-unknown", {"query": query})
