"""One clip and its plans into the files to send, decoded and coded as few times as can be.

Several plans share one decode; plans of the same picture share its coding.  ffmpeg says that all is well on damaged
input, so what it wrote is read again, and compared with what the source's packets promise, before the file takes its
name.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from ttdn_assets.errors import AssetsError, MediaError, TimeLimit, ToolError
from ttdn_assets.media.subtitles import Subtitles
from ttdn_assets.model import Finding, MediaFacts, Rendition, RenditionPlan
from ttdn_assets.renditions.overlay import marking
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.renditions.planning.plan import rendition_path
from ttdn_assets.renditions.tolerances import WORDS_ROOM_BYTES
from ttdn_assets.renditions.video import moving_crop, tone
from ttdn_assets.renditions.video.coders import CODERS
from ttdn_assets.renditions.video.encode import LEAST_BPS, affordable_bps, encoding, remuxing
from ttdn_assets.renditions.video.filters import decoder, framing, opening, raster, streams
from ttdn_assets.renditions.video.measure import Measured, measure
from ttdn_assets.renditions.video.sharing import Shared, is_copied, shared
from ttdn_assets.renditions.video.subtitles import burning, write_burned
from ttdn_assets.tools import containers, ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Output
from ttdn_assets.tools.ffmpeg_hardware import hardware_encoder
from ttdn_assets.tools.files import file_sha256, os_errors, whole_file

_TRIES, _AIM = 3, 0.97
"""How often to try, and the share of the bytes there are to aim at: rate control holds an average, not a sum."""

_WATCHDOG_ROOM = 0.02
_SHORT_SHARE, _SHORT_S = 0.05, 0.5
_ERRORS_SHARE, _ERRORS_MIN = 0.1, 2
_READ_S = 60.0
_DISK_FULL = "No space left on device"
_X264 = "libx264"

Tell = Callable[[Finding], None]


class _Job(msgspec.Struct, frozen=True):
    """What stays the same for every rendition of one clip."""

    path: Path
    facts: MediaFacts
    root: Path
    folder: Path
    binary: Path
    able: ffmpeg.Capabilities
    encoder: str
    deadline: ffmpeg.Deadline
    picture_s: float
    tell: Tell
    measured: Measured
    mark: Mark | None


def make_videos(
    path: Path,
    facts: MediaFacts,
    plans: Sequence[RenditionPlan],
    root: Path,
    *,
    limit_s: float,
    tell: Tell = lambda finding: None,
    hardware: bool = False,
    subtitles: Sequence[Subtitles] = (),
    measured: Measured | None = None,
    mark: Mark | None = None,
) -> Iterator[Rendition]:
    """Make every planned file under ``root``, whole or not at all, and yield each as it is there.

    Args:
        path: The clip.
        facts: What probing it told.
        plans: What to make; one that cannot be made keeps no other from it, and is told when the others are there.
        root: The library; files go where ``rendition_path`` says.
        limit_s: For all plans together; work ends a little before, so that a watchdog set to the same does not bite.
        tell: Called with ``video-partly-damaged`` where some of the picture could not be decoded, but most could, and
            with ``video-no-hardware`` or ``video-hardware-failed`` where the graphics chip was asked for, and cannot
            code on this machine or could not code this clip.
        hardware: Code by the graphics chip where it can; else, and under a byte cap, by x264.
        subtitles: What stands beside the clip; a plan names by digest those to draw into the picture.
        measured: What ``measure`` found before; measured now where ``None``.
        mark: The unit's, for the plans that have it.

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
            encoder=_encoder(path, binary, tell) if hardware else _X264,
            deadline=deadline,
            picture_s=source.video_s,
            tell=tell,
            measured=measured or measure(path, facts, plans, deadline),
            mark=mark,
        )
        ended = [job.measured.ended(plan) for plan in plans]
        _write_beside(job, ended, subtitles)
        yield from _make_all(job, ended)


def _encoder(path: Path, binary: Path, tell: Tell) -> str:
    found = hardware_encoder(binary)
    if found is None:
        tell(Finding(rule="video-no-hardware", level="info", subject=path.name))
    return found or _X264


def _write_beside(job: _Job, plans: Sequence[RenditionPlan], subtitles: Sequence[Subtitles]) -> None:
    """The files that filters read, in the folder where they run."""
    tone.write_table(job.facts.video, job.folder)
    for plan in plans:
        moving_crop.write_moves(plan, raster(job.facts)[1], job.folder)
        write_burned(plan, subtitles, job.folder)


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


