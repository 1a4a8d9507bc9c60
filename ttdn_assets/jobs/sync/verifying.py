"""What the store holds, looked at against what its records and bags say; what is wrong is put right from this machine.

Without ``deep`` every object is seen to be there in its size; with it every object is read and its digest computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ttdn_assets.errors import AssetsError, StoreError
from ttdn_assets.jobs.sync.items import (
    MANIFESTS,
    SEAL,
    Item,
    bags_in,
    companion_items,
    manifest_lines,
    original_items,
    rendition_items,
)
from ttdn_assets.jobs.sync.records import named, named_items
from ttdn_assets.jobs.sync.transfer import Done, Transfer
from ttdn_assets.stores.keys import CATALOGUE, SUBMISSIONS, check_key, digest_in
from ttdn_assets.tools.files import file_sha256

_BATCH = 200


class Verify(Transfer):
    """One look at a store.  In its tally ``unchanged`` is what is well, ``sent`` what was put right."""

    stage = "verify"

    def run(self, *, deep: bool, repair: bool) -> None:
        """Look at everything the records and the bags name, then at every other object."""
        self.deep, self.repair = deep, repair
        if repair:
            self._note_own()
        self.each(self._once(self._of_records()), self._look)
        self.each(self._once(self._of_bags()), self._look)
        self.each(self._once(self._others()), self._look)

    def _note_own(self) -> None:
        """Remember where this machine has what, by its digest, so that it can be sent again."""
        for record in self.catalogue.assets():
            for item in (*original_items(record), *rendition_items(record, self.library.root)):
                self.there.note(f"own {item.sha256}", str(item.path))
            for _, item in companion_items(record, self.digests):
                self.there.note(f"own {item.sha256}", str(item.path))
        for bag in bags_in(self.library.submissions):
            for item in (*bag.files, *((bag.seal,) if bag.seal else ())):
                self.there.note(f"own {item.sha256}", str(item.path))

    def _once(self, items: Iterable[Item]) -> Iterator[Item]:
        return (item for item in items if self.there.note(item.key) is None)

    def _of_records(self) -> Iterator[Item]:
        """The records themselves, and every file they name."""
        keys = (one.key for one in self.there.below(CATALOGUE))
        while batch := list(islice(keys, _BATCH)):
            for key, record in self.several(batch, self.record_at).items():
                self.there.note(key)
                self.tally.add(key, "unchanged")
                yield from named_items(record, self.library.root)

    def _of_bags(self) -> Iterator[Item]:
        """Every file of every bag that is whole in the store, as its manifests name them."""
        for one in list(self.there.below(SUBMISSIONS)):
            folder, _, name = one.key.rpartition("/")
            if name == SEAL and folder.count("/") == 1:
                yield from self._of_bag(folder)

    def _of_bag(self, folder: str) -> Iterator[Item]:
        for name in reversed(MANIFESTS):
            try:
                text = self.bytes_of(f"{folder}/{name}").decode("utf-8-sig", "replace")
            except StoreError as error:
                self.tolerate(f"{folder}/{name}", error)
                continue
            for relative, sha256 in manifest_lines(text):
                listed = self.there.get(f"{folder}/{relative}")
                yield named(check_key(f"{folder}/{relative}"), listed.size_bytes if listed else 0, sha256)

    def _others(self) -> Iterator[Item]:
        """Objects nobody names, against what they are called or what was written beside them."""
        for one in self.there.below(""):
            if not one.key.startswith(CATALOGUE):
                yield named(one.key, one.size_bytes, digest_in(one.key) or "")

    def _look(self, item: Item) -> Done:
        try:
            self._see(item)
        except StoreError as error:
            if not self.repair or error.code not in ("store-corrupt", "store-object-missing"):
                raise
            self._put_right(item, error)
            return "sent"
        return "unchanged"

    def _see(self, item: Item) -> None:
        fields = {"store": self.store.label, "key": item.key}
        there = self.there.get(item.key)
        if there is None:
            raise StoreError("store-object-missing", fields)
        if there.size_bytes != item.size_bytes:
            raise StoreError("store-corrupt", fields)
        if self.deep:
            held = None if item.sha256 else self.store.head(item.key)
            wanted = item.sha256 or (held.sha256 if held else None)
            if wanted is not None and self.store.digest(item.key) != wanted:
                raise StoreError("store-corrupt", fields)

    def _put_right(self, item: Item, error: AssetsError) -> None:
        """Send the bytes again from this machine, where it has them whole; what is wrong goes first."""
        own = self.there.noted(f"own {item.sha256}")
        if not own or not Path(own).is_file() or file_sha256(Path(own)) != item.sha256:
            raise error
        self.store.delete(item.key)
        self.store.put(Path(own), item.key, item.sha256)
