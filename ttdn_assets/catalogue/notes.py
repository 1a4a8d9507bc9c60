"""Findings added to an asset after its run: what a translation made doubtful."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from ttdn_assets.catalogue.rows import finding_rows, from_json
from ttdn_assets.catalogue.schema import findings
from ttdn_assets.catalogue.state import number_of
from ttdn_assets.catalogue.writes import Writes
from ttdn_assets.model import Finding, Lang


def note(writes: Writes, asset: str, subject: str, lang: Lang, found: Sequence[Finding]) -> None:
    """Keep what was found of one text in one language, in place of what was found of it before."""
    number, _ = number_of(writes.connection, asset)
    mine = findings.c.asset == number
    rows = writes.connection.execute(select(findings.c.finding).where(mine).order_by(findings.c.position)).scalars()
    stored = [one for row in rows if (one := from_json(row, Finding))]
    kept = [one for one in stored if (one.subject, one.lang) != (subject, lang)]
    if [*kept, *found] == stored:
        return
    writes.connection.execute(delete(findings).where(mine))
    if values := finding_rows(number, [*kept, *found]):
        writes.connection.execute(insert(findings), values)
