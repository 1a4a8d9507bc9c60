"""A 360° picture stays whole where that can be shown, and is cut around the horizon where it cannot."""

from __future__ import annotations

import pytest

from ttdn_assets.model import Finding, FocalPoint, MediaFacts, Placement, RenditionPlan, Subject
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.planning.plan import plan_alone
from ttdn_assets.settings import PlacementChoice

SPHERE = MediaFacts(
    kind="photo",
    format="jpeg",
    mime="image/jpeg",
    extension="jpg",
    size_px=(6000, 3000),
    stored_size_px=(6000, 3000),
    projection="equirectangular",
)
TALL = Placement(id="facebook.story_image", kind="photo", name={}, formats=("jpeg",), sizes_px=((1080, 1920),))
CENTRE = Subject(focal=FocalPoint(0.5, 0.5))


def planned(placement: Placement, subject: Subject = CENTRE, choice: PlacementChoice | None = None) -> RenditionPlan:
    made = plan_alone(
        SPHERE, size_bytes=9_000_000, placement=placement, subject=subject, choice=choice or PlacementChoice()
    )
    assert not isinstance(made, Finding)
    return made


def test_where_it_can_be_shown_it_stays_whole() -> None:
    assert planned(load_placements()["facebook.photo"]).fit == "whole"


@pytest.mark.parametrize("x", [0.1, 0.5, 0.8])
def test_elsewhere_the_horizon_is_kept_and_the_poles_are_not(x: float) -> None:
    made = planned(TALL, Subject(focal=FocalPoint(x, 0.2), origin="saliency"))
    assert made.fit == "crop"
    assert made.crop is not None
    assert made.crop.y >= 600
    assert made.crop.y + made.crop.height_px <= 2400
    assert abs(made.crop.x + made.crop.width_px / 2 - 6000 * x) <= 1
    assert 0 <= made.crop.width_px - made.size_px[0] <= 1, "nothing is enlarged"


def test_a_hand_set_focus_is_followed_to_where_it_looks() -> None:
    made = planned(TALL, Subject(focal=FocalPoint(0.5, 0.1), origin="hand"))
    assert made.crop is not None
    assert made.crop.y == 0


def test_padding_that_is_asked_for_is_given() -> None:
    assert planned(TALL, choice=PlacementChoice(fit="pad")).fit == "pad"
