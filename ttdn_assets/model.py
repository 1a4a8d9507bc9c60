"""The nouns of the house: frozen values without behaviour that touches the world.

Sizes are (width, height) in upright pixels, times are seconds, hashes are lower-case hex SHA-256, languages are
``vi``, ``en``, ``zh`` in keys and columns (BCP-47 ``zh-Hans`` where a file format wants it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

Kind = Literal["photo", "video"]
Level = Literal["error", "warning", "info"]
Lang = str
Origin = Literal["human", "composed", "machine", "speech", "vision"]
TextStatus = Literal["draft", "in_review", "approved", "rejected"]
OutcomeStatus = Literal["done", "unchanged", "skipped", "failed"]
FactKind = Literal["place", "event", "date", "people", "activity", "product", "topic"]
FactSource = Literal["folder", "file_name", "exif", "iptc", "xmp", "gps", "sheet", "officer"]
Field = Literal["title", "description", "alt_text", "keywords"]
Hdr = Literal["pq", "hlg", "gain_map"]
Fit = Literal["whole", "crop", "pad"]

LANGUAGES: tuple[Lang, ...] = ("vi", "en", "zh")
FIELDS: tuple[Field, ...] = ("title", "description", "alt_text", "keywords")


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One thing seen while working: an error breaks a rule, a warning tells what was not made, info is for the reader.

    ``rule`` is a message code (``wording.say("finding." + rule, …)``); ``subject`` names the file or text it is about.
    """

    rule: str
    level: Level
    subject: str = ""
    placement: str | None = None
    lang: Lang | None = None
    measured: str | int | float | None = None
    allowed: str | int | float | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Progress told to the caller: ``done`` of ``total`` steps of ``stage``; ``source`` is the file it is about."""

    stage: str
    done: int
    total: int
    source: str = ""
    left_s: float | None = None


Progress = Callable[[Event], None]


def silent(event: Event) -> None:
    """Take an event and tell nobody: the default progress."""


class Gps(msgspec.Struct, frozen=True):
    """A place on WGS-84, degrees; altitude is not kept."""

    latitude_deg: float
    longitude_deg: float


class Box(msgspec.Struct, frozen=True):
    """A rectangle of upright source pixels; ``x``, ``y`` is its upper left corner."""

    x: int
    y: int
    width_px: int
    height_px: int


class EmbeddedText(msgspec.Struct, frozen=True, kw_only=True):
    """A text found inside a file or its sidecar; ``lang`` is ``None`` where the file does not say."""

    field: Literal[
        "title",
        "headline",
        "description",
        "alt_text",
        "keywords",
        "credit",
        "author",
        "rights",
        "place",
        "people",
    ]
    value: str
    lang: Lang | None
    source: FactSource


class Audio(msgspec.Struct, frozen=True, kw_only=True):
    """The first audible stream of a clip."""

    codec: str
    channels: int
    sample_rate_hz: int
    bitrate_bps: int | None = None


class VideoFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What playing a clip showed, measured from its packets where the container's own words cannot be trusted.

    Mirroring left to right if ``mirrored``, then turning ``rotation_deg`` clockwise, makes the coded picture upright.
    """

    codec: str
    profile: str
    pix_fmt: str
    bit_depth: int
    fps: float
    vfr: bool
    interlaced: bool
    duration_s: float
    sample_aspect: float
    rotation_deg: int
    mirrored: bool
    full_range: bool
    primaries: str | None
    transfer: str | None
    matrix: str | None
    bitrate_bps: int | None
    audio: Audio | None
    audio_s: float | None = None
    moov_first: bool | None = None
    edit_list: bool | None = None
    has_alpha: bool = False


class MediaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one media file is, read from its bytes.

    ``size_px`` is upright (after EXIF orientation, HEIC irot or the display matrix; square pixels for video);
    ``stored_size_px`` is the raster as a decoder that applies nothing gives it.  ``orientation`` is the EXIF value
    1..8 still to be applied to what the decoder gives.  ``taken_at`` is ISO 8601 with an offset.
    """

    kind: Kind
    format: str
    mime: str
    extension: str
    size_px: tuple[int, int]
    stored_size_px: tuple[int, int]
    orientation: int = 1
    frames: int = 1
    bit_depth: int = 8
    has_alpha: bool = False
    colour: str = "rgb"
    icc_name: str | None = None
    hdr: Hdr | None = None
    projection: str | None = None
    taken_at: str | None = None
    gps: Gps | None = None
    camera: str | None = None
    face_boxes: tuple[Box, ...] = ()
    texts: tuple[EmbeddedText, ...] = ()
    video: VideoFacts | None = None
    findings: tuple[Finding, ...] = ()


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One asset's files as they lie in a folder: the file to use and the companions that belong to it.

    ``relative`` is NFC, with forward slashes, from the folder that was scanned.  ``skipped`` is a reason code for a
    file that is no media, else ``None``.
    """

    path: str
    relative: str
    companions: tuple[str, ...] = ()
    skipped: str | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something known about an asset and where it came from; ``term`` is a term-base id where one matched."""

    kind: FactKind
    value: str
    term: str | None = None
    source: FactSource


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text in one language with where it came from.  Keywords are one text, its items joined by ``;``."""

    value: str
    origin: Origin
    engine: str | None = None
    status: TextStatus = "draft"


class CaptionSet(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one asset, each field by language."""

    title: dict[Lang, Text] = {}
    description: dict[Lang, Text] = {}
    alt_text: dict[Lang, Text] = {}
    keywords: dict[Lang, Text] = {}


class SheetRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote about one file in a caption sheet; an empty text or a missing language was left blank.

    ``source`` is the file's name, or its path from the sheet's folder, NFC with forward slashes.  Keywords are one
    text a language, its items joined by ``;``.
    """

    source: str
    asset: str | None = None
    title: dict[Lang, str] = {}
    description: dict[Lang, str] = {}
    alt_text: dict[Lang, str] = {}
    keywords: dict[Lang, str] = {}
    place: str = ""
    event: str = ""
    date: str = ""
    people: str = ""
    author: str = ""
    credit: str = ""
    consent: str = ""
    notes: str = ""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one slot in one language, ready to paste: field of the placement → text within its limit."""

    placement: str
    lang: Lang
    values: dict[str, str]


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
    trim: bool = False
    fit: Literal["auto", "crop", "pad"] = "auto"
    figures: tuple[Figure, ...] = ()

    @property
    def platform(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words that go into a copy that leaves the house."""

    captions: CaptionSet = CaptionSet()
    credit: str = ""
    author: str = ""
    rights: str = ""


class FocalPoint(msgspec.Struct, frozen=True):
    """The point to keep in view, as shares (0..1) of the upright picture's width and height."""

    x: float
    y: float


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What must stay in view: its box, the focal point in it, and who said so."""

    focal: FocalPoint
    box: Box | None = None
    origin: Literal["hand", "faces", "saliency", "centre"] = "centre"


class VideoPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a rendition plan that only clips have.

    ``copy`` remuxes the coded picture without re-encoding it; ``audio`` says what becomes of the sound in either case:
    its packets copied, encoded anew to AAC-LC stereo, a silent stereo track, or none.
    """

    copy: bool
    codec: str = "h264"
    fps: float | None = None
    duration_s: float = 0.0
    trimmed: bool = False
    audio: Literal["copy", "encode", "silence", "none"] = "encode"
    audio_rate_hz: int = 48_000
    audio_bitrate_bps: int = 128_000
    video_bitrate_max_bps: int | None = None


class RenditionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One file to make: which pixels of the upright source, to which size, in which format, for which placements.

    ``crop`` is ``None`` where the whole picture is used; with ``fit="pad"`` the whole picture is placed over a blurred
    copy of itself that fills ``size_px``.  ``copy`` takes the source's coded picture unchanged, metadata removed.
    """

    recipe: str
    placements: tuple[str, ...]
    kind: Kind
    format: str
    fit: Fit
    size_px: tuple[int, int]
    crop: Box | None = None
    copy: bool = False
    bytes_min: int | None = None
    bytes_max: int | None = None
    dpi: int | None = None
    video: VideoPlan | None = None


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was made; ``path`` is relative to the library, with forward slashes."""

    recipe: str
    path: str
    kind: Kind
    format: str
    placements: tuple[str, ...]
    width_px: int
    height_px: int
    size_bytes: int
    sha256: str
    fit: Fit = "whole"
    trimmed: bool = False
    made_with: str = ""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why one file failed: a message code with its fields, to be worded by ``wording.say``."""

    code: str
    fields: dict[str, str | int | float] = {}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one source file."""

    source: str
    status: OutcomeStatus
    asset: str | None = None
    facts: tuple[Fact, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    captions: CaptionSet = CaptionSet()
    findings: tuple[Finding, ...] = ()
    error: Failure | None = None
