"""What travels from a store into a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.errors import InputError, StoreError
from ttdn_assets.jobs.sync_items import (
    DECLARATION,
    SEAL,
    Item,
    entries_of,
    manifest_digests,
    says_the_same,
    wanted_rendition,
)
from ttdn_assets.jobs.sync_transfer import Done, Transfer
from ttdn_assets.stores.keys import CATALOGUE, SUBMISSIONS, check_key
from ttdn_assets.tools.files import file_sha256, os_errors


class Pull(Transfer):
    """One pull: what the store was seen to hold, and what its records say."""

    stage = "pull"

    def records(self, who: str) -> None:
        """Write into the catalogue what the store knows better or alone."""
        self.known: dict[str, AssetRecord] = {}
        mine = {record.id: record for record in self.catalogue.assets()}
        for key in sorted(key for key in self.there if key.startswith(CATALOGUE)):
            try:
                self._take_record(key, mine, who)
            except (InputError, StoreError) as error:
                self.tolerate(key, error)

    def _take_record(self, key: str, mine: dict[str, AssetRecord], who: str) -> None:
        theirs = self.stored_record(key)
        if theirs is None:
            raise InputError("store-record", {"store": self.store.label, "key": key})
        if self.catalogue.was_forgotten(theirs.id):
            self.tally.add(key, "unchanged")
            return
        own = mine.get(theirs.id)
        self.known[theirs.id] = theirs
        if own is not None and (says_the_same(own, theirs) or own.changed_at >= theirs.changed_at):
            self.known[theirs.id] = own
            self.tally.add(key, "unchanged" if says_the_same(own, theirs) else "newer")
            return
        entries = entries_of(theirs)
        for entry in entries:
            self.catalogue.record(entry, who=who)
        self.catalogue.mark_missing([entry.path for entry in entries], who=who)
        self.tally.add(key, "fetched", self.there[key].size_bytes)

    def renditions(self) -> None:
        """The made files the records name."""
        self.each(self._lacking(), self._fetch)

    def _lacking(self) -> Iterator[Item]:
        for record in self.known.values():
            for made in record.renditions:
                item = wanted_rendition(made, self.library.root)
                if item is None:
                    fields = {"store": self.store.label, "key": made.path}
                    self.tolerate(made.path, InputError("store-record", fields))
                elif item.path.is_file() and item.path.stat().st_size == made.size_bytes:
                    self.tally.add(item.key, "unchanged")
                elif item.key not in self.there:
                    self.tally.missing.append(made.path)
                else:
                    self.tally.expected += 1
                    yield item

    def _fetch(self, item: Item) -> Done:
        with os_errors(item.path):
            self.store.get(item.key, item.path, sha256=item.sha256 or None)
        return "fetched"

    def bags(self) -> None:
        """Every bag that is whole in the store and not here."""
        by_bag: dict[str, list[str]] = {}
        for key in self.there:
            if key.startswith(SUBMISSIONS) and key.count("/") >= 2:
                by_bag.setdefault(key.split("/")[1], []).append(key)
        for name in sorted(by_bag):
            try:
                self._take_bag(name, sorted(by_bag[name]))
            except (InputError, StoreError) as error:
                self.tolerate(f"{SUBMISSIONS}{name}", error)

    def _take_bag(self, name: str, keys: Sequence[str]) -> None:
        folder = self.library.submissions / name
        seal, declaration = f"{SUBMISSIONS}{name}/{SEAL}", f"{SUBMISSIONS}{name}/{DECLARATION}"
        if seal not in keys or declaration not in keys:
            return
        theirs = self._bytes(seal)
        if (folder / DECLARATION).is_file():
            if not (folder / SEAL).is_file() or (folder / SEAL).read_bytes() != theirs:
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
            yield Item(key=key, path=path, size_bytes=self.there[key].size_bytes, sha256=sha256)

    def _bytes(self, key: str) -> bytes:
        path = self.scratch / "seal"
        self.store.get(key, path)
        return path.read_bytes()
