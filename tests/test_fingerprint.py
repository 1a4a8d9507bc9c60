"""The fingerprint of a picture or clip stays when its metadata is edited and changes when the picture does."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from media_bytes import (
    box,
    clip,
    ffmpeg,
    heic,
    hevc_frame,
    jpeg,
    lang_alt,
    picture,
    with_iptc,
    with_segments,
    with_xmp,
    xmp,
)
from ttdn_assets.media.fingerprint import picture_sha256
from ttdn_assets.media.probe import probe

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
PACKET = xmp(lang_alt("dc:title", vi="Hoa ban"))


def exif(orientation: int = 1, words: str = "words") -> Image.Exif:
    block = Image.Exif()
    block[0x010E] = words
    block[0x0112] = orientation
    return block


def print_of(path: Path) -> str:
    return picture_sha256(path, probe(path))


def drawn(path: Path, format: str, *, seed: int = 0, **options: object) -> str:
    """The fingerprint of a picture saved with Pillow's ``options``."""
    picture((64, 48), seed=seed).save(path, format, **options)
    return print_of(path)


def written(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return print_of(path)


def test_a_jpeg_keeps_its_fingerprint_through_metadata(tmp_path: Path) -> None:
    plain = jpeg()
    edits = [
        jpeg(exif=exif()),
        with_xmp(plain, PACKET),
        with_iptc(plain, [(2, 120, b"words")]),
        with_segments(plain, (0xFE, b"a comment")),
        with_segments(plain, (0xEB, b"content credentials" * 100)),
        plain + b"\0\0\0\x18ftypmp42" + b"motion" * 50,
    ]
    assert {written(tmp_path / "a.jpg", data) for data in edits} == {written(tmp_path / "a.jpg", plain)}


def test_another_picture_quality_or_profile_is_another_fingerprint(tmp_path: Path) -> None:
    profile = (Path(__file__).parent / "absent").name.encode()
    variants = [jpeg(), jpeg(seed=1), jpeg(quality=60), jpeg(progressive=True), jpeg(icc_profile=b"0" * 128 + profile)]
    assert len({written(tmp_path / "a.jpg", data) for data in variants}) == len(variants)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_turn_belongs_to_the_picture(tmp_path: Path, format: str) -> None:
    prints = [drawn(tmp_path / "a", format, exif=exif(orientation)) for orientation in (1, 3, 6)]
    assert len(set(prints)) == 3


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_exif_and_xmp_do_not_matter(tmp_path: Path, format: str) -> None:
    name = tmp_path / "a"
    plain = drawn(name, format)
    assert drawn(name, format, exif=exif(words="one")) == plain
    assert drawn(name, format, exif=exif(words="another, longer one")) == plain
    if format in ("WEBP", "AVIF"):
        assert drawn(name, format, xmp=PACKET) == plain


def test_the_texts_of_png_and_the_comment_of_gif_do_not_matter(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Title", "Hoa ban", lang="vi")
    assert drawn(tmp_path / "a", "PNG", pnginfo=info) == drawn(tmp_path / "a", "PNG")
    assert drawn(tmp_path / "a", "GIF", comment=b"words") == drawn(tmp_path / "a", "GIF")


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"])
def test_another_picture_is_another_fingerprint(tmp_path: Path, format: str) -> None:
    assert drawn(tmp_path / "a", format) != drawn(tmp_path / "a", format, seed=1)


def test_heic_is_known_by_its_coded_items_wherever_they_lie(tmp_path: Path) -> None:
    frame, config = hevc_frame(tmp_path, (128, 64))
    plain = written(tmp_path / "a.heic", heic(frame, config, (128, 64)))
    assert written(tmp_path / "a.heic", heic(frame, config, (128, 64), exif=exif().tobytes())) == plain
    turned = heic(frame, config, (128, 64), turn=box(b"irot", b"\x01"))
    assert written(tmp_path / "a.heic", turned) != plain


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_a_clip_keeps_its_fingerprint_when_only_its_tags_change(tmp_path: Path, suffix: str) -> None:
    made = clip(tmp_path / f"a.{suffix}", *H264)
    again = tmp_path / f"b.{suffix}"
    ffmpeg("-i", made, "-c", "copy", "-metadata", "title=Hoa ban", "-movflags", "+faststart", again)
    assert made.read_bytes() != again.read_bytes()
    assert print_of(made) == print_of(again)


def test_a_clip_with_another_picture_sound_or_turn_is_another(tmp_path: Path) -> None:
    made = clip(tmp_path / "a.mp4", *H264)
    ffmpeg("-i", made, "-c", "copy", "-an", tmp_path / "mute.mp4")
    ffmpeg("-display_rotation", "90", "-i", made, "-c", "copy", tmp_path / "turned.mp4")
    clip(tmp_path / "other.mp4", "-vf", "hue=s=0", *H264)
    assert len({print_of(path) for path in tmp_path.glob("*.mp4")}) == 4


def test_a_clip_told_to_play_or_look_otherwise_is_another(tmp_path: Path) -> None:
    made = clip(tmp_path / "a.mp4", *H264)
    again = ("-c", "copy", "-map", "0")
    ffmpeg(
        "-i", made, "-itsoffset", "0.5", "-i", made, "-map", "0:v", "-map", "1:a", "-c", "copy", tmp_path / "late.mp4"
    )
    ffmpeg("-itsscale", "2", "-i", made, *again, tmp_path / "slow.mp4")
    ffmpeg("-i", made, *again, "-aspect", "4:1", tmp_path / "wide.mp4")
    hlg = "h264_metadata=colour_primaries=9:transfer_characteristics=18"
    ffmpeg("-i", made, *again, "-bsf:v", hlg, tmp_path / "hlg.mp4")
    assert len({print_of(path) for path in tmp_path.glob("*.mp4")}) == 5


def test_only_what_lies_in_the_file_is_read_once_or_twice(tmp_path: Path) -> None:
    stream = io.BytesIO()
    picture((64, 48)).save(stream, "TIFF")
    path = tmp_path / "a.tif"
    path.write_bytes(stream.getvalue())
    assert len(print_of(path)) == 64


def test_a_large_jpeg_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    picture((8000, 6000)).save(path, "JPEG", quality=95)
    facts = probe(path)
    began = time.perf_counter()
    picture_sha256(path, facts)
    measured_s = time.perf_counter() - began
    assert measured_s < 0.5, f"{measured_s:.2f} s"
