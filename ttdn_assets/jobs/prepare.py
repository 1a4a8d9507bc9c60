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
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry, AssetRecord, FileVersion
from ttdn_assets.errors import AssetsError, ToolError
from ttdn_assets.jobs.captioning import SheetsBeside, caption, inputs_digest
from ttdn_assets.jobs.pool import Died, cause_of_death, local_pool, run_each
from ttdn_assets.jobs.readiness import Ready, check_disk, make_ready, sole_run
from ttdn_assets.jobs.submit import Submission, pack_target
from ttdn_assets.jobs.sync import push
from ttdn_assets.jobs.triage import due, planned, recipes_there, same_bytes
from ttdn_assets.jobs.who import system_user
from ttdn_assets.jobs.work import Task, Worked, failure_of, work_on
from ttdn_assets.model import (
    Event,
    Failure,
    Finding,
    MediaFacts,
    Outcome,
    OutcomeStatus,
    Progress,
    RenditionPlan,
    Source,
    silent,
)
from ttdn_assets.scanning import scan
from ttdn_assets.tools.files import os_errors, sweep_partials
from ttdn_assets.wording import say_failure

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue

log = logging.getLogger("ttdn_assets.prepare")
Each = Callable[[Outcome], None]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did.  ``encodes`` counts the renditions made."""

    outcomes: tuple[Outcome, ...]
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


def _size_bytes(source: Source) -> int:
    try:
        return Path(source.path).stat().st_size
    except OSError:
        return 0


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
    open_executor: Callable[[], Executor] | None = None,
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
        open_executor: opens the executor that runs ``work``; a pool of local processes where ``None``.
        work: what is done with one original.
        progress: told of every step.
        each: told of every outcome as it ends.

    Raises:
        AssetsError: what makes the whole run impossible (``readiness.make_ready``), before any file is touched.
        LibraryBusy: another run holds the library.
    """
    ready = make_ready(folders, targets=targets, library=library, store=store)
    count = jobs or min(4, os.cpu_count() or 1)
    with (
        sole_run(ready.library),
        _logging_to(ready.library.log),
        open_catalogue(ready.library.database_url) as catalogue,
    ):
        sweep_partials(ready.library.renditions)
        run = _Run(ready, catalogue, rehash=rehash, who=who or system_user(), progress=progress, each=each)
        run.files(folders, work=work, open_executor=open_executor or partial(local_pool, count), window=count)
        if not run.interrupted:
            run.pack_all(today or dt.date.today())
            run.push_all()
        return run.result()


class _LogFile(logging.FileHandler):
    """A log that is silent where the disk takes no more of it: the run itself tells what is wrong."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Let the line go."""

    def close(self) -> None:
        """Let go what was not written yet."""
        with contextlib.suppress(OSError):
            super().close()


