"""A written file against what a placement accepts: measured anew from its bytes, whoever made it and however.

Nothing of the plan is known here.  Every rule that is broken becomes a finding (rules ``file-…``) with what was
measured and what is allowed, of level error but where the file is only likely to disappoint; a file without findings
conforms.  ``clip.poster.jpg`` and ``clip.vi_VN.srt`` are measured as what lies beside a clip.
"""

from __future__ import annotations

import struct
from pathlib import Path

from ttdn_assets.errors import MediaError
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Finding, MediaFacts, Placement
from ttdn_assets.renditions.checking.beside import beside_faults, lies_beside
from ttdn_assets.renditions.checking.clip import clip_faults
from ttdn_assets.renditions.checking.faults import Fault, broken, outside
from ttdn_assets.renditions.checking.photo import photo_faults
from ttdn_assets.renditions.checking.photo_bytes import read_photo
from ttdn_assets.renditions.checking.private import clip_marks, photo_marks
from ttdn_assets.renditions.tolerances import ASPECT_TOLERANCE
from ttdn_assets.tools.files import os_errors

_SAME_CONTAINER = {"m4v": "mp4"}
"""M4V is MP4 under the brand of one vendor."""


def check_file(path: Path, placement: Placement, *, source: str = "") -> tuple[Finding, ...]:
    """Every rule of ``placement`` that the file at ``path`` breaks, in reading order; empty where it conforms.

    Args:
        path: The file as it would be sent.
        placement: What it is measured against.
        source: The name that the findings carry as their subject; the file's own where empty.

    Raises:
        InputError: The file is not there or may not be read.
    """
    with os_errors(path):
        size_bytes = path.stat().st_size
    measured = beside_faults if placement.kind == "video" and lies_beside(path) else _faults
    return tuple(
        Finding(
            rule=fault.rule,
            level=fault.level,
            subject=source or path.name,
            placement=placement.id,
            measured=fault.measured,
            allowed=fault.allowed,
        )
        for fault in measured(path, placement, size_bytes)
    )


def _faults(path: Path, placement: Placement, size_bytes: int) -> list[Fault]:
    try:
        facts = probe(path)
    except MediaError as error:
        return [broken("file-broken", error.code, "")]
    if facts.kind != placement.kind:
        return [broken("file-not-photo" if placement.kind == "photo" else "file-not-clip", facts.format, "")]
    return [
        *_format(facts, placement),
        *_size(facts, placement),
        *outside("file-bytes", size_bytes, placement.bytes_min, placement.bytes_max),
        *_content(path, facts, placement),
    ]


def _content(path: Path, facts: MediaFacts, placement: Placement) -> list[Fault]:
    if facts.kind == "video":
        return [*clip_faults(path, facts, placement), *clip_marks(path, facts)]
    try:
        found = read_photo(path, facts.format)
    except (ValueError, struct.error) as error:
        return [broken("file-broken", str(error), "")]
    return [*photo_faults(found, facts, placement), *photo_marks(found, facts)]


def _format(facts: MediaFacts, placement: Placement) -> list[Fault]:
    if _SAME_CONTAINER.get(facts.format, facts.format) in placement.formats:
        return []
    return [broken("file-format", facts.format, ", ".join(placement.formats))]


def _size(facts: MediaFacts, placement: Placement) -> list[Fault]:
    width, height = facts.size_px
    return [
        *outside("file-width", width, placement.width_min_px, placement.width_max_px),
        *outside("file-height", height, placement.height_min_px, placement.height_max_px),
        *outside("file-short-side", min(width, height), placement.short_side_min_px, placement.short_side_max_px),
        *outside("file-long-side", max(width, height), None, placement.long_side_max_px),
        *outside(
            "file-aspect", width / max(1, height), placement.aspect_min, placement.aspect_max, share=ASPECT_TOLERANCE
        ),
    ]
