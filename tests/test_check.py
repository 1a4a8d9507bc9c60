"""Checking: a file that conforms has no findings, and each rule a file breaks is found in the written bytes."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
import pytest
from PIL import Image, ImageCms

from ttdn_assets import renditions, wording
from ttdn_assets.errors import InputError
from ttdn_assets.model import Placement
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.checking.check import check_file

ALL = load_placements()
SHARED_MEDIA = os.environ.get("TTDN_TEST_MEDIA")
XMP_PLACE = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>21,1N</exif:GPSLatitude></x:xmpmeta>'
XMP_CREDIT = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><photoshop:Credit>TTDN</photoshop:Credit></x:xmpmeta>'


def rules(path: Path, placement: str | Placement) -> list[str]:
    wanted = ALL[placement] if isinstance(placement, str) else placement
    found = check_file(path, wanted)
    assert {f.level for f in found} <= {"error"}
    assert {f.subject for f in found} <= {path.name}
    assert all(path.name in wording.say_finding(f, lang) for f in found for lang in ("vi", "en"))
    return [f.rule for f in found]


# Photos


def draw(width: int = 1600, height: int = 1067, mode: str = "RGB") -> Image.Image:
    across = np.linspace(0, 255, width, dtype=np.uint8)
    return Image.fromarray(np.broadcast_to(across, (height, width)).copy()).convert(mode)


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8))


def exif(tag: int, value: object, ifd: int | None = None) -> Image.Exif:
    block = Image.Exif()
    if ifd is None:
        block[tag] = value
    else:
        block.get_ifd(ifd)[tag] = value
        block[ifd] = block.get_ifd(ifd)
    return block


GPS = exif(2, (21.0, 1.0, 42.5), 0x8825)
PROFILES = {name: ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes() for name in ("sRGB", "XYZ")}


@pytest.mark.parametrize(
    ("size", "placement", "expected"),
    [
        ((1600, 1067), "facebook.photo", []),
        ((1440, 1800), "instagram.feed", []),
        ((1200, 630), "facebook.link_card", []),
        ((899, 472), "facebook.link_card", []),
        ((500, 400), "facebook.photo", ["file-width"]),
        ((2100, 1400), "facebook.photo", ["file-long-side"]),
        ((1440, 2160), "instagram.feed", ["file-aspect"]),
        ((1600, 800), "instagram.feed", ["file-width", "file-aspect"]),
        ((1920, 1200), "tiktok.photo", ["file-short-side"]),
        ((1200, 900), "facebook.link_card", ["file-aspect"]),
        ((1600, 1067), "x.video", ["file-not-clip"]),
    ],
)
def test_sizes_are_measured(tmp_path: Path, size: tuple[int, int], placement: str, expected: list[str]) -> None:
    path = tmp_path / "ảnh.jpg"
    draw(*size).save(path)
    assert rules(path, placement) == expected


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("a.png", lambda p: draw().save(p), []),
        ("a.jpg", lambda p: draw().save(p, icc_profile=PROFILES["sRGB"]), []),
        ("a.jpg", lambda p: draw().save(p, xmp=XMP_CREDIT, progressive=True), []),
        ("a.jpg", lambda p: draw(mode="L").save(p), []),
        ("a.webp", lambda p: draw().save(p), ["file-format"]),
        ("a.jpg", lambda p: draw().save(p, format="PNG"), []),
        ("a.jpg", lambda p: draw(mode="CMYK").save(p), ["file-colour"]),
        ("a.jpg", lambda p: draw().save(p, icc_profile=PROFILES["XYZ"]), ["file-profile"]),
        ("a.png", lambda p: draw().save(p, icc_profile=PROFILES["XYZ"]), ["file-profile"]),
        ("a.jpg", lambda p: draw().save(p, exif=exif(0xA001, 0xFFFF, 0x8769)), ["file-profile"]),
        ("a.jpg", lambda p: draw().save(p, exif=exif(0xA001, 1, 0x8769)), []),
        ("a.jpg", lambda p: draw().save(p, exif=exif(0x0112, 6)), ["file-orientation"]),
        ("a.png", lambda p: draw().save(p, exif=exif(0x0112, 3)), ["file-orientation"]),
        ("a.jpg", lambda p: draw().save(p, exif=GPS), ["file-place"]),
        ("a.png", lambda p: draw().save(p, exif=GPS), ["file-place"]),
        ("a.jpg", lambda p: draw().save(p, xmp=XMP_PLACE), ["file-place"]),
        ("a.jpg", lambda p: draw().save(p, exif=exif(0xA431, "SN-0042", 0x8769)), ["file-private"]),
        ("a.jpg", lambda p: draw().save(p, exif=exif(0x927C, b"secret", 0x8769)), ["file-private"]),
        ("a.jpg", lambda p: draw().save(p, exif=exif(0xA430, "Nguyễn Văn A", 0x8769)), ["file-private"]),
        ("a.png", lambda p: Image.fromarray(np.zeros((700, 700), np.uint16)).save(p), ["file-bit-depth"]),
        ("a.jpg", lambda p: noise(2000, 2000).save(p, quality=100), ["file-bytes"]),
    ],
)
def test_each_fault_of_a_photo_is_found(
    tmp_path: Path, name: str, make: Callable[[Path], None], expected: list[str]
) -> None:
    path = tmp_path / name
    make(path)
    assert rules(path, "facebook.photo") == expected


def test_a_moving_picture_is_no_photo(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    draw(400, 300).save(path, save_all=True, append_images=[draw(400, 300).rotate(180)], duration=100)
    assert rules(path, "x.photo") == ["file-frames"]


def test_a_contest_photo_states_its_resolution_and_is_heavy_enough(tmp_path: Path) -> None:
    good, light, unstated = tmp_path / "good.jpg", tmp_path / "light.jpg", tmp_path / "unstated.jpg"
    big = noise(3000, 3000)
    big.save(good, quality=60, dpi=(300, 300))
    big.save(unstated, quality=60)
    draw(3000, 3000).save(light, dpi=(300, 300))
    assert rules(good, "happyvietnam.photo") == []
    assert rules(unstated, "happyvietnam.photo") == ["file-dpi"]
    assert rules(light, "happyvietnam.photo") == ["file-bytes"]
    metric = tmp_path / "metric.png"
    draw(3000, 3000).save(metric, dpi=(300, 300))
    assert "file-dpi" not in rules(metric, "happyvietnam.photo")


def test_a_jpeg_coded_as_browsers_cannot_read_is_found(tmp_path: Path) -> None:
    path = tmp_path / "arithmetic.jpg"
    draw().save(path)
    path.write_bytes(path.read_bytes().replace(b"\xff\xc0", b"\xff\xc9", 1))
    assert rules(path, "facebook.photo") == ["file-jpeg-coding"]


def test_a_photo_cut_short_is_found(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    noise(800, 800).save(path)
    path.write_bytes(path.read_bytes()[:-5000])
    assert rules(path, "facebook.photo") in (["file-truncated"], ["file-broken"])


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"no picture at all"])
def test_what_is_no_picture_is_a_finding_and_no_crash(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    assert rules(path, "facebook.photo") == ["file-broken"]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        check_file(tmp_path / "gone.jpg", ALL["x.photo"])


def test_findings_carry_the_name_they_are_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    draw(500, 400).save(path)
    (finding,) = check_file(path, ALL["facebook.photo"], source="2026/Mộc Châu.jpg")
    assert (finding.subject, finding.placement) == ("2026/Mộc Châu.jpg", "facebook.photo")
    assert (finding.measured, finding.allowed) == (500, "≥ 600")


# Clips

PICTURE = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-pix_fmt", "yuv420p"]
SOUND = ["-c:a", "aac", "-ac", "2", "-ar", "48000"]
PLACED = ["-movflags", "+faststart", "-use_editlist", "0"]


def encode(path: Path, *more: str, size: str = "540x960", rate: str = "30", seconds: str = "3.2") -> Path:
    """A clip that conforms to facebook.reel and instagram.reel, unless ``more`` says otherwise."""
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}", "-f", "lavfi", "-i", "sine=f=440:r=48000"]
    start = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-y",
        "-t",
        seconds,
        *inputs[:4],
        "-t",
        seconds,
        *inputs[4:],
    ]
    subprocess.run([*start, *PICTURE, *SOUND, *PLACED, *more, str(path)], check=True, timeout=60)
    return path


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(tmp_path_factory.mktemp("clip") / "reel.mp4")


@pytest.mark.parametrize("placement", ["facebook.reel", "instagram.reel", "tiktok.video", "youtube.short"])
def test_a_conforming_clip_has_no_findings(reel: Path, placement: str) -> None:
    assert rules(reel, placement) == []


def test_times_rounded_to_milliseconds_are_a_constant_rate(reel: Path, tmp_path: Path) -> None:
    for source, target in ((reel, tmp_path / "a.mkv"), (tmp_path / "a.mkv", tmp_path / "a.mp4")):
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-c", "copy", *PLACED]
        subprocess.run([*command, str(target)], check=True, timeout=60)
    assert rules(tmp_path / "a.mp4", "facebook.reel") == rules(tmp_path / "a.mp4", "facebook.video") == []


@pytest.mark.parametrize(
    ("more", "placement", "expected"),
    [
        (["-an"], "facebook.reel", ["file-sound-missing"]),
        (["-an"], "tiktok.video", []),
        ([], "led.video", ["file-sound-unwanted"]),
        (["-ac", "1"], "facebook.reel", ["file-sound-channels"]),
        (["-ac", "1"], "instagram.reel", []),
        (["-ar", "44100"], "facebook.reel", ["file-sound-rate"]),
        (["-ar", "44100"], "instagram.reel", []),
        (["-c:a", "libmp3lame"], "facebook.reel", ["file-sound-codec"]),
        (["-r", "24000/1001"], "facebook.reel", ["file-fps"]),
        (["-r", "24000/1001"], "instagram.reel", []),
        (["-r", "50"], "facebook.video", ["file-fps"]),
        (["-r", "24", "-an"], "led.video", ["file-fps"]),
        (["-vf", "select='not(between(n,20,29))'", "-fps_mode", "vfr"], "facebook.reel", ["file-variable-fps"]),
        (["-t", "2"], "tiktok.video", ["file-duration"]),
        (["-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1"], "youtube.short", ["file-codec"]),
        (["-pix_fmt", "yuv444p"], "tiktok.video", ["file-h264-profile", "file-pix-fmt"]),
        (["-vf", "setsar=4/3"], "tiktok.video", ["file-sample-aspect"]),
        (["-vf", "setfield=tff", "-x264-params", "tff=1"], "tiktok.video", ["file-interlaced"]),
        (["-color_range", "pc", "-pix_fmt", "yuvj420p"], "tiktok.video", ["file-pix-fmt", "file-full-range"]),
        (
            ["-x264-params", "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"],
            "tiktok.video",
            ["file-hdr"],
        ),
        (["-movflags", "-faststart"], "instagram.reel", ["file-moov-last"]),
        (["-movflags", "-faststart"], "facebook.reel", []),
        (["-use_editlist", "1"], "instagram.reel", ["file-edit-list"]),
        (["-use_editlist", "1"], "facebook.reel", []),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_each_fault_of_a_clip_is_found(tmp_path: Path, more: list[str], placement: str, expected: list[str]) -> None:
    path = encode(tmp_path / "clip.mp4", *more)
    got = rules(path, placement)
    assert [rule for rule in got if rule not in ("file-sample-aspect", "file-aspect", *expected)] == []
    assert set(expected) <= set(got)


def test_a_clip_with_odd_sides_is_found(tmp_path: Path) -> None:
    path = encode(tmp_path / "odd.mp4", "-vf", "format=yuv444p,scale=541:961", "-pix_fmt", "yuv444p")
    assert "file-odd-size" in rules(path, "tiktok.video")


def test_a_clip_stored_turned_is_found(tmp_path: Path, reel: Path) -> None:
    path = tmp_path / "turned.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-display_rotation", "90", "-i", str(reel)]
    subprocess.run([*command, "-c", "copy", *PLACED, str(path)], check=True, timeout=60)
    assert "file-rotation" in rules(path, "tiktok.video")


@pytest.mark.parametrize("name", ["clip.mov", "clip.3gp"])
def test_the_place_in_a_clip_is_found(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path / name, "-metadata", "location=+21.0285+105.8542/", seconds="1")
    assert "file-place" in rules(path, "tiktok.video")


def test_limits_of_time_and_rate_are_measured(reel: Path) -> None:
    short = msgspec.structs.replace(ALL["tiktok.video"], duration_max_s=3.0)
    thin = msgspec.structs.replace(ALL["tiktok.video"], video_bitrate_max_bps=1000)
    padded = msgspec.structs.replace(ALL["tiktok.video"], duration_max_s=3.1)
    assert rules(reel, short) == ["file-duration"]
    assert rules(reel, thin) == ["file-bitrate"]
    assert rules(reel, padded) == []


def test_a_clip_cut_short_is_found(tmp_path: Path, reel: Path) -> None:
    path = tmp_path / "cut.mp4"
    data = reel.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    assert "file-broken" in rules(path, "facebook.reel")


def test_every_rule_has_its_sentence_in_both_languages() -> None:
    folder = Path(str(renditions.__file__)).parent
    calls = [node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    codes = {
        node.value
        for node in calls
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("file-")
    }
    assert len(codes) > 30
    assert [c for c in sorted(codes) for lang in ("vi", "en") if not wording.has(f"finding.{c}", lang)] == []


@pytest.mark.skipif(SHARED_MEDIA is None, reason="TTDN_TEST_MEDIA is not set")
def test_no_real_file_crashes_the_check() -> None:
    """Every real photo, clip and broken file gets an answer against a placement of its kind."""
    for path in sorted(Path(str(SHARED_MEDIA)).glob("*/*")):
        for name in ("facebook.photo", "facebook.reel"):
            assert all(finding.rule.startswith("file-") for finding in check_file(path, ALL[name]))
