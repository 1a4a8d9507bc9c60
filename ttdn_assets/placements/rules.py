"""What one placement must hold for itself: no limit below another, sizes given once, a name people can read."""

from __future__ import annotations

from ttdn_assets.model import LANGUAGES, Placement

FORMATS = {
    "photo": ("jpeg", "png", "webp", "gif"),
    "video": ("mp4", "mov", "webm", "avi"),
}
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1")
_RANGES = (
    ("aspect_min", "aspect_max"),
    ("width_min_px", "width_max_px"),
    ("height_min_px", "height_max_px"),
    ("short_side_min_px", "short_side_max_px"),
    ("short_side_max_px", "long_side_max_px"),
    ("bytes_min", "bytes_max"),
    ("fps_min", "fps_max"),
    ("duration_min_s", "duration_max_s"),
    ("items_min", "items_max"),
)
_POSITIVE = (
    *(key for pair in _RANGES for key in pair),
    "long_edge_px", "dpi", "video_bitrate_max_bps", "audio_rate_hz", "audio_rate_max_hz", "audio_bitrate_bps",
    "hashtags_max", "mentions_max", "alt_text_max", "subtitles_bytes_max", "cover_bytes_max",
)  # fmt: skip
_NAMED_IN = ("vi", "en")
_RATIO_STEP = 1e-3

Fault = tuple[str, str]
"""A key and what is wrong with it."""


def first_fault(placement: Placement) -> Fault | None:
    """The first rule the placement breaks, ``None`` where it holds together."""
    checks = (_name, _numbers, _ranges, _size_form, _sizes, _formats, _video, _safe_zone)
    return next((fault for check in checks if (fault := check(placement))), None)


def _name(placement: Placement) -> Fault | None:
    missing = [lang for lang in _NAMED_IN if not placement.name.get(lang, "").strip()]
    unknown = sorted(placement.name.keys() - set(LANGUAGES))
    if missing:
        return "name", f"missing in {', '.join(missing)}"
    return ("name", f"unknown language {unknown[0]}") if unknown else None


def _numbers(placement: Placement) -> Fault | None:
    for key in _POSITIVE:
        value = getattr(placement, key)
        if value is not None and not 0 < value < float("inf"):
            return key, f"{value} is not above zero"
    wrong = [fps for fps in placement.fps_choices if not 0 < fps < float("inf")]
    return ("fps_choices", f"{wrong[0]} is not above zero") if wrong else None


def _ranges(placement: Placement) -> Fault | None:
    for low_key, high_key in _RANGES:
        low, high = getattr(placement, low_key), getattr(placement, high_key)
        if low is not None and high is not None and low > high:
            return low_key, f"{low} is above {high_key} = {high}"
    return None


def _size_form(placement: Placement) -> Fault | None:
    forms = [bool(placement.sizes_px), placement.long_edge_px is not None, placement.keep_original]
    if sum(forms) == 1:
        return None
    return "sizes_px", "give exactly one of sizes_px, long_edge_px and keep_original"


def _sizes(placement: Placement) -> Fault | None:
    """Every size above zero and within the placement's own limits; one shape where all items must share one."""
    for width, height in placement.sizes_px:
        if min(width, height) < 1:
            return "sizes_px", f"{width} x {height} is no size"
        if placement.kind == "video" and (width % 2 or height % 2):
            return "sizes_px", f"{width} x {height}: a clip needs even sides"
        for key, value, limit in (
            ("width_max_px", width, placement.width_max_px),
            ("height_max_px", height, placement.height_max_px),
            ("long_side_max_px", max(width, height), placement.long_side_max_px),
            ("short_side_max_px", min(width, height), placement.short_side_max_px),
        ):
            if limit is not None and value > limit:
                return "sizes_px", f"{width} x {height} is above {key} = {limit}"
    ratios = [width / height for width, height in placement.sizes_px]
    for ratio, (width, height) in zip(ratios, placement.sizes_px, strict=True):
        if not (placement.aspect_min or 0) - _RATIO_STEP <= ratio <= (placement.aspect_max or ratio) + _RATIO_STEP:
            return "sizes_px", f"{width} x {height} lies outside aspect_min and aspect_max"
    if placement.same_aspect and (not ratios or max(ratios) - min(ratios) > _RATIO_STEP):
        return "same_aspect", "sizes_px must hold one shape"
    return None


def _formats(placement: Placement) -> Fault | None:
    known = FORMATS[placement.kind]
    unknown = [name for name in placement.formats if name not in known]
    if unknown or not placement.formats:
        return "formats", f"{unknown[0] if unknown else 'nothing'} is not one of {', '.join(known)}"
    ours = known[0]
    return None if ours in placement.formats else ("formats", f"{ours}, the format made here, is missing")


def _safe_zone(placement: Placement) -> Fault | None:
    zone = placement.safe_zone
    if zone is None or max(zone.top + zone.bottom, zone.left + zone.right) < 1:
        return None
    return "safe_zone", "leaves nothing between top and bottom, or left and right"


def _video(placement: Placement) -> Fault | None:
    if placement.kind == "photo":
        return None
    unknown = [name for name in placement.video_codecs if name not in VIDEO_CODECS]
    if unknown or "h264" not in placement.video_codecs:
        return "video_codecs", f"{unknown[0]} is unknown" if unknown else "h264, the codec made here, is missing"
    if placement.pix_fmt not in (None, "yuv420p"):
        return "pix_fmt", f"{placement.pix_fmt} is not made here; yuv420p is"
    return None
