"""What is measured of a clip before it is coded: how loud it is, and where a copy that is cut had best end.

A copy that is cut short ends with a scene or in a silence, if one ends shortly before the limit: the last sixth of what
the limit allows is looked at.  Picture and sound end together there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ttdn_assets.errors import ToolError
from ttdn_assets.model import MediaFacts, RenditionPlan
from ttdn_assets.renditions.video.filters import decoder, opening, streams
from ttdn_assets.renditions.video.sound import Loudness, measure_loudness
from ttdn_assets.tools import ffmpeg, ffmpeg_graph
from ttdn_assets.tools.ffmpeg_graph import Filter, Output, Value

_LOOKED_AT = 0.15
_LOOKED_AT_MAX_S = 30.0
_SCENE = 0.3
"""The share by which ffmpeg calls two frames different; a cut gives 0.3 and more, hand-held movement less."""

_SILENCE_DB, _SILENCE_S = -40, 0.3
_TOGETHER_S = 0.5
"""A cut so near to a silence ends both."""

_EDGE_PX = 160
_SCORED = re.compile(r"pts_time:(\d+(?:\.\d+)?)\s+lavfi\.scene_score=(\d+\.\d+)")
_SILENT = re.compile(r"lavfi\.silence_start=(\d+(?:\.\d+)?)")


class Measured(msgspec.Struct, frozen=True):
    """The loudness of the sound, ``None`` where there is none to raise; the best end at or before each limit."""

    loudness: Loudness | None = None
    endings_s: dict[float, float] = {}

    def ended(self, plan: RenditionPlan) -> RenditionPlan:
        """The plan with the end that was found for it; its recipe stays, for the same clip always ends there."""
        video = plan.clip
        if not video.trimmed:
            return plan
        end_s = self.endings_s.get(video.duration_s, video.duration_s)
        return msgspec.structs.replace(plan, video=msgspec.structs.replace(video, duration_s=end_s))


def measure(path: Path, facts: MediaFacts, plans: Sequence[RenditionPlan], deadline: ffmpeg.Deadline) -> Measured:
    """What these plans need to know of the clip.

    Raises:
        TimeLimit: ``video-time-limit``.
    """
    clips = [plan.clip for plan in plans]
    heard = facts.video is not None and facts.video.audio is not None
    loudness = None
    if heard and any(clip.audio == "encode" for clip in clips):
        loudness = measure_loudness(path, facts, deadline)
    limits = sorted({(clip.duration_s, clip.fps or 0.0) for clip in clips if clip.trimmed})
    endings = {limit_s: ending_s(path, facts, limit_s, deadline, fps=fps) for limit_s, fps in limits}
    return Measured(loudness, endings)


def ending_s(path: Path, facts: MediaFacts, limit_s: float, deadline: ffmpeg.Deadline, *, fps: float) -> float:
    """Where a copy of at most ``limit_s`` had best end: a cut in a silence, a cut, a silence, else the limit.

    Raises:
        TimeLimit: ``video-time-limit``.
    """
    start_s = limit_s - min(_LOOKED_AT * limit_s, _LOOKED_AT_MAX_S)
    try:
        said = _looked(path, facts, start_s, limit_s, deadline)
    except ToolError as error:
        if error.code != "ffmpeg-failed":
            raise
        return limit_s
    half_s = 0.5 / fps if fps else 0.0
    changes = [start_s + float(at) for at, score in _SCORED.findall(said) if float(score) > _SCENE]
    cuts = [at - half_s for at in changes if start_s < at <= limit_s]
    silences = [at for found in _SILENT.findall(said) if start_s < (at := start_s + float(found)) <= limit_s]
    quiet_cuts = [cut for cut in cuts if any(abs(cut - at) < _TOGETHER_S for at in silences)]
    return round(max(quiet_cuts or cuts or [at + _SILENCE_S / 2 for at in silences] or [limit_s]), 3)


def _looked(path: Path, facts: MediaFacts, start_s: float, limit_s: float, deadline: ffmpeg.Deadline) -> str:
    """What ffmpeg says of the scenes and silences from ``start_s`` to ``limit_s``, times from ``start_s`` on."""
    picture = (
        *opening(facts, None),
        Filter("scale", {"w": _EDGE_PX, "h": _EDGE_PX, "flags": "area"}),
        Filter("select", {"expr": "gte(scene,0)"}),
        Filter("metadata", {"mode": "print", "file": "-"}),
    )
    heard = facts.video is not None and facts.video.audio is not None
    sound = (
        Filter("silencedetect", {"noise": f"{_SILENCE_DB}dB", "duration": _SILENCE_S}),
        Filter("ametadata", {"mode": "print", "key": "lavfi.silence_start", "file": "-"}),
    )
    options: dict[str, Value | None] = {"f": "null", "t": limit_s - start_s}
    output = Output(target="-", picture=picture, sound=sound if heard else None, options=options)
    before = {**ffmpeg.input_options(facts.format), **decoder(facts, ffmpeg.capabilities(ffmpeg.find_ffmpeg()))}
    arguments = ffmpeg_graph.arguments(
        path, [output], before={**before, "ss": round(start_s, 3)}, streams=streams(facts)
    )
    return ffmpeg.run(arguments, deadline=deadline, capture=True).stdout.decode("ascii", "replace")
