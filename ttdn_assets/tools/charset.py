"""Bytes of unknown charset -> text, where the charset can be told; mangled text -> what it was.

IPTC blocks and old files seldom name their charset.  Vietnamese offices wrote TCVN3 (ABC fonts), VNI and code page
1258; Chinese ones GBK and Big5; Western ones Latin-1 (read as code page 1252) and MacRoman.  Every candidate is
decoded and judged by what it yields: Vietnamese syllables have few possible forms, Chinese text is made of common
characters, Western words do not change case in the middle.  The best must be good, or the bytes are kept as they are.

``legacy_vietnamese.tsv`` holds the letters of TCVN 5712:1993 (VN3) and VNI for Windows.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import msgspec

from ttdn_assets.text import nfc

UNKNOWN = "unknown"
_FOLDER = Path(__file__).parent
_GOOD = 0.7
_WESTERN_TRUST = 0.8
"""Western readings count a little less: nearly any bytes look Western, hardly any look Vietnamese by chance."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STOP_TONES = ("\u0301", "\u0323")
_ONSETS = (
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "kr", "pl", "bl", "br", "đr",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "q", "r", "s", "t", "v", "x", "",
)  # fmt: skip
"""Those of Vietnamese words, and a few that place names of the highlands add (Krông, Pleiku)."""
_WORD = re.compile(r"[^\W\d_]+")
_HAN = r"[\u3400-\u9fff]"
_LONE_HAN = re.compile(rf"(?<=[A-Za-z]){_HAN}(?!{_HAN})|(?<!{_HAN}){_HAN}(?=[A-Za-z])")
_PUNCTUATION = frozenset("–—‘’“”„…«»·•€©®™°º²³½§\u00a0\u200b\ufeff")
_WESTERN = frozenset("àâäåãáæçéèêëíìîïñóòôöõøœúùûüýÿßÀÂÄÅÃÁÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜÝ") | _PUNCTUATION
_CHINESE_MARKS = frozenset("，。、；：？！（）《》〈〉“”‘’「」『』—…·～　")
_DECLARED = {b"\x1b%G": "utf-8", b"\x1b%/I": "utf-8", b"\x1b-A": "latin-1", b"\x1b.A": "latin-1", b"\x1bA": "latin-1"}


class Decoded(msgspec.Struct, frozen=True):
    """The texts in the order of the bytes; ``charset`` is ``None`` where nothing had to be guessed."""

    values: tuple[str, ...]
    charset: str | None = None


def declared(marker: bytes) -> str | None:
    """The charset that IPTC dataset 1:90 names by an ISO 2022 escape sequence."""
    return _DECLARED.get(marker.strip())


def decode(values: Sequence[bytes], *, declared: str | None = None) -> Decoded:
    """Decode texts of one file, which share one charset unless that makes no sense.

    UTF-8 is believed where it fits; then a declared charset, unless what it yields is plainly another one's.
    """
    raw = [value.rstrip(b"\0") for value in values]
    utf8 = [_strict(value, "utf-8") for value in raw]
    if all(text is not None for text in utf8):
        return Decoded(tuple(unmangle(text or "") for text in utf8))
    name = _best(b"\n".join(raw))
    if declared == "latin-1" and name in (None, "cp1252", "mac_roman"):
        return Decoded(tuple(value.decode("cp1252", "replace") for value in raw))
    if name is not None:
        return Decoded(tuple(_read(value, name) for value in raw), name)
    each = [(value, None if text is not None else _best(value)) for value, text in zip(raw, utf8, strict=True)]
    texts = tuple(
        text if text is not None else _read(value, name) for (value, name), text in zip(each, utf8, strict=True)
    )
    missing = any(name is None and text is None for (_, name), text in zip(each, utf8, strict=True))
    return Decoded(texts, UNKNOWN if missing else next(name for _, name in each if name))


def unmangle(text: str) -> str:
    """Undo a wrong reading kept in a Unicode text: UTF-8, TCVN3 or VNI bytes that were taken for Latin letters."""
    if text.isascii() or len(text) > 20_000:
        return text
    try:
        raw = b"".join(_western_bytes(c) for c in text)
    except ValueError:
        return text
    again = _strict(raw, "utf-8")
    if again is not None and not any(unicodedata.category(c) == "Cc" and c not in "\n\r\t" for c in again):
        return again
    if _vietnamese(text) > 0.85:
        return text
    for name in ("tcvn3", "vni"):
        other = _CANDIDATES[name](raw)
        if other is not None and _vietnamese(other) > 0.9 and _marked_words(other) >= 3:
            return other
    return text


def _western_bytes(letter: str) -> bytes:
    """The byte that a reader of Latin-1 or code page 1252 took for that letter.

    Raises:
        ValueError: there is none.
    """
    return letter.encode("latin-1") if ord(letter) < 256 else letter.encode("cp1252")


def _read(value: bytes, name: str | None) -> str:
    text = _CANDIDATES[name](value) if name and name in _CANDIDATES else None
    return value.decode("latin-1") if text is None else text


def _best(raw: bytes) -> str | None:
    """The charset whose reading of ``raw`` is the most likely text, if any reading is likely at all."""
    scores = {name: _score(name, reading) for name, read in _CANDIDATES.items() if (reading := read(raw)) is not None}
    name = max(scores, key=lambda key: scores[key], default=None)
    return name if name is not None and scores[name] >= _GOOD else None


