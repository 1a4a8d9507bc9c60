"""``ttdn search``: find assets by words, with and without diacritics, and by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from ttdn_assets.catalogue.records import Hit, Query
from ttdn_assets.jobs.library import facets, open_library, search, terms_of
from ttdn_assets.wording import language_name
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t

if TYPE_CHECKING:
    from ttdn_assets.terms import Term


@verb("search")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@option("--kind", type=click.Choice(["photo", "video"]), help="cli.search.kind")
@option("--place", "places", multiple=True, metavar="TERM", help="cli.search.place")
@option("--topic", "topics", multiple=True, metavar="TERM", help="cli.search.topic")
@option("--event", "events", multiple=True, metavar="TERM", help="cli.search.event")
@option("--from", "taken_from", metavar="DATE", help="cli.search.from")
@option("--to", "--until", "taken_to", metavar="DATE", help="cli.search.until")
@option("--lang", "lang", metavar="LANG", help="cli.search.lang")
@option("--status", type=click.Choice(["draft", "in_review", "approved", "rejected"]), help="cli.search.status")
@option("--target", metavar="TARGET", help="cli.search.target")
@option("--unused", is_flag=True, help="cli.search.unused")
@option("--in", "collection", metavar="NAME", help="cli.search.in")
@option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N", help="cli.search.limit")
@option("--page", type=click.IntRange(1), default=1, metavar="N", help="cli.search.page")
@option("--facets", "with_facets", is_flag=True, help="cli.search.facets")
@option("--contact-sheet", "sheet", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="cli.search.contact-sheet")  # fmt: skip
@option("--save", metavar="NAME", help="cli.search.save")
def command(
    words: tuple[str, ...],
    kind: Literal["photo", "video"] | None,
    places: tuple[str, ...],
    topics: tuple[str, ...],
    events: tuple[str, ...],
    taken_from: str | None,
    taken_to: str | None,
    lang: str | None,
    status: Literal["draft", "in_review", "approved", "rejected"] | None,
    target: str | None,
    unused: bool,
    collection: str | None,
    limit: int,
    page: int,
    with_facets: bool,
    sheet: Path | None,
    save: str | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """See the sentence ``cli.search.help``."""
    _require_words(words)
    query = Query(
        text=" ".join(words),
        kind=kind,
        places=places,
        topics=topics,
        events=events,
        taken_from=taken_from,
        taken_to=taken_to,
        language=lang,
        status=status,
        target=target,
        unused=unused,
        collection=collection,
        limit=limit,
        offset=(page - 1) * limit,
    )
    if save:
        from ttdn_assets.jobs.collecting import save_search

        save_search(library, save, query)
        click.echo(t("cli.search.saved", {"name": save}), err=True)
    found = search(library, query)
    for hit in found.hits:
        if as_json:
            json_line(msgspec.to_builtins(hit))
        else:
            tell_hit(hit)
    if with_facets:
        counts = facets(library, query)
        if as_json:
            json_line({"facets": counts})
        else:
            _tell_facets(counts, library)
    if sheet:
        from ttdn_assets.jobs.collecting import contact_sheet

        title = query.text or t("cli.search.everything")
        contact_sheet(library, [hit.asset for hit in found.hits], sheet, title=title, ui=language())
        click.echo(t("cli.search.sheet", {"path": str(sheet)}), err=True)
    click.echo(t("cli.search.found", {"n": len(found.hits), "total": found.total}), err=True)


command.context_settings["ignore_unknown_options"] = True


def _require_words(words: tuple[str, ...]) -> None:
    """Refuse options that are not there, which come among the words so that ``-word`` may."""
    unknown = next((word for word in words if word.startswith("--")), None)
    if unknown is not None:
        known = [name for one in command.params for name in one.opts]
        raise click.NoSuchOption(unknown, possibilities=get_close_matches(unknown, known))


def _tell_facets(counts: dict[str, dict[str, int]], library: Path | None) -> None:
    terms = terms_of(open_library(library)).terms
    for facet, values in counts.items():
        said = ", ".join(f"{_value(facet, value, terms)} {count}" for value, count in values.items())
        click.echo(f"{t('facet.' + facet)}: {said}")


def _value(facet: str, value: str, terms: Mapping[str, Term]) -> str:
    """A value of a facet in the user's words."""
    if not value:
        return t("cli.search.none")
    if facet == "language":
        return language_name(value, language())
    if facet in ("kind", "status"):
        return t(f"{'review' if facet == 'status' else facet}.{value}")
    return terms[value].name(language()) if value in terms else value


def tell_hit(hit: Hit) -> None:
    """One hit: its id, day and title, and where it lies."""
    title = hit.titles.get(language()) or next(iter(hit.titles.values()), t("cli.search.untitled"))
    click.echo(f"{hit.asset[:8]}  {(hit.taken_at or '')[:10]:<10}  {title}")
    click.secho(f"          {t('cli.missing') + ' ' if hit.missing else ''}{hit.path or ''}", dim=True)
