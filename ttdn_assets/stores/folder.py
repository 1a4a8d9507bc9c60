"""A store that is a folder: plain files under the same names, for a disk, a network share or a stick.

There is no bookkeeping beside the files: what a file's SHA-256 is, is found by reading it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ttdn_assets.errors import InputError, StoreError
from ttdn_assets.stores import Capabilities, Leftover, ObjectInfo
from ttdn_assets.stores.interruption import Interruption
from ttdn_assets.stores.keys import check_key, digest_in
from ttdn_assets.tools.files import PARTIAL_SUFFIX, file_sha256, os_errors, whole_file

_CHUNK_BYTES = 1 << 20
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class FolderStore:
    """Objects as files under ``root``."""

    capabilities = Capabilities(
        kind="folder",
        refuses_wrong_sha256=True,
        refuses_overwrite=True,
        refuses_stale=True,
        keeps_metadata=True,
        tells_md5=False,
        copies=True,
        resumes=True,
    )

    def __init__(self, root: Path) -> None:
        """Use ``open``."""
        self.root = root
        self.interruption = Interruption()

    @classmethod
    def open(cls, root: Path, *, writing: bool) -> FolderStore:
        """The store at ``root``, which is made where its parent is there; a drive that is not plugged in is not.

        Raises:
            StoreError: ``store-unreachable`` or ``store-denied``.
        """
        store = cls(root.absolute())
        with store._errors(""):
            if writing and store.root.parent.is_dir():
                store.root.mkdir(exist_ok=True)
            if not store.root.is_dir():
                raise StoreError("store-unreachable", {"store": store.label, "reason": "no such folder"})
            next(store.root.iterdir(), None)
            if writing:
                # Others may be opening the same folder now, so each tries with a file of its own.
                with tempfile.NamedTemporaryFile(prefix=".ttdn-probe-", dir=store.root):
                    pass
        return store

    @property
    def label(self) -> str:
        """The folder's path."""
        return str(self.root)

    def put(self, path: Path, key: str, sha256: str) -> bool:
        """See ``Store.put``."""
        target = self._path(key)
        size_bytes = _size(path)
        with self._errors(key):
            if target.is_file() and target.stat().st_size == size_bytes and file_sha256(target) == sha256:
                return False
            self._write(path, target, key=key, sha256=sha256)
        return True

    def replace(self, data: bytes, key: str, *, seen: ObjectInfo | None) -> bool:
        """See ``Store.replace``; files know no condition, so what lies there is compared right before."""
        if self.head(key) != seen:
            return False
        with self._errors(key):
            self._write(data, self._path(key), key=key, sha256=hashlib.sha256(data).hexdigest())
        return True

    def head(self, key: str) -> ObjectInfo | None:
        """See ``Store.head``; the file is read for its digest."""
        path = self._path(key)
        with self._errors(key):
            if not path.is_file():
                return None
            return _told(path, key, sha256=file_sha256(path))

    def get(self, key: str, path: Path, *, sha256: str | None = None) -> str:
        """See ``Store.get``."""
        source = self._path(key)
        with self._errors(key):
            stream = source.open("rb")
        with stream, os_errors(path), whole_file(path) as partial:
            found = hashlib.sha256()
            with partial.open("wb") as write:
                while chunk := self._read(stream.fileno(), key):
                    self.interruption.check()
                    found.update(chunk)
                    write.write(chunk)
            if found.hexdigest() != (sha256 or digest_in(key) or found.hexdigest()):
                raise StoreError("store-corrupt", {"store": self.label, "key": key})
        return found.hexdigest()

    def digest(self, key: str) -> str:
        """See ``Store.digest``."""
        with self._errors(key):
            return file_sha256(self._path(key))

    def copy(self, src: str, dst: str, sha256: str) -> None:
        """See ``Store.copy``."""
        source, target = self._path(src), self._path(dst)
        with self._errors(src):
            if not source.is_file():
                raise StoreError("store-object-missing", {"store": self.label, "key": src})
            try:
                self._write(source, target, key=dst, sha256=sha256)
            except InputError as error:
                raise StoreError("store-corrupt", {"store": self.label, "key": src}) from error

    def delete(self, key: str) -> None:
        """See ``Store.delete``; folders left empty go too."""
        path = self._path(key)
        with self._errors(key):
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()

    def iter(self, prefix: str) -> Iterator[ObjectInfo]:
        """See ``Store.iter``."""
        start = self.root / prefix.rpartition("/")[0]
        with self._errors(prefix):
            if not start.is_dir():
                return
            for folder, below, names in os.walk(start, onerror=_raise):
                below[:] = [name for name in below if not name.startswith(".")]
                for name in names:
                    path = Path(folder, name)
                    key = path.relative_to(self.root).as_posix()
                    if key.startswith(prefix) and not name.startswith("."):
                        yield _told(path, key, sha256=digest_in(key))

    def url(self, key: str, expires_s: int, *, saved_as: str | None = None) -> str:
        """The file's own address; it does not expire."""
        return self._path(key).as_uri()

    def leftovers(self) -> Iterator[Leftover]:
        """See ``Store.leftovers``: files that never got their name."""
        with self._errors(""):
            for path in self.root.rglob(f".*{PARTIAL_SUFFIX}*"):
                begun_at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
                place = path.relative_to(self.root).as_posix()
                yield Leftover(key=place, token=place, begun_at=begun_at)

    def discard(self, leftover: Leftover) -> None:
        """See ``Store.discard``."""
        path = self.root / leftover.token
        if path.is_relative_to(self.root) and PARTIAL_SUFFIX in path.name:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.root.joinpath(*check_key(key).split("/"))

    def _write(self, source: Path | bytes, target: Path, *, key: str, sha256: str) -> None:
        """Copy, force to the disk and read back, before the file gets its name."""
        opened = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        with opened as read, whole_file(target) as partial:
            with partial.open("wb") as write:
                sent = hashlib.sha256()
                while chunk := read.read(_CHUNK_BYTES):
                    self.interruption.check()
                    sent.update(chunk)
                    write.write(chunk)
                write.flush()
                os.fsync(write.fileno())
            if isinstance(source, Path) and sent.hexdigest() != sha256:
                raise InputError("file-changed", {"path": source})
            if file_sha256(partial) != sha256:
                raise StoreError("store-corrupt", {"store": self.label, "key": key})

    def _read(self, descriptor: int, key: str) -> bytes:
        with self._errors(key):
            return os.read(descriptor, _CHUNK_BYTES)

    @contextlib.contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Map what the system says about the folder, once."""
        try:
            yield
        except OSError as error:
            fields = {"store": self.label, "key": key, "reason": error.strerror or type(error).__name__}
            if error.errno in _FULL:
                raise StoreError("store-full", fields) from error
            if error.errno in _REFUSED:
                raise StoreError("store-denied", fields) from error
            if error.errno == errno.ENOENT and self.root.is_dir():
                raise StoreError("store-object-missing", fields) from error
            raise StoreError("store-unreachable", fields) from error


def _size(path: Path) -> int:
    with os_errors(path):
        return path.stat().st_size


def _told(path: Path, key: str, *, sha256: str | None) -> ObjectInfo:
    seen = path.stat()
    changed_at = dt.datetime.fromtimestamp(seen.st_mtime, dt.UTC)
    return ObjectInfo(key=key, size_bytes=seen.st_size, sha256=sha256, changed_at=changed_at)


def _raise(error: OSError) -> None:
    raise error
