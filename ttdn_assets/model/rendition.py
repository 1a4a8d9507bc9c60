"""What is made of an original: the subject kept in view, the plan, the file."""

from __future__ import annotations

from typing import Literal

import msgspec

from ttdn_assets.model.media import Box, Kind
from ttdn_assets.model.placement import Margins

Fit = Literal["whole", "crop", "pad"]
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]


class FocalPoint(msgspec.Struct, frozen=True):
    """The point to keep in view, as shares (0..1) of the upright picture's width and height."""

    x: float
    y: float


class TrackPoint(msgspec.Struct, frozen=True):
    """Where the subject of a clip is at a time of the source; two points of one time are a cut."""

    t_s: float
    box: Box


class PathPoint(msgspec.Struct, frozen=True):
    """Where the upper left corner of a clip's crop is at a time of the source, in upright source pixels.

    Between two points it moves evenly; two points of one time are a jump, made at a cut.
    """

    t_s: float
    x: int
    y: int


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What must stay in view: its box, the focal point in it, and who said so.

    ``heads`` are those of a photo, largest first, of which every crop keeps as many whole as it can; ``track`` is where
    the subject of a clip is over time, empty where it stays in ``box``.
    """

    focal: FocalPoint
    box: Box | None = None
    origin: Literal["hand", "faces", "saliency", "centre"] = "centre"
    heads: tuple[Box, ...] = ()
    track: tuple[TrackPoint, ...] = ()


class VideoPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a rendition plan that only clips have.

    ``copy`` remuxes the coded picture without re-encoding it; ``audio`` says what becomes of the sound in either case:
    its packets copied, encoded anew to AAC-LC stereo, a silent stereo track, or none.  ``path`` moves the crop, whose
    size stays; it is empty where the crop stands still.  ``burned`` is the digest of the subtitles drawn in.
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
    path: tuple[PathPoint, ...] = ()
    burned: str | None = None


class OverlayPlan(msgspec.Struct, frozen=True):
    """The unit's mark on a rendition: the digest of what is drawn, the corner, and what must stay free of it."""

    sha256: str
    corner: Corner
    zone: Margins


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
    overlay: OverlayPlan | None = None
    video: VideoPlan | None = None

    @property
    def clip(self) -> VideoPlan:
        """``video`` of a plan that is known to be a clip's."""
        assert self.video is not None
        return self.video


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was made; ``path`` is relative to the library, with forward slashes.

    ``crop`` is what was cut out of the upright source, where it was not whole or padded; ``crop_path`` how it moved.
    """

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
    crop: Box | None = None
    crop_path: tuple[PathPoint, ...] = ()
