"""A library to its store and back: what is missing or different travels, and nothing else.

    push   originals, renditions → files of bags → seals of bags → records of assets
    pull   records of assets → renditions → bags, their declaration last

Whatever names a thing follows the thing, so that a run that is killed leaves nothing that points at nothing, and the
next run does what is missing.  Of two records of the same asset the one that was changed last stays.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.jobs.sync_pull import Pull
from ttdn_assets.jobs.sync_push import Push
from ttdn_assets.jobs.sync_transfer import Fault, Moved
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Progress, silent
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store

__all__ = ["Fault", "Moved", "pull", "push"]


def push(
    library: Library,
    store: Store,
    *,
    catalogue: Catalogue | None = None,
    progress: Progress = silent,
    threads: int = 8,
) -> Moved:
    """Send what the store lacks.

    Args:
        library: whose renditions and bags.
        store: where to.
        catalogue: the open catalogue of the library; it is opened and closed again where ``None``.
        progress: told of every object.
        threads: how many objects travel at once.

    Raises:
        StoreError: the store refuses or does not answer; what was sent stays and is not sent again.
    """
    if catalogue is None:
        with open_catalogue(library.database_url, create=False) as opened:
            return push(library, store, catalogue=opened, progress=progress, threads=threads)
    with tempfile.TemporaryDirectory(prefix="ttdn-") as scratch:
        run = Push(library, store, catalogue, scratch=Path(scratch), progress=progress, threads=threads)
        run.files()
        run.bags()
        run.records()
        return run.tally.result()


def pull(
    library: Library,
    store: Store,
    *,
    catalogue: Catalogue | None = None,
    who: str | None = None,
    progress: Progress = silent,
    threads: int = 8,
) -> Moved:
    """Fetch what this machine lacks: records into the catalogue, renditions and bags into the library; all verified.

    Originals stay in the store; the catalogue lists them as missing here.

    Args:
        library: where to.
        store: where from; it is only read.
        catalogue: the open catalogue of the library; it is opened, made where needed, and closed where ``None``.
        who: the name written into the history; the system's user where ``None``.
        progress: told of every object.
        threads: how many objects travel at once.

    Raises:
        StoreError: the store refuses or does not answer.
    """
    if catalogue is None:
        with open_catalogue(library.database_url) as opened:
            return pull(library, store, catalogue=opened, who=who, progress=progress, threads=threads)
    with tempfile.TemporaryDirectory(prefix="ttdn-") as scratch:
        run = Pull(library, store, catalogue, scratch=Path(scratch), progress=progress, threads=threads)
        run.records(who or system_user())
        run.renditions()
        run.bags()
        return run.tally.result()
