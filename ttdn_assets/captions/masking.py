"""Names taken out of a sentence before a machine translates it, and put back in their own form afterwards.

No translation model keeps a name on request, but all of them know some names very well.  So a name of the term base is
lent the place of a famous one of its kind (a sea for a sea, so that articles and prepositions come out right), the
sentence is translated, and where the famous name stands in the result, as often as it was put in, the term base's own
form takes its place.  A result that lost, doubled, glued or invented a famous name is not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ttdn_assets.captions.grammar import place_name
from ttdn_assets.model import Lang
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.text import fold, nfc


class Stand(NamedTuple):
    """A famous name in three languages; the first form of each is written, all are recognised."""

    vi: tuple[str, ...]
    en: tuple[str, ...]
    zh: tuple[str, ...]

    def forms(self, lang: Lang) -> tuple[str, ...]:
        """The forms of one language, English ones for a language that is none of the three."""
        return {"vi": self.vi, "zh": self.zh}.get(lang, self.en)


def _stand(vi: str, en: str, zh: str) -> Stand:
    return Stand(tuple(vi.split("|")), tuple(en.split("|")), tuple(zh.split("|")))


POOLS: Mapping[str, tuple[Stand, ...]] = {
    "sea": (
        _stand("Địa Trung Hải", "Mediterranean Sea|Mediterranean", "地中海"),
        _stand("Biển Baltic|biển Baltic", "Baltic Sea|Baltic", "波罗的海"),
        _stand("Biển Caspi|biển Caspi", "Caspian Sea|Caspian", "里海"),
        _stand("Hồng Hải", "Red Sea", "红海"),
    ),
    "islands": (
        _stand("Maldives", "Maldives", "马尔代夫"),
        _stand("Bahamas", "Bahamas", "巴哈马"),
        _stand("Comoros", "Comoros", "科摩罗"),
        _stand("Seychelles", "Seychelles", "塞舌尔"),
    ),
    "island": (
        _stand("Madagascar", "Madagascar", "马达加斯加"),
        _stand("Malta", "Malta", "马耳他"),
        _stand("Iceland", "Iceland", "冰岛"),
        _stand("Greenland", "Greenland", "格陵兰岛|格陵兰"),
    ),
    "place": (
        _stand("Paris", "Paris", "巴黎"),
        _stand("Toronto", "Toronto", "多伦多"),
        _stand("Berlin", "Berlin", "柏林"),
        _stand("Sydney", "Sydney", "悉尼"),
        _stand("Madrid", "Madrid", "马德里"),
        _stand("Chicago", "Chicago", "芝加哥"),
    ),
    "body": (
        _stand("UNESCO", "UNESCO", "联合国教科文组织|教科文组织|UNESCO"),
        _stand("FIFA", "FIFA", "国际足联|FIFA"),
        _stand("Interpol", "Interpol", "国际刑警组织|Interpol"),
        _stand("UNICEF", "UNICEF", "联合国儿童基金会|UNICEF"),
    ),
    "event": (
        _stand("Giáng sinh|Noel|Nô-en", "Christmas", "圣诞节"),
        _stand("Halloween", "Halloween", "万圣节"),
        _stand("Phục sinh", "Easter", "复活节"),
        _stand("Valentine", "Valentine's Day|Valentine", "情人节"),
    ),
}
_SOV_KINDS = {
    "sea": "sea",
    "archipelago": "islands",
    "island": "island",
    "reef": "island",
    "structure": "island",
    "admin": "place",
    "place": "place",
    "foreign-place": "place",
}
_FAMILIES = {"pl": "place", "prov": "place", "ag": "body", "doc": "body", "ev": "event"}
_ALIASED = frozenset(("sov", "prov", "ev", "ag", "doc"))
"""Families whose other forms are names of the same thing."""
_UNMASKED = frozenset(("sov-viet-nam",))
"""Well known to every model, and as often an adjective as a name."""


class Name(NamedTuple):
    """A name of the term base that stands in a text, from ``start`` to ``end``."""

    term: Term
    start: int
    end: int


class Mask(NamedTuple):
    """A term, the famous name that stands in for it, and how often."""

    term: Term
    stand: Stand
    times: int


class Masked(NamedTuple):
    """A text with its names masked."""

    text: str
    masks: tuple[Mask, ...]


def names_in(text: str, lang: Lang, terms: TermBase) -> tuple[Name, ...]:
    """The names of a text whose wording the term base knows for certain, in order.

    Of a longer form that holds the term's own name (``cao nguyên Mộc Châu``) only that name is one.
    """
    certain = (match for match in terms.match(text) if not match.ambiguous and says_its_name(match, lang, terms))
    found = (_name(match, lang, terms) for match in certain)
    return tuple(name for name in found if _kind(name.term) is not None)


def says_its_name(match: TermMatch, lang: Lang, terms: TermBase) -> bool:
    """Whether the words found are the term's own name; others, such as ``múa xòe``, may say less than it does."""
    term = terms[match.id]
    if term.family in _ALIASED or lang not in ("vi", "en", "zh"):
        return True
    return fold(term.name(lang)) in fold(match.surface)


