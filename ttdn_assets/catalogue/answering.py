"""What people answer for in an open catalogue: rights, publications, disputes, forgetting, and what goes to others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice, pairwise
from types import TracebackType
from typing import Self

import msgspec
from sqlalchemy import select

from ttdn_assets.catalogue import edit, publications, publishing, state
from ttdn_assets.catalogue.database import Database
from ttdn_assets.catalogue.index import index_for
from ttdn_assets.catalogue.joining import Taken, take_in_all
from ttdn_assets.catalogue.records import AssetRecord, SharedRecord, SubmissionRecord
from ttdn_assets.catalogue.rights import set_rights
from ttdn_assets.catalogue.schema import assets
from ttdn_assets.catalogue.schema_rights import rivals
from ttdn_assets.catalogue.shared import forgotten_records, shared_records, with_shared
from ttdn_assets.catalogue.writes import Writes
from ttdn_assets.model import Field, Lang, Publication, Rights

BATCH = 200
_AT_FIRST = 20
"""So few are read at first, for who sends them waits."""


class Answering:
    """The half of ``Catalogue`` that says who decided what; its other half stands on it."""

    def __init__(self, database: Database) -> None:
        """Use ``open_catalogue`` instead."""
        self._database = database
        self._index = index_for(database.engine.dialect.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; the last one to close a SQLite file tidies its write-ahead log away."""
        self._database.engine.dispose()

    # Rights and decisions

    def set_rights(self, asset: str, rights: Rights, *, who: str) -> bool:
        """Put a rights record in place of the one that is there; whether it changed."""
        with self._writes(who) as writes:
            return set_rights(writes, asset, rights)

    def settle(self, asset: str, field: Field, lang: Lang, value: str, *, who: str) -> bool:
        """Decide which of several texts that people wrote on different machines stands; whether it was one of them."""
        with self._writes(who) as writes:
            return edit.settle(writes, asset, (field, lang), value)

    def disputed(self) -> list[str]:
        """The assets where people wrote differently on different machines and nobody has decided yet."""
        chosen = select(assets.c.id).where(assets.c.number.in_(select(rivals.c.asset))).order_by(assets.c.number)
        with self._database.reading() as connection:
            return list(connection.execute(chosen).scalars())

    # Publications

    def publish(self, one: Publication, *, who: str) -> bool:
        """Write down where an asset went out, or further figures of it; whether the publication is new."""
        with self._writes(who) as writes:
            asset = state.number_of(writes.connection, one.asset)[1]
            return publishing.publish(writes, msgspec.structs.replace(one, asset=asset))

    def unpublish(self, one: Publication, *, who: str) -> bool:
        """Strike a publication that was written down by mistake; whether there was one."""
        with self._writes(who) as writes:
            return publishing.withdraw(writes, one)

    def publications(self, asset: str | None = None) -> list[Publication]:
        """Where assets went out, oldest first; also those of a forgotten asset, by its whole id."""
        with self._database.reading() as connection:
            ids = None if asset is None else sorted(state.digests_of(connection, asset))
            return publications.publications_of(connection, ids)

    # Forgetting

    def forget(self, asset: str, *, who: str) -> list[SubmissionRecord]:
        """Delete everything about an asset but the bare lines of its history; the bags that still hold it."""
        with self._writes(who) as writes:
            held = edit.forget(writes, asset)
        self._tidy()
        return held

    def digests(self, asset: str) -> set[str]:
        """Every digest the files of an asset ever had; its whole id alone where it is not known any more."""
        with self._database.reading() as connection:
            return state.digests_of(connection, asset)

    def was_forgotten(self, *digests: str) -> bool:
        """Whether a file or picture of one of these digests was forgotten on request."""
        with self._database.reading() as connection:
            return edit.was_forgotten(connection, digests)

    def forgets(self) -> bool:
        """Whether anything at all was forgotten on request."""
        with self._database.reading() as connection:
            return edit.was_forgotten(connection, None)

    # What travels between machines

    def shared(self) -> Iterator[SharedRecord]:
        """Every asset as it travels, then what is left of those that were forgotten."""
        return (shared for _, shared in self.with_shared())

    def with_shared(self) -> Iterator[tuple[AssetRecord | None, SharedRecord]]:
        """What ``shared`` gives, each asset with what this machine has of it; nothing where it was forgotten."""
        with self._database.reading() as connection:
            numbers = list(connection.execute(select(assets.c.number).order_by(assets.c.number)).scalars())
            for start, end in pairwise([0, *range(_AT_FIRST, len(numbers), BATCH), len(numbers)]):
                yield from with_shared(connection, numbers[start:end])
            yield from ((None, left) for left in forgotten_records(connection))

    def shared_of(self, ids: Collection[str]) -> list[tuple[AssetRecord, SharedRecord]]:
        """The assets of these whole ids that are there, as this machine has them and as they travel."""
        with self._database.reading() as connection:
            return with_shared(connection, state.numbers_of(connection, ids))

    def forgotten(self) -> list[SharedRecord]:
        """What is left of the assets that were forgotten."""
        with self._database.reading() as connection:
            return list(forgotten_records(connection))

    def shared_record(self, asset: str) -> SharedRecord:
        """One asset as it travels, or what is left of it where it was forgotten (by its whole id)."""
        with self._database.reading() as connection:
            left = forgotten_records(connection, [asset])
            return next(left, None) or shared_records(connection, [state.number_of(connection, asset)[0]])[0]

    def take_in(self, records: Iterable[SharedRecord], *, who: str, batch: int = BATCH) -> Iterator[tuple[str, Taken]]:
        """Join records of another machine with what is known here; each id with what became of it.

        Both histories are kept, people's texts are never chosen between, and doing it again changes nothing.
        """
        waiting = iter(records)
        while several := list(islice(waiting, batch)):
            with self._writes(who) as writes:
                done = list(zip((one.id for one in several), take_in_all(writes, several), strict=True))
            if any(taken == "forgotten" for _, taken in done):
                self._tidy()
            yield from done

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
