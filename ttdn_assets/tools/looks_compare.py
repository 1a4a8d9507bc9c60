"""Two looks -> how alike they are, after one has been moved, scaled and turned a little to lie on the other.

The alignment is Lucas and Kanade's with an affine warp (S. Baker, I. Matthews, "Lucas-Kanade 20 years on", 2004), on
zero-mean, unit-variance grey levels, so that brightness and contrast do not count: first at half the size, where most
pairs are found unlike, then at the whole.  Likeness is the correlation of what is left of both when the broad light
and dark are taken out: sky over land is common to most landscapes and tells nothing.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ttdn_assets.tools.looks import Floats, Looks, Numbers

_BATCH = 1024
_STEPS = 7
_SOFT_PX, _FINE_PX, _BROAD_PX = 1.0, 0.7, 4.0
_HOPELESS_BELOW = 0.4
"""Pairs less alike at half the size are not looked at closer."""
_OVERLAP_MIN = 0.7
_STRAIN_MAX = 0.3
"""How far an affine warp may be from none: more than a crop or slight turn needs, less than what fits anything."""


def likeness(looks: Looks, pairs: Numbers, *, turns: int = 0) -> Floats:
    """How alike the looks of each pair are: 1 the same picture, below 0.3 for unrelated ones.

    Args:
        looks: (number, 32, 32) grey levels.
        pairs: (pairs, 2) numbers of looks.
        turns: quarter turns of the first, against the clock.
    """
    parts = [np.empty(0, np.float32)]
    for start in range(0, len(pairs), _BATCH):
        some = pairs[start : start + _BATCH]
        still = np.rot90(looks[some[:, 0]], turns, axes=(1, 2)).astype(np.float32)
        parts.append(_likeness(still, looks[some[:, 1]].astype(np.float32)))
    return np.concatenate(parts)


def _likeness(still: Floats, moved: Floats) -> Floats:
    half_still, half_moved = _halved(still), _halved(moved)
    warp = _aligned(half_still, half_moved, np.zeros((len(still), 6), np.float32))
    alike = _correlation(half_still, half_moved, warp, broad_px=_BROAD_PX / 2)
    hopeful = np.flatnonzero(alike >= _HOPELESS_BELOW)
    if len(hopeful):
        still, moved = still[hopeful], moved[hopeful]
        warp = _aligned(still, moved, warp[hopeful])
        alike[hopeful] = _correlation(still, moved, warp, broad_px=_BROAD_PX)
    return alike


def _halved(looks: Floats) -> Floats:
    count, side_px, _ = looks.shape
    halved: Floats = looks.reshape(count, side_px // 2, 2, side_px // 2, 2).mean(axis=(2, 4))
    return halved


def _aligned(still: Floats, moved: Floats, warp: Floats) -> Floats:
    """The warps (number, 6) under which ``moved`` looks most like ``still``, begun from ``warp``."""
    still, moved = _blurred(still, _SOFT_PX), _blurred(moved, _SOFT_PX)
    for _ in range(_STEPS):
        warp = _improved(still, moved, warp)
    return warp


def _correlation(still: Floats, moved: Floats, warp: Floats, *, broad_px: float) -> Floats:
    a, b = (_blurred(looks, _FINE_PX) - _blurred(looks, broad_px) for looks in (still, moved))
    there, inside = _sampled(b, warp)
    alike = (_standard(a, inside) * _standard(there, inside)).sum(axis=(1, 2))
    lost = (np.abs(warp).max(axis=1) > _STRAIN_MAX) | (inside.mean(axis=(1, 2)) < _OVERLAP_MIN)
    return np.where(lost, 0, np.clip(alike, 0, 1)).astype(np.float32)


def _blurred(looks: Floats, sigma_px: float) -> Floats:
    """Gaussian blur, the borders continued."""
    blur = _blur(looks.shape[1], sigma_px)
    blurred: Floats = (blur @ looks @ blur.T).astype(np.float32, copy=False)
    return blurred


@cache
def _blur(side_px: int, sigma_px: float) -> Floats:
    """The blur of a row of pixels as a matrix."""
    reach = np.arange(-side_px, 2 * side_px)
    weights = np.exp(-0.5 * ((np.arange(side_px)[:, None] - reach) / sigma_px) ** 2)
    within = np.clip(reach, 0, side_px - 1)
    folded = np.stack([weights[:, within == column].sum(axis=1) for column in range(side_px)], axis=1)
    blur: Floats = (folded / folded.sum(axis=1, keepdims=True)).astype(np.float32)
    return blur


@cache
def _grid(side_px: int) -> tuple[Floats, Floats]:
    """Where each pixel is, from -1 to 1: across, down."""
    along: Floats = ((np.arange(side_px) + 0.5) / side_px * 2 - 1).astype(np.float32)
    return np.broadcast_to(along, (side_px, side_px)), np.broadcast_to(along[:, None], (side_px, side_px))


def _sampled(looks: Floats, warp: Floats) -> tuple[Floats, Floats]:
    """Each look seen through its warp, and 1 where that lies inside it."""
    count, side_px, _ = looks.shape
    x, y = _grid(side_px)
    w = warp[:, :, None, None]
    column: Floats = (x + w[:, 0] + w[:, 1] * x + w[:, 2] * y + 1) * np.float32(side_px / 2) - np.float32(0.5)
    row: Floats = (y + w[:, 3] + w[:, 4] * x + w[:, 5] * y + 1) * np.float32(side_px / 2) - np.float32(0.5)
    inside = (np.abs(column - side_px / 2 + 0.5) < side_px / 2) & (np.abs(row - side_px / 2 + 0.5) < side_px / 2)
    last = np.float32(side_px - 1.001)
    column, row = np.clip(column, 0, last).astype(np.float32), np.clip(row, 0, last).astype(np.float32)
    left, top = column.astype(np.int32), row.astype(np.int32)
    right, below = column - left, row - top
    flat = looks.reshape(-1)
    place = top * side_px + left + (np.arange(count, dtype=np.int32) * side_px**2)[:, None, None]
    upper = flat[place] * (1 - right) + flat[place + 1] * right
    lower = flat[place + side_px] * (1 - right) + flat[place + side_px + 1] * right
    return upper * (1 - below) + lower * below, inside.astype(np.float32)


def _standard(looks: Floats, inside: Floats) -> Floats:
    """Zero mean and unit length over what is inside, zero outside."""
    count = np.maximum(inside.sum(axis=(1, 2), keepdims=True), 1)
    centred = (looks - (looks * inside).sum(axis=(1, 2), keepdims=True) / count) * inside
    length = np.sqrt((centred**2).sum(axis=(1, 2), keepdims=True))
    standard: Floats = centred / np.maximum(length, 1e-3)
    return standard


def _improved(still: Floats, moved: Floats, warp: Floats) -> Floats:
    """One step of Gauss and Newton towards the warp under which ``moved`` looks like ``still``."""
    count, side_px, _ = still.shape
    x, y = _grid(side_px)
    there, inside = _sampled(moved, warp)
    a, b = _standard(still, inside), _standard(there, inside)
    down, across = (slope * inside for slope in np.gradient(b, 2 / side_px, axis=(1, 2)))
    slopes = np.stack([across, across * x, across * y, down, down * x, down * y], axis=1).reshape(count, 6, -1)
    error = (a - b).reshape(count, -1, 1)
    hessian = slopes @ slopes.transpose(0, 2, 1)
    damping = 0.02 * np.trace(hessian, axis1=1, axis2=2)[:, None, None] / 6 + 1e-6
    step = np.linalg.solve(hessian + damping * np.eye(6, dtype=np.float32), slopes @ error)[:, :, 0]
    improved: Floats = np.clip(warp + step, -2 * _STRAIN_MAX, 2 * _STRAIN_MAX)
    return improved
