"""Where originals that come from a store are put: in the library's folder for them, as their folders were named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from ttdn_assets.catalogue.records import AssetRecord, FileVersion
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.sync.items import Companion, Item, key_of
from ttdn_assets.jobs.sync.listing import Listing
from ttdn_assets.jobs.sync.records import Placed, StoredRecord
from ttdn_assets.stores.keys import check_key
from ttdn_assets.tools.files import file_sha256


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One source file of a record on this machine, and what has to come for it; ``old`` is where it lay already."""

    file: FileVersion
    path: Path
    items: tuple[Item, ...] = ()
    companions: tuple[Path, ...] = ()
    old: FileVersion | None = None

    def placed(self, folder: Path) -> Placed:
        """The place as it is now, after what could come has come."""
        if self.old is not None:
            there = tuple(map(Path, self.old.companions))
            return Placed(path=self.path, folder=Path(self.old.folder), mtime_ns=self.old.mtime_ns, companions=there)
        if not self.path.is_file():
            return Placed(path=self.path, folder=folder, companions=self.companions, missing=True)
        mtime_ns = self.path.stat().st_mtime_ns
        return Placed(path=self.path, folder=folder, mtime_ns=mtime_ns, companions=self.companions)


def places_of(record: StoredRecord, own: AssetRecord | None, *, root: Path, claims: Listing) -> list[Place]:
    """Where every source file of a record lies or is to lie.

    Args:
        record: what the store says.
        own: what the catalogue says.
        root: the folder for originals that came from a store.
        claims: remembers which path was given to which bytes, because two folders may have had files of one name.
    """
    here = {file.sha256: file for file in (own.files if own else ()) if Path(file.path).is_file() and not file.missing}
    return [
        Place(file=file, path=Path(here[file.sha256].path), old=here[file.sha256])
        if file.sha256 in here
        else _place(record, file, root=root, claims=claims)
        for file in record.files
    ]


def placed(places: Sequence[Place], folder: Path) -> Mapping[FileVersion, Placed]:
    """Every file of a record with its place as it is now."""
    return {place.file: place.placed(folder) for place in places}


def _place(record: StoredRecord, file: FileVersion, *, root: Path, claims: Listing) -> Place:
    companions = [one for one in record.companions if one.of == file.relative]
    relative = PurePosixPath(file.relative)
    by_bytes = PurePosixPath(file.sha256[:2], file.sha256).with_suffix(PurePosixPath(key_of(record, file)).suffix)
    for candidate in (relative, PurePosixPath(file.sha256[:8]) / relative, by_bytes):
        named = {candidate: file.sha256} | {candidate.with_name(one.name): one.sha256 for one in companions}
        if candidate is by_bytes or all(_is_free(root, name, sha256, claims) for name, sha256 in named.items()):
            return _items(record, file, companions, path=root / candidate)
    raise AssertionError("the last candidate is always taken")


def _items(record: StoredRecord, file: FileVersion, companions: Sequence[Companion], *, path: Path) -> Place:
    leader = Item(key=key_of(record, file), path=path, size_bytes=file.size_bytes, sha256=file.sha256)
    others = [
        Item(key=one.key, path=path.with_name(_safe(one)), size_bytes=one.size_bytes, sha256=one.sha256)
        for one in companions
    ]
    return Place(file=file, path=path, items=(leader, *others), companions=tuple(item.path for item in others))


def _safe(companion: Companion) -> str:
    try:
        return check_key(companion.name) if "/" not in companion.name else PurePosixPath(companion.key).name
    except UsageError:
        return PurePosixPath(companion.key).name


def _is_free(root: Path, name: PurePosixPath, sha256: str, claims: Listing) -> bool:
    """Whether these bytes may lie there: nobody else was given the path, and nothing else lies there."""
    try:
        path = root / check_key(name.as_posix())
    except UsageError:
        return False
    if claims.note(f"place {name.as_posix().casefold()}", sha256) not in (None, sha256):
        return False
    return not path.exists() or (path.is_file() and file_sha256(path) == sha256)
