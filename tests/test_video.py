"""Every clip leaves upright, whole, in square pixels and SDR BT.709, with its sound in step, at once playable."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from ttdn_assets.errors import AssetsError, MediaError, TimeLimit
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box, Fit, MediaFacts, Rendition, RenditionPlan, VideoPlan
from ttdn_assets.renditions import video_tone
from ttdn_assets.renditions.video import make_videos
from ttdn_assets.renditions.video_filters import rate, shown
from ttdn_assets.renditions.video_frames import poster, sample_pictures
from ttdn_assets.tools import ffmpeg

MakeClip = Callable[..., Path]
Rgb = tuple[int, int, int]

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (235, 235, 235)
CORNERS = {(-1, -1): RED, (1, -1): GREEN, (-1, 1): BLUE, (1, 1): WHITE}
"""Colours by corner of the stored raster; x to the right, y downwards."""

TURNS = {
    "none": (1, 0, 0, 1),
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "mirrored and 90": (0, -1, -1, 0),
    "mirrored and 270": (0, 1, 1, 0),
}
"""Display matrices: (x, y) is shown at (ax + cy, bx + dy)."""


def corners(size: str = "320x180", rate: str = "25", seconds: float = 1.0) -> list[str]:
    """Input options for four coloured quarters and a hair of noise, so that no encoder makes nothing of it."""
    width, height = (int(side) for side in size.split("x"))
    boxes = [
        f"drawbox=x={width // 2 * (x > 0)}:y={height // 2 * (y > 0)}:w={(width + 1) // 2}:h={(height + 1) // 2}"
        f":color=0x{r:02x}{g:02x}{b:02x}:t=fill"
        for (x, y), (r, g, b) in CORNERS.items()
    ]
    source = f"color=black:size={size}:rate={rate}:duration={seconds},format=gbrp,{','.join(boxes)}"
    return ["-f", "lavfi", "-i", source]


def tone(seconds: float = 1.0, layout: str = "mono", volume: float = 0.1) -> list[str]:
    wave = "|".join([f"{volume}*sin(2*PI*440*t)"] * {"mono": 1, "stereo": 2, "5.1": 6}[layout])
    return ["-f", "lavfi", "-i", f"aevalsrc=exprs='{wave}':channel_layout={layout}:duration={seconds}"]


H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"]


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    def made(*options: str, name: str = "clip.mp4") -> Path:
        path = tmp_path / "source" / name
        path.parent.mkdir(exist_ok=True)
        ffmpeg.run([*options, f"file:{path}"], deadline=ffmpeg.Deadline(path, 60))
        return path

    return made


def turned(path: Path, matrix: Sequence[int]) -> Path:
    """The clip with this display matrix written over its own."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    for index, value in zip((0, 1, 3, 4), matrix, strict=True):
        data[at + 4 * index : at + 4 * index + 4] = (value << 16).to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    return path


def planned(
    facts: MediaFacts,
    size_px: tuple[int, int],
    *,
    fit: Fit = "whole",
    crop: Box | None = None,
    fps: float | None = 25.0,
) -> RenditionPlan:
    assert facts.video is not None
    video = VideoPlan(
        copy=False,
        fps=fps,
        duration_s=min(2.0, facts.video.duration_s),
        audio="encode" if facts.video.audio else "silence",
        video_bitrate_max_bps=8_000_000,
    )
    name = f"{size_px[0]}x{size_px[1]}{fit}{fps}"
    return RenditionPlan(
        recipe=name, placements=("a.b",), kind="video", format="mp4", fit=fit, size_px=size_px, crop=crop, video=video
    )


def clip_of(plan: RenditionPlan, video: VideoPlan) -> RenditionPlan:
    return msgspec.structs.replace(plan, video=video)


def make_one(path: Path, plan: RenditionPlan, root: Path) -> tuple[Path, Rendition]:
    (rendition,) = make_videos(path, probe(path), [plan], root, limit_s=100)
    return root / rendition.path, rendition


