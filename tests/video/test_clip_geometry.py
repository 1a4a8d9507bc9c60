"""Every clip leaves upright and whole in even sizes and square pixels, cut or padded as planned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from drawn_clips import (
    CORNERS,
    GREEN,
    H264,
    RED,
    WHITE,
    MakeClip,
    corners,
    frames_of,
    make_one,
    planned,
    shows,
    whole_of,
)
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box, PathPoint
from ttdn_assets.renditions.video.frames import sample_pictures

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


def turned(path: Path, matrix: Sequence[int]) -> Path:
    """The clip with this display matrix written over its own."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    for index, value in zip((0, 1, 3, 4), matrix, strict=True):
        data[at + 4 * index : at + 4 * index + 4] = (value << 16).to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    return path


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


def test_a_transparent_clip_lies_on_white(make_clip: MakeClip, tmp_path: Path) -> None:
    clear = "color=red@0.0:size=160x120:rate=25:duration=1,format=yuva420p"
    path = make_clip("-f", "lavfi", "-i", clear, "-c:v", "libvpx-vp9", "-cpu-used", "8", name="clear.webm")
    facts = probe(path)
    assert facts.has_alpha
    made, _ = make_one(path, planned(facts, (160, 120)), tmp_path)
    assert frames_of(made)[0].mean() > 245
    assert sample_pictures(path, facts, count=1)[0].pixels.mean() > 245


def test_a_crop_follows_its_path_and_jumps_at_cuts(make_clip: MakeClip, tmp_path: Path) -> None:
    ramp = "gradients=size=320x180:rate=10:duration=3:c0=black:c1=white:x0=0:y0=0:x1=319:y1=0:speed=0.00001"
    path = make_clip("-f", "lavfi", "-i", ramp, *H264)
    way = (PathPoint(0.5, 0, 0), PathPoint(1.5, 200, 0), PathPoint(2.0, 200, 0), PathPoint(2.0, 20, 0))
    plan = planned(probe(path), (100, 180), fit="crop", crop=Box(0, 0, 100, 180), fps=10.0)
    made, _ = make_one(path, msgspec.structs.replace(plan, video=whole_of(path, fps=10.0, path=way).video), tmp_path)
    levels = [float(frame.mean()) for frame in frames_of(made)]
    at = [(level - levels[0]) / 255 * 320 for level in levels]
    assert max(abs(x) for x in at[:5]) < 3
    assert all(abs(at[5 + step] - 20 * step) < 6 for step in range(11))
    assert abs(at[19] - 200) < 6
    assert all(abs(x - 20) < 6 for x in at[20:])


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("a.mov", ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1"]),
        ("a.webm", ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-crf", "20", "-b:v", "0"]),
        ("a.mkv", ["-c:v", "libsvtav1", "-preset", "12", "-crf", "20", "-svtav1-params", "lp=1"]),
        ("b.mov", ["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"]),
        ("a.mpg", ["-c:v", "mpeg2video", "-q:v", "2"]),
        ("a.wmv", ["-c:v", "wmv2", "-b:v", "4M"]),
        ("a.avi", ["-c:v", "mjpeg", "-q:v", "2"]),
    ],
)
def test_every_camera_and_web_coding_is_taken(
    name: str, coding: list[str], make_clip: MakeClip, tmp_path: Path
) -> None:
    path = make_clip(*corners("256x144", seconds=0.6), *coding, name=name)
    made, _ = make_one(path, planned(probe(path), (256, 144)), tmp_path)
    for corner, colour in CORNERS.items():
        assert shows(frames_of(made)[5], corner, colour, within=20)


def test_the_largest_picture_is_taken_and_no_cover(make_clip: MakeClip, tmp_path: Path) -> None:
    small = make_clip("-f", "lavfi", "-i", "color=red:size=160x90:rate=25:duration=1", *H264, name="small.mp4")
    large = turned(make_clip(*corners(), *H264, name="large.mp4"), TURNS["90"])
    cover = make_clip("-f", "lavfi", "-i", "color=white:size=640x640:duration=0.04", name="cover.jpg")
    streams = ["-map", "0:v", "-map", "1:v", "-map", "2:v", "-c", "copy", "-disposition:v:2", "attached_pic"]
    path = make_clip("-i", f"{small}", "-i", f"{large}", "-i", f"{cover}", *streams, name="three.mp4")
    facts = probe(path)
    assert facts.size_px == (180, 320)
    made, _ = make_one(path, planned(facts, (180, 320)), tmp_path)
    assert shows(frames_of(made)[3], (1, -1), RED)
