"""Any picture file becomes upright sRGB with 8 bits a channel: colours right, turned once, broken files refused."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from drawn_photos import CORNERS, coded, facts, four_corners, save, scenery
from ttdn_assets.errors import MediaError
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Box
from ttdn_assets.tools import icc
from ttdn_assets.tools.colour import SRGB_PROFILE
from ttdn_assets.tools.cuts import Cutter
from ttdn_assets.tools.pixels import Picture, flattened
from ttdn_assets.tools.pixels_decode import decode
from ttdn_assets.tools.planes import image_of

PIXELS_MAX = 300_000_000
ADOBE_RGB = icc.Space(
    "Adobe", (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457), (2.19921875,)
)
PROPHOTO = icc.Space("ProPhoto", (0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491), (1.8,))
LINEAR = icc.Space("linear sRGB", icc.SRGB.red, icc.SRGB.green, icc.SRGB.blue, (1.0,))


def decoded(path: Path, **known: int) -> NDArray[np.uint8]:
    return decode(path, facts(path, orientation=known.get("orientation", 1)), pixels_max=PIXELS_MAX).pixels


def lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIE L*a*b* (D50) of sRGB, by the definitions of IEC 61966-2-1 and CIE 15."""
    coded = rgb.reshape(-1, 3) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array([icc.SRGB.red, icc.SRGB.green, icc.SRGB.blue]) / (0.9642, 1.0, 0.8249)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], -1)


