"""What is done to the picture of a clip, as plain filter values: upright, even, cut or padded, SDR BT.709 4:2:0.

ffmpeg's own turning is switched off and the probe's facts are applied instead, so that every version turns alike.
"""

from __future__ import annotations

import os
from fractions import Fraction

from ttdn_assets.geometry import contain, crop_to_ratio, even
from ttdn_assets.model import MediaFacts, RenditionPlan, VideoFacts
from ttdn_assets.renditions.tolerances import is_large
from ttdn_assets.renditions.video import moving_crop, tone
from ttdn_assets.tools.ffmpeg import Capabilities
from ttdn_assets.tools.ffmpeg_graph import Filter, Pad, Step, Streams

Size = tuple[int, int]

_SCALER = "lanczos+accurate_rnd+full_chroma_int"
_DECODER_THREADS, _DECODER_THREADS_LARGE = 4, 2
_BACKDROP_PX = 48
_BACKDROP_BLUR = 2.5
_BACKDROP_LIGHT = 0.55
_SD_HEIGHT_PX = 576
_UNTURNED = {
    90: (Filter("transpose", {"dir": "clock"}),),
    180: (Filter("hflip"), Filter("vflip")),
    270: (Filter("transpose", {"dir": "cclock"}),),
}
_KNOWN_MATRICES = {"bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc", "bt2020c"}
_SWSCALE_MATRICES = {"bt2020nc": "bt2020", "bt2020c": "bt2020"}


def rate(fps: float) -> str:
    """The rate as an exact fraction: 29.97 is 30000/1001."""
    exact = Fraction(fps).limit_denominator(1001)
    return f"{exact.numerator}/{exact.denominator}"


def streams(facts: MediaFacts) -> Streams:
    """The streams that the probe looked at."""
    video = _video(facts)
    sound = video.audio.stream if video.audio else None
    named = ("V:0" if video.stream is None else str(video.stream), "a:0" if sound is None else str(sound))
    return Streams(*named)


def opening(facts: MediaFacts, fps: float | None) -> tuple[Filter, ...]:
    """What every picture begins with: whole frames, at a constant rate from time 0, upright.

    Frames that are not wanted are dropped before anything costly is done to them.
    """
    video = _video(facts)
    steps: list[Filter] = []
    if video.interlaced:
        steps.append(Filter("bwdif", {"mode": "send_frame", "parity": "auto", "deint": "all"}))
    if fps is not None:
        steps.append(Filter("fps", {"fps": rate(fps), "start_time": 0}))
    if video.mirrored:
        steps.append(Filter("hflip"))
    return (*steps, *_UNTURNED.get(video.rotation_deg % 360, ()))


def framing(facts: MediaFacts, plan: RenditionPlan, able: Capabilities) -> tuple[Step, ...]:
    """From the upright picture to the plan's crop, size and colours."""
    if plan.fit != "pad":
        return (*_flattened(facts), *shown(facts, _cut(facts, plan), plan.size_px, able))
    width_px, height_px = contain(facts.size_px, plan.size_px)
    inner = even(width_px), even(height_px)
    picture = (*_flattened(facts), *shown(facts, (), inner, able))
    if inner == plan.size_px:
        return picture
    return (*picture, Pad(behind=_backdrop(inner, plan.size_px), front=()), *_tagged())


def framing_of_frame(facts: MediaFacts, size_px: Size, able: Capabilities) -> tuple[Step, ...]:
    """From the upright picture to all of it at ``size_px``."""
    return (*_flattened(facts), *shown(facts, (), size_px, able))


def shown(facts: MediaFacts, cut: tuple[Filter, ...], size_px: Size, able: Capabilities) -> tuple[Filter, ...]:
    """What ``cut`` leaves of the upright picture at ``size_px``, limited-range BT.709, 8-bit 4:2:0, square pixels.

    Reducing comes before tone mapping: it costs a fraction there.
    """
    video = _video(facts)
    size: dict[str, str | int | float] = {"w": size_px[0], "h": size_px[1], "flags": _SCALER}
    if tone.is_hdr(video):
        by_filters = tone.can_filter(video, able, size_px)
        toned = tone.by_filters(video) if by_filters else tone.by_table(video)
        return (*cut, Filter("scale", {**size, **_same_range(video)}), *toned, *_tagged())
    if tone.needs_zscale(video) and "zscale" in able.filters:
        return (*cut, Filter("scale", {**size, **_same_range(video)}), *tone.narrowed(video), *_tagged())
    colours = {"in_range": "pc" if video.full_range else "tv", "out_color_matrix": "bt709", "out_range": "tv"}
    if known := source_matrix(facts):
        colours["in_color_matrix"] = known
    return (*cut, Filter("scale", {**size, **colours}), Filter("format", {"pix_fmts": "yuv420p"}), *_tagged())


