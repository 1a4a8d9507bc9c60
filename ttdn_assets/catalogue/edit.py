"""What people change by hand: words, their status, the crop; what they submit; what they want forgotten."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from ttdn_assets.catalogue.claims import drop_unsaid
from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.merge import Key, StoredText, merge_subject, review_of
from ttdn_assets.catalogue.record import change_renditions, change_text
from ttdn_assets.catalogue.records import HistoryLine, SubmissionRecord
from ttdn_assets.catalogue.rivals import rivals_at
from ttdn_assets.catalogue.rows import (
    storable,
    subject_of,
    subject_row,
    to_json,
)
from ttdn_assets.catalogue.schema import (
    assets,
    files,
    forgotten,
    history,
    renditions,
    served,
    subjects,
    submissions,
    submitted,
    versions,
)
from ttdn_assets.catalogue.shared import add_lines, lines_of
from ttdn_assets.catalogue.state import number_of, texts_in
from ttdn_assets.catalogue.writes import Writes
from ttdn_assets.errors import UsageError
from ttdn_assets.model import Field, Lang, Origin, Rendition, Subject, Text, TextStatus


def set_text(writes: Writes, asset: str, key: Key, *, value: str, origin: Origin, engine: str | None) -> bool:
    """Put a text in place; whether it was taken: a machine's is not where a person's, or one taken up, stands.

    An edited text is a draft again; an empty value takes the text away.
    """
    number, asset_id = number_of(writes.connection, asset)
    stored = texts_in(writes.connection, number)
    old = stored.get(key)
    if origin != "human" and old is not None and (old.text.origin == "human" or old.text.status != "draft"):
        return False
    value = storable(value).strip()
    disputed = bool(rivals_at(writes.connection, number, *key))
    if old is not None and (old.text.value, old.text.origin) == (value, origin) and not disputed:
        return True
    new = StoredText(Text(value=value, origin=origin, engine=engine), old.offered if old else None) if value else None
    writes.make_stale(number)
    change_text(writes, number, asset_id, key, old=old, new=new, by_person=origin == "human")
    _sum_up(writes, number)
    return True


def set_status(writes: Writes, asset: str, field: Field | None, lang: Lang | None, status: TextStatus) -> int:
    """Give the texts of a field, a language, or all, a status; how many changed.

    A text that people wrote differently on different machines keeps its own until one of them decides which it is.

    Raises:
        UsageError: ``text-missing`` where there is no such text.
    """
    number, asset_id = number_of(writes.connection, asset)
    chosen = {
        key: kept
        for key, kept in texts_in(writes.connection, number).items()
        if field in (None, key[0]) and lang in (None, key[1])
    }
    if not chosen:
        raise UsageError("text-missing", {"asset": asset_id[:12], "field": field or "*", "lang": lang or "*"})
    changed = {
        key: kept
        for key, kept in chosen.items()
        if kept.text.status != status and not rivals_at(writes.connection, number, *key)
    }
    writes.make_stale(number)
    for key, kept in changed.items():
        new = StoredText(msgspec.structs.replace(kept.text, status=status), kept.offered)
        change_text(writes, number, asset_id, key, old=kept, new=new, by_person=True)
    _sum_up(writes, number)
    return len(changed)


def settle(writes: Writes, asset: str, key: Key, value: str) -> bool:
    """Put one of several rival texts in place, as a draft; whether it was one of them."""
    number, asset_id = number_of(writes.connection, asset)
    chosen = next((one for one in rivals_at(writes.connection, number, *key) if one.value == value), None)
    if chosen is None:
        return False
    old = texts_in(writes.connection, number).get(key)
    text = Text(value=value, origin=chosen.origin, engine=chosen.engine)
    new = StoredText(text, old.offered if old else None)
    writes.make_stale(number)
    change_text(writes, number, asset_id, key, old=old, new=new, by_person=True)
    _sum_up(writes, number)
    return True


def _sum_up(writes: Writes, number: int) -> None:
    """Bring the asset's own review status and its search document up to date with its texts."""
    writes.flush()
    review = review_of(kept.text.status for kept in texts_in(writes.connection, number).values())
    changes = {"review": review, "changed_at": writes.at}
    writes.connection.execute(update(assets).where(assets.c.number == number), changes)


def set_subject(writes: Writes, asset: str, subject: Subject) -> bool:
    """Set what must stay in view; whether it was taken: one set by hand yields to another hand only."""
    number, asset_id = number_of(writes.connection, asset)
    row = writes.connection.execute(select(subjects).where(subjects.c.asset == number)).first()
    stored = subject_of(row) if row else None
    if merge_subject(stored, subject) != subject:
        return False
    if subject != stored:
        writes.add(subjects, [subject_row(number, subject)])
        writes.tell(asset_id, "subject", before=to_json(stored) if stored else None, after=to_json(subject))
        writes.flush()
    return True


def add_rendition(writes: Writes, asset: str, rendition: Rendition) -> None:
    """Add a file that was made; its placements are no longer served by an older one."""
    number, _ = number_of(writes.connection, asset)
    change_renditions(writes, number, (rendition,))
    writes.flush()


