"""Named collections: assets a person chose, in their order, or a search kept under a name."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from ttdn_assets.catalogue.database import Database
from ttdn_assets.catalogue.index import SearchIndex
from ttdn_assets.catalogue.records import Collection, Query
from ttdn_assets.catalogue.rows import from_json, now, storable, to_json
from ttdn_assets.catalogue.schema import assets, collected, collections
from ttdn_assets.catalogue.search import search
from ttdn_assets.catalogue.state import number_of
from ttdn_assets.errors import UsageError

_EVERYTHING = 10_000_000


class Collections:
    """The collections of an open catalogue; each method is one transaction.

    Where a name must be known, ``UsageError`` says ``collection-unknown`` if it is not.
    """

    def __init__(self, database: Database, index: SearchIndex) -> None:
        """Use ``Catalogue.collections`` instead."""
        self._database = database
        self._index = index

    def add(self, name: str, ids: Sequence[str], *, who: str) -> int:
        """Add assets to a collection, made where there is none; how many it did not hold yet.

        Raises:
            UsageError: ``collection-is-search`` where the name is a saved search's, ``collection-name`` where it is
                none, ``asset-unknown`` or ``asset-ambiguous``.
        """
        with self._database.writing() as connection:
            number, query = _opened(connection, name, who=who)
            if query is not None:
                raise UsageError("collection-is-search", {"name": name})
            mine = collected.c.collection == number
            held = set(connection.execute(select(collected.c.asset).where(mine)).scalars())
            last = connection.execute(select(func.coalesce(func.max(collected.c.position), 0)).where(mine)).scalar_one()
            wanted = dict.fromkeys(number_of(connection, one)[0] for one in ids)
            fresh = [one for one in wanted if one not in held]
            for position, one in enumerate(fresh, start=last + 1):
                connection.execute(insert(collected), {"collection": number, "asset": one, "position": position})
        return len(fresh)

    def leave_out(self, name: str, ids: Sequence[str]) -> int:
        """Take assets out of a collection; how many it held."""
        with self._database.writing() as connection:
            whole = select(collections.c.number).where(collections.c.name == _named(connection, name).name)
            numbers = [number_of(connection, one)[0] for one in ids]
            mine = collected.c.collection == whole.scalar_subquery()
            return connection.execute(delete(collected).where(mine, collected.c.asset.in_(numbers))).rowcount

    def save(self, name: str, query: Query, *, who: str) -> None:
        """Keep a search under a name, in place of the one it had; its page is not kept.

        Raises:
            UsageError: ``collection-holds-assets`` where the name is that of chosen assets, ``collection-name``.
        """
        plain = msgspec.structs.replace(query, offset=0, limit=Query().limit)
        with self._database.writing() as connection:
            number, _ = _opened(connection, name, who=who)
            if connection.execute(select(collected.c.asset).where(collected.c.collection == number).limit(1)).first():
                raise UsageError("collection-holds-assets", {"name": name})
            connection.execute(update(collections).where(collections.c.number == number), {"query": to_json(plain)})

    def drop(self, name: str) -> None:
        """Take a collection away; its assets stay."""
        with self._database.writing() as connection:
            connection.execute(delete(collections).where(collections.c.name == _named(connection, name).name))

    def all(self) -> list[Collection]:
        """All collections by name."""
        with self._database.reading() as connection:
            return _all(connection)

    def get(self, name: str) -> Collection:
        """The collection of that name."""
        with self._database.reading() as connection:
            return _named(connection, name)

    def ids(self, name: str) -> list[str]:
        """The ids of its assets: in the order they were added, or as its search finds them now."""
        with self._database.reading() as connection:
            found = _named(connection, name)
            if found.query is not None:
                whole = msgspec.structs.replace(found.query, limit=_EVERYTHING)
                return [hit.asset for hit in search(connection, whole, index=self._index).hits]
            joined = (
                select(assets.c.id)
                .join(collected, collected.c.asset == assets.c.number)
                .join(collections, collections.c.number == collected.c.collection)
                .where(collections.c.name == found.name)
            )
            return list(connection.execute(joined.order_by(collected.c.position)).scalars())


def _all(connection: Connection) -> list[Collection]:
    held = select(collected.c.collection, func.count().label("held")).group_by(collected.c.collection).subquery()
    joined = select(collections, held.c.held).join(held, held.c.collection == collections.c.number, isouter=True)
    return [
        Collection(
            name=row.name,
            query=from_json(row.query, Query),
            assets=row.held or 0,
            created_at=row.created_at,
            who=row.who,
        )
        for row in connection.execute(joined.order_by(collections.c.name))
    ]


def _named(connection: Connection, name: str) -> Collection:
    wanted = storable(name).strip()
    found = next((one for one in _all(connection) if one.name == wanted), None)
    if found is None:
        raise UsageError("collection-unknown", {"name": name})
    return found


def _opened(connection: Connection, name: str, *, who: str) -> tuple[int, str | None]:
    """The number and the query of a collection that is there or made now."""
    wanted = storable(name).strip()
    if not wanted or wanted.startswith("-"):
        raise UsageError("collection-name", {"name": name})
    chosen = select(collections.c.number, collections.c.query).where(collections.c.name == wanted)
    row = connection.execute(chosen).first()
    if row is None:
        connection.execute(insert(collections), {"name": wanted, "created_at": now(), "who": storable(who)})
        row = connection.execute(chosen).one()
    return row.number, row.query
