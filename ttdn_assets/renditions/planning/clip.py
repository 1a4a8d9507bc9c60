"""How a clip is coded for one placement: frame rate, duration, sound, bitrate, or the source's own coding kept.

Every value depends on the source and the one placement alone, never on which other placements are asked for; so a
rendition made today is the one needed tomorrow, when a target is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from ttdn_assets.model import LANGUAGES, Audio, Finding, Lang, MediaFacts, Placement, VideoFacts, VideoPlan
from ttdn_assets.renditions.planning.frame import Frame
from ttdn_assets.renditions.tolerances import (
    CUT_MARGIN_S,
    DURATION_TOLERANCE_S,
    FPS_CHOICE_TOLERANCE,
    FPS_TOLERANCE,
    H264_PROFILES,
    PRIMING_SAMPLES,
    RATE_HEADROOM,
    WORDS_ROOM_BYTES,
)

STANDARD_FPS = (24_000 / 1001, 24.0, 25.0, 30_000 / 1001, 30.0, 48.0, 50.0, 60_000 / 1001, 60.0)
AUDIO_RATE_HZ = 48_000
AUDIO_FLOOR_BPS, AUDIO_CEILING_BPS, AUDIO_STEP_BPS = 128_000, 384_000, 64_000
"""AAC-LC stereo: Facebook asks for at least 128 kbit/s, YouTube for 384; between them, what the source has."""

ROOMY_BITS_PER_PIXEL = 0.2
"""A cap above this many bits a pixel and frame lowers nothing: 12.4 Mbit/s at 1080p30, where YouTube asks for 8."""

POOREST_BITS_PER_PIXEL = 0.02
"""Below this many bits a pixel and frame H.264 falls into blocks; the clip is not made."""

ROOMY_FLOOR_BPS = 8_000_000
"""Small or slow pictures take more bits a pixel and frame, but none takes more than this at the quality coded here."""

COPIED_CONTAINERS = ("mp4", "m4v", "mov", "3gp", "mkv")
"""What remuxes into MP4 without coding anything again, where the streams conform."""

SLOWEST_FPS = 10.0
"""What no placement asks for faster is still not slower: without an edit list, which Instagram refuses, a clip begins
as late as its coder's delay of up to two frames, which at one frame a second would be two seconds of nothing."""

_SAME_FPS = 0.01
_ROUNDING_S = 0.001
"""A rate this near to a standard one is that one, measured over a short clip with a frame held longer."""
_VFR_CHOICES = (24.0, 25.0, 30.0, 50.0, 60.0)

Sound = Literal["copy", "encode", "silence", "none"]


def plan_clip(
    facts: MediaFacts,
    placement: Placement,
    frame: Frame,
    *,
    size_bytes: int,
    trim: bool,
    languages: Sequence[Lang] = LANGUAGES,
    kept: bool = True,
) -> VideoPlan | Finding:
    """The coding of one clip, or a warning that says why the placement cannot have it.

    Without ``kept`` something is drawn into the picture, which is then never the source's own.
    """
    video = facts.video
    if video is None or not 0 < video.duration_s < float("inf"):
        return Finding(rule="plan-no-duration", level="warning", placement=placement.id)
    if fault := _duration_fault(video, placement, trim=trim):
        return fault
    duration = _duration(video.duration_s, placement)
    burned = _burned(facts, placement, languages)
    whole = kept and duration == video.duration_s and burned is None
    if whole and _is_copied(facts, video, placement, frame, size_bytes=size_bytes):
        return _copied(video, placement)
    coded = _encoded(video, placement, frame, duration)
    return coded if isinstance(coded, Finding) else msgspec.structs.replace(coded, burned=burned)


def bytes_cap(placement: Placement, video: VideoPlan) -> int | None:
    """The byte cap to hold while coding: the placement's, where it and not the roomy ceiling sets the bitrate."""
    if video.copy or placement.bytes_max is None or video.video_bitrate_max_bps is None:
        return None
    rate = _budget_bps(placement, video.duration_s, video.audio_bitrate_bps if video.audio != "none" else 0)
    return placement.bytes_max if rate is not None and video.video_bitrate_max_bps >= rate else None


