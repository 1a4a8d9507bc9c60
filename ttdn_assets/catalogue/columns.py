"""Two kinds of column that take less room than the text they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, LargeBinary, SmallInteger, TypeDecorator

_BYTES = 32


def packed(digest: str | None) -> bytes | bytearray | None:
    """The 32 bytes of a SHA-256 in hex; any other text as it is in UTF-8, which is kept from being as long.

    They are a ``bytearray``, which SQLite's driver takes as it is; of ``bytes`` it first asks what they adapt to.
    """
    if digest is None:
        return None
    try:
        if len(found := bytearray.fromhex(digest)) == _BYTES:
            return found
    except ValueError:
        pass
    other = digest.encode("utf-8", "backslashreplace")
    return other + b"\0" if len(other) == _BYTES else other


def unpacked(stored: bytes | bytearray | None) -> str | None:
    """The text of ``packed``."""
    if stored is None:
        return None
    return stored.hex() if len(stored) == _BYTES else stored.decode().removesuffix("\0")


class Digest(TypeDecorator[str]):
    """A SHA-256: hex in the program, bytes in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | bytearray | None:
        """See ``packed``."""
        return packed(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """See ``unpacked``."""
        return unpacked(value)


class Word(TypeDecorator[str]):
    """One of a few words, stored as its place among them; new words go to the end, none is ever taken out."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, *words: str) -> None:
        """Take the words in their order for ever."""
        super().__init__()
        self.words = words
        self.places: dict[str | None, int | None] = {word: place for place, word in enumerate(words)} | {None: None}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        """Its place; that of no row for what is none of the words."""
        return self.places.get(value, -1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        """The word at a place."""
        return None if value is None else self.words[value]


def stored_by(kind: object) -> Callable[[Any], Any] | None:
    """How values become what a column of this type stores; ``None`` where they are stored as they are."""
    if isinstance(kind, Digest):
        return packed
    return kind.places.__getitem__ if isinstance(kind, Word) else None
