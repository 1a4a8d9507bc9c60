"""``ttdn duplicates``: which files show the same picture, why, and which is the best original."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.duplicates import REASONS, DuplicateGroup, find_duplicates
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line, megabytes
from ttdn_cli.progress import shown
from ttdn_cli.speech import t


@verb("duplicates")
@option("--reason", "reasons", type=click.Choice(REASONS), multiple=True, help="cli.duplicates.reason")
@option("--jobs", type=click.IntRange(1), metavar="N", help="cli.option.jobs")
def command(reasons: tuple[str, ...], jobs: int | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.duplicates.help``."""
    with shown(quiet=as_json) as progress:
        found = find_duplicates(library, jobs=jobs, progress=progress)
    groups = [group for group in found.groups if not reasons or group.reason in reasons]
    for group in groups:
        if as_json:
            json_line(msgspec.to_builtins(group))
        else:
            _tell(group)
    click.echo(t("cli.duplicates.found", {"n": len(groups)}), err=True)
    if found.unseen:
        click.echo(t("cli.duplicates.unseen", {"n": found.unseen}), err=True)


def _tell(group: DuplicateGroup) -> None:
    click.secho(t(f"duplicate.{group.reason}"), bold=True)
    for one in group.files:
        size = f"{one.size_px[0]}×{one.size_px[1]}"
        why = t("duplicate.best") if one.reason is None else t(f"duplicate.{one.reason}")
        click.echo(f"  {'★' if one.best else ' '} {one.asset[:8]}  {size:>11} {megabytes(one.size_bytes):>8}  {why}")
        click.secho(f"      {t('cli.missing') + ' ' if one.missing else ''}{one.path}", dim=True)
