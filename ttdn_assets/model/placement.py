"""What one slot of one platform accepts, and where each figure comes from."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ttdn_assets.model.media import Kind
from ttdn_assets.model.words import Lang


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Where one figure of a placement comes from; placements/__init__.py says what each ``confidence`` means."""

    key: str
    source: str
    date: str
    confidence: Literal["P", "P*", "S", "M"]
    url: str | None = None
    note: str | None = None


TextUnit = Literal["code_points", "utf16", "utf8_bytes", "x_weighted", "widest", "emoji_bytes"]


class TextLimit(msgspec.Struct, frozen=True, kw_only=True):
    """How long one text of a post may be, in a measure of ``text.length``, and the characters it may not hold."""

    field: str
    maximum: int
    unit: TextUnit
    forbidden: str = ""


Share = Annotated[float, msgspec.Meta(ge=0, lt=1)]


class Margins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of a picture's height (top, bottom) and width (left, right) that an app covers with what is its own."""

    top: Share = 0.0
    bottom: Share = 0.0
    left: Share = 0.0
    right: Share = 0.0


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """What one slot of one platform accepts.  ``None`` means the platform states no such limit."""

    id: str
    kind: Kind
    name: dict[Lang, str]
    formats: tuple[str, ...]
    sizes_px: tuple[tuple[int, int], ...] = ()
    """Recommended (width, height), best first; the one nearest the source's ratio is taken."""
    long_edge_px: int | None = None
    """Instead of sizes_px: keep the source's ratio, long edge at most this."""
    keep_original: bool = False
    """Send the original picture at full size (contest); only format, colour and private metadata change."""
    aspect_min: float | None = None
    aspect_max: float | None = None
    width_min_px: int | None = None
    width_max_px: int | None = None
    height_min_px: int | None = None
    height_max_px: int | None = None
    short_side_min_px: int | None = None
    short_side_max_px: int | None = None
    long_side_max_px: int | None = None
    bytes_min: int | None = None
    bytes_max: int | None = None
    dpi: int | None = None
    video_codecs: tuple[str, ...] = ()
    pix_fmt: str | None = None
    fps_min: float | None = None
    fps_max: float | None = None
    fps_choices: tuple[float, ...] = ()
    constant_fps: bool = False
    duration_min_s: float | None = None
    duration_max_s: float | None = None
    video_bitrate_max_bps: int | None = None
    audio: Literal["stereo", "any", "none"] = "any"
    """stereo: a silent or mono clip gets a stereo track; any: a track is no must; none: sound removed."""
    audio_rate_hz: int | None = None
    """Exactly this rate; ``audio_rate_max_hz`` at most that one."""
    audio_rate_max_hz: int | None = None
    audio_bitrate_bps: int | None = None
    """At least this rate, as asked of the encoder."""
    edit_list_allowed: bool = True
    moov_first: bool = False
    """The index must stand before the media data."""
    items_min: int = 1
    items_max: int | None = None
    same_aspect: bool = False
    """Every item of one post has the first one's ratio (carousel)."""
    texts: tuple[TextLimit, ...] = ()
    hashtags_max: int | None = None
    mentions_max: int | None = None
    alt_text_max: int | None = None
    subtitles: Literal["sidecar", "burned", "none"] = "none"
    subtitles_bytes_max: int | None = None
    subtitles_locale: bool = False
    """The file must be called ``name.ll_CC.srt``."""
    cover_bytes_max: int | None = None
    """What the picture that stands for a clip may weigh."""
    safe_zone: Margins | None = None
    """What the unit's mark stays out of."""
    unexhibited: bool = False
    """Only works that were neither exhibited nor awarded before."""
    trim: bool = False
    fit: Literal["auto", "crop", "pad"] = "auto"
    figures: tuple[Figure, ...] = ()

    @property
    def platform(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]
