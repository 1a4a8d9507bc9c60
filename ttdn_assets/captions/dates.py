"""Dates as officers write them in folder and file names, and as the three languages print them.

Day comes before month, as in Viet Nam; a date may lack its year, month or day; lunar days become solar ones by the
Vietnamese calendar as soon as their year is known.  A ``Fact`` holds a date as text: ISO 8601 reduced (``2026``,
``2026-05``, ``2026-05-07``), ``--05-07`` and ``--05`` without a year, ``2026-05-07/2026-05-09`` or ``2026-03/2026-05``
for a span, and ``lunar:01-15`` for a lunar day whose year nobody gave.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

import msgspec

from ttdn_assets.model import Lang
from ttdn_assets.terms.calendar import solar_day
from ttdn_assets.text import fold

MONTHS_EN = tuple(calendar.month_name)
_SEP = r"[.\-_/]"
_YEAR = r"(?P<y>(?:19[5-9]|20[0-4])\d)"
_YEAR2 = r"(?P<y>(?:19[5-9]|20[0-4])\d|[0-4]\d)"
_MONTH = r"(?P<m>0?[1-9]|1[0-2])"
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_LUNAR_MONTHS = {"gieng": 1, "chap": 12, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
                 "muoi": 10, "mot": 11}  # fmt: skip
_WORD_MONTH = r"(?P<w>gieng|chap|hai|ba|tu|nam|sau|bay|tam|chin|muoi mot|muoi hai|muoi|mot)"
_EN_MONTHS = "|".join(f"{name[:3].lower()}(?:{name[3:].lower()})?" if name[3:] else "may" for name in MONTHS_EN[1:])
_LUNAR_SIGN = re.compile(r"\s*\(?(?:am lich|al)\b")
_FREE = r"(?<![^\W_])(?<![.])"
_TO = r"\s?(?:-|–|~|den|toi)\s?(?:het )?(?:ngay )?"
_DAY2 = r"(?P<d2>0?[1-9]|[12]\d|3[01])"
_MONTH2 = r"(?P<m2>0?[1-9]|1[0-2])"
# In order: what reads most of the name first, searched in the folded name.
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?<!\d){_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])\s?[-–]\s?"
        rf"(?:(?P=y)(?P<m2>0[1-9]|1[0-2])|(?P=m))?(?P<d2>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?<!\d){_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:[_\-t ]?\d{{6}}\d*)?(?!\d)",
        rf"(?<![\d.]){_YEAR}{_SEP}{_MONTH}{_SEP}{_DAY}\s(?:-|–|den)\s(?P=y){_SEP}{_MONTH2}{_SEP}{_DAY2}(?!\d)",
        rf"(?<![\d.]){_YEAR}{_SEP}{_MONTH}{_SEP}{_DAY}(?:(?: at |[_\-t ])\d{{2}}[.\-:_]?\d{{2}}[.\-:_]?\d{{2}})?(?!\d)",
        rf"(?<!\d){_YEAR}年{_MONTH}月{_DAY}[日号](?:至|到|-)(?:{_MONTH2}月)?{_DAY2}[日号]",
        rf"(?<!\d){_YEAR}年(?:{_MONTH}月(?:{_DAY}[日号])?)?",
        rf"(?<![\w.])(?:{_DAY} )?(?P<e>{_EN_MONTHS})\.?(?:,? {_YEAR})(?!\d)",
        rf"{_FREE}{_DAY}{_SEP}{_MONTH}(?:{_SEP}(?P<y1>(?:19|20)\d\d))?{_TO}{_DAY2}{_SEP}{_MONTH2}{_SEP}{_YEAR2}(?![\d.])",
        rf"{_FREE}{_DAY}{_TO}{_DAY2}(?:[./]|-(?=\d{{1,2}}-)){_MONTH}{_SEP}{_YEAR2}(?![\d.])",
        rf"{_FREE}{_DAY}{_TO}{_DAY2} thang {_MONTH}(?:[ ,]*nam |[/\-., ]){_YEAR}(?!\d)",
        rf"(?:ngay |mung |mong )?(?<!\d){_DAY} thang {_MONTH}(?:[ ,]*nam |[/\-., ])?{_YEAR}?(?!\d)(?! nam\b)",
        rf"(?:mung|mong) {_DAY} tet\b",
        rf"(?:ngay |mung |mong |ram )?(?:(?<!\d){_DAY} )?thang {_WORD_MONTH}\b",
        rf"\bram thang {_MONTH}(?!\d)",
        rf"{_FREE}{_DAY}{_SEP}{_MONTH}{_SEP}{_YEAR2}(?![\d]|[.\-]\d)",
        rf"(?<![^\W_])(?:thang ?|t){_MONTH}\s?(?:-|–|den)\s?(?:thang |t)?{_MONTH2}(?: ?[/.\-_]? ?|[ ,]*nam )"
        rf"{_YEAR}(?!\d)",
        rf"(?<![^\W_])(?:thang ?|t){_MONTH}(?: ?[/.\-_]? ?|[ ,]*nam ){_YEAR}(?!\d)",
        rf"{_FREE}{_YEAR}{_SEP}(?P<m>0[1-9]|1[0-2])(?![\d]|[.\-_]\d)",
        rf"{_FREE}(?<![\-/])(?P<m>0?[1-9]|1[0-2]){_SEP}{_YEAR}(?![\d]|[.\-]\d)",
        rf"(?<![^\W_])(?:ngay|sang|chieu|toi|trua|dem|mung|mong)(?: ngay)? {_DAY}[./\-]{_MONTH}(?![\d]|[./\-]\d)",
        rf"\({_DAY}[./\-]{_MONTH}\)",
        rf"{_FREE}{_DAY}[./\-]{_MONTH}(?=\s*\(?(?:am lich|al)\b)",
        rf"(?<![^\W_])thang ?{_MONTH}(?![\d])(?! nam (?!20|19))",
        rf"(?:\bnam |(?<![^\W_])(?<![./\-]))(?<!\d[./\-]){_YEAR}(?![\d]|[./\-]\d|\s?[-–]\s?(?:19|20)\d\d|/[a-z])",
    )
)
_PERIOD = re.compile(r"(?<!\d)(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d(?!\d)")
_CODE_BEFORE = re.compile(r"(?:\bv|\bver|\bversion|\bso|\bno|#)[ .]*$")


class Day(msgspec.Struct, frozen=True, order=True):
    """A date with what is known of it; of a span it is the first day or month and ``last…`` the end of it.

    ``last`` is the last day; ``last_month`` and ``last_year`` stand only where the span leaves its month or year.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    last: int | None = None
    lunar: bool = False
    last_month: int | None = None
    last_year: int | None = None

    @property
    def end(self) -> Day | None:
        """The last day or month of a span, ``None`` where it is none."""
        if not (self.last or self.last_month):
            return None
        return Day(self.last_year or self.year, self.last_month or self.month, self.last)

    def iso(self) -> str:
        """The date as a fact holds it."""
        if self.lunar:
            return f"lunar:{self.month or 0:02d}-{self.day or 0:02d}"
        tail = "".join(f"-{part:02d}" for part in (self.month, self.day) if part)
        whole = f"{self.year:04d}{tail}" if self.year else f"-{tail}"
        return f"{whole}/{self.end.iso()}" if self.end else whole

    def first_date(self) -> dt.date | None:
        """The first solar day it may mean, ``None`` without a year."""
        if self.year is None or self.lunar:
            return None
        return dt.date(self.year, self.month or 1, self.day or 1)


