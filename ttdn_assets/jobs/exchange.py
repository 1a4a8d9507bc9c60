"""Words out to a sheet that people edit, and back: what changes is told, what changed here meanwhile is refused.

A row carries the id of its asset and a stamp of its words as they were written out.  Where the asset's words are no
longer those, and the row's are not either, two people worked on them: nothing of the row is taken, and it is listed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.captions.headings import status_of, status_word
from ttdn_assets.captions.sheet import read_rows, row_of, write_sheet
from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.rights import known_targets, rights_of_row, with_rights
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import FIELDS, CaptionSet, Field, Lang, Rights, SheetRow, TextStatus
from ttdn_assets.placements import load_placements
from ttdn_assets.settings import Library
from ttdn_assets.text import clean
from ttdn_assets.tools.thumbnails import thumbnail_jpeg
from ttdn_assets.wording import say_finding

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue

_STAMP_LENGTH = 16
_OF_FACTS = ("place", "event", "date", "people")
SUFFIXES = (".xlsx", ".csv", ".jsonl")
_Cell = tuple[Field, Lang, str]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One text that a sheet changes, or would change."""

    asset: str
    source: str
    field: Field
    lang: Lang
    before: str
    after: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet changed: each text, rights and review states by asset.

    ``conflicts`` are the rows of which nothing was taken, since their words changed here after the export; ``unknown``
    those whose file the catalogue does not know; ``ignored`` the cells, by row and field, that were edited though an
    import takes none of the kind: facts, and a word that is no review state.
    """

    texts: tuple[Change, ...] = ()
    rights: tuple[str, ...] = ()
    statuses: tuple[tuple[str, TextStatus], ...] = ()
    conflicts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    ignored: tuple[tuple[str, str], ...] = ()

    @property
    def changed(self) -> dict[str, int]:
        """How many things changed, by asset."""
        ids = [*(one.asset for one in self.texts), *self.rights, *(asset for asset, _ in self.statuses)]
        return {one: ids.count(one) for one in dict.fromkeys(ids)}


def export_captions(library: Library | Path | None, path: Path, *, ui: Lang = "vi") -> int:
    """Write every asset's words into a sheet (``.xlsx`` with small pictures, ``.csv`` or ``.jsonl``); how many rows.

    The languages are those of the settings, and any other that a text is in.

    Raises:
        UsageError: ``sheet-format`` where the name ends in none of ``SUFFIXES``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError("sheet-format", {"path": path, "formats": ", ".join(SUFFIXES)})
    opened = library if isinstance(library, Library) else open_library(library)
    with catalogue_of(opened) as catalogue:
        records = [record for record in catalogue.assets() if record.files]
    rows = [_row(record, opened, ui) for record in records]
    spoken = {lang for record in records for field in FIELDS for lang in getattr(record.captions, field)}
    languages = [*opened.settings.languages, *sorted(spoken - set(opened.settings.languages))]
    pictures = dict(_pictures(records, opened.root)) if path.suffix.lower() == ".xlsx" else {}
    write_sheet(rows, path, languages=languages, ui=ui, pictures=pictures)
    return len(rows)


def _row(record: AssetRecord, library: Library, ui: Lang) -> SheetRow:
    row = row_of(
        record.files[0].relative,
        record.captions,
        asset=record.id[:16],
        facts=record.facts,
        credit=library.settings.unit.credit,
    )
    row = msgspec.structs.replace(
        row,
        stamp=stamp_of(record.captions, record.review),
        status=status_word(record.review, ui),
        notes="\n".join(say_finding(finding, ui) for finding in record.findings if finding.lang),
    )
    return with_rights(row, record.rights or Rights(), ui=ui)


def stamp_of(captions: CaptionSet, review: TextStatus) -> str:
    """What tells whether words or review state changed: the state, and a digest of the texts."""
    return f"{review}:{_digest(_texts(captions))}"


def _texts(captions: CaptionSet) -> Iterator[_Cell]:
    for field in FIELDS:
        for lang, text in getattr(captions, field).items():
            yield from _cell(field, lang, text.value)


def _cells(row: SheetRow) -> Iterator[_Cell]:
    for field in FIELDS:
        for lang, value in getattr(row, field).items():
            yield from _cell(field, lang, value)


def _cell(field: Field, lang: Lang, value: str) -> Iterator[_Cell]:
    items = [clean(item) for item in value.split(";")] if field == "keywords" else [clean(value)]
    if text := ";".join(item for item in items if item):
        yield field, lang, text


def _digest(cells: Iterable[_Cell]) -> str:
    return hashlib.sha256("\0".join(sorted("\1".join(cell) for cell in cells)).encode()).hexdigest()[:_STAMP_LENGTH]


