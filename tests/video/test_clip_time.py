"""Clips come out at a constant rate with their sound in step, and end where a scene or a sound does."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from drawn_clips import H264, MakeClip, clip_of, frames_of, make_one, planned, whole_of
from ttdn_assets.media.probe import probe
from ttdn_assets.renditions.video.filters import rate


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


def offset_s(path: Path, *, after_s: float = 0.0) -> float:
    """How much later than the first flash from a time on the beep is."""
    import av

    with av.open(str(path)) as container:
        decoded: Any = container.decode(video=0)
        frames = (frame for frame in decoded if frame.time >= after_s)
        seen = next(f.time for f in frames if f.to_ndarray(format="gray").mean() > 128)
    with av.open(str(path)) as container:
        sounds: Any = container.decode(audio=0)
        for frame in sounds:
            loud = np.flatnonzero(np.abs(frame.to_ndarray()).max(axis=0) > 0.1)
            if loud.size and frame.time >= after_s:
                return float(frame.time + loud[0] / frame.sample_rate - seen)
    raise AssertionError("no beep")


@pytest.mark.parametrize(("fps", "written"), [(30000 / 1001, "30000/1001"), (25.0, "25/1"), (23.976, "24000/1001")])
def test_rates_are_exact(fps: float, written: str) -> None:
    numerator, denominator = (int(part) for part in rate(fps).split("/"))
    wanted = [int(part) for part in written.split("/")]
    assert math.isclose(numerator / denominator, wanted[0] / wanted[1], rel_tol=1e-5)


def test_sound_stays_in_step_over_a_long_clip_of_uneven_frames(make_clip: MakeClip, tmp_path: Path) -> None:
    flash = (
        "color=black:size=160x90:rate=30:duration=85,drawbox=color=white:t=fill:enable='between(t,1,1.3)"
        "+between(t,83,83.3)',select='not(mod(floor(t/5),2))+not(mod(n,3))'"
    )
    beep = "aevalsrc='if(between(t,1,1.3)+between(t,83,83.3),0.4*sin(2*PI*880*t),0)':s=48000:d=85"
    path = make_clip("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, "-fps_mode", "vfr", *H264, "-c:a", "aac")
    assert whole_of(path).video is not None
    made, _ = make_one(path, whole_of(path, fps=30.0), tmp_path)
    video = probe(made).video
    assert video is not None
    assert (video.vfr, video.edit_list) == (False, False)
    assert abs(offset_s(made)) <= 0.04
    assert abs(offset_s(made, after_s=60)) <= 0.04


SCENES = "color=black:size=160x90:rate=25:duration=10,drawbox=color=white:t=fill:enable='gte(t,{cut})'"
SPEECH = "aevalsrc='if(between(t,{start},{start}+0.6),0,0.2*sin(2*PI*440*t))':s=48000:d=10"


@pytest.mark.parametrize(
    ("cut", "silence", "end_s"),
    [(7.2, 7.5, 7.2), (7.4, 1, 7.4), (3, 7.3, 7.45), (3, 1, 7.8), (6.9, 7.3, 6.9)],
    ids=["cut in silence", "cut", "silence", "neither", "the cut before the silence"],
)
def test_a_copy_that_is_cut_ends_with_a_scene_or_in_a_silence(
    cut: float, silence: float, end_s: float, make_clip: MakeClip, tmp_path: Path
) -> None:
    picture, sound = SCENES.format(cut=cut), SPEECH.format(start=silence)
    path = make_clip("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *H264, "-c:a", "aac")
    made, rendition = make_one(path, whole_of(path, duration_s=7.8, trimmed=True), tmp_path)
    video = probe(made).video
    assert video is not None
    assert rendition.trimmed
    assert video.picture_s is not None
    assert video.audio_s is not None
    assert abs(video.picture_s - end_s) <= 0.06
    assert abs(video.audio_s - video.picture_s) <= 0.06
    if cut == end_s:
        assert len({frame.mean() > 128 for frame in frames_of(made)}) == 1
