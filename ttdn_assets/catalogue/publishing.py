"""Write down where an asset went out, and strike what was written down by mistake; both stand in its history."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, func, select

from ttdn_assets.catalogue.publications import publication_name, publication_number, put_figures, put_publication
from ttdn_assets.catalogue.rows import after, storable
from ttdn_assets.catalogue.schema import history
from ttdn_assets.catalogue.schema_rights import publications
from ttdn_assets.catalogue.writes import Writes
from ttdn_assets.model import Publication


def publish(writes: Writes, said: Publication) -> bool:
    """Write down that an asset, named by its whole id, went out, with its figures; whether that was new."""
    one = msgspec.structs.replace(said, url=storable(said.url), who=writes.who, added_at=writes.at)
    number = publication_number(writes.connection, one)
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
    where = publications.c.number == publication_number(writes.connection, said)
    added_at = writes.connection.execute(select(publications.c.added_at).where(where)).scalar()
    if added_at is None:
        return False
    writes.connection.execute(delete(publications).where(where))
    writes.tell(said.asset, "unpublished", before=publication_name(said), at=after(writes.at, added_at))
    writes.flush()
    return True
