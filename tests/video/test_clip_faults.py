"""A damaged clip is no success, a bad plan harms no other, and nothing is left half made."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from drawn_clips import H264, MakeClip, clip_of, corners, planned, tone
from ttdn_assets.errors import AssetsError, MediaError, TimeLimit
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box, MediaFacts, RenditionPlan
from ttdn_assets.renditions.video.make import make_videos


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


def test_a_plan_that_cannot_be_made_harms_no_other(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), *tone(), *H264, "-c:a", "aac", "-shortest")
    facts = probe(path)
    outside = planned(facts, (90, 160), fit="crop", crop=Box(0, 0, 400, 160))
    good = [planned(facts, (320, 180)), planned(facts, (160, 90))]
    made: list[str] = []
    renditions = make_videos(path, facts, [good[0], outside, good[1]], tmp_path, limit_s=60)
    with pytest.raises(MediaError) as raised:
        made.extend(one.recipe for one in renditions)
    assert raised.value.code == "video-not-coded"
    assert sorted(made) == sorted(plan.recipe for plan in good)
    assert len([entry for entry in tmp_path.rglob("*.mp4") if entry.parent != path.parent]) == 2