def parse_iso(value: str) -> Day | None:
    """A fact's text back into a date; a time of day is left out; ``None`` where it is none."""
    if found := re.fullmatch(r"lunar:(\d\d)-(\d\d)", value):
        return Day(month=int(found[1]) or None, day=int(found[2]) or None, lunar=True)
    first, _, end = value.strip().partition("/")
    made, last = _single(first), _single(end)
    if made is None or (end and last is None):
        return None
    whole = span(made, last) if last else made
    return whole if whole and _real(whole) else None


def _single(value: str) -> Day | None:
    found = re.fullmatch(r"(?:(\d{4})|-)(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?", value)
    if not found or not (found[1] or found[2]):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    return Day(year, month, day)


def span(first: Day, end: Day) -> Day | None:
    """Both as one date, ``None`` where the end does not lie after the beginning or lies years later."""
    began, ended = (first.year or end.year or 0, first.month or 0, first.day or 0), _numbers(end, first)
    if began >= ended or ended[0] > began[0] + 1 or (first.day is None) != (end.day is None):
        return None
    same_year = began[0] == ended[0]
    month = end.month if not same_year or end.month != first.month else None
    year = first.year or end.year
    return Day(year, first.month, first.day, end.day, False, month, None if same_year else end.year)


def _numbers(end: Day, first: Day) -> tuple[int, int, int]:
    return end.year or first.year or 0, end.month or first.month or 0, end.day or 0


