"""The numbers and dates a text states, in one form for all three languages, so that they can be compared.

Vietnamese writes 1.500 and 2,5 where English writes 1,500 and 2.5; 1 tỷ is 1 billion and 10亿, 1 triệu 1 million and
100万, 1 nghìn a thousand and 千; ``tháng 5`` is ``May`` and 5月, ``lần thứ XIV`` is ``14th`` and 第十四.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from ttdn_assets.captions.dates import MONTHS_EN
from ttdn_assets.captions.grammar import edition_number
from ttdn_assets.model import Lang

_MONTH_NAMES = {name.lower(): number for number, name in enumerate(MONTHS_EN) if name}
_SCALES: dict[Lang, dict[str, int]] = {
    "vi": {"nghìn tỷ": 10**12, "tỷ": 10**9, "triệu": 10**6, "nghìn": 10**3, "ngàn": 10**3},
    "en": {"trillion": 10**12, "billion": 10**9, "million": 10**6, "thousand": 10**3},
    "zh": {"万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 10**3},
}
_NUMBER: dict[Lang, str] = {
    "vi": r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?",
    "en": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?",
    "zh": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?",
}
_EN_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:-(\d{{1,2}}))? )?({'|'.join(_MONTH_NAMES)})\b(?! Revolution)", re.IGNORECASE
)
_ZH_ORDINAL = re.compile(r"第([一二三四五六七八九十]+)")
_ZH_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")}
_ZH_LUNAR = re.compile(r"农历([正一二三四五六七八九十冬腊]+)月(初|廿)?([一二三四五六七八九十]+)")
_ZH_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_VI_ORDINAL = re.compile(
    r"(lần thứ|[Kk]hóa|[Kk]hoá|Đại hội(?= [IVXLC]+\b)) "
    r"([IVXLC]+|[^\W\d_]+(?: (?:một|hai|ba|tư|năm|sáu|bảy|tám|chín))?)\b"
)
_VI_NAMED_MONTH = re.compile(r"tháng (Giêng|Chạp|Tám)")


def figures(text: str, lang: Lang) -> Counter[str]:
    """How often each number stands in a text of ``vi``, ``en`` or ``zh``; a date counts as its day, month and year."""
    counted: Counter[str] = Counter()
    rest = _dates_as_numbers(text, lang)
    scales = "|".join(sorted(_SCALES[lang], key=len, reverse=True))
    # a slash or hyphen between numbers parts them; letters on either side make a code such as DK1, which has no figure
    for found in re.finditer(
        rf"(?<![A-Za-zĐđ\d.,])({_NUMBER[lang]})\s?({scales})?(?:st|nd|rd|th)?(?![A-Za-z\d])", rest
    ):
        value = _value(found[1], lang) * _SCALES[lang].get(found[2] or "", 1)
        counted[f"{value.normalize():f}"] += 1
    return counted


def _value(digits: str, lang: Lang) -> Decimal:
    if lang == "vi":
        return Decimal(digits.replace(".", "").replace(",", "."))
    return Decimal(digits.replace(",", ""))


def _dates_as_numbers(text: str, lang: Lang) -> str:
    if lang == "en":
        return _EN_DATE.sub(lambda f: f" {f[1] or ''} {f[2] or ''} {_MONTH_NAMES[f[3].lower()]} ", text)
    if lang == "zh":
        text = _ZH_LUNAR.sub(_zh_lunar, text)
        return _ZH_ORDINAL.sub(lambda f: f" {_zh_value(f[1])} ", text)
    text = re.sub(r"(?<=\d)[/](?=\d)", " / ", text)
    named = {"Giêng": "1", "Chạp": "12", "Tám": "tám"}
    text = _VI_NAMED_MONTH.sub(lambda f: f"tháng {named[f[1]]}", text)
    return _VI_ORDINAL.sub(_vi_ordinal, text)


def _vi_ordinal(found: re.Match[str]) -> str:
    number = edition_number(f"lần thứ {found[2]}")
    return f"{found[1]} {number}" if number else found.group()


def _zh_lunar(found: re.Match[str]) -> str:
    month = _ZH_MONTHS.get(found[1]) or _zh_value(found[1])
    day = _zh_value(found[3]) + (20 if found[2] == "廿" else 0)
    return f" {month} / {day} "


def _zh_value(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _ZH_DIGITS.get(text, 0)
    return (_ZH_DIGITS.get(tens, 1) if tens else 1) * 10 + (_ZH_DIGITS.get(ones, 0) if ones else 0)
