"""``ttdn pull``: what is missing here comes from the store."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.jobs.library import store_of
from ttdn_assets.jobs.sync import pull
from ttdn_assets.settings import create_library, find_library
from ttdn_cli.app import option, verb
from ttdn_cli.output import tell_moved
from ttdn_cli.progress import shown


@verb("pull")
@option("--store", metavar="URL", help="cli.option.store")
@option("--originals/--no-originals", default=True, help="cli.pull.originals")
def command(store: str | None, originals: bool, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.pull.help``."""
    opened = create_library(find_library(library))
    with shown() as progress:
        moved = pull(opened, store_of(opened, store, writing=False), originals=originals, progress=progress)
    tell_moved(moved, as_json=as_json)
    return int(moved.failed)
