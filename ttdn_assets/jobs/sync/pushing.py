"""What travels from a library to its store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from ttdn_assets.decoding import decode
from ttdn_assets.errors import InputError, StoreError
from ttdn_assets.jobs.sync.items import (
    BagItems,
    Item,
    bags_in,
    companion_items,
    original_items,
    rendition_items,
)
from ttdn_assets.jobs.sync.records import (
    StoredRecord,
    named_items,
    read_record,
    record_bytes,
    says_the_same,
    stored,
    united,
)
from ttdn_assets.jobs.sync.transfer import Done, Transfer
from ttdn_assets.stores import ObjectInfo
from ttdn_assets.stores.keys import catalogue_key
from ttdn_assets.tools.files import os_errors

_RECORD = "record "
_RECORD_TRIES = 8


class RecordItem(Item, frozen=True, kw_only=True):
    """A record, which is in no file."""

    data: bytes

    @classmethod
    def of(cls, key: str, data: bytes) -> Self:
        """The record to be at ``key``."""
        return cls(key=key, path=Path(), size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), data=data)


class Push(Transfer):
    """One push: what the store was seen to hold, and what was sent since."""

    stage = "push"

    def files(self) -> None:
        """Originals with what belongs to them, and renditions; what is to be told of the assets is kept for later."""
        self.each(self._lacking(self._files()), self._send)

    def _files(self) -> Iterator[Item]:
        for here, shared in self.catalogue.with_shared():
            try:
                companions = list(companion_items(here, self.digests)) if here else []
            except InputError as error:
                self.tolerate(shared.id, error)
                continue
            self._keep(stored(shared, (one for one, _ in companions)))
            yield from (item for _, item in companions)
            if here:
                yield from (*original_items(here), *rendition_items(here, self.library.root))

    def _keep(self, record: StoredRecord) -> None:
        """Keep a record for when its files have travelled, unless the listing shows that the store has it so."""
        key, data = catalogue_key(record.id), record_bytes(record)
        there = self.there.get(key)
        if there and there.md5 == _md5(data):
            self.tally.add(key, "unchanged")
        else:
            self.there.note(f"{_RECORD}{record.id}", data.decode())

    def _lacking(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items the listing does not show; what is nowhere is told as missing."""
        for item in items:
            if self.there.note(item.key) is not None:
                continue
            there = self.there.get(item.key)
            if there is not None and there.size_bytes == item.size_bytes:
                self.tally.add(item.key, "unchanged")
            elif not item.path.is_file():
                self.tally.missing.append(str(item.path))
            else:
                self.tally.expected += 1
                yield item

    def bags(self) -> None:
        """The files of every bag, then its seal."""
        for bag in bags_in(self.library.submissions):
            self.tally.missing.extend(bag.absent)
            if self._is_sealed(bag):
                self._pass_over(bag)
                continue
            faults = len(self.tally.faults)
            self.each(bag.files, self._send_or_copy)
            if bag.seal and len(self.tally.faults) == faults:
                self.each([bag.seal], self._send_or_copy)

    def _is_sealed(self, bag: BagItems) -> bool:
        """Whether the store has this bag's seal, and all its files in their sizes."""
        listed = (self.there.get(item.key) for item in bag.files)
        sizes = [info.size_bytes if info else None for info in listed]
        return (
            bag.seal is not None
            and sizes == [item.size_bytes for item in bag.files]
            and self._is_there(bag.seal, self.there.get(bag.seal.key))
        )

    def _pass_over(self, bag: BagItems) -> None:
        for item in (*bag.files, *((bag.seal,) if bag.seal else ())):
            self.there.put(item.sha256, item.key)
            self.tally.add(item.key, "unchanged")

    def _is_there(self, item: Item, listed: ObjectInfo | None) -> bool:
        """Whether the store has the item's bytes under its key; a request only where the listing does not say."""
        if listed is None or listed.size_bytes != item.size_bytes:
            return False
        if listed.md5 and listed.md5 == _file_md5(item.path):
            return True
        held = self.store.head(item.key)
        return held is not None and held.sha256 == item.sha256

    def _send(self, item: Item) -> Done:
        return "sent" if self.store.put(item.path, item.key, item.sha256) else "unchanged"

    def _send_or_copy(self, item: Item) -> Done:
        if self._is_there(item, self.there.get(item.key)):
            return "unchanged"
        source = self.there.place_of(item.sha256)
        if source is not None and source != item.key:
            try:
                self.store.copy(source, item.key, item.sha256)
            except StoreError as error:
                if error.code not in ("store-object-missing", "store-corrupt"):
                    raise
            else:
                return "copied"
        return self._send(item)

    def ended(self, item: Item, done: Done) -> None:
        """Remember where the bytes lie, so that the next object with the same is copied."""
        self.there.put(item.sha256, item.key)

    def records(self) -> None:
        """What the catalogue knows about each asset, and what is left of those that were forgotten.

        A record waits for the next run where one of its files did not travel: nothing names what is not there.
        """
        failed = {fault.subject for fault in self.tally.faults}
        kept = (RecordItem.of(catalogue_key(id_), data.encode()) for id_, data in self.there.noted_below(_RECORD))
        self.each((one for one in kept if not failed or not self._names(one.data, failed)), self._send_record)

    def _names(self, data: bytes, keys: set[str]) -> bool:
        """Whether a record names an object of these."""
        record = decode(data, StoredRecord)
        return not keys.isdisjoint(item.key for item in named_items(record, self.library.root))

    def _send_record(self, item: RecordItem) -> Done:
        """Send a record, joined with what the store has; begin again where another machine was faster."""
        seen = self.store.head(item.key) if self.there.get(item.key) else None
        for _ in range(_RECORD_TRIES):
            if done := self._put_record(item, seen):
                return done
            seen = self.store.head(item.key)
        return "newer"

    def _put_record(self, item: RecordItem, seen: ObjectInfo | None) -> Done | None:
        """Put a record in the place of the one seen; ``None`` where that lies there no more."""
        data = item.data
        if seen is not None:
            if seen.sha256 == item.sha256 or seen.md5 == _md5(data):
                return "unchanged"
            mine, theirs = read_record(data), self.stored_record(item.key)
            if mine and theirs:
                both = united(mine, theirs)
                if says_the_same(both, theirs):
                    return "unchanged" if says_the_same(stored(mine, theirs.companions), theirs) else "newer"
                data = record_bytes(both)
        return "sent" if self.store.replace(data, item.key, seen=seen) else None


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _file_md5(path: Path) -> str:
    with os_errors(path), path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
