"""The one font for text drawn into pictures: Noto Sans CJK, which has every Vietnamese letter and Chinese character.

It comes with the wheel ``noto-cjk-sans-otc`` (SIL Open Font License 1.1), so that text looks alike on every machine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

FAMILY = "Noto Sans CJK SC"
"""The face with the Chinese forms of characters that Japanese and Korean write otherwise."""

FACE = 2
"""Which face of the collection that is."""

LINE_HEIGHT = 1.448
"""Of a line, in sizes of the font: the ascent and descent that its tables state."""

_MEASURED_PX = 100
_NARROWER = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)


def font_file() -> Path:
    """The collection's file."""
    import noto_cjk_sans_otc

    return Path(noto_cjk_sans_otc.__file__).parent / str(noto_cjk_sans_otc.FONT_FILE)


def wrapped(text: str, *, size_px: float, width_px: float) -> list[str]:
    """The text in as few lines as ``width_px`` allows, about equally long, broken at spaces and between characters.

    Chinese has no spaces: it breaks anywhere but before a mark that ends something.
    """
    return [line for given in text.split("\n") for line in _balanced(_pieces(given), width_px * _MEASURED_PX / size_px)]


def _balanced(pieces: list[str], width_px: float) -> list[str]:
    """The lines in the narrowest of a few widths that needs no more of them."""
    lines = _filled(pieces, width_px)
    for share in _NARROWER if len(lines) > 1 else ():
        tried = _filled(pieces, width_px * share)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _filled(pieces: list[str], width_px: float) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and _width_px(f"{lines[-1]}{piece}".rstrip()) > width_px:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(line: str) -> list[str]:
    """What may not be broken: words with the space after them, characters with the punctuation after them."""
    pieces: list[str] = []
    for letter in line:
        alone = _is_wide(letter)
        joined = pieces and not pieces[-1].endswith(" ") and not (alone or _is_wide(pieces[-1][-1]))
        if pieces and (joined or letter == " " or letter in _NEVER_FIRST):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


_NEVER_FIRST = frozenset("，。、；：？！）》〉”’」』】…,.;:?!)%")


def _is_wide(letter: str) -> bool:
    return "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or letter >= "\U00020000"


def _width_px(text: str) -> float:
    return float(_face().getlength(text))


@cache
def _face() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(), _MEASURED_PX, index=FACE)
