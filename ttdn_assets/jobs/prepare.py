"""The main job: a folder of originals to renditions, words, submissions and a store.

    before any file : readiness            -> raise, nothing half done
    parent reads    : triage               -> what is known, what is missing
    per file        : work (in a worker)   -> probe, plan, make, check
    parent, as each ends : captioning, catalogue (one transaction an asset), progress
    per target      : pack                 -> a bag, checked
    store           : push

A fault of one file becomes that file's ``Outcome.error``.  A killed run leaves whole files and whole transactions; the
next one does what is missing.  This is the one job that joins others.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.errors import AssetsError
from ttdn_assets.jobs.afar import cluster_executor
from ttdn_assets.jobs.pool import OpenExecutor, local_pool
from ttdn_assets.jobs.prepare_files import Files
from ttdn_assets.jobs.readiness import Ready, make_ready, sole_run
from ttdn_assets.jobs.run_log import logging_to
from ttdn_assets.jobs.submit import Submission, pack_target
from ttdn_assets.jobs.sync import push
from ttdn_assets.jobs.telling import Each, Telling
from ttdn_assets.jobs.who import system_user
from ttdn_assets.jobs.work import Task, Worked, work_on
from ttdn_assets.model import Failure, Finding, Outcome, Progress, silent
from ttdn_assets.tools.files import os_errors, sweep_partials

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.place import place_findings

log = logging.getLogger("ttdn_assets.prepare")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did.  ``encodes`` counts the renditions made."""

    outcomes: Sequence[Outcome]
    submissions: tuple[Submission, ...] = ()
    findings: tuple[Finding, ...] = ()
    encodes: int = 0
    interrupted: bool = False

    @property
    def failed(self) -> bool:
        """Whether some file failed or something written breaks a rule."""
        told = (*self.findings, *(f for s in self.submissions for f in s.findings))
        broken = any(f.level == "error" for f in told)
        return broken or any(_is_bad(outcome) for outcome in self.outcomes)


def _is_bad(outcome: Outcome) -> bool:
    return outcome.status == "failed" or any(finding.level == "error" for finding in outcome.findings)


def prepare(
    folders: Sequence[Path],
    *,
    targets: Sequence[str] | None = None,
    library: Path | None = None,
    store: str | None = None,
    jobs: int | None = None,
    rehash: bool = False,
    who: str | None = None,
    today: dt.date | None = None,
    scheduler: str | None = None,
    work: Callable[[Task], Worked] = work_on,
    progress: Progress = silent,
    each: Each | None = None,
) -> Run:
    """Catalogue, caption, render, check, pack and store the media of ``folders``.

    Args:
        folders: folders or single files; originals are read where they lie and never changed.
        targets: platforms or placement ids; the library's own ``targets`` where ``None``; none at all
            where empty, and the media are then catalogued and captioned only.
        library: the library folder; found as ``settings.find_library`` says where ``None``.
        store: URL of the object store; ``[store] url`` of ttdn.toml where ``None``; none at all where that is empty.
        jobs: worker processes; one a core, at most four, where ``None``.
        rehash: read every file again instead of trusting size and time of change.
        who: the name written into the history; the system's user where ``None``.
        today: the date written on submissions.
        scheduler: address of a Dask cluster that does the work; processes of this machine where ``None``.
        work: what is done with one original.
        progress: told of every step.
        each: told of every outcome as it ends.

    Raises:
        AssetsError: what makes the whole run impossible (``readiness.make_ready``, ``afar.cluster_executor``), before
            any file is touched.
        LibraryBusy: another run holds the library.
    """
    ready = make_ready(folders, targets=targets, library=library, store=store)
    who = who or system_user()
    telling = Telling(progress, each)
    telling.findings.extend(place_findings(ready.library.database_url))
    with (
        sole_run(ready.library),
        logging_to(ready.library.log),
        open_catalogue(ready.library.database_url) as catalogue,
        _executor(ready, scheduler, jobs) as (open_executor, window),
    ):
        sweep_partials(ready.library.renditions)
        files = Files(ready, catalogue, telling, rehash=rehash, who=who)
        submissions: tuple[Submission, ...] = ()
        interrupted = False
        try:
            files.run(folders, work=work, open_executor=open_executor, window=window)
        except KeyboardInterrupt:
            interrupted = True
        else:
            submissions = _pack_all(ready, catalogue, telling, today=today, who=who)
            _push_all(ready, catalogue, telling)
        return Run(
            outcomes=telling.outcomes,
            submissions=submissions,
            findings=(*files.sheets.findings, *telling.findings),
            encodes=files.encodes,
            interrupted=interrupted,
        )


@contextlib.contextmanager
def _executor(ready: Ready, scheduler: str | None, jobs: int | None) -> Iterator[tuple[OpenExecutor, int]]:
    """Who does the work, and how many files are in flight."""
    if scheduler is not None:
        with cluster_executor(scheduler, ready) as opened:
            yield opened
    else:
        count = jobs or min(4, os.cpu_count() or 1)
        yield partial(local_pool, count), count


def _pack_all(
    ready: Ready, catalogue: Catalogue, telling: Telling, *, today: dt.date | None, who: str
) -> tuple[Submission, ...]:
    """A bag for each target; one that cannot be packed keeps no other from it."""
    submissions: list[Submission] = []
    met = (outcome.asset for outcome in telling.outcomes) if ready.chosen else ()
    ids = list(dict.fromkeys(asset for asset in met if asset))
    for target, group in ready.chosen.items():
        try:
            with os_errors(ready.library.submissions):
                packed = pack_target(
                    ready.library,
                    catalogue,
                    target,
                    group,
                    ids,
                    today=today or dt.date.today(),
                    who=who,
                    progress=telling.progress,
                )
        except AssetsError as error:
            log.exception("%s", target)
            told = Finding(rule="target-not-packed", level="error", subject=target, cause=error.failure())
            telling.findings.append(told)
        else:
            submissions.extend([packed] if packed else [])
    return tuple(submissions)


def _push_all(ready: Ready, catalogue: Catalogue, telling: Telling) -> None:
    """What the store lacks."""
    if ready.store is None:
        return
    causes: Sequence[Failure]
    try:
        moved = push(ready.library, ready.store, catalogue=catalogue, progress=telling.progress)
    except AssetsError as error:
        log.exception("%s", ready.store.label)
        causes = [error.failure()]
    else:
        causes = [fault.failure for fault in moved.faults]
    for cause in causes:
        told = Finding(rule="store-incomplete", level="error", subject=ready.store.label, cause=cause)
        telling.findings.append(told)
