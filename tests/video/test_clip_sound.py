"""Sound comes out stereo at the common level, or as silence, or not at all, as a placement asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from drawn_clips import H264, MakeClip, clip_of, corners, make_one, planned, tone
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
