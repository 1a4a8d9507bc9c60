"""A clip to the video placements of all targets: what is shipped against one ffmpeg process a placement and by hand.

Every contender gets the same crops, the same gain, the same preset and quality.  Analysis is timed apart, because all
need it.  "By hand" is one command that decodes once, splits, scales, pads and codes each different file once, and one
for each file that needs no coding: what an engineer writes who knows which placements can share.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from benchmarks.drawn_clip import draw_clip
from benchmarks.side_by_side import children_cpu_s, median_s, paired, table, times_faster
from ttdn_assets.geometry import contain, even
from ttdn_assets.media.probe import probe
from ttdn_assets.model import MediaFacts, Rendition, RenditionPlan, VideoPlan
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.planning.plan import plan as plan_all
from ttdn_assets.renditions.planning.plan import rendition_path
from ttdn_assets.renditions.video.coders import CRF, PRESET
from ttdn_assets.renditions.video.filters import framing, opening
from ttdn_assets.renditions.video.make import make_videos
from ttdn_assets.renditions.video.measure import Measured, measure
from ttdn_assets.renditions.video.sharing import is_copied, shared
from ttdn_assets.renditions.watching.clip_subject import clip_subject
from ttdn_assets.renditions.watching.watch import watch_clip
from ttdn_assets.tools import ffmpeg
from ttdn_assets.tools.ffmpeg_graph import Filter

T = TypeVar("T")
LIMIT_S = 3600.0
VMAF_FLOOR = 93.0
VMAF_EVERY = 5


class Work(msgspec.Struct, frozen=True):
    """The clip, what is to be made of it, and what was measured of it."""

    path: Path
    facts: MediaFacts
    plans: tuple[RenditionPlan, ...]
    measured: Measured


@click.command("video")
@click.option("--clip", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Instead of a drawn one.")
@click.option("--seconds", default=36, show_default=True, help="Length of the drawn clip.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--alone/--no-alone", default=True, show_default=True, help="Time one process a placement, the longest.")
@click.option("--vmaf/--no-vmaf", default=True, show_default=True)
def command(clip: Path | None, seconds: int, rounds: int, alone: bool, vmaf: bool) -> None:
    """Clips: rendering against one process a placement and a command by hand; quality; memory."""
    with tempfile.TemporaryDirectory(prefix="ttdn-bench-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        work = analysed(clip or draw_clip(root / "clip.mp4", seconds=seconds))
        first = root / "first"
        told_plans(work, watched(lambda: list(made_of(work, first))))
        timed(work, root, rounds=rounds, alone=alone)
        if vmaf:
            told_quality(work, first)


def analysed(path: Path) -> Work:
    """Find out what a run finds out before it renders, and say how long each step takes."""
    rows: list[tuple[str, float]] = []

    def took(name: str, started: float) -> None:
        rows.append((name, time.perf_counter() - started))

    started = time.perf_counter()
    facts = probe(path)
    took("probe", started)
    started = time.perf_counter()
    subject = clip_subject(watch_clip(path, facts), facts.size_px)
    took("subject: frames, faces, saliency, cuts", started)
    placements = [one for one in load_placements(None).values() if one.kind == "video"]
    plans, _ = plan_all(
        facts,
        picture_sha256="0" * 64,
        size_bytes=path.stat().st_size,
        placements=placements,
        subject=subject,
        choices={},
    )
    started = time.perf_counter()
    measured = measure(path, facts, plans, ffmpeg.Deadline(path, LIMIT_S))
    took("loudness, scenes at the limits", started)
    seconds = facts.video.duration_s if facts.video else 0.0
    size = f"{facts.size_px[0]}×{facts.size_px[1]}"
    codec = f"{facts.video.codec} {facts.video.fps:g} frames/s" if facts.video else ""
    table(f"Analysis of {seconds:.0f} s, {size}, {codec}", ["step", "s"], rows)
    return Work(path, facts, plans, measured)


def clip_of(plan: RenditionPlan) -> VideoPlan:
    assert plan.video is not None
    return plan.video


def told_plans(work: Work, made: Sequence[Rendition]) -> None:
    """Which file serves what."""
    sizes = {one.recipe: one.size_bytes for one in made}
    coded = sum(len(group) for group in shared(work.facts, work.plans) if not is_copied(group[0].plan))
    served = sum(len(plan.placements) for plan in work.plans)
    rows = [
        (
            f"{plan.size_px[0]}×{plan.size_px[1]} {plan.fit}",
            "copied" if is_copied(plan) else "coded",
            clip_of(plan).audio,
            f"{sizes.get(plan.recipe, 0) / 1e6:.1f}",
            " ".join(plan.placements),
        )
        for plan in work.plans
    ]
    title = f"{served} placements served by {len(work.plans)} files, {coded} encodes"
    table(title, ["picture", "", "sound", "MB", "placements"], rows)


def timed(work: Work, root: Path, *, rounds: int, alone: bool) -> None:
    """Render in turns, and print wall and processor seconds as ratios."""
    spent: dict[str, list[float]] = {}
    count = [0]

    def counted(name: str, render: Callable[[Path], None]) -> Callable[[], None]:
        def run() -> None:
            count[0] += 1
            before = children_cpu_s()
            render(root / f"{name}-{count[0]}")
            spent.setdefault(name, []).append(children_cpu_s() - before)

        return run

    contenders = {"ttdn_assets": counted("ttdn_assets", lambda folder: ours(work, folder))}
    contenders["by hand"] = counted("by hand", lambda folder: by_hand(work, folder))
    if alone:
        contenders["a process a placement"] = counted("a process a placement", lambda folder: one_each(work, folder))
    times = paired(contenders, rounds=rounds)
    rows = [
        (
            name,
            median_s(times, name),
            1 / times_faster(times, "ttdn_assets", than=name),
            median_s(spent, name),
            1 / times_faster(spent, "ttdn_assets", than=name),
        )
        for name in contenders
    ]
    headers = ["rendering", "s", "ours is", "processor s", "ours is"]
    table(f"Rendering, medians of {rounds} rounds; 'ours is' so many times the other", headers, rows)


def ours(work: Work, folder: Path) -> None:
    """What a run does, checks of the written files included."""
    list(made_of(work, folder))


def made_of(work: Work, folder: Path) -> Iterator[Rendition]:
    """The renditions, as a worker makes them."""
    return make_videos(work.path, work.facts, work.plans, folder, limit_s=LIMIT_S, measured=work.measured)


def by_hand(work: Work, folder: Path) -> None:
    """One command for all that is coded, and one for each file that is copied."""
    folder.mkdir()
    coded = [one for group in shared(work.facts, work.plans) for one in group if not is_copied(one.plan)]
    graph = [f"[0:v]split={len(coded)}" + "".join(f"[p{at}]" for at in range(len(coded)))]
    heard = [at for at, one in enumerate(coded) if clip_of(one.plan).audio == "encode"]
    if heard:
        branches = "".join(f"[s{at}]" for at in heard)
        graph.append(f"[0:a]{written_sound(work)},asplit={len(heard)}{branches}")
    outputs: list[str] = []
    for at, one in enumerate(coded):
        graph.append(f"[p{at}]{written_picture(one.plan, str(at))}[v{at}]")
        outputs += ["-map", f"[v{at}]", *(["-map", f"[s{at}]"] if at in heard else [])]
        outputs += [*coding(one.plan), str(folder / f"{at}.mp4")]
    if coded:
        run(work, ["-i", str(work.path), "-filter_complex", ";".join(graph), *outputs])
    for at, one in enumerate(coded):
        for _ in one.silenced:
            run(work, ["-i", str(folder / f"{at}.mp4"), "-c", "copy", "-an", *MUXED, str(folder / f"{at}-silent.mp4")])
    for number, plan in enumerate(plan for plan in work.plans if is_copied(plan)):
        sound = ["-an"] if clip_of(plan).audio == "none" else []
        run(work, ["-i", str(work.path), "-c", "copy", *sound, *MUXED, str(folder / f"copied{number}.mp4")])


def one_each(work: Work, folder: Path) -> None:
    """What a script does that goes through the placements."""
    folder.mkdir()
    for plan in work.plans:
        for name in plan.placements:
            heard = clip_of(plan).audio in ("encode", "copy")
            sound = ["-map", "0:a", "-af", written_sound(work)] if heard else ["-an"]
            graph = f"[0:v]{written_picture(plan, 'a')}[v]"
            arguments = ["-i", str(work.path), "-filter_complex", graph, "-map", "[v]", *sound, *coding(plan)]
            run(work, [*arguments, str(folder / f"{name}.mp4")])


MUXED = ["-map_metadata", "-1", "-movflags", "+faststart", "-use_editlist", "0"]


def run(work: Work, arguments: Sequence[str]) -> None:
    ffmpeg.run(arguments, deadline=ffmpeg.Deadline(work.path, LIMIT_S))


def written_picture(plan: RenditionPlan, name: str) -> str:
    """Crop, scaling and padding as one writes them by hand."""
    width, height = plan.size_px
    fps = f"fps={clip_of(plan).fps}," if clip_of(plan).fps else ""
    if plan.fit != "pad":
        box = plan.crop
        cut = f"crop={box.width_px}:{box.height_px}:{box.x}:{box.y}," if box else ""
        return f"{fps}{cut}scale={width}:{height}:flags=lanczos,format=yuv420p"
    inside = f"scale={width}:{height}:flags=lanczos:force_original_aspect_ratio=decrease:force_divisible_by=2"
    small = f"scale={width // 40}:{height // 40}:force_original_aspect_ratio=increase,crop={width // 40}:{height // 40}"
    return (
        f"{fps}split[f{name}][b{name}];[b{name}]{small},gblur=sigma=2.5,lutyuv=y=(val-16)*0.55+16,"
        f"scale={width}:{height}[g{name}];[f{name}]{inside}[i{name}];"
        f"[g{name}][i{name}]overlay=(W-w)/2:(H-h)/2,format=yuv420p"
    )


def written_sound(work: Work) -> str:
    """The gain that was measured, and a limiter where it lifts peaks too high."""
    loud = work.measured.loudness
    gain = f"aresample=48000,aformat=channel_layouts=stereo,volume={loud.gain_db if loud else 0}dB"
    limiter = ",aresample=192000,alimiter=limit=0.84:level=0:latency=1,aresample=48000"
    return gain + (limiter if loud and loud.limited else "")


def coding(plan: RenditionPlan) -> list[str]:
    """The encoder's options, the same for all."""
    cap = clip_of(plan).video_bitrate_max_bps
    capped = ["-maxrate", str(cap), "-bufsize", str(2 * cap)] if cap else []
    fps = clip_of(plan).fps or 30
    video = ["-c:v", "libx264", "-preset", PRESET, "-crf", str(CRF), "-g", str(round(2 * fps)), "-bf", "2", *capped]
    sound = ["-c:a", "aac", "-b:a", str(clip_of(plan).audio_bitrate_bps)]
    return [*video, "-x264-params", "b-pyramid=none:open-gop=0", "-t", str(clip_of(plan).duration_s), *sound, *MUXED]


