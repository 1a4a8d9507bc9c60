"""Dates as officers write them in folder and file names.

Day comes before month, as in Viet Nam; a date may lack its year, month or day; lunar days become solar ones by the
Vietnamese calendar as soon as their year is known.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence

from ttdn_assets.captions.day import Day, real, span, to_solar
from ttdn_assets.text import fold

MONTHS_EN = tuple(calendar.month_name)
_SEP = r"[.\-_/]"
_YEAR = r"(?P<y>(?:19[5-9]|20[0-4])\d)"
_YEAR2 = r"(?P<y>(?:19[5-9]|20[0-4])\d|[0-4]\d)"
_MONTH = r"(?P<m>0?[1-9]|1[0-2])"
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_LUNAR_MONTHS = {"gieng": 1, "chap": 12, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
                 "muoi": 10, "mot": 11}  # fmt: skip
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_WORD_MONTH = r"(?P<w>gieng|chap|hai|ba|tu|nam|sau|bay|tam|chin|muoi mot|muoi hai|muoi|mot)"
_EN_MONTHS = "|".join(f"{name[:3].lower()}(?:{name[3:].lower()})?" if name[3:] else "may" for name in MONTHS_EN[1:])
_MONTH_WORD = r"(?:thang|thg\.?)"
_LUNAR_SIGN = re.compile(r"\s*\(?(?:am lich|al)\b")
_HAN = "\u4e00-\u9fff"
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
        rf"(?<![^\W_])(?P<d>0[1-9]|[12]\d|3[01])(?P<m>0[1-9]|1[0-2]){_YEAR}(?![^\W_])",
        rf"(?<![\d.]){_YEAR}{_SEP}{_MONTH}{_SEP}{_DAY}\s(?:-|–|den)\s(?P=y){_SEP}{_MONTH2}{_SEP}{_DAY2}(?!\d)",
        rf"(?<![\d.]){_YEAR}{_SEP}{_MONTH}{_SEP}{_DAY}(?:(?: at |[_\-t ])\d{{2}}[.\-:_]?\d{{2}}[.\-:_]?\d{{2}})?(?!\d)",
        rf"(?<!\d){_YEAR}年{_MONTH}月{_DAY}[日号](?:至|到|-)(?:{_MONTH2}月)?{_DAY2}[日号]",
        rf"(?<!\d){_YEAR}年(?:{_MONTH}月(?:{_DAY}[日号])?)?",
        rf"(?<![\w.])(?:{_DAY} )?(?P<e>{_EN_MONTHS})\.?(?:,? {_YEAR})(?!\d)",
        rf"{_FREE}{_DAY}{_SEP}{_MONTH}(?:{_SEP}(?P<y1>(?:19|20)\d\d))?{_TO}{_DAY2}{_SEP}{_MONTH2}{_SEP}{_YEAR2}(?![\d.])",
        rf"{_FREE}{_DAY}{_TO}{_DAY2}(?:[./]|-(?=\d{{1,2}}-)){_MONTH}{_SEP}{_YEAR2}(?![\d.])",
        rf"{_FREE}{_DAY}{_TO}{_DAY2}(?:[./]| thang ){_MONTH}(?:{_SEP}{_YEAR})?(?=\s*\(?(?:am lich|al)\b)",
        rf"{_FREE}{_DAY}{_TO}{_DAY2} thang {_MONTH}(?:[ ,]*nam |[/\-., ]){_YEAR}(?!\d)",
        rf"(?:ngay |mung |mong )?(?<!\d){_DAY} thang {_MONTH}(?:[ ,]*nam |[/\-., ])?{_YEAR}?(?!\d)(?! nam\b)",
        rf"(?:mung|mong) {_DAY} tet\b",
        rf"(?:ngay |mung |mong |ram )?(?:(?<!\d){_DAY} )?thang {_WORD_MONTH}\b",
        rf"\bram thang {_MONTH}(?!\d)",
        rf"{_FREE}{_DAY}{_SEP}{_MONTH}{_SEP}{_YEAR2}(?![\d]|[.\-]\d)",
        rf"(?<![^\W_])(?:{_MONTH_WORD} ?|t){_MONTH}\s?(?:-|–|den)\s?(?:thang |t)?{_MONTH2}(?: ?[/.\-_]? ?|[ ,]*nam )"
        rf"{_YEAR}(?!\d)",
        rf"(?<![^\W_])(?:{_MONTH_WORD} ?|t){_MONTH}(?: ?[/.\-_]? ?|[ ,]*nam ){_YEAR}(?!\d)",
        rf"(?<![^\W_])(?:{_MONTH_WORD} ?|t){_MONTH}[/.\-](?P<y>[1-4]\d)(?!\d|[/.\-]\d)",
        rf"(?<![^\W_])(?:quy |q)(?P<q>iv|i{{1,3}}|[1-4])(?: ?[/.\-_]? ?|[ ,]*nam ){_YEAR}(?!\d)",
        rf"{_FREE}{_YEAR}{_SEP}(?P<m>0[1-9]|1[0-2])(?![\d]|[.\-_]\d)",
        rf"{_FREE}(?<![\-/])(?P<m>0?[1-9]|1[0-2]){_SEP}{_YEAR}(?![\d]|[.\-]\d)",
        rf"(?<![^\W_])(?:ngay|sang|chieu|toi|trua|dem|mung|mong)(?: ngay)? {_DAY}[./\-]{_MONTH}(?![\d]|[./\-]\d)",
        rf"\({_DAY}[./\-]{_MONTH}\)",
        rf"{_FREE}{_DAY}[./\-]{_MONTH}(?=\s*\(?(?:am lich|al)\b)",
        rf"(?<![^\W_]){_MONTH_WORD} ?{_MONTH}(?![\d])(?! nam (?!20|19))",
        rf"(?:\bnam |(?<![^\W_{_HAN}])(?<![./\-]))(?<!\d[./\-]){_YEAR}(?![\d]|[./\-]\d|\s?[-–]\s?(?:19|20)\d\d|/[a-z])",
    )
)
_PERIOD = re.compile(r"(?<!\d)(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d(?!\d)")
_FOLDER_YEAR = re.compile(r"\s*(?:[Nn]ăm |[Nn]am )?((?:19|20)\d\d)\s*")
_FOLDER_PART = re.compile(r"\s*(?:(?P<word>thang|thg|ngay|t)[ .]?(?P<named>\d{1,2})|(?P<bare>\d\d))\s*")
_CODE_BEFORE = re.compile(r"(?:\bv|\bver|\bversion|\bso|\bno|#)[ .]*$")


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
            if _code(match, plain) or _misread(name, match):
                continue
            if day.lunar and (sign := _LUNAR_SIGN.match(plain, end)):
                end = sign.end()
            found.append((day, _start(name, match), end))
    return tuple(sorted(found, key=lambda item: item[1]))


def nested(folders: Sequence[str]) -> tuple[tuple[Day, int], ...]:
    """Dates laid out as folders (``2026/05/07``, ``2026/Tháng 5/Ngày 7``), with the number of the last, from 1."""
    found: list[tuple[Day, int]] = []
    for first, name in enumerate(folders):
        year = _FOLDER_YEAR.fullmatch(name)
        month, day = (
            _folder_part(folders[at : at + 1], but) for at, but in ((first + 1, "ngay"), (first + 2, "thang"))
        )
        made = Day(int(year[1]), month, day) if year and month else None
        if made and real(made):
            found.append((made, first + (3 if day else 2)))
    return tuple(found)


def _folder_part(name: Sequence[str], but: str) -> int | None:
    """The number a folder is named by, in two digits or after a word other than ``but``."""
    part = _FOLDER_PART.fullmatch(fold(name[0])) if name else None
    return int(part["named"] or part["bare"]) if part and part["word"] != but else None


def _code(match: re.Match[str], plain: str) -> bool:
    """Whether a version or a number is told (``số 2026``); a whole day after ``số`` is a day."""
    before = _CODE_BEFORE.search(plain[: match.start()])
    whole = all(match.groupdict().get(key) for key in ("d", "m", "y")) and len(match["y"]) == 4
    return before is not None and not (whole and before.group().startswith("so"))


def _misread(name: str, match: re.Match[str]) -> bool:
    """Whether the folded words mean something else as typed: ``mừng`` is no ``mùng``, ``thang tu`` no ``tháng tư``."""
    typed = name[match.start() : match.end()].lower()
    if match.groupdict().get("e"):
        return _no_month(name, match)
    if match.group().startswith(("mung", "mong")):
        greeting = match.string[: match.start()].endswith(("chao ", "don "))
        return not typed.startswith(("mùng", "mồng", "mung", "mong")) or greeting
    return match.groupdict().get("w") is not None and fold(typed) == typed


def _no_month(name: str, match: re.Match[str]) -> bool:
    """Whether an English month is none: with diacritics (``mây 2025``), or ``may`` written small after a word."""
    typed = name[match.start("e") : match.end("e")]
    after_word = re.search(r"(?<!\bin)(?<=[^\W\d_]) $", match.string[: match.start()])
    return not typed.isascii() or (typed == "may" and after_word is not None)


def _start(name: str, match: re.Match[str]) -> int:
    """Where a date begins: after a name's ``Nam``, which is no ``năm`` (``Vân Nam 2026``)."""
    start = match.start()
    named = match.group().startswith("nam ") and name[start : start + 2] in ("Na", "NA")
    return start + len("nam ") * named


