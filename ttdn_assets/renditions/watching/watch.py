"""A clip watched once from beginning to end: what is in view three times a second, and where it cuts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from ttdn_assets.errors import MediaError, ToolError
from ttdn_assets.geometry import contain, even
from ttdn_assets.model import MediaFacts, Subject
from ttdn_assets.renditions.video import tone
from ttdn_assets.renditions.video.filters import decoder, framing_of_frame, opening, streams
from ttdn_assets.renditions.watching.subject import find_subject
from ttdn_assets.tools import ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Filter, Output, Value
from ttdn_assets.tools.pixels_raw import picture_of_rgb

LOOK_PX = 640
_LOOKS_PER_S, _LEAST, _MOST = 3, 12, 240
"""Looks grow with the clip, but are never fewer nor more than these."""

_PIXELS_DECODED_MAX = 1920 * 1080 * 30 * 180
"""Of a clip longer than three minutes of 1080p30, or as much of another size, key pictures alone are decoded."""

_LIMIT_S = 300.0
_SCENE, _SCENE_PX = 0.3, 160
"""The share by which ffmpeg calls two frames different; a cut gives 0.3 and more, hand-held movement less."""

_CUT = re.compile(r"pts_time:(\d+(?:\.\d+)?)")
_FRAMES, _CUTS = "frames.rgb", "cuts.txt"


class Seen(NamedTuple):
    """What must stay in view at one time of the clip."""

    t_s: float
    subject: Subject


class Watched(NamedTuple):
    """What was seen, in order, the times at which another scene begins, and when the clip ends."""

    seen: tuple[Seen, ...]
    cuts_s: tuple[float, ...]
    end_s: float


class _Looks(NamedTuple):
    """How often is looked, how many times, and at which size."""

    per_s: Fraction
    times: int
    frame_px: tuple[int, int]


def watch_clip(path: Path, facts: MediaFacts, *, limit_s: float = _LIMIT_S) -> Watched:
    """What is in view over the whole clip, in one decode.

    Raises:
        MediaError: ``video-no-frame`` where not one can be decoded.
        TimeLimit: ``video-time-limit``.
    """
    looks = _looks_at(facts)
    with tempfile.TemporaryDirectory(prefix="ttdn-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _decode(path, facts, looks, folder, ffmpeg.Deadline(path, limit_s))
        seen = tuple(_seen(path, facts, looks, folder / _FRAMES))
        cuts = tuple(float(at) for at in _CUT.findall(_read(folder / _CUTS)))
    if not seen:
        raise MediaError("video-no-frame", {"path": path})
    return Watched(seen, cuts, max(facts.video.duration_s if facts.video else 0.0, seen[-1].t_s))


def _looks_at(facts: MediaFacts) -> _Looks:
    duration_s = facts.video.duration_s if facts.video else 0.0
    count = min(max(round(duration_s * _LOOKS_PER_S), _LEAST), _MOST)
    per_s = Fraction(count / duration_s if duration_s > 0 else 1.0).limit_denominator(1001)
    width_px, height_px = contain(facts.size_px, (LOOK_PX, LOOK_PX))
    return _Looks(per_s, count, (even(width_px), even(height_px)))


def _decode(path: Path, facts: MediaFacts, looks: _Looks, folder: Path, deadline: ffmpeg.Deadline) -> None:
    """Leave the frames and the times of cuts in ``folder``; of a damaged clip, those before the damage."""
    binary = ffmpeg.find_ffmpeg()
    able = ffmpeg.capabilities(binary)
    outputs = [_frames(facts, looks, able, folder / _FRAMES), _cuts(facts)]
    before = {**ffmpeg.input_options(facts.format), **decoder(facts, able), **_spared(facts)}
    tone.write_table(facts.video, folder)
    arguments = ffmpeg_graph.arguments(path, outputs, before=before, streams=streams(facts))
    try:
        ffmpeg.run(arguments, deadline=deadline, binary=binary, folder=folder)
    except ToolError as error:
        if error.code != "ffmpeg-failed":
            raise


def _frames(facts: MediaFacts, looks: _Looks, able: ffmpeg.Capabilities, target: Path) -> Output:
    """The frame shown at each look, as plain RGB; ``round`` takes the one before a time, not the nearest."""
    rate = f"{looks.per_s.numerator}/{looks.per_s.denominator}"
    picture = (
        *opening(facts, None),
        Filter("fps", {"fps": rate, "start_time": 0, "round": "up"}),
        *framing_of_frame(facts, looks.frame_px, able),
        Filter("scale", {"in_color_matrix": "bt709"}),
    )
    options: dict[str, Value | None] = {"f": "rawvideo", "pix_fmt": "rgb24", "frames:v": looks.times}
    return Output(target=target, picture=picture, sound=None, options=options)


def _cuts(facts: MediaFacts) -> Output:
    """The time of each frame that differs from the one before as scenes do."""
    picture = (
        *opening(facts, None),
        Filter("scale", {"w": _SCENE_PX, "h": _SCENE_PX, "flags": "fast_bilinear"}),
        Filter("select", {"expr": f"gt(scene,{_SCENE})"}),
        Filter("metadata", {"mode": "print", "file": _CUTS}),
    )
    return Output(target="-", picture=picture, sound=None, options={"f": "null"})


def _spared(facts: MediaFacts) -> dict[str, Value | None]:
    """What is left undecoded of a long clip."""
    video = facts.video
    if video is None or facts.size_px[0] * facts.size_px[1] * video.fps * video.duration_s <= _PIXELS_DECODED_MAX:
        return {}
    return {"skip_frame": "nokey"}


def _seen(path: Path, facts: MediaFacts, looks: _Looks, frames: Path) -> Iterator[Seen]:
    if not frames.is_file():
        return
    frame_bytes = looks.frame_px[0] * looks.frame_px[1] * 3
    with frames.open("rb") as file:
        for number in range(looks.times):
            picture = picture_of_rgb(path, file.read(frame_bytes), frame_px=looks.frame_px, size_px=facts.size_px)
            if picture is None:
                return
            yield Seen(float(number / looks.per_s), find_subject(picture))


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace") if path.is_file() else ""
