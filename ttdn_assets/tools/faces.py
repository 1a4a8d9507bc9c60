"""Faces in a small picture, by YuNet, a network of 76,000 parameters that OpenCV runs (see ``data/ATTRIBUTIONS.md``).

It sees faces from the side, tilted and half in shadow, which the cascades in OpenCV's wheel miss, in a fifth of their
time.  It was trained on faces of up to half the picture, so it looks a second time at the picture made smaller, where
a face that fills the frame has that size.  Without OpenCV no face is found.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ttdn_assets.model import Box
from ttdn_assets.tools.opencv import opencv

Pixels = NDArray[np.uint8]

_WEIGHTS = Path(__file__).with_name("data") / "face_detection_yunet_2023mar.onnx"

SURE = 0.75
"""The least score.  In 250 photos of strangers, 131 places scored 0.8 or more, each a face, a mask or a bust; between
0.75 and 0.8 came two dozen more faces, a teddy bear and a sunflower; below, backs of heads, wheels and a dog."""

_SMALLER = 4
_LEAST_PX = 32
_SAME_FACE = 0.4
_UNSURE, _MOST = 0.3, 2000
_SCORE = 14


class _Face(NamedTuple):
    score: float
    box: Box


def find_faces(pixels: Pixels) -> tuple[Box, ...]:
    """The faces of an RGB picture of 640 to 1000 px, hairline to chin, in its own pixels, largest first."""
    cv2 = opencv()
    if cv2 is None or min(pixels.shape[:2]) < _LEAST_PX:
        return ()
    picture = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    found = _seen(picture, 1)
    height, width = picture.shape[:2]
    if min(height, width) >= _LEAST_PX * _SMALLER:
        small = cv2.resize(picture, (width // _SMALLER, height // _SMALLER), interpolation=cv2.INTER_AREA)
        found += _seen(small, _SMALLER)
    return tuple(sorted(_apart(found), key=lambda box: -box.width_px * box.height_px))


@cache
def _detector() -> Any:
    cv2 = opencv()
    assert cv2 is not None
    # OpenCV's own file reader cannot open every path on Windows; bytes in memory can.
    weights = np.frombuffer(_WEIGHTS.read_bytes(), np.uint8)
    return cv2.FaceDetectorYN.create("onnx", weights, np.empty(0, np.uint8), (320, 320), SURE, _UNSURE, _MOST)


def _seen(picture: Pixels, scale: int) -> list[_Face]:
    height, width = picture.shape[:2]
    detector = _detector()
    detector.setInputSize((width, height))
    rows = detector.detect(picture)[1]
    faces = [] if rows is None else [_Face(float(row[_SCORE]), _box(row[:4] * scale)) for row in rows]
    return [face for face in faces if face.box.width_px > 0 and face.box.height_px > 0]


def _box(sides: NDArray[np.float32]) -> Box:
    x, y, width, height = (round(float(side)) for side in sides)
    return Box(x, y, width, height)


def _apart(faces: list[_Face]) -> list[Box]:
    """Each face once: the surest of those that cover each other."""
    kept: list[Box] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(_overlap(face.box, other) < _SAME_FACE for other in kept):
            kept.append(face.box)
    return kept


def _overlap(one: Box, other: Box) -> float:
    """The share of the smaller box's area that both cover."""
    width = min(one.x + one.width_px, other.x + other.width_px) - max(one.x, other.x)
    height = min(one.y + one.height_px, other.y + other.height_px) - max(one.y, other.y)
    return max(0, width) * max(0, height) / min(one.width_px * one.height_px, other.width_px * other.height_px)
