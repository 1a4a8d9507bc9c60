"""``ttdn placements``: what each slot of each platform accepts, with the source of every figure."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.model import Margins, Placement
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import load_library
from ttdn_cli.app import verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t


@verb("placements")
@click.argument("ids", nargs=-1, metavar="[ID]...")
def command(ids: tuple[str, ...], library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.placements.help``."""
    known = load_placements(load_library(library).placements)
    chosen = [one for group in choose(ids, known).values() for one in group] if ids else list(known.values())
    if as_json:
        for placement in chosen:
            json_line(msgspec.to_builtins(placement))
    elif ids:
        for placement in chosen:
            _show(placement)
    else:
        for placement in chosen:
            click.echo(f"{placement.id:<24} {_size(placement):<14} {name_of(placement)}")


def name_of(placement: Placement) -> str:
    """The placement's name in the language spoken, else in English."""
    return placement.name.get(language()) or placement.name.get("en") or placement.id


def _size(placement: Placement) -> str:
    if placement.sizes_px:
        return f"{placement.sizes_px[0][0]}×{placement.sizes_px[0][1]}"
    return f"≤ {placement.long_edge_px}" if placement.long_edge_px else t("cli.placements.original")


def _show(placement: Placement) -> None:
    click.secho(f"{placement.id}  {name_of(placement)}", bold=True)
    sources = {figure.key: figure for figure in placement.figures}
    for key in placement.__struct_fields__:
        value = getattr(placement, key)
        if key in ("id", "name", "figures", "texts") or value in (None, (), False):
            continue
        click.echo(f"  {key:<22} {_value(value)}{_source(sources.get(key))}")
    for limit in placement.texts:
        figure = sources.get(f"texts.{limit.field}")
        click.echo(f"  {'texts.' + limit.field:<22} ≤ {limit.maximum} {limit.unit}{_source(figure)}")


def _value(value: object) -> str:
    if isinstance(value, Margins):
        return ", ".join(f"{side} {share:.1%}" for side, share in msgspec.structs.asdict(value).items() if share)
    if isinstance(value, tuple):
        return ", ".join("×".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _source(figure: object) -> str:
    if figure is None:
        return ""
    confidence, source, date = (getattr(figure, name) for name in ("confidence", "source", "date"))
    return click.style(f"\n  {'':<22} {confidence} · {date} · {source}", dim=True)
