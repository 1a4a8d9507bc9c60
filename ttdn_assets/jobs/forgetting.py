"""Forget an asset: consent was withdrawn, so it leaves the library and the store, and its links lead nowhere any more.

A link to an object of the store ends with the object, and shared pages that show the asset are deleted.  Originals in
people's own folders are not this library's to delete: they are listed, as are the bags and the publications that still
hold the asset.  The store goes first and the catalogue last, so that a run that is cut off can be made again.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.catalogue.records import AssetRecord, SubmissionRecord
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.sync.records import read_record
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Publication
from ttdn_assets.settings import Library
from ttdn_assets.stores.keys import CATALOGUE, ORIGINALS, RENDITIONS, SHARES, catalogue_key
from ttdn_assets.tools.files import os_errors, write_whole

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue
    from ttdn_assets.stores import Store


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What is gone, in files of the library and objects of the store, and what still holds the asset.

    ``links`` are the shared pages that showed it, alone or in a submission; ``originals`` are files in people's own
    folders, which stay.
    """

    asset: str
    files: int
    objects: int
    links: int = 0
    originals: tuple[str, ...] = ()
    bags: tuple[SubmissionRecord, ...] = ()
    publications: tuple[Publication, ...] = ()


def forget(
    library: Library | Path | None, asset: str, *, store: Store | None = None, who: str | None = None
) -> Forgotten:
    """Take an asset out of the library and its store.

    What stays is a record of bare digests, here and in the store, so that no run and no other machine brings it back.

    Args:
        library: the library, or its folder.
        asset: the asset's id or its beginning.
        store: the store of the library; nothing is taken out of any where ``None``.
        who: the name written into the history; the system's user where ``None``.

    Raises:
        UsageError: ``asset-unknown`` or ``asset-ambiguous``.
        StoreError: the store refuses or does not answer; what is gone is gone, and the catalogue still knows the asset.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    with catalogue_of(opened) as catalogue:
        record = catalogue.asset(asset)
        digests = catalogue.digests(record.id)
        needed = _needed_elsewhere(catalogue, record)
        renditions = {one.sha256 for one in record.renditions} - needed
        objects = links = 0
        if store is not None:
            theirs = digests | _companions(store, digests)
            objects = sum(_delete(store, ORIGINALS, theirs)) + sum(_delete(store, RENDITIONS, renditions))
            links = sum(_revoke(store, {*theirs, *renditions, *(f"/{Path(bag).name}/" for bag in record.submissions)}))
        files = sum(_remove(opened, record, needed))
        publications = tuple(catalogue.publications(record.id))
        bags = tuple(catalogue.forget(record.id, who=who or system_user()))
        if store is not None:
            objects += _leave_digests(opened, catalogue, store, record.id, digests)
    originals = tuple(file.path for file in record.files if Path(file.path).is_file())
    return Forgotten(
        asset=record.id,
        files=files,
        objects=objects,
        links=links,
        originals=originals,
        bags=bags,
        publications=publications,
    )


def _needed_elsewhere(catalogue: Catalogue, record: AssetRecord) -> set[str]:
    """The bytes of its renditions that renditions of other assets have as well."""
    mine = {one.sha256 for one in record.renditions}
    others = (one for other in catalogue.assets() if other.id != record.id for one in other.renditions)
    return {one.sha256 for one in others if one.sha256 in mine}


def _delete(store: Store, prefix: str, digests: set[str]) -> Iterator[int]:
    """Delete the objects of these contents, whatever their extension; 1 for each."""
    for digest in sorted(digests):
        for info in list(store.iter(f"{prefix}{digest[:2]}/{digest}")):
            store.delete(info.key)
            yield 1


def _companions(store: Store, digests: set[str]) -> set[str]:
    """What the store's records say belongs to files of these contents: sidecars, the clip of a Live Photo."""
    found: set[str] = set()
    for digest in digests:
        if (data := _bytes_of(store, catalogue_key(digest))) is not None and (record := read_record(data)) is not None:
            found.update(one.sha256 for one in record.companions)
    return found


def _revoke(store: Store, names: set[str]) -> Iterator[int]:
    """Delete the shared pages that lead to any of these contents or bags; 1 for each."""
    for info in list(store.iter(SHARES)):
        page = (_bytes_of(store, info.key) or b"").decode("utf-8", "replace")
        if any(name in page for name in names):
            store.delete(info.key)
            yield 1


def _bytes_of(store: Store, key: str) -> bytes | None:
    """The bytes of a small object; ``None`` where there is none."""
    if store.head(key) is None:
        return None
    with tempfile.TemporaryDirectory(prefix="ttdn-") as scratch:
        path = Path(scratch) / "object"
        store.get(key, path)
        return path.read_bytes()


def _remove(library: Library, record: AssetRecord, needed: set[str]) -> Iterator[int]:
    """Remove its renditions from the library, with all that was made beside them; 1 for each."""
    root = library.renditions.absolute()
    for one in record.renditions:
        path = (library.root / one.path).absolute()
        if one.sha256 in needed or not path.is_relative_to(root):
            continue
        with os_errors(path):
            for made in sorted(path.parent.glob(f"{path.stem}*")):
                made.unlink()
                yield 1


def _leave_digests(library: Library, catalogue: Catalogue, store: Store, asset: str, digests: set[str]) -> int:
    """Put a record of bare digests in place of the asset's record, so that other machines forget it as well."""
    there = [info.key for info in store.iter(CATALOGUE) if info.key[len(CATALOGUE) :].partition(".")[0] in digests]
    for key in there:
        if key != catalogue_key(asset):
            store.delete(key)
    bare = msgspec.json.encode(catalogue.shared_record(asset), order="sorted")
    path = library.root / f".forgotten-{asset[:12]}.json"
    write_whole(path, bare)
    try:
        store.put(path, catalogue_key(asset), hashlib.sha256(bare).hexdigest())
    finally:
        path.unlink(missing_ok=True)
    return len(there)