def target_fps(video: VideoFacts, placement: Placement) -> float:
    """The constant rate to code at: the source's where it is allowed, else the nearest that keeps its cadence."""
    fps = _nominal_fps(video)
    highest = placement.fps_max or (max(placement.fps_choices) if placement.fps_choices else 60.0)
    lowest = placement.fps_min or SLOWEST_FPS
    if fps > highest * (1 + FPS_TOLERANCE):
        fps = next(fps / n for n in range(2, 10_000) if fps / n <= highest * (1 + FPS_TOLERANCE))
    if fps < lowest * (1 - FPS_TOLERANCE):
        fps = _raised(fps, lowest)
    if placement.fps_choices:
        fps = min(placement.fps_choices, key=lambda choice: abs(choice - fps))
    return _standard(fps)


def _nominal_fps(video: VideoFacts) -> float:
    """The source's rate; a variable one becomes the first constant one that drops next to no frame."""
    if not 0 < video.fps < 10_000:
        return 30.0
    if video.vfr:
        return next((rate for rate in _VFR_CHOICES if rate >= video.fps * 0.98), 60.0)
    return _standard(video.fps)


def _standard(fps: float) -> float:
    """The standard rate this is a rounding of, else the rate to a thousandth."""
    near = min(STANDARD_FPS, key=lambda rate: abs(rate - fps))
    return near if abs(near - fps) <= near * _SAME_FPS else round(fps, 3)


def _raised(fps: float, lowest: float) -> float:
    """The first standard rate from ``lowest`` on that shows each frame equally long; film's 23.976 becomes 24."""
    rates = [rate for rate in STANDARD_FPS if rate >= lowest] or [lowest]
    if fps * 1.05 >= lowest:
        return rates[0]
    even = [rate for rate in rates if rate <= 30.0 and abs(rate / fps - round(rate / fps)) < FPS_TOLERANCE]
    return even[0] if even else max(lowest, 30.0)


def _burned(facts: MediaFacts, placement: Placement, languages: Sequence[Lang]) -> str | None:
    """The subtitles to draw into the picture: in the first of the unit's languages that stands beside the clip."""
    if placement.subtitles != "burned":
        return None
    return next((facts.subtitles[lang] for lang in languages if lang in facts.subtitles), None)


def _duration_fault(video: VideoFacts, placement: Placement, *, trim: bool) -> Finding | None:
    """The length that the picture falls short of, for sound may go on after it, or that the whole exceeds."""
    shortest, longest, duration_s = placement.duration_min_s, placement.duration_max_s, video.duration_s
    picture_s = min(duration_s, video.picture_s or duration_s)
    if shortest is not None and picture_s + _ROUNDING_S < shortest:
        return Finding(
            rule="plan-too-short",
            level="warning",
            placement=placement.id,
            measured=round(picture_s, 3),
            allowed=shortest,
        )
    if longest is not None and duration_s > longest + DURATION_TOLERANCE_S and not trim:
        return Finding(
            rule="plan-too-long",
            level="warning",
            placement=placement.id,
            measured=round(duration_s, 2),
            allowed=longest,
        )
    return None


def _duration(duration_s: float, placement: Placement) -> float:
    """The source's duration, or what is left of it under the limit; padding of the last packets counts as nothing."""
    longest = placement.duration_max_s
    return duration_s if longest is None or duration_s <= longest else longest - CUT_MARGIN_S


def _encoded(video: VideoFacts, placement: Placement, frame: Frame, duration_s: float) -> VideoPlan | Finding:
    fps = target_fps(video, placement)
    sound: Sound = "none" if placement.audio == "none" else "silence" if video.audio is None else "encode"
    audio_bps = _audio_bps(video.audio if sound == "encode" else None, placement)
    heard_bps = 0 if sound == "none" else audio_bps
    pixel_rate = frame.size_px[0] * frame.size_px[1] * fps
    budget = _budget_bps(placement, duration_s, heard_bps)
    ceiling = max(ROOMY_FLOOR_BPS, round(ROOMY_BITS_PER_PIXEL * pixel_rate))
    rate = min(r for r in (ceiling, budget, placement.video_bitrate_max_bps) if r is not None)
    poorest = POOREST_BITS_PER_PIXEL * pixel_rate
    if budget is not None and rate < poorest and placement.bytes_max is not None:
        room_bits = _payload_bytes(placement.bytes_max) * 8
        return Finding(
            rule="plan-too-long-for-bytes",
            level="warning",
            placement=placement.id,
            measured=round(duration_s, 2),
            allowed=int(room_bits / (poorest + heard_bps)),
        )
    return VideoPlan(
        copy=False,
        fps=fps,
        duration_s=round(duration_s, 3),
        trimmed=duration_s < video.duration_s - DURATION_TOLERANCE_S - CUT_MARGIN_S,
        audio=sound,
        audio_rate_hz=AUDIO_RATE_HZ,
        audio_bitrate_bps=audio_bps,
        video_bitrate_max_bps=rate // 1000 * 1000,
        path=frame.path,
    )


