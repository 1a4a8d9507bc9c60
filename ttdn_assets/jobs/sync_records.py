"""Records of assets as they lie in a store, and back into a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.records import AssetEntry, AssetRecord, FileVersion
from ttdn_assets.jobs.sync_items import Companion
from ttdn_assets.model import Finding


class StoredRecord(AssetRecord, frozen=True, kw_only=True):
    """What the catalogue knows about an asset, and what belongs to its files."""

    companions: tuple[Companion, ...] = ()


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a source file of a record lies on this machine, with its companions; not there yet where ``missing``."""

    path: Path
    folder: Path
    mtime_ns: int = 0
    companions: tuple[Path, ...] = ()
    missing: bool = False


def stored(record: AssetRecord, companions: Iterable[Companion]) -> StoredRecord:
    """An asset as it stands in the store: the same on every machine that knows the same about it.

    Left out is what is true of one machine only: where the files lie, when they were seen, in which bags they went.
    """
    files = {(file.relative, file.sha256): _anywhere(file) for file in record.files}
    kept = {(one.of, one.name): one for one in companions}
    values = {name: getattr(record, name) for name in AssetRecord.__struct_fields__}
    values |= {
        "files": tuple(files[key] for key in sorted(files)),
        "findings": _own_findings(record),
        "submissions": (),
        "companions": tuple(kept[key] for key in sorted(kept)),
    }
    return StoredRecord(**values)


def record_bytes(record: StoredRecord) -> bytes:
    """The record as JSON."""
    return msgspec.json.encode(record, order="sorted")


def read_record(data: bytes) -> StoredRecord | None:
    """A record of the store; ``None`` where the bytes are none."""
    try:
        return msgspec.json.decode(data, type=StoredRecord)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def says_the_same(one: StoredRecord, other: StoredRecord) -> bool:
    """Whether two records differ in nothing but their times."""
    return _timeless(one) == _timeless(other)


def with_companions_of(mine: StoredRecord, theirs: StoredRecord) -> StoredRecord:
    """My record with the companions that only theirs names: they may never have been on this machine."""
    return stored(mine, (*theirs.companions, *mine.companions))


def entries_of(record: StoredRecord, places: Mapping[FileVersion, Placed]) -> list[AssetEntry]:
    """What to write into a catalogue that lacks the record: the asset's own bytes first, because they give its id."""
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
        captions=record.captions,
        subject=record.subject,
        renditions=record.renditions,
        findings=_own_findings(record),
        rights=record.rights,
    )


def _own_findings(record: AssetRecord) -> tuple[Finding, ...]:
    """All but ``facts-differ``, which the catalogue finds anew whenever it reads an asset."""
    return tuple(finding for finding in record.findings if finding.rule != "facts-differ")


def _anywhere(file: FileVersion) -> FileVersion:
    return msgspec.structs.replace(
        file, path=file.relative, folder="", mtime_ns=0, seen_at="", missing=False, companions=()
    )


def _timeless(record: StoredRecord) -> bytes:
    return record_bytes(msgspec.structs.replace(record, added_at="", changed_at=""))
