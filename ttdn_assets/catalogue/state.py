"""Read assets as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, Select, Table, bindparam, func, select

from ttdn_assets.catalogue.claims import FACTS
from ttdn_assets.catalogue.index import Document, document
from ttdn_assets.catalogue.merge import Key, StoredText, captions_of, differing_facts, unite_facts
from ttdn_assets.catalogue.publications import publications_of
from ttdn_assets.catalogue.records import AssetRecord, Counts, FileVersion
from ttdn_assets.catalogue.rivals import rival_findings, rival_of
from ttdn_assets.catalogue.rows import (
    fact_of,
    file_version,
    from_json,
    rendition_of,
    storable,
    stored_text,
    subject_of,
)
from ttdn_assets.catalogue.schema import (
    assets,
    facts,
    files,
    findings,
    renditions,
    served,
    subjects,
    submissions,
    submitted,
    texts,
    versions,
)
from ttdn_assets.catalogue.schema_rights import rights, rivals
from ttdn_assets.errors import UsageError
from ttdn_assets.model import Fact, Failure, Finding, Kind, MediaFacts, Publication, Rendition, Rights

_BATCH = 200
_WHOLE = 64
_HEX = frozenset("0123456789abcdef")
_TEXTS = select(texts).where(texts.c.asset == bindparam("mine"))
_FILES = select(files, assets.c.id).join(assets, assets.c.number == files.c.asset)
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_ASSETS = select(assets).where(assets.c.number.in_(_NUMBERS))
_MEDIA = select(assets.c.number, assets.c.media).where(assets.c.number.in_(_NUMBERS))
_PARTS: dict[Table, Select[Any]] = {
    files: _FILES.where(files.c.asset.in_(_NUMBERS)).order_by(files.c.missing, files.c.number),
    facts: FACTS.where(facts.c.asset.in_(_NUMBERS)).order_by(facts.c.file, facts.c.position),
    **{
        table: select(table).where(table.c.asset.in_(_NUMBERS)).order_by(*(table.c[name] for name in order))
        for table, order in (
            (texts, ("field", "lang")),
            (subjects, ()),
            (renditions, ("recipe",)),
            (served, ("placement",)),
            (findings, ("position",)),
            (rights, ()),
            (rivals, ("field", "lang", "position")),
        )
    },
}
_BAGS = (
    select(submitted.c.asset_id, submissions.c.path)
    .join(submissions, submissions.c.number == submitted.c.submission)
    .where(submitted.c.asset_id.in_(bindparam("ids", expanding=True)))
    .order_by(submissions.c.number)
)

Rows = dict[int, list[Any]]


def number_of(connection: Connection, asset: str) -> tuple[int, str]:
    """The row number and the whole id of an asset, given its id or the beginning of it, or any whole digest it had.

    Raises:
        UsageError: ``asset-unknown`` or ``asset-ambiguous``.
    """
    start = asset.strip().lower()
    if not 0 < len(start) <= _WHOLE or not _HEX.issuperset(start):
        raise UsageError("asset-unknown", {"asset": asset})
    wanted = assets.c.id.between(start.ljust(_WHOLE, "0"), start.ljust(_WHOLE, "f"))
    rows = connection.execute(select(assets.c.number, assets.c.id).where(wanted).order_by(assets.c.id).limit(2)).all()
    if not rows and len(start) == _WHOLE:
        joined = select(assets.c.number, assets.c.id).join(versions, versions.c.asset == assets.c.number)
        rows = connection.execute(joined.where(versions.c.sha256 == start)).all()
    if not rows:
        raise UsageError("asset-unknown", {"asset": asset})
    if len(rows) > 1:
        raise UsageError("asset-ambiguous", {"asset": asset, "first": rows[0].id, "second": rows[1].id})
    return rows[0].number, rows[0].id


def digests_of(connection: Connection, asset: str) -> set[str]:
    """Every digest the files of an asset ever had; the id itself where it is whole and not known any more."""
    try:
        number, asset_id = number_of(connection, asset)
    except UsageError:
        if len(asset) != _WHOLE:
            raise
        return {asset}
    found = connection.execute(select(versions.c.sha256).where(versions.c.asset == number)).scalars()
    return {asset_id, *found}


def texts_in(connection: Connection, number: int) -> dict[Key, StoredText]:
    """The texts of one asset."""
    return dict(stored_text(row) for row in connection.execute(_TEXTS, {"mine": number}))


def file_at(connection: Connection, path: str) -> FileVersion | None:
    """What was last seen at a path."""
    row = connection.execute(_FILES.where(files.c.path == storable(path), ~files.c.missing)).first()
    return file_version(row) if row else None


def files_in(connection: Connection, folder: str | None) -> Iterator[FileVersion]:
    """All files seen, or those of one scanned folder, by path."""
    chosen = _FILES if folder is None else _FILES.where(files.c.folder == storable(folder))
    return (file_version(row) for row in connection.execute(chosen.order_by(files.c.path)))


def paths_below(connection: Connection, folder: str) -> Sequence[str]:
    """Where the files below a folder lie that were there when last looked for; ``folder`` ends in its separator."""
    start = storable(folder)
    below = func.substr(files.c.path, 1, len(start)) == start
    return connection.execute(select(files.c.path).where(below, ~files.c.missing)).scalars().all()


def id_of_bytes(connection: Connection, sha256: str) -> str | None:
    """The asset whose file has, or once had, these bytes."""
    joined = select(assets.c.id).join(versions, versions.c.asset == assets.c.number)
    return connection.execute(joined.where(versions.c.sha256 == sha256)).scalar()


def numbers_of(connection: Connection, ids: Collection[str]) -> list[int]:
    """The numbers of the assets of these whole ids that are there."""
    return list(connection.execute(select(assets.c.number).where(assets.c.id.in_(ids))).scalars())


def id_of_picture(connection: Connection, picture_sha256: str) -> str | None:
    """The asset that shows this picture."""
    chosen = select(assets.c.id).where(assets.c.picture_sha256 == picture_sha256).order_by(assets.c.number)
    return connection.execute(chosen.limit(1)).scalar()


def each_asset(connection: Connection, ids: Sequence[str] | None, *, kind: Kind | None) -> Iterator[AssetRecord]:
    """Assets in the order of ``ids``, else in the order they came; read in batches, so that memory stays small."""
    if ids is not None:
        numbers = [number_of(connection, one)[0] for one in ids]
        for start in range(0, len(numbers), _BATCH):
            found = load_assets(connection, numbers[start : start + _BATCH])
            yield from (one for one in found if kind in (None, one.media and one.media.kind))
        return
    last = 0
    while numbers := list(connection.execute(_after(last, kind)).scalars()):
        yield from load_assets(connection, numbers)
        last = numbers[-1]


def _after(number: int, kind: Kind | None) -> Select[Any]:
    chosen = select(assets.c.number).where(assets.c.number > number).order_by(assets.c.number).limit(_BATCH)
    return chosen if kind is None else chosen.where(assets.c.kind == kind)


def load_assets(connection: Connection, numbers: Sequence[int]) -> list[AssetRecord]:
    """Everything about these assets, in this order."""
    by_table = {table: _grouped(connection, table, numbers) for table in _PARTS}
    rows = {row.number: row for row in connection.execute(_ASSETS, {"numbers": numbers})}
    ids = [row.id for row in rows.values()]
    bags, shown = _bags(connection, ids), _publications(connection, ids)
    return [
        _record(rows[one], by_table, bags.get(rows[one].id, ()), shown.get(rows[one].id, ()))
        for one in numbers
        if one in rows
    ]


def _grouped(connection: Connection, table: Table, numbers: Sequence[int]) -> Rows:
    grouped: Rows = defaultdict(list)
    for row in connection.execute(_PARTS[table], {"numbers": numbers}):
        grouped[row.asset].append(row)
    return grouped


def _bags(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(_BAGS, {"ids": ids}):
        found[row.asset_id] = (*found.get(row.asset_id, ()), row.path)
    return found


def _publications(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Publication, ...]]:
    found: dict[str, tuple[Publication, ...]] = {}
    for one in publications_of(connection, ids):
        found[one.asset] = (*found.get(one.asset, ()), one)
    return found


def _record(
    row: Any, by_table: dict[Table, Rows], bags: tuple[str, ...], shown: tuple[Publication, ...]
) -> AssetRecord:
    def mine(table: Table) -> list[Any]:
        return by_table[table].get(row.number, [])

    places = _files_with_facts(mine(files), mine(facts))
    counted = _counted(places)
    said = {place.path: place.facts for place in counted}
    own = tuple(one for found in mine(findings) if (one := from_json(found.finding, Finding)))
    disputed = tuple(map(rival_of, mine(rivals)))
    return AssetRecord(
        id=row.id,
        picture_sha256=row.picture_sha256,
        status=row.status,
        review=row.review,
        added_at=row.added_at,
        changed_at=row.changed_at,
        media=from_json(row.media, MediaFacts),
        error=from_json(row.error, Failure),
        files=tuple(places),
        facts=unite_facts(said.values()),
        captions=captions_of({key: kept.text for key, kept in map(stored_text, mine(texts))}),
        subject=next(map(subject_of, mine(subjects)), None),
        renditions=_renditions(mine(renditions), mine(served)),
        findings=(*own, *differing_facts(said), *rival_findings(disputed)),
        submissions=bags,
        rights=next((from_json(one.record, Rights) for one in mine(rights)), None),
        rivals=disputed,
        publications=shown,
    )


def _files_with_facts(file_rows: Iterable[Any], fact_rows: Iterable[Any]) -> list[FileVersion]:
    by_file: dict[int, list[Fact]] = defaultdict(list)
    for row in fact_rows:
        by_file[row.file].append(fact_of(row))
    return [file_version(row, facts=tuple(by_file[row.number])) for row in file_rows]


def _counted(places: Sequence[FileVersion]) -> list[FileVersion]:
    """The files whose facts and names count: those that are there, or all where none is."""
    return [place for place in places if not place.missing] or list(places)


def _renditions(rows: Iterable[Any], served_rows: Iterable[Any]) -> tuple[Rendition, ...]:
    placements: dict[str, list[str]] = defaultdict(list)
    for row in served_rows:
        placements[row.recipe].append(row.placement)
    return tuple(rendition_of(row, placements=tuple(placements[row.recipe])) for row in rows)


def documents_of(connection: Connection, numbers: Sequence[int]) -> list[Document]:
    """The search documents of assets as they stand."""
    if not numbers:
        return []
    place_rows, fact_rows, text_rows = (_grouped(connection, table, numbers) for table in (files, facts, texts))
    media = {row.number: row.media for row in connection.execute(_MEDIA, {"numbers": numbers})}
    documents = []
    for number in numbers:
        counted = _counted(_files_with_facts(place_rows.get(number, []), fact_rows.get(number, [])))
        documents.append(
            document(
                number,
                texts={key: kept.text for key, kept in map(stored_text, text_rows.get(number, []))},
                facts=unite_facts(place.facts for place in counted),
                paths=dict.fromkeys(place.relative for place in counted),
                media=from_json(media.get(number), MediaFacts),
            )
        )
    return documents


def count(connection: Connection) -> Counts:
    """How many assets there are, by what."""
    titled = select(texts.c.lang, func.count()).where(texts.c.field == "title").group_by(texts.c.lang)
    by_target = select(served.c.platform, func.count(served.c.asset.distinct())).group_by(served.c.platform)
    there = select(files.c.asset).where(~files.c.missing)
    return Counts(
        assets=_one(connection, select(func.count()).select_from(assets)),
        missing=_one(connection, select(func.count()).select_from(assets).where(assets.c.number.not_in(there))),
        kinds=_pairs(connection, select(func.coalesce(assets.c.kind, ""), func.count()).group_by(assets.c.kind)),
        outcomes=_pairs(connection, select(assets.c.status, func.count()).group_by(assets.c.status)),
        reviews=_pairs(connection, select(assets.c.review, func.count()).group_by(assets.c.review)),
        languages=_pairs(connection, titled),
        approved=_pairs(connection, titled.where(texts.c.status == "approved")),
        targets=_pairs(connection, by_target),
        submissions=_one(connection, select(func.count()).select_from(submissions)),
    )


def _one(connection: Connection, statement: Executable) -> int:
    return int(connection.execute(statement).scalar_one())


def _pairs(connection: Connection, statement: Executable) -> dict[str, int]:
    return {str(name): int(number) for name, number in sorted(map(tuple, connection.execute(statement)))}