def watched(render: Callable[[], T]) -> T:
    """Render, and print the most memory this process and its ffmpeg held together, where the system tells."""
    most, ended = [0, 0], threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            children = [one.read_text().split() for one in Path("/proc/self/task").glob("*/children")]
            held = [resident_mb(int(process)) for process in itertools.chain(*children)]
            most[:] = [max(most[0], *held, 0), max(most[1], sum(held) + resident_mb(os.getpid()))]

    watcher = threading.Thread(target=look)
    if sys.platform == "linux":
        watcher.start()
    try:
        return render()
    finally:
        ended.set()
        if watcher.is_alive():
            watcher.join()
            table("Memory, at most", ["", "MB"], [("one ffmpeg", most[0]), ("with the process it serves", most[1])])


def resident_mb(process: int) -> int:
    """What a process holds; nothing when it has just ended."""
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    return 0


def told_quality(work: Work, root: Path) -> None:
    """VMAF of every coded file against the source through the same crop and scaling."""
    rows = []
    for plan in work.plans:
        if is_copied(plan):
            continue
        score = vmaf_of(work, plan, root / rendition_path(plan))
        judged = "reported" if plan.bytes_max is not None else "ok" if score >= VMAF_FLOOR else "LOW"
        rows.append(
            (f"{plan.size_px[0]}×{plan.size_px[1]} {plan.fit}", round(score, 1), judged, " ".join(plan.placements))
        )
    table(f"VMAF, at least {VMAF_FLOOR:g} where no byte cap binds", ["picture", "VMAF", "", "placements"], rows)


