"""What the catalogue has of the bytes, pictures and paths that are about to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Table, bindparam, func, select

from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.catalogue.rows import storable
from ttdn_assets.catalogue.schema import assets, files, versions

_LIST: BindParameter[Any] = bindparam("wanted", expanding=True)
_BY_BYTES = (
    select(versions.c.sha256.label("digest"), assets.c.number, assets.c.id)
    .join(assets, assets.c.number == versions.c.asset)
    .where(versions.c.sha256.in_(_LIST))
)
_BY_PICTURE = (
    select(assets.c.picture_sha256.label("digest"), assets.c.number, assets.c.id)
    .where(assets.c.picture_sha256.in_(_LIST))
    .order_by(assets.c.number.desc())
)
_AT_PATHS = select(files.c.path, files.c.asset, files.c.number, files.c.missing).where(files.c.path.in_(_LIST))
_LAST = {table: select(func.coalesce(func.max(table.c.number), 0)) for table in (assets, files)}

Asset = tuple[int, str]


class Known:
    """Read once for several entries, and kept true while they are written; the writers' lock must be held.

    The lock is also what lets row numbers be given here instead of by the database, so that rows can wait.
    """

    def __init__(self, connection: Connection, entries: Sequence[AssetEntry]) -> None:
        """Look all of them up."""
        self._connection = connection
        self._by_bytes = self._assets(_BY_BYTES, {entry.sha256 for entry in entries})
        self._by_picture = self._assets(_BY_PICTURE, {one for entry in entries if (one := entry.picture_sha256)})
        self._files: dict[tuple[str, int], int] = {}
        self._there: dict[str, set[int]] = {}
        self._last: dict[Table, int] = {}
        for row in connection.execute(_AT_PATHS, {"wanted": [storable(entry.path) for entry in entries]}):
            self._files[row.path, row.asset] = row.number
            if not row.missing:
                self._there.setdefault(row.path, set()).add(row.asset)

    def numbers(self) -> set[int]:
        """The assets that are known by their bytes, picture or place."""
        found = {number for number, _ in (*self._by_bytes.values(), *self._by_picture.values())}
        return found.union(*self._there.values())

    def asset_of(self, entry: AssetEntry) -> Asset | None:
        """The asset an entry belongs to, by its bytes or else its picture."""
        return self._by_bytes.get(entry.sha256) or self._by_picture.get(entry.picture_sha256 or "")

    def has_bytes(self, sha256: str) -> bool:
        """Whether these bytes are known."""
        return sha256 in self._by_bytes

    def join(self, entry: AssetEntry, asset: Asset) -> None:
        """From now on the bytes and the picture of the entry are the asset's."""
        self._by_bytes[entry.sha256] = asset
        if entry.picture_sha256:
            self._by_picture.setdefault(entry.picture_sha256, asset)

    def file_of(self, path: str, asset: int) -> int | None:
        """The row of an asset's file at a path, there or missing."""
        return self._files.get((path, asset))

    def others_at(self, path: str, asset: int) -> set[int]:
        """Which other assets are said to lie at a path."""
        return self._there.get(path, set()) - {asset}

    def put(self, path: str, asset: int, file: int) -> None:
        """From now on this asset, and no other, lies at the path."""
        self._files[path, asset] = file
        self._there[path] = {asset}

    def next_number(self, table: Table) -> int:
        """A number no row of ``assets`` or ``files`` has."""
        if table not in self._last:
            self._last[table] = self._connection.execute(_LAST[table]).scalar_one()
        self._last[table] += 1
        return self._last[table]

    def _assets(self, statement: Any, digests: set[str]) -> dict[str, Asset]:
        if not digests:
            return {}
        rows = self._connection.execute(statement, {"wanted": sorted(digests)})
        return {row.digest: (row.number, row.id) for row in rows}