def _day_of(match: re.Match[str], plain: str) -> Day | None:
    """The date a form found, ``None`` where the calendar has no such day."""
    parts, text = match.groupdict(), match.group()
    year = int(parts["y"]) if parts.get("y") else None
    if year is not None and year < 100:
        year += 2000
    month = _month_of(parts, text)
    day = 15 if text.startswith("ram ") else int(parts["d"]) if parts.get("d") else None
    counted = text.startswith(("mung ", "mong "))
    if counted and (day or 0) > 10:
        return None
    signed = _LUNAR_SIGN.match(plain, match.end()) is not None
    if signed and parts.get("d2") and not parts.get("m2"):
        days = Day(None, month, day, int(parts["d2"] or 0), lunar=True)
        return (to_solar(days, year) if year else days) if real(days) else None
    if parts.get("d2") or parts.get("m2") or parts.get("q"):
        made = _span_of(parts, year, month, day)
        return made if made and real(made) else None
    lunar = counted or text.startswith("ram ") or signed
    made = Day(year, month, day, lunar=day is not None and (lunar or parts.get("w") in ("gieng", "chap")))
    if made.lunar and year:
        return to_solar(made, year)
    return made if real(made) else None


def _month_of(parts: Mapping[str, str | None], text: str) -> int | None:
    if name := parts.get("e"):
        return next(number for number, month in enumerate(MONTHS_EN) if month and month.lower().startswith(name[:3]))
    if word := parts.get("w"):
        head, _, tail = word.partition(" ")
        return 10 + {"mot": 1, "hai": 2}[tail] if tail else _LUNAR_MONTHS[head]
    if quarter := parts.get("q"):
        return 3 * _QUARTERS[quarter] - 2
    if text.endswith(" tet"):
        return 1
    return int(parts["m"] or 0) if parts.get("m") else None


def _span_of(parts: Mapping[str, str | None], year: int | None, month: int | None, day: int | None) -> Day | None:
    """A span of days or months; one that ends in an earlier month began the year before."""
    last_month = (month or 0) + 2 if parts.get("q") else int(parts.get("m2") or 0) or month
    began = int(parts.get("y1") or 0) or year
    if not parts.get("y1") and year and (last_month or 0) < (month or 0):
        began = year - 1
    return span(Day(began, month, day), Day(year, last_month, int(parts.get("d2") or 0) or None))