def frames_of(path: Path) -> list[Any]:
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def patch(frame: Any, x: int, y: int) -> Any:
    """The mean colour well inside the corner (x, y), each -1 or 1."""
    height, width = frame.shape[:2]
    row, column = round(height * (0.5 + 0.3 * y)), round(width * (0.5 + 0.3 * x))
    return frame[row - 3 : row + 4, column - 3 : column + 4].reshape(-1, 3).mean(axis=0)


def shows(frame: Any, corner: tuple[int, int], colour: Rgb, *, within: float = 12) -> bool:
    found = patch(frame, *corner)
    assert np.abs(found - np.array(colour)).max() <= within, f"{corner}: {found} instead of {colour}"
    return True


def boxes_in(path: Path) -> list[bytes]:
    """The kinds of the top boxes, and of every box found inside the movie box by name."""
    data, at, kinds = path.read_bytes(), 0, []
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kinds.append(data[at + 4 : at + 8])
        if kinds[-1] == b"moov":
            kinds += [name for name in (b"edts", b"elst", b"udta", b"chap") if name in data[at : at + size]]
        at += max(8, size)
    return kinds


@pytest.mark.parametrize("turn", TURNS)
def test_the_display_matrix_is_applied_and_gone(turn: str, make_clip: MakeClip, tmp_path: Path) -> None:
    a, b, c, d = matrix = TURNS[turn]
    path = turned(make_clip(*corners(), *H264), matrix)
    facts = probe(path)
    size_px = (320, 180) if b == 0 else (180, 320)
    assert facts.size_px == size_px
    made, rendition = make_one(path, planned(facts, size_px), tmp_path)
    (frame,) = sample_pictures(path, facts, count=1)
    for picture in (frames_of(made)[3], frame.pixels):
        assert picture.shape[1::-1] == size_px
        for (x, y), colour in CORNERS.items():
            assert shows(picture, (a * x + c * y, b * x + d * y), colour)
    again = probe(made)
    assert again.video is not None
    assert (again.video.rotation_deg, again.video.mirrored) == (0, False)
    assert (rendition.width_px, rendition.height_px) == again.size_px == size_px


def test_the_file_plays_at_once_and_says_what_it_is(make_clip: MakeClip, tmp_path: Path) -> None:
    tagged = ("-metadata", "location=+21.0285+105.8542/", "-metadata", "title=Nhà của Lan", "-shortest")
    path = make_clip(*corners(), *tone(), *H264, "-c:a", "aac", *tagged)
    made, rendition = make_one(path, planned(probe(path), (320, 180)), tmp_path)
    kinds = boxes_in(made)
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    assert not {b"edts", b"elst", b"chap"} & set(kinds)
    data = made.read_bytes()
    assert b"Lan" not in data
    assert b"105.85" not in data
    assert b"Lavf" not in data
    video = probe(made).video
    assert video is not None
    assert (video.codec, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
    assert (video.primaries, video.transfer, video.matrix, video.full_range) == ("bt709", "bt709", "bt709", False)
    assert rendition.made_with.startswith("ffmpeg ")
    assert rendition.size_bytes == made.stat().st_size


def test_a_crop_takes_the_box_asked_for(make_clip: MakeClip, tmp_path: Path) -> None:
    path = turned(make_clip(*corners(), *H264), TURNS["90"])
    facts = probe(path)
    plan = planned(facts, (90, 160), fit="crop", crop=Box(90, 160, 90, 160))
    made, _ = make_one(path, plan, tmp_path)
    frame = frames_of(made)[0]
    for corner in CORNERS:
        assert shows(frame, corner, GREEN)


def test_padding_keeps_the_whole_picture_over_a_darker_blur(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), *H264)
    made, _ = make_one(path, planned(probe(path), (180, 320), fit="pad"), tmp_path)
    frame = frames_of(made)[0]
    assert frame.shape[:2] == (320, 180)
    inner = frame[110:210]
    for corner, colour in CORNERS.items():
        assert shows(inner, corner, colour)
    above = frame[:100].mean()
    assert 20 < above < 0.75 * inner.mean()