def forget_rendition(writes: Writes, asset: str, recipe: str) -> bool:
    """Take a rendition out; whether there was one."""
    number, asset_id = number_of(writes.connection, asset)
    for table in (served, renditions):
        gone = writes.connection.execute(delete(table).where(table.c.asset == number, table.c.recipe == recipe))
    if gone.rowcount:
        writes.tell(asset_id, "rendition-forgotten", before=recipe)
        writes.flush()
    return bool(gone.rowcount)


def mark_missing(writes: Writes, paths: Sequence[str]) -> int:
    """Say that files no longer lie at these paths; how many were known there."""
    gone = 0
    for path in paths:
        there = (files.c.path == storable(path), ~files.c.missing)
        numbers = writes.connection.execute(select(files.c.asset).where(*there)).scalars().all()
        if numbers:
            writes.make_stale(*numbers)
            writes.connection.execute(update(files).where(*there).values(missing=True))
            gone += len(numbers)
    writes.flush()
    return gone


def add_submission(writes: Writes, bag: SubmissionRecord) -> None:
    """Write down a bag that was made; the same path again brings its status and contents up to date.

    A bag that is known as it is leaves no trace: a run that makes nothing new tells the history nothing.
    """
    ids = [number_of(writes.connection, one)[1] for one in bag.assets]
    if _is_known(writes.connection, bag, ids):
        return
    row = {name: getattr(bag, name) for name in ("path", "target", "digest", "created_at", "review", "who")}
    write_rows(writes.connection, submissions, [row], keys=("path",))
    number = writes.connection.execute(select(submissions.c.number).where(submissions.c.path == bag.path)).scalar_one()
    writes.connection.execute(delete(submitted).where(submitted.c.submission == number))
    if ids:
        writes.connection.execute(insert(submitted), [{"submission": number, "asset_id": one} for one in ids])
    for one in ids:
        writes.tell(one, "submission", after=bag.path)
    writes.flush()


def _is_known(connection: Connection, bag: SubmissionRecord, ids: Sequence[str]) -> bool:
    row = connection.execute(select(submissions).where(submissions.c.path == bag.path)).first()
    if row is None or (row.target, row.digest, row.review) != (bag.target, bag.digest, bag.review):
        return False
    held = select(submitted.c.asset_id).where(submitted.c.submission == row.number)
    return set(connection.execute(held).scalars()) == set(ids)


def submissions_in(connection: Connection, *, asset: str | None = None) -> list[SubmissionRecord]:
    """The bags made, oldest first; of one asset where its id is given, also one that was forgotten."""
    chosen = select(submissions).order_by(submissions.c.number)
    if asset is not None:
        holds = select(submitted.c.submission).where(submitted.c.asset_id == asset)
        chosen = chosen.where(submissions.c.number.in_(holds))
    held: dict[int, list[str]] = {}
    for row in connection.execute(select(submitted).order_by(submitted.c.asset_id)):
        held.setdefault(row.submission, []).append(row.asset_id)
    return [
        SubmissionRecord(
            path=row.path,
            target=row.target,
            digest=row.digest,
            created_at=row.created_at,
            review=row.review,
            who=row.who,
            assets=tuple(held.get(row.number, ())),
        )
        for row in connection.execute(chosen)
    ]


def forget(writes: Writes, asset: str, *, at: str | None = None, who: str | None = None) -> list[SubmissionRecord]:
    """Delete an asset's rows and the contents of its history; the bags that still hold it.

    What stays is that there was such an asset and what was done with it when, by digest only, so that a run that meets
    the same bytes or picture again can leave them out.
    """
    connection = writes.connection
    number, asset_id = number_of(connection, asset)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    digests = set(connection.execute(select(versions.c.sha256).where(versions.c.asset == number)).scalars())
    picture = connection.execute(select(assets.c.picture_sha256).where(assets.c.number == number)).scalar()
    at, who = at or writes.at, writes.who if who is None else who
    rows = [{"sha256": one, "at": at} for one in sorted(digests | ({picture} if picture else set()))]
    write_rows(connection, forgotten, rows, keys=("sha256",))
    writes.remove_document(number)
    connection.execute(delete(assets).where(assets.c.number == number))
    drop_unsaid(connection)
    writes.flush()
    lines = lines_of(connection, sorted(digests))
    tell_forgotten(connection, {asset_id, *lines}, at=at, who=who)
    connection.execute(
        update(history)
        .where(history.c.asset_id.in_([asset_id, *lines]), history.c.before.is_not(None) | history.c.after.is_not(None))
        .values(before=None, after=None)
    )
    return submissions_in(connection, asset=asset_id)


def tell_forgotten(connection: Connection, ids: Collection[str], *, at: str, who: str) -> int:
    """Write the line that an asset was forgotten for each id that has none; how many were written."""
    known = {
        line.asset for some in lines_of(connection, sorted(ids)).values() for line in some if line.what == "forgotten"
    }
    new = [HistoryLine(at=at, who=who, asset=one, what="forgotten") for one in sorted(ids) if one not in known]
    return add_lines(connection, new)


def was_forgotten(connection: Connection, digests: Sequence[str] | None) -> bool:
    """Whether a file or picture of one of these digests, or of any, was forgotten on request."""
    chosen = select(forgotten.c.sha256).limit(1)
    return (
        connection.execute(chosen if digests is None else chosen.where(forgotten.c.sha256.in_(digests))).first()
        is not None
    )
