"""A crop keeps a moving subject in view: still while it can, else a smooth way, with jumps at cuts alone; or none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_clips import path_length_px, place_at
from ttdn_assets.geometry import crop_to_ratio, holds
from ttdn_assets.model import Box, FocalPoint, PathPoint, Placement, Subject, TrackPoint
from ttdn_assets.renditions.planning.crop_path import crop_path
from ttdn_assets.renditions.planning.frame import Frame, choose_frame

SIZE = (1920, 1080)
REEL = Placement(id="a.reel", kind="video", name={}, formats=("mp4",), sizes_px=((1080, 1920),))
CROP = crop_to_ratio(SIZE, 9 / 16)


def track(*xs: float, every_s: float = 0.5, width_px: int = 160, start_s: float = 0.0) -> tuple[TrackPoint, ...]:
    return tuple(TrackPoint(start_s + at * every_s, Box(round(x), 300, width_px, 240)) for at, x in enumerate(xs))


def crop_at(path: tuple[PathPoint, ...], t_s: float) -> Box:
    x, y = place_at(path, t_s)
    return Box(round(x), round(y), CROP.width_px, CROP.height_px)


def accelerations_px(path: tuple[PathPoint, ...], *, until_s: float, every_s: float = 0.5) -> list[float]:
    places = [place_at(path, at * every_s)[0] for at in range(round(until_s / every_s) + 1)]
    return [abs(c - 2 * b + a) for a, b, c in zip(places, places[1:], places[2:], strict=False)]


def frame_of(subject_track: tuple[TrackPoint, ...], box: Box) -> Frame:
    subject = Subject(focal=FocalPoint(0.5, 0.5), box=box, origin="faces", track=subject_track)
    frame = choose_frame(SIZE, REEL, subject, "auto")
    assert isinstance(frame, Frame)
    return frame


def test_a_subject_that_stays_within_one_crop_moves_nothing() -> None:
    path = crop_path(SIZE, 9 / 16, track(*(900 + 60 * (-1) ** at for at in range(20))))
    assert path is not None
    assert path_length_px(path) == 0


def test_a_subject_that_crosses_the_picture_is_followed_smoothly() -> None:
    way = track(*(100 + 80 * at for at in range(21)))
    path = crop_path(SIZE, 9 / 16, way)
    assert path is not None
    assert all(holds(crop_at(path, point.t_s), point.box) for point in way)
    assert path_length_px(path) <= 1600
    assert max(accelerations_px(path, until_s=10)) < 0.03 * SIZE[0]


def test_trembling_on_the_way_is_not_followed() -> None:
    smooth = [100 + 60 * at for at in range(25)]
    calm = crop_path(SIZE, 9 / 16, track(*smooth))
    shaken = crop_path(SIZE, 9 / 16, track(*(x + 30 * (-1) ** at for at, x in enumerate(smooth))))
    assert calm is not None
    assert shaken is not None
    assert path_length_px(shaken) <= path_length_px(calm) + 60
    assert max(accelerations_px(shaken, until_s=12)) < 0.02 * SIZE[0]


def test_the_crop_jumps_at_a_cut_and_rests_in_each_scene() -> None:
    way = (*track(200, 205, 198, 200), *track(1500, 1502, 1500, start_s=1.5))
    path = crop_path(SIZE, 9 / 16, way)
    assert path is not None
    assert path_length_px(path) == 0
    assert [point.t_s for point in path].count(1.5) == 2
    assert all(holds(crop_at(path, point.t_s), point.box) for point in way if point.t_s != 1.5)


def test_what_no_crop_can_hold_or_follow_has_no_path() -> None:
    assert crop_path(SIZE, 9 / 16, track(100, 200, 300, width_px=CROP.width_px + 1)) is None
    assert crop_path(SIZE, 9 / 16, track(100, 1600, 100, 1600)) is None


def test_a_followed_clip_is_cropped_and_a_still_one_has_no_path() -> None:
    way = track(*(100 + 80 * at for at in range(21)))
    moving = frame_of(way, Box(100, 300, 1760, 240))
    assert (moving.fit, bool(moving.path)) == ("crop", True)
    assert moving.crop is not None
    assert (moving.crop.x, moving.crop.y) == (moving.path[0].x, moving.path[0].y)
    still = frame_of(track(900, 930, 900), Box(900, 300, 190, 240))
    assert (still.fit, still.path) == ("crop", ())


def test_a_clip_is_padded_where_the_crop_could_not_follow() -> None:
    assert frame_of(track(100, 1600, 100, 1600), Box(100, 300, 1660, 240)).fit == "pad"


def test_a_focal_point_set_by_hand_moves_no_crop() -> None:
    subject = Subject(focal=FocalPoint(0.2, 0.5), origin="hand", track=track(100, 500, 900))
    frame = choose_frame(SIZE, REEL, subject, "auto")
    assert isinstance(frame, Frame)
    assert (frame.fit, frame.path) == ("crop", ())


@pytest.mark.parametrize("t_s", [-1.0, 0.0, 99.0])
def test_before_and_after_its_way_the_crop_stands(t_s: float) -> None:
    path = (PathPoint(0.5, 10, 20), PathPoint(1.5, 30, 20))
    assert place_at(path, t_s) == ((10, 20) if t_s < 1 else (30, 20))
    assert place_at(path, 1.0) == (20, 20)


@given(
    st.lists(st.integers(-70, 70), min_size=2, max_size=60), st.integers(0, 1700), st.sampled_from([9 / 16, 1.0, 0.8])
)
def test_any_way_stays_in_the_picture_and_holds_the_subject(steps: list[int], start: int, ratio: float) -> None:
    xs = [start]
    for step in steps:
        xs.append(min(max(0, xs[-1] + step), SIZE[0] - 160))
    way = track(*xs)
    path = crop_path(SIZE, ratio, way)
    assert path is not None
    crop = crop_to_ratio(SIZE, ratio)
    for point in way:
        x, y = place_at(path, point.t_s)
        placed = Box(round(x), round(y), crop.width_px, crop.height_px)
        assert holds(Box(0, 0, *SIZE), placed)
        assert holds(placed, point.box)
    assert all(a.t_s <= b.t_s for a, b in pairwise(path))
    travelled = sum(abs(b - a) for a, b in pairwise(xs))
    assert path_length_px(path) <= travelled + 2 * len(path)
