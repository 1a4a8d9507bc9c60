"""A GPS point into the province and the known town around it, offline, from the positions of populated places.

``data/populated_places.tsv`` holds 890 places of Viet Nam with their province and 1,371 of its neighbours (GeoNames).
It holds points, not boundaries, so the answer is given only where the neighbourhood is of one mind: the nearest
``_VOTERS`` places are all of one province, or all places within ``_CLEAR_RATIO`` times the distance of the nearest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ttdn_assets.model import Gps

LIMIT_KM = 40.0
"""Farther than this from any populated place nothing is said (open sea, the archipelagoes)."""
TOWN_KM = 5.0
"""A town is named only within this distance of its centre."""
_CLEAR_RATIO = 1.6
_VOTERS = 4
_EARTH_KM = 6371.0


class Spot(NamedTuple):
    """A populated place; ``province`` is a term id, empty outside Viet Nam."""

    latitude_deg: float
    longitude_deg: float
    country: str
    province: str
    name: str


class Nearby(NamedTuple):
    """What is around a point: a province's term id and, where one is near, a town's name in Vietnamese."""

    province: str
    town: str | None


def around(gps: Gps) -> Nearby | None:
    """The province around a point; ``None`` outside Viet Nam, near a border of two units, or far from any place."""
    if not (abs(gps.latitude_deg) <= 90 and abs(gps.longitude_deg) <= 180):
        return None
    ranked = sorted(((_distance_km(gps, spot), spot) for spot in _spots_near(gps)), key=lambda pair: pair[0])
    if not ranked or ranked[0][0] > LIMIT_KM:
        return None
    nearest_km = max(ranked[0][0], 1.0)
    close = [spot for km, spot in ranked if km <= nearest_km * _CLEAR_RATIO]
    voters = close if len({_unit(spot) for spot in close}) == 1 else [spot for _, spot in ranked[:_VOTERS]]
    units = {_unit(spot) for spot in voters}
    if len(units) != 1 or not voters[0].province:
        return None
    town = next((spot.name for km, spot in ranked if km <= TOWN_KM and spot.province), None)
    return Nearby(voters[0].province, town)


def _unit(spot: Spot) -> str:
    return spot.province or spot.country


def _distance_km(gps: Gps, spot: Spot) -> float:
    mid = math.radians((gps.latitude_deg + spot.latitude_deg) / 2)
    north = math.radians(spot.latitude_deg - gps.latitude_deg)
    east = math.radians(spot.longitude_deg - gps.longitude_deg) * math.cos(mid)
    return _EARTH_KM * math.hypot(north, east)


def _spots_near(gps: Gps) -> Iterator[Spot]:
    for latitude in range(math.floor(gps.latitude_deg) - 1, math.floor(gps.latitude_deg) + 2):
        for longitude in range(math.floor(gps.longitude_deg) - 1, math.floor(gps.longitude_deg) + 2):
            yield from _grid().get((latitude, longitude), ())


@cache
def _grid() -> dict[tuple[int, int], list[Spot]]:
    """The places by the whole degree they lie in."""
    grid: dict[tuple[int, int], list[Spot]] = {}
    lines = (Path(__file__).parent / "data" / "populated_places.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        latitude, longitude, country, province, name = line.split("\t")
        spot = Spot(float(latitude), float(longitude), country, province, name)
        grid.setdefault((math.floor(spot.latitude_deg), math.floor(spot.longitude_deg)), []).append(spot)
    return grid
