"""What must hold before the first file is touched; what does not is raised here, with nothing half done."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ttdn_assets.errors import LibraryBusy, UsageError
from ttdn_assets.jobs.library import store_of, terms_of
from ttdn_assets.model import Placement
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.renditions.overlay import load_mark
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.settings import SETTINGS_FILE, Library, create_library, find_library, unwritable
from ttdn_assets.stores import Store
from ttdn_assets.terms import TermBase
from ttdn_assets.tools import ffmpeg
from ttdn_assets.tools.files import os_errors

_SPARE_BYTES = 200_000_000


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A library that can be worked on, and everything a run needs that does not depend on a file."""

    library: Library
    placements: dict[str, Placement]
    chosen: dict[str, tuple[Placement, ...]]
    terms: TermBase
    store: Store | None
    store_url: str | None = None
    mark: Mark | None = None

    @property
    def wanted(self) -> tuple[Placement, ...]:
        """Every placement some target asks for, each once."""
        return tuple({placement.id: placement for group in self.chosen.values() for placement in group}.values())


def make_ready(
    folders: Sequence[Path], *, targets: Sequence[str] | None, library: Path | None = None, store: str | None = None
) -> Ready:
    """Look at everything a run needs.

    Raises:
        UsageError: a folder, a target, a setting, a term or a placement file that cannot be used.
        ToolMissing: no ffmpeg, where a target takes clips.
        StoreError: the store does not answer or refuses.
    """
    check_folders(folders)
    root = find_library(library)
    check_apart(folders, root)
    opened = create_library(root)
    check_writable(opened)
    settings = opened.settings
    placements = load_placements(opened.placements)
    if targets is None and not settings.targets:
        raise UsageError("no-targets")
    chosen = choose(settings.targets if targets is None else targets, placements)
    if any(placement.kind == "video" for group in chosen.values() for placement in group):
        ffmpeg.find_ffmpeg()
    store_url = (settings.store.url if store is None else store) or None
    return Ready(
        library=opened,
        placements=placements,
        chosen=chosen,
        terms=terms_of(opened),
        store=store_of(opened, store_url) if store_url else None,
        store_url=store_url,
        mark=load_mark(opened, placements),
    )


def check_folders(folders: Sequence[Path]) -> None:
    """Refuse a folder that is not there or may not be read.

    Raises:
        UsageError: ``folder-missing`` or ``folder-unreadable``.
    """
    for folder in folders:
        if not folder.exists():
            raise UsageError("folder-missing", {"path": folder})
        if folder.is_dir():
            try:
                next(folder.iterdir(), None)
            except OSError as error:
                reason = error.strerror or str(error)
                raise UsageError("folder-unreadable", {"path": folder, "reason": reason}) from error


def check_apart(folders: Sequence[Path], root: Path) -> None:
    """Refuse a library that is the media folder itself; its settings file would close the folder to every later run.

    Raises:
        UsageError: ``library-is-media``.
    """
    if not root.exists() or (root / SETTINGS_FILE).is_file():
        return
    for folder in folders:
        if folder.samefile(root):
            raise UsageError("library-is-media", {"path": folder})


def check_writable(library: Library) -> None:
    """Refuse a library where nothing can be written.

    Raises:
        UsageError: ``library-read-only``.
        ToolError: ``disk-full``.
    """
    probe = library.root / ".writable"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise unwritable(library.root, error) from error


def check_disk(library: Library, needed_bytes: int, free_bytes: Callable[[Path], int] | None = None) -> None:
    """Refuse a run that would fill the disk; ``free_bytes`` tells what is free under a folder.

    Raises:
        UsageError: ``disk-too-small``.
    """
    free = (free_bytes or _free_bytes)(library.root)
    if free < needed_bytes + _SPARE_BYTES:
        megabytes = {"needed_mb": (needed_bytes + _SPARE_BYTES) // 1_000_000, "free_mb": free // 1_000_000}
        raise UsageError("disk-too-small", {"path": library.root, **megabytes})


def _free_bytes(folder: Path) -> int:
    with os_errors(folder):
        return shutil.disk_usage(folder).free


@contextlib.contextmanager
def sole_run(library: Library) -> Iterator[None]:
    """Hold the library for one ``prepare``; the lock is the system's, so a killed run leaves none behind.

    Raises:
        LibraryBusy: another run holds it.
    """
    import filelock

    lock = filelock.FileLock(library.lock)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise LibraryBusy("library-busy", {"path": library.root}) from error
    try:
        yield
    finally:
        lock.release()
