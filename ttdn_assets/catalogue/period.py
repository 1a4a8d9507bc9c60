"""What the catalogue holds of a period, counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select

from ttdn_assets.catalogue.claims import NAMED
from ttdn_assets.catalogue.publications import COUNTED
from ttdn_assets.catalogue.schema import (
    assets,
    claims,
    facts,
    files,
    history,
    renditions,
    served,
    submissions,
    submitted,
    texts,
)
from ttdn_assets.catalogue.schema_rights import figures, publications, rights
from ttdn_assets.model import LanguageWork, MonthWork, Period, PeriodCounts, TargetWork

MOST = 20
"""How many places, topics and events are told by name."""

_DAY = dt.timedelta(days=1)


class Span(NamedTuple):
    """A period as the catalogue writes times, and the assets of the unit that is asked for."""

    first: str
    end: str
    zone: dt.tzinfo
    mine: ColumnElement[bool]

    def holds(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether a UTC time lies in the period."""
        return and_(column >= self.first, column < self.end)

    def added(self) -> ColumnElement[bool]:
        """Whether an asset of the unit was added in the period."""
        return and_(self.holds(assets.c.added_at), self.mine)


def count_period(
    connection: Connection, period: Period, *, zone: dt.tzinfo, owner: str | None, own: bool
) -> PeriodCounts:
    """Count a period whose days begin at midnight in ``zone``.

    Args:
        connection: the catalogue's.
        period: which days.
        zone: where the days begin.
        owner: only assets whose rights record names this owner; all where ``None``.
        own: whether assets without an owner belong to ``owner``.
    """
    span = Span(_midnight(period.first, zone), _midnight(period.last + _DAY, zone), zone, _owned_by(owner, own=own))
    kinds = _pairs(connection, select(assets.c.kind, func.count()).where(span.added()).group_by(assets.c.kind))
    made: Any = connection.execute(
        _of_added(select(func.count(), _sum(renditions.c.size_bytes)), renditions, span)
    ).one()
    original_bytes = connection.execute(_of_added(select(_sum(files.c.size_bytes)), files, span)).scalar_one()
    return PeriodCounts(
        photos=kinds.get("photo", 0),
        videos=kinds.get("video", 0),
        original_bytes=int(original_bytes),
        rendition_files=made[0],
        rendition_bytes=int(made[1]),
        approved=_decided(connection, "approved", span),
        rejected=_decided(connection, "rejected", span),
        owners=_owners(connection, span, sum(kinds.values())),
        places=_facts(connection, "place", span),
        topics=_facts(connection, "topic", span),
        events=_facts(connection, "event", span),
        languages=_languages(connection, span),
        targets=_targets(connection, period, span),
        months=_months(connection, period, span),
    )


def _midnight(day: dt.date, zone: dt.tzinfo) -> str:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC).isoformat(timespec="milliseconds")


def _owned_by(owner: str | None, *, own: bool) -> ColumnElement[bool]:
    if owner is None:
        return assets.c.number == assets.c.number
    named = msgspec.json.encode({"owner": owner}).decode()[1:-1]
    theirs = select(rights.c.asset).where(rights.c.record.contains(named, autoescape=True))
    somebody = select(rights.c.asset).where(not_(rights.c.record.contains('"owner":""', autoescape=True)))
    is_theirs = assets.c.number.in_(theirs)
    return or_(is_theirs, assets.c.number.not_in(somebody)) if own else is_theirs


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


def _of_added(chosen: Any, table: Any, span: Span) -> Select[Any]:
    """What is chosen from the rows of ``table`` that belong to assets added in the period."""
    of_assets: Select[Any] = chosen.select_from(table.join(assets, assets.c.number == table.c.asset))
    return of_assets.where(span.added())


