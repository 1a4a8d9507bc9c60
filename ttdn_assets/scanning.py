"""A folder (or one file) -> its sources, in natural order, each with the companions that belong to it.

A source is one asset as it lies there: a picture or clip, with its raw file, Live Photo clip, XMP sidecars and
subtitles.  Everything else is told as skipped with its reason, except what the system hides.  Folders are read one
at a time as the caller takes sources, so that a tree of any size begins at once.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from ttdn_assets.errors import UsageError
from ttdn_assets.media.movie import live_photo_id
from ttdn_assets.model import Source
from ttdn_assets.settings import SETTINGS_FILE
from ttdn_assets.text import nfc
from ttdn_assets.tools.sniff import MEDIA, MEDIA_SUFFIXES, RAW_SUFFIXES, head_of, sniff

_CLOSED_BY = (SETTINGS_FILE, "bagit.txt")
SYSTEM_NAMES = frozenset((
    "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "$recycle.bin", "system volume information",
    "@eadir",
))  # fmt: skip
_HIDDEN = 2
_SYSTEM = 4
_SIDECARS = frozenset(("xmp", "aae", "thm", "lrv"))
_SUBTITLES = frozenset(("srt", "vtt", "ass", "ssa"))
_SHEETS = frozenset(("captions.xlsx", "captions.csv"))
_RAW = RAW_SUFFIXES | {"dng"}
_STILLS = frozenset(("jpg", "jpeg", "jpe", "heic", "heif", "hif"))
_CLIP_SUFFIXES = frozenset((
    "mp4", "mov", "m4v", "avi", "3gp", "mts", "m2ts", "mkv", "webm", "mpg", "mpeg", "wmv", "flv", "mxf", "dv",
))  # fmt: skip
_DIGITS = re.compile(r"(\d+)")
_DEPTH_MAX = 128
_HONEST_OTHERS = ("audio", "jxl", "jp2", "ogv", "rm", "raw")
"""What a media suffix may hold that is no fault of the file: it is skipped, not failed."""
_REASONS = {
    "pdf": "document",
    "office": "document",
    "zip": "document",
    "rar": "archive",
    "7z": "archive",
    "gzip": "archive",
    "text": "text",
    "json": "text",
    "xml": "text",
    "empty": "empty",
    "audio": "audio",
    "program": "program",
    "raw": "raw",
    "psd": "picture-format",
    "jxl": "picture-format",
    "jp2": "picture-format",
    "ogv": "clip-format",
    "rm": "clip-format",
}


class _Name(NamedTuple):
    """A file as its folder lists it; ``stem`` and ``suffix`` (no dot) are folded for comparison."""

    path: str
    stem: str
    suffix: str


def scan(folder: Path) -> Iterator[Source]:
    """Every source under a folder, or the one of a single file; their paths are absolute.

    Raises:
        UsageError: ``scan-missing``, ``scan-unreadable`` or ``scan-library`` (the folder is a library or a bag).
    """
    folder = Path(os.path.normpath(folder.absolute()))
    if not folder.exists():
        raise UsageError("scan-missing", {"path": folder})
    if not folder.is_dir():
        yield from _one_file(folder)
        return
    try:
        names = {entry.name for entry in _entries(str(folder))}
    except OSError as error:
        raise UsageError("scan-unreadable", {"path": folder, "reason": error.strerror or str(error)}) from error
    if any(name in names for name in _CLOSED_BY):
        raise UsageError("scan-library", {"path": folder})
    yield from _folder(str(folder), "", frozenset())


def _one_file(path: Path) -> Iterator[Source]:
    """The source that holds the file: alone in its list, with the companions beside it."""
    beside = [entry.path for entry in _entries(str(path.parent)) if _kind(entry) == "file"]
    wanted = str(path.parent / path.name)
    for source in _grouped([name for name in map(_name, beside) if name.path == wanted or not _is_media(name)], ""):
        if source.path == wanted:
            yield source


def _folder(folder: str, prefix: str, above: frozenset[tuple[int, int]]) -> Iterator[Source]:
    """The sources of one folder, then those of the folders in it; ``above`` are the folders on the way here."""
    try:
        entries = _entries(folder)
        here = Path(folder).stat()
    except OSError:
        yield Source(path=folder, relative=prefix.rstrip("/"), skipped="folder-unreadable")
        return
    identity = (here.st_dev, here.st_ino)
    if identity in above or len(above) > _DEPTH_MAX:
        yield Source(path=folder, relative=prefix.rstrip("/"), skipped="link-loop")
        return
    if prefix and any(entry.name in _CLOSED_BY for entry in entries):
        return
    kinds = [(entry, _kind(entry)) for entry in entries if not _is_hidden(entry)]
    yield from _grouped([_name(entry.path) for entry, kind in kinds if kind == "file"], prefix)
    for entry, kind in kinds:
        if kind not in ("file", "folder"):
            yield Source(path=entry.path, relative=prefix + shown(entry.name), skipped=kind)
    for entry, kind in kinds:
        if kind == "folder":
            yield from _folder(entry.path, f"{prefix}{shown(entry.name)}/", above | {identity})


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: natural(entry.name))


def shown(name: str) -> str:
    """A file name as text: NFC, and a sign in place of bytes that are no UTF-8."""
    return nfc(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def natural(name: str) -> tuple[tuple[str | int, ...], str]:
    """A key by which IMG_9 stands before IMG_10, whatever the case; equal names are told apart by their exact form."""
    parts = _DIGITS.split(nfc(name).casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), name


def _kind(entry: os.DirEntry[str]) -> str:
    try:
        mode = Path(entry.path).stat().st_mode
    except OSError:
        return "link-broken" if entry.is_symlink() else "unreadable"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "not-a-file"


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name.casefold() in SYSTEM_NAMES:
        return True
    try:
        attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    except OSError:
        return False
    return bool(attributes & (_HIDDEN | _SYSTEM))


def _name(path: str) -> _Name:
    pure = PurePath(path)
    return _Name(path, nfc(pure.stem).casefold(), pure.suffix[1:].lower())


def _is_media(name: _Name) -> bool:
    return name.suffix in MEDIA_SUFFIXES or name.suffix in _RAW


def _grouped(names: Sequence[_Name], prefix: str) -> Iterator[Source]:
    """The files of one folder, put together, in the order of the file that stands for each."""
    by_stem: dict[str, list[_Name]] = {}
    for name in names:
        by_stem.setdefault(name.stem, []).append(name)
        if name.suffix in _SUBTITLES and "." in name.stem:
            by_stem.setdefault(name.stem.rpartition(".")[0], []).append(name)
    owner = {follower.path: leader.path for leader in names for follower in _followers(leader, by_stem)}
    leads: dict[str, list[str]] = {}
    for name in names:
        if name.path in owner:
            leads.setdefault(_root(name.path, owner), []).append(name.path)
    for name in names:
        if name.path not in owner:
            relative = prefix + shown(PurePath(name.path).name)
            companions = tuple(leads.get(name.path, ()))
            yield Source(path=name.path, relative=relative, companions=companions, skipped=_reason(name))


def _root(path: str, owner: dict[str, str]) -> str:
    while path in owner:
        path = owner[path]
    return path


def _followers(leader: _Name, by_stem: dict[str, list[_Name]]) -> Iterator[_Name]:
    """The files that belong to ``leader``, if it is one that leads: its kind of companions by the same stem.

    ``by_stem`` lists subtitles also under their stem without the language: ``clip.vi.srt`` under ``clip``.
    """
    if not _is_media(leader):
        return
    for other in by_stem.get(leader.stem, ()):
        if other.path != leader.path and _follows(other, leader, by_stem[leader.stem]):
            yield other
    yield from (other for other in by_stem.get(f"{leader.stem}.{leader.suffix}", ()) if other.suffix in _SIDECARS)


def _follows(other: _Name, leader: _Name, same_stem: Iterable[_Name]) -> bool:
    if other.suffix in _RAW:
        return leader.suffix in _STILLS
    if other.suffix == "mov" and leader.suffix in _STILLS:
        return leader.suffix not in ("jpg", "jpeg", "jpe") or _is_live_half(other.path)
    if other.suffix in _SUBTITLES:
        return leader.suffix in _CLIP_SUFFIXES
    if other.suffix in ("thm", "lrv"):
        return leader.suffix in _CLIP_SUFFIXES
    return other.suffix in _SIDECARS and leader == _first_leader(same_stem)


def _first_leader(same_stem: Iterable[_Name]) -> _Name | None:
    """Whose sidecar ``IMG.xmp`` is when several files are called IMG: the picture's, else the raw file's or clip's."""
    ranked = sorted(
        (name for name in same_stem if _is_media(name)),
        key=lambda name: (name.suffix not in _STILLS, name.suffix in _RAW, name.suffix in _CLIP_SUFFIXES),
    )
    return ranked[0] if ranked else None


def _is_live_half(path: str) -> bool:
    """A MOV beside a JPEG of the same name is a clip of its own, unless it says that it is half of a Live Photo."""
    try:
        with Path(path).open("rb") as stream:
            return live_photo_id(stream)
    except OSError:
        return False


def _reason(name: _Name) -> str | None:
    """Why the file is skipped; ``None`` for media, and for what calls itself media, so that its fault is told."""
    base = f"{name.stem}.{name.suffix}"
    if base in _SHEETS:
        return "sheet"
    if name.suffix in _SIDECARS and name.suffix not in ("thm", "lrv"):
        return "sidecar"
    if name.suffix in _SUBTITLES:
        return "subtitles"
    if name.suffix in RAW_SUFFIXES:
        return "raw"
    try:
        with Path(name.path).open("rb") as stream:
            content = sniff(head_of(stream))
    except OSError:
        return None if name.suffix in MEDIA_SUFFIXES else "unreadable"
    if content in MEDIA or (name.suffix in MEDIA_SUFFIXES and content not in _HONEST_OTHERS):
        return None
    return _REASONS.get(content or "", "unknown")
