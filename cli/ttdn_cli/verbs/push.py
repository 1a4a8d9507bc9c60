"""``ttdn push``: what the store lacks goes there."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.jobs.library import open_library, store_of
from ttdn_assets.jobs.sync import push
from ttdn_cli.app import option, verb
from ttdn_cli.output import tell_moved
from ttdn_cli.progress import shown


@verb("push")
@option("--store", metavar="URL", help="cli.option.store")
def command(store: str | None, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.push.help``."""
    opened = open_library(library)
    with shown() as progress:
        moved = push(opened, store_of(opened, store), progress=progress)
    tell_moved(moved, as_json=as_json)
    return int(moved.failed)
