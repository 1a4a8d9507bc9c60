"""Colours of photos arrive as they were: within ΔE2000 1.5 of the colour meant, whatever space or curve it is coded in.

What a lossy coder of 8 bits, or ink, adds is within 2.5.

References are computed here from the definitions (IEC 61966-2-1, Adobe RGB (1998), ITU-R BT.2100-2); a picture whose
file states no space but sRGB is the colour it says.
"""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from colour_difference import delta_e_2000, lab_of
from drawn_photos import coded, scenery
from media_bytes import box, heic
from ttdn_assets.geometry import CENTRE
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Subject
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.tools import icc
from ttdn_assets.tools.pixels_decode import decode

NEAR = 1.5
LEVELS = (40, 100, 170)
"""Below the knee of tone mapping, so that an HDR picture must show them unchanged."""

COLOURS = np.array([(r, g, b) for r in LEVELS for g in LEVELS for b in LEVELS], np.uint8)
SIDE, ACROSS = 32, 9
WHITE_CD_M2 = 203.0
PRIMARIES = {"bt2020": (9, icc.BT2020), "smpte432": (12, icc.DISPLAY_P3), "bt709": (1, icc.SRGB)}
TRANSFERS = {"smpte2084": 16, "arib-std-b67": 18, "iec61966-2-1": 13}


def patches(colours: Any = COLOURS) -> Any:
    """Each colour as a square of its own."""
    return np.repeat(np.repeat(np.asarray(colours).reshape(-1, ACROSS, 3), SIDE, 0), SIDE, 1)


def decoded(path: Path) -> Any:
    return decode(path, probe(path), pixels_max=1_000_000).pixels


def found(path: Path) -> Any:
    """The mean colour of the middle of each square."""
    pixels = decoded(path)[..., :3].astype(float)
    quarter = SIDE // 4
    squares = pixels.reshape(-1, SIDE, ACROSS, SIDE, 3)[:, quarter:-quarter, :, quarter:-quarter]
    return squares.mean((1, 3)).reshape(-1, 3)


def worst(path: Path, meant: Any = COLOURS) -> float:
    return float(delta_e_2000(lab_of(found(path)), lab_of(meant)).max())


def light_in(space: icc.Space, rgb: Any = COLOURS) -> Any:
    """The linear light of sRGB colours in another space's primaries."""
    signal = np.asarray(rgb, float) / 255
    light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    here, there = (np.array([one.red, one.green, one.blue]) for one in (icc.SRGB, space))
    return light @ here @ np.linalg.inv(there)


def pq(light_cd_m2: Any) -> Any:
    power = np.clip(light_cd_m2 / 10_000, 0, 1) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(light_cd_m2: Any) -> Any:
    """The code that a display of 1,000 cd/m² shows as this light."""
    shown = light_cd_m2 @ np.array((0.2627, 0.6780, 0.0593)) / 1000
    scene = np.clip(light_cd_m2 / 1000 * (np.maximum(shown, 1e-9) ** (-0.2 / 1.2))[..., None], 0, 1)
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


def srgb(light: Any) -> Any:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


CURVES = {"smpte2084": lambda light: pq(light * WHITE_CD_M2), "arib-std-b67": lambda light: hlg(light * WHITE_CD_M2)}


def yuv(signal: Any) -> bytes:
    """RGB signals of 0 to 1 as limited-range BT.2020 planes of 10 bits, 4:2:0."""
    red, green, blue = np.moveaxis(np.asarray(signal, float), -1, 0)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    planes = [64 + 876 * luma]
    planes += [(512 + 896 * one)[::2, ::2] for one in ((blue - luma) / 1.8814, (red - luma) / 1.4746)]
    return b"".join(np.rint(plane).astype("<u2").tobytes() for plane in planes)


def encode(path: Path, signal: Any, coder: str, *, primaries: str, transfer: str) -> Path:
    height, width = signal.shape[:2]
    tags = {"color_primaries": primaries, "color_trc": transfer, "colorspace": "bt2020nc", "color_range": "tv"}
    options = [part for name, value in tags.items() for part in (f"-{name}", value)]
    ways = {"libx265": ["-x265-params", "log-level=none:crf=2", "-tag:v", "hvc1"], "libsvtav1": ["-crf", "4"]}
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p10le", "-s", f"{width}x{height}", *options, "-i", "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *raw, "-frames:v", "1", "-c:v", coder]
    command += [*ways.get(coder, []), *options, str(path)]
    subprocess.run(command, input=yuv(signal), check=True, timeout=60, capture_output=True)
    return path


