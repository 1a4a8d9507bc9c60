"""Assets of another machine of which nothing is known here: the rows of their records, written table by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, cast

from sqlalchemy import Connection, Table, func, insert, select

from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.join import shown_of
from ttdn_assets.catalogue.merge import Key, StoredText
from ttdn_assets.catalogue.publications import put_publication
from ttdn_assets.catalogue.records import FileVersion, Rival, SharedRecord
from ttdn_assets.catalogue.rights import rights_row
from ttdn_assets.catalogue.rivals import RIGHTS, put_rivals
from ttdn_assets.catalogue.rows import (
    fact_rows,
    finding_rows,
    media_row,
    rendition_row,
    served_rows,
    storable,
    subject_row,
    text_row,
    to_json,
)
from ttdn_assets.catalogue.schema import (
    assets,
    collected,
    collections,
    facts,
    files,
    findings,
    renditions,
    served,
    subjects,
    texts,
    versions,
)
from ttdn_assets.catalogue.schema_rights import rights
from ttdn_assets.catalogue.shared import add_bags, add_lines, elsewhere
from ttdn_assets.catalogue.writes import Writes

_NO_ASSET: dict[str, Any] = dict.fromkeys(assets.columns.keys())
_ByPlace = Mapping[tuple[str, str], Sequence[Rival]]


def add_newcomers(writes: Writes, records: Sequence[SharedRecord]) -> None:
    """Write assets no digest of which is known; the records are joined ones."""
    if not records:
        return
    numbers, file_numbers = (count(last_number(writes.connection, table) + 1) for table in (assets, files))
    numbered = [(next(numbers), record) for record in records]
    writes.expect([number for number, _ in numbered])
    for number, record in numbered:
        writes.add(assets, [_NO_ASSET | asset_row(record) | {"number": number}])
        writes.add(versions, [{"sha256": one, "asset": number} for one in record.versions])
        for file in record.files:
            place = next(file_numbers)
            writes.add(files, [file_row(record, file, writes.at) | {"number": place, "asset": number}])
            writes.add(facts, fact_rows(file.facts, asset=number, file=place))
        writes.add(texts, text_rows(number, by_place(record.texts), {}), new=True)
        add_made(writes, number, record)
    writes.flush()
    add_lines(writes.connection, (line for record in records for line in record.history))
    add_bags(writes.connection, ((record.id, record.bags) for record in records))
    for number, record in numbered:
        hang_on(writes, number, record)


def add_made(writes: Writes, number: int, record: SharedRecord) -> None:
    """Let the rows wait of which an asset has none now: its subject, renditions and findings."""
    writes.add(subjects, [subject_row(number, record.subject)] if record.subject else [], new=True)
    writes.add(renditions, [rendition_row(number, one) for one in record.renditions], new=True)
    writes.add(served, [row for one in record.renditions for row in served_rows(number, one)], new=True)
    writes.add(findings, finding_rows(number, record.findings))


def hang_on(writes: Writes, number: int, record: SharedRecord) -> None:
    """Write what hangs on an asset that is there: rights, what people disagree on, publications, collections."""
    found = by_place(record.texts)
    if rivals := [one for several in found.values() if len(several) > 1 for one in several]:
        put_rivals(writes.connection, number, rivals)
    if RIGHTS in found:
        shown = shown_of(found[RIGHTS]).value
        changed_at = next(one.changed_at for one in found[RIGHTS] if one.value == shown)
        row = rights_row(number, shown, changed_at=changed_at or "")
        write_rows(writes.connection, rights, [row], keys=("asset",))
    for one in record.publications:
        put_publication(writes.connection, one)
    _collect(writes.connection, number, record, who=writes.who)


def by_place(said: Sequence[Rival]) -> dict[tuple[str, str], list[Rival]]:
    """What stands in each place, by field and language."""
    found: dict[tuple[str, str], list[Rival]] = {}
    for one in said:
        found.setdefault((one.field, one.lang), []).append(one)
    return found


def text_rows(number: int, said: _ByPlace, offered: Mapping[Key, str | None]) -> list[Any]:
    """Rows of ``texts``; ``offered`` is what this machine's own files last said."""
    rows = []
    for place, found in said.items():
        if place != RIGHTS:
            key = cast(Key, place)
            changed_at = max((one.changed_at for one in found if one.changed_at), default=None)
            rows.append(text_row(number, key, StoredText(shown_of(found), offered.get(key), changed_at)))
    return rows


def asset_row(record: SharedRecord) -> dict[str, Any]:
    """The columns of ``assets`` a record fills, without the number."""
    row: dict[str, Any] = {
        "id": record.id,
        "picture_sha256": record.picture_sha256,
        "status": record.status,
        "error": to_json(record.error) if record.error else None,
        "review": record.review,
        "added_at": record.added_at,
        "changed_at": record.changed_at,
    }
    return row | (media_row(record.media) if record.media else {})


def file_row(record: SharedRecord, file: FileVersion, seen_at: str) -> dict[str, Any]:
    """A row of ``files`` for one that lies on no disk of this machine, without its number and asset."""
    extension = record.media.extension if record.media else "bin"
    return {
        "path": storable(elsewhere(file, extension)),
        "sha256": file.sha256,
        "folder": "",
        "relative": storable(file.relative),
        "size_bytes": file.size_bytes,
        "mtime_ns": 0,
        "seen_at": seen_at,
        "inputs": "",
        "companions": "[]",
        "missing": True,
    }


def last_number(connection: Connection, table: Table) -> int:
    """The highest number of a table's rows; 0 where it has none."""
    return int(connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one())


def _collect(connection: Connection, number: int, record: SharedRecord, *, who: str) -> None:
    """Put the asset into the collections it is in elsewhere, at their end; one that is not here is made."""
    for name in record.collections:
        place = select(collections.c.number).where(collections.c.name == name)
        found = connection.execute(place).scalar()
        if found is None:
            write_rows(connection, collections, [{"name": name, "created_at": record.changed_at, "who": who}])
            found = connection.execute(place).scalar_one()
        inside = collected.c.collection == found
        if connection.execute(select(collected.c.asset).where(inside, collected.c.asset == number)).first() is None:
            last = connection.execute(select(func.max(collected.c.position)).where(inside)).scalar() or 0
            connection.execute(insert(collected).values(collection=found, asset=number, position=last + 1))
