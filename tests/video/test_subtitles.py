"""Subtitles beside a clip are read however they were written, and drawn in only where a platform takes no file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from drawn_clips import H264, MakeClip, frames_of, whole_of
from ttdn_assets.geometry import CENTRE
from ttdn_assets.media.probe import probe
from ttdn_assets.media.subtitles import Cue, Subtitles, read_subtitles, srt
from ttdn_assets.model import MediaFacts, RenditionPlan, Subject
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.renditions.video.make import make_videos
from ttdn_assets.renditions.video.subtitles import script
from ttdn_assets.tools.fonts import FACE, font_file, wrapped

VIETNAMESE = "1\n00:00:00,400 --> 00:00:00,900\nMùa vàng Mù Cang Chải\n"


def read(folder: Path, name: str, data: bytes) -> Subtitles:
    (found,), findings = read_all(folder, name, data)
    assert findings == ()
    return found


def read_all(folder: Path, name: str, data: bytes) -> tuple[tuple[Subtitles, ...], tuple[object, ...]]:
    path = folder / name
    path.write_bytes(data)
    return read_subtitles(folder / "clip.mp4", [path])


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_any_charset_says_the_same(charset: str, tmp_path: Path) -> None:
    text = VIETNAMESE if charset != "cp1258" else "1\n00:00:00,400 --> 00:00:00,900\nLễ hội ở Mộc Châu\n"
    raw = text.encode(charset) if charset != "cp1258" else _cp1258(text)
    found = read(tmp_path, "clip.srt", raw.replace(b"\n", b"\r\n") if charset == "utf-8" else raw)
    assert (found.lang, found.cues) == ("vi", (Cue(0.4, 0.9, text.split("\n")[2]),))


def _cp1258(text: str) -> bytes:
    """Windows writes tones as letters of their own."""
    import unicodedata

    def letter(one: str) -> bytes:
        try:
            return one.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = list(unicodedata.normalize("NFD", one))
            tone = marks[-1] if marks[-1] in "\u0300\u0301\u0303\u0309\u0323" else marks.pop(0)
            rest = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark != tone))
            return rest.encode("cp1258") + tone.encode("cp1258")

    return b"".join(map(letter, text))


@pytest.mark.parametrize(
    ("name", "lang"),
    [
        ("clip.vi.srt", "vi"),
        ("clip.vi_VN.srt", "vi"),
        ("clip.zh-Hans.srt", "zh"),
        ("clip.zh_TW.srt", "zh-Hant"),
        ("clip.EN.srt", "en"),
        ("clip.srt", "vi"),
    ],
)
def test_the_name_tells_the_language_and_else_the_letters_do(name: str, lang: str, tmp_path: Path) -> None:
    assert read(tmp_path, name, VIETNAMESE.encode()).lang == lang


def test_markup_and_disorder_are_dropped_and_what_leaves_is_plain(tmp_path: Path) -> None:
    data = (
        "7\n00:00:05.5 --> 00:00:07,25 X1:10\n<i>Hoa ban</i> <font color=red>trắng</font>\n{\\an8}nở\n\n"
        "x\n00:00:01,000 --> 00:00:02,000\n  Chào   bạn\n\n"
        "9\n00:00:09,000 --> 00:00:08,000\nngược\n\n00:00:10,000 --> 00:00:11,000\n\n"
    )
    found = read(tmp_path, "clip.vi.srt", data.encode())
    assert found.cues == (Cue(1, 2, "Chào bạn"), Cue(5.5, 7.25, "Hoa ban trắng\nnở"))
    assert srt(found).startswith("1\n00:00:01,000 --> 00:00:02,000\nChào bạn\n\n2\n00:00:05,500 --> 00:00:07,250\n")
    assert read(tmp_path, "clip.en.srt", srt(found).encode()).cues == found.cues


def test_cues_without_an_empty_line_between_them_are_told_apart(tmp_path: Path) -> None:
    data = (
        "1\n00:00:01,000 --> 00:00:02,000\nnăm\n2026\n2\n00:00:03,000 --> 00:00:04,000\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nhai\n \nthừa"
    )
    assert read(tmp_path, "clip.vi.srt", data.encode()).cues == (Cue(1, 2, "năm\n2026"), Cue(5, 6, "hai"))


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 500, b"no times here", b"1" * 2_100_000], ids=str)
def test_what_is_none_is_told_and_left_out(data: bytes, tmp_path: Path) -> None:
    found, (finding,) = read_all(tmp_path, "clip.vi.srt", data)
    assert found == ()
    assert getattr(finding, "rule", "") == "subtitles-unreadable"


def test_a_flood_of_cues_ends_somewhere(tmp_path: Path) -> None:
    data = "".join(f"00:00:01,000 --> 00:00:02,{n % 1000:03d}\n{'x' * 40}\n\n" for n in range(25_000))
    assert len(read(tmp_path, "clip.vi.srt", data.encode()).cues) <= 10_000


def with_subtitles(make_clip: MakeClip, text: str, size: str = "360x640") -> tuple[Path, MediaFacts, Subtitles]:
    path = make_clip("-f", "lavfi", "-i", f"color=0x203040:size={size}:rate=25:duration=1.2", *H264)
    companion = path.with_name("clip.vi.srt")
    companion.write_text(text, encoding="utf-8")
    (subtitles,), _ = read_subtitles(path, [companion])
    return path, probe(path, companions=[companion]), subtitles


def burned(make_clip: MakeClip, folder: Path, text: str, size: str = "360x640") -> list[Any]:
    path, facts, subtitles = with_subtitles(make_clip, text, size)
    drawn = whole_of(path, burned=subtitles.sha256)
    (made,) = make_videos(path, facts, [drawn], folder, limit_s=60, subtitles=[subtitles])
    return frames_of(folder / made.path)


@pytest.mark.parametrize(("size", "top", "bottom"), [("360x640", 0.4, 0.65), ("640x360", 0.75, 0.97)])
def test_words_are_drawn_while_they_are_said_and_where_apps_leave_room(
    size: str, top: float, bottom: float, make_clip: MakeClip, tmp_path: Path
) -> None:
    frames = burned(make_clip, tmp_path, VIETNAMESE, size)
    white = [frame.min(axis=2) > 180 for frame in frames]
    assert not white[5].any()
    assert not white[-2].any()
    rows, columns = np.nonzero(white[15])
    height, width = white[15].shape
    assert top * height < rows.min() < rows.max() < bottom * height
    assert 0.05 * width < columns.min() < columns.max() < (0.77 if height > width else 0.95) * width
    assert rows.size > 100


def test_what_looks_like_a_drawing_command_draws_nothing_but_letters(make_clip: MakeClip, tmp_path: Path) -> None:
    hostile = VIETNAMESE.replace("Mùa", "{{\\p1}m 0 0 l 900 0 900 900 0 900{\\p0}} \\N{\\pos(0,0)}")
    frame = burned(make_clip, tmp_path, hostile)[15]
    assert (frame.min(axis=2) > 180).mean() < 0.15


def test_every_letter_of_the_three_languages_is_in_the_font() -> None:
    from PIL import ImageFont

    face = ImageFont.truetype(font_file(), 40, index=FACE)
    assert face.getname()[0] == "Noto Sans CJK SC"
    missing = bytes(face.getmask("\U0010fffd"))
    letters = "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ₫木江界梯田稻谷黄金山罗省孟桑"
    assert [letter for letter in letters if bytes(face.getmask(letter)) == missing] == []


def test_lines_break_where_the_language_lets_them() -> None:
    assert wrapped("Ruộng bậc thang\nmùa vàng", size_px=20, width_px=110) == ["Ruộng", "bậc thang", "mùa vàng"]
    lines = wrapped("木江界的梯田在九月变成金黄色，游客赶来。", size_px=20, width_px=165)
    assert max(map(len, lines)) <= 9
    assert all(line[0] not in "，。" for line in lines)
    assert wrapped("x" * 50, size_px=20, width_px=100) == ["x" * 50]


def plans_of(facts: MediaFacts, languages: tuple[str, ...]) -> dict[str, RenditionPlan]:
    wanted = [one for one in load_placements(None).values() if one.id in ("facebook.video", "zalo.article_video")]
    plans, _ = plan(
        facts,
        picture_sha256="0" * 64,
        size_bytes=1000,
        placements=wanted,
        subject=Subject(focal=CENTRE),
        choices={},
        languages=languages,
    )
    return {name: one for one in plans for name in one.placements}


def test_they_are_drawn_where_no_file_is_taken_in_the_first_language_there_is(make_clip: MakeClip) -> None:
    path, facts, subtitles = with_subtitles(make_clip, VIETNAMESE, "1280x720")
    plans = plans_of(facts, ("en", "vi"))
    bare = plans_of(probe(path), ("en", "vi"))
    drawn, beside = plans["zalo.article_video"].video, plans["facebook.video"].video
    assert drawn is not None
    assert beside is not None
    assert (drawn.burned, drawn.copy) == (subtitles.sha256, False)
    assert (beside.burned, beside.copy) == (None, True)
    assert plans["facebook.video"].recipe == bare["facebook.video"].recipe
    assert plans["zalo.article_video"].recipe != bare["zalo.article_video"].recipe
    assert plans_of(facts, ("en",))["zalo.article_video"].recipe == bare["zalo.article_video"].recipe
    edited = msgspec.structs.replace(facts, subtitles={"vi": "1" * 64})
    assert plans_of(edited, ("vi",))["zalo.article_video"].recipe != plans["zalo.article_video"].recipe


def test_the_script_keeps_times_and_sizes() -> None:
    written = script([Cue(3661.25, 3662.0, "a\nb")], (1920, 1080))
    assert "PlayResX: 1920" in written
    assert "Dialogue: 0,1:01:01.25,1:01:02.00,Default,a\\Nb" in written
