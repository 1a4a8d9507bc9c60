"""BagIt 1.0 bags: closed with their manifests, put into place whole, looked up by contents, verified, zipped.

The library ``bagit`` reads and judges bags; it is not asked to make them, because it changes the working folder of the
whole process while it does, and writes version 0.97.  Source: RFC 8493.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import bagit

from ttdn_assets.errors import InputError
from ttdn_assets.model import Finding
from ttdn_assets.submissions.manifest import CONTENTS
from ttdn_assets.tools.files import PARTIAL_SUFFIX, os_errors, whole_file

PAYLOAD = "data"
ALGORITHMS = ("sha256", "sha512")
_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_DECLARED = re.compile(r"BagIt-Version: \d+\.\d+\r?\nTag-File-Character-Encoding: \S+\s*")
_CHUNK_BYTES = 1 << 20
_STORED = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp4", ".mov", ".webm", ".xlsx"}
_ZIP_BORN = (2020, 1, 1, 0, 0, 0)

logging.getLogger("bagit").addHandler(logging.NullHandler())


@contextlib.contextmanager
def aside(submissions: Path) -> Iterator[Path]:
    """A new folder with an empty payload, beside the bags; what is still there when the block ends is removed."""
    folder = submissions / f".{uuid.uuid4().hex[:12]}{PARTIAL_SUFFIX}"
    with os_errors(folder):
        (folder / PAYLOAD).mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def close_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Write the tag files and manifests of the payload that lies in ``folder``."""
    with os_errors(folder):
        digests, payload_bytes = _manifests(folder, PAYLOAD)
        oxum = {"Payload-Oxum": f"{payload_bytes}.{len(digests[ALGORITHMS[0]])}"}
        tags = "".join(f"{name}: {_one_line(value)}\n" for name, value in {**info, **oxum}.items() if value)
        _write(folder / "bagit.txt", _DECLARATION)
        _write(folder / "bag-info.txt", tags)
        for name, lines in digests.items():
            _write(folder / f"manifest-{name}.txt", "".join(lines))
        listed, _ = _manifests(folder, "")
        for name, lines in listed.items():
            _write(folder / f"tagmanifest-{name}.txt", "".join(lines))


def put_in_place(folder: Path, submissions: Path, name: str) -> Path:
    """Rename a closed bag to ``name``, or to the first free ``name-2``, ``name-3`` …; its path."""
    number = 1
    while True:
        path = submissions / (name if number == 1 else f"{name}-{number}")
        number += 1
        if path.exists():
            continue
        try:
            folder.rename(path)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY) or path.exists():
                continue
            with os_errors(path):
                raise
        return path


def find_equal(submissions: Path, digest: str) -> Path | None:
    """The latest bag whose contents have this digest and whose files are all there; ``None`` where there is none."""
    for path in sorted(submissions.glob("*/bag-info.txt"), reverse=True):
        if (
            not path.parent.name.startswith(".")
            and bag_info(path.parent).get(CONTENTS) == digest
            and _looks_whole(path.parent)
        ):
            return path.parent
    return None


def _looks_whole(path: Path) -> bool:
    """Whether number and bytes of the payload are as recorded; no file is read."""
    try:
        return bool(bagit.Bag(str(path)).validate(fast=True))
    except Exception:
        return False


