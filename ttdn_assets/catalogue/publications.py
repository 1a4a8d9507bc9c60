"""Where assets went out, and what they reached there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.schema_rights import figures, publications
from ttdn_assets.model import Publication, Reach

COUNTED = ("views", "likes", "comments", "shares", "reach")
_KEY = ("asset_id", "target", "at", "url")


def publication_name(one: Publication) -> str:
    """A publication as a line of history names it."""
    return " ".join(part for part in (one.target, one.at, one.url) if part)


def put_publication(connection: Connection, one: Publication) -> None:
    """Write the rows of a publication; one that is there gets its figures."""
    row = {"asset_id": one.asset, "target": one.target, "at": one.at, "url": one.url}
    write_rows(connection, publications, [row | {"who": one.who, "added_at": one.added_at}], keys=_KEY)
    number = publication_number(connection, one)
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


def publication_number(connection: Connection, one: Publication) -> int | None:
    """The number of a publication's row; ``None`` where it is not written down."""
    values = (one.asset, one.target, one.at, one.url)
    here = [publications.c[name] == value for name, value in zip(_KEY, values, strict=True)]
    return connection.execute(select(publications.c.number).where(*here)).scalar()
