"""Take the looks that copies are found by, of originals that have none yet."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ttdn_assets.jobs.pool import local_pool, run_each, watchdog
from ttdn_assets.model import Event, MediaFacts, Progress
from ttdn_assets.renditions.photo import open_picture
from ttdn_assets.renditions.video.frames import sample_pictures
from ttdn_assets.settings import Limits
from ttdn_assets.tools.looks import look_of

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue

FRAMES = 5
"""So many frames of a clip, spread over it, are looked at."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """An original to look at; ``trace`` is where the worker leaves its stack if it dies."""

    asset: str
    path: str
    media: MediaFacts
    limits: Limits
    trace: str


def looks_of(path: Path, media: MediaFacts, limits: Limits) -> tuple[bytes, ...]:
    """The look of a photo, or of frames of a clip, in their order.

    Raises:
        AssetsError: what cannot be decoded.
    """
    if media.kind == "photo":
        return (look_of(open_picture(path, media, limits=limits, placements=())),)
    return tuple(map(look_of, sample_pictures(path, media, count=FRAMES, exact=True)))


def take_looks(catalogue: Catalogue, *, limits: Limits, traces: Path, jobs: int | None, progress: Progress) -> int:
    """Look at every original that was not looked at yet; of how many it could not be done."""
    todo = catalogue.unseen()
    failed = 0
    count = jobs or min(4, os.cpu_count() or 1)
    tasks = (
        Look(asset=one.id, path=one.path, media=one.media, limits=limits, trace=str(traces / f"look-{one.id[:16]}"))
        for one in todo
    )
    work: Callable[[Look], tuple[bytes, ...]] = _look
    ended = run_each(work, tasks, open_executor=partial(local_pool, count), window=2 * count) if todo else ()
    for number, (task, found) in enumerate(ended, start=1):
        if isinstance(found, tuple):
            catalogue.add_looks(task.asset, found)
        else:
            failed += 1
        progress(Event(stage="look", done=number, total=len(todo), source=Path(task.path).name))
    return failed


def _look(task: Look) -> tuple[bytes, ...]:
    """What a worker does with one original."""
    limit_s = task.limits.photo_s if task.media.kind == "photo" else task.limits.video_s
    with watchdog(limit_s, Path(task.trace)):
        return looks_of(Path(task.path), task.media, task.limits)
