"""Find assets by words and filters, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, not_, or_, select, true

from ttdn_assets.catalogue.index import MARKS_TIER, SearchIndex
from ttdn_assets.catalogue.records import Hit, Query, SearchPage
from ttdn_assets.catalogue.schema import assets, facts, files, served, submitted, texts
from ttdn_assets.catalogue.words import Terms, parse_terms
from ttdn_assets.model import FactKind

Condition = ColumnElement[bool]


def search(connection: Connection, query: Query, *, index: SearchIndex) -> SearchPage:
    """The page of assets that match, by relevance, then the latest first.

    ``total`` counts all of them.  A text of punctuation alone finds nothing; an empty one finds all.
    """
    terms = parse_terms(query.text)
    offset = max(0, query.offset)
    if terms.hopeless:
        return SearchPage(total=0, offset=offset, hits=())
    found = _statement(query, terms, index)
    rows = connection.execute(found.limit(max(0, query.limit)).offset(offset)).all()
    total = rows[0].total if rows else _total(connection, found) if offset or query.limit <= 0 else 0
    numbers = [row.number for row in rows]
    titles, places = _titles(connection, numbers), _places(connection, numbers)
    hits = tuple(_hit(row, titles.get(row.number, {}), places.get(row.number)) for row in rows)
    return SearchPage(total=total, offset=offset, hits=hits)


def _statement(query: Query, terms: Terms, index: SearchIndex) -> Select[Any]:
    shown = (assets.c.number, assets.c.id, assets.c.kind, assets.c.taken_at, assets.c.review)
    latest = (func.coalesce(assets.c.taken_at, "").desc(), assets.c.number.desc())
    total = func.count().over().label("total")
    where = and_(true(), *_filters(query))
    if terms.unwanted:
        where = and_(where, assets.c.number.not_in(index.containing(terms.unwanted).columns(assets.c.number)))
    if not terms.wanted:
        return select(*shown, total, literal(0).label("tier")).where(where).order_by(*latest)
    matches = index.matching(terms)
    return (
        select(*shown, total, matches.c.tier)
        .join(matches, matches.c.asset == assets.c.number)
        .where(where)
        .order_by(matches.c.tier.desc(), matches.c.score, *latest)
    )


def _total(connection: Connection, found: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(found.order_by(None).subquery())).scalar_one()


def _filters(query: Query) -> list[Condition]:
    """The conditions of a query, without its text.

    Each is a set of its own, which a database reads once; asked asset by asset, SQLite took minutes over 20,000.
    """
    conditions: list[Condition] = []
    if query.kind:
        conditions.append(assets.c.kind == query.kind)
    if query.outcome:
        conditions.append(assets.c.status == query.outcome)
    if query.taken_from:
        conditions.append(assets.c.taken_at >= query.taken_from)
    if query.taken_to:
        conditions.append(func.substr(assets.c.taken_at, 1, len(query.taken_to)) <= query.taken_to)
    if query.target:
        conditions.append(_serves(query.target))
    if query.unused:
        conditions.append(assets.c.id.not_in(select(submitted.c.asset_id)))
    if query.missing is not None:
        present = select(files.c.asset).where(not_(files.c.missing))
        conditions.append(assets.c.number.not_in(present) if query.missing else assets.c.number.in_(present))
    kinds: tuple[tuple[FactKind, tuple[str, ...]], ...] = (
        ("place", query.places),
        ("topic", query.topics),
        ("event", query.events),
    )
    conditions += [_says(kind, values) for kind, values in kinds if values]
    return conditions + _word_filters(query)


def _word_filters(query: Query) -> list[Condition]:
    """A language asks for a text in it; with a status, that all its texts have it; a status alone is the asset's."""
    if query.language is None:
        return [assets.c.review == query.status] if query.status else []
    there = select(texts.c.asset).where(texts.c.lang == query.language)
    conditions: list[Condition] = [assets.c.number.in_(there)]
    if query.status:
        conditions.append(assets.c.number.not_in(there.where(texts.c.status != query.status)))
    return conditions


def _serves(target: str) -> Condition:
    name = served.c.placement if "." in target else served.c.platform
    return assets.c.number.in_(select(served.c.asset).where(name == target))


def _says(kind: FactKind, values: Sequence[str]) -> Condition:
    said = or_(facts.c.term.in_(values), facts.c.value.in_(values))
    return assets.c.number.in_(select(facts.c.asset).where(facts.c.kind == kind, said))


def _titles(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    chosen = select(texts.c.asset, texts.c.lang, texts.c.value).where(
        texts.c.field == "title", texts.c.asset.in_(numbers)
    )
    for row in connection.execute(chosen) if numbers else ():
        found.setdefault(row.asset, {})[row.lang] = row.value
    return found


def _places(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Where each asset lies: the present file seen last, else the missing one seen last, with whether it is missing."""
    chosen = (
        select(files.c.asset, files.c.path, files.c.missing)
        .where(files.c.asset.in_(numbers))
        .order_by(files.c.missing.desc(), files.c.seen_at, files.c.number)
    )
    rows = connection.execute(chosen) if numbers else ()
    return {row.asset: (row.path, row.missing) for row in rows}


def _hit(row: Any, titles: dict[str, str], place: tuple[str, bool] | None) -> Hit:
    path, missing = place or (None, True)
    return Hit(
        asset=row.id,
        kind=row.kind,
        taken_at=row.taken_at,
        review=row.review,
        path=path,
        missing=missing,
        titles=titles,
        exact=row.tier >= MARKS_TIER,
    )
