"""One clip and its plans into the files to send, decoded as few times as pays; frames of it to look at.

Plans of the same rate and duration share one decode.  ffmpeg says that all is well on damaged input, so what it wrote
is read again, and compared with what the source's packets promise, before the file takes its name.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

import msgspec

from ttdn_assets.errors import MediaError, ToolError
from ttdn_assets.model import Finding, MediaFacts, Rendition, RenditionPlan, VideoPlan
from ttdn_assets.renditions import video_tone
from ttdn_assets.renditions.plan import rendition_path
from ttdn_assets.renditions.tolerances import WORDS_ROOM_BYTES
from ttdn_assets.renditions.video_encode import affordable_bps, encoding, remuxing
from ttdn_assets.renditions.video_filters import decoder, opening
from ttdn_assets.renditions.video_frames import poster, sample_pictures
from ttdn_assets.renditions.video_sound import Loudness, measure_loudness
from ttdn_assets.tools import containers, ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Output
from ttdn_assets.tools.files import file_sha256, os_errors, whole_file

__all__ = ["make_videos", "poster", "sample_pictures"]

_TOGETHER, _TOGETHER_LARGE = 4, 2
"""Encodes fed by one decode; fewer of a 4K source, whose frames take 12 to 25 MB each."""

_LARGE_PX = 2560 * 1440
_FIT_SHARES = (0.97, 0.92, 0.85)
"""Of the bytes there are, what each further try aims at: rate control holds an average, not a sum."""

_WATCHDOG_ROOM = 0.02
_SHORT_SHARE, _SHORT_S = 0.05, 0.5
_ERRORS_SHARE, _ERRORS_MIN = 0.1, 2
_READ_S = 60.0
_DISK_FULL = "No space left on device"

Tell = Callable[[Finding], None]


class _Job(msgspec.Struct, frozen=True):
    """What stays the same for every rendition of one clip."""

    path: Path
    facts: MediaFacts
    root: Path
    folder: Path
    binary: Path
    able: ffmpeg.Capabilities
    deadline: ffmpeg.Deadline
    picture_s: float
    tell: Tell
    loudness: Loudness | None = None


def make_videos(
    path: Path,
    facts: MediaFacts,
    plans: Sequence[RenditionPlan],
    root: Path,
    *,
    limit_s: float,
    tell: Tell = lambda finding: None,
) -> Iterator[Rendition]:
    """Make every planned file under ``root``, whole or not at all, and yield each as it is there.

    Args:
        path: The clip.
        facts: What probing it told.
        plans: What to make.
        root: The library; files go where ``rendition_path`` says.
        limit_s: For all plans together; work ends a little before, so that a watchdog set to the same does not bite.
        tell: Called with ``video-partly-damaged`` where some of the picture could not be decoded, but most could.

    Raises:
        MediaError: ``video-damaged``, ``video-not-coded`` or ``video-over-bytes``.
        TimeLimit: ``video-time-limit``.
        ToolError: ``disk-full``.
        ToolMissing: ``ffmpeg-missing`` or ``ffmpeg-unusable``.
    """
    if not plans:
        return
    binary = ffmpeg.find_ffmpeg()
    deadline = ffmpeg.Deadline(path, limit_s * (1 - _WATCHDOG_ROOM))
    source = containers.read_clip(path, format=facts.format, limit_s=min(_READ_S, deadline.left_s()))
    with tempfile.TemporaryDirectory(prefix="ttdn-", ignore_cleanup_errors=True) as folder, _failures(path, root):
        job = _Job(
            path=path,
            facts=facts,
            root=root,
            folder=Path(folder),
            binary=binary,
            able=ffmpeg.capabilities(binary),
            deadline=deadline,
            picture_s=source.video_s,
            tell=tell,
        )
        if facts.video and facts.video.audio and any(_clip(plan).audio == "encode" for plan in plans):
            job = msgspec.structs.replace(job, loudness=measure_loudness(path, facts, deadline))
        video_tone.write_table(facts.video, job.folder)
        for group in _groups(facts, plans):
            yield from _make_group(job, group)


@contextlib.contextmanager
def _failures(path: Path, root: Path) -> Iterator[None]:
    """What ffmpeg cannot do with one file is that file's fault, unless the disk is full."""
    try:
        yield
    except ToolError as error:
        if error.code != "ffmpeg-failed":
            raise
        if _DISK_FULL in str(error.fields.get("stderr_tail", "")):
            raise ToolError("disk-full", {"path": root}) from error
        raise MediaError("video-not-coded", {**error.fields, "path": str(path)}) from error


def _clip(plan: RenditionPlan) -> VideoPlan:
    assert plan.video is not None
    return plan.video


def _is_copied(plan: RenditionPlan) -> bool:
    return plan.copy or _clip(plan).copy


