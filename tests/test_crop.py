"""The subject and every crop are kept in the catalogue and shown; a point set by hand stays whatever is found later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from drawn_faces import composed
from ttdn_assets.catalogue.records import AssetRecord
from ttdn_assets.errors import UsageError
from ttdn_assets.geometry import crop_to_ratio, holds
from ttdn_assets.jobs.edit import set_focus
from ttdn_assets.jobs.library import show
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.model import FocalPoint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One photo with one face, large enough for every placement."""
    one = list(composed(7))[5]
    folder = tmp_path / "media"
    folder.mkdir()
    image = Image.fromarray(one.pixels)
    image.resize((image.width * 3 // 2, image.height * 3 // 2)).save(folder / "a.jpg", quality=90)
    return folder


def prepared(folder: Path, *targets: str) -> AssetRecord:
    library = folder.parent / "library"
    done = prepare([folder], targets=targets or ("instagram.feed", "facebook.story_image"), library=library, jobs=1)
    assert not done.failed
    (asset,) = {outcome.asset for outcome in done.outcomes}
    assert asset
    return show(library, asset)


def test_a_focus_set_by_hand_moves_every_crop_and_outlives_every_run(folder: Path) -> None:
    library = folder.parent / "library"
    found = prepared(folder)
    assert found.subject is not None
    assert (found.subject.origin, len(found.subject.heads)) == ("faces", 1)
    set_focus(library, found.id, x=0.1, y=0.9)
    for _ in range(2):
        by_hand = prepared(folder)
        assert by_hand.subject is not None
        assert (by_hand.subject.origin, by_hand.subject.focal) == ("hand", FocalPoint(0.1, 0.9))
    assert by_hand.media is not None
    story = next(one for one in by_hand.renditions if "facebook.story_image" in one.placements)
    assert story.crop == crop_to_ratio(by_hand.media.size_px, 9 / 16, FocalPoint(0.1, 0.9))
    assert story.sha256 not in {one.sha256 for one in found.renditions}


def test_each_rendition_keeps_what_was_cut_for_it(folder: Path) -> None:
    record = prepared(folder)
    assert record.subject is not None
    assert record.subject.box is not None
    cropped = [one.crop for one in record.renditions if one.fit == "crop"]
    assert cropped
    assert all(crop is not None and holds(crop, record.subject.box) for crop in cropped)


def test_show_tells_the_focal_point_and_every_crop(folder: Path) -> None:
    record = prepared(folder)
    crop = next(one.crop for one in record.renditions if one.crop)
    library = folder.parent / "library"
    shown = subprocess.run(
        [sys.executable, "-m", "ttdn_cli", "show", record.id[:12], "--library", str(library)],
        env={**os.environ, "TTDN_UI": "en"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert f"cut {crop.width_px}×{crop.height_px} at {crop.x},{crop.y}" in shown
    assert record.subject is not None
    assert f"{record.subject.focal.x:.2f},{record.subject.focal.y:.2f}" in shown


def test_a_focus_outside_the_picture_is_refused(folder: Path) -> None:
    record = prepared(folder, "x.photo")
    for x, y in ((-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)):
        with pytest.raises(UsageError, match="outside the picture"):
            set_focus(folder.parent / "library", record.id, x=x, y=y)
