"""Renditions of a photo: the right pixels at the right size, under the limit of bytes, and nothing but the picture."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from drawn_photos import CORNERS, facts, four_corners, noise, photo_plan, save, scenery
from ttdn_assets.errors import InputError, MediaError
from ttdn_assets.model import Box, Placement, Rendition, RenditionPlan
from ttdn_assets.renditions.photo import ROOM_BYTES, make_photos, open_picture
from ttdn_assets.renditions.plan import rendition_path
from ttdn_assets.settings import Limits
from ttdn_assets.tools.encode import has_fine_colour

LIMITS = Limits()


def made(path: Path, root: Path, *plans: RenditionPlan, orientation: int = 1) -> list[Rendition]:
    return list(make_photos(open_picture(path, facts(path, orientation=orientation), limits=LIMITS), plans, root))


def exif() -> Image.Exif:
    known = Image.Exif()
    known[0x010F], known[0x013B], known[0x0112] = "Camera", "Owner", 1
    known.get_ifd(0x8825)[2] = (21.0, 19.0, 33.0)
    return known


def test_each_plan_gives_a_file_that_is_as_the_rendition_says(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(1600, 1200), quality=92)
    plans = [
        photo_plan((800, 600)),
        photo_plan((540, 960), fit="crop", crop=Box(400, 0, 675, 1200)),
        photo_plan((540, 960), fit="pad"),
        photo_plan((400, 300), format="png"),
        photo_plan((400, 300), format="webp"),
    ]
    renditions = {rendition.recipe: rendition for rendition in made(path, tmp_path, *plans)}
    assert len(renditions) == len(plans)
    for plan in plans:
        rendition = renditions[plan.recipe]
        assert rendition.path == rendition_path(plan)
        data = (tmp_path / rendition.path).read_bytes()
        assert rendition.sha256 == hashlib.sha256(data).hexdigest()
        assert rendition.size_bytes == len(data)
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == plan.size_px == (rendition.width_px, rendition.height_px)
            assert (image.format or "").lower() == plan.format
        assert "pillow" in rendition.made_with
    assert not list(tmp_path.rglob("*.part*"))


def test_a_crop_is_cut_where_the_plan_says(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", four_corners(800, 600))
    plan = photo_plan((100, 100), fit="crop", crop=Box(420, 320, 250, 250), format="png")
    made(path, tmp_path, plan)
    with Image.open(tmp_path / rendition_path(plan)) as image:
        assert np.array_equal(np.asarray(image), np.full((100, 100, 3), CORNERS[3], np.uint8))


def test_the_same_picture_and_plan_give_the_same_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(900, 700), quality=90)
    plans = [photo_plan((450, 350)), photo_plan((300, 300), fit="pad"), photo_plan((500, 389), bytes_max=100_000)]
    first = {r.recipe: r.sha256 for r in made(path, tmp_path / "one", *plans)}
    again = {r.recipe: r.sha256 for r in made(path, tmp_path / "two", *reversed(plans))}
    assert first == again
    assert {r.recipe: r.sha256 for r in made(path, tmp_path / "one", *plans)} == first


@pytest.mark.parametrize("bytes_max", [600_000, 400_000, 200_000])
def test_a_noisy_picture_keeps_the_limit_with_room_for_words(tmp_path: Path, bytes_max: int) -> None:
    path = save(tmp_path / "a.png", noise(1200, 900))
    (rendition,) = made(path, tmp_path, photo_plan((1000, 750), bytes_max=bytes_max))
    assert rendition.size_bytes <= bytes_max - ROOM_BYTES
    assert rendition.size_bytes > 0.6 * (bytes_max - ROOM_BYTES), "the limit is used, not undercut"


def test_nothing_but_the_picture_leaves(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(800, 600), exif=exif(), comment=b"Owner", dpi=(72, 72))
    plans = [photo_plan((400, 300)), photo_plan((800, 600), copy=True), photo_plan((200, 150), format="png")]
    for rendition in made(path, tmp_path, *plans):
        data = (tmp_path / rendition.path).read_bytes()
        assert b"Owner" not in data
        assert b"Camera" not in data
        with Image.open(io.BytesIO(data)) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "photoshop"} & image.info.keys()


def test_a_copy_is_the_same_coded_picture(tmp_path: Path) -> None:
    for progressive in (False, True):
        source = tmp_path / "a.jpg"
        save(source, scenery(640, 480), exif=exif(), quality=91, progressive=progressive)
        source.write_bytes(source.read_bytes() + b"a film behind the picture")
        plan = photo_plan((640, 480), copy=True, dpi=300)
        (rendition,) = made(source, tmp_path, plan)
        data = (tmp_path / rendition.path).read_bytes()
        assert data.endswith(b"\xff\xd9")
        with Image.open(io.BytesIO(data)) as copy, Image.open(source) as original:
            assert np.array_equal(np.asarray(copy), np.asarray(original))
            assert copy.info["dpi"] == (300, 300)


def test_a_copied_png_keeps_its_pixels_and_loses_its_texts(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "Owner")
    path = save(tmp_path / "a.png", scenery(320, 240), pnginfo=texts, exif=exif())
    (rendition,) = made(path, tmp_path, photo_plan((320, 240), copy=True, format="png", dpi=300))
    data = (tmp_path / rendition.path).read_bytes()
    assert b"Owner" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(np.asarray(image), scenery(320, 240))
        assert round(image.info["dpi"][0]) == 300


def test_a_copy_that_would_lie_on_its_side_is_coded_again_upright(tmp_path: Path) -> None:
    turned = Image.fromarray(four_corners(300, 200)).transpose(Image.Transpose.ROTATE_90)
    path = save(tmp_path / "a.jpg", turned, quality=95)
    (rendition,) = made(path, tmp_path, photo_plan((300, 200), copy=True), orientation=6)
    with Image.open(tmp_path / rendition.path) as image:
        assert image.size == (300, 200)
        assert np.abs(np.asarray(image, int)[10, 10] - CORNERS[0]).max() < 12


def test_colours_are_marked_as_srgb(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", scenery(300, 200))
    jpeg, png = photo_plan((150, 100)), photo_plan((150, 100), format="png")
    made(path, tmp_path, jpeg, png)
    with Image.open(tmp_path / rendition_path(jpeg)) as image:
        assert "icc_profile" in image.info
    with Image.open(tmp_path / rendition_path(png)) as image:
        assert image.info["srgb"] == 0


def test_resolution_is_written_where_a_plan_wants_it(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", scenery(300, 200))
    jpeg, png = photo_plan((150, 100), dpi=300), photo_plan((150, 100), format="png", dpi=300)
    made(path, tmp_path, jpeg, png)
    for plan in (jpeg, png):
        with Image.open(tmp_path / rendition_path(plan)) as image:
            assert round(image.info["dpi"][0]) == 300


def test_coloured_text_keeps_its_colour_and_photographs_share_it() -> None:
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    for row in range(12, 470, 16):
        draw.text((10, row), "Lễ hội hoa ban, Mộc Châu, Sơn La " * 3, fill=(210, 0, 40))
    assert has_fine_colour(np.asarray(image))
    assert not has_fine_colour(scenery(640, 480))


def subsampling(path: Path) -> int:
    """The sampling factors of the first component, as its JPEG frame states them."""
    data = path.read_bytes()
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return int(struct.unpack_from(">B", data, at + 11)[0])


def test_the_sampling_follows_the_picture(tmp_path: Path) -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::4] = (255, 0, 0)
    stripes[:, 2::4] = (0, 0, 255)
    for pixels, wanted in ((stripes, 0x11), (scenery(400, 400), 0x22)):
        path = save(tmp_path / "a.png", pixels)
        (rendition,) = made(path, tmp_path, photo_plan((400, 400)))
        assert subsampling(tmp_path / rendition.path) == wanted


def test_transparency_lies_on_white_in_a_jpeg(tmp_path: Path) -> None:
    pixels = np.zeros((100, 100, 4), np.uint8)
    pixels[:, 50:] = (200, 0, 0, 255)
    path = save(tmp_path / "a.png", Image.fromarray(pixels))
    jpeg, png = photo_plan((50, 50)), photo_plan((50, 50), format="png")
    made(path, tmp_path, jpeg, png)
    with Image.open(tmp_path / rendition_path(jpeg)) as image:
        flat = np.asarray(image, int)
        assert flat[25, 5].min() >= 250
        assert flat[25, 45, 0] > 185
        assert flat[25, 45, 1:].max() < 15
    with Image.open(tmp_path / rendition_path(png)) as image:
        assert image.mode == "RGBA"
        assert np.asarray(image)[25, 5, 3] == 0


def test_a_photo_far_larger_than_needed_is_decoded_smaller(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(4000, 2000), quality=85)
    story = Placement(id="facebook.story_image", kind="photo", name={}, formats=("jpeg",), sizes_px=((200, 400),))
    contest = Placement(id="happyvietnam.photo", kind="photo", name={}, formats=("jpeg",), keep_original=True)
    small = open_picture(path, facts(path), limits=LIMITS, placements=[story])
    assert (small.size_px, small.pixels_px) == ((4000, 2000), (1000, 500))
    assert open_picture(path, facts(path), limits=LIMITS, placements=[story, contest]).pixels_px == (4000, 2000)
    assert open_picture(path, facts(path), limits=LIMITS).pixels_px == (4000, 2000)


def test_an_unknown_format_and_a_missing_file_are_said_in_one_sentence(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", scenery(60, 40))
    picture = open_picture(path, facts(path), limits=LIMITS)
    with pytest.raises(MediaError) as caught:
        list(make_photos(picture, [photo_plan((30, 20), format="tiff")], tmp_path))
    assert caught.value.code == "photo-format"
    known = facts(path)
    path.unlink()
    with pytest.raises(InputError) as gone:
        open_picture(path, known, limits=LIMITS)
    assert gone.value.code == "file-vanished"
