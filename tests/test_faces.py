"""Faces are found where they are, small and large, tilted and from the side; scenery has none.

Measured on compositions of real faces at known places: at least 95 % of the faces that a ratio can hold together stay
whole in it, cropped or padded by the rule.  ``python tests/benchmarks faces`` prints the table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drawn_faces import RATIOS, Composed, composed, cutouts, found, kept, turned
from drawn_photos import facts, noise, scenery
from ttdn_assets.model import Box
from ttdn_assets.renditions.photo import open_picture
from ttdn_assets.renditions.watching.subject import find_subject
from ttdn_assets.settings import Limits
from ttdn_assets.tools.faces import find_faces
from ttdn_assets.tools.pixels import Picture, thumbnail

PICTURES = 30
FOUND, WHOLE = 0.8, 0.95
WITHOUT_FACES = ("Landscape_1.jpg", "Iceland-P3.jpg", "elephants.jpg", "frozenpond.mpo", "without_exif.jpg")


def picture_of(one: Composed) -> Picture:
    return Picture(Path(one.name), one.pixels, (one.pixels.shape[1], one.pixels.shape[0]))


@pytest.fixture(scope="module")
def looked_at() -> list[tuple[Composed, Picture]]:
    return [(one, picture_of(one)) for one in composed(PICTURES)]


def test_faces_stay_whole_in_every_ratio_that_can_hold_them(looked_at: list[tuple[Composed, Picture]]) -> None:
    could = whole = 0
    for one, picture in looked_at:
        subject = find_subject(picture)
        for ratio in RATIOS:
            result = kept(picture.size_px, one.faces, subject, ratio)
            could, whole = could + result.could, whole + result.whole
    assert len(looked_at) >= 20
    assert whole / could >= WHOLE, f"{whole} of {could} faces whole over {len(RATIOS)} ratios"


def test_most_faces_are_found_and_nothing_else_is_taken_for_one(looked_at: list[tuple[Composed, Picture]]) -> None:
    faces = seen_faces = wrong = 0
    for one, picture in looked_at:
        seen = find_subject(picture).heads
        faces += len(one.faces)
        seen_faces += sum(found(face, seen) for face in one.faces)
        wrong += sum(not any(found(face, [box]) for face in one.faces) for box in seen)
    assert seen_faces / faces >= FOUND, f"{seen_faces} of {faces} found"
    assert wrong == 0


@pytest.mark.parametrize("tilt_deg", [-25, 0, 25])
@pytest.mark.parametrize("share", [0.05, 0.15, 0.6, 0.9])
def test_a_face_is_found_at_every_size_and_tilt(share: float, tilt_deg: int) -> None:
    placed = turned(cutouts()[1], share * 800, tilt_deg)
    canvas = np.array(scenery(800, 800))
    left, top = 400 - placed.face.width_px // 2, 400 - placed.face.height_px // 2
    person = placed.image.crop(
        (placed.face.x - left, placed.face.y - top, placed.face.x - left + 800, placed.face.y - top + 800)
    )
    opaque = np.asarray(person)[..., 3:] / 255
    canvas = (canvas * (1 - opaque) + np.asarray(person)[..., :3] * opaque).astype(np.uint8)
    assert found(Box(left, top, placed.face.width_px, placed.face.height_px), find_faces(canvas))


def test_faces_come_largest_first_and_each_once() -> None:
    canvas = np.array(scenery(960, 640))
    for height_px, x in ((60, 60), (240, 300)):
        placed = turned(cutouts()[1], height_px)
        part = np.asarray(placed.image)[: 640 - 150, : 960 - x]
        opaque = part[..., 3:] / 255
        there = canvas[150 : 150 + part.shape[0], x : x + part.shape[1]]
        there[:] = (there * (1 - opaque) + part[..., :3] * opaque).astype(np.uint8)
    seen = find_faces(canvas)
    assert len(seen) == 2
    assert seen[0].width_px > 2 * seen[1].width_px


def test_scenery_noise_and_tiny_pictures_have_no_face() -> None:
    assert find_faces(scenery(800, 600)) == ()
    assert find_faces(noise(800, 600)) == ()
    assert find_faces(np.zeros((3, 2, 3), np.uint8)) == ()
    assert find_faces(np.zeros((40, 4000, 3), np.uint8)) == ()


@pytest.mark.parametrize("name", WITHOUT_FACES)
def test_real_scenery_has_no_face(real_media: Path, name: str) -> None:
    path = real_media / "photos" / name
    assert find_faces(thumbnail(open_picture(path, facts(path), limits=Limits()), 800)) == ()


def test_faces_over_real_scenery_stay_whole(real_media: Path) -> None:
    backdrops = []
    for name in ("Landscape_1.jpg", "Iceland-P3.jpg", "elephants.jpg"):
        path = real_media / "photos" / name
        backdrops.append(thumbnail(open_picture(path, facts(path), limits=Limits()), 1000))
    could = whole = 0
    for one in composed(24, backdrops):
        picture = picture_of(one)
        results = [kept(picture.size_px, one.faces, find_subject(picture), ratio) for ratio in RATIOS]
        could, whole = could + sum(r.could for r in results), whole + sum(r.whole for r in results)
    assert whole / could >= WHOLE, f"{whole} of {could}"
