"""Dates as the three languages print them, alone and in a sentence."""

from __future__ import annotations

from ttdn_assets.captions.dates import MONTHS_EN
from ttdn_assets.captions.day import Day
from ttdn_assets.model import Lang

_ROMAN = ("", "I", "II", "III", "IV")
_ORDINALS_EN = ("", "first", "second", "third", "fourth")
_ZH_TENS = ("初", "十", "廿", "三")
_ZH_DIGITS = "十一二三四五六七八九"


def shown(day: Day, lang: Lang) -> str:
    """The date alone: ``tháng 5/2026``, ``May 2026``, ``2026年5月``."""
    if day.lunar:
        return _shown_lunar(day, lang)
    return {"vi": _shown_vi, "en": _shown_en, "zh": _shown_zh}[lang](day)


def said(day: Day, lang: Lang) -> str:
    """The date as it stands in a sentence: ``vào tháng 5/2026``, ``in May 2026``, ``2026年5月``."""
    text = shown(day, lang)
    if lang == "vi":
        return text if day.day or (day.end and not day.quarter) else f"vào {text}"
    if lang == "en":
        if day.quarter:
            return f"in the {text}"
        if day.lunar:
            return f"{'from' if day.last else 'on'} {text}"
        if day.end:
            return f"from {_span_en(day, day.end, ' to ')}"
        return f"on {text}" if day.day else f"in {text}"
    return text


def _plain(value: int | None) -> str:
    return "" if value is None else str(value)


def _shown_vi(day: Day) -> str:
    if day.quarter:
        return f"quý {_ROMAN[day.quarter]}" + (f"/{day.year}" if day.year else "")
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
    if day.quarter:
        return f"{_ORDINALS_EN[day.quarter]} quarter" + (f" of {day.year}" if day.year else "")
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
    if day.quarter:
        return f"{year}第{_ZH_DIGITS[day.quarter]}季度"
    same_year, same_month = day.end.year == day.year, day.end.month == day.month
    end = Day(None if same_year else day.end.year, None if same_year and same_month else day.end.month, day.end.day)
    return f"{first}至{_shown_zh(end)}"


def _shown_lunar(day: Day, lang: Lang) -> str:
    month, number, last = day.month or 1, day.day or 1, day.last
    if lang == "vi":
        names = {1: "Giêng", 12: "Chạp"}
        to = f" đến {_lunar_vi(last)}" if last else ""
        return f"{'từ ' if last else ''}{_lunar_vi(number)}{to} tháng {names.get(month, month)} âm lịch"
    if lang == "en":
        days = f"{ordinal(number)} to {ordinal(last)} days" if last else f"{ordinal(number)} day"
        return f"the {days} of the {ordinal(month)} lunar month"
    names_zh = {1: "正", 11: "十一", 12: "十二"}
    to = f"至{_lunar_zh(last)}" if last else ""
    return f"农历{names_zh.get(month, _ZH_DIGITS[month % 10])}月{_lunar_zh(number)}{to}"


def _lunar_vi(number: int) -> str:
    return f"mùng {number}" if number <= 10 else f"ngày {number}"


def _lunar_zh(number: int) -> str:
    head = _ZH_TENS[0] if number <= 10 else {20: "二", 30: "三"}.get(number, _ZH_TENS[number // 10])
    return f"{head}{_ZH_DIGITS[number % 10]}"


def ordinal(number: int) -> str:
    """The English ordinal: 1st, 2nd, 51st, 111th."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
