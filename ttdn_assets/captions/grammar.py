"""How the names of the term base stand in sentences of the three languages; the tables are data in ``grammar.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Any

from ttdn_assets.captions.date_words import ordinal
from ttdn_assets.model import Lang
from ttdn_assets.terms.base import DATA, TermBase
from ttdn_assets.terms.term import Term

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_VI_NUMBERS = {"nhất": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
               "chín": 9, "mười": 10}  # fmt: skip
_ZH_DIGITS = "零一二三四五六七八九"


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((DATA / "grammar.toml").read_text(encoding="utf-8"))


def preposition(place: Term | None) -> str:
    """The English preposition before a place: at a lake, on an island, in a town."""
    table: dict[str, list[str]] = _tables()["place"]["preposition"]
    if place and place.en.endswith(tuple(_tables()["place"]["inside"])):
        return "in"
    return next((word for word, kinds in table.items() if place and place.kind in kinds), "in")


def place_name(place: Term, lang: Lang) -> str:
    """A place's own name as it stands in a sentence, with its English article."""
    name = place.name(lang)
    return articled(name) if lang == "en" else name


def articled(name: str) -> str:
    """An English name of a place with the article its words take."""
    rules: dict[str, list[str]] = _tables()["place"]["article"]
    takes = name.endswith(tuple(f" {word}" for word in rules["endings"])) or name.startswith(tuple(rules["beginnings"]))
    return f"the {name}" if takes else name


def province_name(province: Term, lang: Lang, terms: TermBase, *, long: bool, heir: bool = True) -> str:
    """A province: ``Sơn La``/``Son La``/``山罗省``, and in a sentence ``tỉnh Sơn La``/``Son La province``.

    A province that is no more and has another name today is said with its successor, if ``heir``.
    """
    base = _unit_name(province, lang, long=long)
    if not heir or not province.notes.get("valid_to") or province.notes.get("same_name_as_successor") != "no":
        return base
    today = _unit_name(terms.today(province), lang, long=True)
    if lang == "vi":
        return f"{base} (nay thuộc {today})"
    return f"{base} (now part of {today})" if lang == "en" else f"{base}（今属{today}）"


def _unit_name(province: Term, lang: Lang, *, long: bool) -> str:
    name, kind = province.name(lang), province.notes.get("type", "province")
    if lang == "zh":
        ending: str = _tables()["place"]["zh"].get(kind, "")
        return name if name.endswith(ending) else f"{name}{ending}"
    if not long or "Hồ Chí Minh" in province.vi:
        return name
    if lang == "vi":
        return f"tỉnh {name}" if kind == "province" else f"thành phố {name}"
    if province.id in _tables()["place"]["bare"]:
        return name
    return f"{name} province" if kind == "province" else f"{name} city"


def is_held(event: Term) -> bool:
    """Whether an event takes place itself (a festival), and is not only an occasion (a commemoration)."""
    rules: dict[str, list[str]] = _tables()["event"]
    return event.kind in rules["held"] and event.id not in rules["calendar"]


def is_subject(event: Term) -> bool:
    """Whether an event says what a picture is of; an award does not."""
    return event.kind not in _tables()["event"]["keyword"]


def takes_place(name: str) -> str:
    """``takes place``, or ``take place`` after an English name whose first noun is plural (``elections of``)."""
    head = re.split(r" (?:of|in|at|for) ", name, maxsplit=1)[0]
    return "take place" if re.search(r"[^s'’]s$", head) and " of " in name else "takes place"


def with_the(event: Term, name: str) -> str:
    """An event's English name with its article where it takes one."""
    rules: dict[str, list[str]] = _tables()["event"]
    bare = name.endswith(tuple(rules["bare_endings"])) or name.startswith(tuple(rules["bare_beginnings"]))
    return name if bare or name.startswith(("the ", "The ")) else f"the {name}"


