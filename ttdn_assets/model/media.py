"""Originals: one asset's files and what they were found to be."""

from __future__ import annotations

from typing import Literal

import msgspec

from ttdn_assets.model.findings import Finding
from ttdn_assets.model.words import EmbeddedText, Lang

Kind = Literal["photo", "video"]
Hdr = Literal["pq", "hlg", "gain_map"]


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


class NamedColour(msgspec.Struct, frozen=True, kw_only=True):
    """The colour space that a picture names by the numbers of ITU-T H.273 (CICP), beside or instead of a profile."""

    primaries: int
    transfer: int
    matrix: int
    full_range: bool


class Audio(msgspec.Struct, frozen=True, kw_only=True):
    """The first audible stream of a clip; ``stream`` is its number in the file."""

    codec: str
    channels: int
    sample_rate_hz: int
    bitrate_bps: int | None = None
    stream: int | None = None


class VideoFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What playing a clip showed, measured from its packets where the container's own words cannot be trusted.

    Mirroring left to right if ``mirrored``, then turning ``rotation_deg`` clockwise, makes the coded picture upright.
    ``duration_s`` is of picture and sound together, ``picture_s`` of the picture alone where all of it was read.
    ``stream`` is the number of the picture's stream in the file.  ``hidden_s`` is how much of what is coded an edit
    list keeps from being shown or heard.
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
    picture_s: float | None = None
    audio_s: float | None = None
    moov_first: bool | None = None
    edit_list: bool | None = None
    has_alpha: bool = False
    stream: int | None = None
    hidden_s: float = 0.0


class MediaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one media file is, read from its bytes.

    ``size_px`` is upright (after EXIF orientation, HEIC irot or the display matrix; square pixels for video);
    ``stored_size_px`` is the raster as a decoder that applies nothing gives it.  ``orientation`` is the EXIF value
    1..8 still to be applied to what the decoder gives, once that is cut to ``aperture``, if there is one.
    ``adobe_rgb`` is whether EXIF names that space and no profile stands against it.  ``taken_at`` is ISO 8601 with an
    offset.  ``subtitles`` are the digests, by language, of those that stand beside a clip.
    """

    kind: Kind
    format: str
    mime: str
    extension: str
    size_px: tuple[int, int]
    stored_size_px: tuple[int, int]
    orientation: int = 1
    aperture: Box | None = None
    frames: int = 1
    bit_depth: int = 8
    has_alpha: bool = False
    colour: str = "rgb"
    icc_name: str | None = None
    named_colour: NamedColour | None = None
    adobe_rgb: bool = False
    hdr: Hdr | None = None
    projection: str | None = None
    taken_at: str | None = None
    gps: Gps | None = None
    camera: str | None = None
    face_boxes: tuple[Box, ...] = ()
    texts: tuple[EmbeddedText, ...] = ()
    video: VideoFacts | None = None
    subtitles: dict[Lang, str] = {}
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
