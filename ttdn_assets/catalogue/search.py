"""Find assets by words and filters, best first, a page at a time.

The words are sought tier by tier (``index.tiers_of``), and only those tiers are scored that the page reaches into.
Where more than ``LARGE_FROM`` assets match, the ``SCORED`` of each tier that came last into the catalogue are put in
order of relevance; the others follow, the latest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, func, not_, or_, select
from sqlalchemy.sql.selectable import Subquery

from ttdn_assets.catalogue.index import MARKS, SearchIndex, tiers_of
from ttdn_assets.catalogue.records import Hit, Query, SearchPage
from ttdn_assets.catalogue.schema import assets, claims, collected, collections, facts, files, served, texts
from ttdn_assets.catalogue.schema_rights import publications
from ttdn_assets.catalogue.words import Terms, parse_terms
from ttdn_assets.model import FIELDS, FactKind

LARGE_FROM, SCORED = 5_000, 2_000
_WORST = 0
"""No score of either index is above it."""
_DATE = func.coalesce(assets.c.taken_at, "")

_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_ROWS = select(assets.c.number, assets.c.id, assets.c.kind, assets.c.taken_at, assets.c.review).where(
    assets.c.number.in_(_NUMBERS)
)
_TITLES = select(texts.c.asset, texts.c.lang, texts.c.value).where(
    texts.c.field == "title", texts.c.asset.in_(_NUMBERS)
)
_PLACES = (
    select(files.c.asset, files.c.path, files.c.missing)
    .where(files.c.asset.in_(_NUMBERS))
    .order_by(files.c.missing.desc(), files.c.seen_at, files.c.number)
)

Condition = ColumnElement[bool]


class Asked(NamedTuple):
    """A query taken apart: its words, what else must hold, and the index to ask."""

    terms: Terms
    conditions: tuple[Condition, ...]
    documents: SearchIndex

    @property
    def narrows(self) -> bool:
        """Whether it asks for less than everything."""
        return bool(self.terms.wanted or self.conditions)

    def matching(self, tier: int = 0, *, scored: bool = False, since: int = 0) -> Select[Any]:
        """The assets that match as ``asset, score``."""
        if not self.terms.wanted:
            return select(assets.c.number.label("asset")).where(*self.conditions)
        found = self.documents.matching(self.terms, tier, scored=scored, since=since)
        return self._filtered(select(found.c.asset, found.c.score), found)

    def newest(self, tier: int, count: int, *, scored: bool = False) -> Select[Any]:
        """Those of the assets that match whose numbers are the ``count`` highest, as ``asset, score``."""
        inside = None if self.conditions else count
        found = self.documents.matching(self.terms, tier, scored=scored, newest=inside)
        return self._filtered(select(found.c.asset, found.c.score), found).order_by(found.c.asset.desc()).limit(count)

    def _filtered(self, chosen: Select[Any], found: Subquery) -> Select[Any]:
        if not self.conditions:
            return chosen
        return chosen.join(assets, assets.c.number == found.c.asset).where(*self.conditions)


def asked(query: Query, index: SearchIndex) -> Asked:
    """The query taken apart."""
    terms = parse_terms(query.text)
    conditions = _filters(query)
    if terms.unwanted:
        conditions.append(assets.c.number.not_in(index.containing(terms.unwanted).columns(assets.c.number)))
    return Asked(terms, tuple(conditions), index)


def search(connection: Connection, query: Query, *, index: SearchIndex) -> SearchPage:
    """The page of assets that match, by relevance, then the latest first.

    ``total`` counts all of them.  A text of punctuation alone finds nothing; an empty one finds all.
    """
    wanted = asked(query, index)
    offset, limit = max(0, query.offset), max(0, query.limit)
    if wanted.terms.hopeless:
        return SearchPage(total=0, offset=offset, hits=())
    if wanted.terms.wanted:
        index.begin(connection)
    total = _count(connection, wanted.matching())
    if wanted.terms.wanted:
        ranked = _ranked(connection, wanted, total, count=min(total, offset + limit))
        tier_of = dict(list(ranked.items())[offset:])
    else:
        latest = wanted.matching().order_by(_DATE.desc(), assets.c.number.desc()).limit(limit).offset(offset)
        tier_of = dict.fromkeys(connection.execute(latest).scalars(), 0)
    return SearchPage(total=total, offset=offset, hits=_hits(connection, tier_of))


def _count(connection: Connection, found: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()


def _ranked(connection: Connection, wanted: Asked, total: int, *, count: int) -> dict[int, int]:
    """The first ``count`` assets, best first, each with its tier.

    What matches a better tier also matches the lesser ones, so it is asked for again there and passed over.
    """
    ranked: dict[int, int] = {}
    for tier in tiers_of(wanted.terms):
        if len(ranked) < count:
            numbers = _best(connection, wanted, tier, count, is_large=total > LARGE_FROM)
            ranked |= dict.fromkeys([one for one in numbers if one not in ranked][: count - len(ranked)], tier)
    return ranked


def _best(connection: Connection, wanted: Asked, tier: int, count: int, *, is_large: bool) -> list[int]:
    """The first of one tier: by score, then date; of a large answer the newest so, then the others, latest first."""
    if not is_large:
        return _in_order(connection, wanted.matching(tier, scored=True), count)
    if not wanted.conditions and count <= SCORED:
        return _in_order(connection, wanted.newest(tier, SCORED, scored=True), count)
    since = min(connection.execute(wanted.newest(tier, SCORED)).scalars(), default=None)
    if since is None:
        return []
    scored = _in_order(connection, wanted.matching(tier, scored=True, since=since), min(count, SCORED))
    if len(scored) == count:
        return scored
    older = connection.execute(wanted.newest(tier, count)).scalars()
    return scored + [one for one in older if one < since]


def _in_order(connection: Connection, found: Select[Any], count: int) -> list[int]:
    """The first ``count`` assets by score, then date.

    All are scored once; dates, which cost as much to look up, only of those that reach the score of the last one.
    """
    scored = found.cte("scored")
    last = select(scored.c.score).order_by(scored.c.score).limit(1).offset(max(0, count - 1)).scalar_subquery()
    reaching = select(scored.c.asset).join(assets, assets.c.number == scored.c.asset)
    best = reaching.where(scored.c.score <= func.coalesce(last, _WORST))
    in_order = best.order_by(scored.c.score, _DATE.desc(), scored.c.asset.desc()).limit(count)
    return list(connection.execute(in_order).scalars())


def _hits(connection: Connection, tier_of: dict[int, int]) -> tuple[Hit, ...]:
    numbers = list(tier_of)
    if not numbers:
        return ()
    rows = {row.number: row for row in connection.execute(_ROWS, {"numbers": numbers})}
    titles, places = _titles(connection, numbers), _places(connection, numbers)
    return tuple(
        _hit(rows[number], titles.get(number, {}), places.get(number), tier=tier) for number, tier in tier_of.items()
    )


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
        conditions.append(assets.c.id.not_in(_used(query.target)))
    if query.collection:
        conditions.append(assets.c.number.in_(_of_collection(query.collection)))
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
    there = select(texts.c.asset).where(texts.c.field.in_(FIELDS), texts.c.lang == query.language)
    conditions: list[Condition] = [assets.c.number.in_(there)]
    if query.status:
        conditions.append(assets.c.number.not_in(there.where(texts.c.status != query.status)))
    return conditions


def _used(target: str | None) -> Select[Any]:
    """The assets that went out; with a target, to it, or to the whole platform it is of, or to a part of it."""
    published = select(publications.c.asset_id)
    if not target:
        return published
    platform = target.partition(".")[0]
    within = publications.c.target.startswith(f"{target}.", autoescape=True)
    return published.where(or_(publications.c.target.in_([target, platform]), within))


def _serves(target: str) -> Condition:
    name = served.c.placement if "." in target else served.c.platform
    return assets.c.number.in_(select(served.c.asset).where(name == target))


def _says(kind: FactKind, values: Sequence[str]) -> Condition:
    said = or_(claims.c.term.in_(values), claims.c.value.in_(values))
    saying = select(claims.c.number).where(claims.c.kind == kind, said)
    return assets.c.number.in_(select(facts.c.asset).where(facts.c.claim.in_(saying)))


def _of_collection(name: str) -> Select[Any]:
    joined = select(collected.c.asset).join(collections, collections.c.number == collected.c.collection)
    return joined.where(collections.c.name == name)


def _titles(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(_TITLES, {"numbers": numbers}):
        found.setdefault(row.asset, {})[row.lang] = row.value
    return found


def _places(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Where each asset lies: the present file seen last, else the missing one seen last, with whether it is missing."""
    return {row.asset: (row.path, row.missing) for row in connection.execute(_PLACES, {"numbers": numbers})}


def _hit(row: Any, titles: dict[str, str], place: tuple[str, bool] | None, *, tier: int) -> Hit:
    path, missing = place or (None, True)
    return Hit(
        asset=row.id,
        kind=row.kind,
        taken_at=row.taken_at,
        review=row.review,
        path=path,
        missing=missing,
        titles=titles,
        exact=tier >= MARKS,
    )
