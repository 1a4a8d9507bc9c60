"""What a store holds that nothing refers to any more: told, and deleted where asked, never within a day of its coming.

Several laptops share a store, so what any record in the store names is needed, as is what this library's own
catalogue names.  Where a record cannot be read nobody knows what it names, and nothing is deleted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.jobs.sync.items import SEAL, Item, companion_items
from ttdn_assets.jobs.sync.records import StoredRecord
from ttdn_assets.jobs.sync.transfer import Done, Fault, Transfer
from ttdn_assets.stores import Leftover, ObjectInfo
from ttdn_assets.stores.keys import CATALOGUE, LINKS_DAYS_MAX, SHARES, SUBMISSIONS, digest_in

_BATCH = 200
_DAY = dt.timedelta(days=1)


class Garbage(msgspec.Struct, frozen=True, kw_only=True):
    """What nothing refers to; ``deleted`` of it is gone.  ``young`` came within a day and is left alone."""

    objects: tuple[ObjectInfo, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    young: int = 0
    deleted: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def size_bytes(self) -> int:
        """The bytes of the objects; what the parts of a cut-off upload take no store tells."""
        return sum(one.size_bytes for one in self.objects)


class Collect(Transfer):
    """One look for what nothing refers to."""

    stage = "gc"

    def run(self, *, delete: bool, now: dt.datetime | None = None) -> Garbage:
        """Look, and with ``delete`` delete."""
        self.now = now or dt.datetime.now(dt.UTC)
        for name in self._needed():
            self.there.note(name)
        useless = [one for one in self.there.below("") if not self._is_needed(one)]
        objects = tuple(one for one in useless if self._is_old(one.changed_at))
        cut_off = tuple(self.store.leftovers())
        leftovers = tuple(one for one in cut_off if self._is_old(one.begun_at))
        if delete and not self.tally.faults:
            self._delete(objects, leftovers)
        return Garbage(
            objects=objects,
            leftovers=leftovers,
            young=len(useless) + len(cut_off) - len(objects) - len(leftovers),
            deleted=self.tally.counts["sent"],
            faults=tuple(self.tally.faults),
        )

    def _needed(self) -> Iterator[str]:
        """Digests that records name, and the bags that are whole."""
        keys = (one.key for one in self.there.below(CATALOGUE))
        while batch := list(islice(keys, _BATCH)):
            for record in self.several(batch, self.record_at).values():
                yield from _digests_of(record)
        for own in self.catalogue.assets():
            yield from _digests_of(own)
            yield from (item.sha256 for _, item in companion_items(own, self.digests))
        yield from (one.key.rpartition("/")[0] for one in self.there.below(SUBMISSIONS) if one.key.endswith(f"/{SEAL}"))
        yield from (f"{SUBMISSIONS}{path.name}" for path in self.library.submissions.glob("*") if path.is_dir())

    def _is_needed(self, one: ObjectInfo) -> bool:
        if one.key.startswith(CATALOGUE):
            return True
        if one.key.startswith(SUBMISSIONS):
            return self.there.noted("/".join(one.key.split("/")[:2])) is not None
        if one.key.startswith(SHARES):
            return not self._is_old(one.changed_at, dt.timedelta(days=LINKS_DAYS_MAX))
        digest = digest_in(one.key)
        return digest is None or self.there.noted(digest) is not None

    def _is_old(self, moment: dt.datetime | None, age: dt.timedelta = _DAY) -> bool:
        return moment is not None and self.now - moment > age

    def _delete(self, objects: tuple[ObjectInfo, ...], leftovers: tuple[Leftover, ...]) -> None:
        for leftover in leftovers:
            self.store.discard(leftover)
            self.tally.add(leftover.key, "sent")
        items = (Item(key=one.key, path=Path(), size_bytes=one.size_bytes, sha256="") for one in objects)
        self.each(items, self._delete_one)

    def _delete_one(self, item: Item) -> Done:
        there = self.store.head(item.key)
        if there is None or not self._is_old(there.changed_at):
            return "unchanged"
        self.store.delete(item.key)
        return "sent"


def _digests_of(record: AssetRecord) -> Iterator[str]:
    yield from (file.sha256 for file in record.files)
    yield from (made.sha256 for made in record.renditions)
    if isinstance(record, StoredRecord):
        yield from (one.sha256 for one in record.companions)
