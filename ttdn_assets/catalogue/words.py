"""Search words: how texts become tokens for the index, and how a person's query becomes terms.

FTS5's ``unicode61`` does not know that đ is a kind of d and sees a whole Chinese sentence as one word, so both sides
are prepared here: folded by ``text.fold``, every Han or kana character a token of its own, everything that is neither
letter nor digit a space.  A word of several tokens is a phrase, so 龙湾 finds 下龙湾 and ``moc-chau`` Mộc Châu.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

import msgspec

from ttdn_assets.text import fold, nfc

_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
    r"|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"
)
_PART = re.compile(r'(-?)"([^"]*)(?:"|$)|(\S+)')
_QUOTES = str.maketrans("“”„«»＂「」『』", '"' * 10)
_LOOSE_MARK = re.compile(r"[\u0300-\u036f]")
"""A mark that no letter takes in, which would part a word."""
_WORDS_MAX = 32
_TOKENS_MAX = 64
_LETTERS_MAX = 100
_KEPT_MAX, _PIECE_MAX = 32_768, 20
_HAN_ONLY = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f“”!-/:-@]*")
"""Chinese with its usual stops, in which nothing is folded."""
_DIGIT = re.compile(r"[0-9]")
"""What has one is mostly a number or the name of a file: soon done, and it does not come again."""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look for: tokens that stand in a row, folded and as typed; ``prefix`` leaves the last one open."""

    folded: tuple[str, ...]
    exact: tuple[str, ...]
    prefix: bool = False

    @property
    def marked(self) -> tuple[str, ...]:
        """Its tokens that were typed with diacritics, which then count."""
        return tuple(token for token in self.exact if _FOLDED[token] != token)

    @property
    def marked_prefix(self) -> bool:
        """Whether the last of ``marked`` is left open."""
        return self.prefix and _FOLDED[self.exact[-1]] != self.exact[-1]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """A query taken apart: what must occur and what must not."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    hopeless: bool = False
    """Something was asked for that no index can hold, such as punctuation alone."""

    @property
    def row(self) -> Term:
        """All that is wanted in one row, as it was typed: found so, it ranks higher."""
        return Term(
            folded=tuple(token for term in self.wanted for token in term.folded),
            exact=tuple(token for term in self.wanted for token in term.exact),
            prefix=bool(self.wanted) and self.wanted[-1].prefix,
        )


def folded_tokens(value: str) -> tuple[str, ...]:
    """The tokens of a text without marks and case."""
    return tuple(folded_text(value).split())


def folded_text(value: str) -> str:
    """The folded tokens of a text, joined by spaces."""
    return indexed(value)[0]


def indexed(value: str) -> tuple[str, Iterable[str]]:
    """What the index keeps of a text: its folded tokens joined by spaces, and its tokens that have marks."""
    pieces = [*map(_PIECES.__getitem__, nfc(value).replace("/", " ").split())]
    return " ".join(map(_FOLDED_OF, pieces)), chain.from_iterable(filter(None, map(_MARKED_OF, pieces)))


def exact_tokens(value: str) -> list[str]:
    """The tokens of a text with its marks, without case."""
    return _tokens(nfc(nfc(value).casefold()))


class _Pieces(dict[str, tuple[str, tuple[str, ...]]]):
    """What stands between spaces or strokes, in NFC: its folded tokens, and those that have marks; most comes again."""

    def __missing__(self, piece: str) -> tuple[str, tuple[str, ...]]:
        if piece.isascii() and _DIGIT.search(piece):
            return " ".join(_tokens(piece.lower())), ()
        found = (" ".join(_TOKEN.findall(piece)), ()) if _HAN_ONLY.fullmatch(piece) else _split(piece)
        if len(piece) <= _PIECE_MAX:
            _make_room(self)
            self[piece] = found
        return found


def _split(piece: str) -> tuple[str, tuple[str, ...]]:
    tokens = exact_tokens(piece)
    folded = _tokens(fold(piece)) if _LOOSE_MARK.search(piece) else [_FOLDED[token] for token in tokens]
    marked = () if folded == tokens else tuple(token for token in tokens if _FOLDED[token] != token)
    return " ".join(filter(None, folded)), marked


class _Folded(dict[str, str]):
    """Exact tokens and what they are folded, which may part them."""

    def __missing__(self, token: str) -> str:
        if token.isascii():
            return token
        _make_room(self)
        folded = self[token] = " ".join(_tokens(fold(token)))
        return folded


def _make_room(kept: dict[str, Any]) -> None:
    if len(kept) >= _KEPT_MAX:
        kept.clear()


_PIECES, _FOLDED = _Pieces(), _Folded()
_FOLDED_OF, _MARKED_OF = itemgetter(0), itemgetter(1)


def _tokens(value: str) -> list[str]:
    found: list[str] = _TOKEN.findall(value)
    is_short = len(value) <= _LETTERS_MAX or max(map(len, found), default=0) <= _LETTERS_MAX
    return found if is_short else [token[:_LETTERS_MAX] for token in found]


def parse_terms(query: str) -> Terms:
    """Take a person's query apart; whatever they type, the result is safe to ask for.

    Words must all occur; ``"…"`` keeps them in a row, ``word*`` stands for what begins so, ``-word`` and ``-"…"`` must
    not occur.  What goes beyond 32 words is left out.
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    typed = nfc(query).translate(_QUOTES)
    for minus, phrase, word in _PART.findall(typed):
        negative = bool(minus) or (word.startswith("-") and len(word) > 1)
        term = _term(phrase or word)
        if term and len(wanted) + len(unwanted) < _WORDS_MAX:
            (unwanted if negative else wanted).append(term)
    hopeless = bool(typed.strip()) and not wanted and not unwanted
    return Terms(wanted=tuple(wanted), unwanted=tuple(unwanted), hopeless=hopeless)


def _term(typed: str) -> Term | None:
    folded, exact = folded_tokens(typed)[:_TOKENS_MAX], tuple(exact_tokens(typed)[:_TOKENS_MAX])
    if not folded:
        return None
    return Term(folded=folded, exact=exact, prefix=typed.endswith("*"))
