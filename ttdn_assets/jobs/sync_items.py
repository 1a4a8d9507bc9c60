"""What a library has that belongs into a store: files with their digests, bags, and records of assets as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import msgspec

from ttdn_assets.catalogue.records import AssetEntry, AssetRecord, FileVersion
from ttdn_assets.model import Finding, Rendition
from ttdn_assets.stores.keys import original_key, rendition_key, submission_key
from ttdn_assets.tools.files import file_sha256, os_errors

SEAL = "tagmanifest-sha256.txt"
"""Names the digests of a bag's manifests, so it stands for the whole bag; it goes into the store last."""
DECLARATION = "bagit.txt"
"""Makes a folder a bag; it is written last when a bag is fetched."""
_MANIFESTS = ("manifest-sha256.txt", SEAL)
_MANIFEST_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RENDITION_PATH = re.compile(r"renditions/[0-9a-f]{2}/[0-9a-f]{16,64}\.[a-z0-9]{1,8}")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One file of this machine and the object it is to be."""

    key: str
    path: Path
    size_bytes: int
    sha256: str


class BagItems(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one bag: all but the seal, and the seal."""

    name: str
    files: tuple[Item, ...]
    seal: Item | None
    absent: tuple[str, ...] = ()


def original_items(record: AssetRecord) -> Iterator[Item]:
    """The source files of an asset, each contents once."""
    seen = set()
    for file in record.files:
        if not file.missing and file.sha256 not in seen:
            seen.add(file.sha256)
            yield Item(
                key=original_key(file.sha256, _extension(record, file)),
                path=Path(file.path),
                size_bytes=file.size_bytes,
                sha256=file.sha256,
            )


def rendition_items(record: AssetRecord, root: Path) -> Iterator[Item]:
    """The made files of an asset."""
    for made in record.renditions:
        yield Item(
            key=rendition_key(made.sha256, PurePosixPath(made.path).suffix),
            path=root / made.path,
            size_bytes=made.size_bytes,
            sha256=made.sha256,
        )


def bags_in(submissions: Path) -> Iterator[BagItems]:
    """The bags of a library; digests are read from their manifests, never from their payload."""
    for declaration in sorted(submissions.glob(f"*/{DECLARATION}")):
        if not declaration.parent.name.startswith("."):
            with os_errors(declaration.parent):
                yield _bag(declaration.parent)


def _bag(folder: Path) -> BagItems:
    digests = manifest_digests(folder / name for name in _MANIFESTS)
    items = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            relative = path.relative_to(folder).as_posix()
            items[relative] = Item(
                key=submission_key(folder.name, relative),
                path=path,
                size_bytes=path.stat().st_size,
                sha256=digests.get(relative) or file_sha256(path),
            )
    absent = tuple(f"{folder.name}/{name}" for name in sorted(digests.keys() - items.keys()))
    seal = items.pop(SEAL, None)
    return BagItems(name=folder.name, files=tuple(items.values()), seal=seal, absent=absent)


def manifest_digests(manifests: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by path as BagIt manifests list them; RFC 8493 §2.1.3 writes %, CR and LF as percent codes."""
    found: dict[str, str] = {}
    for path in manifests:
        if path.is_file():
            for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
                if match := _MANIFEST_LINE.fullmatch(line.rstrip()):
                    found[unquote(match[2])] = match[1].lower()
    return found


def wanted_rendition(made: Rendition, root: Path) -> Item | None:
    """A rendition a record of the store names; ``None`` where no library would have written such a path or digest."""
    if not _RENDITION_PATH.fullmatch(made.path) or not _SHA256.fullmatch(made.sha256):
        return None
    key = rendition_key(made.sha256, PurePosixPath(made.path).suffix)
    return Item(key=key, path=root / made.path, size_bytes=made.size_bytes, sha256=made.sha256)


def record_bytes(record: AssetRecord) -> bytes:
    """An asset as it stands in the store: the same bytes on every machine that knows the same about it.

    Left out is what is true of one machine only: where the files lie, when they were seen, in which bags they went.
    """
    files = {(file.relative, file.sha256): _anywhere(file) for file in record.files}
    shared = msgspec.structs.replace(
        record, files=tuple(files[key] for key in sorted(files)), findings=_own_findings(record), submissions=()
    )
    return msgspec.json.encode(shared, order="sorted")


def read_record(data: bytes) -> AssetRecord | None:
    """A record of the store; ``None`` where the bytes are none."""
    try:
        return msgspec.json.decode(data, type=AssetRecord)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def says_the_same(one: AssetRecord, other: AssetRecord) -> bool:
    """Whether two records differ in nothing but their times."""
    return _timeless(one) == _timeless(other)


def entries_of(record: AssetRecord) -> list[AssetEntry]:
    """What to write into a catalogue that lacks the record: the asset's own bytes first, because they give its id."""
    own = [file for file in record.files if file.sha256 == record.id]
    others = [file for file in record.files if file.sha256 != record.id]
    entries = [_entry(record, file, sha256=file.sha256) for file in (*own, *others)]
    if not own and others:
        entries.insert(0, _entry(record, others[0], sha256=record.id))
    return entries


def _entry(record: AssetRecord, file: FileVersion, *, sha256: str) -> AssetEntry:
    return AssetEntry(
        path=f"{original_key(sha256, _extension(record, file))}#{file.relative}",
        relative=file.relative,
        size_bytes=file.size_bytes,
        mtime_ns=0,
        sha256=sha256,
        picture_sha256=record.picture_sha256,
        inputs=file.inputs,
        status=record.status,
        error=record.error,
        media=record.media,
        facts=file.facts,
        captions=record.captions,
        subject=record.subject,
        renditions=record.renditions,
        findings=_own_findings(record),
    )


def _own_findings(record: AssetRecord) -> tuple[Finding, ...]:
    """All but ``facts-differ``, which the catalogue finds anew whenever it reads an asset."""
    return tuple(finding for finding in record.findings if finding.rule != "facts-differ")


def _anywhere(file: FileVersion) -> FileVersion:
    return msgspec.structs.replace(
        file, path=file.relative, folder="", mtime_ns=0, seen_at="", missing=False, companions=()
    )


def _timeless(record: AssetRecord) -> bytes:
    return record_bytes(msgspec.structs.replace(record, added_at="", changed_at=""))


def _extension(record: AssetRecord, file: FileVersion) -> str:
    return record.media.extension if record.media else PurePosixPath(file.relative).suffix
