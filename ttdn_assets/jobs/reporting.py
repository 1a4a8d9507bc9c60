"""What was done in a period, counted from the catalogue and written as a state document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library, terms_of
from ttdn_assets.model import LANGUAGES, Lang, Period, PeriodCounts, Report, ReportTable, Row
from ttdn_assets.reports.periods import parse_period
from ttdn_assets.settings import Library
from ttdn_assets.terms import TermBase
from ttdn_assets.tools.files import os_errors
from ttdn_assets.wording import FieldValue, has, number, say

FORMATS = ("xlsx", "html", "docx")


def count(library: Library | Path | None, period: Period, *, unit: str | None = None) -> PeriodCounts:
    """What a period brought, of the whole library or of one unit, by the owner in its rights records."""
    opened = library if isinstance(library, Library) else open_library(library)
    zone = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{opened.settings.timezone}").tzinfo or dt.UTC
    with catalogue_of(opened) as catalogue:
        return catalogue.count_period(period, zone=zone, owner=unit, own=unit == opened.settings.unit.name)


def report_of(
    library: Library | Path | None,
    period: str,
    *,
    unit: str | None = None,
    lang: Lang = "vi",
    today: dt.date | None = None,
) -> Report:
    """The report on a period.

    Args:
        library: the library, or its folder.
        period: ``2026``, ``2026-H1``, ``2026-Q3``, ``2026-05`` or ``2026-01-01..2026-05-25``.
        unit: only what belongs to this owner; the library's own unit owns what names none.
        lang: ``vi`` or ``en``.
        today: the date on it.

    Raises:
        UsageError: ``period-invalid``.
    """
    opened = library if isinstance(library, Library) else open_library(library)
    days = parse_period(period)
    counts = count(opened, days, unit=unit)
    terms = terms_of(opened)
    settings = opened.settings
    place = settings.report.place or _province(terms, settings.unit.province, lang)
    return Report(
        lang=lang,
        nation=say("report.nation", lang=lang),
        motto=say("report.motto", lang=lang),
        superior=settings.report.superior,
        unit=unit or settings.unit.name or say("report.no-unit", lang=lang),
        symbol=settings.report.symbol or say("report.symbol", lang=lang),
        dated=_dated(place, today or dt.date.today(), lang),
        title=say("report.title", lang=lang),
        subject=say("report.subject", {"period": period_name(days, lang)}, lang),
        paragraphs=tuple(_paragraphs(counts, days, lang)),
        tables=tuple(table for table in _tables(counts, terms, settings.unit.name, lang) if table.rows),
        recipients=settings.report.recipients or (say("report.filed", lang=lang),),
        recipients_heading=say("report.recipients", lang=lang),
        signer=settings.report.signer or say("report.signer", lang=lang),
    )


def write_report(report: Report, path: Path) -> None:
    """Write the report in the format that the suffix names, whole or not at all.

    Raises:
        InputError, ToolError: what the system says of writing.
        UsageError: ``report-format``.
        ToolMissing: ``report-tools-missing`` for Word, where the extra ``[report]`` is not installed.
    """
    with os_errors(path):
        _write(report, path)


def _write(report: Report, path: Path) -> None:
    suffix = path.suffix.lower().removeprefix(".")
    if suffix == "xlsx":
        from ttdn_assets.reports.workbook import write_workbook

        write_workbook(report, path)
    elif suffix == "html":
        from ttdn_assets.reports.page import write_page

        write_page(report, path)
    elif suffix == "docx":
        from ttdn_assets.reports.document import write_document

        write_document(report, path)
    else:
        raise UsageError("report-format", {"path": path, "formats": ", ".join(FORMATS)})


def period_name(period: Period, lang: Lang) -> str:
    """How people call a period: “6 tháng đầu năm 2026”."""
    fields: dict[str, FieldValue] = {
        "year": str(period.first.year),
        "roman": ("", "I", "II", "III", "IV")[period.number] if period.code == "quarter" else "",
        "month": _month(period.first, lang),
        "first": day_name(period.first, lang),
        "last": day_name(period.last, lang),
    }
    code = f"report.period.{period.code}"
    return say(f"{code}.{period.number}" if has(f"{code}.{period.number}") else code, fields, lang)


def day_name(day: dt.date, lang: Lang) -> str:
    """A day in words: ``25/5/2026``, “25 May 2026”."""
    return say("report.day", _day_fields(day, lang), lang)


def _dated(place: str, day: dt.date, lang: Lang) -> str:
    return say("report.dated", {"place": place or "…", **_day_fields(day, lang)}, lang)


def _day_fields(day: dt.date, lang: Lang) -> dict[str, FieldValue]:
    """Decree 30/2020/NĐ-CP: days below 10 are written with a zero, as January and February are."""
    number = f"{day.day:02}" if lang == "vi" else str(day.day)
    return {"day": number, "month": _month(day, lang), "year": str(day.year)}


def _month(day: dt.date, lang: Lang) -> str:
    return say(f"report.month.{day.month}", lang=lang)


def _province(terms: TermBase, province: str | None, lang: Lang) -> str:
    term = terms.get(province) if province else None
    return term.name(lang) if term else ""


def _paragraphs(counts: PeriodCounts, period: Period, lang: Lang) -> Iterable[str]:
    def size(value: int) -> str:
        return number(round(value / 1e9, 2), lang)

    targets = counts.targets.values()
    fields: dict[str, FieldValue] = {
        "period": period_name(period, lang),
        "photos": counts.photos,
        "videos": counts.videos,
        "original_gb": size(counts.original_bytes),
        "files": counts.rendition_files,
        "rendition_gb": size(counts.rendition_bytes),
        "approved": counts.approved,
        "rejected": counts.rejected,
        "published": sum(one.published for one in targets),
        "views": sum(one.views for one in targets),
        "reach": sum(one.reach for one in targets),
    }
    for code in ("gathered", "decided", "published"):
        yield say(f"report.paragraph.{code}", fields, lang)


def _tables(counts: PeriodCounts, terms: TermBase, own_unit: str, lang: Lang) -> Iterable[ReportTable]:
    own = own_unit or say("report.no-unit", lang=lang)
    named = {own if owner == "" else owner: number for owner, number in counts.owners.items()}
    yield _counted("unit", named, lang)
    for code in ("place", "event", "topic"):
        yield _counted(code, _worded(getattr(counts, f"{code}s"), terms, lang), lang)
    yield _table(
        "language",
        ("titled", "approved"),
        [Row(label=_language(code, lang), counts=(one.titled, one.approved)) for code, one in counts.languages.items()],
        lang,
    )
    yield _table(
        "target",
        ("rendered", "submitted", "published", "views", "likes", "shares", "reach"),
        [
            Row(
                label=name,
                counts=(one.rendered, one.submitted, one.published, one.views, one.likes, one.shares, one.reach),
            )
            for name, one in counts.targets.items()
        ],
        lang,
    )
    months = [
        Row(label=f"{one.month.month}/{one.month.year}", counts=(one.added, one.approved, one.published))
        for one in counts.months
    ]
    yield _table("month", ("added", "approved", "published"), months, lang)


def _counted(code: str, named: Mapping[str, int], lang: Lang) -> ReportTable:
    return _table(code, ("added",), [Row(label=name, counts=(value,)) for name, value in named.items()], lang)


def _table(code: str, columns: Iterable[str], rows: Iterable[Row], lang: Lang) -> ReportTable:
    return ReportTable(
        title=say(f"report.by-{code}", lang=lang),
        headings=(say(f"report.{code}", lang=lang), *(say(f"report.column.{one}", lang=lang) for one in columns)),
        rows=tuple(rows),
    )


def _worded(found: Mapping[str, int], terms: TermBase, lang: Lang) -> dict[str, int]:
    """The counts under the names of their terms; what is no term stands as it is."""
    return {(term.name(lang) if (term := terms.get(name)) else name): value for name, value in found.items()}


def _place_of(code: Lang) -> tuple[int, str]:
    """The house's languages in their order, then others by name."""
    return (LANGUAGES.index(code) if code in LANGUAGES else len(LANGUAGES)), code


def _language(code: Lang, lang: Lang) -> str:
    named = f"report.language.{code}"
    return say(named, lang=lang) if has(named, lang) else code
