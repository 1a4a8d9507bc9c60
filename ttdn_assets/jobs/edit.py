"""What people change in the catalogue: the crop, and words through a sheet of captions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.captions.sheet import read_sheet, row_of, write_sheet
from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.rights import known_targets, rights_of_row, with_rights
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import FIELDS, Field, FocalPoint, Lang, Rights, SheetRow, Subject
from ttdn_assets.placements import load_placements
from ttdn_assets.settings import Library
from ttdn_assets.text import clean
from ttdn_assets.tools.thumbnails import thumbnail_jpeg

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet changed: texts and rights by asset, and the rows whose file the catalogue does not know."""

    changed: dict[str, int]
    unknown: tuple[str, ...]

    @property
    def texts(self) -> int:
        """How many texts changed."""
        return sum(self.changed.values())


def set_focus(library: Library | Path | None, asset: str, *, x: float, y: float, who: str | None = None) -> str:
    """Set by hand the point that every crop of an asset keeps in view; the asset's id.

    Args:
        library: the library, or its folder.
        asset: the asset's id or its beginning.
        x: share of the upright picture's width, 0 (left) to 1 (right).
        y: share of its height, 0 (top) to 1 (bottom).
        who: the name written into the history; the system's user where ``None``.

    Raises:
        UsageError: ``focus-outside`` where a share is not between 0 and 1.
    """
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UsageError("focus-outside", {"x": x, "y": y})
    with catalogue_of(library) as catalogue:
        record = catalogue.asset(asset)
        subject = Subject(focal=FocalPoint(x, y), origin="hand")
        catalogue.set_subject(record.id, subject, who=who or system_user())
        return record.id


def export_captions(library: Library | Path | None, path: Path, *, ui: Lang = "vi") -> int:
    """Write every asset's words into a sheet (``.xlsx`` with small pictures, or ``.csv``); how many rows."""
    opened = library if isinstance(library, Library) else open_library(library)
    with catalogue_of(opened) as catalogue:
        records = [record for record in catalogue.assets() if record.files]
    rows = {record.files[0].relative: _row(record, opened, ui) for record in records}
    pictures = {} if path.suffix.lower() == ".csv" else dict(_pictures(records, opened.root))
    write_sheet(list(rows.values()), path, languages=opened.settings.languages, ui=ui, pictures=pictures)
    return len(rows)


def _row(record: AssetRecord, library: Library, ui: Lang) -> SheetRow:
    row = row_of(
        record.files[0].relative,
        record.captions,
        asset=record.id[:16],
        facts=record.facts,
        credit=library.settings.unit.credit,
    )
    return with_rights(row, record.rights or Rights(), ui=ui)


def _pictures(records: list[AssetRecord], root: Path) -> Iterator[tuple[str, bytes]]:
    """A small picture of each asset that has a still rendition, whose file is there."""
    for record in records:
        still = next((one for one in record.renditions if one.kind == "photo" and (root / one.path).is_file()), None)
        if still is not None:
            picture = thumbnail_jpeg(root / still.path)
            if picture is not None:
                yield record.files[0].relative, picture


def import_captions(library: Library | Path | None, path: Path, *, who: str | None = None) -> Imported:
    """Take the words and rights of a sheet into the catalogue as a person's; a blank cell changes nothing.

    Raises:
        InputError: ``sheet-damaged``, ``sheet-without-files``.
    """
    rows = read_sheet(path)
    opened = library if isinstance(library, Library) else open_library(library)
    targets = known_targets(load_placements(opened.placements).values())
    name = who or system_user()
    changed: dict[str, int] = {}
    unknown: list[str] = []
    with catalogue_of(opened) as catalogue:
        by_source = _by_source(catalogue)
        for row in rows.values():
            asset = row.asset or by_source.get(row.source)
            try:
                record = catalogue.asset(asset) if asset else None
            except UsageError:
                record = None
            if record is None:
                unknown.append(row.source)
                continue
            rights = rights_of_row(row, targets, own_credit=opened.settings.unit.credit)
            count = _take(catalogue, record, row, who=name)
            if rights is not None:
                count += catalogue.set_rights(record.id, rights.over(record.rights or Rights()), who=name)
            if count:
                changed[record.id] = count
    return Imported(changed=changed, unknown=tuple(unknown))


def _by_source(catalogue: Catalogue) -> dict[str, str]:
    """Assets by relative path and, where only one has it, by file name."""
    names: dict[str, set[str]] = {}
    for file in catalogue.files():
        for name in (file.relative, file.relative.rpartition("/")[2]):
            names.setdefault(name, set()).add(file.asset)
    return {name: assets.pop() for name, assets in names.items() if len(assets) == 1}


def _take(catalogue: Catalogue, record: AssetRecord, row: SheetRow, *, who: str) -> int:
    """Write the cells that say something else than the catalogue; how many."""
    return sum(
        catalogue.set_text(record.id, field, lang, value, who=who)
        for field, lang, value in _cells(row)
        if value and value != _known(record, field, lang)
    )


def _cells(row: SheetRow) -> Iterator[tuple[Field, Lang, str]]:
    for field in FIELDS:
        for lang, value in getattr(row, field).items():
            items = [clean(item) for item in value.split(";")] if field == "keywords" else [clean(value)]
            yield field, lang, ";".join(item for item in items if item)


def _known(record: AssetRecord, field: Field, lang: Lang) -> str:
    text = getattr(record.captions, field).get(lang)
    return text.value if text else ""
