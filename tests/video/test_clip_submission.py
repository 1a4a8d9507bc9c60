"""A submission holds a poster beside each clip, and subtitles as a file or in the picture, as the platform asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from drawn_clips import H264, MakeClip, frames_of, tone
from ttdn_assets.jobs.prepare import Run, prepare

SRT = "1\n00:00:00,500 --> 00:00:01,250\nHoa ban trắng\n"


def bag_of(done: Run, library: Path, target: str) -> Path:
    (path,) = (one.path for one in done.submissions if one.target == target)
    return library / path / "data"


def files_in(bag: Path, ending: str) -> list[Path]:
    return sorted((bag / "media").glob(f"*{ending}"))


def is_written_on(clip: Path) -> bool:
    frame = frames_of(clip)[22]
    return bool((frame[frame.shape[0] * 3 // 5 :].min(axis=2) > 230).sum() > 100)


def clear_scene(make_clip: MakeClip) -> Path:
    """A dark clip with a bright second, so that one frame shows more than the others."""
    bars = "testsrc2=size=640x360:rate=25:duration=1.6,eq=brightness=-0.9:enable='lt(t,1)'"
    return make_clip("-f", "lavfi", "-i", bars, *tone(1.6), *H264, "-c:a", "aac", name="hoa ban.mp4")


def test_subtitles_and_posters_reach_the_bags(make_clip: MakeClip, tmp_path: Path) -> None:
    clip = clear_scene(make_clip)
    (clip.parent / "hoa ban.vi.srt").write_text(SRT, encoding="utf-8-sig")
    library = tmp_path / "library"
    done = prepare([clip.parent], targets=["facebook.video", "zalo.article_video"], library=library, jobs=1)
    assert not done.failed
    beside, drawn = bag_of(done, library, "facebook.video"), bag_of(done, library, "zalo.article_video")
    (taken,) = files_in(beside, ".mp4")
    assert [path.name for path in files_in(beside, ".srt")] == [f"{taken.stem}.vi_VN.srt"]
    assert files_in(beside, ".srt")[0].read_bytes() == SRT.encode()
    assert files_in(drawn, ".srt") == []
    assert not is_written_on(taken)
    assert is_written_on(files_in(drawn, ".mp4")[0])
    for bag in (beside, drawn):
        assert_poster(bag)
    edited(clip.parent / "hoa ban.vi.srt")
    again = prepare([clip.parent], targets=["facebook.video", "zalo.article_video"], library=library, jobs=1)
    assert again.encodes == 1
    assert "Hoa ban nở" in files_in(bag_of(again, library, "facebook.video"), ".srt")[0].read_text(encoding="utf-8")


def edited(path: Path) -> None:
    path.write_text(SRT.replace("trắng", "nở trắng rừng"), encoding="utf-8")


def assert_poster(bag: Path) -> None:
    (clip,), (poster,) = files_in(bag, ".mp4"), files_in(bag, ".poster.jpg")
    with Image.open(poster) as image:
        shown: Any = np.asarray(image.convert("RGB"))
        assert image.format == "JPEG"
        assert not image.getexif()
    frames = frames_of(clip)
    assert shown.shape == frames[0].shape
    assert shown.mean() > 0.8 * max(frame.mean() for frame in frames[28:])
    (told,) = json.loads((bag / "report.json").read_text(encoding="utf-8"))["files"]
    assert f"media/{poster.name}" in told["beside"]
