"""``ttdn crop``: set by hand what every crop of an asset keeps in view."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.edit import set_focus
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


@verb("crop")
@click.argument("asset", metavar="ASSET")
@option("--focus", required=True, metavar="X,Y", help="cli.crop.focus")
def command(asset: str, focus: str, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.crop.help``."""
    x, y = _shares(focus)
    changed = set_focus(library, asset, x=x, y=y)
    if as_json:
        json_line({"asset": changed, "focus": {"x": x, "y": y}})
    else:
        click.echo(t("cli.crop.done", {"asset": changed[:8], "point": f"{x:g},{y:g}"}))


def _shares(value: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in value.split(","))
    except ValueError as error:
        raise UsageError("focus-form", {"value": value}) from error
    return x, y
