"""Faces in a small picture, by the cascades of P. Viola and M. Jones (2001) that OpenCV's wheel carries.

A cascade alone finds faces in foliage and cloth.  A frontal face therefore counts when two cascades trained apart
(R. Lienhart's ``alt2`` and the stock ``default``) agree on it; a profile only where no frontal face was found, and
only when the cascade saw it many times over.  Without OpenCV no face is found.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttdn_assets.model import Box
from ttdn_assets.tools.opencv import opencv

Pixels = NDArray[np.uint8]
Rect = tuple[int, int, int, int]

_SMALLEST_SHARE, _SMALLEST_PROFILE_SHARE = 0.055, 0.12
"""The smallest face looked for, of the longer side: the time it takes goes with the square of its inverse."""
_SMALLEST_PX = 20
_STEP, _FINE_STEP = 1.2, 1.1
_SEEN_FIRST, _SEEN_SECOND, _SEEN_PROFILE = 3, 3, 6
_AROUND = 0.35
_OVERLAP = 0.3


def find_faces(pixels: Pixels) -> tuple[Box, ...]:
    """The faces of an RGB picture of about 640 px, brow to chin, in its own pixels, largest first."""
    cv2 = opencv()
    if cv2 is None:
        return ()
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    smallest = _SMALLEST_SHARE * max(grey.shape)
    found = [face for face in _seen(grey, "frontalface_alt2", _SEEN_FIRST, smallest) if _confirmed(grey, face)]
    found = found or _profiles(grey)
    return tuple(Box(*face) for face in sorted(_apart(found), key=lambda face: -face[2] * face[3]))


@cache
def _cascade(name: str) -> Any:
    cv2 = opencv()
    if cv2 is None:
        raise LookupError(name)
    path = Path(cv2.data.haarcascades) / f"haarcascade_{name}.xml"
    # OpenCV's own file reader cannot open every path on Windows; a storage in memory can.
    storage = cv2.FileStorage(path.read_text(encoding="utf-8"), cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    cascade = cv2.CascadeClassifier()
    if not cascade.read(storage.getFirstTopLevelNode()):
        raise LookupError(name)
    return cascade


def _seen(grey: Pixels, name: str, times: int, smallest_px: float, step: float = _STEP) -> list[Rect]:
    smallest = max(_SMALLEST_PX, round(smallest_px))
    found = _cascade(name).detectMultiScale(grey, step, times, minSize=(smallest, smallest))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h in found]


def _confirmed(grey: Pixels, face: Rect) -> bool:
    """Whether the second cascade sees a face of like size at the same place."""
    x, y, width, height = face
    margin = round(width * _AROUND)
    top, left = max(0, y - margin), max(0, x - margin)
    around = np.ascontiguousarray(grey[top : y + height + margin, left : x + width + margin])
    again = _seen(around, "frontalface_default", _SEEN_SECOND, width * 0.6, _FINE_STEP)
    return any(_overlap((x - left, y - top, width, height), other) >= _OVERLAP for other in again)


def _profiles(grey: Pixels) -> list[Rect]:
    """Faces from the side; the cascade knows one side, the mirrored picture gives the other."""
    mirrored = np.ascontiguousarray(grey[:, ::-1])
    width, smallest = grey.shape[1], _SMALLEST_PROFILE_SHARE * max(grey.shape)
    left = _seen(grey, "profileface", _SEEN_PROFILE, smallest)
    right = [(width - x - w, y, w, h) for x, y, w, h in _seen(mirrored, "profileface", _SEEN_PROFILE, smallest)]
    return left + right


def _apart(faces: list[Rect]) -> list[Rect]:
    """Each face once."""
    kept: list[Rect] = []
    for face in sorted(faces, key=lambda face: -face[2] * face[3]):
        if all(_overlap(face, other) < _OVERLAP for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Rect, other: Rect) -> float:
    """The share of the smaller rectangle's area that both cover."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height) / min(one[2] * one[3], other[2] * other[3])
