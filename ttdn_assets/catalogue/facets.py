"""What an answer is made of: how many of the assets found are of each kind, status, year, place, topic, target."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.selectable import Subquery

from ttdn_assets.catalogue.claims import NAMED
from ttdn_assets.catalogue.index import SearchIndex
from ttdn_assets.catalogue.records import Query
from ttdn_assets.catalogue.schema import assets, claims, facts, served, texts
from ttdn_assets.catalogue.search import asked

_OF_ASSETS, _SAID = ("kind", "status", "year"), ("place", "topic", "event")
_ORDER = (*_OF_ASSETS, *_SAID, "language", "target")

Counted = tuple[str, str | None, int]
"""A facet, a value of it, and how many assets have it."""


def facets(connection: Connection, query: Query, *, index: SearchIndex, most: int) -> dict[str, dict[str, int]]:
    """By facet its most frequent values over all that the query finds, with how many assets have each.

    Places, topics and events are named by the id of their term where they have one, languages are those with a title.
    """
    wanted = asked(query, index)
    if wanted.terms.hopeless:
        return {}
    found = wanted.matching().subquery("found") if wanted.narrows else None
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for facet, value, count in chain(_kept(connection, found), _said(connection, found)):
        counts[facet][value or ""] += count
    return {facet: dict(_most(counts[facet], most)) for facet in _ORDER if facet in counts}


def _most(counted: Counter[str], most: int) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:most]


def _of(asset: Any, found: Subquery | None) -> list[Any]:
    """The condition that an asset is among those found, where these are not all."""
    return [] if found is None else [asset.in_(select(found.c.asset))]


def _kept(connection: Connection, found: Subquery | None) -> Iterator[Counted]:
    """Kinds, statuses, years, languages and targets: one pass over each table."""
    year = func.substr(assets.c.taken_at, 1, 4).label("year")
    of_assets = select(assets.c.kind, assets.c.review, year, func.count()).where(*_of(assets.c.number, found))
    for *values, count in connection.execute(of_assets.group_by(assets.c.kind, assets.c.review, "year")):
        yield from ((facet, value, count) for facet, value in zip(_OF_ASSETS, values, strict=True))
    titled = select(texts.c.lang, func.count()).where(texts.c.field == "title", *_of(texts.c.asset, found))
    made = select(served.c.platform, served.c.asset).where(*_of(served.c.asset, found)).distinct().subquery()
    by_target = select(made.c.platform, func.count()).group_by(made.c.platform)
    for facet, counted in (("language", titled.group_by(texts.c.lang)), ("target", by_target)):
        yield from ((facet, value, count) for value, count in connection.execute(counted))


def _said(connection: Connection, found: Subquery | None) -> Iterator[Counted]:
    """Places, topics and events; of several claims that go by one name each asset counts once."""
    pairs = select(facts.c.claim, facts.c.asset).where(*_of(facts.c.asset, found)).distinct()
    each = pairs.subquery()
    counts = dict(map(tuple, connection.execute(select(each.c.claim, func.count()).group_by(each.c.claim))))
    named: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, kind, name in connection.execute(select(claims.c.number, claims.c.kind, NAMED)):
        if number in counts and kind in _SAID:
            named[kind, name].append(number)
    several = {number: place for place, numbers in named.items() for number in numbers if len(numbers) > 1}
    united: dict[tuple[str, str], set[int]] = defaultdict(set)
    for claim, asset in connection.execute(pairs.where(facts.c.claim.in_(several))) if several else ():
        united[several[claim]].add(asset)
    for place, numbers in named.items():
        yield *place, len(united[place]) if place in united else counts[numbers[0]]
