"""Renditions of a photo: the right pixels at the right size, under the limit of bytes, and nothing but the picture."""

from __future__ import annotations

import hashlib
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from drawn_photos import CORNERS, coded, facts, four_corners, noise, photo_plan, save, scenery
from ttdn_assets.errors import InputError, MediaError
from ttdn_assets.geometry import crop_to_ratio, fit_long_edge
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box, Placement, Rendition, RenditionPlan
from ttdn_assets.renditions.photo import ROOM_BYTES, make_photos, open_picture
from ttdn_assets.renditions.planning.plan import rendition_path
from ttdn_assets.settings import Limits
from ttdn_assets.tools.colour import SRGB_PROFILE
from ttdn_assets.tools.cuts import Cutter
from ttdn_assets.tools.encode import has_fine_colour
from ttdn_assets.tools.jpeg import lightness
from ttdn_assets.tools.pixels import thumbnail
from ttdn_assets.tools.quality import SIMILARITY, similarity
from ttdn_assets.tools.strip import stripped

LIMITS = Limits()
MEDIA = Path(os.environ["TTDN_TEST_MEDIA"]) if "TTDN_TEST_MEDIA" in os.environ else None


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


@pytest.mark.parametrize("size_px", [(301, 533), (302, 533), (301, 534), (533, 301)])
@pytest.mark.parametrize("edges", [False, True], ids=["soft colours", "fine colours"])
def test_odd_sizes_are_padded_to_the_pixel(size_px: tuple[int, int], edges: bool, tmp_path: Path) -> None:
    picture = four_corners(800, 600) if edges else scenery(800, 600)
    plan = photo_plan(size_px, fit="pad")
    rendition = made(save(tmp_path / "a.png", picture), tmp_path, plan)[0]
    with Image.open(tmp_path / rendition.path) as image:
        assert image.size == size_px == (rendition.width_px, rendition.height_px)
        image.load()


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
            assert copy.info["icc_profile"] == SRGB_PROFILE


@pytest.mark.parametrize(("marker", "bits"), [(0xC3, 8), (0xC9, 8), (0xCA, 8), (0xC1, 12)])
def test_a_jpeg_coded_as_browsers_cannot_read_is_never_copied(marker: int, bits: int) -> None:
    data = coded(scenery(64, 48), "JPEG")
    at = data.index(b"\xff\xc0")
    assert stripped(data, "jpeg", dpi=None) is not None
    rare = data[:at] + bytes((0xFF, marker)) + data[at + 2 : at + 4] + bytes((bits,)) + data[at + 5 :]
    assert stripped(rare, "jpeg", dpi=None) is None


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


@pytest.mark.parametrize("fit", ["whole", "pad"])
def test_a_rendition_keeps_the_stated_likeness_progressively(tmp_path: Path, fit: str) -> None:
    path = save(tmp_path / "a.png", scenery(1600, 1200))
    plan = photo_plan((800, 600) if fit == "whole" else (600, 800), fit=fit)
    made(path, tmp_path, plan)
    cutter = Cutter(open_picture(path, facts(path), limits=LIMITS))
    wanted = (
        cutter.planes(None, plan.size_px, fine=False) if fit == "whole" else cutter.padded(plan.size_px, fine=False)
    )
    data = (tmp_path / rendition_path(plan)).read_bytes()
    assert b"\xff\xc2" in data, "no progressive frame"
    assert similarity(wanted.luma, lightness(data)) >= SIMILARITY - 0.002