def avif(folder: Path, signal: Any, *, primaries: str, transfer: str) -> Path:
    return encode(folder / "a.avif", signal, "libsvtav1", primaries=primaries, transfer=transfer)


def heif(folder: Path, signal: Any, *, primaries: str, transfer: str) -> Path:
    """A HEIC around one frame of 10 bits, its colours named by ``nclx`` alone."""
    data = encode(folder / "a.mp4", signal, "libx265", primaries=primaries, transfer=transfer).read_bytes()
    at, mdat = data.index(b"hvcC"), data.index(b"mdat")
    config = data[at + 4 : at - 4 + struct.unpack(">I", data[at - 4 : at])[0]]
    frame = data[mdat + 4 : mdat - 4 + struct.unpack(">I", data[mdat - 4 : mdat])[0]]
    named = struct.pack(">HHHB", PRIMARIES[primaries][0], TRANSFERS[transfer], 9, 0)
    path = folder / "a.heic"
    path.write_bytes(heic(frame, config, signal.shape[1::-1], turn=box(b"colr", b"nclx", named)))
    return path


def png(folder: Path, signal: Any, *, primaries: str, transfer: str) -> Path:
    """A PNG of 16 bits whose colours are named by its ``cICP`` chunk."""
    rows = np.rint(np.asarray(signal) * 65535).astype(">u2")
    height, width = rows.shape[:2]
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows), 1)
    named = bytes((PRIMARIES[primaries][0], TRANSFERS[transfer], 0, 1))
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"cICP", named), (b"IDAT", body), (b"IEND", b"")]
    path = folder / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return path


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


WRITERS = {"avif": avif, "heic": heif, "png": png}


@pytest.mark.parametrize("primaries", PRIMARIES)
@pytest.mark.parametrize("transfer", CURVES)
@pytest.mark.parametrize("format", WRITERS)
def test_hdr_of_any_primaries_shows_what_is_no_brighter_than_paper_unchanged(
    format: str, transfer: str, primaries: str, tmp_path: Path
) -> None:
    signal = patches(CURVES[transfer](light_in(PRIMARIES[primaries][1])))
    path = WRITERS[format](tmp_path, signal, primaries=primaries, transfer=transfer)
    assert probe(path).hdr == ("pq" if transfer == "smpte2084" else "hlg")
    assert worst(path) <= NEAR


@pytest.mark.parametrize("format", WRITERS)
def test_hdr_of_more_than_eight_bits_makes_no_bands(format: str, tmp_path: Path) -> None:
    light = np.linspace(0.05, 0.4, 2016)[None, :, None]
    path = WRITERS[format](
        tmp_path, np.broadcast_to(pq(light * WHITE_CD_M2), (64, 2016, 3)), primaries="bt2020", transfer="smpte2084"
    )
    ramp = decoded(path)[16:48, :, 1].astype(int)
    meant = srgb(light[0, :, 0]) * 255
    assert np.diff(np.median(ramp, 0)).max() <= 2
    assert np.abs(np.median(ramp, 0) - meant).max() <= 3
    assert len(np.unique(ramp)) >= 0.9 * np.ptp(meant)


@pytest.mark.parametrize("format", WRITERS)
def test_hdr_keeps_its_highlights_apart_and_white_white(format: str, tmp_path: Path) -> None:
    """Nothing is washed out: black is black, paper light, and what is brighter has steps left, up to white."""
    light = np.repeat(np.array([0, 20, 50, 92, 203, 300, 450, 700, 1000]), 3).reshape(9, 3)
    path = WRITERS[format](tmp_path, patches(pq(light)), primaries="bt2020", transfer="smpte2084")
    grey = found(path)
    assert np.ptp(grey, axis=1).max() <= 2
    shown = grey[:, 1]
    assert shown[0] <= 2
    assert np.abs(shown[1:3] - 255 * srgb(light[1:3, 0] / WHITE_CD_M2)).max() <= 3
    assert 190 <= shown[4] <= 245
    assert (np.diff(shown)[:-1] >= 2).all()
    assert shown[-1] >= 250


