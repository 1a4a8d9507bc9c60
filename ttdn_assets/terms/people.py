"""The words around names: cues before a people's name, and where a text names a person."""

from __future__ import annotations

import re

from ttdn_assets.terms.view import UPPER
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import strip_marks

CUES = word_list("cues")
"""The words after which a one-syllable name such as Dao, Kinh, Hoa or Co is an ethnic group."""
_CUE_TAIL = re.compile(rf"(?:^|[\s(,])(?:{'|'.join(sorted(CUES, key=len, reverse=True))}) ?$")
_FOLDED_CUE_TAIL = re.compile(strip_marks(_CUE_TAIL.pattern))
_SURNAMES = "|".join(sorted(word_list("surnames")))
_MARKED_SURNAMES = "|".join(sorted(word_list("marked_surnames")))
_TOWNS = "|".join(sorted(word_list("towns_like_people")))
_ANY_NAME = r"(?:[^\W\d_]+['’]?[^\W\d_]*)"
_SURNAME = rf"(?:{_SURNAMES}|{strip_marks(_SURNAMES)}|{_MARKED_SURNAMES})"
_WORD = re.compile(r"[^\W_]+")
_TELLING = frozenset((*_SURNAMES.split("|"), *strip_marks(_SURNAMES).split("|"), *_MARKED_SURNAMES.split("|"),
                      "Thị", "Thi", "Văn", "Van"))  # fmt: skip
"""The words without which no text names a person."""
_PERSON = re.compile(
    rf"(?<![^\W_])(?!(?:{_TOWNS}|{strip_marks(_TOWNS)})(?!\w))"
    rf"(?:{_SURNAME}|{_ANY_NAME}(?=\s+(?:Thị|Thi|Văn|Van)\s+[{UPPER}]))"
    rf"((?:[\s_]+[{UPPER}]{_ANY_NAME}?){{1,4}})"
)


def is_cued(before: str, *, typed: str) -> bool:
    """Whether a cue such as ``người`` stands directly before a name; ``before`` is a view's text up to it.

    A cue without its diacritics counts only before a name ``typed`` without them.
    """
    tail = before[-24:]
    if _CUE_TAIL.search(tail):
        return True
    bare = _FOLDED_CUE_TAIL.search(strip_marks(tail)) if typed.isascii() else None
    return bare is not None and tail[bare.start() :].isascii()


def persons_in(text: str) -> tuple[tuple[int, int, int], ...]:
    """Where names of people stand, as (surname, given names, end): after a surname, or around ``Thị``/``Văn``."""
    if _TELLING.isdisjoint(_WORD.findall(text)):
        return ()
    return tuple((found.start(), found.start(1), found.end()) for found in _PERSON.finditer(text))
