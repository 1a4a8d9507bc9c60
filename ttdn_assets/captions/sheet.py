"""Captions as a sheet that people read and fill in: ``captions.xlsx`` with pictures, or CSV.

The headings are written in the language of whoever reads the sheet and understood in every one; sheets that officers
made themselves are read as leniently as their headings allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.captions.headings import PLAIN, STATES, WORDED, Meaning, heading, meanings, status_word
from ttdn_assets.decoding import decoder
from ttdn_assets.errors import InputError
from ttdn_assets.model import FIELDS, LANGUAGES, CaptionSet, Fact, Lang, SheetRow
from ttdn_assets.text import nfc
from ttdn_assets.tools.files import os_errors, whole_file
from ttdn_assets.tools.sheets import (
    Column,
    Table,
    Unreadable,
    read_csv,
    read_lines,
    read_workbook,
    write_csv,
    write_workbook,
)

_HEADING_ROWS = 30
_OWN = ("status", "stamp")
"""Columns of an export from the catalogue alone."""
_WIDTHS = {"title": 30.0, "description": 48.0, "alt_text": 34.0, "keywords": 26.0, "source": 28.0, "asset": 14.0}
_WIDTH = 20.0
_PICTURE_WIDTH = 22.0
_FACT_FIELDS = {"place": "place", "event": "event", "date": "date", "people": "people"}


def row_of(
    source: str,
    captions: CaptionSet,
    *,
    asset: str | None = None,
    facts: Sequence[Fact] = (),
    author: str = "",
    credit: str = "",
) -> SheetRow:
    """The line of one asset, as an export shows it to its reviewer."""
    said: dict[str, dict[Lang, str]] = {
        field: {lang: text.value for lang, text in getattr(captions, field).items()} for field in FIELDS
    }
    known = {
        field: "; ".join(dict.fromkeys(fact.value for fact in facts if fact.kind == kind))
        for kind, field in _FACT_FIELDS.items()
    }
    return SheetRow(
        source=nfc(source),
        asset=asset,
        title=said["title"],
        description=said["description"],
        alt_text=said["alt_text"],
        keywords=said["keywords"],
        place=known["place"],
        event=known["event"],
        date=known["date"],
        people=known["people"],
        author=author,
        credit=credit,
    )


def write_sheet(
    rows: Sequence[SheetRow],
    path: Path,
    *,
    languages: Sequence[Lang] = LANGUAGES,
    ui: Lang = "vi",
    pictures: Mapping[str, bytes] | None = None,
) -> None:
    """Write ``rows``, as CSV or JSON lines where ``path`` ends in ``.csv`` or ``.jsonl``, else as a workbook.

    Args:
        rows: One a file, in the order to show.
        path: Made whole or not at all.
        languages: The languages that have columns.
        ui: The language of the headings.
        pictures: A small JPEG by ``SheetRow.asset`` or ``source``, shown before the row.

    Raises:
        InputError, ToolError: What the system says of writing.
    """
    worded: list[tuple[str, Lang | None]] = [(field, lang) for field in WORDED for lang in languages]
    plain = [field for field in PLAIN if field not in _OWN or any(getattr(row, field) for row in rows)]
    keys: list[tuple[str, Lang | None]] = [("source", None), *worded, *((field, None) for field in plain)]
    headings = [heading(field, lang, ui) for field, lang in keys]
    lines = [[_cell(row, field, lang) for field, lang in keys] for row in rows]
    with os_errors(path), whole_file(path) as partial:
        if path.suffix.lower() == ".jsonl":
            partial.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
            return
        if path.suffix.lower() == ".csv":
            write_csv(partial, headings=headings, rows=lines)
            return
        columns = [Column(heading("picture", None, ui), _PICTURE_WIDTH)]
        columns += [_column(name, field, ui) for name, (field, _) in zip(headings, keys, strict=True)]
        shown = [(pictures or {}).get(row.asset or row.source) or (pictures or {}).get(row.source) for row in rows]
        write_workbook(partial, name=heading("name", None, ui), columns=columns, rows=lines, pictures=shown)


def _column(name: str, field: str, ui: Lang) -> Column:
    states = tuple(status_word(state, ui) for state in STATES) if field == "status" else ()
    return Column(name, _WIDTHS.get(field, _WIDTH), hidden=field == "stamp", choices=states)


def read_sheet(path: Path) -> dict[str, SheetRow]:
    """The rows of a sheet by file name or relative path, in NFC; the last row of a name counts; see ``read_rows``."""
    return {row.source: row for row in read_rows(path)}


def read_rows(path: Path) -> list[SheetRow]:
    """The rows of a workbook, of CSV, or of JSON lines as ``write_sheet`` writes them.

    Raises:
        InputError: ``sheet-damaged`` where it is no sheet, ``sheet-without-files`` where no column names files.
    """
    with os_errors(path):
        try:
            if path.suffix.lower() == ".jsonl":
                return list(_json_rows(path))
            tables = [read_csv(path)] if path.suffix.lower() in (".csv", ".tsv", ".txt") else read_workbook(path)
            for table in tables:
                rows = _rows(table)
                if rows is not None:
                    return rows
        except Unreadable as error:
            raise InputError("sheet-damaged", {"path": path, "reason": str(error)}) from error
    raise InputError("sheet-without-files", {"path": path})


def _json_rows(path: Path) -> Iterator[SheetRow]:
    rows = decoder(SheetRow)
    for number, line in enumerate(read_lines(path), 1):
        try:
            row = rows.decode(line)
        except msgspec.DecodeError as error:
            raise Unreadable(f"{number}: {error}") from error
        yield msgspec.structs.replace(row, source=nfc(row.source))


def _rows(table: Table) -> list[SheetRow] | None:
    """The rows below the line that reads most like headings, which a title may stand above; ``None`` without one."""
    read = [(at, meanings(line, table[at + 1 :])) for at, line in enumerate(table[:_HEADING_ROWS])]
    usable = [(at, columns) for at, columns in read if _are_headings(columns)]
    if not usable:
        return None
    at, columns = max(usable, key=lambda one: len(one[1]))
    rows = (_row(values, columns) for values in table[at + 1 :])
    return [row for row in rows if row is not None]


def _are_headings(columns: Mapping[int, Meaning]) -> bool:
    fields = {told.field for told in columns.values()}
    return "source" in fields and bool(fields & {*WORDED, *PLAIN})


def _row(values: Sequence[str], columns: Mapping[int, Meaning]) -> SheetRow | None:
    plain: dict[str, str] = {}
    worded: dict[str, dict[Lang, str]] = {field: {} for field in WORDED}
    for place, told in sorted(columns.items()):
        value = values[place].strip() if place < len(values) else ""
        if not value:
            continue
        if told.field in WORDED and told.lang:
            value = _keywords(value) if told.field == "keywords" else value
            before = worded[told.field].get(told.lang)
            worded[told.field][told.lang] = f"{before}\n{value}" if before and before != value else value
        else:
            plain.setdefault(told.field, value)
    source = nfc(plain.get("source", "")).replace("\\", "/").removeprefix("./")
    if not source:
        return None
    return SheetRow(
        source=source,
        asset=plain.get("asset"),
        title=worded["title"],
        description=worded["description"],
        alt_text=worded["alt_text"],
        keywords=worded["keywords"],
        place=plain.get("place", ""),
        event=plain.get("event", ""),
        date=plain.get("date", ""),
        people=plain.get("people", ""),
        author=plain.get("author", ""),
        credit=plain.get("credit", ""),
        licence=plain.get("licence", ""),
        owner=plain.get("owner", ""),
        consent=plain.get("consent", ""),
        consent_scope=plain.get("consent_scope", ""),
        consent_until=plain.get("consent_until", ""),
        unexhibited=plain.get("unexhibited", ""),
        notes=plain.get("notes", ""),
        status=plain.get("status", ""),
        stamp=plain.get("stamp", ""),
    )


def _cell(row: SheetRow, field: str, lang: Lang | None) -> str:
    value = getattr(row, field)
    text = str((value.get(lang, "") if lang else value) or "")
    return _keywords(text) if field == "keywords" else text


def _keywords(value: str) -> str:
    """Keywords joined by semicolons, whichever mark they were separated by."""
    marks = r"[;；\n]" if re.search(r"[;；]", value) else r"[,，、\n]"
    return "; ".join(dict.fromkeys(item for part in re.split(marks, value) if (item := part.strip())))
