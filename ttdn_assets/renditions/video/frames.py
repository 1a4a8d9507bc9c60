"""Frames of a clip as upright sRGB pictures: a few spread over it to find its subject, one to stand for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ttdn_assets.errors import MediaError, ToolError
from ttdn_assets.geometry import contain, even
from ttdn_assets.model import MediaFacts
from ttdn_assets.renditions.video import tone
from ttdn_assets.renditions.video.filters import decoder, framing_of_frame, opening, streams
from ttdn_assets.tools import ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Filter, Output
from ttdn_assets.tools.key_pictures import best_moment_s
from ttdn_assets.tools.pixels import Picture
from ttdn_assets.tools.pixels_raw import picture_of_rgb

_LONG_EDGE_PX = 1280
_LIMIT_S = 120.0
_KEYFRAMES_FROM_S = 15.0
"""From this duration on the keyframe before each moment does, and decoding up to it is spared."""


def sample_pictures(
    path: Path, facts: MediaFacts, *, count: int = 5, exact: bool = False, limit_s: float = _LIMIT_S
) -> list[Picture]:
    """Up to ``count`` frames spread over the clip, upright, in sRGB, long edge at most 1280 px; never none.

    With ``exact`` they are those at their very moments even in a long clip, whatever its keyframes are.

    Raises:
        MediaError: ``video-no-frame`` where not one can be decoded.
        TimeLimit: ``video-time-limit``.
    """
    duration_s = facts.video.duration_s if facts.video else 0.0
    times = [duration_s * (index + 0.5) / count for index in range(count)]
    deadline = ffmpeg.Deadline(path, limit_s)
    pictures = list(_frames_at(path, facts, times, deadline, exact=exact)) or list(
        _frames_at(path, facts, [0.0], deadline)
    )
    if not pictures:
        raise MediaError("video-no-frame", {"path": path})
    return pictures


def poster(path: Path, facts: MediaFacts, *, limit_s: float = _LIMIT_S) -> Picture:
    """The frame that shows most, whole and upright at the clip's own size: neither black nor blank, and sharp.

    Raises:
        MediaError: ``video-no-frame``.
        TimeLimit: ``video-time-limit``.
    """
    stream = facts.video.stream if facts.video else None
    moment_s = best_moment_s(path, format=facts.format, stream=stream, limit_s=limit_s / 2)
    deadline = ffmpeg.Deadline(path, limit_s)
    for at_s in (moment_s or 0.0, 0.0):
        for picture in _frames_at(path, facts, [at_s], deadline, whole=True):
            return picture
    raise MediaError("video-no-frame", {"path": path})


def _frames_at(
    path: Path,
    facts: MediaFacts,
    times_s: list[float],
    deadline: ffmpeg.Deadline,
    *,
    whole: bool = False,
    exact: bool = False,
) -> Iterator[Picture]:
    """The frame shown at each of the times, at the clip's size if ``whole``; one that cannot be decoded is left out."""
    binary = ffmpeg.find_ffmpeg()
    able = ffmpeg.capabilities(binary)
    edge_px = max(facts.size_px) if whole else _LONG_EDGE_PX
    width_px, height_px = contain(facts.size_px, (edge_px, edge_px))
    frame_px = even(width_px), even(height_px)
    output = Output(
        target="-",
        picture=(
            *opening(facts, None),
            *framing_of_frame(facts, frame_px, able),
            Filter("scale", {"in_color_matrix": "bt709"}),
        ),
        sound=None,
        options={"f": "rawvideo", "pix_fmt": "rgb24", "frames:v": 1},
    )
    with tempfile.TemporaryDirectory(prefix="ttdn-", ignore_cleanup_errors=True) as folder:
        tone.write_table(facts.video, Path(folder))
        for at_s in times_s:
            before = {**ffmpeg.input_options(facts.format), **decoder(facts, able), "ss": round(at_s, 6)}
            if not whole and not exact and facts.video and facts.video.duration_s >= _KEYFRAMES_FROM_S:
                before["noaccurate_seek"] = None
            arguments = ffmpeg_graph.arguments(path, [output], before=before, streams=streams(facts))
            try:
                ran = ffmpeg.run(arguments, deadline=deadline, binary=binary, folder=Path(folder), capture=True)
            except ToolError as error:
                if error.code != "ffmpeg-failed":
                    raise
                continue
            picture = picture_of_rgb(path, ran.stdout, frame_px=frame_px, size_px=facts.size_px)
            if picture is not None:
                yield picture
