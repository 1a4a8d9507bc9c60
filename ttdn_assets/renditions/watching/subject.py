"""A picture -> what must stay in view when it is cut: faces, else what draws the eye, else the centre.

Faces that people marked (XMP regions) win over found ones.  Of many faces those must stay that are near the largest in
size: people in the picture, not passers-by behind them, who stay where there is room.  Each face is widened to the
whole head; the focal point is the middle of the faces that must stay, weighted by their area.
"""

from __future__ import annotations

from collections.abc import Sequence

from ttdn_assets.geometry import CENTRE, centre_of, union, within
from ttdn_assets.model import Box, FocalPoint, Subject
from ttdn_assets.tools.faces import find_faces
from ttdn_assets.tools.pixels import Picture, thumbnail
from ttdn_assets.tools.saliency import find_salient

LOOK_PX = 800
"""The long edge at which a picture is looked at."""

MAIN_FACE_SHARE = 0.2
"""A face smaller than this share of the largest one's area is background."""

_HAIR, _CHIN, _EARS = 0.3, 0.3, 0.2
"""How far a head and a little of its neck reach beyond its face, as shares of the face's sides."""


def find_subject(picture: Picture, *, known_faces: Sequence[Box] = ()) -> Subject:
    """What must stay in view of the picture, in its full upright pixels."""
    if known_faces:
        return _from_faces(known_faces, picture.size_px)
    small = thumbnail(picture, LOOK_PX)
    scale_x, scale_y = picture.size_px[0] / small.shape[1], picture.size_px[1] / small.shape[0]
    if faces := find_faces(small):
        return _from_faces([_scaled(face, scale_x, scale_y) for face in faces], picture.size_px)
    if seen := find_salient(small):
        box = within(_scaled(seen.box, scale_x, scale_y), picture.size_px)
        return Subject(focal=seen.focal, box=box, origin="saliency")
    return Subject(focal=CENTRE)


def _from_faces(faces: Sequence[Box], size_px: tuple[int, int]) -> Subject:
    by_size = sorted(faces, key=lambda face: -face.width_px * face.height_px)
    largest = by_size[0].width_px * by_size[0].height_px
    main = [face for face in by_size if face.width_px * face.height_px >= MAIN_FACE_SHARE * largest]
    heads = tuple(within(_head(face), size_px) for face in by_size)
    return Subject(focal=_middle(main, size_px), box=union(heads[: len(main)]), origin="faces", heads=heads)


def _middle(faces: Sequence[Box], size_px: tuple[int, int]) -> FocalPoint:
    weights = [face.width_px * face.height_px for face in faces]
    points = [centre_of(face, size_px) for face in faces]
    total = max(1, sum(weights))
    return FocalPoint(
        sum(point.x * weight for point, weight in zip(points, weights, strict=True)) / total,
        sum(point.y * weight for point, weight in zip(points, weights, strict=True)) / total,
    )


def _head(face: Box) -> Box:
    left, right = face.x - _EARS * face.width_px, face.x + (1 + _EARS) * face.width_px
    top, bottom = face.y - _HAIR * face.height_px, face.y + (1 + _CHIN) * face.height_px
    return Box(round(left), round(top), round(right - left), round(bottom - top))


def _scaled(box: Box, scale_x: float, scale_y: float) -> Box:
    return Box(
        round(box.x * scale_x), round(box.y * scale_y), round(box.width_px * scale_x), round(box.height_px * scale_y)
    )