def test_odd_sizes_and_oblong_pixels_become_even_and_square(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners("161x121"), "-c:v", "libvpx-vp9", "-cpu-used", "8", name="odd.webm")
    made, rendition = make_one(path, planned(probe(path), (160, 120)), tmp_path)
    assert (rendition.width_px, rendition.height_px) == (160, 120)
    oblong = make_clip(*corners("180x144"), "-vf", "setsar=16/15", *H264, name="oblong.mp4")
    facts = probe(oblong)
    assert facts.size_px == (192, 144)
    made, _ = make_one(oblong, planned(facts, (96, 144), fit="crop", crop=Box(96, 0, 96, 144)), tmp_path)
    frame = frames_of(made)[0]
    assert shows(frame, (-1, -1), GREEN)
    assert shows(frame, (1, 1), WHITE)
    assert probe(made).size_px == (96, 144)


def test_a_variable_rate_becomes_constant_without_drift(make_clip: MakeClip, tmp_path: Path) -> None:
    flash = (
        "color=black:size=320x180:rate=30:duration=4,drawbox=color=white:t=fill:enable='between(t,3,3.3)',"
        "select='lt(t,1)+not(mod(n,3))'"
    )
    beep = "aevalsrc='if(between(t,3,3.3),0.4*sin(2*PI*880*t),0)':s=48000:d=4"
    path = make_clip(*("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, "-fps_mode", "vfr", *H264, "-c:a", "aac"))
    facts = probe(path)
    assert facts.video is not None
    assert facts.video.vfr
    plan = planned(facts, (320, 180), fps=30.0)
    assert plan.video is not None
    made, _ = make_one(path, clip_of(plan, msgspec.structs.replace(plan.video, duration_s=4.0)), tmp_path)
    again = probe(made).video
    assert again is not None
    assert (again.vfr, again.fps) == (False, 30.0)
    assert 117 <= probe(made).frames <= 120
    assert abs(offset_s(made)) <= 0.04


def offset_s(path: Path) -> float:
    """How much later than the flash the beep is."""
    import av

    with av.open(str(path)) as container:
        seen = next(f.time for f in container.decode(video=0) if f.to_ndarray(format="gray").mean() > 128)
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()).max(axis=0) > 0.1)
            if loud.size:
                return float(frame.time + loud[0] / frame.sample_rate - seen)
    raise AssertionError("no beep")


@pytest.mark.parametrize(("layout", "volume"), [("mono", 0.01), ("5.1", 0.4)])
def test_sound_comes_out_stereo_at_the_common_level(
    layout: str, volume: float, make_clip: MakeClip, tmp_path: Path
) -> None:
    path = make_clip(*corners(seconds=2), *tone(2, layout, volume), *H264, "-c:a", "aac", "-b:a", "192k")
    made, _ = make_one(path, planned(probe(path), (320, 180)), tmp_path)
    audio = probe(made).video
    assert audio is not None
    assert audio.audio is not None
    assert (audio.audio.codec, audio.audio.channels, audio.audio.sample_rate_hz) == ("aac", 2, 48_000)
    said = ffmpeg.run(
        ["-i", f"file:{made}", "-af", "loudnorm=print_format=json", "-f", "null", "-"],
        deadline=ffmpeg.Deadline(made, 30),
    ).stderr
    figures = {line.split('"')[1]: float(line.split('"')[3]) for line in said.splitlines() if '"input_' in line}
    assert abs(figures["input_i"] + 14) <= 1
    assert figures["input_tp"] <= -1