def source_matrix(facts: MediaFacts) -> str | None:
    """The matrix between the source's RGB and its YUV as the scaler names it; ``None`` for RGB.

    Where the file does not say: JPEG pictures and standard definition are BT.601, larger ones BT.709, as players take
    it.
    """
    video = _video(facts)
    if video.pix_fmt.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal8")):
        return None
    if video.matrix in _KNOWN_MATRICES:
        return _SWSCALE_MATRICES.get(video.matrix, video.matrix)
    small = min(facts.stored_size_px) <= _SD_HEIGHT_PX
    return "smpte170m" if small or video.codec == "mjpeg" else "bt709"


def decoder(facts: MediaFacts, able: Capabilities) -> dict[str, str | int | None]:
    """The decoder's options: few threads, as each holds frames; for VP8 and VP9 the one that keeps transparency."""
    video = _video(facts)
    most = _DECODER_THREADS_LARGE if is_large(facts.stored_size_px) else _DECODER_THREADS
    threads: dict[str, str | int | None] = {"threads": min(most, os.cpu_count() or 1)}
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(video.codec, "")
    return threads | ({"c:v": name} if video.has_alpha and name in able.encoders else {})


def _video(facts: MediaFacts) -> VideoFacts:
    assert facts.video is not None
    return facts.video


def _same_range(video: VideoFacts) -> dict[str, str]:
    named = "pc" if video.full_range else "tv"
    return {"in_range": named, "out_range": named}


def _cut(facts: MediaFacts, plan: RenditionPlan) -> tuple[Filter, ...]:
    """The plan's crop, in pixels of the turned raster, which need not be square."""
    if plan.crop is None:
        return ()
    turned, (across, down) = raster(facts)
    box = plan.crop
    width, height = max(2, round(box.width_px * across)), max(2, round(box.height_px * down))
    if (width, height) == turned:
        return ()
    if plan.video and plan.video.path:
        return moving_crop.moving(plan, width, height)
    return (Filter("crop", {"w": width, "h": height, "x": round(box.x * across), "y": round(box.y * down)}),)


def raster(facts: MediaFacts) -> tuple[Size, tuple[float, float]]:
    """The turned raster's size, and how many of its pixels one upright pixel is, across and down."""
    turned = facts.stored_size_px if _video(facts).rotation_deg % 180 == 0 else facts.stored_size_px[::-1]
    return turned, (turned[0] / facts.size_px[0], turned[1] / facts.size_px[1])


def _flattened(facts: MediaFacts) -> tuple[Step, ...]:
    """The picture on white where it is transparent, as photos are."""
    if not _video(facts).has_alpha:
        return ()
    white = Filter("lutyuv", {"y": 255 if _video(facts).full_range else 235, "u": 128, "v": 128, "a": 255})
    return Filter("format", {"pix_fmts": "yuva444p"}), Pad(behind=(white,), front=())


def _backdrop(inner_px: Size, size_px: Size) -> tuple[Filter, ...]:
    """The picture itself, filling the size, so blurred and darkened that only its colours are left."""
    box = crop_to_ratio(inner_px, size_px[0] / size_px[1])
    tiny = contain(size_px, (_BACKDROP_PX, _BACKDROP_PX))
    dark = {"y": f"(val-16)*{_BACKDROP_LIGHT}+16"}
    dark |= {plane: f"(val-128)*{_BACKDROP_LIGHT}+128" for plane in ("u", "v")}
    return (
        Filter("crop", {"w": box.width_px, "h": box.height_px, "x": box.x, "y": box.y}),
        Filter("scale", {"w": even(tiny[0]), "h": even(tiny[1]), "flags": "area"}),
        Filter("gblur", {"sigma": _BACKDROP_BLUR, "steps": 2}),
        Filter("lutyuv", dark),
        Filter("scale", {"w": size_px[0], "h": size_px[1], "flags": "bicubic"}),
        Filter("setsar", {"sar": "1"}),
    )


def _tagged() -> tuple[Filter, ...]:
    """Square pixels, progressive, BT.709 said outright, and nothing of the source's side data left."""
    colours = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
    return (
        Filter("setsar", {"sar": "1"}),
        Filter("setparams", {"field_mode": "prog", **colours}),
        Filter("sidedata", {"mode": "delete"}),
    )