def _score(name: str, text: str) -> float:
    if name in ("gbk", "big5"):
        return _chinese(text)
    return _western(text) * _WESTERN_TRUST if name in ("cp1252", "mac_roman") else _vietnamese(text)


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return nfc(raw.decode(codec))
    except UnicodeDecodeError:
        return None


def _codec(name: str) -> Callable[[bytes], str | None]:
    return lambda raw: _strict(raw, name)


@cache
def _letters(charset: str) -> dict[bytes, str]:
    with (_FOLDER / "legacy_vietnamese.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {bytes.fromhex(row["bytes"]): row["letter"] for row in rows if row["charset"] == charset}


def _from_table(charset: str) -> Callable[[bytes], str | None]:
    def read(raw: bytes) -> str | None:
        letters, parts, at = _letters(charset), list[str](), 0
        while at < len(raw):
            width = 2 if raw[at : at + 2] in letters else 1
            piece = raw[at : at + width]
            letter = letters.get(piece) or _plain(piece)
            if letter is None:
                return None
            parts.append(letter)
            at += width
        return _capitals("".join(parts)) if charset == "tcvn3" else "".join(parts)

    return read


def _plain(piece: bytes) -> str | None:
    """ASCII, and the punctuation that Windows puts at 0x80..0xA0 whatever the font."""
    return _strict(piece, "cp1252") if piece[0] <= 0xA0 else None


def _capitals(text: str) -> str:
    """TCVN3 has no capitals with tone marks, a font of capitals shows them: the letters around tell where they were."""
    if text[:1].islower() and not text[0].isascii():
        text = text[0].upper() + text[1:]
    words = _WORD.findall(text)
    shouted = [word for word in words if sum(c.isascii() for c in word) >= 2 and _ascii_of(word).isupper()]
    if shouted and not any(c.islower() for c in _ascii_of(text)):
        return text.upper()
    return _WORD.sub(lambda match: match.group().upper() if match.group() in shouted else match.group(), text)


def _ascii_of(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isalpha())


_CANDIDATES: dict[str, Callable[[bytes], str | None]] = {
    "tcvn3": _from_table("tcvn3"),
    "vni": _from_table("vni"),
    "cp1258": _codec("cp1258"),
    "gbk": _codec("gbk"),
    "big5": _codec("big5"),
    "cp1252": _codec("cp1252"),
    "mac_roman": _codec("mac_roman"),
}


@cache
def _rhymes() -> frozenset[str]:
    return frozenset((_FOLDER / "vietnamese_rhymes.txt").read_text(encoding="utf-8").split())


def is_vietnamese_syllable(word: str) -> bool:
    """Whether a word has the form of one Vietnamese syllable: an onset, a rhyme, at most one tone that fits it."""
    parts = unicodedata.normalize("NFD", word.casefold())
    tones = [c for c in parts if c in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    rhyme = next((bare[len(onset) :] for onset in _ONSETS if _splits(bare, onset)), None)
    if rhyme is None or len(tones) > 1:
        return False
    return not rhyme.endswith(("c", "ch", "p", "t", "k")) or (bool(tones) and tones[0] in _STOP_TONES)


def _splits(bare: str, onset: str) -> bool:
    return bare.startswith(onset) and bare[len(onset) :] in _rhymes()


def _marked_words(text: str) -> int:
    return sum(not word.isascii() for word in _WORD.findall(text))


def _vietnamese(text: str) -> float:
    """0..1: how many of the words with marks, and of all words, can be Vietnamese; stray symbols count against it."""
    words = _WORD.findall(text)
    marked = [word for word in words if not word.isascii()]
    if not marked:
        return 0.0
    strays = sum(not c.isascii() and not c.isalpha() and c not in _PUNCTUATION for c in text)
    fitting = sum(is_vietnamese_syllable(word) for word in marked) / (len(marked) + strays)
    whole = sum(is_vietnamese_syllable(word) for word in words) / len(words)
    common = sum(word.casefold() in _common_syllables() for word in marked) / len(marked)
    return fitting * (0.7 + 0.2 * whole + 0.1 * common)


@cache
def _common_syllables() -> frozenset[str]:
    return frozenset((_FOLDER / "vietnamese_syllables.txt").read_text(encoding="utf-8").split())


@cache
def _common_han() -> frozenset[str]:
    return frozenset((_FOLDER / "common_han.txt").read_text(encoding="utf-8"))


def _chinese(text: str) -> float:
    """0..1: how common the characters are.  Half of running text and names is among the commonest few hundred.

    A single character that touches a Latin letter is what Western and Vietnamese bytes look like.
    """
    foreign = [c for c in text if not c.isascii() and c not in _CHINESE_MARKS]
    if not foreign:
        return 0.0
    lone = len(_LONE_HAN.findall(text))
    common = sum(c in _common_han() for c in foreign)
    return max(0.0, min(1.0, 2 * (common - lone) / len(foreign)))


def _western(text: str) -> float:
    """0..1: the share of letters beyond ASCII that are common in the West and stand where they can."""
    odd = [index for index, c in enumerate(text) if not c.isascii()]
    return sum(_fits(text, index) for index in odd) / len(odd) if odd else 0.0


def _fits(text: str, index: int) -> bool:
    letter = text[index]
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if letter not in _WESTERN:
        return False
    if not letter.isalpha():
        return letter == "’" or not (before.isalpha() and after.isalpha())
    return not (letter.isupper() and before.islower())
