"""Join the catalogues of several laptops: another library's folder, or a store's records, into this library.

Assets are joined by content, both histories are kept, and where people wrote different words nothing is chosen: the
texts wait side by side for whoever may decide.  The order of merging does not matter, and doing it again changes
nothing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import SharedRecord
from ttdn_assets.decoding import decode
from ttdn_assets.errors import AssetsError, InputError, UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Event, Finding, Progress, Rendition, silent
from ttdn_assets.settings import SETTINGS_FILE, Library, load_library
from ttdn_assets.stores.keys import CATALOGUE
from ttdn_assets.tools.files import copy_whole, file_sha256, os_errors

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue
    from ttdn_assets.stores import Store

_RULES = ("texts-differ", "rights-differ")


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge did, in assets; ``files`` are renditions that were copied.

    ``findings`` tell every text that waits for a decision, and what could not be read.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    forgotten: int = 0
    files: int = 0
    findings: tuple[Finding, ...] = ()


def merge(
    library: Library | Path | None,
    other: Path | Store,
    *,
    who: str | None = None,
    progress: Progress = silent,
) -> Merged:
    """Take what another library or a store knows into this library.

    Args:
        library: the library, or its folder; the other side is only read.
        other: the folder of the other library, or an open store.
        who: the name of whoever merges; the system's user where ``None``.
        progress: told of every asset.

    Raises:
        UsageError: ``merge-itself``, ``library-missing``.
        CatalogueError: one of the catalogues cannot be read or written.
        StoreError: the store refuses or does not answer.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    name = who or system_user()
    findings: list[Finding] = []
    with open_catalogue(opened.database_url) as mine:
        if not isinstance(other, Path):
            done, files = _merged(mine, opened, _stored(other, findings), who=name, progress=progress), 0
        else:
            theirs = load_library(other)
            _check_other(opened, theirs)
            with catalogue_of(theirs) as source:
                done = _merged(mine, opened, source.shared(), who=name, progress=progress)
            files = sum(_copied(mine, opened, theirs, findings))
    return msgspec.structs.replace(done, files=files, findings=(*done.findings, *findings))


def _check_other(mine: Library, theirs: Library) -> None:
    if not (theirs.root / SETTINGS_FILE).is_file():
        raise UsageError("library-missing", {"path": theirs.root})
    if theirs.root.resolve() == mine.root.resolve() or theirs.database_url == mine.database_url:
        raise UsageError("merge-itself", {"path": theirs.root})


def _merged(
    catalogue: Catalogue, library: Library, records: Iterable[SharedRecord], *, who: str, progress: Progress
) -> Merged:
    counts: Counter[str] = Counter()
    gone: list[Rendition] = []
    for number, (asset, taken) in enumerate(catalogue.take_in(_noting(catalogue, records, gone), who=who), 1):
        counts[taken] += 1
        progress(Event(stage="merge", done=number, total=0, source=asset[:12]))
    for one in gone:
        (library.root / one.path).unlink(missing_ok=True)
    return Merged(
        added=counts["added"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        forgotten=counts["forgotten"],
        findings=tuple(_disputes(catalogue)),
    )


def _noting(catalogue: Catalogue, records: Iterable[SharedRecord], gone: list[Rendition]) -> Iterator[SharedRecord]:
    """The records as they come; what this library made of an asset that was forgotten elsewhere is noted first."""
    for record in records:
        if record.forgotten_at:
            here = {asset for digest in record.versions if (asset := catalogue.known_bytes(digest))}
            gone += [one for asset in here for one in catalogue.asset(asset).renditions]
        yield record


def _disputes(catalogue: Catalogue) -> Iterator[Finding]:
    """Every place where people have not decided yet, named after its file."""
    for record in catalogue.assets(catalogue.disputed()):
        source = record.files[0].relative if record.files else record.id[:12]
        for finding in record.findings:
            if finding.rule in _RULES:
                yield msgspec.structs.replace(finding, subject=source)


def _stored(store: Store, findings: list[Finding]) -> Iterator[SharedRecord]:
    """The records of a store; one that cannot be read becomes a finding."""
    with tempfile.TemporaryDirectory(prefix="ttdn-") as scratch:
        path = Path(scratch) / "record.json"
        for key in sorted(info.key for info in store.iter(CATALOGUE)):
            try:
                store.get(key, path)
                yield _record(path.read_bytes(), key)
            except (InputError, msgspec.DecodeError, UnicodeDecodeError):
                findings.append(Finding(rule="merge-unreadable", level="error", subject=key, measured=store.label))


def _record(data: bytes, key: str) -> SharedRecord:
    record = decode(data, SharedRecord)
    if key != f"{CATALOGUE}{record.id}.json":
        raise InputError("store-record", {"store": "", "key": key})
    return record


def _copied(catalogue: Catalogue, mine: Library, theirs: Library, findings: list[Finding]) -> Iterator[int]:
    """Copy renditions that lie in the other library and not in this one, verified; 1 for each."""
    for record in catalogue.assets():
        for made in record.renditions:
            source, target = theirs.root / made.path, mine.root / made.path
            inside = source.absolute().is_relative_to(theirs.renditions.absolute())
            if target.is_file() or not inside or ".." in Path(made.path).parts or not source.is_file():
                continue
            try:
                with os_errors(source):
                    if file_sha256(source) == made.sha256:
                        copy_whole(source, target)
                        yield 1
            except AssetsError as error:
                if error.code == "disk-full":
                    raise
                findings.append(
                    Finding(rule="merge-not-copied", level="warning", subject=made.path, cause=error.failure())
                )
