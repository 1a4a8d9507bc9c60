"""Pixel arithmetic: boxes stay inside, ratios are met to the pixel, nothing is enlarged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttdn_assets.geometry import (
    centre_of,
    contain,
    crop_around,
    crop_to_ratio,
    even,
    fit_long_edge,
    holds,
    nearest_ratio,
    union,
    upright_size,
)
from ttdn_assets.model import Box, FocalPoint

SIDES = st.integers(1, 30_000)
SIZES = st.tuples(SIDES, SIDES)
RATIOS = st.floats(0.1, 10)
FOCALS = st.builds(FocalPoint, st.floats(0, 1), st.floats(0, 1))


@st.composite
def boxes_in(draw: st.DrawFn) -> tuple[tuple[int, int], Box]:
    width, height = draw(SIZES)
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return (width, height), Box(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_from_5_on_swap_the_sides(orientation: int) -> None:
    assert upright_size((4000, 3000), orientation) == ((3000, 4000) if orientation >= 5 else (4000, 3000))


@pytest.mark.parametrize(("value", "expected"), [(0, 2), (1, 2), (2, 2), (3.1, 4), (607.5, 608), (1079, 1080)])
def test_even_is_the_nearest_even_number_and_at_least_2(value: float, expected: int) -> None:
    assert even(value) == expected


@given(SIZES, SIZES)
def test_contain_stays_inside_and_touches_a_limit(size: tuple[int, int], limit: tuple[int, int]) -> None:
    width, height = contain(size, limit)
    assert 1 <= width <= min(size[0], limit[0])
    assert 1 <= height <= min(size[1], limit[1])
    assert width in (size[0], limit[0]) or height in (size[1], limit[1])


@given(SIZES, SIDES)
def test_the_long_edge_is_kept(size: tuple[int, int], edge: int) -> None:
    assert max(fit_long_edge(size, edge)) == min(max(size), edge)


@given(SIZES, RATIOS, FOCALS)
def test_a_crop_lies_inside_fills_one_side_and_meets_the_ratio(
    size: tuple[int, int], ratio: float, focal: FocalPoint
) -> None:
    box = crop_to_ratio(size, ratio, focal)
    assert holds(Box(0, 0, *size), box)
    assert box.width_px == size[0] or box.height_px == size[1]
    wanted_width, wanted_height = size[1] * ratio, size[0] / ratio
    assert abs(box.width_px - min(size[0], max(1, wanted_width))) <= 0.51
    assert abs(box.height_px - min(size[1], max(1, wanted_height))) <= 0.51


@given(boxes_in(), RATIOS)
def test_a_crop_around_a_box_holds_it_whenever_it_is_large_enough(
    drawn: tuple[tuple[int, int], Box], ratio: float
) -> None:
    size, box = drawn
    crop = crop_around(size, ratio, box)
    assert holds(Box(0, 0, *size), crop)
    if box.width_px < crop.width_px and box.height_px < crop.height_px:
        assert holds(crop, box)


@given(boxes_in(), boxes_in())
def test_a_union_holds_all_and_is_no_larger(
    first: tuple[tuple[int, int], Box], second: tuple[tuple[int, int], Box]
) -> None:
    a, b = first[1], second[1]
    both = union((a, b))
    assert holds(both, a)
    assert holds(both, b)
    assert both.x in (a.x, b.x)
    assert both.y in (a.y, b.y)
    assert both.x + both.width_px in (a.x + a.width_px, b.x + b.width_px)
    assert both.y + both.height_px in (a.y + a.height_px, b.y + b.height_px)


@given(boxes_in())
def test_the_centre_of_a_box_lies_in_it(drawn: tuple[tuple[int, int], Box]) -> None:
    size, box = drawn
    centre = centre_of(box, size)
    assert box.x <= centre.x * size[0] <= box.x + box.width_px
    assert box.y <= centre.y * size[1] <= box.y + box.height_px


@pytest.mark.parametrize(
    ("size", "nearest"),
    [
        ((1920, 1080), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((4000, 3000), (1280, 720)),
        ((3000, 2900), (720, 720)),
        ((2900, 3000), (720, 720)),
    ],
)
def test_the_nearest_shape_is_the_one_a_crop_cuts_least_from(size: tuple[int, int], nearest: tuple[int, int]) -> None:
    assert nearest_ratio(size, ((1280, 720), (720, 1280), (720, 720))) == nearest


def test_the_first_of_equal_shapes_wins() -> None:
    assert nearest_ratio((3000, 2000), ((3840, 2160), (1920, 1080))) == (3840, 2160)