def _pictures(records: list[AssetRecord], root: Path) -> Iterator[tuple[str, bytes]]:
    """A small picture of each asset that has a still rendition, whose file is there."""
    for record in records:
        still = next((one for one in record.renditions if one.kind == "photo" and (root / one.path).is_file()), None)
        if still is not None:
            picture = thumbnail_jpeg(root / still.path)
            if picture is not None:
                yield record.id[:16], picture


def import_captions(
    library: Library | Path | None, path: Path, *, who: str | None = None, dry_run: bool = False
) -> Imported:
    """Take the words, rights and review states of a sheet as a person's; a blank cell changes nothing.

    Args:
        library: the library, or its folder.
        path: an export that was edited, or any sheet of captions.
        who: the name written into the history; the system's user where ``None``.
        dry_run: only tell what would change.

    Raises:
        InputError: ``sheet-damaged``, ``sheet-without-files``.
    """
    rows = read_rows(path)
    opened = library if isinstance(library, Library) else open_library(library)
    targets = known_targets(load_placements(opened.placements).values())
    done = Imported()
    with catalogue_of(opened) as catalogue:
        by_source = _by_source(catalogue)
        for row in rows:
            record = _record(catalogue, row, by_source)
            if record is None:
                done = msgspec.structs.replace(done, unknown=(*done.unknown, row.source))
            elif _in_conflict(row, record):
                done = msgspec.structs.replace(done, conflicts=(*done.conflicts, row.source))
            else:
                rights = rights_of_row(row, targets, own_credit=opened.settings.unit.credit)
                done = _take(catalogue, record, row, rights, done, who=None if dry_run else who or system_user())
    return done


def _record(catalogue: Catalogue, row: SheetRow, by_source: dict[str, str]) -> AssetRecord | None:
    asset = row.asset or by_source.get(row.source)
    try:
        return catalogue.asset(asset) if asset else None
    except UsageError:
        return None


def _by_source(catalogue: Catalogue) -> dict[str, str]:
    """Assets by relative path and, where only one has it, by file name."""
    names: dict[str, set[str]] = {}
    for file in catalogue.files():
        for name in (file.relative, file.relative.rpartition("/")[2]):
            names.setdefault(name, set()).add(file.asset)
    return {name: assets.pop() for name, assets in names.items() if len(assets) == 1}


def _in_conflict(row: SheetRow, record: AssetRecord) -> bool:
    """Whether the asset's words changed since the row was written out, and somebody edited the row as well."""
    if not row.stamp or row.stamp == stamp_of(record.captions, record.review):
        return False
    exported = row.stamp.partition(":")[2]
    cells = list(_cells(row))
    return _digest(cells) not in (exported, _digest(_texts(record.captions)))


def _take(
    catalogue: Catalogue, record: AssetRecord, row: SheetRow, rights: Rights | None, done: Imported, *, who: str | None
) -> Imported:
    """What a row changes, added to what was ``done``; it is changed where somebody is named."""
    stale = bool(row.stamp) and row.stamp != stamp_of(record.captions, record.review)
    changes = () if stale else tuple(_changes(record, row))
    state = None if stale else _new_state(row, record)
    new_rights = rights is not None and rights.over(record.rights or Rights()) != (record.rights or Rights())
    if who is not None:
        for one in changes:
            catalogue.set_text(record.id, one.field, one.lang, one.after, who=who)
        if rights is not None:
            catalogue.set_rights(record.id, rights.over(record.rights or Rights()), who=who)
        if state:
            catalogue.set_status(record.id, None, None, state, who=who)
    return msgspec.structs.replace(
        done,
        texts=(*done.texts, *changes),
        rights=(*done.rights, *([record.id] if new_rights else [])),
        statuses=(*done.statuses, *([(record.id, state)] if state else [])),
        ignored=(*done.ignored, *((row.source, field) for field in _ignored(record, row))),
    )


def _ignored(record: AssetRecord, row: SheetRow) -> Iterator[str]:
    written = row_of(row.source, record.captions, facts=record.facts)
    yield from (name for name in _OF_FACTS if getattr(row, name) not in ("", getattr(written, name)))
    if row.status and status_of(row.status) is None:
        yield "status"


def _changes(record: AssetRecord, row: SheetRow) -> Iterator[Change]:
    """The cells that say something else than the catalogue."""
    known = {(field, lang): value for field, lang, value in _texts(record.captions)}
    for field, lang, value in _cells(row):
        before = known.get((field, lang), "")
        if value != before:
            yield Change(asset=record.id, source=row.source, field=field, lang=lang, before=before, after=value)


def _new_state(row: SheetRow, record: AssetRecord) -> TextStatus | None:
    """The review state a person chose in the sheet; ``None`` where it is the one that was written out."""
    state = status_of(row.status)
    exported = row.stamp.partition(":")[0]
    return state if exported and state not in (None, exported) and any(_texts(record.captions)) else None
