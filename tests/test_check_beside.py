"""What lies beside a clip is checked as the clip is: its poster, and its subtitles against what the platform takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ttdn_assets import wording
from ttdn_assets.jobs.beside_clip import write_beside
from ttdn_assets.media.languages import language_of, locale_of
from ttdn_assets.media.subtitles import Cue, Subtitles
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.checking.check import check_file
from ttdn_assets.tools import ffmpeg

ALL = load_placements()
FINE = "1\n00:00:00,200 --> 00:00:00,600\nMùa vàng\n\n2\n00:00:00,500 --> 00:00:00,900\nMù Cang Chải\n"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("beside") / "clip.mp4"
    drawn = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=1", "-pix_fmt", "yuv420p"]
    ffmpeg.run([*drawn, "-c:v", "libx264", f"file:{path}"], deadline=ffmpeg.Deadline(path, 60))
    return path


def rules(path: Path, placement: str = "facebook.reel") -> dict[str, str]:
    found = check_file(path, ALL[placement])
    assert all(path.name in wording.say_finding(one, lang) for one in found for lang in ("vi", "en"))
    return {one.rule: one.level for one in found}


def beside(clip: Path, folder: Path, name: str, data: bytes) -> Path:
    (folder / clip.name).write_bytes(clip.read_bytes())
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("clip.vi_VN.srt", FINE.encode(), []),
        ("clip.vi_VN.srt", FINE.replace("\n", "\r\n").encode(), []),
        ("clip.vi.srt", FINE.encode(), ["file-subtitles-name"]),
        ("clip.vi_VN.srt", FINE.encode("utf-8-sig"), ["file-subtitles-charset"]),
        ("clip.vi_VN.srt", FINE.encode("utf-16"), ["file-subtitles-charset"]),
        ("clip.vi_VN.srt", b"", ["file-subtitles-broken"]),
        ("clip.vi_VN.srt", FINE.replace(",", ".").encode(), ["file-subtitles-broken"]),
        ("clip.vi_VN.srt", b"WEBVTT\n\n" + FINE.encode(), ["file-subtitles-broken"]),
        ("clip.vi_VN.srt", FINE.replace("00,500", "00,100").encode(), ["file-subtitles-order"]),
        ("clip.vi_VN.srt", FINE.replace("00,900", "00,500").encode(), ["file-subtitles-order"]),
        ("clip.vi_VN.srt", FINE.replace("00,900", "09,900").encode(), ["file-subtitles-late"]),
        ("clip.vi_VN.srt", FINE.replace("Mùa", "<i>Mùa</i>").encode(), ["file-subtitles-markup"]),
        ("clip.vi_VN.srt", FINE.encode() + b"\n3\n00:00:00,600 --> 00:00:00,700\n" + b"a" * 200_000, ["file-bytes"]),
    ],
    ids=str,
)
def test_a_subtitle_file_is_measured(name: str, data: bytes, expected: list[str], clip: Path, tmp_path: Path) -> None:
    assert list(rules(beside(clip, tmp_path, name, data))) == expected


def test_another_platform_takes_any_name_and_no_photo_slot_takes_subtitles(clip: Path, tmp_path: Path) -> None:
    path = beside(clip, tmp_path, "clip.vi.srt", FINE.encode())
    assert rules(path, "youtube.video") == {}
    assert rules(path, "facebook.photo") == {"file-broken": "error"}
    (tmp_path / "clip.mp4").unlink()
    assert rules(path, "youtube.video") == {}


@pytest.mark.parametrize(
    ("level", "size", "expected"),
    [
        (None, (320, 180), {}),
        (None, (640, 360), {"file-poster-size": "error"}),
        (0, (320, 180), {"file-poster-empty": "warning"}),
        (250, (320, 180), {"file-poster-empty": "warning"}),
    ],
)
def test_a_poster_is_measured(
    level: int | None, size: tuple[int, int], expected: dict[str, str], clip: Path, tmp_path: Path
) -> None:
    path = beside(clip, tmp_path, "clip.poster.jpg", b"")
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise if level is None else np.full_like(noise, level)).save(path)
    assert rules(path) == expected


def test_a_poster_that_is_no_jpeg_or_too_heavy_is_told(clip: Path, tmp_path: Path) -> None:
    path = beside(clip, tmp_path, "clip.poster.jpg", b"")
    noise = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, "PNG")
    assert rules(path, "youtube.video") == {"file-bytes": "error", "file-format": "error", "file-poster-size": "error"}
    path.write_bytes(path.read_bytes()[:500])
    assert rules(path) == {"file-broken": "error"}


def test_what_is_written_beside_a_clip_conforms_and_ends_with_it(clip: Path, tmp_path: Path) -> None:
    beside(clip, tmp_path, "x", b"")
    said = (Cue(0.1, 0.5, "Hoa ban"), Cue(0.6, 5.0, "trắng"), Cue(6.0, 7.0, "hết"))
    languages = [Subtitles(lang, "0" * 64, said) for lang in ("vi", "zh-Hant", "lo")]
    written = write_beside(tmp_path / "clip.mp4", languages, [ALL["facebook.reel"], ALL["facebook.story_video"]])
    assert written.findings == ()
    assert [path.name for path in written.files] == [
        "clip.poster.jpg", "clip.vi_VN.srt", "clip.zh_TW.srt", "clip.lo_LA.srt"
    ]  # fmt: skip
    assert written.subtitles[0].read_text(encoding="utf-8").endswith("00:00:00,600 --> 00:00:01,000\ntrắng\n")


def test_subtitles_heavier_than_a_platform_takes_are_left_out_with_the_repair(clip: Path, tmp_path: Path) -> None:
    beside(clip, tmp_path, "x", b"")
    talk = Subtitles("vi", "0" * 64, tuple(Cue(n / 10_000, n / 10_000 + 0.01, "ngày hội " * 12) for n in range(2000)))
    written = write_beside(tmp_path / "clip.mp4", [talk], [ALL["facebook.video"], ALL["facebook.reel"]])
    assert [path.name for path in written.files] == ["clip.poster.jpg"]
    assert [(one.rule, one.level, one.placement) for one in written.findings] == [
        ("subtitles-too-heavy", "warning", "facebook.video"),
        ("subtitles-too-heavy", "warning", "facebook.reel"),
    ]
    assert "200.000" in wording.say_finding(written.findings[0], "vi")
    assert [path.name for path in write_beside(tmp_path / "clip.mp4", [talk], [ALL["x.video"]]).files] == [
        "clip.poster.jpg", "clip.vi_VN.srt"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "lang"),
    [("vi", "vi"), ("VI_vn", "vi"), ("vie", "vi"), ("chi", "zh"), ("zh-HK", "zh-Hant"), ("final", None), ("qq", None)],
)
def test_a_tag_names_its_language(tag: str, lang: str | None) -> None:
    assert language_of(tag) == lang


def test_a_language_has_the_country_where_most_speak_it() -> None:
    assert [locale_of(lang) for lang in ("vi", "en", "zh", "ko", "tlh")] == ["vi_VN", "en_US", "zh_CN", "ko_KR", "tlh"]