def delta_e(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The largest CIE76 difference."""
    return float(np.linalg.norm(lab(one) - lab(other), axis=-1).max())


def patches() -> NDArray[np.uint8]:
    """Colours that lie within sRGB, sixteen pixels square each."""
    colours = [(r, g, b) for r in (30, 120, 230) for g in (30, 120, 230) for b in (30, 120, 230)]
    return np.repeat(np.repeat(np.array(colours, np.uint8).reshape(3, 9, 3), 16, 0), 16, 1)


def in_space(rgb: NDArray[np.uint8], space: icc.Space) -> NDArray[np.uint8]:
    """The same colours coded in another space, computed here from its definition."""
    coded = rgb / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array([icc.SRGB.red, icc.SRGB.green, icc.SRGB.blue])
    there = np.clip(xyz @ np.linalg.inv(np.array([space.red, space.green, space.blue])), 0, 1)
    if len(space.curve) == 1:
        return np.asarray(np.rint(there ** (1 / space.curve[0]) * 255), np.uint8)
    again = np.where(there <= 0.0031308, there * 12.92, 1.055 * there ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(again * 255), np.uint8)


@pytest.mark.parametrize("space", [ADOBE_RGB, PROPHOTO, icc.DISPLAY_P3, icc.BT2020], ids=lambda space: space.name)
def test_wide_colour_spaces_arrive_as_the_same_colours(tmp_path: Path, space: icc.Space) -> None:
    wanted = patches()
    path = save(tmp_path / "a.png", in_space(wanted, space), icc_profile=icc.profile(space))
    difference = delta_e(decoded(path), wanted)
    assert difference < 3, f"ΔE {difference:.2f}"


def test_our_srgb_profile_says_what_littlecms_calls_srgb() -> None:
    cube = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    ours = ImageCms.ImageCmsProfile(io.BytesIO(SRGB_PROFILE))
    turned = ImageCms.profileToProfile(cube, ours, ImageCms.createProfile("sRGB"))
    assert turned is not None
    assert np.abs(np.asarray(turned, int) - np.asarray(cube, int)).max() <= 1
    assert len(SRGB_PROFILE) < 700


def test_a_damaged_profile_counts_as_srgb(tmp_path: Path) -> None:
    broken = icc.profile(ADOBE_RGB)[:200] + b"\xff" * 90
    path = save(tmp_path / "a.png", patches(), icc_profile=broken)
    assert np.array_equal(decoded(path), patches())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_gives_the_same_upright_picture(tmp_path: Path, orientation: int) -> None:
    upright = Image.fromarray(four_corners(300, 200))
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(back[orientation]) if orientation in back else upright
    path = save(tmp_path / "a.png", stored)
    assert np.array_equal(decoded(path, orientation=orientation), np.asarray(upright))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_and_converted_as_any_other_file_is(tmp_path: Path, orientation: int) -> None:
    picture, profile = scenery(330, 210), icc.profile(ADOBE_RGB)
    coded_once = save(tmp_path / "a.jpg", picture, quality=95, subsampling=0, icc_profile=profile)
    with Image.open(coded_once) as image:
        same = save(tmp_path / "a.png", np.asarray(image), icc_profile=profile)
    found, wanted = decoded(coded_once, orientation=orientation), decoded(same, orientation=orientation)
    assert np.abs(found.astype(int) - wanted.astype(int)).max() <= 2


def test_colours_that_a_jpeg_stores_halved_stay_what_they_are(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(640, 480), quality=95, subsampling=2)
    with Image.open(path) as image:
        image.draft("YCbCr", image.size)
        stored = np.asarray(image)[::2, ::2, 1:].astype(int)
    picture = decode(path, facts(path), pixels_max=PIXELS_MAX)
    planes = Cutter(picture).planes(None, (640, 480), fine=False)
    ours = np.stack([planes.blue, planes.red], -1).astype(int)
    assert np.abs(ours - stored)[4:-4, 4:-4].mean() < 1.5


@pytest.mark.parametrize("share", [0.9, 0.5, 0.3, 0.1])
def test_a_plain_picture_stays_plain_in_every_plane(share: float) -> None:
    pixels = np.full((700, 901, 3), (200, 120, 33), np.uint8)
    size_px = round(901 * share), round(700 * share)
    for fine in (False, True):
        for plane in Cutter(Picture(Path("a"), pixels, (901, 700))).planes(None, size_px, fine=fine):
            assert np.ptp(plane.astype(int)) <= 1


def test_any_small_cut_of_any_size_can_be_made() -> None:
    chosen = np.random.default_rng(5)
    cutter = Cutter(Picture(Path("a"), scenery(211, 173), (211, 173)))
    for _ in range(200):
        width, height = int(chosen.integers(1, 212)), int(chosen.integers(1, 174))
        box = Box(int(chosen.integers(0, 212 - width)), int(chosen.integers(0, 174 - height)), width, height)
        size_px = int(chosen.integers(1, width + 1)), int(chosen.integers(1, height + 1))
        for fine in (False, True):
            planes = cutter.planes(box, size_px, fine=fine)
            assert planes.luma.shape == size_px[::-1]
            part = ((size_px[1] + 1) // 2, (size_px[0] + 1) // 2)
            assert planes.blue.shape == planes.red.shape == (planes.luma.shape if fine else part)


def test_cmyk_without_a_profile_looks_like_printed_ink(tmp_path: Path) -> None:
    inks = np.zeros((8, 40, 4), np.uint8)
    for place, ink in enumerate([(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255)]):
        inks[:, place * 8 : place * 8 + 8] = ink
    path = save(tmp_path / "a.tif", Image.fromarray(inks, "CMYK"))
    white, cyan, magenta, yellow, black = decoded(path)[4, 4::8].astype(int)
    assert white.min() == 255
    assert black.max() < 60
    assert cyan[2] > cyan[1] > cyan[0]
    assert magenta[0] > 200
    assert magenta[1] < 60
    assert yellow[0] > 230
    assert yellow[2] < 60


def test_cmyk_jpeg_as_adobe_writes_it_is_not_negative(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", Image.fromarray(four_corners(64, 64)).convert("CMYK"), quality=95)
    corners = decoded(path)[[8, 8, -8, -8], [8, -8, 8, -8]].astype(int)
    assert [int(c.argmax()) for c in corners[:3]] == [0, 1, 2]


def test_sixteen_bits_scale_to_eight(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)
    path = save(tmp_path / "a.png", Image.fromarray(np.tile(ramp, (16, 1))))
    assert np.array_equal(decoded(path)[0, :, 0], np.arange(256))
    path = save(tmp_path / "b.tif", Image.fromarray(np.tile(ramp, (16, 1))))
    assert np.array_equal(decoded(path)[0, :, 1], np.arange(256))


def grey_tiff(path: Path, rows: bytes, size_px: tuple[int, int], *, bits: int, photometric: int) -> Path:
    """A little-endian TIFF of one grey strip."""
    tags = {256: size_px[0], 257: size_px[1], 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: size_px[1]}
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted({**tags, 279: len(rows)}.items())]
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(rows)) + rows + directory)
    return path


def test_a_grey_scan_that_counts_from_white_is_no_negative(tmp_path: Path) -> None:
    rows = np.tile(np.linspace(0, 65535, 256).astype("<u2"), (4, 1)).tobytes()
    path = grey_tiff(tmp_path / "a.tif", rows, (256, 4), bits=16, photometric=0)
    assert np.array_equal(decoded(path)[0, :, 0], np.arange(255, -1, -1))


def test_twelve_bits_reach_white(tmp_path: Path) -> None:
    pairs = np.array([0x000, 0x800, 0x800, 0xFFF])
    packed = b"".join(bytes((a >> 4, (a & 15) << 4 | b >> 8, b & 255)) for a, b in pairs.reshape(2, 2).tolist())
    path = grey_tiff(tmp_path / "a.tif", packed * 4, (4, 4), bits=12, photometric=1)
    assert decoded(path)[0, :, 0].tolist() == [0, 128, 128, 255]


def test_what_is_clear_in_a_grey_png_of_sixteen_bits_is_only_that(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    path = save(tmp_path / "a.png", Image.fromarray(ramp), transparency=65535)
    pixels = decoded(path)
    assert np.array_equal(pixels[0, :, 0], np.arange(256))
    assert pixels[0, [0, 128, 254, 255], 3].tolist() == [255, 255, 255, 0]


def test_floating_point_is_zero_to_one(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", Image.fromarray(np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)))
    assert np.array_equal(decoded(path)[..., 0].ravel(), np.arange(256))


def test_lab_is_understood(tmp_path: Path) -> None:
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    as_lab = ImageCms.applyTransform(Image.fromarray(patches()), transform)
    assert as_lab is not None
    difference = delta_e(decoded(save(tmp_path / "a.tif", as_lab)), patches())
    assert difference < 5, f"ΔE {difference:.2f}"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_arrives(tmp_path: Path, mode: str) -> None:
    path = save(tmp_path / "a.png", Image.fromarray(four_corners(40, 40)).convert(mode))
    pixels = decoded(path)
    assert pixels.shape == (40, 40, 3)
    assert pixels.dtype == np.uint8


@pytest.mark.parametrize("name", ["a.jpg", "a.tif", "a.webp", "a.gif", "a.avif", "a.bmp", "a.mpo"])
def test_every_format_arrives(tmp_path: Path, name: str) -> None:
    pixels = decoded(save(tmp_path / name, four_corners(64, 48)))
    assert pixels.shape == (48, 64, 3)
    found = pixels[[4, 4, -4, -4], [4, -4, 4, -4]].astype(int)
    assert np.abs(found - np.array(CORNERS)).max() < 25


@pytest.mark.parametrize(("aside", "left"), [(0, 20), (-20, 0), (13, 33)])
def test_an_avif_shows_its_clean_aperture_alone(tmp_path: Path, aside: int, left: int) -> None:
    path = save(tmp_path / "a.avif", scenery(80, 60), quality=95, subsampling="4:4:4", icc_profile=SRGB_PROFILE)
    whole = decode(path, probe(path), pixels_max=PIXELS_MAX).pixels
    data, clap = path.read_bytes(), struct.pack(">IIIIiIiI", 40, 1, 40, 1, aside, 1, 0, 1)
    at = data.index(b"colrprof")
    length = int.from_bytes(data[at - 4 : at], "big") - 8
    cut = data[:at] + b"clap" + clap.ljust(length, b"\0") + data[at + 4 + length :]
    path.write_bytes(cut.replace(b"\x83\x04\x05", b"\x83\x84\x05"))
    found = probe(path)
    assert found.size_px == (40, 40)
    assert np.array_equal(decode(path, found, pixels_max=PIXELS_MAX).pixels, whole[10:50, left : left + 40])


def test_what_the_first_frame_of_a_gif_leaves_free_is_clear(tmp_path: Path) -> None:
    data = bytearray(coded(four_corners(40, 30), "GIF"))
    frame = data.index(b"\x2c\0\0\0\0" + struct.pack("<HH", 40, 30))
    data[6:10], data[frame + 1 : frame + 5] = struct.pack("<HH", 60, 50), struct.pack("<HH", 5, 10)
    path = tmp_path / "a.gif"
    path.write_bytes(data)
    found = probe(path)
    pixels = decode(path, found, pixels_max=PIXELS_MAX).pixels
    assert found.has_alpha
    assert pixels[..., 3].sum() == 255 * 40 * 30
    assert pixels[10:40, 5:45, 3].min() == 255
    assert np.abs(pixels[[12, 38], [7, 43], :3].astype(int) - np.array(CORNERS)[[0, 3]]).max() < 25


def test_a_linear_png_is_brightened(tmp_path: Path) -> None:
    whole = coded(np.full((8, 8, 3), 55, np.uint8), "PNG")
    body = b"gAMA" + struct.pack(">I", 100_000)
    path = tmp_path / "a.png"
    path.write_bytes(whole[:33] + struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body)) + whole[33:])
    assert 120 <= decoded(path)[0, 0, 0] <= 135


def test_transparency_is_kept_and_lies_on_white(tmp_path: Path) -> None:
    clear = Image.fromarray(four_corners(40, 40)).quantize(4)
    path = save(tmp_path / "a.png", clear, transparency=clear.getpixel((2, 2)))
    picture = decode(path, facts(path), pixels_max=PIXELS_MAX)
    assert picture.pixels.shape == (40, 40, 4)
    flat = flattened(Cutter(picture).pixels(None, (20, 20)))
    assert tuple(flat[4, 4]) == (255, 255, 255)
    assert np.abs(flat[15, 15].astype(int) - CORNERS[3]).max() <= 8


def test_a_grey_jpeg_with_an_rgb_profile_stays_grey(tmp_path: Path) -> None:
    grey = Image.fromarray(np.full((32, 32), 128, np.uint8))
    path = save(tmp_path / "a.jpg", grey, icc_profile=icc.profile(LINEAR))
    pixels = decoded(path)
    assert np.ptp(pixels[0, 0].astype(int)) <= 1
    assert pixels[0, 0, 0] > 180


def test_moving_pictures_give_their_first_frame(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (30, 20), "red"), Image.new("RGB", (30, 20), "blue")
    for name in ("a.gif", "a.webp", "a.png", "a.tif"):
        path = save(tmp_path / name, first, save_all=True, append_images=[second])
        assert decoded(path)[10, 10].argmax() == 0, name


@pytest.mark.parametrize("hdr", ["pq", "hlg"])
def test_hdr_curves_become_a_good_sdr_picture(tmp_path: Path, hdr: str) -> None:
    code = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, -1)
    path = save(tmp_path / "a.png", np.repeat(code, 16, 0))
    known = facts(path, hdr="pq" if hdr == "pq" else "hlg")
    grey = decode(path, known, pixels_max=PIXELS_MAX).pixels[8].astype(int)
    assert np.ptp(grey, axis=-1).max() <= 3
    assert (np.diff(grey[:, 1]) >= -1).all()
    white = 148 if hdr == "pq" else 191
    """The codes of the reference white, 203 cd/m²: 58 % of PQ, 75 % of HLG (ITU-R BT.2408)."""
    assert 190 <= grey[white, 1] <= 245
    assert grey[0, 1] <= 2
    assert grey[-1, 1] >= 250


def test_a_truncated_file_is_an_error_and_never_half_grey(tmp_path: Path) -> None:
    for name, format in (("a.jpg", "JPEG"), ("a.png", "PNG")):
        whole = coded(scenery(400, 300), format)
        path = tmp_path / name
        path.write_bytes(whole)
        known = facts(path)
        path.write_bytes(whole[: len(whole) * 2 // 3])
        with pytest.raises(MediaError) as caught:
            decode(path, known, pixels_max=PIXELS_MAX)
        assert (caught.value.code, caught.value.fields["path"]) == ("photo-truncated", str(path))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_nothing_but_its_end_mark_is_whole(progressive: bool, tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(400, 300), progressive=progressive)
    known, whole, data = facts(path), decode(path, facts(path), pixels_max=PIXELS_MAX), path.read_bytes()
    path.write_bytes(data[:-2])
    assert np.array_equal(decode(path, known, pixels_max=PIXELS_MAX).pixels, whole.pixels)
    path.write_bytes(data[:-4])
    with pytest.raises(MediaError):
        decode(path, known, pixels_max=PIXELS_MAX)


def test_what_is_no_picture_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(40, 30))
    known = facts(path)
    path.write_bytes(b"\xff\xd8\xff\xd9" + b"nonsense" * 20)
    with pytest.raises(MediaError) as caught:
        decode(path, known, pixels_max=PIXELS_MAX)
    assert caught.value.code == "photo-broken"


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    small = coded(np.zeros((4, 4, 3), np.uint8), "PNG")
    header = struct.pack(">II", 60_000, 60_000)
    path = save(tmp_path / "a.png", np.zeros((4, 4, 3), np.uint8))
    known = facts(path)
    path.write_bytes(small[:16] + header + small[24:])
    with pytest.raises(MediaError) as caught:
        decode(path, known, pixels_max=PIXELS_MAX)
    assert caught.value.code in ("photo-too-large", "photo-broken")


def test_a_large_jpeg_may_be_decoded_smaller_and_keeps_its_full_size_in_mind(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(1600, 1200))
    picture = decode(path, facts(path), pixels_max=PIXELS_MAX, scale_needed=0.3)
    assert (picture.size_px, picture.pixels_px) == ((1600, 1200), (800, 600))
    cut = Cutter(picture).pixels(Box(800, 600, 800, 600), (200, 150))
    full = Cutter(decode(path, facts(path), pixels_max=PIXELS_MAX)).pixels(Box(800, 600, 800, 600), (200, 150))
    assert np.abs(cut.astype(int) - full.astype(int)).mean() < 4


def similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean SSIM of lightness over 8 x 8 blocks (Z. Wang et al., 2004, with flat windows)."""
    a, b = (np.asarray(Image.fromarray(p).convert("L"), np.float64) for p in (one, other))
    rows, columns = a.shape[0] // 8 * 8, a.shape[1] // 8 * 8
    x, y = (p[:rows, :columns].reshape(rows // 8, 8, columns // 8, 8).swapaxes(1, 2).reshape(-1, 64) for p in (a, b))
    mx, my = x.mean(1), y.mean(1)
    cross = ((x - mx[:, None]) * (y - my[:, None])).mean(1)
    top = (2 * mx * my + 6.5) * (2 * cross + 58.5)
    return float((top / ((mx**2 + my**2 + 6.5) * (x.var(1) + y.var(1) + 58.5))).mean())


@pytest.mark.parametrize("share", [0.8, 0.6, 0.45, 0.3, 0.15])
def test_reduced_pictures_are_near_lanczos(share: float) -> None:
    pixels = scenery(1000, 750)
    size_px = round(1000 * share), round(750 * share)
    ours = Cutter(Picture(Path("a"), pixels, (1000, 750))).pixels(None, size_px)
    lanczos = np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.LANCZOS))
    found = similarity(ours, lanczos)
    assert found > 0.99, f"SSIM {found:.4f}"


@pytest.mark.parametrize("times", [2.8, 3.0, 3.5, 4.3, 6.7])
def test_grain_and_fine_waves_are_reduced_as_by_lanczos(times: float) -> None:
    """Whoever halves first folds fine grain into what is kept; plain scenes do not show it."""
    across = np.arange(1600, dtype=np.float32)
    waves = 120 + 50 * np.sin(across / 9) * np.cos(across[:1200, None] / 13)
    grain = np.random.default_rng(1).normal(0, 25, (1200, 1600))
    pixels = np.repeat(np.clip(waves + grain, 0, 255).astype(np.uint8)[..., None], 3, 2)
    size_px = round(1600 / times), round(1200 / times)
    ours = Cutter(Picture(Path("a"), pixels, (1600, 1200))).planes(None, size_px, fine=False).luma
    lanczos = Image.fromarray(pixels).convert("L").resize(size_px, Image.Resampling.LANCZOS)
    found = similarity(np.asarray(ours), np.asarray(lanczos))
    assert found > 0.995, f"SSIM {found:.4f}"


def test_nothing_is_ever_enlarged() -> None:
    cutter = Cutter(Picture(Path("a"), scenery(300, 200), (300, 200)))
    assert cutter.pixels(None, (600, 400)).shape == (200, 300, 3)
    assert cutter.pixels(Box(0, 0, 100, 100), (1080, 1080)).shape == (100, 100, 3)
    assert np.array_equal(cutter.pixels(None, (300, 200)), scenery(300, 200))


def test_padding_keeps_the_picture_whole_and_sharp_over_a_darker_blur() -> None:
    pixels = np.full((200, 400, 3), 200, np.uint8)
    pixels[::2, ::2] = 90
    cutter = Cutter(Picture(Path("a"), pixels, (400, 200)))
    filled = np.asarray(image_of(cutter.padded((400, 600), fine=True)).convert("RGB"))
    assert filled.shape == (600, 400, 3)
    assert np.array_equal(filled[200:400], pixels)
    assert filled[:150].std() < 10
    assert filled[:150].mean() < 0.7 * pixels.mean()


WITHOUT_OPENCV = """
import sys
sys.modules["cv2"] = None
from pathlib import Path
import numpy as np
from ttdn_assets.renditions.watching.subject import find_subject
from ttdn_assets.tools.cuts import Cutter
from ttdn_assets.tools.pixels import Picture
pixels = np.full((600, 900, 3), 120, np.uint8)
pixels[100:200, 700:800] = (220, 30, 30)
picture = Picture(Path("a"), pixels, (900, 600))
subject, cutter = find_subject(picture), Cutter(picture)
cut = cutter.pixels(None, (150, 100))
print(subject.origin, cut.shape, cutter.padded((200, 300), fine=False).luma.shape, int(cut[25, 125, 0]) > 200)
"""


def test_everything_but_faces_works_without_opencv() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_OPENCV], capture_output=True, text=True, check=True)
    assert run.stdout.split(maxsplit=1) == ["saliency", "(100, 150, 3) (300, 200) True\n"]
