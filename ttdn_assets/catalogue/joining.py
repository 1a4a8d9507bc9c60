"""Take another machine's records into a catalogue: each asset joined with what is known of it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from sqlalchemy import Connection, delete, func, insert, select, update

from ttdn_assets.catalogue import edit
from ttdn_assets.catalogue.claims import write_facts
from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.join import join, shown_of
from ttdn_assets.catalogue.merge import Key, StoredText
from ttdn_assets.catalogue.publications import put_publication
from ttdn_assets.catalogue.records import FileVersion, Rival, SharedRecord
from ttdn_assets.catalogue.rights import rights_row
from ttdn_assets.catalogue.rivals import RIGHTS, put_rivals
from ttdn_assets.catalogue.rows import (
    fact_rows,
    finding_rows,
    media_row,
    relative_of,
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
    forgotten,
    renditions,
    served,
    subjects,
    submitted,
    texts,
    versions,
)
from ttdn_assets.catalogue.schema_rights import publications, rights
from ttdn_assets.catalogue.shared import (
    add_bags,
    add_lines,
    bare_record,
    elsewhere,
    lines_of,
    matching,
    numbers_of,
    shared_records,
)
from ttdn_assets.catalogue.state import texts_in
from ttdn_assets.catalogue.writes import Writes

Taken = Literal["added", "changed", "unchanged", "forgotten"]


def take_in_all(writes: Writes, records: Sequence[SharedRecord]) -> list[Taken]:
    """Join several records; what nothing is new in is seen with a few reads for all of them."""
    connection = writes.connection
    matches = matching(connection, records)
    numbers = sorted({number for some in matches for number in some})
    known = dict(zip(numbers, shared_records(connection, numbers), strict=True))
    touched: set[int] = set()
    done: list[Taken] = []
    for theirs, some in zip(records, matches, strict=True):
        if len(some) == 1 and not touched.intersection(some) and not theirs.forgotten_at:
            (mine,) = (known[number] for number in some)
            if join((mine, theirs)) == mine:
                done.append("unchanged")
                continue
        done.append(take_in(writes, theirs))
        touched.update(numbers_of(connection, theirs))
    return done


def take_in(writes: Writes, theirs: SharedRecord) -> Taken:
    """Join one record with what the catalogue knows of the same contents; what became of it here."""
    connection = writes.connection
    if (gone := _forgotten_at(connection, theirs)) is not None:
        return _forget_here(writes, theirs, gone)
    numbers = numbers_of(connection, theirs)
    mine = shared_records(connection, numbers)
    joined = join([*mine, theirs])
    if mine == [joined]:
        return "unchanged"
    number = numbers[0] if numbers else _new_asset(connection, joined)
    writes.make_stale(number)
    _unite(writes, number, numbers[1:])
    _write(writes, number, joined)
    return "changed" if mine else "added"


def _forgotten_at(connection: Connection, theirs: SharedRecord) -> tuple[str, str] | None:
    """When and by whom an asset was forgotten, here or there; ``None`` where it was not."""
    digests = {theirs.id, *theirs.versions, theirs.picture_sha256 or theirs.id}
    at = connection.execute(select(func.min(forgotten.c.at)).where(forgotten.c.sha256.in_(digests))).scalar()
    ends = [one for one in (at, theirs.forgotten_at) if one]
    if not ends:
        return None
    lines = [line for some in lines_of(connection, sorted(digests)).values() for line in some]
    told = [line for line in (*theirs.history, *lines) if line.what == "forgotten"]
    first = min(told, key=lambda line: (line.at, line.who), default=None)
    return (first.at, first.who) if first else (min(ends), "?")


def _forget_here(writes: Writes, theirs: SharedRecord, gone: tuple[str, str]) -> Taken:
    """Let an asset that was forgotten on one machine be forgotten on this one as well."""
    connection, (at, who) = writes.connection, gone
    digests = {theirs.id, *theirs.versions, *([theirs.picture_sha256] if theirs.picture_sha256 else [])}
    known = set(connection.execute(select(forgotten.c.sha256).where(forgotten.c.sha256.in_(digests))).scalars())
    rows = [{"sha256": one, "at": at} for one in sorted(digests - known)]
    write_rows(connection, forgotten, rows, keys=("sha256",))
    numbers = numbers_of(connection, theirs)
    for number in numbers:
        asset = connection.execute(select(assets.c.id).where(assets.c.number == number)).scalar_one()
        edit.forget(writes, asset, at=at, who=who)
    bare = bare_record(theirs.id, at=at, digests=(), history=theirs.history, bags=()).history
    written = edit.tell_forgotten(connection, {theirs.id, *(line.asset for line in bare)}, at=at, who=who)
    written += add_lines(connection, bare)
    add_bags(connection, theirs.id, theirs.bags)
    for one in theirs.publications:
        put_publication(connection, one)
    return "forgotten" if numbers or rows or written else "unchanged"


def _new_asset(connection: Connection, joined: SharedRecord) -> int:
    number = int(connection.execute(select(func.coalesce(func.max(assets.c.number), 0))).scalar_one()) + 1
    row = {"number": number, "id": joined.id, "status": joined.status, "review": joined.review}
    connection.execute(insert(assets).values(**row, added_at=joined.added_at, changed_at=joined.changed_at))
    return number


def _unite(writes: Writes, number: int, others: Sequence[int]) -> None:
    """What hangs on several assets that turned out to be one hangs on one from now on."""
    connection = writes.connection
    for other in others:
        writes.remove_document(other)
        mine = select(files.c.path).where(files.c.asset == number)
        connection.execute(delete(files).where(files.c.asset == other, files.c.path.in_(mine)))
        left = select(files.c.number).where(files.c.asset == other)
        connection.execute(delete(facts).where(facts.c.asset == other, facts.c.file.not_in(left)))
        kept = select(collected.c.collection).where(collected.c.asset == number)
        connection.execute(delete(collected).where(collected.c.asset == other, collected.c.collection.in_(kept)))
        for table in (versions, files, facts, collected):
            connection.execute(update(table).where(table.c.asset == other).values(asset=number))
        connection.execute(delete(assets).where(assets.c.number == other))


def _write(writes: Writes, number: int, joined: SharedRecord) -> None:
    """Make the rows of an asset say what a joined record says; what is true of this machine only stays."""
    connection = writes.connection
    _write_asset(connection, number, joined)
    write_rows(connection, versions, [{"sha256": one, "asset": number} for one in joined.versions], keys=("sha256",))
    _write_files(connection, number, joined, seen_at=writes.at)
    _write_texts(connection, number, joined.texts)
    for table in (subjects, served, renditions, findings):
        connection.execute(delete(table).where(table.c.asset == number))
    write_rows(connection, subjects, [subject_row(number, joined.subject)] if joined.subject else [])
    write_rows(connection, renditions, [rendition_row(number, one) for one in joined.renditions])
    write_rows(connection, served, [row for one in joined.renditions for row in served_rows(number, one)])
    write_rows(connection, findings, finding_rows(number, joined.findings))
    add_lines(connection, joined.history)
    add_bags(connection, joined.id, joined.bags)
    connection.execute(delete(publications).where(publications.c.asset_id.in_(joined.versions)))
    for one in joined.publications:
        put_publication(connection, one)
    _write_collections(connection, number, joined, who=writes.who)
    writes.flush()


def _write_asset(connection: Connection, number: int, joined: SharedRecord) -> None:
    row: dict[str, Any] = {
        "id": joined.id,
        "picture_sha256": joined.picture_sha256,
        "status": joined.status,
        "error": to_json(joined.error) if joined.error else None,
        "review": joined.review,
        "added_at": joined.added_at,
        "changed_at": joined.changed_at,
    }
    row |= media_row(joined.media) if joined.media else {}
    connection.execute(update(assets).where(assets.c.number == number).values(**row))
    held = select(submitted.c.submission).where(submitted.c.asset_id == joined.id)
    old = submitted.c.asset_id.in_([one for one in joined.versions if one != joined.id])
    connection.execute(delete(submitted).where(old, submitted.c.submission.in_(held)))
    connection.execute(update(submitted).where(old).values(asset_id=joined.id))


def _write_files(connection: Connection, number: int, joined: SharedRecord, *, seen_at: str) -> None:
    known: dict[tuple[str, str], list[int]] = {}
    for row in connection.execute(select(files).where(files.c.asset == number)):
        known.setdefault((relative_of(row), row.sha256), []).append(row.number)
    last = int(connection.execute(select(func.coalesce(func.max(files.c.number), 0))).scalar_one())
    for file in joined.files:
        here = known.get((file.relative, file.sha256), [])
        if not here:
            last += 1
            here = [last]
            connection.execute(insert(files).values(**_file_row(joined, file, seen_at), number=last, asset=number))
        connection.execute(delete(facts).where(facts.c.asset == number, facts.c.file.in_(here)))
        write_facts(connection, [row for one in here for row in fact_rows(file.facts, asset=number, file=one)])


def _file_row(joined: SharedRecord, file: FileVersion, seen_at: str) -> dict[str, Any]:
    extension = joined.media.extension if joined.media else "bin"
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


def _write_texts(connection: Connection, number: int, said: Sequence[Rival]) -> None:
    """Texts, rivals and rights; what this machine's own files last said stays."""
    offered = {key: kept.offered for key, kept in texts_in(connection, number).items()}
    by_place: dict[tuple[str, str], list[Rival]] = {}
    for one in said:
        by_place.setdefault((one.field, one.lang), []).append(one)
    rows = []
    for place, found in by_place.items():
        key = cast(Key, place)
        if place != RIGHTS:
            changed_at = max((one.changed_at for one in found if one.changed_at), default=None)
            rows.append(text_row(number, key, StoredText(shown_of(found), offered.get(key), changed_at)))
    connection.execute(delete(texts).where(texts.c.asset == number))
    write_rows(connection, texts, rows)
    put_rivals(connection, number, (one for found in by_place.values() if len(found) > 1 for one in found))
    for one in by_place.get(RIGHTS, ()):
        shown = shown_of(by_place[RIGHTS]).value
        if one.value == shown:
            row = rights_row(number, shown, changed_at=one.changed_at or "")
            write_rows(connection, rights, [row], keys=("asset",))


def _write_collections(connection: Connection, number: int, joined: SharedRecord, *, who: str) -> None:
    """Put the asset into the collections it is in elsewhere, at their end; one that is not here is made."""
    for name in joined.collections:
        place = select(collections.c.number).where(collections.c.name == name)
        found = connection.execute(place).scalar()
        if found is None:
            write_rows(connection, collections, [{"name": name, "created_at": joined.changed_at, "who": who}])
            found = connection.execute(place).scalar_one()
        inside = collected.c.collection == found
        if connection.execute(select(collected.c.asset).where(inside, collected.c.asset == number)).first() is None:
            last = connection.execute(select(func.max(collected.c.position)).where(inside)).scalar() or 0
            connection.execute(insert(collected).values(collection=found, asset=number, position=last + 1))
