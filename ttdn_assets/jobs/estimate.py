"""What a run would make, from what, and the disk it needs: headers are read, nothing is decoded or written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ttdn_assets.errors import AssetsError
from ttdn_assets.geometry import CENTRE
from ttdn_assets.jobs.pool import Died, cause_of_death, local_pool, run_each, watchdog
from ttdn_assets.jobs.readiness import check_folders
from ttdn_assets.media.probe import probe
from ttdn_assets.model import (
    Event,
    Failure,
    Finding,
    Lang,
    MediaFacts,
    Placement,
    Progress,
    RenditionPlan,
    Source,
    Subject,
    silent,
)
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.renditions.overlay import load_mark
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.scanning import scan
from ttdn_assets.settings import Limits, PlacementChoice, load_library
from ttdn_assets.tools.files import free_bytes

# Upper quartiles of what the sample media came to: bytes a pixel of JPEG, bits a pixel and frame of H.264.
_PHOTO_BYTES_PER_PX = 0.3
_VIDEO_BITS_PER_PX = 0.1
_COPIES = 2
"""Each file is kept as a rendition and, with its words inside, in the bag."""


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """What one source file would become; ``why`` names what keeps it from becoming anything."""

    source: str
    media: MediaFacts | None = None
    plans: tuple[RenditionPlan, ...] = ()
    findings: tuple[Finding, ...] = ()
    why: Failure | None = None
    skipped: str | None = None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would do; ``needed_bytes`` counts renditions and their copies in the bags."""

    files: tuple[Foreseen, ...]
    needed_bytes: int
    free_bytes: int

    @property
    def renditions(self) -> int:
        """How many files would be made."""
        return sum(len(one.plans) for one in self.files)


class _Survey(msgspec.Struct, frozen=True, kw_only=True):
    source: Source
    placements: tuple[Placement, ...]
    choices: dict[str, PlacementChoice]
    limits: Limits
    languages: tuple[Lang, ...]
    timezone: str
    trace: str
    mark: Mark | None


def estimate(
    folders: Sequence[Path],
    *,
    targets: Sequence[str] | None = None,
    library: Path | None = None,
    jobs: int | None = None,
    open_executor: Callable[[], Executor] | None = None,
    progress: Progress = silent,
) -> Estimate:
    """Read the headers of every file and plan it; nothing is created, not even the library.

    Raises:
        UsageError: a folder, target or setting that cannot be used.
    """
    check_folders(folders)
    opened = load_library(library)
    placements = load_placements(opened.placements)
    chosen = choose(opened.settings.targets if targets is None else targets, placements)
    wanted = tuple({one.id: one for group in chosen.values() for one in group}.values())
    sources = [source for folder in folders for source in scan(folder)]
    count = jobs or min(4, os.cpu_count() or 1)
    mark = load_mark(opened, placements)
    with TemporaryDirectory() as traces:
        tasks = [
            _Survey(
                source=source,
                placements=wanted,
                choices=opened.settings.placements,
                limits=opened.settings.limits,
                languages=opened.settings.languages,
                timezone=opened.settings.timezone,
                trace=str(Path(traces) / str(number)),
                mark=mark,
            )
            for number, source in enumerate(sources)
        ]
        seen = _survey_all(tasks, open_executor or partial(local_pool, count), count, progress)
    needed = _COPIES * sum(expected_bytes(one) for foreseen in seen for one in foreseen.plans)
    return Estimate(files=seen, needed_bytes=needed, free_bytes=free_bytes(opened.root))


def _survey_all(
    tasks: Sequence[_Survey], open_executor: Callable[[], Executor], window: int, progress: Progress
) -> tuple[Foreseen, ...]:
    seen: dict[str, Foreseen] = {}
    for task, result in run_each(_survey, tasks, open_executor=open_executor, window=window):
        if isinstance(result, Died):
            death = cause_of_death(Path(task.trace), source=task.source.relative)
            result = Foreseen(source=task.source.relative, why=death.failure())
        elif isinstance(result, Exception):
            raise result
        seen[task.source.path] = result
        progress(Event(stage="scan", done=len(seen), total=len(tasks), source=task.source.relative))
    return tuple(seen[task.source.path] for task in tasks)


def _survey(task: _Survey) -> Foreseen:
    source = task.source
    if source.skipped:
        return Foreseen(source=source.relative, skipped=source.skipped)
    path = Path(source.path)
    with watchdog(task.limits.probe_s, Path(task.trace)):
        try:
            companions = [Path(companion) for companion in source.companions]
            media = probe(path, companions=companions, limits=task.limits, timezone=task.timezone)
            size_bytes = path.stat().st_size
        except AssetsError as error:
            return Foreseen(source=source.relative, why=error.failure())
        except Exception as error:  # hostile bytes may raise anything
            fields: dict[str, str | int | float] = {"path": source.path, "reason": f"{type(error).__name__}: {error}"}
            return Foreseen(source=source.relative, why=Failure(code="media-broken", fields=fields))
    plans, findings = plan(
        media,
        picture_sha256="",
        size_bytes=size_bytes,
        placements=task.placements,
        subject=Subject(focal=CENTRE),
        choices=task.choices,
        languages=task.languages,
        mark=task.mark,
    )
    return Foreseen(source=source.relative, media=media, plans=plans, findings=findings)


def expected_bytes(one: RenditionPlan) -> int:
    """About how large the file of a plan will be."""
    pixels = one.size_px[0] * one.size_px[1]
    if one.video is None:
        expected = pixels * _PHOTO_BYTES_PER_PX
    else:
        bits = pixels * (one.video.fps or 30) * _VIDEO_BITS_PER_PX + one.video.audio_bitrate_bps
        expected = bits * one.video.duration_s / 8
    return int(min(expected, one.bytes_max or expected))
