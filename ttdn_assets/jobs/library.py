"""A library opened to be looked at: search, one asset, the history, a report."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetRecord, HistoryLine, Query, SearchPage
from ttdn_assets.errors import UsageError
from ttdn_assets.model import count_levels
from ttdn_assets.settings import SETTINGS_FILE, Library, load_library
from ttdn_assets.stores import Store, open_store

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue
    from ttdn_assets.terms import TermBase


def open_library(folder: Path | None = None) -> Library:
    """The library that is there: at ``folder``, else where ``settings.find_library`` looks.

    Raises:
        UsageError: ``library-missing`` where there is none, ``settings-invalid``.
    """
    library = load_library(folder)
    if not (library.root / SETTINGS_FILE).is_file():
        raise UsageError("library-missing", {"path": library.root})
    return library


def terms_of(library: Library) -> TermBase:
    """The terms of a library; the home province of its settings is one of them.

    Raises:
        UsageError: ``home-province`` where it is none; a term file cannot be used.
    """
    from ttdn_assets.terms import load_terms

    terms, home = load_terms(library.terms), library.settings.unit.province
    if home and home not in {term.id for term in terms.family("prov")}:
        raise UsageError("home-province", {"path": library.root / SETTINGS_FILE, "province": home})
    return terms


def store_of(library: Library, url: str | None = None, *, writing: bool = True) -> Store:
    """The store at ``url``, else the library's own.

    Raises:
        UsageError: ``no-store`` where neither is named.
        StoreError: it does not answer or refuses.
    """
    chosen = library.settings.store.url if url is None else url
    if not chosen:
        raise UsageError("no-store")
    return open_store(chosen, settings=library.settings.store, writing=writing)


@contextlib.contextmanager
def catalogue_of(library: Library | Path | None) -> Iterator[Catalogue]:
    """The open catalogue of a library, or of the one found at a folder."""
    opened = library if isinstance(library, Library) else open_library(library)
    with open_catalogue(opened.database_url, create=False) as catalogue:
        yield catalogue


def search(library: Library | Path | None, query: Query | str) -> SearchPage:
    """The assets that match, best first."""
    wanted = Query(text=query) if isinstance(query, str) else query
    with catalogue_of(library) as catalogue:
        return catalogue.search(widened(library, wanted))


def facets(library: Library | Path | None, query: Query) -> dict[str, dict[str, int]]:
    """By facet its most frequent values among all that matches, with how many assets have each."""
    with catalogue_of(library) as catalogue:
        return catalogue.facets(widened(library, query))


def widened(library: Library | Path | None, query: Query) -> Query:
    """The query with its places, topics and events as ids of terms; a province stands for all places in it too.

    What is no term is left as it is, for people's own places are facts as well.

    Raises:
        UsageError: ``date-unreadable``.
    """
    query = msgspec.structs.replace(
        query,
        taken_from=_iso_date(query.taken_from) if query.taken_from else None,
        taken_to=_iso_date(query.taken_to) if query.taken_to else None,
    )
    if not (query.places or query.topics or query.events):
        return query
    opened = library if isinstance(library, Library) else open_library(library)
    terms = terms_of(opened)

    def ids(values: tuple[str, ...], *families: str) -> tuple[str, ...]:
        found = dict.fromkeys(values)
        for value in values:
            named = [one for match in terms.match(value) if match.surface == value for one in match.ids]
            found |= dict.fromkeys(one for one in (value, *named) if one in terms.terms)
        for place in [one for one in terms.family(*families) if set(one.provinces) & found.keys()]:
            found[place.id] = None
        return tuple(found)

    return msgspec.structs.replace(
        query, places=ids(query.places, "pl"), topics=ids(query.topics), events=ids(query.events)
    )


def _iso_date(text: str) -> str:
    """A day, month or year in any form that is read in names of folders, as ISO 8601."""
    from ttdn_assets.captions.dates import find_dates
    from ttdn_assets.captions.day import parse_iso

    whole = [day for day, start, end in find_dates(text) if text[start:end].strip() == text.strip()]
    day = parse_iso(text) or next(iter(whole), None)
    if day is None or day.year is None or day.lunar or day.end:
        raise UsageError("date-unreadable", {"value": text})
    return day.iso()


def show(library: Library | Path | None, asset: str) -> AssetRecord:
    """Everything about one asset; the beginning of its id is enough."""
    with catalogue_of(library) as catalogue:
        return catalogue.asset(asset)


def history(library: Library | Path | None, asset: str | None = None) -> list[HistoryLine]:
    """Who changed what, oldest first; of one asset or of all."""
    with catalogue_of(library) as catalogue:
        return catalogue.history(asset)


def report(library: Library | Path | None) -> dict[str, Any]:
    """What the library holds: counts of assets, words, targets, submissions and findings, as JSON-ready values."""
    opened = library if isinstance(library, Library) else open_library(library)
    with catalogue_of(opened) as catalogue:
        counts = catalogue.counts()
        records = list(catalogue.assets())
        bags = catalogue.submissions()
    renditions = [rendition for record in records for rendition in record.renditions]
    return {
        "unit": opened.settings.unit.name,
        "assets": {
            "total": counts.assets,
            "missing": counts.missing,
            "kinds": counts.kinds,
            "outcomes": counts.outcomes,
        },
        "captions": {"languages": counts.languages, "approved": counts.approved, "review": counts.reviews},
        "targets": counts.targets,
        "renditions": {"files": len(renditions), "bytes": sum(one.size_bytes for one in renditions)},
        "submissions": [
            {"path": b.path, "target": b.target, "created_at": b.created_at, "review": b.review} for b in bags
        ],
        "findings": count_levels(finding for record in records for finding in record.findings),
    }