@contextlib.contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Take what is logged while the block lasts into the library's log."""
    handler = _LogFile(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("ttdn_assets")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


class _Run:
    """One run while it lasts: what it holds open, and what it has told so far."""

    def __init__(
        self, ready: Ready, catalogue: Catalogue, *, rehash: bool, who: str, progress: Progress, each: Each | None
    ) -> None:
        self.ready, self.catalogue, self.rehash, self.who = ready, catalogue, rehash, who
        self.progress, self.each = progress, each
        self.sheets = SheetsBeside()
        self.outcomes: list[Outcome] = []
        self.assets: dict[str, Source] = {}
        self.submissions: list[Submission] = []
        self.findings: list[Finding] = []
        self.encodes = 0
        self.interrupted = False
        self.total = 0
        self.work_bytes = self.worked_bytes = 0
        self.started = time.monotonic()

    def result(self) -> Run:
        return Run(
            outcomes=tuple(self.outcomes),
            submissions=tuple(self.submissions),
            findings=(*self.sheets.findings, *self.findings),
            encodes=self.encodes,
            interrupted=self.interrupted,
        )

    # Files

    def files(
        self,
        folders: Sequence[Path],
        *,
        work: Callable[[Task], Worked],
        open_executor: Callable[[], Executor],
        window: int,
    ) -> None:
        """Every file of the folders to its outcome."""
        found = (source for folder in folders for source in self._scanned(folder))
        sources = list({source.path: source for source in found}.values())
        self.total = len(sources)
        if all(source.skipped for source in sources):
            self.findings.append(Finding(rule="no-media", level="warning", subject=", ".join(map(str, folders))))
        tasks = [task for source in sources if (task := self._task(source)) is not None]
        # What is made of an original weighs about what it weighs itself; the real need is known only afterwards.
        self.work_bytes = sum(_size_bytes(task.source) for task in tasks)
        check_disk(self.ready.library, self.work_bytes)
        try:
            for task, result in run_each(work, self._begun(tasks), open_executor=open_executor, window=window):
                self._ended(task, self._worked(task, result))
        except KeyboardInterrupt:
            self.interrupted = True

    def _begun(self, tasks: Sequence[Task]) -> Iterator[Task]:
        """Each task as a worker takes it, told as the file in hand."""
        self.started = time.monotonic()
        for task in tasks:
            self._tell_progress(task.source.relative)
            yield task

    def _scanned(self, folder: Path) -> Iterator[Source]:
        for number, source in enumerate(scan(folder), 1):
            self.progress(Event(stage="scan", done=number, total=0, source=source.relative))
            yield source

    def _task(self, source: Source) -> Task | None:
        """The work a source needs; ``None`` where its outcome is told already."""
        if source.skipped:
            rule = f"skipped-{source.skipped}"
            skipped = Finding(rule=rule, level="info", subject=source.relative)
            self._tell(Outcome(source=source.relative, status="skipped", findings=(skipped,)))
            return None
        known = self.catalogue.file_at(source.path)
        record = self.catalogue.asset(known.asset) if known else None
        made = recipes_there(record.renditions, self.ready.library.root) if record else frozenset[str]()
        if known and record and not self.rehash and self._settled(source, known, record, made):
            return None
        return Task(
            source=source,
            root=str(self.ready.library.root),
            trace=str(self.ready.library.root / ".traces" / f"{len(self.outcomes)}-{abs(hash(source.path)):x}"),
            placements=self.ready.wanted,
            choices=self.ready.library.settings.placements,
            limits=self.ready.library.settings.limits,
            timezone=self.ready.library.settings.timezone,
            subject=record.subject if record else None,
            made=made,
        )

    def _settled(self, source: Source, known: FileVersion, record: AssetRecord, made: frozenset[str]) -> bool:
        """Whether the source is as it was and nothing is missing; its outcome is then told."""
        try:
            if not same_bytes(Path(source.path), known) or known.companions != source.companions:
                return False
        except OSError:
            return False
        plans = planned(record, known.size_bytes, self.ready.wanted, self.ready.library)
        if plans is None or any(one.recipe not in made for one in plans[0]) or record.error is not None:
            return False
        inputs = inputs_digest(
            source, terms=self.ready.terms, settings=self.ready.library.settings, row=self.sheets.row(source)
        )
        if inputs != known.inputs:
            return False
        self._remember(source, self._serving_more(record, plans[0]), "unchanged")
        return True

    def _serving_more(self, record: AssetRecord, plans: Sequence[RenditionPlan]) -> AssetRecord:
        """The record after its files have been given the placements that they serve from now on."""
        known = {one.recipe: set(one.placements) for one in record.renditions}
        fresh = [one for one in due(plans, record.renditions) if not known[one.recipe].issuperset(one.placements)]
        for one in fresh:
            self.catalogue.add_rendition(record.id, one, who=self.who)
        return self.catalogue.asset(record.id) if fresh else record

    def _worked(self, task: Task, result: Worked | Exception) -> Worked:
        """A result as it is; what killed or broke the worker as a failure."""
        if isinstance(result, Worked):
            return result
        if isinstance(result, Died):
            error = cause_of_death(Path(task.trace), source=task.source.relative)
            return Worked(failure=error.failure())
        if not isinstance(result, AssetsError):
            log.error("%s", task.source.relative, exc_info=result)
        return Worked(failure=failure_of(result, Path(task.source.path)))

    def _ended(self, task: Task, worked: Worked) -> None:
        """Write what became of one file into the catalogue, and tell it."""
        source = task.source
        self.encodes += len(worked.renditions)
        self.worked_bytes += _size_bytes(source)
        if worked.failure is not None:
            log.error("%s: %s", source.relative, say_failure(worked.failure)[0])
        if not worked.sha256 or worked.media is None:
            self._tell(Outcome(source=source.relative, status="failed", error=worked.failure, findings=worked.findings))
        else:
            self._record(source, worked, worked.media)
        if worked.failure is not None and worked.failure.code == "disk-full":
            raise ToolError("disk-full", worked.failure.fields)

    def _record(self, source: Source, worked: Worked, media: MediaFacts) -> None:
        settings = self.ready.library.settings
        known = self.catalogue.file_at(source.path)
        words = caption(source, media, terms=self.ready.terms, settings=settings, row=self.sheets.row(source))
        before = self.catalogue.asset(known.asset).renditions if known else ()
        entry = AssetEntry(
            path=source.path,
            relative=source.relative,
            folder=source.path.removesuffix(source.relative),
            size_bytes=worked.size_bytes,
            mtime_ns=worked.mtime_ns,
            sha256=worked.sha256,
            picture_sha256=worked.picture_sha256,
            companions=source.companions,
            inputs=words.inputs,
            status="failed" if worked.failure else "done",
            error=worked.failure,
            media=media,
            facts=words.facts,
            captions=words.captions,
            subject=worked.subject,
            renditions=due(worked.plans, (*before, *worked.found, *worked.renditions)),
            findings=(*media.findings, *worked.findings, *words.findings),
        )
        record = self.catalogue.asset(self.catalogue.record(entry, who=self.who))
        self._remember(source, record, entry.status)

    def _remember(self, source: Source, record: AssetRecord, status: OutcomeStatus) -> None:
        self.assets.setdefault(record.id, source)
        self._tell(
            Outcome(
                source=source.relative,
                status=status,
                asset=record.id,
                facts=record.facts,
                renditions=record.renditions,
                captions=record.captions,
                findings=record.findings,
                error=record.error if status == "failed" else None,
            )
        )

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._tell_progress(outcome.source)
        if self.each:
            self.each(outcome)

    def _tell_progress(self, source: str) -> None:
        """How far the run is; the time left goes by bytes, because a clip takes as long as many photos."""
        left_s = None
        if self.worked_bytes:
            left_s = (time.monotonic() - self.started) * (self.work_bytes - self.worked_bytes) / self.worked_bytes
        done = len(self.outcomes)
        self.progress(Event(stage="files", done=done, total=self.total, source=source, left_s=left_s))

    # Targets

    def pack_all(self, today: dt.date) -> None:
        """A bag for each target; one that cannot be packed keeps no other from it."""
        library, ids = self.ready.library, list(self.assets)
        for target, group in self.ready.chosen.items():
            try:
                with os_errors(library.submissions):
                    packed = pack_target(
                        library, self.catalogue, target, group, ids, today=today, who=self.who, progress=self.progress
                    )
            except AssetsError as error:
                log.exception("%s", target)
                told = Finding(rule="target-not-packed", level="error", subject=target, cause=error.failure())
                self.findings.append(told)
            else:
                self.submissions.extend([packed] if packed else [])

    def push_all(self) -> None:
        """What the store lacks."""
        if self.ready.store is not None:
            try:
                moved = push(self.ready.library, self.ready.store, catalogue=self.catalogue, progress=self.progress)
            except AssetsError as error:
                log.exception("%s", self.ready.store.label)
                self._not_stored(error.failure())
            else:
                for fault in moved.faults:
                    self._not_stored(fault.failure)

    def _not_stored(self, why: Failure) -> None:
        assert self.ready.store is not None
        told = Finding(rule="store-incomplete", level="error", subject=self.ready.store.label, cause=why)
        self.findings.append(told)
