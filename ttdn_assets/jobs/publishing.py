"""The log of publications: where assets went out, by whom, and what they reached, typed or read from a sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from ttdn_assets.errors import AssetsError, InputError, UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.publishing_sheet import SheetLine, read_lines
from ttdn_assets.jobs.who import system_user
from ttdn_assets.model import Finding, Publication
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import Library

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue

_URL_LENGTH = 2_000


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """What an import wrote: publications that are new, those whose figures came, and the lines that were not taken."""

    added: int
    counted: int
    findings: tuple[Finding, ...] = ()


def publish(
    library: Library | Path | None, said: Sequence[Publication], *, who: str | None = None
) -> tuple[Publication, ...]:
    """Write down that assets went out; those that were not known before.

    Args:
        library: the library, or its folder.
        said: one an asset, named by its id or the beginning of it; figures complete what is known of their day.
        who: the name written into the log; the system's user where ``None``.

    Raises:
        UsageError: an unknown asset or target, ``publication-url`` or ``publication-date``, before anything is written.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    known = load_placements(opened.placements)
    for one in said:
        choose([one.target], known)
    with catalogue_of(opened) as catalogue:
        whole = [checked(msgspec.structs.replace(one, asset=catalogue.asset(one.asset).id)) for one in said]
        return tuple(one for one in whole if catalogue.publish(one, who=who or system_user()))


def strike(library: Library | Path | None, said: Publication, *, who: str | None = None) -> bool:
    """Take a publication out of the log that was written down by mistake; whether there was one."""
    with catalogue_of(library) as catalogue:
        whole = msgspec.structs.replace(said, asset=catalogue.asset(said.asset).id)
        return catalogue.unpublish(whole, who=who or system_user())


def published(
    library: Library | Path | None, asset: str | None = None, *, target: str = "", since: str = "", until: str = ""
) -> list[Publication]:
    """The log, oldest first: of one asset, of a target (platform or placement), of days or beginnings of days."""
    with catalogue_of(library) as catalogue:
        found = catalogue.publications(asset)
    return [
        one
        for one in found
        if target in ("", one.target, one.target.partition(".")[0]) and since <= one.at and _is_until(one.at, until)
    ]


def import_publications(
    library: Library | Path | None, path: Path, *, today: dt.date | None = None, who: str | None = None
) -> Logged:
    """Take publications and figures from a sheet (CSV or workbook); a line that cannot be taken becomes a finding.

    A line names its asset (id or file name) with target and day, or a link that is in the log already.

    Raises:
        InputError: ``published-damaged`` or ``published-without-columns``.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    known = load_placements(opened.placements)
    lines = read_lines(path, today=(today or dt.date.today()).isoformat())
    added = counted = 0
    findings: list[Finding] = []
    with catalogue_of(opened) as catalogue:
        places = _Places(catalogue)
        for line in lines:
            try:
                said = places.of(line)
                for one in said:
                    choose([one.target], known)
                new = [catalogue.publish(checked(one), who=who or system_user()) for one in said]
            except AssetsError as error:
                subject = f"{path.name}:{line.number}"
                told = Finding(rule="published-line", level="error", subject=subject, cause=error.failure())
                findings.append(told)
            else:
                added += sum(new)
                counted += len(said) if line.reach is not None else 0
    return Logged(added=added, counted=counted, findings=tuple(findings))


class _Places:
    """What lines of a sheet can mean: assets by file name, publications by their links."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.by_name: dict[str, set[str]] = defaultdict(set)
        for file in catalogue.files():
            for name in (file.relative, file.relative.rpartition("/")[2]):
                self.by_name[name].add(file.asset)
        self.by_url: dict[str, list[Publication]] = defaultdict(list)
        for one in catalogue.publications():
            if one.url:
                self.by_url[_page(one.url)].append(one)

    def of(self, line: SheetLine) -> list[Publication]:
        """The publications a line means; one link may show several assets."""
        figures = () if line.reach is None else (line.reach,)
        if not line.asset:
            found = self.by_url.get(_page(line.url)) or self._of_post(line.post)
            if not found:
                raise InputError("publication-unknown", {"url": line.url or line.post})
            return [msgspec.structs.replace(one, figures=figures) for one in found]
        made = Publication(asset=self._asset(line.asset), target=line.target, at=line.at, url=line.url, figures=figures)
        if line.url and made not in self.by_url[_page(line.url)]:
            self.by_url[_page(line.url)].append(made)
        return [made]

    def _of_post(self, post: str) -> list[Publication]:
        """The publications whose link holds a platform's own id of the post as a whole part."""
        urls = [url for url in self.by_url if post and post in re.split(r"[/?&=#]", url)]
        return [one for url in urls for one in self.by_url[url]]

    def _asset(self, named: str) -> str:
        assets = self.by_name.get(named, set())
        if len(assets) > 1:
            first, second, *_ = sorted(assets)
            raise UsageError("asset-ambiguous", {"asset": named, "first": first, "second": second})
        return assets.copy().pop() if assets else self.catalogue.asset(named).id


def _page(url: str) -> str:
    """An address without what differs between exports of the same page: scheme, ``www.`` or ``m.``, the last slash."""
    return re.sub(r"^https?://(?:(?:www|m|web)\.)?", "", url.strip(), flags=re.IGNORECASE).rstrip("/")


def checked(one: Publication) -> Publication:
    """A publication that can be written down.

    Raises:
        UsageError: ``publication-url`` or ``publication-date``.
    """
    try:
        dt.date.fromisoformat(one.at)
        for figures in one.figures:
            dt.date.fromisoformat(figures.at)
    except ValueError as error:
        raise UsageError("publication-date", {"value": one.at}) from error
    if one.url and not _is_address(one.url):
        raise UsageError("publication-url", {"url": one.url[:100]})
    return one


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = len(url) <= _URL_LENGTH and url.isprintable() and " " not in url
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.password is None


def _is_until(at: str, until: str) -> bool:
    return not until or at[: len(until)] <= until
