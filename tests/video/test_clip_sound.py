"""Sound comes out stereo at the common level, or as silence, or not at all, as a placement asks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drawn_clips import H264, MakeClip, clip_of, corners, make_one, planned, tone, whole_of
from ttdn_assets.media.probe import probe
from ttdn_assets.tools import ffmpeg


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
    assert_common_level(made)


def assert_common_level(made: Path) -> None:
    """-14 LUFS within 1 LU and no peak over -1 dBTP, by ffmpeg's EBU R 128 meter."""
    meter = ["-i", f"file:{made}", "-vn", "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = ffmpeg.run(meter, deadline=ffmpeg.Deadline(made, 30)).stderr.rpartition("Summary:")[2]
    figures = {name: float(value) for name, value in re.findall(r"(I|Peak): +(-?[\d.]+) (?:LUFS|dBFS)", said)}
    assert abs(figures["I"] + 14) <= 1, figures
    assert figures["Peak"] <= -1, figures


def test_speech_with_sharp_peaks_is_brought_to_the_level_and_no_higher(make_clip: MakeClip, tmp_path: Path) -> None:
    talk = "0.04*sin(2*PI*200*t)*(1+sin(2*PI*3*t))+if(lt(mod(t,1),0.004),0.9*sin(2*PI*1000*t),0)"
    sound = ["-f", "lavfi", "-i", f"aevalsrc=exprs='{talk}':s=44100:d=6"]
    path = make_clip(*corners(seconds=6, size="64x36"), *sound, *H264, "-c:a", "aac", "-b:a", "192k")
    made, _ = make_one(path, whole_of(path), tmp_path)
    assert_common_level(made)


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
