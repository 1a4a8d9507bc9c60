"""What a store was seen to hold, kept on disk so that any number of objects takes no memory."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from ttdn_assets.stores import ObjectInfo

_TABLES = """
CREATE TABLE objects (key TEXT PRIMARY KEY, size_bytes INTEGER, sha256 TEXT, md5 TEXT, changed_at TEXT) WITHOUT ROWID;
CREATE TABLE places (sha256 TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
CREATE TABLE noted (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
_ALONE = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
"""Nobody else reads the file and nobody needs it afterwards: one transaction that never ends."""
_PAGE = 500


class Listing:
    """Objects by key, and where bytes lie by their digest; threads may share it.

    Names may be noted, each once: what was looked at, what something refers to, what is to be done later.
    """

    def __init__(self, folder: Path) -> None:
        """Begin a listing in a file of ``folder``."""
        self._lock = Lock()
        self._database = sqlite3.connect(folder / "listing.sqlite3", isolation_level=None, check_same_thread=False)
        self._database.executescript(_ALONE + _TABLES)
        self._database.execute("BEGIN")

    def add(self, objects: Iterable[ObjectInfo]) -> None:
        """Write down what was seen, in whatever order it comes."""
        left = iter(objects)
        while some := list(islice(left, _PAGE)):
            places = [(one.sha256, one.key) for one in some if one.sha256]
            with self._lock:
                self._database.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", map(_row, some))
                self._database.executemany("INSERT OR REPLACE INTO places VALUES (?, ?)", places)

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def get(self, key: str) -> ObjectInfo | None:
        """What was seen under a key."""
        found = self._one("SELECT * FROM objects WHERE key = ?", key)
        return _info(found) if found else None

    def below(self, prefix: str) -> Iterator[ObjectInfo]:
        """What was seen below a prefix, by key."""
        return map(_info, self._below("SELECT * FROM objects WHERE key > ? AND key < ? ORDER BY key LIMIT ?", prefix))

    def place_of(self, sha256: str) -> str | None:
        """A key under which these bytes lie."""
        found = self._one("SELECT key FROM places WHERE sha256 = ?", sha256)
        return str(found[0]) if found else None

    def put(self, sha256: str, key: str) -> None:
        """From now on these bytes lie under the key too."""
        self._all("INSERT OR IGNORE INTO places VALUES (?, ?)", sha256, key)

    def note(self, name: str, value: str = "") -> str | None:
        """Note a name; what was noted with it before, or ``None``."""
        with self._lock:
            if self._database.execute("INSERT OR IGNORE INTO noted VALUES (?, ?)", (name, value)).rowcount:
                return None
        return self.noted(name)

    def noted(self, name: str) -> str | None:
        """What was noted with a name, or ``None``."""
        found = self._one("SELECT value FROM noted WHERE name = ?", name)
        return str(found[0]) if found else None

    def noted_below(self, prefix: str) -> Iterator[tuple[str, str]]:
        """What was noted under names that begin so: the rest of each name, and what was noted with it."""
        rows = self._below("SELECT * FROM noted WHERE name > ? AND name < ? ORDER BY name LIMIT ?", prefix)
        return ((name.removeprefix(prefix), value) for name, value in rows)

    def _below(self, statement: str, prefix: str) -> Iterator[Any]:
        """Rows by their first column, which begins with ``prefix`` and is longer, a page at a time."""
        last = prefix
        while rows := self._all(statement, last, f"{prefix}\U0010ffff", _PAGE):
            yield from rows
            last = rows[-1][0]

    def _one(self, statement: str, *values: object) -> Any:
        with self._lock:
            return self._database.execute(statement, values).fetchone()

    def _all(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def _row(one: ObjectInfo) -> tuple[object, ...]:
    changed_at = one.changed_at.isoformat() if one.changed_at else None
    return one.key, one.size_bytes, one.sha256, one.md5, changed_at


def _info(row: Any) -> ObjectInfo:
    key, size_bytes, sha256, md5, changed_at = row
    moment = dt.datetime.fromisoformat(changed_at) if changed_at else None
    return ObjectInfo(key=key, size_bytes=size_bytes, sha256=sha256, md5=md5, changed_at=moment)