def _pairs(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    return {str(name): int(number) for name, number in connection.execute(statement) if name is not None}


def _decided(connection: Connection, status: str, span: Span) -> int:
    said = select(func.count(history.c.asset_id.distinct())).where(
        history.c.what == "status", history.c.after == status, span.holds(history.c.at), _is_mine(history, span)
    )
    return int(connection.execute(said).scalar_one())


def _is_mine(table: Any, span: Span) -> ColumnElement[bool]:
    return table.c.asset_id.in_(select(assets.c.id).where(span.mine))  # type: ignore[no-any-return]  # a table is Any


def _owners(connection: Connection, span: Span, total: int) -> dict[str, int]:
    rows = connection.execute(_of_added(select(rights.c.record), rights, span)).scalars()
    named = Counter(owner for row in rows if (owner := msgspec.json.decode(row).get("owner")))
    rest = total - named.total()
    return ({"": rest} if rest else {}) | dict(named.most_common(MOST))


def _facts(connection: Connection, kind: str, span: Span) -> dict[str, int]:
    number = func.count(facts.c.asset.distinct())
    chosen = _of_added(select(NAMED, number), facts, span).where(
        facts.c.claim == claims.c.number, claims.c.kind == kind
    )
    return _pairs(connection, chosen.group_by(NAMED).order_by(number.desc(), NAMED).limit(MOST))


def _languages(connection: Connection, span: Span) -> dict[str, LanguageWork]:
    chosen = _of_added(select(texts.c.lang, func.count()), texts, span).where(texts.c.field == "title")
    titled = _pairs(connection, chosen.group_by(texts.c.lang))
    approved = _pairs(connection, chosen.where(texts.c.status == "approved").group_by(texts.c.lang))
    return {lang: LanguageWork(titled=number, approved=approved.get(lang, 0)) for lang, number in titled.items()}


def _targets(connection: Connection, period: Period, span: Span) -> dict[str, TargetWork]:
    distinct = func.count(served.c.asset.distinct())
    rendered = _pairs(
        connection, _of_added(select(served.c.platform, distinct), served, span).group_by(served.c.platform)
    )
    bags = select(submissions.c.target, func.count(submitted.c.asset_id.distinct())).join(
        submitted, submitted.c.submission == submissions.c.number
    )
    sent = _pairs(
        connection,
        bags.where(span.holds(submissions.c.created_at), _is_mine(submitted, span)).group_by(submissions.c.target),
    )
    shown, reached = Counter[str](), dict[str, Counter[str]]()
    for row in connection.execute(_published(period, span)):
        shown[_platform(row.target)] += 1
        reached.setdefault(_platform(row.target), Counter()).update({name: getattr(row, name) or 0 for name in COUNTED})
    by_platform = _summed(sent)
    return {
        name: TargetWork(
            rendered=rendered.get(name, 0),
            submitted=by_platform.get(name, 0),
            published=shown[name],
            **{key: reached.get(name, Counter())[key] for key in ("views", "likes", "shares", "reach")},
        )
        for name in sorted(rendered.keys() | by_platform.keys() | shown.keys())
    }


def _published(period: Period, span: Span) -> Select[Any]:
    """The publications of the period, each with the figures of the last day on which they were counted."""
    latest = (
        select(func.max(figures.c.at))
        .where(figures.c.publication == publications.c.number)
        .correlate(publications)
        .scalar_subquery()
    )
    counted = publications.outerjoin(
        figures, and_(figures.c.publication == publications.c.number, figures.c.at == latest)
    )
    day = func.substr(publications.c.at, 1, 10)
    return (
        select(publications.c.target, publications.c.at, *(figures.c[name] for name in COUNTED))
        .select_from(counted)
        .where(day >= period.first.isoformat(), day <= period.last.isoformat(), _is_mine(publications, span))
    )


def _platform(target: str) -> str:
    return target.partition(".")[0]


def _summed(sent: Mapping[str, int]) -> dict[str, int]:
    """Targets that are placements count for their platform."""
    found = Counter[str]()
    for target, number in sent.items():
        found[_platform(target)] += number
    return dict(found)


def _months(connection: Connection, period: Period, span: Span) -> tuple[MonthWork, ...]:
    def local(at: str) -> dt.date:
        return dt.datetime.fromisoformat(at).astimezone(span.zone).date().replace(day=1)

    added = _by_month(connection.execute(select(assets.c.added_at).where(span.added())).scalars(), local)
    approvals = select(history.c.asset_id, history.c.at).where(
        history.c.what == "status", history.c.after == "approved", span.holds(history.c.at), _is_mine(history, span)
    )
    approved = Counter(month for _, month in {(row.asset_id, local(row.at)) for row in connection.execute(approvals)})
    days = (row.at[:10] for row in connection.execute(_published(period, span)))
    published = _by_month(days, lambda day: dt.date.fromisoformat(day).replace(day=1))
    return tuple(
        MonthWork(month=month, added=added[month], approved=approved[month], published=published[month])
        for month in _months_of(period)
    )


def _by_month(moments: Iterable[str], month_of: Callable[[str], dt.date]) -> Counter[dt.date]:
    return Counter(map(month_of, moments))


def _months_of(period: Period) -> Iterable[dt.date]:
    month = period.first.replace(day=1)
    while month <= period.last:
        yield month
        month = (month + 31 * _DAY).replace(day=1)


def count_by_event(connection: Connection, events: Sequence[str]) -> dict[str, tuple[int, int]]:
    """By term id of an event: how many assets tell of it, and how many of them were never published."""
    number = func.count(facts.c.asset.distinct())
    chosen = (
        select(claims.c.term, number)
        .select_from(claims.join(facts, facts.c.claim == claims.c.number))
        .join(assets, assets.c.number == facts.c.asset)
        .where(claims.c.kind == "event", claims.c.term.in_(events))
        .group_by(claims.c.term)
    )
    all_of = _pairs(connection, chosen)
    unused = _pairs(connection, chosen.where(assets.c.id.not_in(select(publications.c.asset_id))))
    return {event: (total, unused.get(event, 0)) for event, total in all_of.items()}
