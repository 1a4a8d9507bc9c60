"""``ttdn add``: catalogue and caption media without rendering anything."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.jobs.lines import outcome_line, run_line
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.settings import find_library
from ttdn_cli.app import INTERRUPTED, option, verb
from ttdn_cli.output import json_line, tell_run
from ttdn_cli.progress import shown
from ttdn_cli.speech import language


@verb("add")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(path_type=Path))
@option("--jobs", type=click.IntRange(1, 64), metavar="N", help="cli.option.jobs")
@option("--rehash", is_flag=True, help="cli.option.rehash")
def command(folders: tuple[Path, ...], jobs: int | None, rehash: bool, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.add.help``."""
    with shown() as progress:
        run = prepare(
            folders,
            targets=(),
            library=library,
            store="",
            jobs=jobs,
            rehash=rehash,
            progress=progress,
            each=(lambda outcome: json_line(outcome_line(outcome, ui=language()))) if as_json else None,
        )
    if as_json:
        json_line(run_line(run, ui=language()))
    else:
        tell_run(run, find_library(library))
    return INTERRUPTED if run.interrupted else int(run.failed)
