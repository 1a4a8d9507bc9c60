"""What was done in a period: counted, and as the tables of a report."""

from __future__ import annotations

import datetime as dt

import msgspec

from ttdn_assets.model.words import Lang


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The days from ``first`` to ``last``, both of them in it; ``code`` and ``number`` say how people call it.

    ``code`` is ``half``, ``quarter``, ``month``, ``year`` or ``days``.
    """

    first: dt.date
    last: dt.date
    code: str = "days"
    number: int = 0


class TargetWork(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform was given: assets rendered for it, assets in bags, publications and their latest figures."""

    rendered: int = 0
    submitted: int = 0
    published: int = 0
    views: int = 0
    likes: int = 0
    shares: int = 0
    reach: int = 0


class MonthWork(msgspec.Struct, frozen=True, kw_only=True):
    """One month, by its first day: assets added, assets with words approved, publications."""

    month: dt.date
    added: int = 0
    approved: int = 0
    published: int = 0


class LanguageWork(msgspec.Struct, frozen=True, kw_only=True):
    """Of the assets added, those that have a title in a language, and those whose title there is approved."""

    titled: int = 0
    approved: int = 0


class PeriodCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a period brought: assets added in it and what they are, decisions taken and publications made in it.

    ``approved`` and ``rejected`` count assets about which somebody decided so.  ``owners`` goes by the rights record's
    owner, ``""`` standing for the library's own unit; ``places``, ``topics`` and ``events`` go by term id or by the
    words themselves, most frequent first.
    """

    photos: int = 0
    videos: int = 0
    original_bytes: int = 0
    rendition_files: int = 0
    rendition_bytes: int = 0
    approved: int = 0
    rejected: int = 0
    owners: dict[str, int] = {}
    places: dict[str, int] = {}
    topics: dict[str, int] = {}
    events: dict[str, int] = {}
    languages: dict[Lang, LanguageWork] = {}
    targets: dict[str, TargetWork] = {}
    months: tuple[MonthWork, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a table."""

    label: str
    counts: tuple[int, ...]


class ReportTable(msgspec.Struct, frozen=True, kw_only=True):
    """Counts under their headings, worded; the first column is also shown as bars."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is written down, in the parts of a state document (Decree 30/2020/NĐ-CP, appendix I)."""

    lang: Lang
    nation: str
    motto: str
    superior: str
    unit: str
    symbol: str
    dated: str
    title: str
    subject: str
    paragraphs: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    recipients: tuple[str, ...]
    recipients_heading: str
    signer: str