def listed(names: Sequence[str], lang: Lang) -> str:
    """Names as a list: ``A, B và C``, ``A, B and C``, ``A、B和C``."""
    comma, last = {"vi": (", ", " và "), "en": (", ", " and "), "zh": ("、", "和")}[lang]
    return last.join([comma.join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def country(term: Term, lang: Lang) -> str:
    """A country's short name."""
    short: str = _tables()["country"][lang].get(term.id, term.name(lang))
    return short


def people_name(group: Term, lang: Lang) -> str:
    """An ethnic group as people: ``đồng bào Thái``, ``Thai people``, ``泰族同胞``."""
    return {"vi": f"Đồng bào {group.vi}", "en": f"{group.en} people", "zh": f"{group.zh}同胞"}[lang]


def edition_number(words: str) -> int | None:
    """The number after ``lần thứ``: ``9``, ``IX`` or ``hai``."""
    found = re.search(r"lần thứ\s+([^\W_]+(?:\s+[^\W\d_]+)?)", words, re.IGNORECASE)
    if not found:
        return None
    text = found[1]
    head = text.split()[0]
    if head.isdecimal():
        return int(head) or None
    if set(head) <= set(_ROMAN):
        return _roman(head)
    return _vi_number(text.lower().split())


def _roman(text: str) -> int:
    values = [_ROMAN[char] for char in text]
    return sum(-v if any(v < later for later in values[i + 1 :]) else v for i, v in enumerate(values))


def _vi_number(words: list[str]) -> int | None:
    first = _VI_NUMBERS.get(words[0])
    if first != 10 or len(words) == 1:
        return first
    return 10 + _VI_NUMBERS.get(words[1], 0)


def zh_number(number: int) -> str:
    """A number under a hundred in Chinese numerals, a larger one in digits."""
    tens, ones = divmod(number, 10)
    if number >= 100 or number < 1:
        return str(number)
    if not tens:
        return _ZH_DIGITS[ones]
    return ("" if tens == 1 else _ZH_DIGITS[tens]) + "十" + (_ZH_DIGITS[ones] if ones else "")


def event_name(event: Term, lang: Lang, edition: int | None, *, year: int | None = None) -> str:
    """An event's name with its edition: ``… lần thứ 9``, ``9th …``, ``第九届…``; without a ``year`` told beside it."""
    name = event.name(lang)
    if year and event.notes.get("year") == str(year):
        name = name.removesuffix(f" {year}").removeprefix(f"{year}年")
    if edition is None:
        return name
    if lang == "vi":
        return name if "lần thứ" in name else f"{name} lần thứ {edition}"
    if lang == "en":
        return name if re.match(r"\d+(st|nd|rd|th) ", name) else f"{ordinal(edition)} {name}"
    return name if "第" in name else f"第{zh_number(edition)}届{name}"


def anniversary_name(event: Term, lang: Lang, number: int | None) -> str:
    """An anniversary: ``Kỷ niệm 51 năm …``, ``51st anniversary of …``, ``…51周年``; no number where none is known."""
    if lang == "vi":
        name = event.vi.removeprefix(f"{number} năm ")
        return f"Kỷ niệm {number} năm {name}" if number else f"Kỷ niệm {event.vi}"
    if lang == "zh":
        name = event.notes.get("zh_event") or event.zh.removesuffix("纪念日")
        return f"{name}{number}周年" if number else f"纪念{name}"
    counted = f"{ordinal(number)} " if number else ""
    told = "anniversary of " if "en_event" not in event.notes else "founding anniversary of "
    if event.en.startswith(("birth anniversary of ", "founding anniversary of ", told)):
        return f"{counted}{event.en}"
    return f"{counted}anniversary of {event.notes.get('en_event') or with_the(event, event.en)}"


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def spelled(text: str, spelling: str) -> str:
    """English text with the country's name as the unit spells it; the data spell it ``Viet Nam``."""
    return text.replace("Viet Nam", "Vietnam") if spelling == "Vietnam" else text
