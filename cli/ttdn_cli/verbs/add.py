"""``ttdn add``: catalogue and caption media without rendering anything."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.settings import find_library
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_outcome, tell_run
from ttdn_cli.progress import shown


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
            each=json_outcome if as_json else None,
        )
    return tell_run(run, find_library(library), as_json=as_json)
