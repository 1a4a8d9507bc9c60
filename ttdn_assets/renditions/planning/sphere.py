"""A 360° picture where only a flat one can be shown: cut from the band around the horizon, at the subject's height.

In an equirectangular picture rows are latitudes: beyond 50° above and below the horizon a lens sees little but sky and
tripod, stretched to the full width.  A placement that takes the picture whole gets it whole.
"""

from __future__ import annotations

from ttdn_assets.model import Box, Finding, FocalPoint, MediaFacts, Placement, Subject
from ttdn_assets.renditions.planning.frame import Frame, Size, Wish, choose_frame

BAND = 100 / 180
_RATIO, _RATIO_TOLERANCE = 2.0, 0.05


def is_sphere(facts: MediaFacts) -> bool:
    """Whether a photo shows all directions: equirectangular, twice as wide as high."""
    width, height = facts.size_px
    return (
        facts.kind == "photo"
        and facts.projection == "equirectangular"
        and abs(width / max(1, height) - _RATIO) <= _RATIO_TOLERANCE
    )


def choose_sphere_frame(size_px: Size, placement: Placement, subject: Subject, wish: Wish) -> Frame | Finding:
    """The frame of a sphere: whole or padded as asked, else a crop of its band where that has pixels enough."""
    plain = choose_frame(size_px, placement, subject, wish)
    if isinstance(plain, Finding) or plain.fit == "whole" or wish == "pad":
        return plain
    width, height = size_px
    band_px = round(height * BAND)
    top = min(max(0, round(height * subject.focal.y - band_px / 2)), height - band_px)
    if subject.origin != "hand":
        top = (height - band_px) // 2
    focal = FocalPoint(subject.focal.x, min(1.0, max(0.0, (subject.focal.y * height - top) / band_px)))
    seen = Subject(focal=focal, origin=subject.origin)
    flat = choose_frame((width, band_px), placement, seen, "crop")
    if isinstance(flat, Finding):
        return plain
    crop = flat.crop or Box(0, 0, width, band_px)
    return Frame("crop", flat.size_px, Box(crop.x, crop.y + top, crop.width_px, crop.height_px))