def bag_info(path: Path) -> dict[str, str]:
    """The tags of a bag's ``bag-info.txt``; empty where they cannot be read."""
    try:
        text = (path / "bag-info.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition(":") for line in re.sub(r"\n[ \t]+", " ", text).splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def verify(path: Path) -> tuple[Finding, ...]:
    """Every fault of the bag at ``path``: structure, missing, added, unlisted and changed files; empty where valid.

    Raises:
        InputError: ``bag-missing`` where there is no bag at all.
    """
    if not (path / "bagit.txt").is_file():
        raise InputError("bag-missing", {"path": path})
    try:
        bag = bagit.Bag(str(path))
        structure = _structure(bag, path)
        entries = {PurePosixPath(Path(name).as_posix()): hashes for name, hashes in bag.entries.items()}
        missing, added = bag.compare_manifests_with_fs()
    except Exception as error:
        return (_fault("bag-unreadable", path.name, measured=str(error)[:300]),)
    gone = {Path(name).as_posix() for name in missing}
    return (
        *structure,
        *(_fault("bag-file-missing", name) for name in sorted(gone)),
        *(_fault("bag-file-unexpected", name) for name in sorted(Path(one).as_posix() for one in added)),
        *(
            fault
            for name, hashes in sorted(entries.items())
            if str(name) not in gone
            for fault in _entry_faults(path, name, hashes, bag)
        ),
    )


def zip_bag(path: Path, target: Path | None = None) -> Path:
    """The bag as one zip file, beside it unless ``target`` is given; the same bag gives the same bytes."""
    target = target or path.with_name(f"{path.name}.zip")
    with os_errors(target), whole_file(target) as partial, zipfile.ZipFile(partial, "w") as packed:
        for file in sorted(one for one in path.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(f"{path.name}/{file.relative_to(path).as_posix()}", _ZIP_BORN)
            entry.compress_type = zipfile.ZIP_STORED if file.suffix.lower() in _STORED else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.file_size = file.stat().st_size
            with file.open("rb") as read, packed.open(entry, "w") as write:
                shutil.copyfileobj(read, write, _CHUNK_BYTES)
    return target


def sweep_aside(submissions: Path, *, older_than_s: float, now_s: float) -> None:
    """Remove the half-made bags that killed runs left behind."""
    for path in submissions.glob(f".*{PARTIAL_SUFFIX}"):
        with contextlib.suppress(OSError):
            if path.is_dir() and now_s - path.stat().st_mtime > older_than_s:
                shutil.rmtree(path, ignore_errors=True)


def _structure(bag: bagit.Bag, path: Path) -> list[Finding]:
    """What ``bagit`` says of the whole without reading the payload, and what it overlooks in the declaration."""
    faults = []
    if not _DECLARED.fullmatch((path / "bagit.txt").read_text(encoding="utf-8")):
        faults.append(_fault("bag-incomplete", path.name, measured="bagit.txt"))
    try:
        bag.validate(fast=bag.has_oxum(), completeness_only=True)
    except bagit.BagValidationError as error:
        if not error.details:
            faults.append(_fault("bag-incomplete", path.name, measured=error.message))
    return faults


def _entry_faults(path: Path, name: PurePosixPath, hashes: Mapping[str, str], bag: bagit.Bag) -> Iterator[Finding]:
    """Whether one listed file is listed everywhere it must be and is what the lists say."""
    kind = "manifest" if name.parts[0] == PAYLOAD else "tagmanifest"
    for algorithm in bag.algorithms:
        if algorithm not in hashes and (path / f"{kind}-{algorithm}.txt").exists():
            yield _fault("bag-file-unlisted", str(name), measured=f"{kind}-{algorithm}.txt")
    stored = bag.normalized_filesystem_names.get(bagit.normalize_unicode(str(Path(name))), str(name))
    try:
        found, _ = _digests(path / stored, tuple(hashes))
    except (OSError, ValueError) as error:
        yield _fault("bag-file-unreadable", str(name), measured=str(error))
        return
    wrong = [algorithm for algorithm, digest in found.items() if digest != hashes[algorithm].lower()]
    if wrong:
        yield _fault("bag-file-changed", str(name), measured=found[wrong[0]][:12], allowed=hashes[wrong[0]][:12])


def _fault(rule: str, subject: str, *, measured: str | None = None, allowed: str | None = None) -> Finding:
    return Finding(rule=rule, level="error", subject=subject, measured=measured, allowed=allowed)


def _manifests(folder: Path, below: str) -> tuple[dict[str, list[str]], int]:
    """The lines of each manifest of the files below ``below``, or beside the payload where empty; and their bytes."""
    files = (folder / below).rglob("*") if below else folder.glob("*")
    lines: dict[str, list[str]] = {name: [] for name in ALGORITHMS}
    total = 0
    for name, path in sorted((one.relative_to(folder).as_posix(), one) for one in files if one.is_file()):
        digests, size_bytes = _digests(path, ALGORITHMS)
        total += size_bytes
        for algorithm, digest in digests.items():
            lines[algorithm].append(f"{digest}  {name}\n")
    return lines, total


def _digests(path: Path, algorithms: tuple[str, ...]) -> tuple[dict[str, str], int]:
    hashers = {name: hashlib.new(name) for name in algorithms}
    size_bytes = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            size_bytes += len(chunk)
            for hasher in hashers.values():
                hasher.update(chunk)
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}, size_bytes


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _one_line(value: str) -> str:
    return " ".join(value.split())
