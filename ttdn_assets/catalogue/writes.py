"""What one transaction writes: rows that wait, lines of history, and the documents they make stale."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, select

from ttdn_assets.catalogue.claims import write_facts
from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.documents import Documents
from ttdn_assets.catalogue.index import Document, SearchIndex
from ttdn_assets.catalogue.merge import Key
from ttdn_assets.catalogue.records import Change, HistoryLine
from ttdn_assets.catalogue.rivals import RIGHTS, rivals_at
from ttdn_assets.catalogue.rows import Values, Whole, history_row, now
from ttdn_assets.catalogue.schema import (
    assets,
    facts,
    files,
    findings,
    history,
    looks,
    renditions,
    served,
    subjects,
    texts,
    versions,
)
from ttdn_assets.catalogue.schema_rights import rivals

_DROP_USELESS = delete(renditions).where(
    renditions.c.asset == bindparam("mine"),
    ~select(served.c.recipe)
    .where(served.c.asset == renditions.c.asset, served.c.recipe == renditions.c.recipe)
    .exists(),
)
_KEYS: dict[Table, tuple[str, ...]] = {
    texts: ("asset", "field", "lang"),
    subjects: ("asset",),
    renditions: ("asset", "recipe"),
    served: ("asset", "placement", "recipe"),
    looks: ("asset", "position"),
}
_ORDER = (assets, versions, files, facts, texts, subjects, renditions, served, findings, looks, history)


class Writes:
    """Rows that wait to be written, and the assets whose search document they change."""

    def __init__(self, connection: Connection, index: SearchIndex, *, who: str) -> None:
        """Nothing waits yet."""
        self.connection = connection
        self.who = who
        self.at = now()
        self.touched: set[int] = set()
        self._documents = Documents(connection, index)
        self._rows: dict[tuple[Table, bool], list[Any]] = {}
        self._useless: list[Values] = []

    def add(self, table: Table, rows: Iterable[Values | Whole], *, new: bool = False) -> None:
        """Let rows wait for ``flush``, which brings those up to date that are there; ``new`` promises that none is."""
        self._rows.setdefault((table, new), []).extend(rows)

    def add_document(self, new: Document) -> None:
        """Let the document of a new asset wait."""
        self._documents.add(new)

    def expect(self, numbers: Iterable[int]) -> None:
        """Say that assets of these numbers are about to be written of which there is no document yet."""
        self._documents.expect(numbers)

    def make_stale(self, *numbers: int) -> None:
        """Say before anything of these assets changes that their documents are to be made anew after it."""
        self._documents.make_stale(numbers)

    def remove_document(self, number: int) -> None:
        """Take the document of an asset that is about to go out of the index at once."""
        self._documents.remove(number)

    def drop_useless(self, number: int) -> None:
        """Renditions of this asset that serve no placement any more go when the new ones are there."""
        self._useless.append({"mine": number})

    def tell(
        self,
        asset_id: str,
        what: Change,
        *,
        key: Key | None = None,
        before: str | None = None,
        after: str | None = None,
        at: str | None = None,
    ) -> None:
        """Let a line of history wait."""
        line = HistoryLine(
            at=at or self.at,
            who=self.who,
            asset=asset_id,
            what=what,
            field=key[0] if key else None,
            lang=key[1] if key else None,
            before=before,
            after=after,
        )
        self.add(history, [history_row(line)])

    def tell_change(
        self, asset_id: str, place: tuple[str, str], *, before: str | None, after: str | None, at: str
    ) -> None:
        """Let a line wait that tells what stands in a place from ``at`` on: a text, or the rights."""
        if place == RIGHTS:
            self.tell(asset_id, "rights", before=before, after=after, at=at)
        else:
            self.tell(asset_id, "text", key=cast(Key, place), before=before, after=after, at=at)

    def flush(self) -> None:
        """Write everything that waits."""
        for table, new in product(_ORDER, (True, False)):
            rows = self._rows.pop((table, new), ())
            if table is facts:
                write_facts(self.connection, rows)
            else:
                write_rows(self.connection, table, rows, keys=() if new else _KEYS.get(table, ()))
        if self._useless:
            self.connection.execute(_DROP_USELESS, self._useless)
        self._documents.write()
        self._useless = []
        self.touched.clear()


def leave_rivals(
    writes: Writes, number: int, asset_id: str, place: tuple[str, str], *, shown: str | None, to: str | None, at: str
) -> None:
    """A person decided on ``to``: every other rival goes, each with its line of history; ``shown`` has its own."""
    field, lang = place
    found = rivals_at(writes.connection, number, field, lang)
    if not found:
        return
    here = (rivals.c.asset == number, rivals.c.field == field, rivals.c.lang == lang)
    writes.connection.execute(delete(rivals).where(*here))
    for value in dict.fromkeys(one.value for one in found):
        if value not in (shown, to):
            writes.tell_change(asset_id, place, before=value, after=to, at=at)
