"""The subject is a face where there is one, else what draws the eye, else the centre; a crop then keeps it whole."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from drawn_photos import facts, save, scenery
from ttdn_assets.geometry import crop_around, holds
from ttdn_assets.model import Box
from ttdn_assets.renditions.photo import open_picture
from ttdn_assets.renditions.watching.subject import find_subject
from ttdn_assets.settings import Limits
from ttdn_assets.tools.faces import find_faces
from ttdn_assets.tools.pixels import Picture
from ttdn_assets.tools.saliency import SHARE, find_salient, saliency

MEDIA = os.environ.get("TTDN_TEST_MEDIA")
RATIOS = {"9:16": 9 / 16, "1:1": 1.0, "4:5": 0.8, "16:9": 16 / 9}


def picture(pixels: np.ndarray, size_px: tuple[int, int] | None = None) -> Picture:
    return Picture(Path("a.jpg"), pixels, size_px or (pixels.shape[1], pixels.shape[0]))


def spot(width: int, height: int, box: Box) -> np.ndarray:
    """A plain slope with one red disc on it."""
    image = Image.new("RGB", (width, height), (96, 130, 90))
    corners = (box.x, box.y, box.x + box.width_px, box.y + box.height_px)
    ImageDraw.Draw(image).ellipse(corners, fill=(200, 40, 50))
    return np.asarray(image)


def test_faces_that_people_marked_win_and_are_widened_to_heads() -> None:
    face = Box(1200, 500, 200, 200)
    subject = find_subject(picture(spot(1600, 900, Box(100, 100, 200, 200))), known_faces=[face])
    assert subject.origin == "faces"
    assert subject.box is not None
    assert holds(subject.box, face)
    assert subject.box.height_px > face.height_px
    assert (round(subject.focal.x, 2), round(subject.focal.y, 2)) == (0.81, 0.67)


def test_passers_by_behind_the_main_face_do_not_count() -> None:
    faces = [Box(300, 300, 300, 300), Box(1400, 200, 40, 40)]
    subject = find_subject(picture(scenery(1600, 900)), known_faces=faces)
    assert subject.box is not None
    assert subject.box.x + subject.box.width_px < 900


def test_a_group_of_like_faces_is_kept_together() -> None:
    faces = [Box(100, 300, 150, 150), Box(700, 320, 140, 140), Box(1300, 280, 150, 150)]
    box = find_subject(picture(scenery(1600, 900)), known_faces=faces).box
    assert box is not None
    assert all(holds(box, face) for face in faces)


def test_a_face_at_the_border_gives_a_box_within_the_picture() -> None:
    box = find_subject(picture(scenery(400, 300)), known_faces=[Box(-20, 0, 90, 90)]).box
    assert box is not None
    assert holds(Box(0, 0, 400, 300), box)


@pytest.mark.parametrize("place", [(150, 150), (1300, 200), (200, 620), (1250, 600)])
def test_without_faces_what_stands_out_is_the_subject(place: tuple[int, int]) -> None:
    spotted = Box(*place, 160, 160)
    subject = find_subject(picture(spot(1600, 900, spotted)))
    assert subject.origin == "saliency"
    assert abs(subject.focal.x * 1600 - (place[0] + 80)) < 120
    assert abs(subject.focal.y * 900 - (place[1] + 80)) < 120
    assert subject.box is not None
    assert holds(crop_around((1600, 900), 9 / 16, subject.box), spotted)


def test_one_thing_on_a_plain_ground_is_boxed_wherever_it_is() -> None:
    for x in range(60, 1400, 110):
        for y in (60, 350, 650):
            placed = Box(x, y, 120, 120)
            salient = find_salient(spot(1600, 900, placed))
            assert salient is not None
            assert holds(salient.box, Box(x + 30, y + 30, 60, 60)), (x, y)
            assert max(salient.box.width_px, salient.box.height_px) < 480, (x, y)
            assert abs(salient.focal.x * 1600 - x - 60) < 60
            assert abs(salient.focal.y * 900 - y - 60) < 60


def test_the_box_holds_its_share_of_the_saliency() -> None:
    pixels = spot(1280, 720, Box(900, 300, 150, 150))
    weights, salient = saliency(pixels), find_salient(pixels)
    assert weights is not None
    assert salient is not None
    box = salient.box
    scale = weights.shape[1] / 1280
    rows = slice(int(box.y * scale), round((box.y + box.height_px) * scale) + 1)
    columns = slice(int(box.x * scale), round((box.x + box.width_px) * scale) + 1)
    assert weights[rows, columns].sum() >= SHARE - 0.01


def test_a_flat_picture_has_its_centre_as_subject() -> None:
    subject = find_subject(picture(np.full((300, 400, 3), 77, np.uint8)))
    assert (subject.origin, subject.box, subject.focal.x) == ("centre", None, 0.5)


def test_boxes_are_in_full_pixels_even_of_a_scaled_decode() -> None:
    small = spot(800, 450, Box(600, 200, 80, 80))
    full = find_subject(picture(small, (8000, 4500))).box
    part = find_subject(picture(small)).box
    assert full is not None
    assert part is not None
    assert abs(full.x - 10 * part.x) <= 20
    assert abs(full.width_px - 10 * part.width_px) <= 40


def test_no_face_is_seen_in_scenery_and_tiny_pictures() -> None:
    assert find_faces(scenery(640, 480)) == ()
    assert find_faces(np.zeros((3, 2, 3), np.uint8)) == ()


@pytest.mark.skipif(MEDIA is None, reason="TTDN_TEST_MEDIA is not set")
@pytest.mark.parametrize("name", ["astronaut.png", "portrait.jpg"])
@pytest.mark.parametrize("ratio", RATIOS.values(), ids=RATIOS.keys())
def test_a_real_face_stays_whole_in_every_ratio(name: str, ratio: float) -> None:
    path = Path(MEDIA or "") / "photos" / name
    opened = open_picture(path, facts(path), limits=Limits())
    subject = find_subject(opened)
    assert subject.origin == "faces"
    assert subject.box is not None
    assert holds(crop_around(opened.size_px, ratio, subject.box), subject.box)


def test_a_picture_opened_from_a_file_has_a_subject_within_it(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(900, 1600), quality=90)
    subject = find_subject(open_picture(path, facts(path), limits=Limits()))
    if subject.box is not None:
        assert holds(Box(0, 0, 900, 1600), subject.box)
