"""How a clip is coded and written: H.264 High and AAC-LC in an MP4 that starts at once and carries nothing private.

Quality is held constant (CRF) under a bitrate cap; only where the byte cap is passed a second pass spends exactly the
bytes there are: the first run was its first pass.  The CRF is one at which hard pictures keep a VMAF of 93: a pan from
the hand over photographs, with a sensor's grain, has 94.7 at 720p with veryfast and CRF 17 (2 Mbit/s), 93.0 with 19 and
91.9 with 20; easy clips have 97 to 99.5 with 20 already.  The platforms code what they get once more.

There is no edit list (Instagram refuses it).  The muxer then lets the first AAC packet last until the first picture,
which two B-frames without a pyramid show one frame late; a player that ignores this is off by that frame less the 21 ms
of AAC priming, 12 ms at 30 frames a second.
"""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import MediaFacts, RenditionPlan, VideoPlan
from ttdn_assets.renditions.tolerances import is_large
from ttdn_assets.renditions.video.coders import Coder, Rate
from ttdn_assets.renditions.video.sound import Loudness, sound_filters
from ttdn_assets.tools.ffmpeg_graph import Output, Step, Value

KEYFRAMES_S = 2.0
LEAST_BPS = 20_000
"""Below this nothing is to be seen in a picture of any size."""

_BUFFER_S = 2.0
_DEFAULT_FPS = 30.0
_PRIVATE: dict[str, Value | None] = {"map_metadata": -1, "map_chapters": -1, "fflags": "+bitexact"}
_CONTAINER: dict[str, Value | None] = {
    "f": "mp4",
    "movflags": "+faststart",
    "use_editlist": 0,
    "write_tmcd": 0,
    "max_muxing_queue_size": 4096,
}
_COLOURS: dict[str, Value | None] = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "color_range": "tv",
}


def encoding(
    target: Path,
    facts: MediaFacts,
    plan: RenditionPlan,
    picture: tuple[Step, ...],
    *,
    coder: Coder,
    loudness: Loudness | None = None,
    rate_bps: int | None = None,
) -> Output:
    """One output of a run.

    Args:
        target: The file to write.
        facts: What the source is.
        plan: What to make.
        picture: The steps from the source's picture to the one that is coded.
        coder: What codes it.
        loudness: The source's, to bring to the common level.
        rate_bps: Spend this on the picture, as the run before measured, instead of holding the quality constant.
    """
    video = plan.clip
    heard = video.audio in ("encode", "copy") and facts.video is not None and facts.video.audio is not None
    sound = sound_filters(video, loudness) if heard and video.audio == "encode" else None
    if heard and video.audio == "copy":
        sound = ()
    silent = video.audio == "silence"
    options: dict[str, Value | None] = {
        **_PRIVATE,
        "t": video.duration_s,
        **coder(_rate(facts, plan, rate_bps)),
        "flags:v": "+cgop+bitexact",
        **_COLOURS,
        **_CONTAINER,
        **_sound(video, heard=heard or silent),
    }
    return Output(
        target=target,
        picture=picture,
        sound=None if silent else sound,
        silence_hz=video.audio_rate_hz if silent else None,
        options=options,
    )


def remuxing(target: Path, facts: MediaFacts, plan: RenditionPlan, *, loudness: Loudness | None = None) -> Output:
    """One output whose picture is the source's, not coded again."""
    video = plan.clip
    options: dict[str, Value | None] = {**_PRIVATE, **_CONTAINER, "c:v": "copy"}
    if video.codec == "hevc":
        options["tag:v"] = "hvc1"
    heard = facts.video is not None and facts.video.audio is not None
    if video.audio == "silence":
        options |= {**_sound(video, heard=True), "t": video.duration_s}
        return Output(target=target, silence_hz=video.audio_rate_hz, options=options)
    if video.audio == "none" or not heard:
        return Output(target=target, sound=None, options=options)
    sound = sound_filters(video, loudness) if video.audio == "encode" else ()
    return Output(target=target, sound=sound, options={**options, **_sound(video, heard=True)})


def affordable_bps(plan: RenditionPlan, *, room_bytes: int, share: float) -> int:
    """What the picture may spend so that ``share`` of the byte cap, less ``room_bytes``, is used."""
    video = plan.clip
    assert plan.bytes_max is not None
    whole = (plan.bytes_max - room_bytes) * 8 * share / max(video.duration_s, 0.1)
    spent = video.audio_bitrate_bps if video.audio != "none" else 0
    return max(LEAST_BPS, int(whole - spent))


def _rate(facts: MediaFacts, plan: RenditionPlan, rate_bps: int | None) -> Rate:
    video = plan.clip
    fps = video.fps or (facts.video.fps if facts.video and facts.video.fps > 0 else _DEFAULT_FPS)
    cap = video.video_bitrate_max_bps
    if rate_bps is not None:
        cap = min(rate_bps * 3 // 2, cap or rate_bps * 3 // 2)
    return Rate(
        keyframe_steps=max(1, round(KEYFRAMES_S * fps)),
        cap_bps=cap,
        buffer_bits=None if cap is None else round(_BUFFER_S * cap),
        wanted_bps=None if rate_bps is None or cap is None else min(rate_bps, cap),
        large=is_large(plan.size_px),
        stats=f"{plan.recipe[:32]}.stats" if plan.bytes_max is not None else None,
    )


def _sound(video: VideoPlan, *, heard: bool) -> dict[str, Value | None]:
    if not heard:
        return {}
    if video.audio == "copy":
        return {"c:a": "copy"}
    return {
        "c:a": "aac",
        "profile:a": "aac_low",
        "b:a": video.audio_bitrate_bps,
        "ar": video.audio_rate_hz,
        "ac": 2,
        "flags:a": "+bitexact",
    }