@pytest.mark.parametrize(("kind", "channels"), [("silence", 2), ("none", None)])
def test_a_clip_without_sound_gets_silence_or_none(
    kind: Any, channels: int | None, make_clip: MakeClip, tmp_path: Path
) -> None:
    path = make_clip(*corners(), *H264)
    plan = planned(probe(path), (320, 180))
    assert plan.video is not None
    made, _ = make_one(path, clip_of(plan, msgspec.structs.replace(plan.video, audio=kind)), tmp_path)
    video = probe(made).video
    assert video is not None
    assert (video.audio.channels if video.audio else None) == channels
    assert abs(video.duration_s - 1) <= 0.15


def test_a_copy_keeps_every_coded_picture(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), *tone(), *H264, "-c:a", "aac", "-metadata", "comment=Lan", "-shortest")
    facts = probe(path)
    plan = clip_of(planned(facts, (320, 180)), VideoPlan(copy=True, duration_s=1.0, audio="copy"))
    made, _ = make_one(path, plan, tmp_path)
    assert coded(made) == coded(path)
    assert boxes_in(made).index(b"moov") < boxes_in(made).index(b"mdat")
    assert b"Lan" not in made.read_bytes()


def coded(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_interlaced_is_woven_into_whole_frames(make_clip: MakeClip, tmp_path: Path) -> None:
    weave = "testsrc2=size=320x240:rate=50:duration=1,interlace=scan=tff"
    path = make_clip("-f", "lavfi", "-i", weave, *H264, "-flags", "+ilme+ildct", "-x264-params", "tff=1")
    facts = probe(path)
    assert facts.video is not None
    assert facts.video.interlaced
    made, _ = make_one(path, planned(facts, (320, 240)), tmp_path)
    video = probe(made).video
    assert video is not None
    assert not video.interlaced
    assert (video.fps, probe(made).frames) == (25.0, 25)


@pytest.mark.parametrize("pixels", ["yuvj420p", "yuv422p10le", "yuv444p"])
def test_other_samplings_and_ranges_keep_their_colours(pixels: str, make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), "-c:v", "libx264", "-crf", "10", "-preset", "ultrafast", "-pix_fmt", pixels)
    made, _ = make_one(path, planned(probe(path), (320, 180)), tmp_path)
    for corner, colour in CORNERS.items():
        assert shows(frames_of(made)[0], corner, colour, within=16)


