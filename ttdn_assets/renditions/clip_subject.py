"""One subject for a whole clip, from the subjects of frames spread over it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from ttdn_assets.geometry import CENTRE, union
from ttdn_assets.model import Box, FocalPoint, Subject


def clip_subject(frames: Sequence[Subject]) -> Subject:
    """What must stay in view throughout: every face seen in any frame, else the middle of what drew the eye.

    A face that walks through the picture widens the box until no crop holds it, and the clip is then padded: no face
    is cut in half.
    """
    faces = [frame for frame in frames if frame.origin == "faces" and frame.box]
    boxes = tuple(frame.box for frame in faces or frames if frame.box)
    if faces:
        return Subject(focal=_middle([f.focal for f in faces]), box=union(boxes), origin="faces")
    salient = [frame for frame in frames if frame.origin == "saliency"]
    if not salient:
        return Subject(focal=CENTRE)
    return Subject(focal=_middle([f.focal for f in salient]), box=_median_box(boxes), origin="saliency")


def _middle(points: Sequence[FocalPoint]) -> FocalPoint:
    return FocalPoint(median(p.x for p in points), median(p.y for p in points))


def _median_box(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    left, top = median(b.x for b in boxes), median(b.y for b in boxes)
    right = median(b.x + b.width_px for b in boxes)
    bottom = median(b.y + b.height_px for b in boxes)
    return Box(round(left), round(top), round(right - left), round(bottom - top))
