"""What Telex leaves where the keyboard was switched off or on amid a name: ``Lêx hôij``, ``Vieejt Nam``.

Only a word that no language writes so is mended: one whose letters already wear a hat or horn and are followed by a
tone's key, or one with a doubled vowel and the keys ``j`` or ``x``; and only where a Vietnamese syllable comes out.
"""

from __future__ import annotations

import re
import unicodedata

from ttdn_assets.text import nfc, strip_marks

_WORD = re.compile(r"[^\W\d_]+")
_TONES = {"s": "\u0301", "f": "\u0300", "x": "\u0303", "j": "\u0323"}
_LETTERS = {"dd": "đ", "aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư"}
_DOUBLED = re.compile("|".join(_LETTERS), re.IGNORECASE)
_HATTED = re.compile(r"[âêôăơư]", re.IGNORECASE)
_KEY = re.compile(
    r"(?<=[aeiouyâêôăơư])[sfxj](?=(?:ng|nh|ch|[cmnptiuoya])?$)|(?<=[cghmnpt])[sfxj]$",
    re.IGNORECASE,
)
_SYLLABLE = re.compile(
    r"((?:ngh?|nh|kh|ph|th|tr|ch|gh|gi(?=[aeou])|qu|[bcdghklmnrstvx])?)([aeiouy]{1,3})(ng|nh|ch|[cmnpt])?"
)


def mended(name: str) -> str:
    """The name with what Telex left in its words made letters."""
    return _WORD.sub(lambda word: _letters(word.group()), name)


def _letters(word: str) -> str:
    key = _KEY.search(word)
    unsure = word.isascii() and not (_DOUBLED.search(word) and key and key.group() in "jxJX")
    if key is None or unsure or not (word.isascii() or _HATTED.search(word)):
        return word
    bare = word[: key.start()] + word[key.end() :]
    typed = _DOUBLED.sub(lambda pair: _cased(_LETTERS[pair.group().lower()], pair.group()), bare)
    found = _SYLLABLE.fullmatch(strip_marks(typed.lower()))
    if found is None:
        return word
    place = _tone_place(typed, found)
    return nfc(typed[: place + 1] + _TONES[key.group().lower()] + typed[place + 1 :])


def _cased(letter: str, typed: str) -> str:
    return letter.upper() if typed[0].isupper() else letter


def _tone_place(typed: str, syllable: re.Match[str]) -> int:
    """Where the tone stands: on the last letter with a hat or horn, before a final the last vowel, else the first."""
    hatted = [found.start() for found in _HATTED.finditer(unicodedata.normalize("NFC", typed))]
    if hatted:
        return hatted[-1]
    return syllable.end(2) - 1 if syllable[3] else syllable.start(2)