@pytest.mark.parametrize("transfer", video_tone.TRANSFERS)
def test_hdr_becomes_sdr_alike_with_and_without_zscale(transfer: str, make_clip: MakeClip, tmp_path: Path) -> None:
    hdr = f"color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    ramp = "gradients=size=320x180:rate=25:duration=0.4:c0=black:c1=white:x0=0:y0=0:x1=319:y1=0:speed=0.00001"
    path = make_clip(
        *("-f", "lavfi", "-i", f"{ramp},format=yuv420p10le,setparams={hdr}", "-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", "log-level=none", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le"),
    )
    facts = probe(path)
    assert facts.hdr in ("pq", "hlg")
    assert facts.video is not None
    plan = planned(facts, (320, 180))
    made, _ = make_one(path, plan, tmp_path)
    assert probe(made).hdr is None
    levels = frames_of(made)[2][90].mean(axis=1)
    assert levels[0] < 30
    assert levels[-1] > 240
    assert np.all(np.diff(levels[::16]) >= -2)
    able = ffmpeg.capabilities(ffmpeg.find_ffmpeg())
    poorer = msgspec.structs.replace(able, filters=able.filters - {"zscale"})
    assert "lut3d" in [step.name for step in shown(facts, (), (320, 180), poorer)]
    by_table = pictures_by(path, facts, poorer, tmp_path)
    by_filters = pictures_by(path, facts, able, tmp_path)
    assert float(np.abs(by_table - by_filters).mean()) < 3


def pictures_by(path: Path, facts: MediaFacts, able: ffmpeg.Capabilities, folder: Path) -> Any:
    steps = ",".join(
        step.name + "=" + ":".join(f"{key}={value}" for key, value in step.options.items())
        for step in shown(facts, (), (320, 180), able)
    )
    video_tone.write_table(facts.video, folder)
    options = ["-i", f"file:{path}", "-vf", steps, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    ran = ffmpeg.run(options, deadline=ffmpeg.Deadline(path, 30), folder=folder, capture=True)
    return np.frombuffer(ran.stdout, np.uint8).astype(float)


def test_a_transparent_clip_lies_on_white(make_clip: MakeClip, tmp_path: Path) -> None:
    clear = "color=red@0.0:size=160x120:rate=25:duration=1,format=yuva420p"
    path = make_clip("-f", "lavfi", "-i", clear, "-c:v", "libvpx-vp9", "-cpu-used", "8", name="clear.webm")
    facts = probe(path)
    assert facts.has_alpha
    made, _ = make_one(path, planned(facts, (160, 120)), tmp_path)
    assert frames_of(made)[0].mean() > 245
    assert sample_pictures(path, facts, count=1)[0].pixels.mean() > 245


def noise(make_clip: MakeClip) -> Path:
    source = "nullsrc=size=320x180:rate=25:duration=3,geq=random(1)*255:128:128"
    return make_clip("-f", "lavfi", "-i", source, *tone(3), *H264, "-c:a", "aac", name="noise.mp4")


def test_a_byte_cap_is_held_with_room_for_words(make_clip: MakeClip, tmp_path: Path) -> None:
    path = noise(make_clip)
    facts = probe(path)
    plan = planned(facts, (320, 180))
    free, _ = make_one(path, plan, tmp_path / "free")
    cap = 450_000
    assert free.stat().st_size > cap
    made, rendition = make_one(path, msgspec.structs.replace(plan, bytes_max=cap), tmp_path / "capped")
    assert 0.6 * (cap - 64_000) < rendition.size_bytes <= cap - 64_000
    assert probe(made).frames == 50


def test_a_cap_that_nothing_fits_under_is_told(make_clip: MakeClip, tmp_path: Path) -> None:
    path = noise(make_clip)
    plan = msgspec.structs.replace(planned(probe(path), (320, 180)), bytes_max=70_000)
    with pytest.raises(MediaError) as raised:
        make_one(path, plan, tmp_path / "out")
    assert raised.value.code == "video-over-bytes"
    assert [entry for entry in (tmp_path / "out").rglob("*") if entry.is_file()] == []


def test_several_plans_come_out_of_one_decode(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), *tone(), *H264, "-c:a", "aac", "-shortest")
    facts = probe(path)
    plans = [planned(facts, (320, 180)), planned(facts, (180, 320), fit="pad"), planned(facts, (160, 90), fps=24.0)]
    made = list(make_videos(path, facts, plans, tmp_path, limit_s=60))
    assert sorted(one.recipe for one in made) == sorted(plan.recipe for plan in plans)
    assert {(one.width_px, one.height_px) for one in made} == {plan.size_px for plan in plans}


@pytest.mark.parametrize("name", ["-y.mp4", "Ruộng bậc thang Mù Cang Chải 'mùa vàng' 🌾.mp4"])
def test_any_name_is_made_from(name: str, make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), *H264, name=name)
    _, rendition = make_one(path, planned(probe(path), (320, 180)), tmp_path)
    assert rendition.size_bytes > 0


