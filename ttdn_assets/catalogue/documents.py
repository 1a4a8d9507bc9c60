"""The search index within a transaction: new documents wait, those of changed assets are made anew at its end.

SQLite's index holds no text, so a document goes out of it only by its own words.  They are read from the tables before
these change and proved by the checksum kept with the asset; where it does not fit, as after a release that splits words
in another way, the whole index is written anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from ttdn_assets.catalogue.index import Document, SearchIndex
from ttdn_assets.catalogue.schema import assets
from ttdn_assets.catalogue.state import documents_of

_BATCH = 500
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_CHECKSUMS = select(assets.c.number, assets.c.document).where(assets.c.number.in_(_NUMBERS))
_SET_CHECKSUM = update(assets).where(assets.c.number == bindparam("mine")).values(document=bindparam("sum"))


class Documents:
    """What one transaction does to the index; the writers' lock must be held."""

    def __init__(self, connection: Connection, index: SearchIndex) -> None:
        """Nothing waits yet."""
        self._connection = connection
        self._index = index
        self._new: list[Document] = []
        self._before: dict[int, Document | None] = {}
        self._is_false = False

    def add(self, new: Document) -> None:
        """Let the document of a new asset wait, whose row holds its checksum."""
        self._new.append(new)

    def expect(self, numbers: Iterable[int]) -> None:
        """Let documents be made of assets that are not there yet."""
        self._before |= dict.fromkeys(numbers)

    def make_stale(self, numbers: Collection[int]) -> None:
        """Read the documents of assets that are about to change."""
        wanted = [one for one in numbers if one not in self._before]
        if not wanted:
            return
        checksums = dict(map(tuple, self._connection.execute(_CHECKSUMS, {"numbers": wanted})))
        for document in documents_of(self._connection, wanted):
            checksum = checksums.get(document.asset)
            self._before[document.asset] = None if checksum is None else document
            self._is_false |= checksum not in (None, document.checksum)

    def remove(self, number: int) -> None:
        """Take the document of an asset that is about to be deleted out."""
        self.make_stale([number])
        document = self._before.pop(number)
        if document and not self._is_false:
            self._index.remove(self._connection, document)

    def write(self) -> None:
        """Bring the index up to date with the tables."""
        self._index.write(self._connection, self._new)
        changed = [
            one for one in documents_of(self._connection, sorted(self._before)) if one != self._before[one.asset]
        ]
        if self._is_false:
            rebuild(self._connection, self._index)
        elif changed:
            known = (self._before[one.asset] for one in changed)
            self._index.write(self._connection, changed, instead_of=[one for one in known if one])
            _keep_checksums(self._connection, changed)
        self._new, self._before, self._is_false = [], {}, False


def rebuild(connection: Connection, index: SearchIndex) -> int:
    """Write the whole index anew from the tables; how many assets it holds."""
    index.clear(connection)
    numbers = list(connection.execute(select(assets.c.number).order_by(assets.c.number)).scalars())
    for start in range(0, len(numbers), _BATCH):
        documents = documents_of(connection, numbers[start : start + _BATCH])
        index.write(connection, documents)
        _keep_checksums(connection, documents)
    return len(numbers)


def _keep_checksums(connection: Connection, documents: Collection[Document]) -> None:
    connection.execute(_SET_CHECKSUM, [{"mine": one.asset, "sum": one.checksum} for one in documents])
