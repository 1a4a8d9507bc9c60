"""What a worker does with one original: probe it, plan its renditions, make the missing ones, check every one made.

It shares no state: it reads a source and a plan, writes by temporary name and rename, and may run twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from ttdn_assets.errors import AssetsError, MediaError
from ttdn_assets.jobs.pool import watchdog
from ttdn_assets.media.fingerprint import picture_sha256
from ttdn_assets.media.probe import probe
from ttdn_assets.media.subtitles import read_subtitles
from ttdn_assets.model import (
    LANGUAGES,
    Failure,
    Finding,
    Lang,
    MediaFacts,
    Placement,
    Rendition,
    RenditionPlan,
    Source,
    Subject,
)
from ttdn_assets.renditions.checking.check import check_file
from ttdn_assets.renditions.photo import make_photos, open_picture
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.renditions.planning.plan import plan, rendition_path
from ttdn_assets.renditions.video.make import make_videos
from ttdn_assets.renditions.video.subtitles import can_burn
from ttdn_assets.renditions.watching.clip_subject import clip_subject
from ttdn_assets.renditions.watching.subject import find_subject
from ttdn_assets.renditions.watching.watch import watch_clip
from ttdn_assets.settings import Limits, PlacementChoice, Video
from ttdn_assets.tools.files import file_sha256, os_errors, told_of
from ttdn_assets.tools.looks import look_of

AnyRendition = TypeVar("AnyRendition", Rendition, RenditionPlan)


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One original and what is wanted of it; ``subject`` is what is known already, set by hand or found before.

    ``made`` are the recipes whose files are there; ``trace`` is where the worker leaves its stack if it dies.
    """

    source: Source
    root: str
    trace: str
    placements: tuple[Placement, ...]
    choices: dict[str, PlacementChoice] = {}
    limits: Limits = Limits()
    video: Video = Video()
    languages: tuple[Lang, ...] = LANGUAGES
    timezone: str = "+07:00"
    mark: Mark | None = None
    subject: Subject | None = None
    made: frozenset[str] = frozenset()


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one original; everything the parent writes into the catalogue.

    ``renditions`` were made now; ``found`` lay there whole already, left by a run that was killed or by another copy
    of the same picture.
    """

    sha256: str = ""
    picture_sha256: str = ""
    size_bytes: int = 0
    mtime_ns: int = 0
    media: MediaFacts | None = None
    subject: Subject | None = None
    plans: tuple[RenditionPlan, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    found: tuple[Rendition, ...] = ()
    findings: tuple[Finding, ...] = ()
    looks: tuple[bytes, ...] = ()
    failure: Failure | None = None


def work_on(task: Task) -> Worked:
    """Do one task; every fault of the file comes back as its ``failure``, with what was learnt before it."""
    learnt = Worked()
    try:
        with watchdog(task.limits.video_s, Path(task.trace)) as limit:
            for learnt in _steps(task):
                limit(_limit_s(task.limits, learnt.media))
    except Exception as error:  # A decoder may raise anything on hostile bytes; it must not end the run.
        return msgspec.structs.replace(learnt, failure=failure_of(error, Path(task.source.path)))
    return learnt


def failure_of(error: Exception, path: Path) -> Failure:
    """What to tell of whatever was raised over the file at ``path``."""
    if isinstance(error, AssetsError):
        return error.failure()
    if isinstance(error, MemoryError):
        return Failure(code="out-of-memory", fields={"path": str(path)})
    if isinstance(error, OSError) and error.errno is not None:
        return told_of(error, Path(error.filename) if isinstance(error.filename, str) else path).failure()
    return MediaError("media-broken", {"path": path, "reason": f"{type(error).__name__}: {error}"}).failure()


def _limit_s(limits: Limits, media: MediaFacts | None) -> float:
    if media is None:
        return limits.probe_s
    return limits.video_s if media.kind == "video" else limits.photo_s


def _steps(task: Task) -> Iterator[Worked]:
    """The state of the work after each step."""
    path = Path(task.source.path)
    companions = [Path(companion) for companion in task.source.companions]
    with os_errors(path):
        stat = path.stat()
        seen = Worked(sha256=file_sha256(path), size_bytes=stat.st_size, mtime_ns=stat.st_mtime_ns)
    yield seen
    media = probe(path, companions=companions, limits=task.limits, timezone=task.timezone)
    seen = msgspec.structs.replace(seen, media=media, picture_sha256=picture_sha256(path, media))
    yield seen
    make = _make_photo if media.kind == "photo" else _make_video
    for made in make(task, path, seen, media):
        seen = made
        yield seen
    seen = _without_too_light(task, seen)
    yield msgspec.structs.replace(seen, findings=(*seen.findings, *_checked(task, (*seen.found, *seen.renditions))))


def _planned(task: Task, seen: Worked, media: MediaFacts, subject: Subject) -> tuple[Worked, tuple[RenditionPlan, ...]]:
    """The state with its plans, and those plans whose files are not there yet."""
    plans, findings = plan(
        media,
        picture_sha256=seen.picture_sha256,
        size_bytes=seen.size_bytes,
        placements=task.placements,
        subject=subject,
        choices=task.choices,
        languages=task.languages,
        mark=task.mark,
    )
    unknown = [one for one in plans if one.recipe not in task.made]
    found = tuple(there for one in unknown if (there := _found(one, Path(task.root))) is not None)
    recipes = {one.recipe for one in found}
    seen = msgspec.structs.replace(seen, subject=subject, plans=plans, findings=findings, found=found)
    return seen, tuple(one for one in unknown if one.recipe not in recipes)


def _found(one: RenditionPlan, root: Path) -> Rendition | None:
    """The file a plan would make, where it lies there already: files are renamed into place only when whole."""
    path = root / rendition_path(one)
    if not path.is_file():
        return None
    try:
        width_px, height_px = probe(path).size_px
    except AssetsError:
        return None
    return Rendition(
        recipe=one.recipe,
        path=rendition_path(one),
        kind=one.kind,
        format=one.format,
        placements=one.placements,
        width_px=width_px,
        height_px=height_px,
        size_bytes=path.stat().st_size,
        sha256=file_sha256(path),
        fit=one.fit,
        crop=one.crop,
        crop_path=one.video.path if one.video else (),
        trimmed=one.video is not None and one.video.trimmed,
    )


def _make_photo(task: Task, path: Path, seen: Worked, media: MediaFacts) -> Iterator[Worked]:
    """One decode at most: none where the subject is known and nothing is missing."""
    picture, subject = None, task.subject
    if subject is None:
        picture = open_picture(path, media, limits=task.limits, placements=task.placements)
        subject = find_subject(picture, known_faces=media.face_boxes)
        seen = msgspec.structs.replace(seen, looks=(look_of(picture),))
    seen, missing = _planned(task, seen, media, subject)
    yield seen
    if not missing:
        return
    picture = picture or open_picture(path, media, limits=task.limits, placements=task.placements)
    for rendition in make_photos(picture, missing, Path(task.root), mark=task.mark):
        seen = msgspec.structs.replace(seen, renditions=(*seen.renditions, rendition))
        yield seen


def _make_video(task: Task, path: Path, seen: Worked, media: MediaFacts) -> Iterator[Worked]:
    subject = task.subject or clip_subject(watch_clip(path, media), media.size_px)
    subtitles, _ = read_subtitles(path, [Path(companion) for companion in task.source.companions])
    told: list[Finding] = []
    if subtitles and not can_burn():
        told.append(Finding(rule="subtitles-not-drawn", level="warning"))
        media = msgspec.structs.replace(media, subtitles={})
    seen, missing = _planned(task, msgspec.structs.replace(seen, media=media), media, subject)
    yield seen
    for rendition in make_videos(
        path,
        media,
        missing,
        Path(task.root),
        limit_s=task.limits.video_s,
        tell=told.append,
        hardware=task.video.encoder == "hardware",
        subtitles=subtitles,
        mark=task.mark,
    ):
        seen = msgspec.structs.replace(seen, renditions=(*seen.renditions, rendition))
        yield seen
    once = {finding.rule: msgspec.structs.replace(finding, subject=task.source.relative) for finding in told}
    yield msgspec.structs.replace(seen, findings=(*seen.findings, *once.values()))


def _without_too_light(task: Task, seen: Worked) -> Worked:
    """The state without what came out lighter than a placement asks: nothing is inflated, so that one is not made."""
    minima = {placement.id: placement.bytes_min for placement in task.placements if placement.bytes_min}
    light = {
        (one.recipe, name): one.size_bytes
        for one in (*seen.found, *seen.renditions)
        for name in one.placements
        if one.size_bytes < minima.get(name, 0)
    }
    if not light:
        return seen
    findings = tuple(
        Finding(rule="plan-too-few-bytes", level="warning", placement=name, measured=size, allowed=minima[name])
        for (_, name), size in light.items()
    )

    def kept(one: AnyRendition) -> AnyRendition:
        names = tuple(name for name in one.placements if (one.recipe, name) not in light)
        return msgspec.structs.replace(one, placements=names)

    return msgspec.structs.replace(
        seen,
        plans=tuple(map(kept, seen.plans)),
        found=tuple(map(kept, seen.found)),
        renditions=tuple(map(kept, seen.renditions)),
        findings=(*seen.findings, *findings),
    )


def _checked(task: Task, renditions: tuple[Rendition, ...]) -> Iterator[Finding]:
    """What each made file breaks of each placement it serves, measured anew."""
    by_id = {placement.id: placement for placement in task.placements}
    for rendition in renditions:
        for name in rendition.placements:
            yield from check_file(Path(task.root) / rendition.path, by_id[name], source=task.source.relative)
