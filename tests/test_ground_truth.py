"""Probing real photos and clips agrees with exiftool and ffprobe, and a broken file fails alone and soon.

The folder named by ``TTDN_TEST_MEDIA`` holds the files and ``SOURCES.tsv``: one row a file, its ground truth in words.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from ttdn_assets.errors import MediaError
from ttdn_assets.media.fingerprint import picture_sha256
from ttdn_assets.media.probe import probe
from ttdn_assets.model import MediaFacts, VideoFacts

MEDIA = Path(os.environ.get("TTDN_TEST_MEDIA", "/nonexistent"))
TABLE = (MEDIA / "SOURCES.tsv").read_text(encoding="utf-8").splitlines() if MEDIA.is_dir() else []
ROWS = list(csv.DictReader(TABLE, delimiter="\t", quoting=csv.QUOTE_NONE))
PHOTOS = [row for row in ROWS if row["file"].startswith("photos/") and not row["file"].endswith(".xmp")]
VIDEOS = [row for row in ROWS if row["file"].startswith("videos/")]
BROKEN = [row for row in ROWS if row["file"].startswith("broken/")]
REFUSED = {"photos/8bit-sRGB.jxl": "not-media", "videos/sample_audio_only.mp4": "video-no-picture"}
READ_OTHERWISE = {
    "videos/nasa_13013.mp4": "its frames were counted in the smaller of its two pictures",
    "videos/fixture.mxf": "the reference demuxer dropped a third of its frames; all 266 are there, 25 a second",
    "videos/dolbyVision-hdr.MOV": "one of its five frames lies before the edit list and is never shown",
}
FORMATS = {"JPEG": "jpeg", "HEIF": "heic", "HEIC": "heic", "Extended WEBP": "webp", "APNG": "png"}
TRANSFERS = {"smpte2084": "pq", "arib-std-b67": "hlg"}

pytestmark = pytest.mark.skipif(not ROWS, reason="TTDN_TEST_MEDIA is not set")


def name_of(row: dict[str, str]) -> str:
    return row["file"]


def said(row: dict[str, str], key: str) -> str | None:
    match = re.search(rf"(?:^|[; ]){re.escape(key)}=(.*?)(?=; [\w.-]+=|$)", row["ground_truth"])
    return match[1].strip() if match else None


def pair(text: str) -> tuple[int, int]:
    match = re.match(r"(\d+)x(\d+)", text)
    assert match
    return int(match[1]), int(match[2])


@pytest.mark.parametrize("row", [row for row in PHOTOS if row["file"] not in REFUSED], ids=name_of)
def test_a_photo_is_what_exiftool_says(row: dict[str, str]) -> None:
    facts = probe(MEDIA / row["file"], timezone="+07:00")
    stored = pair(said(row, "stored_pixels") or "")
    kind = said(row, "FileType") or ""
    assert facts.format == FORMATS.get(kind, kind.lower())
    assert facts.stored_size_px == stored
    assert facts.size_px == upright(row, stored)
    assert facts.frames == frames(row)
    assert facts.icc_name == said(row, "ProfileDescription")
    assert camera_words(row) <= set((facts.camera or "").split())
    assert_place(row, facts)
    assert_time(row, facts)
    assert_words(row, facts)


def upright(row: dict[str, str], stored: tuple[int, int]) -> tuple[int, int]:
    return stored[::-1] if int(said(row, "Orientation") or 1) >= 5 else stored


def frames(row: dict[str, str]) -> int:
    if said(row, "FileType") in ("JPEG", "DNG"):
        return 1
    match = re.search(r"n=(\d+)", row["decode_check"])
    return int(match[1]) if match else 1


def camera_words(row: dict[str, str]) -> set[str]:
    return set((said(row, "Model") or "").split())


def assert_place(row: dict[str, str], facts: MediaFacts) -> None:
    latitude, longitude = (float(said(row, f"GPS{part}") or 0) for part in ("Latitude", "Longitude"))
    if not latitude and not longitude:
        assert facts.gps is None
        return
    assert facts.gps is not None
    assert facts.gps.latitude_deg == pytest.approx(latitude, abs=2e-6)
    assert facts.gps.longitude_deg == pytest.approx(longitude, abs=2e-6)


def assert_time(row: dict[str, str], facts: MediaFacts) -> None:
    told = said(row, "DateTimeOriginal") or said(row, "CreateDate")
    if told is None or told.startswith("0000"):
        assert facts.taken_at is None
        return
    assert facts.taken_at is not None
    assert facts.taken_at[:19] == told[:10].replace(":", "-") + "T" + told[11:19]
    if offset := said(row, "OffsetTimeOriginal"):
        assert facts.taken_at[19:] == offset


def assert_words(row: dict[str, str], facts: MediaFacts) -> None:
    values = {" ".join(text.value.split()) for text in facts.texts}
    for key in ("Caption-Abstract", "Description", "Title", "By-line"):
        told = said(row, key)
        if told and "[" not in told and "í" not in told:
            assert any(" ".join(told.split())[:60] in value.replace("\n", " ") for value in values), (key, told, values)


@pytest.mark.parametrize("row", [row for row in VIDEOS if row["file"] not in REFUSED], ids=name_of)
def test_a_clip_is_what_ffprobe_says(row: dict[str, str]) -> None:
    facts = probe(MEDIA / row["file"])
    assert facts.video is not None
    stream = said_of_stream(row)
    turned = round(float(stream["rotation"])) % 360
    assert facts.video.codec == stream["codec"]
    assert facts.stored_size_px == pair(stream["size"])
    assert facts.video.rotation_deg == -turned % 360
    assert facts.video.pix_fmt == stream["pix_fmt"] or facts.has_alpha
    assert facts.size_px == shown(stream, facts.stored_size_px, turned)
    assert facts.hdr == TRANSFERS.get(stream["trc"])
    assert facts.video.full_range == (stream["range"] == "pc")
    assert_sound(row, facts.video)
    assert_tags(row, facts)
    if row["file"] not in READ_OTHERWISE:
        assert_flow(row, stream, facts)


def said_of_stream(row: dict[str, str]) -> dict[str, str]:
    """The largest picture of the clip, which is the one that is used."""
    streams = re.finditer(r"video=(\S+) (\d+x\d+) (.*?)(?:; |$)", row["ground_truth"])
    match = max(streams, key=lambda one: pair(one[2]))
    named = dict(part.split("=", 1) for part in match[3].split(" ") if "=" in part)
    return {"codec": match[1], "size": match[2], **named}


def shown(stream: dict[str, str], stored: tuple[int, int], turned: int) -> tuple[int, int]:
    across, down = (int(part) for part in stream["sar"].split(":")) if ":" in stream["sar"] else (1, 1)
    square = (round(stored[0] * across / down), stored[1])
    return square[::-1] if turned in (90, 270) else square


def assert_sound(row: dict[str, str], video: VideoFacts) -> None:
    match = re.search(r"audio=(\S+) (\d+)Hz (\d+)ch", row["ground_truth"])
    found = (video.audio.codec, str(video.audio.sample_rate_hz), str(video.audio.channels)) if video.audio else None
    assert found == (match.groups() if match else None)


def assert_tags(row: dict[str, str], facts: MediaFacts) -> None:
    place = re.search(r"(?:ISO6709|location)=([+-]\d+\.\d+)([+-]\d+\.\d+)", row["ground_truth"])
    found = (facts.gps.latitude_deg, facts.gps.longitude_deg) if facts.gps else None
    assert found == ((float(place[1]), float(place[2])) if place else None)
    assert (facts.taken_at is not None) == (said(row, "creation_time") is not None)


def assert_flow(row: dict[str, str], stream: dict[str, str], facts: MediaFacts) -> None:
    assert facts.video is not None
    counted = re.search(r"frames=(\d+) (VFR|CFR)", row["ground_truth"])
    if counted:
        assert facts.frames == int(counted[1])
        assert facts.video.vfr == (counted[2] == "VFR")
        assert facts.video.fps == pytest.approx(rate(stream), rel=0.02)
    assert facts.video.interlaced == (stream["field"] in ("tt", "bb", "tb", "bt"))
    if "subtitle=" not in row["ground_truth"]:
        assert facts.video.duration_s == pytest.approx(stated_s(row), abs=0.06)


def stated_s(row: dict[str, str]) -> float:
    match = re.search(r"duration=([\d.]+)", row["ground_truth"])
    assert match
    return float(match[1])


def rate(stream: dict[str, str]) -> float:
    """The average rate; where it is the millisecond clock that some files state, half the field rate."""
    above, below = (float(part) for part in stream["avg_fps"].split("/"))
    if 0 < above / below < 200:
        return above / below
    fields, seconds = (float(part) for part in stream["r_fps"].split("/"))
    return fields / seconds / 2


@pytest.mark.parametrize(("file", "code"), REFUSED.items(), ids=lambda value: str(value))
def test_what_holds_no_picture_for_us_is_refused_by_name(file: str, code: str) -> None:
    with pytest.raises(MediaError) as caught:
        probe(MEDIA / file)
    assert caught.value.code == code


@pytest.mark.parametrize("row", BROKEN, ids=name_of)
def test_a_broken_file_fails_alone_and_soon(row: dict[str, str]) -> None:
    path = MEDIA / row["file"]
    try:
        facts = probe(path)
        assert min(facts.size_px) > 0
        assert len(picture_sha256(path, facts)) == 64
        told = str(path)
    except MediaError as error:
        told = str(error)
    assert str(path) in told


def test_words_without_a_stated_charset_and_of_sidecars_are_read() -> None:
    facts = probe(MEDIA / "photos" / "exiv2-bug501.jpg")
    words = {text.value for text in facts.texts}
    assert "Porträtt på Eva" in words
    assert "Göteborg" in " ".join(words)
    sidecar = MEDIA / "photos" / "IMG_5910.xmp"
    with_sidecar = probe(MEDIA / "photos" / "IMG_5910.jpg", companions=[sidecar])
    assert with_sidecar.texts[0].value == "Squirrel at berkely"


def test_gain_maps_panoramas_and_faces_are_seen() -> None:
    photos = MEDIA / "photos"
    assert {name: probe(photos / name).hdr for name in ("ultra-hdr.jpg", "apple_gainmap_new.jpg")} == {
        "ultra-hdr.jpg": "gain_map",
        "apple_gainmap_new.jpg": "gain_map",
    }
    assert probe(photos / "seine_sdr_gainmap_srgb.avif").hdr == "gain_map"
    assert probe(photos / "panorama360.jpg").projection == "equirectangular"
    assert len(probe(photos / "portrait.jpg").face_boxes) == 2


def test_eight_orientations_of_one_picture_have_one_upright_size() -> None:
    sizes = {probe(MEDIA / "photos" / f"Landscape_{n}.jpg").size_px for n in range(1, 9)}
    assert sizes == {(1800, 1200)}
