"""The looks of a whole catalogue -> pairs that show the same picture, without comparing each with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ttdn_assets.tools.looks import SIDE_PX, Looks, candidates, is_plain
from ttdn_assets.tools.looks_compare import likeness

SAME_FROM = 0.7
"""Likeness of the same picture after cropping, turning and recolouring; unrelated pictures stay below 0.4."""


class Alike(NamedTuple):
    """Two looks, by their numbers, and how alike they are."""

    first: int
    second: int
    likeness: float


def alike(pixels: bytes | bytearray, chosen: Sequence[int]) -> Iterator[Alike]:
    """The pairs among the chosen looks that show the same picture, whole, cropped, turned by quarters or a little."""
    numbers = np.asarray(chosen, np.int64)
    looks = _all(pixels)[numbers]
    for turns, pairs in candidates(looks):
        scores = likeness(looks, pairs, turns=turns)
        for (first, second), score in zip(numbers[pairs].tolist(), scores.tolist(), strict=True):
            if score >= SAME_FROM:
                yield Alike(first, second, score)


def compared(pixels: bytes | bytearray, pairs: Sequence[tuple[int, int]]) -> list[float]:
    """How alike the looks of each pair are; 0 where one of them shows nothing, such as a black frame."""
    looks = _all(pixels)
    numbers = np.asarray(pairs, np.int64).reshape(-1, 2)
    scores = likeness(looks, numbers)
    plain = is_plain(looks[numbers[:, 0]]) | is_plain(looks[numbers[:, 1]])
    return list(np.where(plain, 0, scores).tolist())


def telling(pixels: bytes | bytearray) -> list[bool]:
    """Which looks show something."""
    return [not plain for plain in is_plain(_all(pixels)).tolist()]


def _all(pixels: bytes | bytearray) -> Looks:
    return np.frombuffer(pixels, np.uint8).reshape(-1, SIDE_PX, SIDE_PX)
