"""What is done to the sound of a clip: stereo at 48 kHz from time 0, as long as the picture, at -14 LUFS."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec

from ttdn_assets.errors import ToolError
from ttdn_assets.model import MediaFacts, VideoPlan
from ttdn_assets.renditions.video_filters import streams
from ttdn_assets.tools import ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Filter, Output

LOUDNESS_LUFS = -14.0
"""What YouTube, TikTok and Spotify play at; Meta states none."""

PEAK_DBTP = -1.5
"""AAC may overshoot by some tenths of a decibel: the file then stays below -1 dBTP."""

QUIETEST_LUFS = -45.0
"""Below this a clip has room tone and no sound worth raising."""

_RANGE_LU = 11.0


class Loudness(msgspec.Struct, frozen=True):
    """What was measured over the whole sound (EBU R 128)."""

    integrated_lufs: float
    peak_dbtp: float
    range_lu: float
    threshold_lufs: float


def measure_loudness(path: Path, facts: MediaFacts, deadline: ffmpeg.Deadline) -> Loudness | None:
    """The loudness of the sound, or ``None`` for silence and for sound that cannot be measured.

    Raises:
        TimeLimit: ``video-time-limit``.
    """
    asked = Filter("loudnorm", {**_target(), "print_format": "json"})
    output = Output(target="-", picture=None, sound=(*_stereo(48_000), asked), options={"f": "null"})
    before = {**ffmpeg.input_options(facts.format), "vn": None}
    arguments = ffmpeg_graph.arguments(path, [output], before=before, streams=streams(facts))
    try:
        said = ffmpeg.run(arguments, deadline=deadline).stderr
    except ToolError as error:
        if error.code != "ffmpeg-failed":
            raise
        return None
    return _parsed(said)


def _parsed(said: str) -> Loudness | None:
    start, end = said.rfind("{"), said.rfind("}")
    try:
        told = json.loads(said[start : end + 1])
        figures = [float(told[key]) for key in ("input_i", "input_tp", "input_lra", "input_thresh")]
    except (ValueError, KeyError, TypeError):
        return None
    if not all(map(math.isfinite, figures)) or figures[0] < QUIETEST_LUFS:
        return None
    return Loudness(*figures)


def _target() -> dict[str, str | int | float]:
    return {"I": LOUDNESS_LUFS, "TP": PEAK_DBTP, "LRA": _RANGE_LU}


def _stereo(rate_hz: int) -> tuple[Filter, ...]:
    """Gaps in the time stamps filled and overlaps cut, so that sound stays with the picture; two channels."""
    return (
        Filter("aresample", {"osr": rate_hz, "async": 1, "first_pts": 0}),
        Filter("aformat", {"sample_fmts": "fltp", "channel_layouts": "stereo"}),
    )


def sound_filters(plan: VideoPlan, loudness: Loudness | None) -> tuple[Filter, ...]:
    """The steps for sound that is encoded.

    Args:
        plan: The duration is filled with silence where the sound ends early.
        loudness: As measured; ``None`` leaves the level alone.
    """
    steps = list(_stereo(plan.audio_rate_hz))
    if loudness is not None:
        measured = {
            "measured_I": loudness.integrated_lufs,
            "measured_TP": loudness.peak_dbtp,
            "measured_LRA": loudness.range_lu,
            "measured_thresh": loudness.threshold_lufs,
        }
        steps.append(Filter("loudnorm", {**_target(), **measured, "linear": "true"}))
        steps += _stereo(plan.audio_rate_hz)
    return (*steps, Filter("apad", {"whole_dur": plan.duration_s}))
