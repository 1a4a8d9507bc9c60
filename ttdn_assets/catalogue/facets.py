"""What an answer is made of: how many of the assets found are of each kind, status, year, place, topic, target."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select
from sqlalchemy.sql.selectable import CTE

from ttdn_assets.catalogue.index import SearchIndex
from ttdn_assets.catalogue.records import Query
from ttdn_assets.catalogue.schema import assets, facts, served, texts
from ttdn_assets.catalogue.search import asked

_SAID = ("place", "topic", "event")
_ORDER = ("kind", "status", "year", *_SAID, "language", "target")


def facets(connection: Connection, query: Query, *, index: SearchIndex, most: int) -> dict[str, dict[str, int]]:
    """By facet its most frequent values over all that the query finds, with how many assets have each.

    Places, topics and events are named by the id of their term where they have one, languages are those with a title.
    """
    wanted = asked(query, index)
    if wanted.terms.hopeless:
        return {}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for statement in _statements(wanted.matching().cte("found")):
        for facet, value, count in connection.execute(statement):
            counts[facet][value or ""] += count
    return {facet: dict(_most(counts[facet], most)) for facet in _ORDER if facet in counts}


def _most(counted: Counter[str], most: int) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:most]


def _statements(found: CTE) -> Iterator[Select[Any]]:
    """One pass over each table: facet, value, number of assets."""
    numbers = select(found.c.asset)
    for facet, column in (
        ("kind", assets.c.kind),
        ("status", assets.c.review),
        ("year", func.substr(assets.c.taken_at, 1, 4)),
    ):
        counted = select(literal(facet), column.label("named"), func.count())
        yield counted.where(assets.c.number.in_(numbers)).group_by("named")
    value = func.coalesce(facts.c.term, facts.c.value).label("named")
    said = select(facts.c.kind, value, func.count(facts.c.asset.distinct()))
    yield said.where(facts.c.kind.in_(_SAID), facts.c.asset.in_(numbers)).group_by(facts.c.kind, "named")
    titled = select(literal("language"), texts.c.lang, func.count()).where(texts.c.field == "title")
    yield titled.where(texts.c.asset.in_(numbers)).group_by(texts.c.lang)
    made = select(literal("target"), served.c.platform, func.count(served.c.asset.distinct()))
    yield made.where(served.c.asset.in_(numbers)).group_by(served.c.platform)
