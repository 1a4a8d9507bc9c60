"""What a picture looks like in small, and which of very many such looks are alike enough to be compared closely.

A look is the whole picture squeezed into 32 x 32 grey levels: coding it anew, reducing and recolouring hardly change
it.  Its 64 lowest cosine waves but the mean, made equally strong, are its direction; looks of the same picture point
nearly the same way.  Directions are sought in an inverted file (H. Jégou et al., "Product quantization for nearest
neighbor search", 2011): each belongs to the nearest of about as many centres as the square root of their number, and
meets only those that belong to the few centres nearest to it.  So the work grows far less than with the number of
pairs.  A quarter turn of a picture is one of its look.  ``looks_compare`` then decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ttdn_assets.tools.pixels import Picture, thumbnail

SIDE_PX = 32
PLAIN_BELOW = 4.0
"""Looks whose grey levels (of 256) deviate less from their mean show nothing: black frames, blank pages."""

_THUMBNAIL_PX = 256
_WAVES, _LOWEST = 11, 64
_NEAR_CENTRES = {0: 8, 1: 3, 2: 3}
"""By quarter turns: of how many centres the members are met; a turned copy differs in nothing else, mostly."""
_NEAR_MIN = 0.68
"""The cosine between directions from which on two looks are compared; of unrelated landscapes it hardly exceeds 0.5."""
_MOST_EACH = 16
"""Of a crowd of looks that are all alike, such as a time lapse, each is compared with so many of the nearest."""
_BATCH = 8192

Looks = NDArray[np.uint8]
Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


def look_of(picture: Picture) -> bytes:
    """The look of a picture, 1,024 grey levels row by row."""
    small = Image.fromarray(thumbnail(picture, _THUMBNAIL_PX)).convert("L")
    return small.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX).tobytes()


def as_array(looks: Sequence[bytes]) -> Looks:
    """Looks as an array of (number, 32, 32)."""
    return np.frombuffer(b"".join(looks), np.uint8).reshape(-1, SIDE_PX, SIDE_PX)


def is_plain(looks: Looks) -> NDArray[np.bool_]:
    """Which looks show nothing."""
    parts = [part.astype(np.float32).std(axis=(1, 2)) for part in _batches(looks)]
    return np.concatenate([np.empty(0, np.float32), *parts]) < PLAIN_BELOW


def candidates(looks: Looks) -> Iterator[tuple[int, Numbers]]:
    """Pairs of looks worth comparing, for each number of quarter turns after which the first may show the second.

    Yields:
        The turns, against the clock, and (pairs, 2) numbers of looks, each pair once.
    """
    telling = np.flatnonzero(~is_plain(looks))
    if not len(telling):
        return
    directions = _directions(looks[telling])
    centres = directions[:: max(1, round(len(telling) ** 0.5))]
    homes = _nearest(directions, centres, 1)[:, 0]
    members = np.argsort(homes, kind="stable")
    bounds = np.searchsorted(homes[members], np.arange(len(centres) + 1))
    cells = [members[bounds[cell] : bounds[cell + 1]] for cell in range(len(centres))]
    for turns, reach in _NEAR_CENTRES.items():
        turned = _directions(looks[telling], turns=turns) if turns else directions
        pairs = telling[_meetings(turned, directions, cells, near=_nearest(turned, centres, reach))]
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        yield turns, np.unique(pairs if turns % 2 else np.sort(pairs, axis=1), axis=0)


def _batches(looks: Looks) -> Iterator[Looks]:
    return (looks[start : start + _BATCH] for start in range(0, len(looks), _BATCH))


def _directions(looks: Looks, *, turns: int = 0) -> Floats:
    """Unit vectors of the lowest cosine waves, stronger the finer they are, as pictures have less of fine ones."""
    basis, rows, columns = _basis()
    found = [np.empty((0, _LOWEST), np.float32)]
    for part in _batches(looks):
        levels = np.rot90(part, turns, axes=(1, 2)).astype(np.float32)
        waves = (basis @ levels @ basis.T)[:, rows, columns] * (rows + columns + 1)
        found.append((waves / np.linalg.norm(waves, axis=1, keepdims=True)).astype(np.float32))
    return np.concatenate(found)


@cache
def _basis() -> tuple[Floats, Numbers, Numbers]:
    """Cosine waves over 32 pixels, a row each; row and column of the lowest in a square of them, without the mean."""
    place, wave = np.meshgrid(np.arange(SIDE_PX) + 0.5, np.arange(_WAVES))
    rows, columns = np.divmod(np.arange(_WAVES * _WAVES), _WAVES)
    order = np.lexsort((rows, rows + columns))[1 : 1 + _LOWEST]
    return np.cos(np.pi * place * wave / SIDE_PX).astype(np.float32), rows[order], columns[order]


def _nearest(directions: Floats, centres: Floats, count: int) -> Numbers:
    """The numbers of the nearest centres of each direction, in no order: (number, count)."""
    count = min(count, len(centres))
    found = [np.empty((0, count), np.int64)]
    for start in range(0, len(directions), _BATCH):
        apart = -directions[start : start + _BATCH] @ centres.T
        found.append(np.argpartition(apart, count - 1, axis=1)[:, :count])
    return np.concatenate(found)


def _meetings(seeking: Floats, standing: Floats, cells: Sequence[Numbers], *, near: Numbers) -> Numbers:
    """Pairs (who seeks, who stands) of directions that are near, found cell by cell."""
    visits = np.argsort(near, axis=None, kind="stable")
    bounds = np.searchsorted(near.reshape(-1)[visits], np.arange(len(cells) + 1))
    found = [np.empty((0, 2), np.int64)]
    for cell, members in enumerate(cells):
        visitors = visits[bounds[cell] : bounds[cell + 1]] // near.shape[1]
        for start in range(0, len(visitors), _BATCH):
            some = visitors[start : start + _BATCH]
            found.append(_near_pairs(some, members, seeking[some] @ standing[members].T))
    return np.concatenate(found)


def _near_pairs(seekers: Numbers, members: Numbers, cosines: Floats) -> Numbers:
    seeker, member = np.nonzero(cosines >= _NEAR_MIN)
    if len(seeker) > _MOST_EACH * len(seekers):
        nearest = np.argpartition(-cosines, min(_MOST_EACH, len(members) - 1), axis=1)[:, :_MOST_EACH]
        kept = np.take_along_axis(cosines, nearest, axis=1) >= _NEAR_MIN
        seeker, place = np.nonzero(kept)
        member = nearest[seeker, place]
    return np.stack([seekers[seeker], members[member]], axis=1)