@pytest.mark.parametrize("format", WRITERS)
def test_a_wide_space_that_only_the_container_names_is_converted(format: str, tmp_path: Path) -> None:
    signal = patches(srgb(light_in(icc.DISPLAY_P3)))
    path = WRITERS[format](tmp_path, signal, primaries="smpte432", transfer="iec61966-2-1")
    assert probe(path).hdr is None
    assert worst(path) <= (2.5 if format == "avif" else NEAR)


def adobe(rgb: Any = COLOURS) -> Any:
    return np.rint(np.clip(light_in(icc.ADOBE_RGB, rgb), 0, 1) ** (1 / 2.19921875) * 255).astype(np.uint8)


def stating(space: int, option: str | None) -> Image.Exif:
    """EXIF with this ColorSpace and, where there is one, this index of interoperability."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = space
    if option:
        exif.get_ifd(0x8769)[0xA005] = {1: option}
    return exif


@pytest.mark.parametrize(("space", "option"), [(0xFFFF, "R03"), (2, None)])
def test_adobe_rgb_that_only_exif_names_is_converted(space: int, option: str | None, tmp_path: Path) -> None:
    exif = stating(space, option)
    path = tmp_path / "a.jpg"
    path.write_bytes(coded(patches(adobe()), "JPEG", quality=98, subsampling=0, exif=exif))
    assert worst(path) <= NEAR


def test_adobe_rgb_is_never_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(coded(scenery(800, 600), "JPEG", quality=90, exif=stating(0xFFFF, "R03")))
    options: dict[str, Any] = {"picture_sha256": "0" * 64, "size_bytes": 1000, "subject": Subject(focal=CENTRE)}
    wanted = [load_placements(None)["facebook.photo"]]
    (adobe_rgb,), _ = plan(probe(path), placements=wanted, choices={}, **options)
    path.write_bytes(coded(scenery(800, 600), "JPEG", quality=90, exif=stating(1, "R98")))
    (srgb_too,), _ = plan(probe(path), placements=wanted, choices={}, **options)
    assert (adobe_rgb.copy, srgb_too.copy) == (False, True)


@pytest.mark.parametrize(("space", "option"), [(0xFFFF, None), (1, "R98"), (1, None), (0xFFFF, "R98")])
def test_what_exif_does_not_name_so_is_srgb(space: int, option: str | None, tmp_path: Path) -> None:
    exif = stating(space, option)
    path = tmp_path / "a.jpg"
    path.write_bytes(coded(patches(), "JPEG", quality=98, subsampling=0, exif=exif))
    assert worst(path) <= NEAR


PROPHOTO = icc.Space("ProPhoto", (0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491), (1.8,))


@pytest.mark.parametrize("space", [icc.ADOBE_RGB, icc.DISPLAY_P3, PROPHOTO, icc.BT2020], ids=lambda space: space.name)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_a_profile_in_any_format_is_followed(format: str, space: icc.Space, tmp_path: Path) -> None:
    light = np.clip(light_in(space), 0, 1)
    signal = light ** (1 / space.curve[0]) if len(space.curve) == 1 else srgb(light)
    options: dict[str, Any] = {
        "JPEG": {"quality": 98, "subsampling": 0},
        "AVIF": {"quality": 98, "subsampling": "4:4:4"},
    }
    options["WEBP"] = {"lossless": True}
    pixels = np.rint(patches(signal) * 255).astype(np.uint8)
    path = tmp_path / "a"
    path.write_bytes(coded(pixels, format, icc_profile=icc.profile(space), **options.get(format, {})))
    assert worst(path) <= (2.5 if format in ("JPEG", "AVIF") else NEAR)


def test_sixteen_bits_in_a_wide_space_arrive(tmp_path: Path) -> None:
    signal = patches(srgb(light_in(icc.DISPLAY_P3)))
    assert worst(png(tmp_path, signal, primaries="smpte432", transfer="iec61966-2-1")) <= 1


def test_grey_with_a_profile_of_its_own_follows_it(tmp_path: Path) -> None:
    profile = bytearray(icc.profile(icc.Space("grey", icc.SRGB.red, icc.SRGB.green, icc.SRGB.blue, (1.8,))))
    profile[16:20] = b"GRAY"
    at = profile.index(b"gTRC")
    profile[at : at + 4] = b"kTRC"
    level = 120
    grey = np.full((3 * SIDE, ACROSS * SIDE), level, np.uint8)
    path = tmp_path / "a.png"
    path.write_bytes(coded(grey, "PNG", icc_profile=bytes(profile)))
    meant = 255 * srgb((level / 255) ** 1.8)
    assert np.abs(found(path) - meant).max() <= 1.5


INKS = np.array([(-37, -50), (74, -3), (-5, 93)])
"""Hue of full cyan, magenta and yellow as CIE a* and b*; their lightness is 55, 48 and 89."""


def ink_lab(share: Any) -> Any:
    """The colour of inks, 0 to 1 each, that the drawn profile gives: no ink is white, black is black."""
    share = np.asarray(share, float)
    lightness = 100 - share[..., :3] @ np.array((30, 35, 10))
    hue = share[..., :3] @ INKS * 0.4
    left = 1 - share[..., 3:]
    return np.concatenate([lightness[..., None] * left, hue * left], -1)


def ink_profile() -> bytes:
    """A CMYK profile of sixteen corners (ICC.1:2010 10.9, lut8Type): enough for what lies between white and one ink."""
    corners = np.array(list(np.ndindex(2, 2, 2, 2)), float)
    grid = np.rint(ink_lab(corners) * (2.55, 1, 1) + (0, 128, 128)).astype(np.uint8).tobytes()
    straight = bytes(range(256))
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1" + struct.pack(">IBBBB", 0, 4, 3, 2, 0) + unit + straight * 4 + grid + straight * 3
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    tags = {b"A2B0": table, b"wtpt": white, b"desc": b"desc" + bytes(4) + struct.pack(">I", 4) + b"ink\0" + bytes(79)}
    body, rows, at = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        rows += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    head = struct.pack(
        ">I4sI4s4s4s12x4s28x3i",
        at + len(body),
        b"",
        0x02400000,
        b"prtr",
        b"CMYK",
        b"Lab ",
        b"acsp",
        63190,
        65536,
        54061,
    )
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + rows + body


def ink_file(folder: Path, inks: Image.Image, way: str) -> Path:
    """A TIFF, or a JPEG stored inverted as Adobe does, with its first three inks turned into YCC or not."""
    path = folder / "a"
    if way == "TIFF":
        inks.save(path, "TIFF", icc_profile=ink_profile())
    elif way == "CMYK":
        inks.save(path, "JPEG", quality=98, icc_profile=ink_profile())
    else:
        *three, black = inks.split()
        ycc = Image.merge("RGB", three).convert("YCbCr").split()
        turned = Image.merge("CMYK", [*(band.point(lambda level: 255 - level) for band in ycc), black])
        out = io.BytesIO()
        turned.save(out, "JPEG", quality=98, icc_profile=ink_profile())
        data = bytearray(out.getvalue())
        data[data.index(b"Adobe") + 11] = 2
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("way", ["TIFF", "CMYK", "YCCK"])
def test_ink_with_a_profile_has_the_colours_of_that_profile(way: str, tmp_path: Path) -> None:
    shares = np.zeros((27, 4))
    for place in range(26):
        shares[place, place % 4] = (place // 4) / 8
    squares = np.repeat(np.repeat(np.rint(shares * 255).astype(np.uint8).reshape(3, ACROSS, 4), SIDE, 0), SIDE, 1)
    path = ink_file(tmp_path, Image.fromarray(squares, "CMYK"), way)
    assert probe(path).colour == ("ycck" if way == "YCCK" else "cmyk")
    assert worst(path, lab_to_srgb(ink_lab(shares))) <= 2.5


def lab_to_srgb(lab: Any) -> Any:
    """sRGB of CIE L*a*b* under D50, as profiles store it."""
    y = (lab[..., 0] + 16) / 116
    bent = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], -1)
    ratio = np.where(bent > 6 / 29, bent**3, (bent - 4 / 29) * 3 * (6 / 29) ** 2)
    xyz = ratio * (0.9642, 1.0, 0.8249)
    light = xyz @ np.linalg.inv(np.array([icc.SRGB.red, icc.SRGB.green, icc.SRGB.blue]))
    return 255 * srgb(light)
