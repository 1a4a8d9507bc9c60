"""What travels from a store into a library."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ttdn_assets.catalogue.records import AssetRecord, SharedRecord
from ttdn_assets.errors import InputError, StoreError
from ttdn_assets.jobs.sync.items import DECLARATION, SEAL, Item, companion_items, manifest_digests, wanted_rendition
from ttdn_assets.jobs.sync.originals import Place, placed, places_of
from ttdn_assets.jobs.sync.records import StoredRecord, entries_of, record_bytes, says_the_same, stored, united
from ttdn_assets.jobs.sync.transfer import Done, Transfer
from ttdn_assets.stores.keys import CATALOGUE, SUBMISSIONS, catalogue_key, check_key
from ttdn_assets.tools.files import file_sha256, os_errors

_BATCH = 100


class Wanted(NamedTuple):
    """A record that is to stand here; ``fresh`` where the catalogue does not have it so."""

    record: StoredRecord
    fresh: bool
    places: list[Place]


class Pull(Transfer):
    """One pull: what the store was seen to hold, and what its records say."""

    stage = "pull"

    def assets(self, who: str, *, originals: bool) -> None:
        """Each record after the files it names; a hundred at a time, so that memory stays small."""
        keys = (one.key for one in self.there.below(CATALOGUE))
        while batch := list(islice(keys, _BATCH)):
            wanted = list(self._wanted(batch))
            if originals:
                self.each(self._absent(wanted), self._fetch)
            self.each(self._renditions(wanted), self._fetch)
            self._write(wanted, who=who)

    def _wanted(self, keys: Sequence[str]) -> Iterator[Wanted]:
        mine = self._mine(keys)
        own = {key: self._stored(here, shared) for key, (here, shared) in mine.items()}
        theirs = self.several([key for key in keys if not self._is_same(key, own.get(key))], self.record_at)
        for key in keys:
            record, has = theirs.get(key), own.get(key)
            if record is None and has is None:
                continue
            fresh = record is not None and self._is_fresh(key, record, has)
            chosen = has if record is None or not fresh else record if has is None else united(has, record)
            if chosen is not None:
                root = self.library.originals
                here = mine[key][0] if key in mine else None
                yield Wanted(chosen, fresh, places_of(chosen, here, root=root, claims=self.there))

    def _mine(self, keys: Collection[str]) -> dict[str, tuple[AssetRecord, SharedRecord]]:
        """What the catalogue knows that stands under these keys."""
        ids = [key.removeprefix(CATALOGUE).removesuffix(".json") for key in keys]
        return {catalogue_key(here.id): (here, shared) for here, shared in self.catalogue.shared_of(ids)}

    def _stored(self, here: AssetRecord, shared: SharedRecord) -> StoredRecord:
        return stored(shared, [one for one, _ in companion_items(here, self.digests)])

    def _is_same(self, key: str, own: StoredRecord | None) -> bool:
        """Whether the listing shows that the store has what the catalogue has."""
        there = self.there.get(key)
        if own is None or there is None or there.md5 is None:
            return False
        if there.md5 != hashlib.md5(record_bytes(own), usedforsecurity=False).hexdigest():
            return False
        self.tally.equal += 1
        self.tally.add(key, "unchanged")
        return True

    def _is_fresh(self, key: str, theirs: StoredRecord, own: StoredRecord | None) -> bool:
        """Whether the store's record is to be written here; what becomes of it is told."""
        if own is None and theirs.forgotten_at and self.catalogue.was_forgotten(theirs.id):
            self.tally.add(key, "unchanged")
            return False
        if own is None and not self.catalogue.was_forgotten(theirs.id):
            there = self.there.get(key)
            self.tally.add(key, "fetched", there.size_bytes if there else 0)
            return True
        if own is None or says_the_same(own, theirs):
            self.tally.equal += own is not None
            self.tally.add(key, "unchanged")
            return False
        fresh = not says_the_same(united(own, theirs), stored(own, (*theirs.companions, *own.companions)))
        self.tally.add(key, "fetched" if fresh else "newer")
        return fresh

    def _absent(self, wanted: Iterable[Wanted]) -> Iterator[Item]:
        """Originals with what belongs to them that are not on this machine."""
        for one in wanted:
            for item in (item for place in one.places for item in place.items):
                if item.path.is_file() and item.path.stat().st_size == item.size_bytes:
                    self.tally.add(item.key, "unchanged")
                elif self.there.get(item.key) is None:
                    self.tally.missing.append(item.key)
                else:
                    self.tally.expected += 1
                    yield item

    def _renditions(self, wanted: Iterable[Wanted]) -> Iterator[Item]:
        for made in (made for one in wanted for made in one.record.renditions):
            item = wanted_rendition(made, self.library.root)
            if item is None:
                fields = {"store": self.store.label, "key": made.path}
                self.tolerate(made.path, InputError("store-record", fields))
            elif item.path.is_file() and item.path.stat().st_size == made.size_bytes:
                self.tally.add(item.key, "unchanged")
            elif self.there.get(item.key) is None:
                self.tally.missing.append(made.path)
            else:
                self.tally.expected += 1
                yield item

    def _fetch(self, item: Item) -> Done:
        with os_errors(item.path):
            self.store.get(item.key, item.path, sha256=item.sha256 or None)
        return "fetched"

    def _write(self, wanted: Iterable[Wanted], *, who: str) -> None:
        """Write into the catalogue what it lacks, and where the files lie now."""
        entries, missing = [], []
        wanted = list(wanted)
        for record in (one.record for one in wanted if one.record.forgotten_at and one.fresh):
            self._remove_renditions(record.id)
        for _ in self.catalogue.take_in((one.record for one in wanted if one.fresh), who=who):
            """Each batch is one transaction."""
        for record, fresh, places in wanted:
            if not fresh and not any(place.old is None and place.path.is_file() for place in places):
                continue
            now = placed(places, self.library.originals)
            entries += entries_of(record, now)
            missing += [str(one.path) for one in now.values() if one.missing]
            for item in (item for place in places for item in place.items[1:] if not item.path.is_file()):
                self.digests.keep(item.path, item.size_bytes, item.sha256)
        for _ in self.catalogue.record_all(entries, who=who):
            """Each batch is one transaction."""
        self.catalogue.mark_missing(missing, who=who)
        self._prove(one.record for one in wanted if one.fresh and not one.record.forgotten_at)

    def _prove(self, written: Iterable[StoredRecord]) -> None:
        """Read again what was written: the catalogue must say all that the store's record says.

        Files that were fetched were compared with their digests on the way; those that lie nowhere are told as missing.
        """
        theirs = {catalogue_key(record.id): record for record in written}
        mine = self._mine(theirs)
        for key, record in theirs.items():
            has = stored(mine[key][1], record.companions) if key in mine else None
            if has is not None and says_the_same(united(has, record), has):
                self.tally.equal += 1
            else:
                self.tally.fail(key, InputError("pull-differs", {"store": self.store.label, "key": key}))

    def _remove_renditions(self, asset: str) -> None:
        """Remove the made files of an asset that was forgotten on another machine."""
        if self.catalogue.known_bytes(asset) is not None:
            for made in self.catalogue.asset(asset).renditions:
                (self.library.root / made.path).unlink(missing_ok=True)

    def bags(self) -> None:
        """Every bag that is whole in the store and not here."""
        prefix = SUBMISSIONS
        names = dict.fromkeys(one.key.split("/")[1] for one in self.there.below(prefix) if one.key.count("/") >= 2)
        for name in names:
            try:
                self._take_bag(name, [one.key for one in self.there.below(f"{prefix}{name}/")])
            except (InputError, StoreError) as error:
                self.tolerate(f"{prefix}{name}", error)

    def _take_bag(self, name: str, keys: Sequence[str]) -> None:
        folder = self.library.submissions / name
        seal, declaration = f"{SUBMISSIONS}{name}/{SEAL}", f"{SUBMISSIONS}{name}/{DECLARATION}"
        if seal not in keys or declaration not in keys:
            return
        if (folder / DECLARATION).is_file():
            if not (folder / SEAL).is_file() or (folder / SEAL).read_bytes() != self.bytes_of(seal):
                raise InputError("pull-bag-differs", {"store": self.store.label, "path": folder})
            for key in keys:
                self.tally.add(key, "unchanged")
            return
        self._take_files(name, [key for key in keys if key != declaration])
        if not any(fault.subject in keys for fault in self.tally.faults):
            self._take_files(name, [declaration])

    def _take_files(self, name: str, keys: Sequence[str]) -> None:
        """Fetch files of a bag, manifests first, the rest against what the manifests say."""
        folder = self.library.submissions / name
        prefix = f"{SUBMISSIONS}{name}/"
        manifests = [key for key in keys if "/" not in key.removeprefix(prefix)]
        for group in (manifests, [key for key in keys if key not in manifests]):
            digests = manifest_digests(folder.glob("*manifest-sha256.txt"))
            self.each(self._lacking_of_bag(group, prefix, folder, digests), self._fetch)

    def _lacking_of_bag(
        self, keys: Sequence[str], prefix: str, folder: Path, digests: dict[str, str]
    ) -> Iterator[Item]:
        for key in keys:
            relative = check_key(key).removeprefix(prefix)
            sha256 = digests.get(relative, "")
            path = folder / relative
            if sha256 and path.is_file() and file_sha256(path) == sha256:
                self.tally.add(key, "unchanged")
                continue
            self.tally.expected += 1
            there = self.there.get(key)
            yield Item(key=key, path=path, size_bytes=there.size_bytes if there else 0, sha256=sha256)
