"""The word lists of ``data/words.toml``, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of one list, as written there."""
    return frozenset(word.strip() for word in _lists()[name].split("|"))


@cache
def _lists() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text(encoding="utf-8"))
