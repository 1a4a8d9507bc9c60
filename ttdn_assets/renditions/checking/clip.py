"""The rules of a written clip beyond its size: how picture and sound are coded, its length and its layout."""

from __future__ import annotations

from pathlib import Path

from ttdn_assets.model import MediaFacts, Placement, VideoFacts
from ttdn_assets.renditions.checking.clip_boxes import Layout, read_layout
from ttdn_assets.renditions.checking.faults import Fault, broken, outside
from ttdn_assets.renditions.tolerances import (
    BITRATE_TOLERANCE,
    DURATION_TOLERANCE_S,
    FPS_CHOICE_TOLERANCE,
    FPS_TOLERANCE,
    H264_PROFILES,
)

_BASE_MEDIA = ("mp4", "m4v", "mov")
_WIDE_GAMUT = ("bt2020",)
_AUDIO_RATE_MAX_HZ = 48_000
_STEREO = 2


def clip_faults(path: Path, facts: MediaFacts, placement: Placement) -> list[Fault]:
    """What keeps the clip from being taken and played as it was meant."""
    video = facts.video
    if video is None:
        return [broken("file-broken", "no picture stream", "")]
    layout = read_layout(path) if facts.format in _BASE_MEDIA else Layout()
    return [
        *_coding(video, placement),
        *_raster(facts, video),
        *_colour(facts, video),
        *_time(video, placement),
        *_rate(video, layout, placement),
        *_sound(facts, video, placement),
        *_layout(layout, placement),
    ]


def _coding(video: VideoFacts, placement: Placement) -> list[Fault]:
    faults: list[Fault] = []
    if placement.video_codecs and video.codec not in placement.video_codecs:
        faults.append(broken("file-codec", video.codec, ", ".join(placement.video_codecs)))
    if video.codec == "h264" and video.profile and video.profile.casefold() not in H264_PROFILES:
        faults.append(broken("file-h264-profile", video.profile, "Baseline, Main, High"))
    if placement.pix_fmt and video.pix_fmt != placement.pix_fmt:
        faults.append(broken("file-pix-fmt", video.pix_fmt, placement.pix_fmt))
    if video.bitrate_bps is not None:
        cap = placement.video_bitrate_max_bps
        faults += outside("file-bitrate", video.bitrate_bps, None, cap, share=BITRATE_TOLERANCE)
    return faults


def _raster(facts: MediaFacts, video: VideoFacts) -> list[Fault]:
    faults: list[Fault] = []
    if any(side % 2 for side in facts.stored_size_px):
        width, height = facts.stored_size_px
        faults.append(broken("file-odd-size", f"{width} × {height}", ""))
    if abs(video.sample_aspect - 1) > 1e-3:
        faults.append(broken("file-sample-aspect", round(video.sample_aspect, 3), 1))
    if video.rotation_deg or video.mirrored:
        faults.append(broken("file-rotation", video.rotation_deg, 0))
    if video.interlaced:
        faults.append(broken("file-interlaced", "", ""))
    return faults


def _colour(facts: MediaFacts, video: VideoFacts) -> list[Fault]:
    faults: list[Fault] = []
    wide = [tag for tag in (video.primaries, video.matrix) if tag and tag.startswith(_WIDE_GAMUT)]
    if facts.hdr or wide:
        faults.append(broken("file-hdr", facts.hdr or wide[0], "SDR"))
    if video.full_range:
        faults.append(broken("file-full-range", "", ""))
    return faults


def _time(video: VideoFacts, placement: Placement) -> list[Fault]:
    return outside(
        "file-duration",
        video.duration_s,
        placement.duration_min_s,
        placement.duration_max_s,
        slack=DURATION_TOLERANCE_S,
    )


def _rate(video: VideoFacts, layout: Layout, placement: Placement) -> list[Fault]:
    fps = video.fps if video.vfr or layout.fps is None else layout.fps
    faults = outside("file-fps", fps, placement.fps_min, placement.fps_max, share=FPS_TOLERANCE)
    choices = placement.fps_choices
    if choices and all(abs(fps - choice) > choice * FPS_CHOICE_TOLERANCE for choice in choices):
        faults.append(broken("file-fps", round(fps, 3), ", ".join(f"{choice:g}" for choice in choices)))
    if video.vfr and (placement.constant_fps or choices):
        faults.append(broken("file-variable-fps", round(fps, 3), ""))
    return faults


def _sound(facts: MediaFacts, video: VideoFacts, placement: Placement) -> list[Fault]:
    audio = video.audio
    if placement.audio == "none":
        return [broken("file-sound-unwanted", audio.codec, "")] if audio else []
    if audio is None:
        return [broken("file-sound-missing", "", "")] if placement.audio == "stereo" else []
    faults: list[Fault] = []
    if audio.codec != "aac" and facts.format in _BASE_MEDIA:
        faults.append(broken("file-sound-codec", audio.codec, "aac"))
    low = _STEREO if placement.audio == "stereo" else 1
    faults += outside("file-sound-channels", audio.channels, low, _STEREO)
    exact = placement.audio_rate_hz
    faults += outside("file-sound-rate", audio.sample_rate_hz, exact, exact or _rate_max(placement))
    return faults


def _rate_max(placement: Placement) -> int:
    return placement.audio_rate_max_hz or _AUDIO_RATE_MAX_HZ


def _layout(layout: Layout, placement: Placement) -> list[Fault]:
    faults: list[Fault] = []
    if layout.faults:
        faults.append(broken("file-broken", layout.faults[0], ""))
    if placement.moov_first and not layout.moov_first:
        faults.append(broken("file-moov-last", "", ""))
    if layout.edit_list and not placement.edit_list_allowed:
        faults.append(broken("file-edit-list", "", ""))
    return faults
