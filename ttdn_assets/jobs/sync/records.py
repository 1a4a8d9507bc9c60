"""Records of assets as they lie in a store, and back into a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.join import join
from ttdn_assets.catalogue.records import AssetEntry, FileVersion, SharedRecord
from ttdn_assets.decoding import decode
from ttdn_assets.jobs.sync.items import Companion, Item, key_of, wanted_rendition


class StoredRecord(SharedRecord, frozen=True, kw_only=True):
    """What a catalogue knows about an asset, its history with it, and what belongs to its files."""

    companions: tuple[Companion, ...] = ()


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a source file of a record lies on this machine, with its companions; not there yet where ``missing``."""

    path: Path
    folder: Path
    mtime_ns: int = 0
    companions: tuple[Path, ...] = ()
    missing: bool = False


def stored(record: SharedRecord, companions: Iterable[Companion]) -> StoredRecord:
    """An asset as it stands in the store: the same on every machine that knows the same about it."""
    kept = {(one.of, one.name): one for one in companions}
    values = {name: getattr(record, name) for name in SharedRecord.__struct_fields__}
    return StoredRecord(**values | {"companions": tuple(kept[key] for key in sorted(kept))})


def record_bytes(record: StoredRecord) -> bytes:
    """The record as JSON."""
    return msgspec.json.encode(record, order="sorted")


def read_record(data: bytes) -> StoredRecord | None:
    """A record of the store; ``None`` where the bytes are none."""
    try:
        return decode(data, StoredRecord)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def says_the_same(one: StoredRecord, other: StoredRecord) -> bool:
    """Whether two records differ in nothing but their times."""
    return _timeless(one) == _timeless(other)


def united(mine: StoredRecord, theirs: StoredRecord) -> StoredRecord:
    """Both records in one, whichever was changed later; companions may never have been on one of the machines."""
    return stored(join((mine, theirs)), (*theirs.companions, *mine.companions))


def named_items(record: StoredRecord, root: Path) -> Iterator[Item]:
    """Every file a record names, wherever it lies; without the renditions no library would have written."""
    for file in record.files:
        yield named(key_of(record, file), file.size_bytes, file.sha256)
    for one in record.companions:
        yield named(one.key, one.size_bytes, one.sha256)
    for made in record.renditions:
        if (item := wanted_rendition(made, root)) is not None:
            yield item


def named(key: str, size_bytes: int, sha256: str) -> Item:
    """What is known of an object without a file of this machine."""
    return Item(key=key, path=Path(), size_bytes=size_bytes, sha256=sha256)


def entries_of(record: StoredRecord, places: Mapping[FileVersion, Placed]) -> list[AssetEntry]:
    """Where the files of a record lie, to be written into a catalogue: the asset's own bytes first, which give its id.

    Words, rights and all the rest were joined with what the catalogue knows before.
    """
    own = [file for file in record.files if file.sha256 == record.id]
    others = [file for file in record.files if file.sha256 != record.id]
    entries = [_entry(record, file, places[file]) for file in (*own, *others)]
    if not own and others:
        first = Placed(path=places[others[0]].path.with_suffix(f".{record.id[:8]}"), folder=Path(), missing=True)
        entries.insert(0, _entry(record, msgspec.structs.replace(others[0], sha256=record.id), first))
    return entries


def _entry(record: StoredRecord, file: FileVersion, place: Placed) -> AssetEntry:
    return AssetEntry(
        path=str(place.path),
        relative=file.relative,
        folder=str(place.folder),
        size_bytes=file.size_bytes,
        mtime_ns=place.mtime_ns,
        sha256=file.sha256,
        picture_sha256=record.picture_sha256,
        companions=tuple(map(str, place.companions)),
        inputs=file.inputs,
        status=record.status,
        error=record.error,
        media=record.media,
        facts=file.facts,
    )


def _timeless(record: StoredRecord) -> bytes:
    return record_bytes(msgspec.structs.replace(record, added_at="", changed_at=""))
