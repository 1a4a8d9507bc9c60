"""Clips play at once, say what they are, keep byte caps, and are coded no more often than must be."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import msgspec
import pytest

from drawn_clips import H264, MakeClip, boxes_in, clip_of, corners, make_one, planned, tone, whole_of
from ttdn_assets.errors import MediaError, ToolError
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Finding, VideoPlan
from ttdn_assets.renditions.video.coders import CODERS, Rate, x264
from ttdn_assets.renditions.video.make import make_videos
from ttdn_assets.renditions.video.sharing import shared
from ttdn_assets.tools import ffmpeg
from ttdn_assets.tools.ffmpeg_graph import Filter, Output, arguments
from ttdn_assets.tools.ffmpeg_hardware import HARDWARE, hardware_encoder


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


def test_a_second_pass_is_made_only_where_the_first_was_too_heavy(
    make_clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grain = "testsrc2=size=320x180:rate=25:duration=4,noise=alls=40:allf=t"
    path = make_clip("-f", "lavfi", "-i", grain, *H264)
    log = tmp_path / "runs"
    monkeypatch.setenv("TTDN_FFMPEG", str(counting(tmp_path, log)))
    plan = whole_of(path)
    for cap, expected in ((60_000_000, 1), (700_000, 2)):
        log.write_text("")
        make_one(path, msgspec.structs.replace(plan, bytes_max=cap), tmp_path / str(cap))
        assert len(log.read_text().split()) == expected


def counting(folder: Path, log: Path) -> Path:
    """A stand-in that notes each run that reads a file, and passes it on to ffmpeg."""
    if sys.platform == "win32":
        pytest.skip("the stand-in is a shell script")
    program = folder / "counting"
    real = ffmpeg.find_ffmpeg()
    program.write_text(f'#!/bin/sh\ncase "$*" in *-i\\ *) echo run >> "{log}";; esac\nexec "{real}" "$@"\n')
    program.chmod(0o755)
    return program


def test_plans_that_differ_only_in_sound_share_one_picture(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip(*corners(), *tone(), *H264, "-c:a", "aac", "-shortest")
    heard = whole_of(path)
    silent = msgspec.structs.replace(whole_of(path, audio="none"), recipe="silent")
    assert [len(group) for group in shared(probe(path), [silent, heard])] == [1]
    renditions = make_videos(path, probe(path), [silent, heard], tmp_path, limit_s=60)
    made = {one.recipe: tmp_path / one.path for one in renditions}
    assert coded(made["silent"]) == coded(made[heard.recipe])
    video = probe(made["silent"]).video
    assert video is not None
    assert video.audio is None
    assert not {b"edts", b"elst"} & set(boxes_in(made["silent"]))


def test_steps_that_outputs_share_are_done_once() -> None:
    fps, small, large = Filter("fps", {"fps": 25}), Filter("scale", {"w": 2}), Filter("scale", {"w": 4})
    outputs = [
        Output(target=Path(name), picture=(fps, *steps), sound=None)
        for name, steps in (("a", (small,)), ("b", (large,)), ("c", (small, Filter("hflip"))))
    ]
    graph = next(part for part in arguments(Path("x"), outputs, before={}) if "scale" in part)
    assert (graph.count("fps=fps"), graph.count("scale="), graph.count("split=2")) == (1, 2, 2)


def test_without_a_graphics_chip_software_codes_and_it_is_told(make_clip: MakeClip, tmp_path: Path) -> None:
    if hardware_encoder(ffmpeg.find_ffmpeg()) is not None:
        pytest.skip("this machine has one")
    path = make_clip(*corners(), *H264)
    told: list[Finding] = []
    plans = [planned(probe(path), (320, 180))]
    (made,) = make_videos(path, probe(path), plans, tmp_path, limit_s=60, hardware=True, tell=told.append)
    assert [finding.rule for finding in told] == ["video-no-hardware"]
    assert "264" not in made.made_with


def test_software_goes_on_where_the_graphics_chip_fails(
    make_clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform == "win32":
        pytest.skip("the stand-in is a shell script")
    path = make_clip(*corners(), *H264)
    chip = tmp_path / "ffmpeg"
    real = ffmpeg.find_ffmpeg()
    listed = '*-encoders*) echo " V....D h264_nvenc NVIDIA";;'
    trial = "*color=gray*h264_nvenc*) exit 0;;"
    chip.write_text(f'#!/bin/sh\ncase "$*" in {listed} {trial} *) exec "{real}" "$@";; esac\n')
    chip.chmod(0o755)
    monkeypatch.setenv("TTDN_FFMPEG", str(chip))
    plans = [planned(probe(path), (320, 180)), planned(probe(path), (160, 90))]
    told: list[Finding] = []
    made = list(make_videos(path, probe(path), plans, tmp_path, limit_s=60, hardware=True, tell=told.append))
    assert len(made) == 2
    assert all("nvenc" not in one.made_with for one in made)
    assert [(one.rule, one.level, one.measured) for one in told] == [("video-hardware-failed", "info", "h264_nvenc")]


@pytest.mark.parametrize("encoder", HARDWARE)
def test_an_encoder_that_lacks_its_chip_fails_for_that_and_knows_every_option(encoder: str, tmp_path: Path) -> None:
    binary = ffmpeg.find_ffmpeg()
    if encoder not in ffmpeg.capabilities(binary).encoders:
        pytest.skip("this ffmpeg was built without it")
    options = CODERS[encoder](Rate(keyframe_steps=60, cap_bps=8_000_000, buffer_bits=16_000_000))
    told = [part for key, value in options.items() for part in (f"-{key}", str(value))]
    source = ["-f", "lavfi", "-i", "color=gray:size=640x360:duration=0.2"]
    try:
        said = ffmpeg.run([*source, *told, "-f", "null", "-"], deadline=ffmpeg.Deadline(tmp_path, 60)).stderr
    except ToolError as error:
        said = str(error.fields["stderr_tail"])
    assert not re.search("Unrecognized option|Unable to parse|has not been used|Error setting option", said)


def test_few_large_pictures_are_held_at_once() -> None:
    told = [str(x264(Rate(keyframe_steps=60, large=large))["x264-params"]) for large in (False, True)]
    assert ["rc-lookahead" in one for one in told] == [False, True]


@pytest.mark.parametrize("encoder", HARDWARE)
def test_graphics_chips_are_asked_for_what_every_player_takes(encoder: str) -> None:
    options = CODERS[encoder](Rate(keyframe_steps=60, cap_bps=8_000_000, buffer_bits=16_000_000))
    assert options["c:v"] == encoder
    assert (options["g"], options["bf"], options["profile:v"]) == (60, 2, "high")
    assert (options["maxrate"], options["bufsize"]) == (8_000_000, 16_000_000)
    assert options["pix_fmt"] in ("yuv420p", "nv12")
    aimed = options["b:v"]
    assert isinstance(aimed, int)
    assert aimed < 8_000_000
    assert aimed > 0 or "cq" in options
