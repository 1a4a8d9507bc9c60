"""The proof itself is proved: files and bags made wrong on purpose, and each fault is seen."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
import msgspec
import pytest
from PIL import Image

from proof.proof_bags import Bag, Proof, dead_links, faults_of_lists, missing_words
from proof.proof_measure import Measured, measure
from proof.proof_rules import private, violations
from ttdn_assets.model import Placement
from ttdn_assets.placements import load_placements

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("measuring_tools")]

PLACEMENTS = load_placements()


def encoded(path: Path, *options: str, size: str = "1080x1920", rate: str = "30") -> Measured:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}"]
    command += ["-f", "lavfi", "-i", "sine=sample_rate=44100", "-t", "4", "-preset", "ultrafast", *options]
    subprocess.run([*command, str(path)], check=True, timeout=120)
    return measure([path], [path])[path]


def seen(one: Measured, placement: Placement) -> set[str]:
    return {broken.rule for broken in violations(one, placement)}


def test_a_clip_coded_wrong_is_seen(tmp_path: Path) -> None:
    wrong = ("-c:v", "libx264", "-pix_fmt", "yuv444p", "-bf", "2", "-vf", "setsar=4/3,format=yuv444p")
    one = encoded(tmp_path / "wrong.mp4", *wrong, "-c:a", "aac", "-ac", "1", size="320x240", rate="15")
    assert seen(one, PLACEMENTS["instagram.reel"]) >= {
        "pix_fmt", "profile", "sample_aspect_ratio", "moov", "edit list", "fps", "width", "height",
    }  # fmt: skip
    assert seen(one, PLACEMENTS["facebook.reel"]) >= {"ratio", "channels", "sound rate"}
    assert seen(one, PLACEMENTS["led.video"]) >= {"sound", "fps"}


def test_a_clip_of_varying_rate_is_seen(tmp_path: Path) -> None:
    options = ("-vf", "select='not(eq(mod(n,5),3))',format=yuv420p", "-fps_mode", "passthrough")
    one = encoded(tmp_path / "vary.mp4", *options, "-c:v", "libx264", "-c:a", "aac", "-ac", "2")
    assert "constant fps" in seen(one, PLACEMENTS["facebook.reel"])


def test_a_turned_hdr_clip_with_a_hidden_place_is_seen(tmp_path: Path) -> None:
    tags = ("-vf", "format=yuv420p,setparams=color_trc=arib-std-b67:color_primaries=bt2020:colorspace=bt2020nc")
    encoded(tmp_path / "upright.mp4", "-c:v", "libx264", *tags, "-c:a", "aac")
    path = tmp_path / "turned.mp4"
    shutil.copyfile(tmp_path / "upright.mp4", path)
    place = ["-Rotation=90", "-Keys:GPSCoordinates=20.8,104.6,900", "-Keys:Author=A"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *place, str(path)], check=True, timeout=60)
    one = measure([path], [path])[path]
    assert seen(one, PLACEMENTS["tiktok.video"]) >= {"rotation", "color_transfer", "color_primaries", "color_space"}
    assert any("GPS" in str(found.measured) for found in private(one))


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("bytes", {"bytes_max": 1000}),
        ("format", {"formats": ("webm",)}),
        ("codec", {"video_codecs": ("hevc",)}),
        ("duration", {"duration_max_s": 3.9}),
        ("duration of the picture", {"duration_min_s": 4.1}),
        ("bitrate", {"video_bitrate_max_bps": 1000}),
        ("fps", {"fps_choices": (25.0,)}),
        ("long side", {"long_side_max_px": 1900}),
        ("short side", {"short_side_min_px": 1100}),
    ],
)
def test_each_limit_of_a_clip_is_asked(rule: str, change: dict[str, object], good_clip: Measured) -> None:
    placement = PLACEMENTS["facebook.reel"]
    assert seen(good_clip, placement) == {"sound rate"}
    assert rule in seen(good_clip, msgspec.structs.replace(placement, **change))


@pytest.fixture(scope="module")
def good_clip(measuring_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Right but for its sound of 44.1 kHz."""
    options = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "setsar=1", "-c:a", "aac", "-ac", "2")
    return encoded(tmp_path_factory.mktemp("good") / "good.mp4", *options)


def test_a_photo_made_wrong_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "wrong.jpg"
    Image.new("CMYK", (500, 100)).save(path, dpi=(72, 72))
    marks = ["-Orientation#=6", "-GPSLatitude=20.8", "-GPSLatitudeRef=N", "-SerialNumber=42", "-OwnerName=A"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *marks, str(path)], check=True, timeout=60)
    one = measure([path], [])[path]
    contest = PLACEMENTS["happyvietnam.photo"]
    assert seen(one, contest) >= {"colours", "IFD0:Orientation", "short side", "bytes", "XResolution"}
    assert "ratio" in seen(one, PLACEMENTS["instagram.feed"])
    told = " ".join(str(found.measured) for found in private(one))
    assert all(name in told for name in ("GPSLatitude", "SerialNumber", "OwnerName"))


def test_words_that_are_not_there_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "words.jpg"
    Image.new("RGB", (64, 64)).save(path)
    said = ["-XMP-dc:Description-vi=Hoa ban", "-XMP-dc:Description-zh=木州"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *said, str(path)], check=True, timeout=60)
    words = {"vi": {"description": "Hoa ban"}, "en": {"description": "Ban flowers"}, "zh": {"description": "木州"}}
    missing = [one.partition(":")[2] for one in missing_words(measure([path], [])[path].tags, words)]
    assert [one.partition(":")[0] for one in missing] == ["Description-en", "Description-zh-Hans"]


def test_a_bag_that_was_changed_is_seen(drawn_proof: Proof, tmp_path: Path) -> None:
    bag = Bag(shutil.copytree(drawn_proof.bags[0].folder, tmp_path / "bag"))
    assert not list(faults_of_lists(bag))
    page = bag.payload / "index.html"
    page.write_text(
        page.read_text(encoding="utf-8") + '<img src="https://example.org/a.png"><a href="no.jpg">', "utf-8"
    )
    next(iter(bag.serves)).unlink()
    (bag.payload / "more.txt").write_text("more", encoding="utf-8")
    told = " ".join(faults_of_lists(bag))
    assert all(words in told for words in ("index.html differs", "more.txt is on one side", "media/"))
    assert len(list(dead_links(page))) >= 3