def _name(match: TermMatch, lang: Lang, terms: TermBase) -> Name:
    term = terms[match.id]
    own = term.name(lang) if lang in ("vi", "en", "zh") else ""
    inside = match.surface.find(own) if own else -1
    if inside < 0:
        return Name(term, match.start, match.end)
    start = match.start + inside
    return Name(term, start, start + len(own))


def _kind(term: Term) -> str | None:
    if term.id in _UNMASKED:
        return None
    if term.family == "sov":
        return _SOV_KINDS.get(term.kind, "body")
    return _FAMILIES.get(term.family)


def mask(text: str, lang: Lang, names: Sequence[Name], *, turn: int = 0) -> Masked | None:
    """The text with a famous name for each term, other ones on another ``turn``.

    Returns:
        ``None`` where there are more names of one kind than famous ones to stand in.
    """
    stands: dict[str, Stand] = {}
    free = {kind: _free(pool, text, turn) for kind, pool in POOLS.items()}
    for name in names:
        kind = _kind(name.term) or "body"
        if name.term.id not in stands:
            if not free[kind]:
                return None
            stands[name.term.id] = free[kind].pop(0)
    parts: list[str] = []
    reached = 0
    for name in names:
        parts += (text[reached : name.start], stands[name.term.id].forms(lang)[0])
        reached = name.end
    terms = {name.term.id: name.term for name in names}
    masks = [Mask(term, stands[one], sum(name.term.id == one for name in names)) for one, term in terms.items()]
    return Masked("".join((*parts, text[reached:])), tuple(masks))


def _free(pool: Sequence[Stand], text: str, turn: int) -> list[Stand]:
    """The famous names that a text does not speak of itself, from the other end on every other turn."""
    ordered = pool if turn % 2 == 0 else pool[::-1]
    lower = text.lower()
    return [s for s in ordered if not any(form.lower() in lower for forms in s for form in forms)]


def kept(masks: Sequence[Mask], text: str, lang: Lang) -> bool:
    """Whether every famous name stands in ``text`` as often as it was put in, whole, and no other one does."""
    wanted = {mask.stand: mask.times for mask in masks}
    rest = text
    for stand in (stand for pool in POOLS.values() for stand in pool):
        pattern = _pattern(stand, lang)
        if wanted and len(pattern.findall(rest)) != wanted.get(stand, 0):
            return False
        rest = pattern.sub("\0", rest)
    lower = rest.lower()
    return not any(form.lower() in lower for mask in masks for form in mask.stand.forms(lang))


def _pattern(stand: Stand, lang: Lang) -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in sorted(stand.forms(lang), key=len, reverse=True))
    return re.compile(forms if lang == "zh" else rf"(?<![^\W_])(?:{forms})(?![^\W_])")


def invented(source: str, text: str, lang: Lang) -> list[str]:
    """The famous names in a translation that its source does not speak of in any language."""
    lower = source.lower()
    stands = (stand for pool in POOLS.values() for stand in pool)
    strange = (s for s in stands if not any(form.lower() in lower for forms in s for form in forms))
    return [found.group() for stand in strange if (found := _pattern(stand, lang).search(text))]


def restore(masks: Sequence[Mask], text: str, lang: Lang) -> str:
    """The text with the terms' own names where the famous ones stand."""
    for mask in masks:
        name = written(mask.term, lang)
        text = name.join(_pattern(mask.stand, lang).split(text))
    return nfc(text)


def written(term: Term, lang: Lang) -> str:
    """The form of a name to write; without an article, which the sentence brings."""
    return term.name(lang if lang in ("vi", "en", "zh") else "en")


def phrase(term: Term, lang: Lang) -> str:
    """The form of a name where no sentence brings its article."""
    if lang == "en" and _kind(term) in ("sea", "islands", "place") and not term.en.startswith("the "):
        return place_name(term, lang) if _kind(term) == "place" else f"the {term.en}"
    return written(term, lang)
