"""Argos packages as files: a hostile archive is refused before a byte of it is written, a good one installed whole.

A package is a zip with one folder that holds ``metadata.json``, ``model/`` (CTranslate2) and ``sentencepiece.model`` or
``bpe.model``.  Installed ones lie under ``packages/`` of the models folder, one folder a pair of languages; everything
is unpacked beside it and moved there when it is complete.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import stat
import urllib.error
import urllib.request
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from ttdn_assets.decoding import decode
from ttdn_assets.errors import InputError, ToolError, UsageError
from ttdn_assets.tools.files import file_sha256, free_bytes, os_errors, whole_file

INDEX_VARIABLE = "ARGOS_PACKAGE_INDEX"
INDEX_URL = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/"
_BYTES_MAX = 3 << 30
_FILES_MAX = 2000
_METADATA_BYTES_MAX = 1 << 20
_INDEX_BYTES_MAX = 16 << 20
_RATIO_MAX = 200
"""Weights and vocabularies shrink to a half, JSON to a tenth."""
_CHUNK_BYTES = 1 << 20
_WAIT_S = 60.0
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)
_CODE = re.compile(r"[a-z]{2,3}")
_PAIR = re.compile(r"([a-z]{2,3})[-_]([a-z]{2,3})")


class PackageInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One installed package: it translates from ``source`` to ``target``."""

    source: str
    target: str
    version: str
    size_bytes: int
    folder: Path
    sha256: str = ""
    """Of the file it was installed from."""
    source_prefix: str = ""
    """What a model of several targets wants before every text."""

    @property
    def pair(self) -> str:
        """Both languages, as ``ttdn models install`` takes them."""
        return f"{self.source}-{self.target}"


class _Metadata(msgspec.Struct, frozen=True):
    from_code: str = ""
    to_code: str = ""
    package_version: str = ""
    type: str = "translate"
    links: list[str] = []
    source_prefix: str = ""


def packages_folder(models: Path) -> Path:
    """Where installed packages lie in the models folder of a library."""
    return models / "packages"


def installed(models: Path) -> tuple[PackageInfo, ...]:
    """The packages of a models folder by name; what is none is passed over."""
    folder = packages_folder(models)
    with os_errors(folder):
        folders = sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
    return tuple(info for one in folders if (info := _info(one)) is not None)


def _info(folder: Path) -> PackageInfo | None:
    try:
        metadata = decode((folder / "metadata.json").read_bytes(), _Metadata)
    except (OSError, msgspec.DecodeError):
        return None
    if metadata.type != "translate" or not (folder / "model" / "model.bin").is_file():
        return None
    if not _CODE.fullmatch(metadata.from_code) or not _CODE.fullmatch(metadata.to_code):
        return None
    return PackageInfo(
        source=metadata.from_code,
        target=metadata.to_code,
        version=metadata.package_version,
        size_bytes=sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()),
        folder=folder,
        source_prefix=metadata.source_prefix,
    )


def install(what: str, models: Path) -> PackageInfo:
    """Install a package file, or a pair such as ``vi-en`` from the index, into a models folder.

    Raises:
        InputError: ``package-hostile``, ``package-damaged``, ``file-vanished``; ``package-not-indexed`` for a pair the
            index does not have.
        UsageError: ``package-unknown`` for what is neither a file nor a pair.
        ToolError: ``download-failed``, ``disk-full``.
    """
    path = Path(what)
    pair = _PAIR.fullmatch(what)
    if path.is_file():
        return install_file(path, models)
    if not pair:
        raise UsageError("package-unknown", {"path": what})
    download = models / "incoming" / f"translate-{pair[1]}_{pair[2]}.argosmodel"
    with os_errors(download), whole_file(download) as partial:
        _download_package(pair[1], pair[2], partial)
        info = install_file(partial, models)
    download.unlink(missing_ok=True)
    return info


def install_file(path: Path, models: Path) -> PackageInfo:
    """Install one package file; a package of the same pair gives way to it."""
    with os_errors(path):
        try:
            with zipfile.ZipFile(path) as archive:
                root = _inspect(archive, path)
                metadata = _metadata(archive, root, path)
                _check_space(archive, models)
                return _unpack(archive, root, metadata, path, models)
        except _ZIP_ERRORS as error:
            raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> InputError:
    return InputError("package-damaged", {"path": path, "reason": reason})


