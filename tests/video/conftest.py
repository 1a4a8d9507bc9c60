"""The tests of clips encode their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from drawn_clips import MakeClip
from ttdn_assets.tools import ffmpeg


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    def made(*options: str, name: str = "clip.mp4") -> Path:
        path = tmp_path / "source" / name
        path.parent.mkdir(exist_ok=True)
        ffmpeg.run([*options, f"file:{path}"], deadline=ffmpeg.Deadline(path, 60))
        return path

    return made
