"""The H.264 encoders and what each is told: x264, and those of graphics chips where a unit asks for them.

All write High profile, 4:2:0, closed groups of two seconds with two B-frames.  A chip codes several times faster and
needs more bytes for the same picture; it makes one pass, so a file under a byte cap is coded by x264.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ttdn_assets.tools.ffmpeg_graph import Value

PRESET = "veryfast"
CRF = 17
_THREADS = 3
"""What x264 takes on two cores: each holds frames, and another number gives other bytes."""

_LARGE_AHEAD = 5
"""Frames x264 looks ahead at in 4K instead of 10: each takes some 20 MB."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be spent.

    ``keyframe_steps`` is the most frames from one key frame to the next.  ``wanted_bps`` spends just that, else the
    quality is held under ``cap_bps``, kept over ``buffer_bits``.  ``stats`` names the file, in the folder of the run,
    by which a first pass tells the second.  ``large`` is for pictures above 1440p.
    """

    keyframe_steps: int
    cap_bps: int | None = None
    buffer_bits: int | None = None
    wanted_bps: int | None = None
    stats: str | None = None
    large: bool = False


Options = dict[str, Value | None]
Coder = Callable[[Rate], Options]


def x264(rate: Rate) -> Options:
    """Constant quality, or as many bits as wanted in a second pass; every pass is a whole one."""
    told = ["b-pyramid=none", "open-gop=0", *([f"rc-lookahead={_LARGE_AHEAD}"] if rate.large else [])]
    if rate.stats is not None:
        told += [f"pass={1 if rate.wanted_bps is None else 2}", f"stats={rate.stats}"]
    options: Options = {
        **_common("libx264", rate),
        "preset": PRESET,
        "pix_fmt": "yuv420p",
        "fastfirstpass": 0,
        "threads:v": _THREADS,
        "x264-params": ":".join(told),
    }
    return options | ({"crf": CRF} if rate.wanted_bps is None else {"b:v": rate.wanted_bps})


def videotoolbox(rate: Rate) -> Options:
    """Apple's; constant quality is there on Apple silicon alone, so the cap is aimed at where it binds."""
    return {**_common("h264_videotoolbox", rate), "pix_fmt": "yuv420p", "b:v": _aim_bps(rate), "allow_sw": 0}


def nvenc(rate: Rate) -> Options:
    """NVIDIA's, by constant quality under the cap."""
    quality: Options = {"rc": "vbr", "cq": CRF, "b:v": 0, "preset": "p5", "tune": "hq", "spatial-aq": 1}
    return {**_common("h264_nvenc", rate), "pix_fmt": "yuv420p", **quality, "strict_gop": 1, "b_ref_mode": "disabled"}


def quicksync(rate: Rate) -> Options:
    """Intel's, by constant quality under the cap (QVBR), which wants a bitrate to aim at too.

    It rates quality about as x264 does.
    """
    quality: Options = {"global_quality": CRF, "b:v": _aim_bps(rate), "look_ahead": 0, "b_strategy": 0}
    return {**_common("h264_qsv", rate), "pix_fmt": "nv12", "preset": "medium", **quality}


CODERS: dict[str, Coder] = {
    "libx264": x264,
    "h264_videotoolbox": videotoolbox,
    "h264_nvenc": nvenc,
    "h264_qsv": quicksync,
}
"""By the name that ffmpeg has for the encoder."""

_AIM_BPS = 8_000_000
_AIM_SHARE = 0.8


def _common(name: str, rate: Rate) -> Options:
    options: Options = {"c:v": name, "profile:v": "high", "g": rate.keyframe_steps, "bf": 2}
    if rate.cap_bps is not None:
        options |= {"maxrate": rate.cap_bps, "bufsize": rate.buffer_bits}
    return options


def _aim_bps(rate: Rate) -> int:
    return _AIM_BPS if rate.cap_bps is None else round(_AIM_SHARE * rate.cap_bps)
