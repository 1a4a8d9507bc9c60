"""What facts say, kept once: rows of ``facts`` name it by number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select

from ttdn_assets.catalogue.database import write_rows
from ttdn_assets.catalogue.rows import Whole
from ttdn_assets.catalogue.schema import claims, facts

Claim = tuple[str, str, str]
"""Kind, value, and term or an empty text."""

FACTS = select(facts.c.asset, facts.c.file, facts.c.source, claims.c.kind, claims.c.value, claims.c.term).join(
    claims, claims.c.number == facts.c.claim
)
NAMED = func.coalesce(func.nullif(claims.c.term, ""), claims.c.value)
"""What is said, by its term where it has one."""

_VALUES: BindParameter[Any] = bindparam("values", expanding=True)
_KNOWN = select(claims).where(claims.c.value.in_(_VALUES))
_LAST = select(func.coalesce(func.max(claims.c.number), 0))


def write_facts(connection: Connection, rows: Sequence[Whole]) -> None:
    """Insert rows of ``facts`` in which ``claim`` is a ``Claim`` still; the writers' lock must be held."""
    if rows:
        numbers = _numbers_of(connection, {claim for _, _, _, claim, _ in rows})
        numbered = [(asset, file, place, numbers[claim], source) for asset, file, place, claim, source in rows]
        write_rows(connection, facts, numbered)


def _numbers_of(connection: Connection, wanted: Collection[Claim]) -> dict[Claim, int]:
    rows = connection.execute(_KNOWN, {"values": sorted({value for _, value, _ in wanted})})
    numbers = {(row.kind, row.value, row.term): row.number for row in rows}
    if new := sorted(set(wanted) - numbers.keys()):
        last = connection.execute(_LAST).scalar_one()
        numbers |= {claim: number for number, claim in enumerate(new, start=last + 1)}
        fresh = [dict(zip(("number", "kind", "value", "term"), (numbers[one], *one), strict=True)) for one in new]
        write_rows(connection, claims, fresh)
    return numbers


def drop_unsaid(connection: Connection) -> None:
    """Delete what no fact says any more."""
    said = select(facts.c.claim).where(facts.c.claim == claims.c.number)
    connection.execute(delete(claims).where(~said.exists()))
