"""The catalogue as its users hold it: one object, each method one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import select

from ttdn_assets.catalogue import edit, notes, state
from ttdn_assets.catalogue.answering import Answering
from ttdn_assets.catalogue.collection import Collections
from ttdn_assets.catalogue.database import uncollected
from ttdn_assets.catalogue.documents import rebuild
from ttdn_assets.catalogue.facets import facets
from ttdn_assets.catalogue.looks import AllLooks, Unseen, all_looks, look_rows, unseen
from ttdn_assets.catalogue.period import count_by_event, count_period
from ttdn_assets.catalogue.record import record
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
from ttdn_assets.catalogue.rows import history_line, now
from ttdn_assets.catalogue.schema import history, looks
from ttdn_assets.catalogue.search import search
from ttdn_assets.model import Field, Finding, Kind, Lang, Origin, Period, PeriodCounts, Rendition, Subject, TextStatus

_BULK = _BULK_MAX = 5_000


class Catalogue(Answering):
    """An open catalogue; threads of one process may share it, each process opens its own.

    Where a method takes an asset, the beginning of its id is enough as long as no other begins so.  Every method
    raises ``CatalogueError`` where the database fails and ``UsageError`` (``asset-unknown``, ``asset-ambiguous``) where
    it does not know what is meant.  ``who`` is the name that goes into the history.
    """

    # What runs write

    def record(self, entry: AssetEntry, *, who: str) -> str:
        """Write what a run found of one file, in one transaction; the id of its asset."""
        with self._database.writing() as connection:
            return record(connection, (entry,), who=who, index=self._index)[0]

    def record_all(self, entries: Iterable[AssetEntry], *, who: str, batch: int = _BULK) -> Iterator[str]:
        """Write many entries, ``batch`` (at most 5,000) of them in one transaction; the ids as each batch is kept."""
        waiting = iter(entries)
        while several := list(islice(waiting, min(batch, _BULK_MAX))):
            with self._database.writing() as connection, uncollected():
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

    def note(self, asset: str, subject: str, lang: Lang, found: Sequence[Finding], *, who: str) -> None:
        """Keep what was found of one text (``subject``) in one language, in place of what was found of it before."""
        with self._writes(who) as writes:
            notes.note(writes, asset, subject, lang, found)

    def set_status(self, asset: str, field: Field | None, lang: Lang | None, status: TextStatus, *, who: str) -> int:
        """Approve, reject, hand in for review or take back the texts of a field, a language, or all; how many changed.

        Raises:
            UsageError: ``text-missing`` where there is no such text.
        """
        with self._writes(who) as writes:
            return edit.set_status(writes, asset, field, lang, status)

    def set_subject(self, asset: str, subject: Subject, *, who: str) -> bool:
        """Set what must stay in view; whether it was taken: one set by hand yields to another hand only."""
        with self._writes(who) as writes:
            return edit.set_subject(writes, asset, subject)

    # What everybody reads

    def file_at(self, path: str) -> FileVersion | None:
        """What was last seen at a path, without its facts; its size and time tell whether it has changed."""
        with self._database.reading() as connection:
            return state.file_at(connection, path)

    def files(self, folder: str | None = None) -> list[FileVersion]:
        """All files seen, or those of one scanned folder, by path, without their facts."""
        with self._database.reading() as connection:
            return list(state.files_in(connection, folder))

    def paths_below(self, folder: str) -> Sequence[str]:
        """Where the files below a folder lie that are not missing; ``folder`` ends in its separator."""
        with self._database.reading() as connection:
            return state.paths_below(connection, folder)

    def known_bytes(self, sha256: str) -> str | None:
        """The asset whose file has, or once had, these bytes."""
        with self._database.reading() as connection:
            return state.id_of_bytes(connection, sha256)

    def asset_of_picture(self, picture_sha256: str) -> str | None:
        """The asset that shows this picture."""
        with self._database.reading() as connection:
            return state.id_of_picture(connection, picture_sha256)

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

    def history(self, asset: str | None = None, *, since: str | None = None) -> list[HistoryLine]:
        """The changes of one asset, also of one that was forgotten (by its whole id), or of all; oldest first.

        Args:
            asset: The id or its beginning; ``None`` for all.
            since: Only lines at or after this UTC time, or beginning of a time.
        """
        chosen = select(history).order_by(history.c.at, history.c.number)
        with self._database.reading() as connection:
            if asset is not None:
                chosen = chosen.where(history.c.asset_id.in_(state.digests_of(connection, asset)))
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

    def count_period(
        self, period: Period, *, zone: dt.tzinfo, owner: str | None = None, own: bool = False
    ) -> PeriodCounts:
        """What a period brought, of all owners or of one (``period.count_period``)."""
        with self._database.reading() as connection:
            return count_period(connection, period, zone=zone, owner=owner, own=own)

    def assets_by_event(self, events: Sequence[str]) -> dict[str, tuple[int, int]]:
        """By event: how many assets tell of it, and how many of them were never published."""
        with self._database.reading() as connection:
            return count_by_event(connection, events)

    def facets(self, query: Query, *, most: int = 12) -> dict[str, dict[str, int]]:
        """By facet (kind, status, year, place, topic, event, language, target) its most frequent values and counts."""
        with self._database.reading() as connection:
            return facets(connection, query, index=self._index, most=most)

    @property
    def collections(self) -> Collections:
        """Named sets of assets and saved searches."""
        return Collections(self._database, self._index)

    # What copies are found by

    def all_looks(self) -> AllLooks:
        """What everything that is there looks like in small."""
        with self._database.reading() as connection:
            return all_looks(connection)

    def unseen(self) -> list[Unseen]:
        """The assets whose look is not known yet."""
        with self._database.reading() as connection:
            return list(unseen(connection))

    def add_looks(self, asset: str, pixels: Sequence[bytes]) -> None:
        """Keep what an asset looks like: its picture, or frames of it in their order."""
        with self._writes("") as writes:
            writes.add(looks, look_rows(state.number_of(writes.connection, asset)[0], pixels))
            writes.flush()

    # What keeps it well

    def reindex(self) -> int:
        """Write the whole search index anew from the tables; how many assets it holds."""
        with self._database.writing() as connection:
            return rebuild(connection, self._index)

    def check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with its file; nothing where all is well, or for PostgreSQL."""
        if self._database.engine.dialect.name != "sqlite":
            return ()
        with self._database.reading() as connection:
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check")]
            said += [f"foreign key: {row[0]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        return tuple(line for line in said if line != "ok")
