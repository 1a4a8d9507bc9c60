"""Write what a run found: one asset whole, or none of it.

The rows of several assets are gathered and written table by table, so that one asset costs about a dozen statements
and a batch of new ones hardly more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, update

from ttdn_assets.catalogue.index import SearchIndex, document
from ttdn_assets.catalogue.known import Asset, Known
from ttdn_assets.catalogue.looks import look_rows
from ttdn_assets.catalogue.merge import Key, StoredText, merge_subject, merge_texts, review_of, unite_facts
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.catalogue.rights import change_rights
from ttdn_assets.catalogue.rivals import rivals_at
from ttdn_assets.catalogue.rows import (
    Values,
    after,
    fact_rows,
    file_row,
    finding_rows,
    media_row,
    rendition_row,
    served_rows,
    storable,
    subject_of,
    subject_row,
    text_row,
    to_json,
)
from ttdn_assets.catalogue.schema import (
    assets,
    facts,
    files,
    findings,
    looks,
    renditions,
    served,
    subjects,
    texts,
    versions,
)
from ttdn_assets.catalogue.state import number_of, texts_in
from ttdn_assets.catalogue.writes import Writes, leave_rivals
from ttdn_assets.model import Rendition, Subject

_LEAVE_PATH = (
    update(files).where(files.c.path == bindparam("at"), files.c.asset != bindparam("mine")).values(missing=True)
)
_SET_FILE = update(files).where(files.c.number == bindparam("mine"))
_SET_ASSET = update(assets).where(assets.c.number == bindparam("mine"))
_SUBJECT = select(subjects).where(subjects.c.asset == bindparam("mine"))
_ELSEWHERE = select(files.c.number).where(
    files.c.asset == bindparam("mine"),
    files.c.relative == bindparam("name"),
    files.c.sha256 == bindparam("bytes"),
    files.c.missing,
    files.c.folder == "",
)
_DROP_FILE = delete(files).where(files.c.number == bindparam("at"))
_DROP_FACTS = delete(facts).where(facts.c.asset == bindparam("mine"), facts.c.file == bindparam("at"))
_DROP_FINDINGS = delete(findings).where(findings.c.asset == bindparam("mine"))
_DROP_TEXT = delete(texts).where(
    texts.c.asset == bindparam("mine"), texts.c.field == bindparam("in_field"), texts.c.lang == bindparam("in_lang")
)
_DROP_SERVED = delete(served).where(served.c.asset == bindparam("mine"), served.c.placement == bindparam("at"))
_NO_ASSET: Values = dict.fromkeys(column.name for column in assets.columns)


def record(connection: Connection, entries: Sequence[AssetEntry], *, who: str, index: SearchIndex) -> list[str]:
    """Write entries in the transaction of ``connection``; the ids of their assets in the same order."""
    writes = Writes(connection, index, who=who)
    known = Known(connection, entries)
    writes.make_stale(*known.numbers())
    ids = [_record(writes, known, entry) for entry in entries]
    writes.flush()
    for entry, asset_id in zip(entries, ids, strict=True):
        if entry.rights is not None:
            change_rights(writes, *number_of(connection, asset_id), entry.rights, from_sheet=True)
    return ids


def _record(writes: Writes, known: Known, entry: AssetEntry) -> str:
    asset = known.asset_of(entry)
    if asset is None:
        return _record_new(writes, known, entry)
    if asset[0] in writes.touched:
        writes.flush()
    if not known.has_bytes(entry.sha256):
        writes.add(versions, [{"sha256": entry.sha256, "asset": asset[0]}])
        writes.tell(asset[1], "joined", after=entry.relative)
    known.join(entry, asset)
    _record_again(writes, known, entry, asset)
    return asset[1]


def _record_new(writes: Writes, known: Known, entry: AssetEntry) -> str:
    number, asset_id = known.next_number(assets), entry.sha256
    known.join(entry, (number, asset_id))
    merged = merge_texts({}, entry.captions) if entry.captions else {}
    said = {key: kept.text for key, kept in merged.items()}
    sought = document(
        number, texts=said, facts=unite_facts([entry.facts or ()]), paths=[entry.relative], media=entry.media
    )
    row = {"number": number, "id": asset_id, "added_at": writes.at, "document": sought.checksum}
    row["review"] = review_of(text.status for text in said.values())
    writes.touched.add(number)
    writes.add_document(sought)
    writes.add(assets, [_NO_ASSET | _asset_row(entry, at=writes.at) | row])
    writes.add(versions, [{"sha256": asset_id, "asset": number}])
    writes.tell(asset_id, "added", after=entry.relative)
    _place_file(writes, known, entry, number, new=True)
    writes.add(texts, [text_row(number, key, kept) for key, kept in merged.items()], new=True)
    if entry.subject:
        writes.add(subjects, [subject_row(number, entry.subject)], new=True)
    _add_renditions(writes, number, entry.renditions or (), new=True)
    writes.add(looks, look_rows(number, entry.looks), new=True)
    writes.add(findings, finding_rows(number, entry.findings or ()))
    return asset_id


def _record_again(writes: Writes, known: Known, entry: AssetEntry, asset: Asset) -> None:
    number, asset_id = asset
    writes.touched.add(number)
    writes.make_stale(number)
    _place_file(writes, known, entry, number, new=False)
    changes = _asset_row(entry, at=writes.at)
    if entry.captions is not None:
        stored = texts_in(writes.connection, number)
        merged = merge_texts(stored, entry.captions)
        _change_texts(writes, number, asset_id, before=stored, after=merged)
        changes["review"] = review_of(kept.text.status for kept in merged.values())
    if entry.subject is not None:
        _change_subject(writes, number, asset_id, entry.subject)
    if entry.renditions is not None:
        change_renditions(writes, number, entry.renditions)
    writes.add(looks, look_rows(number, entry.looks))
    if entry.findings is not None:
        writes.connection.execute(_DROP_FINDINGS, {"mine": number})
        writes.add(findings, finding_rows(number, entry.findings))
    writes.connection.execute(_SET_ASSET, changes | {"mine": number})


def _asset_row(entry: AssetEntry, *, at: str) -> Values:
    """The columns of ``assets`` an entry sets; what it does not know stays."""
    row: Values = {
        "status": entry.status,
        "error": to_json(entry.error) if entry.error else None,
        "changed_at": at,
    }
    if entry.picture_sha256 is not None:
        row["picture_sha256"] = entry.picture_sha256
    return row | (media_row(entry.media) if entry.media else {})


def _place_file(writes: Writes, known: Known, entry: AssetEntry, number: int, *, new: bool) -> None:
    """Say where the bytes lie now; whichever asset lay at that path before lies there no more."""
    row = file_row(entry, seen_at=writes.at)
    path = row["path"]
    if others := known.others_at(path, number):
        if others & writes.touched:
            writes.flush()
        writes.make_stale(*others)
        writes.connection.execute(_LEAVE_PATH, {"at": path, "mine": number})
    file = known.file_of(path, number)
    if file is not None:
        writes.connection.execute(_SET_FILE, row | {"mine": file})
        if entry.facts is not None:
            writes.connection.execute(_DROP_FACTS, {"mine": number, "at": file})
    else:
        file = known.next_number(files)
        if not new:
            _drop_elsewhere(writes, entry, number)
        writes.add(files, [row | {"number": file, "asset": number}])
    known.put(path, number, file)
    writes.add(facts, fact_rows(entry.facts or (), asset=number, file=file))


def _drop_elsewhere(writes: Writes, entry: AssetEntry, number: int) -> None:
    """A file that was known from another machine only lies here now."""
    elsewhere = {"mine": number, "name": storable(entry.relative), "bytes": entry.sha256}
    for file in writes.connection.execute(_ELSEWHERE, elsewhere).scalars().all():
        writes.connection.execute(_DROP_FACTS, {"mine": number, "at": file})
        writes.connection.execute(_DROP_FILE, {"at": file})


def _change_texts(
    writes: Writes, number: int, asset_id: str, *, before: Mapping[Key, StoredText], after: Mapping[Key, StoredText]
) -> None:
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        by_person = new is not None and new.text.origin == "human"
        change_text(writes, number, asset_id, key, old=old, new=new, by_person=by_person)


def change_text(
    writes: Writes,
    number: int,
    asset_id: str,
    key: Key,
    *,
    old: StoredText | None,
    new: StoredText | None,
    by_person: bool,
) -> None:
    """Put a text in the place of another and tell the history of its words and status; rivals of it are then settled.

    An edited text is a draft again, whoever edited it: ``new`` says so itself.
    """
    if old and new and old.text == new.text:
        writes.add(texts, [text_row(number, key, msgspec.structs.replace(new, changed_at=old.changed_at))])
        return
    rivals = rivals_at(writes.connection, number, *key)
    at = after(writes.at, old.changed_at if old else None, *(one.changed_at for one in rivals))
    was, said = (kept.text.value if kept else None for kept in (old, new))
    if new is None:
        writes.connection.execute(_DROP_TEXT, {"mine": number, "in_field": key[0], "in_lang": key[1]})
    else:
        writes.add(texts, [text_row(number, key, msgspec.structs.replace(new, changed_at=at if by_person else None))])
    if was != said:
        writes.tell(asset_id, "text" if by_person else "drafted", key=key, before=was, after=said, at=at)
    leave_rivals(writes, number, asset_id, key, shown=was, to=said, at=at)
    if old and new and old.text.status != new.text.status:
        writes.tell(asset_id, "status", key=key, before=old.text.status, after=new.text.status, at=at)


def _change_subject(writes: Writes, number: int, asset_id: str, incoming: Subject) -> None:
    row = writes.connection.execute(_SUBJECT, {"mine": number}).first()
    stored = subject_of(row) if row else None
    merged = merge_subject(stored, incoming)
    if merged is None or merged == stored:
        return
    writes.add(subjects, [subject_row(number, merged)])
    if merged.origin == "hand":
        writes.tell(asset_id, "subject", before=to_json(stored) if stored else None, after=to_json(merged))


def _add_renditions(writes: Writes, number: int, made: Sequence[Rendition], *, new: bool) -> None:
    writes.add(renditions, [rendition_row(number, one) for one in made], new=new)
    writes.add(served, [row for one in made for row in served_rows(number, one)], new=new)


def change_renditions(writes: Writes, number: int, made: Sequence[Rendition]) -> None:
    """The new renditions take their placements over; an old one that serves none any more is dropped."""
    taken = [{"mine": number, "at": placement} for one in made for placement in one.placements]
    if taken:
        writes.connection.execute(_DROP_SERVED, taken)
    _add_renditions(writes, number, made, new=False)
    writes.drop_useless(number)