def find_dates(name: str) -> tuple[tuple[Day, int, int], ...]:
    """The dates in one part of a path, with the place (start, end) of each in the NFC name, left to right."""
    plain = _PERIOD.sub(lambda years: "#" * len(years.group()), fold(name))
    if len(plain) != len(name):
        return ()
    found: list[tuple[Day, int, int]] = []
    for form in _FORMS:
        for match in form.finditer(plain):
            day, end = _day_of(match, plain), match.end()
            if day is None or any(start < end and match.start() < stop for _, start, stop in found):
                continue
            if _CODE_BEFORE.search(plain[: match.start()]) or _misread(name, match):
                continue
            if day.lunar and (sign := _LUNAR_SIGN.match(plain, end)):
                end = sign.end()
            found.append((day, match.start(), end))
    return tuple(sorted(found, key=lambda item: item[1]))


def _misread(name: str, match: re.Match[str]) -> bool:
    """Whether the folded words mean something else as typed: ``mừng`` is no ``mùng``, ``thang tu`` no ``tháng tư``."""
    typed = name[match.start() : match.end()].lower()
    if match.group().startswith(("mung", "mong")):
        greeting = match.string[: match.start()].endswith(("chao ", "don "))
        return not typed.startswith(("mùng", "mồng", "mung", "mong")) or greeting
    return match.groupdict().get("w") is not None and fold(typed) == typed


def _day_of(match: re.Match[str], plain: str) -> Day | None:
    parts = match.groupdict()
    year, month, day, last, last_month = (int(parts[k]) if parts.get(k) else None for k in ("y", "m", "d", "d2", "m2"))
    if year is not None and year < 100:
        year += 2000
    text = match.group()
    lunar = _LUNAR_SIGN.match(plain, match.end()) is not None or text.startswith(("mung ", "mong ", "ram "))
    if named := parts.get("e"):
        month = next(number for number, name in enumerate(MONTHS_EN) if name and name.lower().startswith(named[:3]))
    if word := parts.get("w"):
        month = _word_month(word)
        lunar = lunar or word in ("gieng", "chap")
    if text.endswith(" tet"):
        month = 1
    if text.startswith("ram "):
        day = 15
    if text.startswith(("mung ", "mong ")) and (day or 0) > 10:
        return None
    if last or last_month:
        began = int(parts["y1"]) if parts.get("y1") else year
        if parts.get("y1") is None and year and last_month and month and last_month < month:
            began = year - 1
        made = span(Day(began, month, day), Day(year, last_month or month, last))
        return made if made and _real(made) else None
    made = Day(year, month, day, lunar=lunar and day is not None)
    if made.lunar and year:
        return to_solar(made, year)
    return made if _real(made) else None


def _word_month(word: str) -> int:
    head, _, tail = word.partition(" ")
    return 10 + {"mot": 1, "hai": 2}[tail] if tail else _LUNAR_MONTHS[head]


def _real(day: Day) -> bool:
    if day.lunar:
        return 1 <= (day.month or 1) <= 12 and 1 <= (day.day or 1) <= 30
    if day.end and not _real(day.end):
        return False
    if day.month is not None and not 1 <= day.month <= 12:
        return False
    if day.day is None:
        return True
    return day.month is not None and 1 <= day.day <= calendar.monthrange(day.year or 2024, day.month)[1]


def to_solar(day: Day, year: int) -> Day | None:
    """A lunar day of the lunar year ``year`` as a solar date."""
    found = solar_day(year, day.month or 1, day.day or 1)
    return Day(found.year, found.month, found.day) if found else None


def complete(day: Day, others: Sequence[Day]) -> Day:
    """The date with its missing year taken from the first other date that has one and does not speak against it."""
    if day.year is not None:
        return day
    for other in others:
        if other.year is not None and (day.lunar or other.month in (None, day.month)):
            return to_solar(day, other.year) or day if day.lunar else _with_year(day, other.year)
    return day


def _with_year(day: Day, year: int) -> Day:
    made = msgspec.structs.replace(day, year=year)
    return made if _real(made) else day


def detail(day: Day) -> int:
    """How many of year, month and day are known."""
    return sum(part is not None for part in (day.year, day.month, day.day))


def _agrees(a: Day, b: Day) -> bool:
    return all(x is None or y is None or x == y for x, y in ((a.year, b.year), (a.month, b.month), (a.day, b.day)))


def agree(a: Day, b: Day) -> bool:
    """Whether two dates may be of the same day: what both state is the same, a span holds its days."""
    if a.lunar or b.lunar:
        return True
    for whole, single in ((a, b), (b, a)):
        if whole.end and not single.end:
            return _holds(whole, whole.end, single)
    return _agrees(a, b)


