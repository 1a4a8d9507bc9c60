"""Files as the house writes them: whole or not at all, and known by their SHA-256."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from ttdn_assets.errors import AssetsError, InputError, ToolError

_CHUNK_BYTES = 1 << 20
PARTIAL_SUFFIX = ".part"
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


@contextlib.contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Map what the operating system says about ``path`` to the house's errors.

    Raises:
        ToolError: ``disk-full``.
        InputError: ``file-vanished``, ``file-unreadable``, ``folder-read-only`` or ``file-system``.
    """
    try:
        yield
    except OSError as error:
        raise told_of(error, path) from error


def told_of(error: OSError, path: Path) -> AssetsError:
    """The house's error for what the operating system said about ``path``; see ``os_errors``."""
    fields = {"path": str(path), "reason": error.strerror or str(error)}
    if error.errno in _FULL:
        return ToolError("disk-full", fields)
    if error.errno == errno.ENOENT:
        return InputError("file-vanished", fields)
    if error.errno == errno.EROFS:
        return InputError("folder-read-only", fields)
    if error.errno in (errno.EACCES, errno.EPERM):
        return InputError("file-unreadable", fields)
    return InputError("file-system", fields)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path in the same folder that becomes ``path`` when the block ends well, and is gone when it does not.

    The suffix is kept, because outside tools choose a format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem[:40]}.{uuid.uuid4().hex[:8]}{PARTIAL_SUFFIX}{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, whole or not at all."""
    with whole_file(path) as partial:
        partial.write_bytes(data)


def file_sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_whole(source: Path, target: Path) -> str:
    """Copy the bytes of ``source`` to ``target``, whole or not at all, and say their SHA-256."""
    digest = hashlib.sha256()
    with whole_file(target) as partial, source.open("rb") as read, partial.open("wb") as write:
        while chunk := read.read(_CHUNK_BYTES):
            digest.update(chunk)
            write.write(chunk)
    return digest.hexdigest()


def sweep_partials(folder: Path) -> int:
    """Remove what a killed run left half-written under ``folder``; the number of files removed."""
    count = 0
    for path in folder.rglob(f".*{PARTIAL_SUFFIX}*"):
        if path.is_file():
            path.unlink(missing_ok=True)
            count += 1
    return count


def free_bytes(folder: Path) -> int:
    """The bytes free on the disk that holds ``folder`` or its nearest existing parent."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
