"""The picture that stands for a clip is neither black nor blank, and sharp."""

from __future__ import annotations

from drawn_clips import H264, MakeClip
from ttdn_assets.media.probe import probe
from ttdn_assets.renditions.video.frames import poster


def test_the_poster_is_neither_black_nor_blank(make_clip: MakeClip) -> None:
    source = (
        "testsrc2=size=320x180:rate=25:duration=3,drawbox=color=black:t=fill:enable='lt(t,1)',"
        "drawbox=color=white:t=fill:enable='gt(t,2)'"
    )
    path = make_clip("-f", "lavfi", "-i", source, *H264)
    assert 40 < poster(path, probe(path)).pixels.mean() < 220