def _inspect(archive: zipfile.ZipFile, path: Path) -> str:
    """The one folder of the archive; nothing is written yet."""
    entries = archive.infolist()
    if not entries:
        raise _damaged(path, "empty")
    reasons = (reason for entry in entries if (reason := _hostile(entry)))
    total = sum(entry.file_size for entry in entries)
    reason = next(reasons, "")
    if not reason and (len(entries) > _FILES_MAX or total > _BYTES_MAX):
        reason = f"{len(entries)} files, {total} bytes"
    if reason:
        raise InputError("package-hostile", {"path": path, "reason": reason})
    roots = {PurePosixPath(entry.filename).parts[0] for entry in entries}
    if len(roots) != 1:
        raise _damaged(path, ", ".join(sorted(roots)[:5]))
    return roots.pop()


def _hostile(entry: zipfile.ZipInfo) -> str:
    """Why an entry must not be unpacked; empty where it may."""
    name = entry.filename
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name or not parts
    if outside or stat.S_ISLNK(entry.external_attr >> 16):
        return name[:80]
    if entry.file_size > _CHUNK_BYTES and entry.file_size > _RATIO_MAX * max(entry.compress_size, 1):
        return f"{name[:80]}: {entry.compress_size} → {entry.file_size} bytes"
    return ""


def _metadata(archive: zipfile.ZipFile, root: str, path: Path) -> _Metadata:
    names = set(archive.namelist())
    missing = [name for name in ("metadata.json", "model/model.bin") if f"{root}/{name}" not in names]
    if not names & {f"{root}/sentencepiece.model", f"{root}/bpe.model"}:
        missing.append("sentencepiece.model")
    if missing:
        raise _damaged(path, ", ".join(missing))
    with archive.open(f"{root}/metadata.json") as stream:
        data = stream.read(_METADATA_BYTES_MAX)
    try:
        metadata = decode(data, _Metadata)
    except msgspec.DecodeError as error:
        raise _damaged(path, f"metadata.json: {error}") from error
    if not (_CODE.fullmatch(metadata.from_code) and _CODE.fullmatch(metadata.to_code)) or metadata.type != "translate":
        raise _damaged(path, "metadata.json: from_code, to_code, type")
    return metadata


def _check_space(archive: zipfile.ZipFile, models: Path) -> None:
    needed = sum(entry.file_size for entry in archive.infolist())
    if needed > free_bytes(models):
        raise ToolError("disk-full", {"path": models, "reason": f"{needed} bytes"})


def _unpack(archive: zipfile.ZipFile, root: str, metadata: _Metadata, path: Path, models: Path) -> PackageInfo:
    target = packages_folder(models) / f"translate-{metadata.from_code}_{metadata.to_code}"
    incoming = models / "incoming" / uuid.uuid4().hex
    try:
        for entry in archive.infolist():
            if not entry.is_dir():
                _write_entry(archive, entry, incoming.joinpath(*PurePosixPath(entry.filename).parts[1:]), path)
        _replace(target, incoming)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    info = _info(target)
    if info is None:
        raise _damaged(path, "metadata.json")
    return msgspec.structs.replace(info, sha256=file_sha256(path))


def _write_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, path: Path) -> None:
    """Write one entry, counting what comes out: a header may lie."""
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as read, target.open("wb") as write:
        while chunk := read.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise InputError("package-hostile", {"path": path, "reason": entry.filename[:80]})
            write.write(chunk)


def _replace(target: Path, incoming: Path) -> None:
    """Put a complete folder in place of the one of that pair."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = incoming.with_name(f"{incoming.name}.old")
    if target.exists():
        target.rename(old)
    incoming.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _download_package(source: str, target: str, path: Path) -> None:
    """Fetch a package of the index: asked for by name, and only then."""
    base = os.environ.get(INDEX_VARIABLE, INDEX_URL)
    data = b"".join(_read(f"{base.rstrip('/')}/index.json", _INDEX_BYTES_MAX))
    try:
        index = decode(data, list[_Metadata])
    except msgspec.DecodeError as error:
        raise ToolError("download-failed", {"url": base, "reason": str(error)}) from error
    found = [one for one in index if (one.from_code, one.to_code) == (source, target) and one.links]
    if not found:
        raise InputError("package-not-indexed", {"pair": f"{source}-{target}", "url": base})
    with path.open("wb") as write:
        for chunk in _read(found[-1].links[0], _BYTES_MAX):
            write.write(chunk)


def _read(url: str, bytes_max: int) -> Iterator[bytes]:
    if not url.startswith(("https://", "http://")):
        raise ToolError("download-failed", {"url": url[:200], "reason": "https"})
    total = 0
    try:
        with urllib.request.urlopen(url, timeout=_WAIT_S) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                total += len(chunk)
                if total > bytes_max:
                    raise ToolError("download-failed", {"url": url, "reason": f"> {bytes_max} bytes"})
                yield chunk
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise ToolError("download-failed", {"url": url, "reason": str(error)[:200]}) from error
