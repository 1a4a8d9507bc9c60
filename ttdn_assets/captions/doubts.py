"""What speaks against the facts of a file: sources that disagree, years counted wrong, names nobody has confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ttdn_assets.captions.date_words import shown
from ttdn_assets.captions.day import agree, parse_iso
from ttdn_assets.model import Fact, Finding
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.calendar import base_year

_COUNTED = re.compile(r"Kỷ niệm (\d+) năm ")


def doubts_about(facts: Sequence[Fact], terms: TermBase, *, subject: str) -> Iterator[Finding]:
    """A finding for each thing a person should look at; nothing is decided."""
    yield from _conflicts(facts, terms, subject)
    yield from _miscounted(facts, terms, subject)
    yield from _unconfirmed(facts, terms, subject)


def _conflicts(facts: Sequence[Fact], terms: TermBase, subject: str) -> Iterator[Finding]:
    dated = [(fact, day) for fact in facts if fact.kind == "date" and (day := parse_iso(fact.value))]
    for position, (fact, day) in enumerate(dated):
        for other, its_day in dated[position + 1 :]:
            if not agree(day, its_day):
                yield _conflict(subject, shown(day, "vi"), fact.source, shown(its_day, "vi"), other.source)
    placed = [(f, ids) for f in facts if f.kind in ("place", "event") and (ids := provinces_today(f, terms))]
    told: set[object] = set()
    for position, (fact, ids) in enumerate(placed):
        for other, its_ids in placed[position + 1 :]:
            sources = (fact.source, fact.part, other.source, other.part)
            apart = (other.source, other.part) != (fact.source, fact.part)
            if apart and not ids & its_ids and sources not in told:
                told.add(sources)
                yield _conflict(subject, fact.value, fact.source, other.value, other.source)


def _miscounted(facts: Sequence[Fact], terms: TermBase, subject: str) -> Iterator[Finding]:
    """Anniversaries whose number is not the years since the event, where a date tells the year."""
    days = [parse_iso(fact.value) for fact in facts if fact.kind == "date"]
    years = sorted({day.year for day in days if day and day.year})
    for fact in facts:
        told, term = _COUNTED.match(fact.value), terms.get(fact.term)
        base = base_year(term) if fact.kind == "event" and term else None
        if told and base and years and int(told[1]) not in [year - base for year in years]:
            counted = f"{years[-1]} - {base} = {years[-1] - base}"
            yield Finding(
                rule="facts-conflict",
                level="warning",
                subject=subject,
                measured=f"{fact.value} ({fact.source})",
                allowed=counted,
            )


def _unconfirmed(facts: Sequence[Fact], terms: TermBase, subject: str) -> Iterator[Finding]:
    """The names in other languages that nobody has confirmed yet."""
    for fact in facts:
        term = terms.get(fact.term)
        if term is not None and "doubt" in term.notes:
            names = f"{term.en} / {term.zh}"
            yield Finding(rule="term-to-confirm", level="info", subject=subject, measured=term.vi, allowed=names)


def provinces_today(fact: Fact, terms: TermBase) -> set[str]:
    """The provinces of today in which the place of a fact lies."""
    term = terms.get(fact.term)
    return {terms.today(terms[p]).id for p in term.provinces if p in terms.terms} if term else set()


def _conflict(subject: str, one: str, its_source: str, other: str, other_source: str) -> Finding:
    measured, allowed = f"{one} ({its_source})", f"{other} ({other_source})"
    return Finding(rule="facts-conflict", level="warning", subject=subject, measured=measured, allowed=allowed)
