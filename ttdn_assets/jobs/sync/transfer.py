"""What push and pull share: a listing of the store, threads that work through items, and a tally of what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Literal, Self, TypeVar
from uuid import uuid4

import msgspec

from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.errors import AssetsError, InputError, StoreError
from ttdn_assets.jobs.sync.digests import Digests
from ttdn_assets.jobs.sync.items import Item
from ttdn_assets.jobs.sync.listing import Listing
from ttdn_assets.jobs.sync.records import StoredRecord, read_record
from ttdn_assets.model import Event, Failure, Progress
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store
from ttdn_assets.stores.keys import CATALOGUE, ORIGINALS, RENDITIONS, SHARES, SUBMISSIONS

ItemT = TypeVar("ItemT", bound=Item)
Done = Literal["sent", "copied", "fetched", "unchanged", "newer"]
ONE_OBJECT = {"store-corrupt", "store-object-missing", "store-too-large", "store-busy", "store-failed"}
"""Codes of store errors that may be about one object; any other ends the run."""
KEPT = (ORIGINALS, RENDITIONS, SUBMISSIONS, CATALOGUE, SHARES)
"""Below what a library's objects lie."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that did not travel, and why."""

    subject: str
    failure: Failure


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a push or a pull did, in objects.

    ``copied`` were made inside the store from bytes it had.  ``newer`` are records where the other side was changed
    later, so that they were left.  ``missing`` are files that neither this machine nor the store has any more.
    ``equal`` are the records of which a pull proved that the catalogue says here what the store says.
    """

    sent: int = 0
    copied: int = 0
    fetched: int = 0
    unchanged: int = 0
    size_bytes: int = 0
    equal: int = 0
    newer: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def transfers(self) -> int:
        """How many objects travelled or were made."""
        return self.sent + self.copied + self.fetched

    @property
    def failed(self) -> bool:
        """Whether something did not travel that should have."""
        return bool(self.faults)


class Tally:
    """What happened so far; touched by the calling thread only."""

    def __init__(self, stage: str, progress: Progress) -> None:
        self.stage, self.progress = stage, progress
        self.counts: dict[Done, int] = dict.fromkeys(("sent", "copied", "fetched", "unchanged", "newer"), 0)
        self.size_bytes = self.equal = self.expected = self.ended = 0
        self.newer: list[str] = []
        self.missing: list[str] = []
        self.faults: list[Fault] = []

    def add(self, subject: str, done: Done, size_bytes: int = 0) -> None:
        """Count one object and tell of it."""
        self.counts[done] += 1
        if done in ("sent", "fetched"):
            self.size_bytes += size_bytes
        if done == "newer":
            self.newer.append(subject)
        self._tell(subject)

    def fail(self, subject: str, error: AssetsError) -> None:
        """Write down what did not travel, and tell of it."""
        self.faults.append(Fault(subject=subject, failure=error.failure()))
        self._tell(subject)

    def _tell(self, subject: str) -> None:
        self.ended += 1
        total = max(self.expected, self.ended)
        self.progress(Event(stage=self.stage, done=self.ended, total=total, source=subject))

    def result(self) -> Moved:
        """All that happened."""
        counts = self.counts
        return Moved(
            sent=counts["sent"],
            copied=counts["copied"],
            fetched=counts["fetched"],
            unchanged=counts["unchanged"],
            size_bytes=self.size_bytes,
            equal=self.equal,
            newer=tuple(self.newer),
            missing=tuple(self.missing),
            faults=tuple(self.faults),
        )


class Transfer:
    """A listing of the store, the digests of this machine's files, and threads that work through items."""

    stage = ""

    def __init__(
        self, library: Library, store: Store, catalogue: Catalogue, *, scratch: Path, progress: Progress, threads: int
    ) -> None:
        self.library, self.store, self.catalogue = library, store, catalogue
        self.scratch, self.threads = scratch, threads
        self.tally = Tally(self.stage, progress)
        self.there = Listing(scratch)
        self.digests = Digests(library.root)

    @classmethod
    @contextmanager
    def open(
        cls, library: Library, store: Store, catalogue: Catalogue, *, progress: Progress, threads: int
    ) -> Iterator[Self]:
        """A run with a folder for what it need not keep."""
        with TemporaryDirectory(prefix="ttdn-") as scratch:
            run = cls(library, store, catalogue, scratch=Path(scratch), progress=progress, threads=threads)
            try:
                run.look()
                yield run
            finally:
                run.there.close()
                run.digests.close()

    def look(self) -> None:
        """Write down what the store holds, all prefixes at once."""
        with self._threads() as pool:
            for seen in [pool.submit(self.there.add, self.store.iter(prefix)) for prefix in KEPT]:
                seen.result()

    def each(self, items: Iterable[ItemT], work: Callable[[ItemT], Done]) -> None:
        """Do ``work`` for every item, several at once; a fault of one item is told and the others go on."""
        going: dict[Future[Done], ItemT] = {}
        ended: SimpleQueue[Future[Done]] = SimpleQueue()
        with self._threads() as pool:
            for item in items:
                future = pool.submit(work, item)
                going[future] = item
                future.add_done_callback(ended.put)
                if len(going) >= 4 * self.threads:
                    self._gather(_next(ended), going)
            while going:
                self._gather(_next(ended), going)

    @contextmanager
    def _threads(self) -> Iterator[ThreadPoolExecutor]:
        """Threads that end what they do with the block; where that is left by an error, at their next piece."""
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="ttdn-sync")
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            with self.store.interruption.now():
                pool.shutdown()
            raise
        pool.shutdown()

    def _gather(self, future: Future[Done], going: dict[Future[Done], ItemT]) -> None:
        item = going.pop(future)
        try:
            done = future.result()
        except AssetsError as error:
            self.tolerate(item.key, error)
        else:
            self.ended(item, done)
            self.tally.add(item.key, done, item.size_bytes)

    def tolerate(self, subject: str, error: AssetsError) -> None:
        """Write down a fault of one thing; what ails the whole store is raised."""
        if isinstance(error, StoreError) and error.code not in ONE_OBJECT:
            raise error
        self.tally.fail(subject, error)

    def ended(self, item: Item, done: Done) -> None:
        """Told when an item is where it belongs."""

    def stored_record(self, key: str) -> StoredRecord | None:
        """The record that lies under ``key`` in the store; ``None`` where it is none."""
        record = read_record(self.bytes_of(key))
        return record if record is not None and f"{CATALOGUE}{record.id}.json" == key else None

    def record_at(self, key: str) -> StoredRecord:
        """The record that lies under ``key`` in the store.

        Raises:
            InputError: ``store-record`` where it is none.
        """
        record = self.stored_record(key)
        if record is None:
            raise InputError("store-record", {"store": self.store.label, "key": key})
        return record

    def bytes_of(self, key: str) -> bytes:
        """A small object of the store."""
        path = self.scratch / uuid4().hex
        try:
            self.store.get(key, path)
            return path.read_bytes()
        finally:
            path.unlink(missing_ok=True)

    def several(self, keys: Sequence[str], work: Callable[[str], StoredRecord]) -> dict[str, StoredRecord]:
        """What ``work`` gives for each key, several at once; faults are told."""
        found: dict[str, StoredRecord] = {}
        with self._threads() as pool:
            for key, future in [(key, pool.submit(work, key)) for key in keys]:
                try:
                    found[key] = future.result()
                except AssetsError as error:
                    self.tolerate(key, error)
        return found


def _next(ended: SimpleQueue[Future[Done]]) -> Future[Done]:
    """The next to end; waited for a second at a time, since Windows hands over Ctrl+C in between only."""
    while True:
        with suppress(Empty):
            return ended.get(timeout=1)
