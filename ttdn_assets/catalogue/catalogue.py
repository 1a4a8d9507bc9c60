"""The catalogue as its users hold it: one object, each method one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from types import TracebackType

import msgspec
from sqlalchemy import select, text

from ttdn_assets.catalogue import edit, publications, state
from ttdn_assets.catalogue.database import Database
from ttdn_assets.catalogue.index import index_for
from ttdn_assets.catalogue.record import Writes, record
from ttdn_assets.catalogue.records import (
    AssetEntry,
    AssetRecord,
    Counts,
    FileVersion,
    HistoryLine,
    Query,
    SearchPage,
    SubmissionRecord,
)
from ttdn_assets.catalogue.rights import set_rights
from ttdn_assets.catalogue.rows import history_line, now
from ttdn_assets.catalogue.schema import assets, history
from ttdn_assets.catalogue.search import search
from ttdn_assets.model import Field, Kind, Lang, Origin, Publication, Rendition, Rights, Subject, TextStatus

_BATCH = 200
_BATCH_MAX = 500


class Catalogue:
    """An open catalogue; threads of one process may share it, each process opens its own.

    Where a method takes an asset, the beginning of its id is enough as long as no other begins so.  Every method
    raises ``CatalogueError`` where the database fails and ``UsageError`` (``asset-unknown``, ``asset-ambiguous``) where
    it does not know what is meant.  ``who`` is the name that goes into the history.
    """

    def __init__(self, database: Database) -> None:
        """Use ``open_catalogue`` instead."""
        self._database = database
        self._index = index_for(database.engine.dialect.name)

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; the last one to close a SQLite file tidies its write-ahead log away."""
        self._database.engine.dispose()

    # What runs write

    def record(self, entry: AssetEntry, *, who: str) -> str:
        """Write what a run found of one file, in one transaction; the id of its asset."""
        with self._database.writing() as connection:
            return record(connection, (entry,), who=who, index=self._index)[0]

    def record_all(self, entries: Iterable[AssetEntry], *, who: str, batch: int = _BATCH) -> Iterator[str]:
        """Write many entries, ``batch`` (at most 500) of them in one transaction; the ids as each batch is kept."""
        waiting = iter(entries)
        while several := list(islice(waiting, min(batch, _BATCH_MAX))):
            with self._database.writing() as connection:
                ids = record(connection, several, who=who, index=self._index)
            yield from ids

    def mark_missing(self, paths: Sequence[str], *, who: str = "") -> int:
        """Say that files no longer lie at these paths; how many were known there."""
        with self._writes(who) as writes:
            return edit.mark_missing(writes, paths)

    def add_rendition(self, asset: str, rendition: Rendition, *, who: str) -> None:
        """Add a file that was made; the placements it serves are no longer served by an older one."""
        with self._writes(who) as writes:
            edit.add_rendition(writes, asset, rendition)

    def forget_rendition(self, asset: str, recipe: str, *, who: str) -> bool:
        """Take a rendition out of the catalogue; whether there was one."""
        with self._writes(who) as writes:
            return edit.forget_rendition(writes, asset, recipe)

    def add_submission(
        self, path: str, *, target: str, digest: str, assets: Sequence[str], review: TextStatus = "draft", who: str
    ) -> None:
        """Write down a bag; the same path again brings its status and contents up to date."""
        bag = SubmissionRecord(
            path=path, target=target, digest=digest, created_at=now(), review=review, who=who, assets=tuple(assets)
        )
        with self._writes(who) as writes:
            edit.add_submission(writes, bag)

    # What people write

    def set_text(
        self,
        asset: str,
        field: Field,
        lang: Lang,
        value: str,
        *,
        who: str,
        origin: Origin = "human",
        engine: str | None = None,
    ) -> bool:
        """Put a text in place, as a draft; an empty value takes it away.

        Returns:
            Whether it was taken: a machine's text is not where a person's stands, or one that is no draft any more.
        """
        with self._writes(who) as writes:
            return edit.set_text(writes, asset, (field, lang), value=value, origin=origin, engine=engine)

    def set_status(self, asset: str, field: Field | None, lang: Lang | None, status: TextStatus, *, who: str) -> int:
        """Approve, reject, hand in for review or take back the texts of a field, a language, or all; how many changed.

        Raises:
            UsageError: ``text-missing`` where there is no such text.
        """
        with self._writes(who) as writes:
            return edit.set_status(writes, asset, field, lang, status)

    def settle(self, asset: str, field: Field, lang: Lang, value: str, *, who: str) -> bool:
        """Decide which of several texts that people wrote on different machines stands; whether it was one of them."""
        with self._writes(who) as writes:
            return edit.settle(writes, asset, (field, lang), value)

    def set_rights(self, asset: str, rights: Rights, *, who: str) -> bool:
        """Put a rights record in place of the one that is there; whether it changed."""
        with self._writes(who) as writes:
            return set_rights(writes, asset, rights)

    def publish(self, one: Publication, *, who: str) -> bool:
        """Write down where an asset went out, or further figures of it; whether the publication is new."""
        with self._writes(who) as writes:
            asset = state.number_of(writes.connection, one.asset)[1]
            return publications.publish(writes, msgspec.structs.replace(one, asset=asset))

    def unpublish(self, one: Publication, *, who: str) -> bool:
        """Strike a publication that was written down by mistake; whether there was one."""
        with self._writes(who) as writes:
            return publications.withdraw(writes, one)

    def set_subject(self, asset: str, subject: Subject, *, who: str) -> bool:
        """Set what must stay in view; whether it was taken: one set by hand yields to another hand only."""
        with self._writes(who) as writes:
            return edit.set_subject(writes, asset, subject)

    def forget(self, asset: str, *, who: str) -> list[SubmissionRecord]:
        """Delete everything about an asset but the bare lines of its history; the bags that still hold it."""
        with self._writes(who) as writes:
            held = edit.forget(writes, asset, index=self._index)
        self._tidy()
        return held

    # What everybody reads

    def file_at(self, path: str) -> FileVersion | None:
        """What was last seen at a path, without its facts; its size and time tell whether it has changed."""
        with self._database.reading() as connection:
            return state.file_at(connection, path)

    def files(self, folder: str | None = None) -> list[FileVersion]:
        """All files seen, or those of one scanned folder, by path, without their facts."""
        with self._database.reading() as connection:
            return list(state.files_in(connection, folder))

    def known_bytes(self, sha256: str) -> str | None:
        """The asset whose file has, or once had, these bytes."""
        with self._database.reading() as connection:
            return state.id_of_bytes(connection, sha256)

    def asset_of_picture(self, picture_sha256: str) -> str | None:
        """The asset that shows this picture."""
        with self._database.reading() as connection:
            return state.id_of_picture(connection, picture_sha256)

    def was_forgotten(self, *digests: str) -> bool:
        """Whether a file or picture of one of these digests was forgotten on request."""
        with self._database.reading() as connection:
            return edit.was_forgotten(connection, digests)

    def forgets(self) -> bool:
        """Whether anything at all was forgotten on request."""
        with self._database.reading() as connection:
            return edit.was_forgotten(connection, None)

    def asset(self, asset: str) -> AssetRecord:
        """Everything about one asset."""
        with self._database.reading() as connection:
            return state.load_assets(connection, [state.number_of(connection, asset)[0]])[0]

    def assets(self, ids: Sequence[str] | None = None, *, kind: Kind | None = None) -> Iterator[AssetRecord]:
        """Everything about these assets in this order, or about all in the order they came."""
        with self._database.reading() as connection:
            yield from state.each_asset(connection, ids, kind=kind)

    def submissions(self) -> list[SubmissionRecord]:
        """The bags made, oldest first."""
        with self._database.reading() as connection:
            return edit.submissions_in(connection)

    def publications(self, asset: str | None = None) -> list[Publication]:
        """Where assets went out, oldest first; also those of a forgotten asset, by its whole id."""
        with self._database.reading() as connection:
            if asset is not None and len(asset) < 64:
                asset = state.number_of(connection, asset)[1]
            return publications.publications_of(connection, None if asset is None else [asset])

    def history(self, asset: str | None = None, *, since: str | None = None) -> list[HistoryLine]:
        """The changes of one asset, also of one that was forgotten (by its whole id), or of all; oldest first.

        Args:
            asset: The id or its beginning; ``None`` for all.
            since: Only lines at or after this UTC time, or beginning of a time.
        """
        chosen = select(history).order_by(history.c.number)
        with self._database.reading() as connection:
            if asset is not None:
                known = len(asset) == 64 or state.number_of(connection, asset)[1]
                chosen = chosen.where(history.c.asset_id == (asset if known is True else known))
            if since is not None:
                chosen = chosen.where(history.c.at >= since)
            return [history_line(row) for row in connection.execute(chosen)]

    def search(self, query: Query) -> SearchPage:
        """The assets that match, best first; no text a person types makes it fail."""
        with self._database.reading() as connection:
            return search(connection, query, index=self._index)

    def counts(self) -> Counts:
        """How many assets there are, by what."""
        with self._database.reading() as connection:
            return state.count(connection)

    # What keeps it well

    def reindex(self) -> int:
        """Write the whole search index anew from the tables; how many assets it holds."""
        with self._database.writing() as connection:
            connection.execute(text("DELETE FROM search_index"))
            numbers = list(connection.execute(select(assets.c.number).order_by(assets.c.number)).scalars())
            for start in range(0, len(numbers), _BATCH):
                some = state.documents_of(connection, numbers[start : start + _BATCH])
                self._index.write(connection, some, fresh=True)
        return len(numbers)

    def check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with its file; nothing where all is well, or for PostgreSQL."""
        if self._database.engine.dialect.name != "sqlite":
            return ()
        with self._database.reading() as connection:
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check")]
            said += [f"foreign key: {row[0]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        return tuple(line for line in said if line != "ok")

    @contextmanager
    def _writes(self, who: str) -> Iterator[Writes]:
        with self._database.writing() as connection:
            yield Writes(connection, self._index, who=who)

    def _tidy(self) -> None:
        """Empty SQLite's write-ahead log, so that what was forgotten is in no file any more."""
        if self._database.engine.dialect.name == "sqlite":
            with self._database.reading() as connection:
                connection.rollback()
                raw = connection.connection.dbapi_connection
                if raw is not None:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
