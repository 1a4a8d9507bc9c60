"""Numbers as three languages write and say them: ``1,2 nghìn tỷ``, ``1.2 trillion``, ``1.2万亿``, ``三千``.

Vietnamese writes 1.500 and 2,5 where English writes 1,500 and 2.5.  The words are data (``numbers.toml``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ttdn_assets.model import Lang

_BIG = {"vi": 1_000, "en": 1_000, "zh": 10_000}
"""The least scale that multiplies all that was said before it: ``trăm`` and ``千`` are said within one."""
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN_WORD = re.compile(
    r"(?<![^\W_])(?=[IVXLC]{1,6}(?![^\W_]))(X{0,3}(?:IX|IV|V?I{0,3})|X[LC]X{0,3}(?:IX|IV|V?I{0,3}))"
)
_APPROXIMATE_REACH = 24


class Number(NamedTuple):
    """A number from ``start`` to ``end`` of a text; ``digits`` says that it is written in figures, not words alone.

    ``rounded`` says that its text marks it as a rounding (``khoảng``, ``近``), ``scaled`` that a word scales it.
    """

    value: Decimal
    start: int
    end: int
    digits: bool
    scaled: bool
    rounded: bool


@cache
def _words() -> dict[Lang, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))


@cache
def _pattern(lang: Lang) -> re.Pattern[str]:
    """A figure, or a word of a unit or scale; figures in a code (``DK1``, ``A80``, ``5G``) are none."""
    words = _words()[lang]
    thousands, decimal = (r"\.", ",") if words["decimal"] == "," else (",", r"\.")
    figure = rf"\d{{1,3}}(?:{thousands}\d{{3}})+(?!\d)(?:{decimal}\d+)?|\d+(?:{decimal}\d+)?"
    before = r"(?<![\d.,])(?<![A-ZĐa-zđ])(?<![A-Z][-–])"
    after = r"(?!\d)(?!-?[A-ZĐ])(?![a-zđ]{4})"
    said = [*words["units"], *words["scales"]]
    edge = ("", "") if lang == "zh" else (r"(?<![^\W\d_])", r"(?![^\W\d_])")
    listed = "|".join(map(re.escape, sorted(said, key=len, reverse=True)))
    return re.compile(rf"{before}(?P<figure>{figure}){after}|{edge[0]}(?P<word>(?i:{listed})){edge[1]}")


@cache
def _currency(lang: Lang) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{_words()[lang]['currency']})(?=\d)")


@cache
def _approximate(lang: Lang) -> tuple[re.Pattern[str], re.Pattern[str]]:
    before, after = _words()[lang]["approximate"], _words()[lang]["approximate_after"]
    edge = "" if lang == "zh" else r"\b"
    return re.compile(rf"{edge}(?:{before}){edge}\s*$", re.IGNORECASE), re.compile(after or r"(?!)")


def numbers(text: str, lang: Lang) -> Iterator[Number]:
    """The numbers of a text of ``vi``, ``en`` or ``zh`` in order; what scales a number is part of it."""
    text = _currency(lang).sub(lambda found: " " * len(found.group()), text)
    run: list[re.Match[str]] = []
    for found in _pattern(lang).finditer(text):
        if run and not _joins(run, found, text, lang):
            yield _number(run, text, lang)
            run = []
        run.append(found)
    if run:
        yield _number(run, text, lang)


def romans(text: str) -> Iterator[tuple[Decimal, int, int]]:
    """The Roman numerals of a text that stand alone, with their places."""
    for found in _ROMAN_WORD.finditer(text):
        if found.group():
            values = [_ROMAN[char] for char in found.group()]
            total = sum(-v if any(v < later for later in values[i + 1 :]) else v for i, v in enumerate(values))
            yield Decimal(total), found.start(), found.end()


def _joins(run: list[re.Match[str]], found: re.Match[str], text: str, lang: Lang) -> bool:
    """Whether a figure or word goes on with the number before it."""
    between = text[run[-1].end() : found.start()]
    if not re.fullmatch(r"[ \u00a0]?(?:and |linh |lẻ )?|-", between) or (lang == "zh" and between):
        return False
    scales = _words()[lang]["scales"]
    before, now = (one.group().lower() in scales for one in (run[-1], found))
    if now:
        return True
    if before:
        return found["figure"] is None or run[0]["figure"] is not None
    teens = lang == "en" and _tens(run[-1].group().lower()) and found["word"] is not None
    return teens or (lang == "zh" and run[-1]["word"] is not None and found["word"] is not None)


def _tens(word: str) -> bool:
    value = _words()["en"]["units"].get(word, 0)
    return bool(value >= 20)


def _number(run: list[re.Match[str]], text: str, lang: Lang) -> Number:
    start, end = run[0].start(), run[-1].end()
    before, after = _approximate(lang)
    return Number(
        value=_value(run, lang),
        start=start,
        end=end,
        digits=any(one["figure"] for one in run),
        scaled=len(run) > 1,
        rounded=bool(
            before.search(text[max(0, start - _APPROXIMATE_REACH) : start]) or after.match(text[end : end + 2])
        ),
    )


def _value(run: list[re.Match[str]], lang: Lang) -> Decimal:
    """The value of figures and words that follow each other: ``2 triệu 300 nghìn``, ``năm mươi tư``, ``三千五百``."""
    words = _words()[lang]
    if lang == "zh" and len(run) > 1 and all(one.group() in words["units"] for one in run):
        return Decimal("".join(str(words["units"][one.group()]) for one in run))
    total = section = current = Decimal(0)
    least = None
    for one in run:
        word = one.group().lower()
        if one["figure"]:
            current += _figure(one["figure"], lang)
        elif word not in words["scales"]:
            current += words["units"][word]
        elif (scale := words["scales"][word]) < _BIG[lang]:
            section, current = section + (current or 1) * scale, Decimal(0)
        elif least is not None and scale > least and not current and not section:
            total, least = total * scale, scale
        elif least is not None and scale > least:
            total, section, current, least = (total + section + current) * scale, Decimal(0), Decimal(0), scale
        else:
            total, section, current, least = total + ((section + current) or 1) * scale, Decimal(0), Decimal(0), scale
    return total + section + current


def _figure(digits: str, lang: Lang) -> Decimal:
    if _words()[lang]["decimal"] == ",":
        return Decimal(digits.replace(".", "").replace(",", "."))
    return Decimal(digits.replace(",", ""))
