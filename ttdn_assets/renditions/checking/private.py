"""What must not leave the house: the place where a file was made, serial numbers and owners of cameras."""

from __future__ import annotations

import re
from pathlib import Path

from ttdn_assets.media.boxes import children, top_boxes
from ttdn_assets.model import MediaFacts
from ttdn_assets.renditions.checking.faults import Fault, broken
from ttdn_assets.renditions.checking.photo_bytes import PhotoBytes

_XMP_PLACE = re.compile(rb"\bGPS(?:Latitude|Longitude|Position|DestLatitude|AreaInformation)\b")
_XMP_PRIVATE = re.compile(rb"\b(?:SerialNumber|BodySerialNumber|LensSerialNumber|CameraOwnerName|OwnerName)\b")
_PLACE_BOXES = (b"\xa9xyz", b"loci")
_PLACE_KEY = b"com.apple.quicktime.location.ISO6709"
_MOOV_BYTES_MAX = 256 << 20
_XMP_BYTES_MAX = 16 << 20


def photo_marks(found: PhotoBytes, facts: MediaFacts) -> list[Fault]:
    """The place and the personal marks that a photo still carries."""
    faults: list[Fault] = []
    if facts.gps or found.has_gps or _XMP_PLACE.search(found.xmp):
        faults.append(broken("file-place", "GPS", ""))
    marks = [*found.private, *sorted({name.decode() for name in _XMP_PRIVATE.findall(found.xmp)})]
    if marks:
        faults.append(broken("file-private", ", ".join(marks), ""))
    return faults


def clip_marks(path: Path, facts: MediaFacts) -> list[Fault]:
    """The place that a clip still carries."""
    if facts.gps or (facts.format in ("mp4", "m4v", "mov", "3gp") and _tells_place(path)):
        return [broken("file-place", "GPS", "")]
    return []


def _tells_place(path: Path) -> bool:
    """Whether the movie box, or an XMP box beside it, holds a place."""
    with path.open("rb") as stream:
        for box in top_boxes(stream):
            stream.seek(box.start)
            if box.kind == b"moov":
                moov = stream.read(min(box.end - box.start, _MOOV_BYTES_MAX))
                if _PLACE_KEY in moov or _has_place_box(moov):
                    return True
            elif box.kind == b"uuid" and _XMP_PLACE.search(stream.read(min(box.end - box.start, _XMP_BYTES_MAX))):
                return True
    return False


def _has_place_box(moov: bytes) -> bool:
    """A place in the user data of the movie or of a track (3GPP TS 26.244 ``loci``, QuickTime ``©xyz``)."""
    holders = [(0, len(moov)), *((box.start, box.end) for box in children(moov) if box.kind == b"trak")]
    lists = [box for start, end in holders for box in children(moov, start, end) if box.kind == b"udta"]
    return any(box.kind in _PLACE_BOXES for found in lists for box in children(moov, found.start, found.end))
