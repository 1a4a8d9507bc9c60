"""Every clip leaves in SDR BT.709, limited range, 4:2:0, whatever it was coded in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from drawn_clips import CORNERS, MakeClip, corners, frames_of, make_one, planned, shows
from ttdn_assets.media.probe import probe
from ttdn_assets.model import MediaFacts
from ttdn_assets.renditions import video_tone
from ttdn_assets.renditions.video_filters import shown
from ttdn_assets.tools import ffmpeg


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
