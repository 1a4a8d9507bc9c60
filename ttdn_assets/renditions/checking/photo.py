"""The rules of a written photo beyond its size: one upright 8-bit sRGB picture, whole, at the resolution asked for."""

from __future__ import annotations

from ttdn_assets.model import MediaFacts, Placement
from ttdn_assets.renditions.checking.faults import Fault, broken
from ttdn_assets.renditions.checking.photo_bytes import PhotoBytes
from ttdn_assets.renditions.colours import is_srgb

SRGB_COLOUR_SPACE = 1
_RGB = ("rgb", "gray", "palette")
_DPI_TOLERANCE = 0.5
"""PNG keeps whole pixels a metre: 300 dpi reads back as 299.9994."""


def photo_faults(found: PhotoBytes, facts: MediaFacts, placement: Placement) -> list[Fault]:
    """What keeps the photo from being shown everywhere as it was meant."""
    return [*_structure(found, facts), *_colour(found, facts), *_resolution(found, placement)]


def _structure(found: PhotoBytes, facts: MediaFacts) -> list[Fault]:
    faults: list[Fault] = []
    if not found.ends_well:
        faults.append(broken("file-truncated", "", ""))
    if not found.plainly_coded:
        faults.append(broken("file-jpeg-coding", "", ""))
    if facts.frames > 1:
        faults.append(broken("file-frames", facts.frames, 1))
    if facts.orientation != 1 or found.orientation != 1:
        turned = found.orientation if found.orientation != 1 else facts.orientation
        faults.append(broken("file-orientation", turned, 1))
    return faults


def _colour(found: PhotoBytes, facts: MediaFacts) -> list[Fault]:
    faults: list[Fault] = []
    if facts.colour not in _RGB:
        faults.append(broken("file-colour", facts.colour, "rgb"))
    if facts.bit_depth > 8:
        faults.append(broken("file-bit-depth", facts.bit_depth, 8))
    if facts.hdr:
        faults.append(broken("file-hdr", facts.hdr, "SDR"))
    if found.has_profile and not is_srgb(facts.icc_name or "?"):
        faults.append(broken("file-profile", facts.icc_name or "?", "sRGB"))
    elif not found.has_profile and found.colour_space not in (None, SRGB_COLOUR_SPACE):
        faults.append(broken("file-profile", f"EXIF ColorSpace {found.colour_space}", "sRGB"))
    return faults


def _resolution(found: PhotoBytes, placement: Placement) -> list[Fault]:
    if placement.dpi is None or (found.dpi is not None and abs(found.dpi - placement.dpi) <= _DPI_TOLERANCE):
        return []
    return [broken("file-dpi", "?" if found.dpi is None else round(found.dpi, 1), placement.dpi)]
