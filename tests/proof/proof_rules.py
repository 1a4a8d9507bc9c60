"""What a placement accepts, asked of measurements: each rule gives the places where it is broken."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from proof.proof_measure import Clip, Measured
from ttdn_assets.model import Placement

_FORMATS = {"Extended WEBP": "webp", "M4V": "mp4"}
_SUFFIXES = {"jpeg": ".jpg"}
_RATIO_SHARE = 0.01
_FPS_STEP = 0.01
_LISTED_FPS_STEP = 0.1
_TICK_S = 0.00101
_BITRATE_SHARE = 0.05
_PROFILES = {"h264": ("Constrained Baseline", "Baseline", "Main", "High"), "hevc": ("Main",)}
_SRGB = {
    "RedMatrixColumn": (0.4361, 0.2225, 0.0139),
    "GreenMatrixColumn": (0.3851, 0.7169, 0.0971),
    "BlueMatrixColumn": (0.1431, 0.0606, 0.7141),
}
"""ICC's sRGB primaries, adapted to D50."""

_PRIVATE = re.compile(
    r"GPS|Serial|Owner|Location|ImageUniqueID|HostComputer|MakerNote|UserComment|Thumbnail|Preview|Trailer|Xmp?Toolkit"
    r"|History|DocumentID|InstanceID|Make$|Model$|Software|DateTimeOriginal|Face|Region|PersonInImage"
)
_GROUPS = re.compile(
    r"ExifTool|System|File|JFIF|IFD0|ExifIFD|XMP-(dc|photoshop|iptcCore|xmpRights|xmpNote|GPano|x)|ICC[-_]\w+"
    r"|Adobe|QuickTime|Track\d|ItemList|Composite|PNG|PNG-pHYs|RIFF"
)
_NOT_OF_THE_FILE = ("ExifTool", "System", "Composite")
_WORDS = ("XMP-iptcCore:Location", "XMP-iptcExt:DigitalSourceType")
"""The place as the captions name it, and how the pixels came to be: written for the reader, not left by a camera."""
_NO_MATTER = ("PreviewTime", "PreviewDuration", "DeviceManufacturer", "DeviceModel")


class Violation(NamedTuple):
    """One rule broken by one file: what was measured and what is allowed."""

    file: str
    placement: str
    rule: str
    measured: object
    allowed: object


def violations(one: Measured, placement: Placement) -> list[Violation]:
    """Every rule of ``placement`` that the file breaks."""
    rules = _of_clip(one, one.clip, placement) if one.clip else _of_photo(one, placement)
    both = [*_of_file(one, placement), *_of_size(size_px(one), placement), *rules]
    return [Violation(one.path.name, placement.id, *broken) for broken in both]


def private(one: Measured) -> list[Violation]:
    """Tags that tell of a person, a place or a device, and groups that no copy should have."""
    found = []
    for name, value in one.tags.items():
        group, _, tag = name.rpartition(":")
        if not group or group in _NOT_OF_THE_FILE or tag in _NO_MATTER or name in _WORDS:
            continue
        if _PRIVATE.search(tag) or not _GROUPS.fullmatch(group):
            found.append(Violation(one.path.name, "*", "private", f"{name} = {value}", "nothing"))
    return found


Broken = tuple[str, object, object]


def size_px(one: Measured) -> tuple[int, int]:
    """Width and height as exiftool has it for a photo, as ffprobe has it for a clip."""
    if one.clip:
        return int(one.clip.pictures[0]["width"]), int(one.clip.pictures[0]["height"])
    width, height = str(one.tags["Composite:ImageSize"]).split()
    return int(width), int(height)


def _between(rule: str, value: float, low: float | None, high: float | None) -> Iterator[Broken]:
    if (low is not None and value < low) or (high is not None and value > high) or math.isnan(value):
        yield rule, value, f"{low} to {high}"


def _of_file(one: Measured, placement: Placement) -> Iterator[Broken]:
    kind = str(one.tags.get("File:FileType", ""))
    form = _FORMATS.get(kind, kind.lower())
    if form not in placement.formats:
        yield "format", kind, placement.formats
    if one.path.suffix != _SUFFIXES.get(form, f".{form}"):
        yield "suffix", one.path.suffix, form
    if "ExifTool:Error" in one.tags or "ExifTool:Warning" in one.tags:
        yield "damaged", one.tags.get("ExifTool:Error") or one.tags["ExifTool:Warning"], "nothing"
    yield from _between("bytes", one.size_bytes, placement.bytes_min, placement.bytes_max)


def _of_size(size: tuple[int, int], placement: Placement) -> Iterator[Broken]:
    width, height = size
    short, long = sorted(size)
    yield from _between("width", width, placement.width_min_px, placement.width_max_px)
    yield from _between("height", height, placement.height_min_px, placement.height_max_px)
    yield from _between("short side", short, placement.short_side_min_px, placement.short_side_max_px)
    yield from _between("long side", long, None, placement.long_side_max_px)
    low, high = placement.aspect_min, placement.aspect_max
    ratio = width / height
    low, high = low and low * (1 - _RATIO_SHARE), high and high * (1 + _RATIO_SHARE)
    yield from _between("ratio", ratio, low, high)
    if placement.long_edge_px is not None:
        yield from _between("long edge", long, None, placement.long_edge_px)