def _make_all(job: _Job, plans: Sequence[RenditionPlan]) -> Iterator[Rendition]:
    """Every file that can be made; the first fault is raised at the end.

    Where the graphics chip fails, software goes on; plans that fail together are tried alone.
    """
    faults: list[AssetsError] = []
    waiting = deque(shared(job.facts, plans))
    while waiting:
        group = waiting.popleft()
        try:
            made = _make_group(job, group)
        except (MediaError, ToolError) as error:
            if _is_final(error):
                raise
            if job.encoder != _X264:
                name, rule = job.path.name, "video-hardware-failed"
                job.tell(Finding(rule=rule, level="info", subject=name, measured=job.encoder))
                job = msgspec.structs.replace(job, encoder=_X264)
                waiting.appendleft(group)
            elif len(group) > 1:
                waiting.extend((one,) for one in group)
            else:
                faults.append(error)
            continue
        yield from made
        for one in group:
            for plan in one.silenced:
                yield _silenced(job, plan, job.root / rendition_path(one.plan))
    if faults:
        raise faults[0]


def _is_final(error: AssetsError) -> bool:
    """Whether no other plan of the same clip would fare better."""
    return isinstance(error, TimeLimit) or error.code not in ("ffmpeg-failed", "video-over-bytes")


def _make_group(job: _Job, group: Sequence[Shared]) -> list[Rendition]:
    """Write the group's files in one run; each takes its name when it has been read again."""
    with contextlib.ExitStack() as stack:
        pairs = [(one.plan, stack.enter_context(_written(job.root / rendition_path(one.plan)))) for one in group]
        _demand_decoded(job, _run(job, [_output(job, plan, target) for plan, target in pairs]))
        return [_finished(job, plan, target) for plan, target in pairs]


def _silenced(job: _Job, plan: RenditionPlan, heard: Path) -> Rendition:
    """The same coded picture without its sound."""
    with _written(job.root / rendition_path(plan)) as target:
        output = remuxing(target, job.facts, plan)
        arguments = ffmpeg_graph.arguments(heard, [output], before=ffmpeg.input_options("mp4"))
        ffmpeg.run(arguments, deadline=job.deadline, binary=job.binary)
        return _finished(job, plan, target, light=True)


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Path]:
    with os_errors(path), whole_file(path) as partial:
        yield partial


def _output(job: _Job, plan: RenditionPlan, target: Path, *, rate_bps: int | None = None) -> Output:
    loudness = job.measured.loudness
    if is_copied(plan):
        return remuxing(target, job.facts, plan, loudness=loudness)
    picture = (
        *opening(job.facts, plan.clip.fps),
        *framing(job.facts, plan, job.able),
        *burning(plan),
        *marking(plan, job.mark, job.folder),
    )
    coder = CODERS[_X264 if plan.bytes_max is not None else job.encoder]
    return encoding(target, job.facts, plan, picture, coder=coder, loudness=loudness, rate_bps=rate_bps)


def _run(job: _Job, outputs: Sequence[Output]) -> ffmpeg.Ran:
    before = {**ffmpeg.input_options(job.facts.format), **decoder(job.facts, job.able)}
    arguments = ffmpeg_graph.arguments(job.path, outputs, before=before, streams=streams(job.facts))
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


def _finished(job: _Job, plan: RenditionPlan, target: Path, *, light: bool = False) -> Rendition:
    """The rendition once its file is known to be long enough and light enough; ``light`` where it must be."""
    if plan.bytes_max is not None and not is_copied(plan) and not light:
        _lighten(job, plan, target)
    made = containers.read_clip(target, format="mp4", limit_s=min(_READ_S, job.deadline.left_s()))
    wanted_s = min(plan.clip.duration_s or job.picture_s, job.picture_s)
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
        crop=plan.crop,
        crop_path=plan.clip.path,
        trimmed=plan.clip.trimmed,
        made_with=job.able.version if job.encoder == _X264 else f"{job.able.version} {job.encoder}",
    )


def _lighten(job: _Job, plan: RenditionPlan, target: Path) -> None:
    """Code again at the bitrate the byte cap affords, spread as the first pass measured, until the file fits.

    Raises:
        MediaError: ``video-over-bytes`` when the last try is still too large.
    """
    assert plan.bytes_max is not None
    allowed = plan.bytes_max - WORDS_ROOM_BYTES
    rate_bps = affordable_bps(plan, room_bytes=WORDS_ROOM_BYTES, share=_AIM)
    for _ in range(_TRIES):
        if target.stat().st_size <= allowed:
            return
        _run(job, [_output(job, plan, target, rate_bps=rate_bps)])
        rate_bps = max(LEAST_BPS, int(rate_bps * min(1.0, _AIM * allowed / target.stat().st_size)))
    size_bytes = target.stat().st_size
    if size_bytes > allowed:
        raise MediaError("video-over-bytes", {"path": job.path, "size_bytes": size_bytes, "limit": allowed})
