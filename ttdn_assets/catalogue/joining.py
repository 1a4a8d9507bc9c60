"""Take another machine's records into a catalogue: each asset joined with what is known of it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from ttdn_assets.catalogue import edit
from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.join import join
from ttdn_assets.catalogue.newcomers import (
    add_made,
    add_newcomers,
    asset_row,
    by_place,
    file_row,
    hang_on,
    last_number,
    text_rows,
)
from ttdn_assets.catalogue.publications import put_publication
from ttdn_assets.catalogue.records import SharedRecord
from ttdn_assets.catalogue.rows import fact_rows, relative_of
from ttdn_assets.catalogue.schema import (
    assets,
    collected,
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
from ttdn_assets.catalogue.schema_rights import publications, rivals
from ttdn_assets.catalogue.shared import (
    add_bags,
    add_lines,
    bare_record,
    lines_of,
    matching,
    numbers_of,
    shared_records,
)
from ttdn_assets.catalogue.state import texts_in
from ttdn_assets.catalogue.writes import Writes

Taken = Literal["added", "changed", "unchanged", "forgotten"]


def take_in_all(writes: Writes, records: Sequence[SharedRecord]) -> list[Taken]:
    """Join several records; of those that are wholly new or say nothing new none is read for itself."""
    connection = writes.connection
    matches = matching(connection, records)
    numbers = sorted({number for some in matches for number in some})
    known = dict(zip(numbers, shared_records(connection, numbers), strict=True))
    gone = _forgotten_of(connection, set().union(*map(_digests, records)))
    touched, met = set[int](), set[str]()
    newcomers: list[SharedRecord] = []
    done: list[Taken] = []
    for theirs, some in zip(records, matches, strict=True):
        if not (some or theirs.forgotten_at or (gone | met).intersection(_digests(theirs))):
            newcomers.append(join((theirs,)))
            done.append("added")
        elif len(some) == 1 and not touched & some and _says_nothing_new(theirs, known[min(some)]):
            done.append("unchanged")
        else:
            add_newcomers(writes, newcomers)
            newcomers.clear()
            done.append(take_in(writes, theirs))
            touched.update(numbers_of(connection, theirs))
        met |= _digests(theirs)
    add_newcomers(writes, newcomers)
    return done


def _says_nothing_new(theirs: SharedRecord, mine: SharedRecord) -> bool:
    return not theirs.forgotten_at and join((mine, theirs)) == mine


def _digests(record: SharedRecord) -> set[str]:
    """Of its files and its picture."""
    return {record.id, *record.versions, record.picture_sha256 or record.id}


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
    digests = _digests(theirs)
    at = connection.execute(select(func.min(forgotten.c.at)).where(forgotten.c.sha256.in_(digests))).scalar()
    ends = [one for one in (at, theirs.forgotten_at) if one]
    if not ends:
        return None
    lines = [line for some in lines_of(connection, sorted(digests)).values() for line in some]
    told = [line for line in (*theirs.history, *lines) if line.what == "forgotten"]
    first = min(told, key=lambda line: (line.at, line.who), default=None)
    return (first.at, first.who) if first else (min(ends), "?")


def _forgotten_of(connection: Connection, digests: set[str]) -> set[str]:
    """Those of these digests whose files were forgotten here."""
    return set(connection.execute(select(forgotten.c.sha256).where(forgotten.c.sha256.in_(digests))).scalars())


def _forget_here(writes: Writes, theirs: SharedRecord, gone: tuple[str, str]) -> Taken:
    """Let an asset that was forgotten on one machine be forgotten on this one as well."""
    connection, (at, who) = writes.connection, gone
    digests = _digests(theirs)
    rows = [{"sha256": one, "at": at} for one in sorted(digests - _forgotten_of(connection, digests))]
    write_rows(connection, forgotten, rows, keys=("sha256",))
    numbers = numbers_of(connection, theirs)
    for number in numbers:
        asset = connection.execute(select(assets.c.id).where(assets.c.number == number)).scalar_one()
        edit.forget(writes, asset, at=at, who=who)
    bare = bare_record(theirs.id, at=at, digests=(), history=theirs.history, bags=()).history
    written = edit.tell_forgotten(connection, {theirs.id, *(line.asset for line in bare)}, at=at, who=who)
    written += add_lines(connection, bare)
    add_bags(connection, [(theirs.id, theirs.bags)])
    for one in theirs.publications:
        put_publication(connection, one)
    return "forgotten" if numbers or rows or written else "unchanged"


def _new_asset(connection: Connection, joined: SharedRecord) -> int:
    number = last_number(connection, assets) + 1
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
    _write_files(writes, number, joined)
    offered = {key: kept.offered for key, kept in texts_in(connection, number).items()}
    for table in (texts, rivals, subjects, served, renditions, findings):
        connection.execute(delete(table).where(table.c.asset == number))
    connection.execute(delete(publications).where(publications.c.asset_id.in_(joined.versions)))
    writes.add(texts, text_rows(number, by_place(joined.texts), offered), new=True)
    add_made(writes, number, joined)
    writes.flush()
    add_lines(connection, joined.history)
    add_bags(connection, [(joined.id, joined.bags)])
    hang_on(writes, number, joined)


def _write_asset(connection: Connection, number: int, joined: SharedRecord) -> None:
    connection.execute(update(assets).where(assets.c.number == number).values(**asset_row(joined)))
    held = select(submitted.c.submission).where(submitted.c.asset_id == joined.id)
    old = submitted.c.asset_id.in_([one for one in joined.versions if one != joined.id])
    connection.execute(delete(submitted).where(old, submitted.c.submission.in_(held)))
    connection.execute(update(submitted).where(old).values(asset_id=joined.id))


def _write_files(writes: Writes, number: int, joined: SharedRecord) -> None:
    connection = writes.connection
    known: dict[tuple[str, str], list[int]] = {}
    for row in connection.execute(select(files).where(files.c.asset == number)):
        known.setdefault((relative_of(row), row.sha256), []).append(row.number)
    numbers = count(last_number(connection, files) + 1)
    for file in joined.files:
        here = known.get((file.relative, file.sha256), [])
        if not here:
            here = [next(numbers)]
            writes.add(files, [file_row(joined, file, writes.at) | {"number": here[0], "asset": number}])
        connection.execute(delete(facts).where(facts.c.asset == number, facts.c.file.in_(here)))
        for one in here:
            writes.add(facts, fact_rows(file.facts, asset=number, file=one))