def test_a_clip_damaged_in_its_middle_is_no_success(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2", *H264, "-g", "250")
    facts = probe(path)
    data = bytearray(path.read_bytes())
    start, end = data.index(b"mdat") + 3000, data.index(b"moov") - 8
    for at in range(start, end, 7):
        data[at] ^= 0x5A
    path.write_bytes(data)
    with pytest.raises(MediaError) as raised:
        list(make_videos(path, facts, [planned(facts, (320, 180))], tmp_path / "out", limit_s=60))
    assert raised.value.code in ("video-damaged", "video-not-coded")
    assert [entry for entry in (tmp_path / "out").rglob("*") if entry.is_file()] == []


def test_the_time_limit_leaves_nothing_half_made(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=60:duration=20", *H264, "-g", "60")
    facts = probe(path)
    plan = planned(facts, (1920, 1080), fps=60.0)
    assert plan.video is not None
    long = clip_of(plan, msgspec.structs.replace(plan.video, duration_s=20.0))
    with pytest.raises(TimeLimit):
        list(make_videos(path, facts, [long], tmp_path / "out", limit_s=0.7))
    assert [entry for entry in (tmp_path / "out").rglob("*") if entry.is_file()] == []


def test_the_poster_is_neither_black_nor_blank(make_clip: MakeClip) -> None:
    source = (
        "testsrc2=size=320x180:rate=25:duration=3,drawbox=color=black:t=fill:enable='lt(t,1)',"
        "drawbox=color=white:t=fill:enable='gt(t,2)'"
    )
    path = make_clip("-f", "lavfi", "-i", source, *H264)
    assert 40 < poster(path, probe(path)).pixels.mean() < 220


@pytest.mark.parametrize(("fps", "written"), [(30000 / 1001, "30000/1001"), (25.0, "25/1"), (23.976, "24000/1001")])
def test_rates_are_exact(fps: float, written: str) -> None:
    numerator, denominator = (int(part) for part in rate(fps).split("/"))
    wanted = [int(part) for part in written.split("/")]
    assert math.isclose(numerator / denominator, wanted[0] / wanted[1], rel_tol=1e-5)


MEDIA = os.environ.get("TTDN_TEST_MEDIA", "")
REAL = sorted(path.relative_to(MEDIA) for path in Path(MEDIA).glob("videos/*")) if MEDIA else []
BROKEN = (
    sorted(
        path.relative_to(MEDIA)
        for path in Path(MEDIA).glob("broken/*")
        if path.suffix.lower() in (".mp4", ".mkv", ".mov")
    )
    if MEDIA
    else []
)


def both(facts: MediaFacts) -> list[RenditionPlan]:
    """An upright and a wide copy of the first second."""
    plans = [planned(facts, size_px, fit="pad", fps=30.0) for size_px in ((1080, 1920), (1280, 720))]
    return [
        clip_of(plan, msgspec.structs.replace(plan.video, duration_s=min(1.0, plan.video.duration_s)))
        for plan in plans
        if plan.video
    ]


@pytest.mark.parametrize("name", REAL, ids=str)
def test_every_real_clip_is_made(name: Path, tmp_path: Path) -> None:
    path = Path(MEDIA) / name
    if "audio_only" in name.name:
        pytest.skip("has no picture")
    facts = probe(path)
    assert facts.video is not None
    made = list(make_videos(path, facts, both(facts), tmp_path, limit_s=100))
    assert {(one.width_px, one.height_px) for one in made} == {(1080, 1920), (1280, 720)}
    for one in made:
        video = probe(tmp_path / one.path).video
        assert video is not None
        assert video.audio is not None
        assert abs(video.duration_s - min(1.0, facts.video.duration_s)) <= 0.15
        assert (video.matrix, video.full_range, video.edit_list, video.moov_first) == ("bt709", False, False, True)


@pytest.mark.parametrize("name", BROKEN, ids=str)
def test_a_broken_clip_fails_cleanly_or_is_made(name: Path, tmp_path: Path) -> None:
    path = Path(MEDIA) / name
    try:
        facts = probe(path)
        made = list(make_videos(path, facts, both(facts), tmp_path, limit_s=60))
    except AssetsError:
        made = []
    files = [entry for entry in tmp_path.rglob("*") if entry.is_file()]
    assert len(files) == len(made)