def _payload_bytes(cap: int) -> float:
    return max(0.0, cap * (1 - RATE_HEADROOM) - WORDS_ROOM_BYTES)


def _budget_bps(placement: Placement, duration_s: float, audio_bps: int) -> int | None:
    """What a byte cap leaves to the picture, in bits a second, rounded down to the kilobit; at least 1."""
    if placement.bytes_max is None:
        return None
    rate = int(_payload_bytes(placement.bytes_max) * 8 / duration_s) - audio_bps
    return max(1000, rate // 1000 * 1000)


def _audio_bps(audio: Audio | None, placement: Placement) -> int:
    """The source's own rate in steps of 64 kbit/s, between what is asked for and what gains nothing any more."""
    floor = max(AUDIO_FLOOR_BPS, placement.audio_bitrate_bps or 0)
    if audio is None:
        return floor
    own = AUDIO_CEILING_BPS if audio.bitrate_bps is None else audio.bitrate_bps
    stepped = -(-own // AUDIO_STEP_BPS) * AUDIO_STEP_BPS
    return max(floor, min(AUDIO_CEILING_BPS, stepped))


def _copied(video: VideoFacts, placement: Placement) -> VideoPlan:
    """The source's coded picture in a new container; sound that does not conform is coded anew beside it."""
    sound: Sound
    if placement.audio == "none" or (video.audio is None and placement.audio == "any"):
        sound = "none"
    elif video.audio is None:
        sound = "silence"
    else:
        sound = "copy" if _sound_conforms(video.audio, placement) else "encode"
    return VideoPlan(
        copy=True,
        codec=video.codec,
        duration_s=round(video.duration_s, 3),
        audio=sound,
        audio_rate_hz=AUDIO_RATE_HZ,
        audio_bitrate_bps=_audio_bps(video.audio if sound == "encode" else None, placement),
    )


def _sound_conforms(audio: Audio, placement: Placement) -> bool:
    channels = (2,) if placement.audio == "stereo" else (1, 2)
    if audio.codec != "aac" or audio.channels not in channels:
        return False
    if placement.audio_rate_hz is not None:
        return audio.sample_rate_hz == placement.audio_rate_hz
    return audio.sample_rate_hz <= (placement.audio_rate_max_hz or AUDIO_RATE_HZ)


def _is_copied(facts: MediaFacts, video: VideoFacts, placement: Placement, frame: Frame, *, size_bytes: int) -> bool:
    """Whether the source's coded picture is already what the placement asks for, the container aside."""
    return (
        frame == Frame("whole", facts.size_px, None)
        and facts.size_px == facts.stored_size_px
        and facts.format in COPIED_CONTAINERS
        and _coding_conforms(facts, video, placement)
        and _rates_conform(video, placement)
        and (placement.bytes_max is None or size_bytes <= placement.bytes_max - WORDS_ROOM_BYTES)
    )


def _coding_conforms(facts: MediaFacts, video: VideoFacts, placement: Placement) -> bool:
    if video.codec not in placement.video_codecs or video.codec not in ("h264", "hevc"):
        return False
    known_profile = video.codec != "h264" or video.profile.casefold() in H264_PROFILES
    return (
        known_profile
        and video.pix_fmt == "yuv420p"
        and video.bit_depth == 8
        and facts.hdr is None
        and video.hidden_s <= PRIMING_SAMPLES / (video.audio.sample_rate_hz if video.audio else AUDIO_RATE_HZ)
        and video.sample_aspect == 1
        and not (video.rotation_deg or video.mirrored or video.interlaced or video.full_range or video.has_alpha)
        and video.primaries in (None, "bt709", "smpte170m", "bt470bg")
    )


def _rates_conform(video: VideoFacts, placement: Placement) -> bool:
    if video.vfr and (placement.constant_fps or placement.fps_choices):
        return False
    low, high = placement.fps_min or SLOWEST_FPS, placement.fps_max or 60.0
    if not low * (1 - FPS_TOLERANCE) <= video.fps <= high * (1 + FPS_TOLERANCE):
        return False
    choices = placement.fps_choices
    if choices and not any(abs(choice - video.fps) <= choice * FPS_CHOICE_TOLERANCE for choice in choices):
        return False
    cap = placement.video_bitrate_max_bps
    return cap is None or (video.bitrate_bps is not None and video.bitrate_bps <= cap)