def _holds(whole: Day, end: Day, single: Day) -> bool:
    """Whether a day, month or year may lie in a span."""
    if single.year is None or whole.year is None:
        whole, end, single = (msgspec.structs.replace(day, year=None) for day in (whole, end, single))
    depth = min(detail(whole), detail(single)) + (single.year is None)
    began, ended, asked = ((day.year or 0, day.month or 0, day.day or 0)[:depth] for day in (whole, end, single))
    return began <= asked <= ended


def common(days: Sequence[Day]) -> Day | None:
    """What all dates agree on: year and month, the year, or nothing."""
    if len(set(days)) == 1:
        return days[0]
    years, months, dates = ({getattr(day, key) for day in days} for key in ("year", "month", "day"))
    if len(years) != 1 or not days:
        return None
    year = next(iter(years))
    if len(months) != 1:
        return Day(year) if year else None
    month = next(iter(months))
    return Day(year, month, next(iter(dates))) if len(dates) == 1 else Day(year, month)


def shown(day: Day, lang: Lang) -> str:
    """The date alone: ``tháng 5/2026``, ``May 2026``, ``2026年5月``."""
    if day.lunar:
        return _shown_lunar(day, lang)
    return {"vi": _shown_vi, "en": _shown_en, "zh": _shown_zh}[lang](day)


def said(day: Day, lang: Lang) -> str:
    """The date as it stands in a sentence: ``vào tháng 5/2026``, ``in May 2026``, ``2026年5月``."""
    text = shown(day, lang)
    if lang == "vi":
        return f"vào {text}" if day.month and not day.day and not day.end else text
    if lang == "en":
        if day.end:
            return f"from {_span_en(day, day.end, ' to ')}"
        return f"on {text}" if day.day or day.lunar else f"in {text}"
    return text


def _plain(value: int | None) -> str:
    return "" if value is None else str(value)


def _shown_vi(day: Day) -> str:
    if day.end:
        return _span_vi(day, day.end)
    year = f"/{day.year}" if day.year else ""
    if day.day:
        return f"ngày {day.day}/{day.month}{year}"
    return f"tháng {day.month}{year}" if day.month else f"năm {day.year}"


def _span_vi(day: Day, end: Day) -> str:
    first = Day(None if end.year == day.year else day.year, day.month, day.day)
    if first.day and not first.year and end.month == first.month:
        return f"từ ngày {first.day} đến {_shown_vi(end)}"
    return f"từ {_shown_vi(first)} đến {_shown_vi(end)}"


def _shown_en(day: Day) -> str:
    if day.end:
        return _span_en(day, day.end, " - " if day.day and day.end.month != day.month else "-")
    parts = [_plain(day.day), MONTHS_EN[day.month or 0], _plain(day.year)]
    return " ".join(part for part in parts if part)


def _span_en(day: Day, end: Day, between: str) -> str:
    same_year = end.year == day.year
    month = None if same_year and end.month == day.month else day.month
    return f"{_shown_en(Day(None if same_year else day.year, month, day.day))}{between}{_shown_en(end)}"


def _shown_zh(day: Day) -> str:
    year = f"{day.year}年" if day.year else ""
    month = f"{day.month}月" if day.month else ""
    first = f"{year}{month}" + (f"{day.day}日" if day.day else "")
    if day.end is None:
        return first
    same_year, same_month = day.end.year == day.year, day.end.month == day.month
    end = Day(None if same_year else day.end.year, None if same_year and same_month else day.end.month, day.end.day)
    return f"{first}至{_shown_zh(end)}"


_ZH_TENS = ("初", "十", "廿", "三")
_ZH_DIGITS = "十一二三四五六七八九"


def _shown_lunar(day: Day, lang: Lang) -> str:
    month, number = day.month or 1, day.day or 1
    if lang == "vi":
        names = {1: "Giêng", 12: "Chạp"}
        lead = "mùng " if number <= 10 else "ngày "
        return f"{lead}{number} tháng {names.get(month, month)} âm lịch"
    if lang == "en":
        return f"the {ordinal(number)} day of the {ordinal(month)} lunar month"
    names_zh = {1: "正", 11: "十一", 12: "十二"}
    head = _ZH_TENS[0] if number <= 10 else {20: "二", 30: "三"}.get(number, _ZH_TENS[number // 10])
    return f"农历{names_zh.get(month, _ZH_DIGITS[month % 10])}月{head}{_ZH_DIGITS[number % 10]}"


def ordinal(number: int) -> str:
    """The English ordinal: 1st, 2nd, 51st, 111th."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
