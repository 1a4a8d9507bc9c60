"""What is done to the sound of a clip: stereo at 48 kHz from time 0, as long as the picture, at -14 LUFS.

One gain for the whole clip, so that soft and loud passages keep their distance; where it would lift peaks over the
limit, those alone are held down, four times oversampled, and what that costs in loudness is measured and given back.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from ttdn_assets.errors import ToolError
from ttdn_assets.model import MediaFacts, VideoPlan
from ttdn_assets.renditions.video.filters import streams
from ttdn_assets.tools import ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Filter, Output

LOUDNESS_LUFS = -14.0
"""What YouTube, TikTok and Spotify play at; Meta states none."""

PEAK_DBTP = -1.5
"""AAC may overshoot by some tenths of a decibel: the file then stays below -1 dBTP."""

QUIETEST_LUFS = -45.0
"""Below this a clip has room tone and no sound worth raising."""

_LIMITED_HZ = 192_000
_FIGURES = re.compile(r"(I|Peak): +(-?[\d.]+|-inf) (?:LUFS|dBFS)")
_GIVEN_BACK_DB = 6.0


class Loudness(msgspec.Struct, frozen=True):
    """What brings the sound to the common level: a gain, and whether peaks must be held down."""

    gain_db: float
    limited: bool = False


class _Heard(NamedTuple):
    """The loudness and the highest peak of sound (EBU R 128)."""

    lufs: float
    dbtp: float


def measure_loudness(path: Path, facts: MediaFacts, deadline: ffmpeg.Deadline) -> Loudness | None:
    """The gain that the sound needs, or ``None`` for silence and for sound that cannot be measured.

    Raises:
        TimeLimit: ``video-time-limit``.
    """
    heard = _measured(path, facts, deadline, ())
    if heard is None or heard.lufs < QUIETEST_LUFS:
        return None
    loudness = Loudness(LOUDNESS_LUFS - heard.lufs)
    if heard.dbtp + loudness.gain_db <= PEAK_DBTP:
        return loudness
    again = _measured(path, facts, deadline, _levelled(48_000, Loudness(loudness.gain_db, limited=True)))
    lost_db = LOUDNESS_LUFS - again.lufs if again else 0.0
    return Loudness(round(loudness.gain_db + min(max(0.0, lost_db), _GIVEN_BACK_DB), 2), limited=True)


def _measured(path: Path, facts: MediaFacts, deadline: ffmpeg.Deadline, steps: tuple[Filter, ...]) -> _Heard | None:
    meter = Filter("ebur128", {"peak": "true", "framelog": "quiet"})
    output = Output(target="-", picture=None, sound=(*_stereo(48_000), *steps, meter), options={"f": "null"})
    before = {**ffmpeg.input_options(facts.format), "vn": None}
    arguments = ffmpeg_graph.arguments(path, [output], before=before, streams=streams(facts))
    try:
        said = ffmpeg.run(arguments, deadline=deadline).stderr.rpartition("Summary:")[2]
    except ToolError as error:
        if error.code != "ffmpeg-failed":
            raise
        return None
    figures = dict(_FIGURES.findall(said))
    heard = _Heard(float(figures.get("I", "-inf")), float(figures.get("Peak", "-inf")))
    return heard if all(map(math.isfinite, heard)) else None


def _stereo(rate_hz: int) -> tuple[Filter, ...]:
    """Gaps in the time stamps filled and overlaps cut, so that sound stays with the picture; two channels."""
    return (
        Filter("aresample", {"osr": rate_hz, "async": 1, "first_pts": 0}),
        Filter("aformat", {"sample_fmts": "fltp", "channel_layouts": "stereo"}),
    )


def _levelled(rate_hz: int, loudness: Loudness) -> tuple[Filter, ...]:
    gain = Filter("volume", {"volume": f"{loudness.gain_db}dB"})
    if not loudness.limited:
        return (gain,)
    limit = {"limit": round(10 ** (PEAK_DBTP / 20), 4), "attack": 5, "release": 50, "level": 0, "latency": 1}
    return (
        gain,
        Filter("aresample", {"osr": _LIMITED_HZ}),
        Filter("alimiter", limit),
        Filter("aresample", {"osr": rate_hz}),
        Filter("aformat", {"sample_fmts": "fltp", "channel_layouts": "stereo"}),
    )


def sound_filters(plan: VideoPlan, loudness: Loudness | None) -> tuple[Filter, ...]:
    """The steps for sound that is encoded.

    Args:
        plan: The duration is filled with silence where the sound ends early.
        loudness: As measured; ``None`` leaves the level alone.
    """
    level = () if loudness is None else _levelled(plan.audio_rate_hz, loudness)
    return (*_stereo(plan.audio_rate_hz), *level, Filter("apad", {"whole_dur": plan.duration_s}))
