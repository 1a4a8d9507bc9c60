"""What is done with a chosen set of assets: keep it under a name, look through it on a page, copy its originals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from ttdn_assets.catalogue.contact_sheet import contact_sheet_html
from ttdn_assets.catalogue.records import AssetRecord, Query
from ttdn_assets.errors import AssetsError, UsageError
from ttdn_assets.jobs.library import catalogue_of, widened
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Lang
from ttdn_assets.renditions.video.frames import sample_pictures
from ttdn_assets.scanning import SYSTEM_NAMES
from ttdn_assets.settings import Library
from ttdn_assets.text import ascii_slug
from ttdn_assets.tools.files import copy_whole, os_errors, write_whole
from ttdn_assets.tools.pixels import thumbnail
from ttdn_assets.tools.thumbnails import still_jpeg, thumbnail_jpeg

_PAGE = "index.html"
_EDGE_PX, _STILL_BYTES = 320, 40_000


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied, and the paths of originals that do not lie where they were."""

    copied: tuple[str, ...]
    missing: tuple[str, ...]


def collect(library: Library | Path | None, name: str, ids: Sequence[str], *, who: str | None = None) -> int:
    """Add assets to a collection; how many are new in it."""
    with catalogue_of(library) as catalogue:
        return catalogue.collections.add(name, ids, who=who or system_user())


def save_search(library: Library | Path | None, name: str, query: Query, *, who: str | None = None) -> None:
    """Keep a search under a name."""
    with catalogue_of(library) as catalogue:
        catalogue.collections.save(name, widened(library, query), who=who or system_user())


def contact_sheet(library: Library | Path | None, ids: Sequence[str], out: Path, *, title: str, ui: Lang) -> int:
    """Write the page of some assets; how many it shows."""
    with catalogue_of(library) as catalogue:
        records = list(catalogue.assets(ids))
    with os_errors(out):
        _write_page(out, records, title=title, ui=ui)
    return len(records)


def export_collection(library: Library | Path | None, name: str, folder: Path, *, ui: Lang) -> Exported:
    """Copy the originals of a collection into a new or empty folder, numbered in its order, with a page of them.

    Raises:
        UsageError: ``collection-unknown``; ``export-not-empty`` where the folder holds what would not be written now,
            for that would go along unnoticed.
        ToolError: the folder cannot be written.
    """
    with catalogue_of(library) as catalogue:
        records = list(catalogue.assets(catalogue.collections.ids(name)))
    found = [(number, record, _original(record)) for number, record in enumerate(records, start=1)]
    copies = {_name_there(number, record, source): source for number, record, source in found if source}
    missing = [record.files[0].path if record.files else record.id for _, record, source in found if source is None]
    with os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        names = {one.name for one in folder.iterdir() if one.name.casefold() not in SYSTEM_NAMES}
        other = sorted(name for name in names - {*copies, _PAGE} if not name.startswith("."))
        if other:
            raise UsageError("export-not-empty", {"path": folder, "other": other[0], "n": len(other)})
        for target, source in copies.items():
            copy_whole(source, folder / target)
        _write_page(folder / _PAGE, records, title=name, ui=ui)
    return Exported(copied=tuple(copies), missing=tuple(missing))


def _name_there(number: int, record: AssetRecord, source: Path) -> str:
    return f"{number:03}-{ascii_slug(source.stem, fallback=record.id[:8])}{source.suffix.lower()}"


def _original(record: AssetRecord) -> Path | None:
    return next((path for file in record.files if not file.missing and (path := Path(file.path)).is_file()), None)


def _write_page(out: Path, records: Sequence[AssetRecord], *, title: str, ui: Lang) -> None:
    thumbnails = {record.id: jpeg for record in records if (jpeg := _thumbnail(record))}
    write_whole(out, contact_sheet_html(records, thumbnails=thumbnails, title=title, ui=ui).encode())


def _thumbnail(record: AssetRecord) -> bytes | None:
    path = _original(record)
    if path is None or record.media is None:
        return None
    if record.media.kind == "photo":
        return thumbnail_jpeg(path, edge_px=_EDGE_PX)
    try:
        frame = sample_pictures(path, record.media, count=1)[0]
    except AssetsError:
        return None
    return still_jpeg(thumbnail(frame, _EDGE_PX), bytes_max=_STILL_BYTES)
