"""The rights of an asset: who may change them, and what a sheet says again."""

from __future__ import annotations

from sqlalchemy import select

from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.rivals import RIGHTS, rivals_at
from ttdn_assets.catalogue.rows import after, from_json, storable, to_json
from ttdn_assets.catalogue.schema_rights import rights
from ttdn_assets.catalogue.state import number_of
from ttdn_assets.catalogue.writes import Writes, leave_rivals
from ttdn_assets.decoding import decode
from ttdn_assets.model import Rights


def set_rights(writes: Writes, asset: str, record: Rights) -> bool:
    """Put a rights record in place; whether it changed."""
    return change_rights(writes, *number_of(writes.connection, asset), record)


def change_rights(writes: Writes, number: int, asset_id: str, said: Rights, *, from_sheet: bool = False) -> bool:
    """Put rights in place, or let a sheet complete them; whether they changed.  What a sheet says again is no news."""
    row = writes.connection.execute(select(rights).where(rights.c.asset == number)).first()
    if from_sheet and row is not None and row.offered == to_json(said):
        return False
    known = from_json(row.record, Rights) if row else None
    new = storable(to_json(said.over(known or Rights()) if from_sheet else said))
    old, offered = (row.record, row.offered) if row else (None, None)
    rivals = rivals_at(writes.connection, number, *RIGHTS)
    changes = new != old or bool(rivals)
    at = after(writes.at, *(one.changed_at for one in rivals), row.changed_at if row else None)
    values = rights_row(number, new, changed_at=at if changes or row is None else row.changed_at)
    write_rows(
        writes.connection, rights, [values | {"offered": to_json(said) if from_sheet else offered}], keys=("asset",)
    )
    if changes:
        if new != old:
            writes.tell_change(asset_id, RIGHTS, before=old, after=new, at=at)
        leave_rivals(writes, number, asset_id, RIGHTS, shown=old, to=new, at=at)
        writes.flush()
    return changes


def rights_row(number: int, record: str, *, changed_at: str) -> dict[str, object]:
    """A row of ``rights``, without what a sheet said, for a record as JSON."""
    consents = decode(record, Rights).consents
    until = min((one.until for one in consents if one.until), default=None)
    return {"asset": number, "record": record, "consent_until": until and until[:40], "changed_at": changed_at}
