"""The files of a run, each to its outcome: what is known is told, the rest is worked on and written down.

Sources and what waits lie in spools, and tasks are made as workers take them, so that a hundred thousand files cost the
parent no more memory than a hundred.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import AssetEntry, AssetRecord, FileVersion
from ttdn_assets.errors import AssetsError, ToolError
from ttdn_assets.jobs.captioning import SheetsBeside, caption, inputs_digest
from ttdn_assets.jobs.pool import Died, OpenExecutor, cause_of_death, run_each
from ttdn_assets.jobs.readiness import Ready, check_disk
from ttdn_assets.jobs.rights import known_targets, rights_of_row
from ttdn_assets.jobs.spool import Spool
from ttdn_assets.jobs.telling import Telling
from ttdn_assets.jobs.triage import due, gone, planned, recipes_there, same_bytes
from ttdn_assets.jobs.work import Task, Worked, failure_of
from ttdn_assets.model import Finding, MediaFacts, Outcome, OutcomeStatus, RenditionPlan, Rights, Source
from ttdn_assets.scanning import scan
from ttdn_assets.tools.files import file_sha256
from ttdn_assets.wording import say_failure

log = logging.getLogger("ttdn_assets.prepare")

_ENDS_THE_RUN = ("disk-full", "cluster-lost")
"""Faults met over one file that every later file would meet."""


class Files:
    """The file stage of one run; ``encodes`` counts the renditions it made."""

    def __init__(self, ready: Ready, catalogue: Catalogue, telling: Telling, *, rehash: bool, who: str) -> None:
        self.ready, self.catalogue, self.telling = ready, catalogue, telling
        self.rehash, self.who = rehash, who
        self.root = ready.library.root
        self.sheets = SheetsBeside()
        self.targets = known_targets(ready.placements.values())
        self.forgets = catalogue.forgets()
        self.encodes = 0

    def run(
        self,
        folders: Sequence[Path],
        *,
        work: Callable[[Task], Worked],
        open_executor: OpenExecutor,
        window: int,
    ) -> None:
        """Every file of the folders to its outcome."""
        sources = self._scanned(folders)
        self.telling.total = len(sources)
        waiting = Spool[Source]()
        expected_bytes = 0
        self._mark_gone(folders)
        for source in sources:
            if not self._is_told(source):
                waiting.append(source)
                expected_bytes += _size_bytes(source)
        # What is made of an original weighs about what it weighs itself; the real need is known only afterwards.
        check_disk(self.ready.library, expected_bytes)
        self.telling.begin(expected_bytes)
        tasks = (self._task(source, number) for number, source in enumerate(waiting))
        for task, result in run_each(work, tasks, open_executor=open_executor, window=window):
            self._ended(task, _worked(task, result))

    def _scanned(self, folders: Sequence[Path]) -> Spool[Source]:
        sources = Spool[Source]()
        seen: set[str] = set()
        skipped = True
        for source in (source for folder in folders for source in scan(folder)):
            if source.path in seen:
                continue
            if len(folders) > 1:
                seen.add(source.path)
            sources.append(source)
            skipped = skipped and source.skipped is not None
            self.telling.scanned(source.relative, len(sources))
        if skipped:
            told = Finding(rule="no-media", level="warning", subject=", ".join(map(str, folders)))
            self.telling.findings.append(told)
        return sources

    def _mark_gone(self, folders: Sequence[Path]) -> None:
        """Say which known files lie no more where they were; an empty folder may be a drive that is not plugged in."""
        for folder in folders:
            if any(source.skipped is None for source in scan(folder)):
                below = os.path.normpath(folder.absolute()).rstrip(os.sep) + os.sep
                self.catalogue.mark_missing(gone(self.catalogue.paths_below(below)), who=self.who)

    def _is_told(self, source: Source) -> bool:
        """Whether the outcome of a source is known without work; it is then told."""
        if source.skipped:
            skipped = Finding(rule=f"skipped-{source.skipped}", level="info", subject=source.relative)
            self.telling.outcome(Outcome(source=source.relative, status="skipped", findings=(skipped,)))
            return True
        known, record = self._known(source)
        if known is None and self.forgets and self._was_forgotten(_sha256(source)):
            self._leave_out(source)
            return True
        if known is None or record is None or self.rehash or not self._is_as_it_was(source, known, record):
            return False
        plans = planned(record, known.size_bytes, self.ready.wanted, self.ready.library, mark=self.ready.mark)
        made = recipes_there(record.renditions, self.root)
        if plans is None or any(one.recipe not in made for one in plans[0]):
            return False
        self._remember(source, self._serving_more(record, plans[0]), "unchanged")
        return True

    def _known(self, source: Source) -> tuple[FileVersion | None, AssetRecord | None]:
        known = self.catalogue.file_at(source.path)
        return known, self.catalogue.asset(known.asset) if known else None

    def _is_as_it_was(self, source: Source, known: FileVersion, record: AssetRecord) -> bool:
        """Whether the bytes of a source and all that its words are made from are those of the last run."""
        try:
            if not same_bytes(Path(source.path), known) or known.companions != source.companions:
                return False
        except OSError:
            return False
        row, settings = self.sheets.row(source), self.ready.library.settings
        inputs = inputs_digest(source, terms=self.ready.terms, settings=settings, row=row)
        return record.error is None and inputs == known.inputs

    def _serving_more(self, record: AssetRecord, plans: Sequence[RenditionPlan]) -> AssetRecord:
        """The record after its files have been given the placements that they serve from now on."""
        known = {one.recipe: set(one.placements) for one in record.renditions}
        fresh = [one for one in due(plans, record.renditions) if not known[one.recipe].issuperset(one.placements)]
        for one in fresh:
            self.catalogue.add_rendition(record.id, one, who=self.who)
        return self.catalogue.asset(record.id) if fresh else record

    def _task(self, source: Source, number: int) -> Task:
        """The work a source needs, told as the file in hand."""
        self.telling.in_hand(source.relative)
        _, record = self._known(source)
        settings = self.ready.library.settings
        return Task(
            source=source,
            root=str(self.root),
            trace=str(self.root / ".traces" / f"{number}-{abs(hash(source.path)):x}"),
            placements=self.ready.wanted,
            choices=settings.placements,
            limits=settings.limits,
            video=settings.video,
            languages=settings.languages,
            timezone=settings.timezone,
            mark=self.ready.mark,
            subject=record.subject if record else None,
            made=recipes_there(record.renditions, self.root) if record else frozenset(),
        )

    def _ended(self, task: Task, worked: Worked) -> None:
        """Write what became of one file into the catalogue, and tell it."""
        source = task.source
        self.encodes += len(worked.renditions)
        if worked.failure is not None:
            log.error("%s: %s", source.relative, say_failure(worked.failure)[0])
        if not worked.sha256 or worked.media is None:
            outcome = Outcome(source=source.relative, status="failed", error=worked.failure, findings=worked.findings)
            self.telling.outcome(outcome, _size_bytes(source))
        elif self.forgets and self._was_forgotten(worked.sha256, worked.picture_sha256):
            for made in (*worked.found, *worked.renditions):
                (self.root / made.path).unlink(missing_ok=True)
            self._leave_out(source)
        else:
            self._record(source, worked, worked.media)
        if worked.failure is not None and worked.failure.code in _ENDS_THE_RUN:
            raise ToolError(worked.failure.code, worked.failure.fields)

    def _record(self, source: Source, worked: Worked, media: MediaFacts) -> None:
        settings = self.ready.library.settings
        _, record = self._known(source)
        words = caption(source, media, terms=self.ready.terms, settings=settings, row=self.sheets.row(source))
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
            renditions=due(worked.plans, (*(record.renditions if record else ()), *worked.found, *worked.renditions)),
            findings=(*media.findings, *worked.findings, *words.findings),
            rights=self._rights(source),
            looks=worked.looks,
        )
        written = self.catalogue.asset(self.catalogue.record(entry, who=self.who))
        self._remember(source, written, entry.status, worked_bytes=_size_bytes(source))

    def _was_forgotten(self, *digests: str) -> bool:
        return self.catalogue.was_forgotten(*(one for one in digests if one))

    def _leave_out(self, source: Source) -> None:
        """Tell of a file that came back after it was forgotten on request."""
        told = Finding(rule="skipped-forgotten", level="warning", subject=source.relative)
        self.telling.outcome(Outcome(source=source.relative, status="skipped", findings=(told,)), _size_bytes(source))

    def _rights(self, source: Source) -> Rights | None:
        """What a sheet beside the file says of its rights."""
        row = self.sheets.row(source)
        return rights_of_row(row, self.targets, own_credit=self.ready.library.settings.unit.credit) if row else None

    def _remember(self, source: Source, record: AssetRecord, status: OutcomeStatus, worked_bytes: int = 0) -> None:
        outcome = Outcome(
            source=source.relative,
            status=status,
            asset=record.id,
            facts=record.facts,
            renditions=record.renditions,
            captions=record.captions,
            findings=record.findings,
            error=record.error if status == "failed" else None,
        )
        self.telling.outcome(outcome, worked_bytes)


def _sha256(source: Source) -> str:
    """The SHA-256 of a source; empty where it cannot be read, which its work will tell."""
    try:
        return file_sha256(Path(source.path))
    except OSError:
        return ""


def _worked(task: Task, result: Worked | Exception) -> Worked:
    """A result as it is; what killed or broke the worker as a failure."""
    if isinstance(result, Worked):
        return result
    if isinstance(result, Died):
        return Worked(failure=cause_of_death(Path(task.trace), source=task.source.relative).failure())
    if not isinstance(result, AssetsError):
        log.error("%s", task.source.relative, exc_info=result)
    return Worked(failure=failure_of(result, Path(task.source.path)))


def _size_bytes(source: Source) -> int:
    try:
        return Path(source.path).stat().st_size
    except OSError:
        return 0