def _groups(facts: MediaFacts, plans: Sequence[RenditionPlan]) -> Iterator[tuple[RenditionPlan, ...]]:
    """Plans that one decode serves: of one frame rate and one duration; what is not coded again goes alone."""

    def shared(plan: RenditionPlan) -> tuple[bool, float, float]:
        return _is_copied(plan), _clip(plan).fps or 0.0, _clip(plan).duration_s

    width_px, height_px = facts.stored_size_px
    together = _TOGETHER_LARGE if width_px * height_px > _LARGE_PX else _TOGETHER
    for (copied, _, _), alike in groupby(sorted(plans, key=shared), key=shared):
        while group := tuple(islice(alike, 1 if copied else together)):
            yield group


def _make_group(job: _Job, plans: Sequence[RenditionPlan]) -> Iterator[Rendition]:
    """Write the group's files in one run; each takes its name when it has been read again."""
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(_written(job.root / rendition_path(plan))) for plan in plans]
        pairs = list(zip(plans, targets, strict=True))
        outputs = [_output(job, plan, target) for plan, target in pairs]
        _demand_decoded(job, _run(job, outputs, fps=_clip(plans[0]).fps))
        made = [_finished(job, plan, target) for plan, target in pairs]
    yield from made


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Path]:
    with os_errors(path), whole_file(path) as partial:
        yield partial


def _output(job: _Job, plan: RenditionPlan, target: Path) -> Output:
    if _is_copied(plan):
        return remuxing(target, job.facts, plan, loudness=job.loudness)
    return encoding(target, job.facts, plan, able=job.able, loudness=job.loudness)


def _run(job: _Job, outputs: Sequence[Output], *, fps: float | None) -> ffmpeg.Ran:
    coded = any(output.picture for output in outputs)
    arguments = ffmpeg_graph.arguments(
        job.path,
        outputs,
        before={**ffmpeg.input_options(job.facts.format), **decoder(job.facts, job.able)},
        shared=opening(job.facts, fps) if coded else (),
    )
    return ffmpeg.run(arguments, deadline=job.deadline, binary=job.binary, folder=job.folder)


def _demand_decoded(job: _Job, ran: ffmpeg.Ran) -> None:
    """Refuse a source much of whose picture could not be decoded, and tell of one of which some could not.

    Raises:
        MediaError: ``video-damaged``.
    """
    if ran.decode_errors > max(_ERRORS_MIN, _ERRORS_SHARE * ran.packets) or (ran.packets and not ran.decoded):
        bad = max(ran.decode_errors, ran.packets - ran.decoded)
        raise MediaError("video-damaged", {"path": job.path, "good": ran.packets - bad, "all": ran.packets})
    if damaged := ran.decode_errors + ran.concealed:
        name, rule = job.path.name, "video-partly-damaged"
        job.tell(Finding(rule=rule, level="warning", subject=name, measured=damaged, allowed=ran.packets))


def _finished(job: _Job, plan: RenditionPlan, target: Path) -> Rendition:
    """The rendition once its file is known to be long enough and light enough."""
    if plan.bytes_max is not None and not _is_copied(plan):
        _lighten(job, plan, target)
    made = containers.read_clip(target, format="mp4", limit_s=min(_READ_S, job.deadline.left_s()))
    wanted_s = min(_clip(plan).duration_s or job.picture_s, job.picture_s)
    if made.video_s < wanted_s * (1 - _SHORT_SHARE) - _SHORT_S:
        seconds = {"good": round(made.video_s, 2), "all": round(wanted_s, 2)}
        raise MediaError("video-damaged", {"path": job.path, **seconds})
    width_px, height_px = made.size_px
    return Rendition(
        recipe=plan.recipe,
        path=rendition_path(plan),
        kind="video",
        format=plan.format,
        placements=plan.placements,
        width_px=width_px,
        height_px=height_px,
        size_bytes=target.stat().st_size,
        sha256=file_sha256(target),
        fit=plan.fit,
        trimmed=_clip(plan).trimmed,
        made_with=job.able.version,
    )


def _lighten(job: _Job, plan: RenditionPlan, target: Path) -> None:
    """Code again, in two passes, at the bitrate the byte cap affords, until the file fits.

    Raises:
        MediaError: ``video-over-bytes`` when the last try is still too large.
    """
    assert plan.bytes_max is not None
    allowed = plan.bytes_max - WORDS_ROOM_BYTES
    for share in _FIT_SHARES:
        if target.stat().st_size <= allowed:
            return
        rate_bps = affordable_bps(plan, room_bytes=WORDS_ROOM_BYTES, share=share)
        for number in (1, 2):
            output = encoding(
                target,
                job.facts,
                plan,
                able=job.able,
                loudness=job.loudness,
                rate_bps=rate_bps,
                pass_number=number,
            )
            _run(job, [output], fps=_clip(plan).fps)
    size_bytes = target.stat().st_size
    if size_bytes > allowed:
        raise MediaError("video-over-bytes", {"path": job.path, "size_bytes": size_bytes, "limit": allowed})
