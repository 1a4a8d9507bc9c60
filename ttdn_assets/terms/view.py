"""A text as terms are searched in it, character for character beside the same without diacritics.

Lower case, new tone placement (``hoà`` as ``hòa``), every run of separators one space, a space where ``MocChau``
changes case; each character of the view remembers where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ttdn_assets.text import strip_marks

_LETTERS = tuple(chr(code) for code in (*range(0x250), *range(0x1E00, 0x1F00)) if chr(code).isalpha())
UPPER = "".join(letter for letter in _LETTERS if letter.isupper())
"""The capital letters of Latin writing, to stand between square brackets: no range holds them alone."""
_LOWER = "".join(letter for letter in _LETTERS if letter.islower())
_SEPARATOR = re.compile(r"[\t\n\r\xa0_—.–-]")
_NUMERIC = frozenset(".-–")
_GAP = re.compile(r"(?<= ) +")
_CAMEL = re.compile(f"[{UPPER}](?<=[{_LOWER}].)")
_APOSTROPHE = re.compile("[’‘`]")
_TONES = {"óa": "oá", "òa": "oà", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "óe": "oé", "òe": "oè", "ỏe": "oẻ", "õe": "oẽ",
          "ọe": "oẹ", "úy": "uý", "ùy": "uỳ", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ"}  # fmt: skip
_OLD = "|".join(_TONES.values())
_MAYBE_OLD_TONE = re.compile(_OLD)
_OLD_TONE = re.compile(rf"(?<!q)(?:{_OLD})(?![a-zà-ỹđ])")
_NEW_TONE = {old: new for new, old in _TONES.items()}
# Every letter and sign that Vietnamese or English text holds is listed, because a listed one is looked up fastest.
_BARE = {code: code for code in (*range(0x500), *range(0x1E00, 0x2070))} | {
    ord(letter): ord(bare) for letter in _LETTERS if len(bare := strip_marks(letter)) == 1
}


class View(NamedTuple):
    """``text`` with diacritics, ``bare`` without; ``places[i]`` is where character ``i`` stood, the text's end last."""

    text: str
    bare: str
    places: Sequence[int]


def view_of(text: str) -> View:
    """The NFC text as it is searched."""
    plain = text.lower()
    if len(plain) != len(text):
        plain = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    plain = _APOSTROPHE.sub("'", _SEPARATOR.sub(_space, plain))
    places: Sequence[int] = range(len(text) + 1)
    camel = _CAMEL.search(text) is not None
    if camel or "  " in plain:
        plain, places = _spaced(plain, text if camel else "")
    if _MAYBE_OLD_TONE.search(plain):
        plain = _OLD_TONE.sub(lambda found: _NEW_TONE[found.group()], plain)
    return View(plain, bare_of(plain), places)


def bare_of(text: str) -> str:
    """The letters without diacritics, đ as d, of the same length as ``text``."""
    return text.translate(_BARE)


def _space(found: re.Match[str]) -> str:
    """A space for a separator; a dot or hyphen between digits is part of a number or date."""
    at, text = found.start(), found.string
    if found.group() in _NUMERIC and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit():
        return found.group()
    return " "


def _spaced(plain: str, cased: str) -> tuple[str, tuple[int, ...]]:
    """``plain`` with one space for several and one where ``cased`` changes case, and where each character stood."""
    turns = [(turn.start(), turn.start()) for turn in _CAMEL.finditer(cased)]
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for start, end in sorted([*turns, *(gap.span() for gap in _GAP.finditer(plain))]):
        pieces.append(plain[at:start])
        places.extend(range(at, start))
        if start == end:
            pieces.append(" ")
            places.append(start)
        at = end
    return "".join((*pieces, plain[at:])), (*places, *range(at, len(plain) + 1))