def test_a_master_keeps_more_in_one_pass(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", scenery(800, 600))
    plain, master = photo_plan((800, 600)), photo_plan((800, 600), bytes_min=1000)
    sizes = {rendition.recipe: rendition.size_bytes for rendition in made(path, tmp_path, plain, master)}
    assert sizes[master.recipe] > sizes[plain.recipe]
    assert b"\xff\xc2" not in (tmp_path / rendition_path(master)).read_bytes()


def test_of_several_pictures_in_a_file_the_first_is_used(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (320, 240), (200, 30, 30)), Image.new("RGB", (320, 240), (30, 30, 200))
    stereo = save(tmp_path / "a.mpo", first, save_all=True, append_images=[second])
    moving = save(tmp_path / "b.jpg", first)
    moving.write_bytes(moving.read_bytes() + b"\0\0\0\x18ftypmp42" + bytes(5000))
    for path in (stereo, moving):
        plan = photo_plan((160, 120))
        made(path, tmp_path / path.stem, plan)
        with Image.open(tmp_path / path.stem / rendition_path(plan)) as image:
            assert np.asarray(image)[60, 80].argmax() == 0, path.name


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
    path = save(tmp_path / "a.jpg", Image.fromarray(scenery(400, 200)).resize((4000, 2000)), quality=85)
    story = Placement(id="facebook.story_image", kind="photo", name={}, formats=("jpeg",), sizes_px=((200, 400),))
    contest = Placement(id="happyvietnam.photo", kind="photo", name={}, formats=("jpeg",), keep_original=True)
    small = open_picture(path, facts(path), limits=LIMITS, placements=[story])
    assert (small.size_px, small.pixels_px) == ((4000, 2000), (2000, 1000))
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


def raw_picture(path: Path, preview: bytes) -> Path:
    """A DNG of one directory whose only picture is a JPEG preview: TIFF 6.0 with the tag DNGVersion."""
    width, height = Image.open(io.BytesIO(preview)).size
    tags = [
        (254, 4, 1, 1), (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 7), (262, 3, 1, 6),
        (273, 4, 1, 200), (274, 3, 1, 6), (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(preview)),
        (50706, 1, 4, 0x0401),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4)
    path.write_bytes(head.ljust(200, b"\0") + preview)
    return path


def test_a_raw_picture_is_worked_with_through_its_preview(tmp_path: Path) -> None:
    turned = np.asarray(Image.fromarray(four_corners(300, 200)).transpose(Image.Transpose.ROTATE_90))
    path = raw_picture(tmp_path / "a.dng", coded(turned, "JPEG", quality=95))
    picture = open_picture(path, probe(path), limits=LIMITS)
    assert picture.size_px == (300, 200)
    assert np.abs(picture.pixels[10, 10].astype(int) - CORNERS[0]).max() < 12
    known = probe(path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(MediaError) as caught:
        open_picture(path, known, limits=LIMITS)
    assert caught.value.code == "photo-truncated"


def real(folder: str) -> list[Path]:
    return sorted(path for path in (MEDIA / folder).iterdir() if path.is_file()) if MEDIA else []


@pytest.mark.parametrize("path", [p for p in real("photos") if p.suffix != ".dng"], ids=lambda path: path.name)
def test_every_real_photo_gives_whole_cropped_and_padded_files(path: Path, tmp_path: Path) -> None:
    try:
        known = probe(path)
    except MediaError:
        pytest.skip("not a photo that can be worked with")
    picture = open_picture(path, known, limits=LIMITS)
    assert picture.size_px == known.size_px
    width, height = picture.size_px
    side = min(width, height, 300)
    plans = [
        photo_plan(fit_long_edge(picture.size_px, 400)),
        photo_plan((side, side), fit="crop", crop=crop_to_ratio(picture.size_px, 1.0)),
        photo_plan((240, 320), fit="pad", bytes_max=200_000),
        photo_plan(picture.size_px, copy=True, dpi=300) if width * height < 2_000_000 else photo_plan((side, side)),
    ]
    for rendition in make_photos(picture, plans, tmp_path):
        with Image.open(tmp_path / rendition.path) as image:
            image.load()
            assert image.size == (rendition.width_px, rendition.height_px)
            assert image.mode in ("RGB", "L")
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "photoshop", "mp"} & image.info.keys()


@pytest.mark.parametrize("path", real("broken"), ids=lambda path: path.name)
def test_no_broken_file_raises_anything_but_its_own_error(path: Path) -> None:
    named = str(path)
    try:
        known = probe(path)
        if known.kind == "photo":
            open_picture(path, known, limits=Limits(pixels=60_000_000))
    except InputError as error:
        named = str(error.fields.get("path"))
    assert named == str(path)


@pytest.mark.parametrize("place", range(2, 9))
def test_the_eight_real_orientations_are_one_picture(place: int) -> None:
    if MEDIA is None:
        pytest.skip("TTDN_TEST_MEDIA is not set")
    first, other = (MEDIA / "photos" / f"Landscape_{number}.jpg" for number in (1, place))
    one, two = (thumbnail(open_picture(path, probe(path), limits=LIMITS), 100).astype(int) for path in (first, other))
    assert one.shape == two.shape
    # The number in the middle of each picture differs, and each was coded anew.
    assert np.abs(one - two)[:30].mean() < 12, np.abs(one - two)[:30].mean()
