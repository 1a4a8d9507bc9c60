"""The numbers, dates and hours a text states, in one form for three languages, and which of them another text lacks.

What is written in figures must be found in the other text, in figures or words.  Words alone accuse nobody: ``một``
is an article as often as a number.  A number may be rounded where the text says so (``nearly 1.2 trillion``), a year
never.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from ttdn_assets.captions.dates import MONTHS_EN
from ttdn_assets.captions.numbers import numbers, romans
from ttdn_assets.model import Lang

Kind = Literal["number", "day", "month", "year", "hour"]
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS_EN) if name}
_MONTH = rf"(?P<name>{'|'.join(name for name in MONTHS_EN if name)})\b"
_D, _D0, _M, _Y = r"(?P<d>\d{1,2})", r"(?P<d0>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>[12]\d{3})"
_TH, _TO = r"(?:st|nd|rd|th)?", r"\s?[-–—]\s?"
_FREE, _END = r"(?<![\d.,/])(?<![A-Za-zđĐ])", r"(?![\d]|[.,/]\d)"
_YEAR = rf"(?P<y>(?:19|20)\d{{2}}){_END}(?! ?(?:nghìn|triệu|t[ỷỉ]|thousand|million|billion|trillion|[百千万亿]))"
_DATES: dict[Lang, tuple[str, ...]] = {
    "vi": (
        rf"(?:{_D0}{_TO})?{_D}\s?(?P<s>[/.-])\s?{_M}\s?(?P=s)\s?(?P<y>[12]\d{{3}}|\d{{2}}){_END}",
        rf"(?:{_D0}{_TO})?{_D} tháng {_M}(?:(?: năm |/|-|\s){_Y})?{_END}",
        rf"(?:tháng )?{_M}\s?[/-]\s?{_Y}{_END}",
        rf"(?:{_D0}{_TO})?{_D}/{_M}{_END}",
        rf"[Tt]háng {_M}(?: năm {_Y})?{_END}",
        rf"(?:[Nn]gày|[Mm]ùng|[Mm]ồng|[Đđ]êm|[Ss]áng|[Cc]hiều|[Tt]ối) (?:{_D0}{_TO})?{_D}{_END}(?! ?(?:giờ|h))",
        rf"(?:[Nn]ăm |khóa |nhiệm kỳ ){_Y}{_END}",
        rf"{_YEAR}",
    ),
    "en": (
        rf"{_Y}-{_M}-{_D}{_END}",
        rf"{_D}/{_M}/{_Y}{_END}",
        rf"(?:{_D0}{_TH}{_TO})?{_D}{_TH} (?:day )?(?:of )?{_MONTH}(?:,? {_Y})?",
        rf"(?<![^\W_]){_MONTH} {_D}{_TH}(?:{_TO}{_D0}{_TH})?(?:,? {_Y})?{_END}",
        rf"(?<![^\W_]){_MONTH},? {_Y}{_END}",
        rf"{_M}/{_Y}{_END}",
        rf"(?:{_D0}{_TO})?{_D}/{_M}{_END}",
        rf"{_YEAR}",
    ),
    "zh": (
        rf"(?:{_Y}年)?(?:农历)?{_M}月(?:{_D0}(?:日|号)?{_TO})?(?:{_D}[日号])?",
        rf"{_D}[日号]",
        rf"{_Y}年",
        rf"{_YEAR}",
    ),
}
_HOURS: dict[Lang, str] = {
    "vi": r"(?P<h>\d{1,2}) ?(?:giờ|[hg:])(?: ?(?P<min>\d{2}))?(?: phút)?(?![^\W_])",
    "en": r"(?P<h>\d{1,2})(?:[:.](?P<min>\d{2}))? ?(?P<pm>[ap]\.?m\b\.?)|(?P<h1>\d{1,2}):(?P<min1>\d{2})(?!\d)",
    "zh": r"(?P<h>\d{1,2})(?:[时点]|[:：](?=\d{2}))(?:(?P<min>\d{2})分?)?",
}
_DECADE = re.compile(r"(\d{2})世纪(\d)0年代")
_EDITION_ZH = re.compile(r"第([二三四五六七八九十]{1,3})届")
_MONTH_ALONE = re.compile(rf"(?<![^\W_]){_MONTH}")


class Figure(NamedTuple):
    """A number, or part of a date; ``rounded`` says that its text marks it as not exact, or scales it by a word."""

    kind: Kind
    value: Decimal
    rounded: bool = False


class Stated(NamedTuple):
    """What a text states in ``figures``, and in ``words`` besides."""

    figures: frozenset[Figure]
    words: frozenset[Figure]


class Differing(NamedTuple):
    """Figures of one text that the other lacks, as they are to be told; ``dates`` says that a part of a date is one."""

    lost: tuple[str, ...]
    added: tuple[str, ...]
    dates: bool


@lru_cache(maxsize=4096)
def stated(text: str, lang: Lang) -> Stated:
    """The numbers and dates of a text of ``vi``, ``en`` or ``zh``."""
    figures: set[Figure] = set()
    words: set[Figure] = set()
    rest = text
    if lang == "zh":
        decades = [Decimal((int(c) - 1) * 100 + int(d) * 10) for c, d in _DECADE.findall(rest)]
        words |= {Figure("year", one) for one in decades}
        words |= {Figure("number", Decimal(n)) for c, d in _DECADE.findall(rest) for n in (c, f"{d}0")}
        rest = _DECADE.sub(" ", rest)
    for pattern in _patterns(lang):
        rest = pattern.sub(lambda found: _take(found, figures), rest)
    for edition in _EDITION_ZH.findall(rest) if lang == "zh" else ():
        figures |= {Figure("number", one.value) for one in numbers(edition, lang)}
    words |= {Figure("month", Decimal(_MONTHS[found["name"].lower()])) for found in _MONTH_ALONE.finditer(rest)}
    for one in numbers(rest, lang):
        (figures if one.digits else words).add(Figure("number", one.value, one.rounded or one.scaled))
    words |= {Figure("number", value) for value, _, _ in romans(rest)}
    return Stated(frozenset(figures), frozenset(words))


@lru_cache(maxsize=8)
def _patterns(lang: Lang) -> tuple[re.Pattern[str], ...]:
    return (re.compile(_FREE + f"(?:{_HOURS[lang]})"), *(re.compile(_FREE + one) for one in _DATES[lang]))


def _take(found: re.Match[str], figures: set[Figure]) -> str:
    """Note the parts of a date or hour, and leave spaces where it stood; what cannot be one is left alone."""
    parts = {key: value for key, value in found.groupdict().items() if value}
    hour = parts.get("h") or parts.get("h1")
    if hour is not None:
        if int(hour) > 24:
            return found.group()
        figures.add(Figure("hour", Decimal(int(hour) % 12)))
        minutes = int(parts.get("min") or parts.get("min1") or 0)
        figures |= {Figure("number", Decimal(minutes))} if minutes else set()
        return " " * len(found.group())
    day, month = parts.get("d"), parts.get("m")
    if month and day and int(month) > 12 and "s" not in parts and int(day) <= 12:
        day, month = month, day
    if any(int(one) > 31 for one in (day, parts.get("d0")) if one) or (month and not 1 <= int(month) <= 12):
        return found.group()
    figures |= {Figure("day", Decimal(one)) for one in (day, parts.get("d0")) if one}
    if month or "name" in parts:
        figures.add(Figure("month", Decimal(month or _MONTHS[parts["name"].lower()])))
    if year := parts.get("y"):
        full = int(year) if len(year) == 4 else 2000 + int(year) - (100 if int(year) > 60 else 0)
        figures.add(Figure("year", Decimal(full)))
    return " " * len(found.group())


def differing(source: Stated, target: Stated, *, known: Iterable[Decimal] = ()) -> Differing | None:
    """What of two texts that say the same does not agree; ``None`` where all does.

    Args:
        source: what the one that is translated states.
        target: what its translation states.
        known: numbers that belong to names both texts give, which one of them may leave out.
    """
    free = frozenset(known)
    lost = [one for one in source.figures if one.value not in free and not _said(one, target, reverse=False)]
    added = [one for one in target.figures if one.value not in free and not _said(one, source, reverse=True)]
    if not lost and not added:
        return None
    dates = any(one.kind != "number" for one in (*lost, *added))
    return Differing(_told(lost), _told(added), dates)


def _said(one: Figure, there: Stated, *, reverse: bool) -> bool:
    for other in (*there.figures, *there.words):
        exact, given = (other, one) if reverse else (one, other)
        if _agree(exact, given):
            return True
    return False


def _agree(exact: Figure, given: Figure) -> bool:
    if exact.value == given.value:
        return exact.kind == given.kind or "number" in (exact.kind, given.kind)
    return exact.kind == given.kind == "number" and _rounds(exact, given)


def _rounds(exact: Figure, given: Figure) -> bool:
    """Whether ``given`` is ``exact`` with fewer digits, and either text says so; years are never rounded."""
    if not (exact.rounded or given.rounded) or exact.value < 1000 or given.value < 1000:
        return False
    if _digits(given.value) >= _digits(exact.value):
        return False
    step = Decimal(10) ** (given.value.adjusted() - _digits(given.value) + 1)
    return abs(exact.value - given.value) * 2 <= step or 0 < exact.value - given.value < step


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def _told(figures: Iterable[Figure]) -> tuple[str, ...]:
    return tuple(f"{value:,f}".replace(",", " ") if value >= 10_000 else f"{value:f}" for value in
                 sorted({one.value.normalize() for one in figures}))  # fmt: skip


def values(texts: Iterable[str], lang: Lang) -> Iterator[Decimal]:
    """All numbers of some texts, in figures and words."""
    for text in texts:
        said = stated(text, lang)
        yield from (one.value for one in (*said.figures, *said.words))
