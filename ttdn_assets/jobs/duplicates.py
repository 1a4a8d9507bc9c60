"""Which files show the same picture, why, and which of them is the best original.  Nothing is ever deleted.

Five reasons, the surest first: the same ``bytes`` in another place; the same ``picture``, coded alike, in other bytes;
a ``copy``, coded anew, reduced, cropped, turned or recoloured; a shot of the same ``burst``; a ``similar`` picture of
another time.  Whether two that look alike are copies or shots is told by when they were taken.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import msgspec

from ttdn_assets.catalogue.looks import AllLooks, FileHeld, Lookalike
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.looking import take_looks
from ttdn_assets.model import Kind, Progress, silent
from ttdn_assets.settings import Library
from ttdn_assets.tools.looks_alike import alike, compared, telling

Reason = Literal["bytes", "picture", "copy", "burst", "similar"]
REASONS: tuple[Reason, ...] = get_args(Reason)

_BURST = dt.timedelta(seconds=10)
_BURST_FROM = 0.4
"""Shots of one camera within seconds need be less alike, because what is in them moves."""
_NEXT_SHOTS = 4
_LENGTH_S, _LENGTH_SHARE = 0.5, 0.02
_FRAME_FROM, _FRAMES_SHARE = 0.5, 0.6
"""So many of the frames in which both clips show something must be alike, and at least two."""


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a group; ``reason`` says why it is one of it, and is ``None`` for the best original.

    ``missing``: nothing lies at the path now; what was moved, deleted, or is on a drive that is not plugged in.
    """

    asset: str
    path: str
    reason: Reason | None
    best: bool
    kind: Kind | None
    size_px: tuple[int, int]
    size_bytes: int
    taken_at: str | None
    missing: bool = False


class DuplicateGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Files that show the same, the best original first; ``reason`` is the least sure of theirs."""

    reason: Reason
    files: tuple[Duplicate, ...]


class Duplicates(msgspec.Struct, frozen=True, kw_only=True):
    """All groups, the surest reason first, and how many originals could not be looked at."""

    groups: tuple[DuplicateGroup, ...]
    unseen: int


class Link(NamedTuple):
    """Two assets that show the same, by their places in ``AllLooks.assets``."""

    first: int
    second: int
    reason: Reason


def find_duplicates(
    library: Library | Path | None, *, jobs: int | None = None, progress: Progress = silent
) -> Duplicates:
    """Look at what was not looked at yet, then group what shows the same."""
    opened = library if isinstance(library, Library) else open_library(library)
    with catalogue_of(opened) as catalogue:
        limits, traces = opened.settings.limits, opened.root / ".traces"
        unseen = take_looks(catalogue, limits=limits, traces=traces, jobs=jobs, progress=progress)
        return Duplicates(groups=tuple(groups_in(catalogue.all_looks())), unseen=unseen)


def groups_in(looks: AllLooks) -> list[DuplicateGroup]:
    """The groups among all looks, the surest reason first."""
    links = [*_photo_links(looks), *_burst_links(looks), *_clip_links(looks)]
    reasons: dict[int, Reason] = {}
    for link in sorted(links, key=lambda one: REASONS.index(one.reason)):
        for asset in (link.first, link.second):
            reasons.setdefault(asset, link.reason)
    joined = _joined(len(looks.assets), links)
    groups = [_group(looks, members, reasons) for members in joined]
    found = [group for group in groups if len(group.files) > 1]
    return sorted(found, key=lambda group: (REASONS.index(group.reason), group.files[0].path))


def _photo_links(looks: AllLooks) -> Iterator[Link]:
    photos = [number for number, owner in enumerate(looks.owners) if looks.assets[owner].kind == "photo"]
    for one in alike(looks.pixels, photos):
        first, second = looks.owners[one.first], looks.owners[one.second]
        yield Link(first, second, _reason(looks.assets[first], looks.assets[second]))


def _reason(first: Lookalike, second: Lookalike) -> Reason:
    """Copies were taken at the same moment, or nobody knows when; shots were not."""
    if first.taken_at is None or second.taken_at is None or first.taken_at == second.taken_at:
        return "copy"
    near = abs(first.taken_at - second.taken_at) <= _BURST and first.camera == second.camera
    return "burst" if near else "similar"


def _burst_links(looks: AllLooks) -> Iterator[Link]:
    """Each photo and the next few of the same camera, where they were taken within seconds of each other."""
    shots = [
        (asset.camera, asset.taken_at, number)
        for number, owner in enumerate(looks.owners)
        if (asset := looks.assets[owner]).kind == "photo" and asset.camera and asset.taken_at
    ]
    shots.sort()
    pairs = [
        (first[2], second[2])
        for place, first in enumerate(shots)
        for second in islice(shots, place + 1, place + 1 + _NEXT_SHOTS)
        if first[0] == second[0] and dt.timedelta(0) < second[1] - first[1] <= _BURST
    ]
    for (first_look, second_look), likeness in zip(pairs, compared(looks.pixels, pairs), strict=True):
        if likeness >= _BURST_FROM:
            yield Link(looks.owners[first_look], looks.owners[second_look], "burst")


def _clip_links(looks: AllLooks) -> Iterator[Link]:
    """Clips of one length of which most frames at the same share of it are alike; black ones tell nothing."""
    frames = [number for number, owner in enumerate(looks.owners) if looks.assets[owner].kind == "video"]
    shows = telling(looks.pixels)
    by_clip: dict[int, dict[int, int]] = defaultdict(dict)
    for number in frames:
        if shows[number]:
            by_clip[looks.owners[number]][looks.positions[number]] = number
    met = set()
    for one in alike(looks.pixels, frames):
        first, second = sorted((looks.owners[one.first], looks.owners[one.second]))
        at_same = looks.positions[one.first] == looks.positions[one.second]
        if at_same and first != second and _same_length(looks.assets[first], looks.assets[second]):
            met.add((first, second))
    for first, second in sorted(met):
        shared = by_clip[first].keys() & by_clip[second].keys()
        scores = compared(looks.pixels, [(by_clip[first][place], by_clip[second][place]) for place in sorted(shared)])
        same = sum(score >= _FRAME_FROM for score in scores)
        if same >= max(2, _FRAMES_SHARE * len(shared)):
            yield Link(first, second, _reason(looks.assets[first], looks.assets[second]))


def _same_length(first: Lookalike, second: Lookalike) -> bool:
    a, b = first.duration_s or 0.0, second.duration_s or 0.0
    return abs(a - b) <= max(_LENGTH_S, _LENGTH_SHARE * max(a, b))


def _joined(count: int, links: Iterable[Link]) -> list[list[int]]:
    """The assets that links join, directly or through others, and each other asset alone."""
    leader = list(range(count))

    def led_by(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for link in links:
        leader[led_by(link.second)] = led_by(link.first)
    groups: dict[int, list[int]] = defaultdict(list)
    for one in range(count):
        groups[led_by(one)].append(one)
    return list(groups.values())


def _group(looks: AllLooks, members: Sequence[int], reasons: dict[int, Reason]) -> DuplicateGroup:
    held = [(place, file) for place in members for file in looks.assets[place].files]
    ranked = sorted(held, key=lambda item: _worth(looks.assets[item[0]], item[1]), reverse=True)
    files: list[Duplicate] = []
    first: dict[int, FileHeld] = {}
    for place, file in ranked:
        reason: Reason | None = reasons.get(place) if files else None
        if place in first:
            reason = "bytes" if file.sha256 == first[place].sha256 else "picture"
        first.setdefault(place, file)
        files.append(_told(looks.assets[place], file, reason))
    said = {one.reason for one in files}
    least = [reason for reason in REASONS if reason in said]
    return DuplicateGroup(reason=least[-1] if least else "bytes", files=tuple(files))


def _worth(asset: Lookalike, file: FileHeld) -> tuple[int, int, int, bool]:
    """The best original has the most pixels, then bytes, then says when and with what it was taken, then is at hand."""
    return (
        asset.size_px[0] * asset.size_px[1],
        file.size_bytes,
        (asset.taken_at is not None) + (asset.camera is not None),
        os.path.lexists(file.path),
    )


def _told(asset: Lookalike, file: FileHeld, reason: Reason | None) -> Duplicate:
    return Duplicate(
        asset=asset.id,
        path=file.path,
        reason=reason,
        best=reason is None,
        kind=asset.kind,
        size_px=asset.size_px,
        size_bytes=file.size_bytes,
        taken_at=asset.taken_at.isoformat() if asset.taken_at else None,
        missing=not os.path.lexists(file.path),
    )
