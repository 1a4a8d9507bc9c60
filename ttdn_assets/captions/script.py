"""What a text shows by itself: its script, words of another language left in it, loops, Chinese punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ttdn_assets.model import Lang
from ttdn_assets.terms.base import DATA
from ttdn_assets.text import strip_marks

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_SCRIPTS = {
    "latin": r"A-Za-z\u00aa\u00ba\u00c0-\u02af\u1e00-\u1eff\u0300-\u036f",
    "han": _HAN,
    "kana": r"\u3040-\u30ff",
    "hangul": r"\uac00-\ud7af\u1100-\u11ff",
    "lao": r"\u0e80-\u0eff",
    "thai": r"\u0e00-\u0e7f",
    "khmer": r"\u1780-\u17ff",
    "cyrillic": r"\u0400-\u04ff",
    "arabic": r"\u0600-\u06ff",
}
_OWN: dict[Lang, tuple[str, ...]] = {
    "vi": ("latin",), "en": ("latin",), "fr": ("latin",), "zh": ("han",), "ja": ("han", "kana"), "ko": ("hangul",),
    "lo": ("lao",), "th": ("thai",), "km": ("khmer",), "ru": ("cyrillic",), "ar": ("arabic",),
}  # fmt: skip
_BESIDE = ("latin",)
"""Names in this script may stand in any text."""
_VI_LETTER = r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]"
_VI_WORD = re.compile(rf"(?<![^\W\d_])[a-zà-ỹđ]*{_VI_LETTER}[a-zà-ỹđ]*(?![^\W\d_])")
_SYLLABLE = re.compile(r"(?:ngh?|nh|kh|ph|th|tr|ch|gh|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
_EN_WORDS = re.compile(r"(?<![A-Za-zÀ-ỹ0-9.])[a-z]{2,}(?: [a-z]{2,})+(?![A-Za-zÀ-ỹ0-9.])")
_GLOSS = re.compile(r"[(（“\"«《][^()（）“”\"«»《》]*[)）”\"»》]")
_HALF_WIDTH = re.compile(
    rf"[{_HAN}][,;:!?()](?!\d)|[,;:!?()](?=[{_HAN}])|[{_HAN}]\.(?=\s|$|\.)|(?<=[{_HAN}])[ \t]+(?=[{_HAN}])"
    rf"|[{_HAN}][\"']|[\"'](?=[{_HAN}])"
)
_FULL_WIDTH = re.compile(r"[，。；：！？（）、【】]")
_WORD_LOOP = re.compile(r"\b(\w+(?:\W+\w+){0,5})(?:\W+\1\b){2,}", re.IGNORECASE)
_HAN_LOOP = re.compile(rf"([{_HAN}，、]{{2,12}}?)\1{{2,}}|([{_HAN}])\2{{3,}}")
_LOOP_LENGTH = 4_000


def wrong_script(value: str, lang: Lang) -> str:
    """What shows that a text is not in the script of its language; empty where it is.

    No other script may stand in it but Latin names; where nothing but Latin letters stands, capitals alone may.
    """
    own = _OWN.get(lang)
    if own is None:
        return ""
    if found := _strange(own).search(value):
        return found.group()
    if "latin" in own or not re.search(rf"[{_SCRIPTS['latin']}]", value):
        return ""
    said = re.search("[" + "".join(_SCRIPTS[one] for one in own) + "]", value)
    return "" if said or not re.search(r"[^\W\d_A-Z]", value) else value[:40]


@cache
def _strange(own: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        "[" + "".join(letters for name, letters in _SCRIPTS.items() if name not in {*own, *_BESIDE}) + "]+"
    )


def remainder(value: str, lang: Lang, named: Sequence[tuple[int, int]], borrowed: frozenset[str] = frozenset()) -> str:
    """Words of another language left in a text.

    A name keeps its capitals, so small letters with Vietnamese diacritics show a sentence left standing.

    Args:
        value: the text.
        lang: its language; only English and Chinese are looked at.
        named: the places of names of the term base, which are none.
        borrowed: small Vietnamese words that a text in another language may use (``phở``).
    """
    if lang not in ("en", "zh"):
        return ""
    glossed = [(found.start(), found.end()) for found in _GLOSS.finditer(value)]
    for found in _left(value, lang):
        if found.group() in borrowed:
            continue
        if not any(start <= found.start() and found.end() <= end for start, end in (*named, *glossed)):
            return found.group()
    return ""


def _left(value: str, lang: Lang) -> Iterator[re.Match[str]]:
    yield from (found for found in _VI_WORD.finditer(value) if _SYLLABLE.fullmatch(strip_marks(found.group())))
    if lang == "zh":
        yield from _EN_WORDS.finditer(value)


def looped(value: str) -> str:
    """Words that stand three times in a row, as a runaway translation leaves them; empty where none do."""
    found = _HAN_LOOP.search(value[:_LOOP_LENGTH]) or _WORD_LOOP.search(value[:_LOOP_LENGTH])
    return found.group()[:60] if found else ""


def traditional(value: str) -> str:
    """The characters of a Chinese text that only the traditional script has."""
    return "".join(dict.fromkeys(char for char in value if ord(char) in _simplified()))


def simplified(value: str) -> str:
    """A Chinese text with the characters that only the traditional script has in their simplified form."""
    return value.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    lines = (DATA / "traditional.txt").read_text(encoding="utf-8").splitlines()
    return {ord(pair[0]): pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


def misplaced_marks(value: str, lang: Lang) -> str:
    """Narrow marks or a space beside Chinese characters, wide marks elsewhere; empty where there is none."""
    found = (_HALF_WIDTH if lang == "zh" else _FULL_WIDTH).search(value) if lang in ("vi", "en", "zh") else None
    return value[max(0, found.start() - 4) : found.end() + 4] if found else ""
