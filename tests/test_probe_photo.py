"""A picture of any supported format is probed by content: size, turn, depth, colour, frames, HDR; bombs are refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from media_bytes import box, heic, hevc_frame, jpeg, picture, with_segments, with_xmp, xmp
from ttdn_assets.errors import InputError, MediaError
from ttdn_assets.media.probe import probe
from ttdn_assets.model import MediaFacts
from ttdn_assets.settings import Limits

SIZE = (64, 48)


def saved(path: Path, image: Image.Image, format: str, **options: object) -> MediaFacts:
    image.save(path, format, **options)
    return probe(path)


def turned(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    return block


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "AVIF", "BMP", "MPO"])
def test_the_content_decides_whatever_the_name_says(tmp_path: Path, format: str) -> None:
    options = {"save_all": True, "append_images": [picture(SIZE, seed=1)]} if format == "MPO" else {}
    facts = saved(tmp_path / "wrong.txt", picture(SIZE), format, **options)
    assert facts.format == format.lower()
    assert (facts.kind, facts.size_px, facts.stored_size_px) == ("photo", SIZE, SIZE)
    assert facts.extension in {"jpg", "png", "tif", "webp", "gif", "avif", "bmp", "mpo"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_size_is_upright_and_the_turn_is_left_to_the_decoder(tmp_path: Path, format: str, orientation: int) -> None:
    facts = saved(tmp_path / "a", picture(SIZE), format, exif=turned(orientation))
    assert facts.size_px == (SIZE if orientation < 5 else SIZE[::-1])
    assert (facts.stored_size_px, facts.orientation) == (SIZE, orientation)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["TIFF", "AVIF"])
def test_what_the_decoder_leaves_to_do_makes_the_picture_upright(tmp_path: Path, format: str, orientation: int) -> None:
    facts = saved(tmp_path / "a", picture(SIZE), format, exif=turned(orientation))
    with Image.open(tmp_path / "a") as image:
        image.load()
        decoded = image.size
    assert facts.size_px == (SIZE if orientation < 5 else SIZE[::-1])
    assert facts.size_px == (decoded if facts.orientation < 5 else decoded[::-1])
    assert facts.orientation == (1 if format == "TIFF" else orientation)


def test_stale_exif_dimensions_are_not_believed(tmp_path: Path) -> None:
    block = Image.Exif()
    block.get_ifd(0x8769).update({0xA002: 5000, 0xA003: 4000})
    assert saved(tmp_path / "a.jpg", picture(SIZE), "JPEG", exif=block).size_px == SIZE


@pytest.mark.parametrize(
    ("mode", "format", "colour", "alpha", "depth"),
    [
        ("L", "JPEG", "gray", False, 8),
        ("CMYK", "JPEG", "cmyk", False, 8),
        ("RGBA", "PNG", "rgb", True, 8),
        ("P", "PNG", "rgb", False, 8),
        ("I;16", "PNG", "gray", False, 16),
        ("LA", "PNG", "gray", True, 8),
        ("RGBA", "WEBP", "rgb", True, 8),
        ("CMYK", "TIFF", "cmyk", False, 8),
        ("I;16", "TIFF", "gray", False, 16),
        ("RGBA", "AVIF", "rgb", True, 8),
    ],
)
def test_colour_mode_alpha_and_depth(
    tmp_path: Path, mode: str, format: str, colour: str, alpha: bool, depth: int
) -> None:
    image = picture(SIZE).convert("P") if mode == "P" else picture(SIZE, mode=mode)
    if "A" in mode:
        image.putalpha(128)
    facts = saved(tmp_path / "a", image, format)
    assert (facts.has_alpha, facts.bit_depth) == (alpha, depth)
    assert facts.colour in (colour, "ycck" if colour == "cmyk" else colour)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_frames_and_pages_are_counted(tmp_path: Path, format: str) -> None:
    more = [picture(SIZE, seed=seed) for seed in (1, 2)]
    assert saved(tmp_path / "a", picture(SIZE), format, save_all=True, append_images=more).frames == 3


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_profile_has_a_name(tmp_path: Path, format: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert "sRGB" in (saved(tmp_path / "a", picture(SIZE), format, icc_profile=profile).icc_name or "")


@pytest.mark.parametrize(("code", "hdr"), [(16, "pq"), (18, "hlg"), (13, None)])
def test_hdr_png_is_known_by_its_curve(tmp_path: Path, code: int, hdr: str | None) -> None:
    stream = io.BytesIO()
    picture(SIZE).save(stream, "PNG")
    data = stream.getvalue()
    body = b"cICP" + bytes((9, code, 0, 1))
    chunk = struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body))
    (tmp_path / "a.png").write_bytes(data[:33] + chunk + data[33:])
    assert probe(tmp_path / "a.png").hdr == hdr


def test_a_gain_map_behind_the_picture_is_seen(tmp_path: Path) -> None:
    gain = with_xmp(jpeg((16, 12)), xmp("", 'hdrgm:Version="1.0"'))
    entries = struct.pack("<IIIHH", 0x030000, 0, 0, 0, 0) + struct.pack("<IIIHH", 0, len(gain), 0, 0, 0)

    def index(offset: int) -> bytes:
        rows = entries[:24] + struct.pack("<I", offset) + entries[28:]
        tags = struct.pack("<HHII", 0xB001, 4, 1, 2) + struct.pack("<HHII", 0xB002, 7, 32, 38)
        return b"MPF\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + tags + b"\0\0\0\0" + rows

    length = len(with_segments(jpeg(), (0xE2, index(0))))
    (tmp_path / "a.jpg").write_bytes(with_segments(jpeg(), (0xE2, index(length - 10))) + gain)
    facts = probe(tmp_path / "a.jpg")
    assert (facts.format, facts.hdr, facts.frames) == ("jpeg", "gain_map", 1)


@pytest.mark.parametrize(
    ("turn", "exif_value", "size", "left"),
    [
        (b"", 1, (128, 64), 1),
        (b"", 6, (64, 128), 6),
        (box(b"irot", b"\x03"), 6, (64, 128), 1),
        (box(b"irot", b"\x01"), 1, (64, 128), 1),
        (box(b"irot", b"\x02"), 1, (128, 64), 1),
        (box(b"imir", b"\x01"), 1, (128, 64), 1),
    ],
    ids=["none", "exif alone", "both", "irot alone", "half turn", "mirror"],
)
def test_heic_is_turned_once(tmp_path: Path, turn: bytes, exif_value: int, size: tuple[int, int], left: int) -> None:
    frame, config = hevc_frame(tmp_path, (128, 64))
    path = tmp_path / "a.heic"
    path.write_bytes(heic(frame, config, (128, 64), exif=turned(exif_value).tobytes(), turn=turn))
    facts = probe(path)
    assert (facts.format, facts.stored_size_px) == ("heic", (128, 64))
    assert (facts.size_px, facts.orientation) == (size, left)


def dng(preview: bytes, *, compression: int = 7, size: tuple[int, int] = (4000, 3000)) -> bytes:
    """A raw file whose preview stands in the first directory and whose full picture in a SubIFD."""
    first_rows, sub_rows = 9, 6
    sub_at = 8 + 2 + first_rows * 12 + 4
    preview_at = sub_at + 2 + sub_rows * 12 + 4
    first = [
        (254, 4, 1, 1), (256, 4, 1, 64), (257, 4, 1, 48), (259, 3, 1, compression), (262, 3, 1, 6),
        (273, 4, 1, preview_at), (279, 4, 1, len(preview)), (330, 4, 1, sub_at), (50706, 1, 4, 0x00000401),
    ]  # fmt: skip
    sub = [
        (254, 4, 1, 0),
        (256, 4, 1, size[0]),
        (257, 4, 1, size[1]),
        (258, 3, 1, 14),
        (262, 3, 1, 32803),
        (273, 4, 1, 9),
    ]

    def rows(entries: list[tuple[int, int, int, int]]) -> bytes:
        return struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)

    return b"II*\0\x08\0\0\0" + rows(first) + rows(sub) + preview


def test_a_raw_picture_is_its_full_size_and_says_what_stands_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.dng").write_bytes(dng(jpeg()))
    facts = probe(tmp_path / "a.dng")
    assert (facts.format, facts.size_px, facts.bit_depth) == ("dng", (4000, 3000), 14)
    assert [finding.rule for finding in facts.findings] in (["raw-preview"], [])


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path, limits=limits or Limits())
    assert str(path) in str(caught.value)
    return caught.value.code


def bomb_png(path: Path) -> None:
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", 0))


def bomb_jpeg(path: Path) -> None:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65500, 65500)
    path.write_bytes(data)


def bomb_gif(path: Path) -> None:
    path.write_bytes(b"GIF89a\x20\0\x20\0\0\0\0\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\0\x3b")


def bomb_tiff(path: Path) -> None:
    rows = [(256, 4, 1, 0x7FFFFFFF), (257, 4, 1, 0x7FFFFFFF), (258, 3, 1, 8), (273, 4, 1, 8), (279, 4, 1, 1)]
    body = struct.pack("<H", len(rows)) + b"".join(struct.pack("<HHII", *row) for row in rows) + bytes(4)
    path.write_bytes(b"II*\0\x08\0\0\0" + body)


@pytest.mark.parametrize("make", [bomb_png, bomb_jpeg, bomb_gif, bomb_tiff])
def test_a_bomb_is_refused_before_anything_is_decoded(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "bomb")
    assert refused(tmp_path / "bomb") == "photo-too-large"


def test_the_limit_on_pixels_is_the_callers(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    assert refused(tmp_path / "a.jpg", limits=Limits(pixels=1000)) == "photo-too-large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b'{"a": 1}', "not-media"),
        (b"8BPS\0\1", "not-media"),
        (b"\x00" * 100, "content-unknown"),
        (b"\xff\xd8\xff\xe0", "photo-broken"),
        (jpeg()[:40], "photo-broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "photo-broken"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "photo-broken"),
        (b"II*\0\x08\0\0\0", "photo-broken"),
        (b"\0\0\0\x14ftypheic\0\0\0\0heic", "photo-broken"),
        (jpeg().replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"), "photo-not-taken"),
    ],
)
def test_what_is_no_picture_says_why(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    assert refused(tmp_path / "a.jpg") == code


def test_every_cut_of_a_picture_ends_well(tmp_path: Path) -> None:
    block = Image.Exif()
    block[0x010E] = "words"
    data = with_xmp(jpeg(exif=block), xmp(""))
    for length in range(0, len(data), 7):
        (tmp_path / "a.jpg").write_bytes(data[:length])
        assert outcome(tmp_path / "a.jpg") in ("read", "file-empty", "not-media", "photo-broken")


def outcome(path: Path) -> str:
    try:
        probe(path)
    except MediaError as error:
        return error.code
    return "read"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        probe(tmp_path / "gone.jpg")
    assert caught.value.code == "file-vanished"


def test_every_opening_of_a_file_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg())
    probe(path)
    path.rename(tmp_path / "b.jpg")
    assert not path.exists()