def _of_photo(one: Measured, placement: Placement) -> Iterator[Broken]:
    for name, allowed in (("IFD0:Orientation", 1), ("ExifIFD:ColorSpace", 1), ("File:BitsPerSample", 8)):
        if (value := one.number(name)) not in (None, allowed):
            yield name, value, allowed
    if one.number("File:ColorComponents") == 4:
        yield "colours", "CMYK", "RGB"
    yield from _profile(one)
    if placement.dpi is not None:
        for name in ("XResolution", "YResolution"):
            told = {one.number(f"{group}:{name}") for group in ("JFIF", "IFD0")} - {None}
            if told != {placement.dpi}:
                yield name, told, placement.dpi
        if {one.number("JFIF:ResolutionUnit"), one.number("IFD0:ResolutionUnit")} - {None} not in ({1}, {2}, {1, 2}):
            yield "unit of resolution", one.tags.get("JFIF:ResolutionUnit"), "inches"


def _profile(one: Measured) -> Iterator[Broken]:
    """No colour profile, or one whose primaries are those of sRGB whatever its name."""
    if not any(name.startswith("ICC") for name in one.tags):
        return
    if (space := str(one.tags.get("ICC-header:ColorSpaceData", "")).strip()) != "RGB":
        yield "colour profile", space, "RGB"
    for name, allowed in _SRGB.items():
        value = [float(part) for part in str(one.tags.get(f"ICC_Profile:{name}", "nan")).split()]
        if len(value) != 3 or any(abs(a - b) > 0.002 for a, b in zip(value, allowed, strict=True)):
            yield f"colour profile: {name}", value, allowed


def _of_clip(one: Measured, clip: Clip, placement: Placement) -> Iterator[Broken]:
    kinds = [str(stream["codec_type"]) for stream in clip.streams]
    if sorted(kinds) not in (["video"], ["audio", "video"]):
        yield "streams", kinds, "one picture, at most one sound"
    yield from _picture(one, clip, placement)
    yield from _time(clip, placement)
    yield from _sound(clip, placement)
    if placement.moov_first and clip.boxes.index("moov") > clip.boxes.index("mdat"):
        yield "moov", "after mdat", "before mdat"
    if not placement.edit_list_allowed and any(box.endswith("elst") for box in clip.boxes):
        yield "edit list", "there", "none"


def _picture(one: Measured, clip: Clip, placement: Placement) -> Iterator[Broken]:
    picture = clip.pictures[0]
    codec = picture["codec_name"]
    if codec not in placement.video_codecs:
        yield "codec", codec, placement.video_codecs
    if picture.get("profile") not in _PROFILES.get(codec, (picture.get("profile"),)):
        yield "profile", picture.get("profile"), _PROFILES[codec]
    allowed = {
        "pix_fmt": (placement.pix_fmt or picture["pix_fmt"],),
        "sample_aspect_ratio": ("1:1", None),
        "field_order": ("progressive", None),
        "color_range": ("tv", None),
        "color_space": ("bt709", "smpte170m", "bt470bg", None),
        "color_transfer": ("bt709", "smpte170m", "bt470bg", None),
        "color_primaries": ("bt709", "smpte170m", "bt470bg", None),
    }
    for name, values in allowed.items():
        if picture.get(name) not in values:
            yield name, picture.get(name), values
    turned = [float(side["rotation"]) for side in picture.get("side_data_list", []) if "rotation" in side]
    if any(turned) or one.number("Composite:Rotation") not in (None, 0):
        yield "rotation", turned or one.tags["Composite:Rotation"], 0
    if any("DOVI" in str(side.get("side_data_type")) for side in picture.get("side_data_list", [])):
        yield "side data", "Dolby Vision", "none"


def _time(clip: Clip, placement: Placement) -> Iterator[Broken]:
    low, high = placement.fps_min, placement.fps_max
    yield from _between("fps", clip.fps, low and low - _FPS_STEP, high and high + _FPS_STEP)
    choices = placement.fps_choices
    if choices and not any(abs(clip.fps - choice) <= _LISTED_FPS_STEP for choice in choices):
        yield "fps", clip.fps, choices
    usual_s = statistics.median(clip.steps_s or [0.0])
    apart_s = max((abs(step - usual_s) for step in clip.steps_s), default=0.0)
    if placement.constant_fps and apart_s > _TICK_S:
        yield "constant fps", f"steps up to {apart_s:.4f} s from {usual_s:.4f} s", _TICK_S
    shown_s = clip.end_s - clip.times_s[0] if clip.times_s else math.nan
    yield from _between("duration of the picture", shown_s, placement.duration_min_s, placement.duration_max_s)
    yield from _between("duration", clip.duration_s, placement.duration_min_s, placement.duration_max_s)
    cap_bps = placement.video_bitrate_max_bps
    yield from _between("bitrate", clip.picture_bytes * 8 / shown_s, None, cap_bps and cap_bps * (1 + _BITRATE_SHARE))


def _sound(clip: Clip, placement: Placement) -> Iterator[Broken]:
    if placement.audio == "none" and clip.sounds:
        yield "sound", "there", "none"
    if placement.audio == "stereo" and not clip.sounds:
        yield "sound", "none", "stereo"
    for sound in clip.sounds:
        if (sound["codec_name"], sound.get("profile")) != ("aac", "LC"):
            yield "sound", (sound["codec_name"], sound.get("profile")), "AAC-LC"
        least = 2 if placement.audio == "stereo" else 1
        yield from _between("channels", int(sound["channels"]), least, 2)
        rate = placement.audio_rate_hz
        yield from _between("sound rate", int(sound["sample_rate"]), rate, rate or placement.audio_rate_max_hz)
