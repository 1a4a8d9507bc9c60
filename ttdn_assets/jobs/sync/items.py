"""What a library has that belongs into a store: originals with their companions, renditions, bags; with digests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import msgspec

from ttdn_assets.catalogue.records import AssetRecord, FileVersion
from ttdn_assets.jobs.sync.digests import Digests
from ttdn_assets.model import Rendition
from ttdn_assets.stores.keys import original_key, rendition_key, submission_key
from ttdn_assets.text import nfc
from ttdn_assets.tools.files import file_sha256, os_errors

SEAL = "tagmanifest-sha256.txt"
"""Names the digests of a bag's manifests, so it stands for the whole bag; it goes into the store last."""
DECLARATION = "bagit.txt"
"""Makes a folder a bag; it is written last when a bag is fetched."""
MANIFESTS = ("manifest-sha256.txt", SEAL)
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


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """A raw file, sidecar, subtitle or Live Photo clip that belongs to the original ``of``, by their names."""

    of: str
    name: str
    size_bytes: int
    sha256: str

    @property
    def key(self) -> str:
        """Where its bytes lie in a store."""
        return original_key(self.sha256, PurePosixPath(self.name).suffix)


def original_items(record: AssetRecord) -> Iterator[Item]:
    """The source files of an asset, each contents once."""
    seen = set()
    for file in record.files:
        if not file.missing and file.sha256 not in seen:
            seen.add(file.sha256)
            yield Item(key=key_of(record, file), path=Path(file.path), size_bytes=file.size_bytes, sha256=file.sha256)


def companion_items(record: AssetRecord, digests: Digests) -> Iterator[tuple[Companion, Item]]:
    """What belongs to the source files of an asset; what is gone from here is told by what it was."""
    for file in record.files:
        for path in map(Path, file.companions):
            known = digests.of(path) if path.is_file() else digests.last(path)
            if known is not None:
                one = Companion(of=file.relative, name=shown(path), size_bytes=known[0], sha256=known[1])
                yield one, Item(key=one.key, path=path, size_bytes=one.size_bytes, sha256=one.sha256)


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
    digests = manifest_digests(folder / name for name in MANIFESTS)
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
    """SHA-256 by path as the manifests of a bag list them."""
    return dict(
        line
        for path in manifests
        if path.is_file()
        for line in manifest_lines(path.read_text(encoding="utf-8-sig", errors="replace"))
    )


def manifest_lines(text: str) -> Iterator[tuple[str, str]]:
    """Each path of a BagIt manifest with its SHA-256; RFC 8493 §2.1.3 writes %, CR and LF as percent codes."""
    for line in text.splitlines():
        if match := _MANIFEST_LINE.fullmatch(line.rstrip()):
            yield unquote(match[2]), match[1].lower()


def wanted_rendition(made: Rendition, root: Path) -> Item | None:
    """A rendition a record of the store names; ``None`` where no library would have written such a path or digest."""
    if not _RENDITION_PATH.fullmatch(made.path) or not _SHA256.fullmatch(made.sha256):
        return None
    key = rendition_key(made.sha256, PurePosixPath(made.path).suffix)
    return Item(key=key, path=root / made.path, size_bytes=made.size_bytes, sha256=made.sha256)


def key_of(record: AssetRecord, file: FileVersion) -> str:
    """Where the bytes of a source file lie in a store."""
    extension = record.media.extension if record.media else PurePosixPath(file.relative).suffix
    return original_key(file.sha256, extension)


def shown(path: Path) -> str:
    """A file name as text: NFC, and a sign in place of bytes that are no UTF-8."""
    return nfc(path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
