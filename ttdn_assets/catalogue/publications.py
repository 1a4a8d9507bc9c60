"""Where assets went out, and what they reached there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, delete, func, select

from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.rows import after, storable
from ttdn_assets.catalogue.schema import history
from ttdn_assets.catalogue.schema_rights import figures, publications
from ttdn_assets.model import Publication, Reach

if TYPE_CHECKING:
    from ttdn_assets.catalogue.record import Writes

COUNTED = ("views", "likes", "comments", "shares", "reach")
_KEY = ("asset_id", "target", "at", "url")


def publication_name(one: Publication) -> str:
    """A publication as a line of history names it."""
    return " ".join(part for part in (one.target, one.at, one.url) if part)


def publish(writes: Writes, said: Publication) -> bool:
    """Write down that an asset, named by its whole id, went out, with its figures; whether that was new."""
    one = msgspec.structs.replace(said, url=storable(said.url), who=writes.who, added_at=writes.at)
    number = _number(writes.connection, one)
    if number is None:
        struck = (history.c.asset_id == one.asset, history.c.what == "unpublished")
        last = writes.connection.execute(select(func.max(history.c.at)).where(*struck)).scalar()
        one = msgspec.structs.replace(one, added_at=after(writes.at, last))
        put_publication(writes.connection, one)
        writes.tell(one.asset, "published", after=publication_name(one))
        writes.flush()
    else:
        put_figures(writes.connection, number, one.figures)
    return number is None


def withdraw(writes: Writes, said: Publication) -> bool:
    """Strike a publication that was written down by mistake; whether there was one."""
    where = publications.c.number == _number(writes.connection, said)
    added_at = writes.connection.execute(select(publications.c.added_at).where(where)).scalar()
    if added_at is None:
        return False
    writes.connection.execute(delete(publications).where(where))
    writes.tell(said.asset, "unpublished", before=publication_name(said), at=after(writes.at, added_at))
    writes.flush()
    return True


def put_publication(connection: Connection, one: Publication) -> None:
    """Write the rows of a publication; one that is there gets its figures."""
    row = {"asset_id": one.asset, "target": one.target, "at": one.at, "url": one.url}
    write_rows(connection, publications, [row | {"who": one.who, "added_at": one.added_at}], keys=_KEY)
    number = _number(connection, one)
    assert number is not None
    put_figures(connection, number, one.figures)


def put_figures(connection: Connection, number: int, counted: Sequence[Reach]) -> None:
    """Write figures; those of the same day complete what is known of it, the new ones winning."""
    known = {row.at: row for row in connection.execute(select(figures).where(figures.c.publication == number))}
    rows = []
    for one in counted:
        before = known.get(one.at)
        values = {name: getattr(one, name) for name in COUNTED}
        kept = {name: getattr(before, name, None) for name in COUNTED}
        rows.append(
            {"publication": number, "at": one.at}
            | {name: kept[name] if value is None else value for name, value in values.items()}
        )
    write_rows(connection, figures, rows, keys=("publication", "at"))


def publications_of(connection: Connection, ids: Sequence[str] | None = None) -> list[Publication]:
    """The publications of these assets, or all, oldest first."""
    chosen = select(publications).order_by(publications.c.at, publications.c.number)
    counted = select(figures).order_by(figures.c.publication, figures.c.at)
    if ids is not None:
        chosen = chosen.where(publications.c.asset_id.in_(ids))
        mine = select(publications.c.number).where(publications.c.asset_id.in_(ids))
        counted = counted.where(figures.c.publication.in_(mine))
    by_number: dict[int, list[Reach]] = {}
    for row in connection.execute(counted):
        values = {name: getattr(row, name) for name in COUNTED}
        by_number.setdefault(row.publication, []).append(Reach(at=row.at, **values))
    return [
        Publication(
            asset=row.asset_id,
            target=row.target,
            at=row.at,
            url=row.url,
            who=row.who,
            added_at=row.added_at,
            figures=tuple(by_number.get(row.number, ())),
        )
        for row in connection.execute(chosen)
    ]


def _number(connection: Connection, one: Publication) -> int | None:
    values = (one.asset, one.target, one.at, one.url)
    here = [publications.c[name] == value for name, value in zip(_KEY, values, strict=True)]
    return connection.execute(select(publications.c.number).where(*here)).scalar()
