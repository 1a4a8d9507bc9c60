"""A library to its store and back: what is missing or different travels, and nothing else.

    push   originals with what belongs to them, renditions → bags, the seal of each last → records of assets
    pull   originals, renditions → the records that name them → bags, the declaration of each last

Whatever names a thing follows the thing, so that a run that is killed leaves nothing that points at nothing, and the
next run does what is missing.  Of two records of the same asset the one that was changed last stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.jobs.sync.garbage import Collect, Garbage
from ttdn_assets.jobs.sync.pulling import Pull
from ttdn_assets.jobs.sync.pushing import Push
from ttdn_assets.jobs.sync.transfer import Fault, Moved
from ttdn_assets.jobs.sync.verifying import Verify
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Progress, silent
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store

__all__ = ["Fault", "Garbage", "Moved", "collect_garbage", "pull", "push", "verify_store"]


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
    with (
        _catalogue(library, catalogue, create=False) as opened,
        Push.open(library, store, opened, progress=progress, threads=threads) as run,
    ):
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
    originals: bool = True,
    progress: Progress = silent,
    threads: int = 8,
) -> Moved:
    """Fetch what this machine lacks, verified: an empty one becomes a whole library.

    Originals that lie nowhere on this machine come into the library's folder for them, under the names they had, and
    the catalogue says that they lie there.

    Args:
        library: where to.
        store: where from; it is only read.
        catalogue: the open catalogue of the library; it is opened, made where needed, and closed where ``None``.
        who: the name written into the history; the system's user where ``None``.
        originals: whether to fetch them too; the catalogue lists those that stay in the store as missing here.
        progress: told of every object.
        threads: how many objects travel at once.

    Raises:
        StoreError: the store refuses or does not answer.
    """
    with (
        _catalogue(library, catalogue, create=True) as opened,
        Pull.open(library, store, opened, progress=progress, threads=threads) as run,
    ):
        run.assets(who or system_user(), originals=originals)
        run.bags()
        return run.tally.result()


def verify_store(
    library: Library,
    store: Store,
    *,
    deep: bool = False,
    repair: bool = False,
    catalogue: Catalogue | None = None,
    progress: Progress = silent,
    threads: int = 8,
) -> Moved:
    """See that the store has everything its records and bags name; ``unchanged`` is well, ``sent`` was put right.

    Args:
        library: whose store; what it has whole is what is sent again.
        store: what to look at.
        deep: whether to read every object and compute its digest; else its being there and its size.
        repair: whether to send again what is wrong or gone.
        catalogue: the open catalogue of the library; it is opened and closed again where ``None``.
        progress: told of every object.
        threads: how many objects are looked at at once.

    Raises:
        StoreError: the store refuses or does not answer.
    """
    with (
        _catalogue(library, catalogue, create=False) as opened,
        Verify.open(library, store, opened, progress=progress, threads=threads) as run,
    ):
        run.run(deep=deep, repair=repair)
        return run.tally.result()


def collect_garbage(
    library: Library,
    store: Store,
    *,
    delete: bool = False,
    now: dt.datetime | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress = silent,
    threads: int = 8,
) -> Garbage:
    """What the store holds that nothing refers to, older than a day.

    Args:
        library: one of those that use the store.
        store: what to look at.
        delete: whether to delete it; nothing is where a record cannot be read.
        now: the time it is.
        catalogue: the open catalogue of the library; it is opened and closed again where ``None``.
        progress: told of every object deleted.
        threads: how many objects at once.

    Raises:
        StoreError: the store refuses or does not answer.
    """
    with (
        _catalogue(library, catalogue, create=False) as opened,
        Collect.open(library, store, opened, progress=progress, threads=threads) as run,
    ):
        return run.run(delete=delete, now=now)


@contextmanager
def _catalogue(library: Library, opened: Catalogue | None, *, create: bool) -> Iterator[Catalogue]:
    if opened is not None:
        yield opened
        return
    with open_catalogue(library.database_url, create=create) as catalogue:
        yield catalogue