def vmaf_of(work: Work, plan: RenditionPlan, made: Path) -> float:
    """The mean over every few frames; of a padded file, what lies inside the borders."""
    inner = contain(work.facts.size_px, plan.size_px) if plan.fit == "pad" else plan.size_px
    size_px = even(inner[0]), even(inner[1])
    bare = msgspec.structs.replace(plan, size_px=size_px, fit="whole" if plan.fit == "pad" else plan.fit)
    able = ffmpeg.capabilities(ffmpeg.find_ffmpeg())
    steps = [*opening(work.facts, clip_of(plan).fps), *framing(work.facts, bare, able)]
    chain = ",".join(written(step) for step in steps if isinstance(step, Filter))
    inside = f"crop={size_px[0]}:{size_px[1]}" if plan.fit == "pad" else "null"
    graph = (
        f"[0:v]{inside},setpts=PTS-STARTPTS[made];[1:v]{chain},setpts=PTS-STARTPTS[given];"
        f"[made][given]libvmaf=n_threads=2:n_subsample={VMAF_EVERY}:shortest=1"
    )
    arguments = ["-i", str(made), "-i", str(work.path), "-filter_complex", graph, "-f", "null", "-"]
    said = ffmpeg.run(arguments, deadline=ffmpeg.Deadline(made, LIMIT_S)).stderr
    return float(said.rpartition("VMAF score:")[2].split()[0])


def written(step: Filter) -> str:
    options = ":".join(f"{key}={value}" for key, value in step.options.items())
    return f"{step.name}={options}" if options else step.name


if __name__ == "__main__":
    command()
