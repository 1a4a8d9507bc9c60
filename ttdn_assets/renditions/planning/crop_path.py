"""A subject's track -> the way of a crop that keeps it in view: still as long as it can be, then straight, then eased.

Each side is a string pulled taut through a tube: at every moment the crop may lie anywhere between the places where the
subject touches its comfortable inner part; the shortest way through never turns but where it must, so it cannot jitter,
and where one place serves the whole scene it does not move at all.  The string's corners are then rounded.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from ttdn_assets.geometry import crop_to_ratio
from ttdn_assets.model import PathPoint, TrackPoint

Size = tuple[int, int]
Span = tuple[int, int]

_COMFORT = 0.5
"""Of the room that the subject leaves in the crop, the part in which it may wander before the crop follows."""

_EASE_S = 0.5
_FASTEST = 1.0
"""Crop widths or heights a second; faster than that nobody could watch."""


def crop_path(size_px: Size, ratio: float, track: Sequence[TrackPoint]) -> tuple[PathPoint, ...] | None:
    """The way of the largest crop of a width/height ratio, or ``None`` where none holds the subject all the time."""
    crop = crop_to_ratio(size_px, ratio)
    path: list[PathPoint] = []
    for scene in _scenes(track):
        times_s = [point.t_s for point in scene]
        across = _way(times_s, [(p.box.x, p.box.width_px) for p in scene], crop.width_px, size_px[0])
        down = _way(times_s, [(p.box.y, p.box.height_px) for p in scene], crop.height_px, size_px[1])
        if across is None or down is None:
            return None
        path += _thinned([PathPoint(*point) for point in zip(times_s, across, down, strict=True)])
    return tuple(path)


def _scenes(track: Sequence[TrackPoint]) -> list[list[TrackPoint]]:
    """The track split between the two points that share the time of a cut."""
    scenes: list[list[TrackPoint]] = [[]]
    for point in track:
        if scenes[-1] and point.t_s == scenes[-1][-1].t_s:
            scenes.append([])
        scenes[-1].append(point)
    return [scene for scene in scenes if scene]


def _way(times_s: Sequence[float], sides: Sequence[Span], crop_px: int, picture_px: int) -> list[int] | None:
    """Where one side of the crop begins at each time, or ``None`` where the subject is too large or too fast for it.

    Args:
        times_s: of one scene.
        sides: where the subject's side begins at each, and its length.
        crop_px: the length of the crop's side.
        picture_px: the length of the picture's.
    """
    if any(length > crop_px for _, length in sides):
        return None
    inner, outer = ([_wall(*side, crop_px, picture_px, part=part) for side in sides] for part in (_COMFORT, 1.0))
    eased = _eased(times_s, _taut(times_s, inner))
    held = [min(max(place, low), high) for place, (low, high) in zip(eased, outer, strict=True)]
    for (start_s, start), (end_s, end) in pairwise(zip(times_s, held, strict=True)):
        if abs(end - start) > _FASTEST * crop_px * (end_s - start_s):
            return None
    return [round(place) for place in held]


def _wall(start_px: int, length_px: int, crop_px: int, picture_px: int, *, part: float) -> tuple[float, float]:
    """The least and the largest place of a crop in which the subject lies within ``part`` of the room around it."""
    middle, reach = start_px - (crop_px - length_px) / 2, part * (crop_px - length_px) / 2
    most = picture_px - crop_px
    return min(max(0.0, middle - reach), most), min(max(0.0, middle + reach), most)


def _taut(times_s: Sequence[float], walls: Sequence[tuple[float, float]]) -> list[float]:
    """The shortest way between the walls whose ends are free."""
    low, high, last = walls[0][0], walls[0][1], 0
    while last + 1 < len(walls) and max(low, walls[last + 1][0]) <= min(high, walls[last + 1][1]):
        last += 1
        low, high = max(low, walls[last][0]), min(high, walls[last][1])
    if last + 1 == len(walls):
        return [(low + high) / 2] * len(walls)
    start = high if walls[last + 1][0] > high else low
    rests_until = max(at for at in range(last + 1) if start in walls[at])
    places = [start] * (rests_until + 1)
    while len(places) < len(walls):
        places += _straight(times_s, walls, len(places) - 1, places[-1])
    return places


def _straight(times_s: Sequence[float], walls: Sequence[tuple[float, float]], at: int, place: float) -> list[float]:
    """The places after ``at``, on one straight line as far as the walls let it go."""
    least, most = -math.inf, math.inf
    bend_least = bend_most = at + 1
    for ahead in range(at + 1, len(walls)):
        span_s = times_s[ahead] - times_s[at]
        low, high = (wall - place for wall in walls[ahead])
        if low / span_s > most:
            return _line(times_s, at, place, bend_most, most)
        if high / span_s < least:
            return _line(times_s, at, place, bend_least, least)
        if low / span_s > least:
            least, bend_least = low / span_s, ahead
        if high / span_s < most:
            most, bend_most = high / span_s, ahead
    slope = min(max(0.0, least), most)
    bends = {least: bend_least, most: bend_most, 0.0: len(walls) - 1}
    return _line(times_s, at, place, bends[slope], slope)


def _line(times_s: Sequence[float], at: int, place: float, until: int, slope: float) -> list[float]:
    return [place + slope * (times_s[step] - times_s[at]) for step in range(at + 1, until + 1)]


def _eased(times_s: Sequence[float], places: Sequence[float]) -> list[float]:
    """The places with corners rounded: means under a bell; a way that stands still stays as it is."""
    if max(places) == min(places):
        return list(places)
    eased = []
    for now in times_s:
        near = slice(bisect_left(times_s, now - 3 * _EASE_S), bisect_right(times_s, now + 3 * _EASE_S))
        weights = [math.exp(-0.5 * ((then - now) / _EASE_S) ** 2) for then in times_s[near]]
        eased.append(sum(w * place for w, place in zip(weights, places[near], strict=True)) / sum(weights))
    return eased


def _thinned(points: Sequence[PathPoint]) -> list[PathPoint]:
    """The points without those amid a rest."""
    places = [(point.x, point.y) for point in points]
    amid = {at for at in range(1, len(points) - 1) if places[at - 1] == places[at] == places[at + 1]}
    return [point for at, point in enumerate(points) if at not in amid]
