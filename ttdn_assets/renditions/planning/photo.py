"""How a photo is coded for one placement: as a JPEG of a size and byte cap, or the source's own coding kept."""

from __future__ import annotations

from ttdn_assets.model import Finding, MediaFacts, Placement
from ttdn_assets.renditions.colours import is_srgb
from ttdn_assets.renditions.planning.frame import Frame
from ttdn_assets.renditions.tolerances import WORDS_ROOM_BYTES

ROOMY_BYTES_PER_PIXEL = 0.9
"""A cap above this lowers nothing: fifteen camera photos of up to 1920 px took 0.01 to 0.32 at JPEG quality 95."""


def conforms(facts: MediaFacts, placement: Placement, frame: Frame, *, size_bytes: int) -> bool:
    """Whether the source's coded picture is already what the placement asks for, metadata aside."""
    return (
        frame == Frame("whole", facts.size_px, None)
        and facts.size_px == facts.stored_size_px
        and facts.format == "jpeg"
        and facts.orientation == 1
        and facts.frames == 1
        and facts.bit_depth == 8
        and facts.colour == "rgb"
        and facts.hdr is None
        and is_srgb(facts.icc_name)
        and not facts.adobe_rgb
        and (placement.bytes_max is None or size_bytes <= placement.bytes_max - WORDS_ROOM_BYTES)
    )


def weight_fault(facts: MediaFacts, placement: Placement, *, size_bytes: int) -> Finding | None:
    """A JPEG under the smallest size in bytes: coding it again would only inflate it.

    Other formats are left to the check: a HEIC of 2 MB makes a JPEG of twice that without any inflating.
    """
    if facts.format != "jpeg" or placement.bytes_min is None or size_bytes >= placement.bytes_min:
        return None
    return Finding(
        rule="plan-too-few-bytes",
        level="warning",
        placement=placement.id,
        measured=size_bytes,
        allowed=placement.bytes_min,
    )


def bytes_cap(placement: Placement, size_px: tuple[int, int]) -> int | None:
    """The byte cap to hold while coding: the placement's, or one so roomy that it lowers nothing.

    Without the roomy one, placements that differ only in caps nobody reaches could not share a file.
    """
    if placement.keep_original:
        return placement.bytes_max
    roomy = round(ROOMY_BYTES_PER_PIXEL * size_px[0] * size_px[1]) + 2 * WORDS_ROOM_BYTES
    return roomy if placement.bytes_max is None else min(roomy, placement.bytes_max)
