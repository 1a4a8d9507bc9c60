"""Texts that people wrote differently on different machines: kept side by side until one of them decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from ttdn_assets.catalogue.records import Rival
from ttdn_assets.catalogue.rows import Values, storable
from ttdn_assets.catalogue.schema_rights import rivals
from ttdn_assets.model import Finding

RIGHTS = ("rights", "")
"""The place, as field and language, where rights that differ stand among texts that do."""
_COLUMNS = ("field", "lang", "value", "origin", "engine", "status", "changed_at")


def rival_of(row: Any) -> Rival:
    """A row of ``rivals``."""
    return Rival(**{name: getattr(row, name) for name in _COLUMNS})


def rival_rows(number: int, found: Iterable[Rival]) -> list[Values]:
    """Rows of ``rivals``, in the order given."""
    return [
        {"asset": number, "position": position}
        | {name: getattr(one, name) for name in _COLUMNS}
        | {"value": storable(one.value)}
        for position, one in enumerate(found)
    ]


def rivals_at(connection: Connection, number: int, field: str, lang: str) -> list[Rival]:
    """What people wrote in this place of an asset; empty where they agree."""
    here = (rivals.c.asset == number, rivals.c.field == field, rivals.c.lang == lang)
    return [rival_of(row) for row in connection.execute(select(rivals).where(*here).order_by(rivals.c.position))]


def put_rivals(connection: Connection, number: int, found: Iterable[Rival]) -> None:
    """Put these in place of all rivals of an asset."""
    connection.execute(delete(rivals).where(rivals.c.asset == number))
    if rows := rival_rows(number, found):
        connection.execute(insert(rivals), rows)


def rival_findings(found: Iterable[Rival]) -> Iterator[Finding]:
    """``texts-differ`` or ``rights-differ`` for every place where people have not decided yet."""
    by_place: dict[tuple[str, str], list[str]] = {}
    for one in found:
        by_place.setdefault((one.field, one.lang), []).append(one.value)
    for (field, lang), values in by_place.items():
        if (field, lang) == RIGHTS:
            yield Finding(rule="rights-differ", level="warning", measured=len(values))
        else:
            yield Finding(rule="texts-differ", level="warning", subject=field, lang=lang, measured=" ≠ ".join(values))
