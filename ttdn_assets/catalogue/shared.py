"""Records as they travel between machines, read from a catalogue and written into another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, insert, or_, select

from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.join import join
from ttdn_assets.catalogue.records import AssetRecord, FileVersion, HistoryLine, Rival, SharedRecord, SubmissionRecord
from ttdn_assets.catalogue.rivals import RIGHTS
from ttdn_assets.catalogue.rows import history_line, history_row, stored_text
from ttdn_assets.catalogue.schema import (
    assets,
    collected,
    collections,
    forgotten,
    history,
    submissions,
    submitted,
    texts,
    versions,
)
from ttdn_assets.catalogue.schema_rights import rights
from ttdn_assets.catalogue.state import load_assets

_APART = "~"
"""Stands between the path of a bag made elsewhere and the beginning of its digest where this library has that path."""
_APART_DIGITS = 8


def shared_records(connection: Connection, numbers: Sequence[int]) -> list[SharedRecord]:
    """These assets in their plain form, in which what is the same on two machines is equal."""
    return [shared for _, shared in with_shared(connection, numbers)]


def with_shared(connection: Connection, numbers: Sequence[int]) -> list[tuple[AssetRecord, SharedRecord]]:
    """These assets as this machine has them, each with its plain form."""
    if not numbers:
        return []
    digests = _grouped(connection, select(versions.c.asset, versions.c.sha256), versions.c.asset, numbers)
    names = select(collected.c.asset, collections.c.name).join(
        collections, collections.c.number == collected.c.collection
    )
    held = _grouped(connection, names, collected.c.asset, numbers)
    ids = {number: [sha256 for (sha256,) in digests[number]] for number in numbers}
    every = [sha256 for some in ids.values() for sha256 in some]
    lines, bags = lines_of(connection, every), bags_of(connection, every)
    said, owned = (_rows(connection, table, numbers) for table in (texts, rights))
    found = []
    for number, record in zip(numbers, load_assets(connection, numbers), strict=True):
        raw = SharedRecord(
            **{name: getattr(record, name) for name in record.__struct_fields__},
            versions=tuple(ids[number]),
            texts=tuple(_texts(said[number], owned[number], record.rivals)),
            history=tuple(line for sha256 in ids[number] for line in lines.get(sha256, ())),
            bags=tuple(bag for sha256 in ids[number] for bag in bags.get(sha256, ())),
            collections=tuple(name for (name,) in held[number]),
        )
        found.append((record, join((raw,))))
    return found


def forgotten_records(connection: Connection, ids: Iterable[str] | None = None) -> Iterator[SharedRecord]:
    """What is still told of assets that were forgotten, of these or of all."""
    chosen = select(history).where(history.c.what == "forgotten").order_by(history.c.number)
    if ids is not None:
        chosen = chosen.where(history.c.asset_id.in_(list(ids)))
    for line in map(history_line, connection.execute(chosen).all()):
        gone = select(forgotten.c.sha256).where(forgotten.c.at == line.at)
        digests = {line.asset, *connection.execute(gone).scalars()}
        yield bare_record(
            line.asset,
            at=line.at,
            digests=digests,
            history=lines_of(connection, [line.asset]).get(line.asset, ()),
            bags=bags_of(connection, [line.asset]).get(line.asset, ()),
        )


def bare_record(
    asset: str, *, at: str, digests: Iterable[str], history: Sequence[HistoryLine], bags: Sequence[SubmissionRecord]
) -> SharedRecord:
    """What is left of an asset that was forgotten: digests, and lines that tell nothing of what was in it."""
    left = SharedRecord(
        id=asset,
        picture_sha256=None,
        status="skipped",
        review="draft",
        added_at=at,
        changed_at=at,
        versions=tuple(digests),
        history=tuple(msgspec.structs.replace(line, before=None, after=None) for line in history),
        bags=tuple(bags),
        forgotten_at=at,
    )
    return join((left,))


def lines_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[HistoryLine]]:
    """The history of assets by the id each line names."""
    found: dict[str, list[HistoryLine]] = defaultdict(list)
    for row in connection.execute(select(history).where(history.c.asset_id.in_(ids)).order_by(history.c.number)):
        found[row.asset_id].append(history_line(row))
    return found


def add_lines(connection: Connection, lines: Iterable[HistoryLine]) -> int:
    """Write the lines that are not there yet, oldest first; how many."""
    wanted = sorted(dict.fromkeys(lines), key=lambda line: line.at)
    known = {line for some in lines_of(connection, sorted({one.asset for one in wanted})).values() for line in some}
    if new := [history_row(line) for line in wanted if line not in known]:
        connection.execute(insert(history), new)
    return len(new)


def bags_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[SubmissionRecord]]:
    """The submissions of assets, under the path they have where they were made."""
    found: dict[str, list[SubmissionRecord]] = defaultdict(list)
    joined = select(submitted.c.asset_id, submissions).join(submissions, submissions.c.number == submitted.c.submission)
    for row in connection.execute(joined.where(submitted.c.asset_id.in_(ids)).order_by(submissions.c.number)):
        found[row.asset_id].append(
            SubmissionRecord(
                path=row.path.removesuffix(_APART + row.digest[:_APART_DIGITS]),
                target=row.target,
                digest=row.digest,
                created_at=row.created_at,
                review=row.review,
                who=row.who,
            )
        )
    return found


def add_bags(connection: Connection, held: Iterable[tuple[str, Sequence[SubmissionRecord]]]) -> None:
    """Write the submissions that hold each of these assets, and that they do."""
    numbers: dict[SubmissionRecord, int] = {}
    rows = []
    for asset, bags in held:
        for bag in bags:
            if bag not in numbers:
                numbers[bag] = _bag_number(connection, bag)
            rows.append({"submission": numbers[bag], "asset_id": asset})
    write_rows(connection, submitted, rows, keys=("submission", "asset_id"))


def _bag_number(connection: Connection, bag: SubmissionRecord) -> int:
    """The number of a submission, written now; where this library has another bag at its path it stands beside it."""
    values = {name: getattr(bag, name) for name in ("target", "digest", "created_at", "review", "who")}
    for path in (bag.path, bag.path + _APART + bag.digest[:_APART_DIGITS]):
        here = submissions.c.path == path
        row = connection.execute(select(submissions.c.number, submissions.c.digest).where(here)).first()
        if row is None or row.digest == bag.digest:
            break
    write_rows(connection, submissions, [{"path": path, **values}], keys=("path",))
    return int(connection.execute(select(submissions.c.number).where(submissions.c.path == path)).scalar_one())


def numbers_of(connection: Connection, record: SharedRecord) -> list[int]:
    """The assets of this catalogue that have bytes or the picture of a record, the one known longest first."""
    by_bytes = select(versions.c.asset).where(versions.c.sha256.in_([record.id, *record.versions]))
    by_picture = assets.c.picture_sha256 == (record.picture_sha256 or "")
    chosen = select(assets.c.number).where(or_(assets.c.number.in_(by_bytes), by_picture))
    return list(connection.execute(chosen.order_by(assets.c.number)).scalars())


def matching(connection: Connection, records: Sequence[SharedRecord]) -> list[set[int]]:
    """For each record the assets of this catalogue that have its bytes or its picture."""
    digests = sorted({digest for one in records for digest in (one.id, *one.versions)})
    pictures = sorted({one.picture_sha256 for one in records if one.picture_sha256})
    by_bytes = select(versions.c.sha256, versions.c.asset).where(versions.c.sha256.in_(digests))
    by_picture = select(assets.c.picture_sha256, assets.c.number).where(assets.c.picture_sha256.in_(pictures))
    found: dict[str, set[int]] = defaultdict(set)
    for digest, number in (*connection.execute(by_bytes), *connection.execute(by_picture)):
        found[digest].add(number)
    return [
        set().union(*(found.get(digest or "", set()) for digest in (one.id, one.picture_sha256, *one.versions)))
        for one in records
    ]


def _texts(said: Iterable[Any], owned: Iterable[Any], disputed: Sequence[Rival]) -> Iterator[Rival]:
    """What stands in each place of an asset: the rivals where there are any, else the text that is kept."""
    yield from disputed
    settled = {(one.field, one.lang) for one in disputed}
    for row in said:
        (field, lang), kept = stored_text(row)
        if (field, lang) not in settled:
            yield Rival(
                field=field,
                lang=lang,
                value=kept.text.value,
                origin=kept.text.origin,
                engine=kept.text.engine,
                status=kept.text.status,
                changed_at=kept.changed_at,
            )
    for row in owned if RIGHTS not in settled else ():
        yield Rival(field=RIGHTS[0], lang=RIGHTS[1], value=row.record, origin="human", changed_at=row.changed_at)


def _rows(connection: Connection, table: Table, numbers: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.asset.in_(numbers))):
        found[row.asset].append(row)
    return found


def _grouped(
    connection: Connection, chosen: Any, asset: Any, numbers: Sequence[int]
) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for number, *values in connection.execute(chosen.where(asset.in_(numbers))):
        found[number].append(tuple(values))
    return found


def elsewhere(file: FileVersion, extension: str) -> str:
    """Where a file lies that lies on no disk of this machine: in a store, under its contents and its old name."""
    return f"originals/{file.sha256[:2]}/{file.sha256}.{extension}#{file.relative}"
