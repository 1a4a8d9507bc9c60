"""What was seen of a clip over time -> its subject, and where that moves.

Faces win over what draws the eye: where one scene is about faces, a scene without any asks for its middle alone.  What
draws the eye is followed only where it is small, goes its way without leaping, and goes farther than it is large; else
it is where it mostly is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from ttdn_assets.geometry import CENTRE, centre_of, union
from ttdn_assets.model import Box, FocalPoint, Subject, TrackPoint
from ttdn_assets.renditions.watching.track import Moment, about_middle, leaps, median_box, median_size, tracked
from ttdn_assets.renditions.watching.watch import Seen, Watched

Size = tuple[int, int]
Origin = Literal["faces", "saliency"]

FACES_SHARE = 0.2
"""A scene is about faces where this share of its moments shows some."""

STILL_SHARE = 0.04
"""A subject whose middle stays within this share of the picture's sides does not move."""

_SMALL_SHARE, _LEAPS_SHARE = 0.2, 0.2
"""What draws the eye is one thing where it takes up no more of the picture and leaps no more often."""


class _Scene(NamedTuple):
    start_s: float
    end_s: float
    seen: tuple[Seen, ...]

    def moments(self, origin: Origin) -> list[Moment]:
        """What was seen of that kind at each time, and the scene's two ends."""
        return self._with_ends([(s.t_s, s.subject.box if s.subject.origin == origin else None) for s in self.seen])

    def eyed(self, size_px: Size) -> list[Moment]:
        """Boxes of one size about the point that draws the eye most: the rest of what does comes and goes."""
        known = {s.t_s: s.subject for s in self.seen if s.subject.origin == "saliency" and s.subject.box}
        one_size = median_size([subject.box for subject in known.values() if subject.box])
        points = {t_s: Box(*_pixel(subject.focal, size_px), 1, 1) for t_s, subject in known.items()}
        return self._with_ends(
            [(s.t_s, about_middle(points[s.t_s], one_size) if s.t_s in points else None) for s in self.seen]
        )

    def _with_ends(self, found: Sequence[tuple[float, Box | None]]) -> list[Moment]:
        ends = {self.start_s, self.end_s} - {t_s for t_s, _ in found}
        return sorted((Moment(*one) for one in (*found, *((t_s, None) for t_s in ends))), key=lambda moment: moment.t_s)

    def is_about(self, origin: Origin) -> bool:
        """Whether enough of it shows a subject of that kind."""
        least = FACES_SHARE * len(self.seen) if origin == "faces" else 1
        return sum(seen.subject.origin == origin for seen in self.seen) >= max(1, least)


def clip_subject(watched: Watched, size_px: Size) -> Subject:
    """What must stay in view of a clip of that upright size; with a track where it moves or scenes differ."""
    scenes = list(_scenes(watched))
    origin: Origin = "faces" if any(scene.is_about("faces") for scene in scenes) else "saliency"
    track: list[TrackPoint] = []
    must_stay: list[Box] = []
    for scene in scenes:
        if scene.is_about(origin):
            way = _way(scene, origin, size_px)
            must_stay += [point.box for point in way]
        else:
            way = _unasked(scene, size_px)
        track += way
    if not must_stay:
        return Subject(focal=CENTRE)
    return Subject(
        focal=_middle([centre_of(box, size_px) for box in must_stay]),
        box=union(tuple(must_stay)),
        origin=origin,
        track=tuple(track) if _moves([point.box for point in track], size_px) else (),
    )


def _scenes(watched: Watched) -> Iterator[_Scene]:
    """The scenes of which something was seen; one too short for that is taken to be more of the one before."""
    starts = [0.0]
    for cut_s, next_s in pairwise([*watched.cuts_s, watched.end_s]):
        if any(cut_s <= seen.t_s < next_s for seen in watched.seen):
            starts.append(cut_s)
    for start_s, end_s in pairwise([*starts, watched.end_s]):
        last = end_s == watched.end_s
        yield _Scene(start_s, end_s, tuple(s for s in watched.seen if start_s <= s.t_s and (last or s.t_s < end_s)))


def _way(scene: _Scene, origin: Origin, size_px: Size) -> list[TrackPoint]:
    if origin == "faces":
        return tracked(scene.moments(origin), size_px)
    eyed = scene.eyed(size_px)
    if _is_one_thing([moment.box for moment in eyed if moment.box is not None], size_px):
        way = tracked(eyed, size_px)
        if _leaves_its_place([point.box for point in way]):
            return way
    moments = scene.moments(origin)
    still = median_box([moment.box for moment in moments if moment.box is not None])
    return [TrackPoint(moment.t_s, still) for moment in moments]


def _unasked(scene: _Scene, size_px: Size) -> list[TrackPoint]:
    """A point that stays: the middle of what draws the eye, else of the picture."""
    moments = scene.moments("saliency")
    boxes = [moment.box for moment in moments if moment.box is not None] or [Box(0, 0, *size_px)]
    return [TrackPoint(moment.t_s, about_middle(median_box(boxes), (1, 1))) for moment in moments]


def _is_one_thing(boxes: Sequence[Box], size_px: Size) -> bool:
    area_px = boxes[0].width_px * boxes[0].height_px
    return area_px <= _SMALL_SHARE * size_px[0] * size_px[1] and leaps(boxes) <= _LEAPS_SHARE * len(boxes)


def _leaves_its_place(boxes: Sequence[Box]) -> bool:
    return (
        max(box.x for box in boxes) - min(box.x for box in boxes) > boxes[0].width_px
        or max(box.y for box in boxes) - min(box.y for box in boxes) > boxes[0].height_px
    )


def _pixel(point: FocalPoint, size_px: Size) -> tuple[int, int]:
    return round(point.x * size_px[0]), round(point.y * size_px[1])


def _moves(boxes: Sequence[Box], size_px: Size) -> bool:
    points = [centre_of(box, size_px) for box in boxes]
    across, down = [point.x for point in points], [point.y for point in points]
    return max(max(across) - min(across), max(down) - min(down)) > STILL_SHARE


def _middle(points: Sequence[FocalPoint]) -> FocalPoint:
    return FocalPoint(median(p.x for p in points), median(p.y for p in points))
