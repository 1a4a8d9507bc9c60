"""The digests of files the catalogue has none of (raw files, sidecars), so that each is read once and not every run."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock

from ttdn_assets.tools.files import file_sha256, os_errors

_TABLE = """
CREATE TABLE IF NOT EXISTS digests (
    path TEXT PRIMARY KEY, size_bytes INTEGER, mtime_ns INTEGER, sha256 TEXT
) WITHOUT ROWID
"""


class Digests:
    """Kept in the library; where that cannot be written, for one run.  It may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        """Open what ``folder`` keeps."""
        self._lock = Lock()
        try:
            self._open(folder / ".digests.sqlite3")
        except sqlite3.Error:
            self._open(":memory:")

    def _open(self, place: Path | str) -> None:
        self._database = sqlite3.connect(place, isolation_level=None, check_same_thread=False, timeout=5)
        self._database.execute(_TABLE)

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def of(self, path: Path) -> tuple[int, str]:
        """Size and SHA-256 of a file; read again only where its size or time changed.

        Raises:
            InputError: ``file-vanished`` or ``file-unreadable``.
        """
        with os_errors(path):
            seen = path.stat()
            known = self._known(path)
            if known and (seen.st_size, seen.st_mtime_ns) == known[:2]:
                return seen.st_size, known[2]
            sha256 = file_sha256(path)
        self.keep(path, seen.st_size, sha256, mtime_ns=seen.st_mtime_ns)
        return seen.st_size, sha256

    def last(self, path: Path) -> tuple[int, str] | None:
        """Size and SHA-256 a file had that is not here now."""
        known = self._known(path)
        return (known[0], known[2]) if known else None

    def keep(self, path: Path, size_bytes: int, sha256: str, *, mtime_ns: int = 0) -> None:
        """Keep what is known of a file."""
        row = (_text(path), size_bytes, mtime_ns, sha256)
        with self._lock:
            try:
                self._database.execute("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", row)
            except sqlite3.Error:
                return

    def _known(self, path: Path) -> tuple[int, int, str] | None:
        with self._lock:
            found = self._database.execute(
                "SELECT size_bytes, mtime_ns, sha256 FROM digests WHERE path = ?", (_text(path),)
            ).fetchone()
        return (int(found[0]), int(found[1]), str(found[2])) if found else None


def _text(path: Path) -> str:
    return str(path).encode("utf-8", "backslashreplace").decode()
