"""Words go into a copy in every language, the picture and the sound stay what they were to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from ttdn_assets.captions.embed import embed
from ttdn_assets.errors import MediaError
from ttdn_assets.model import CaptionSet, Text, Whereabouts, Words
from ttdn_assets.tools import chunked, heif_write, jpeg_segments, mp4_boxes, xmp_write
from ttdn_assets.tools.tiff_write import tiff_xmp

EXIFTOOL = shutil.which("exiftool")
NS = {"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dc": "http://purl.org/dc/elements/1.1/"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def human(value: str) -> Text:
    return Text(value=value, origin="human")


WORDS = Words(
    captions=CaptionSet(
        title={"vi": human("Lễ hội hoa ban"), "en": human("Ban flower festival"), "zh": human("羊蹄甲花节")},
        description={
            "vi": human("Lễ hội hoa ban ở Mộc Châu, tỉnh Sơn La."),
            "en": human("The ban flower festival in Moc Chau, Son La province."),
            "zh": human("山罗省木州羊蹄甲花节。"),
        },
        alt_text={"vi": human("Cô gái Thái cầm hoa"), "en": human("A Thai woman holding flowers")},
        keywords={"vi": human("hoa ban; Mộc Châu"), "en": human("ban flower; Moc Chau")},
    ),
    credit="Sở VHTTDL tỉnh Sơn La",
    author="Lò Văn Ban; Cầm Thị Hoa",
    rights="© 2026 Sở VHTTDL tỉnh Sơn La",
    where=Whereabouts(location="đồi chè Mộc Châu", city="Mộc Châu", state="Sơn La", country="Việt Nam"),
    source_type="algorithmicallyEnhanced",
)
NASTY = '"quoted" <b>&amp; ]]> \x00\x07\x1b\ud800 \ufffe\U0001f33a 🇻🇳 =1+1\r\nhàng hai'


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    rng = np.random.default_rng(7)
    channels = len(mode)
    return Image.fromarray(rng.integers(0, 255, (size[1], size[0], channels), dtype=np.uint8), mode)


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    from PIL import ImageCms

    path = tmp_path / "ảnh gốc.jpg"
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera 900", 6
    exif.get_ifd(0x8825)[1] = "N"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture().save(path, quality=90, dpi=(300, 300), exif=exif, icc_profile=icc, comment=b"shot by nobody")
    return path


def make_clip(path: Path, *, faststart: bool, seconds: int = 1) -> Path:
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", options=options) as container:
        container.metadata["title"] = "old title"
        container.metadata["location"] = "+21.3+103.9/"
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("aac", rate=48_000)
        for i in range(25 * seconds):
            pixels = np.full((48, 64, 3), i * 9 % 255, dtype=np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), dtype=np.float32), format="fltp", layout="mono")
        sound.sample_rate = 48_000
        container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path


def packets(path: Path) -> list[tuple[int, int | None, str]]:
    with av.open(str(path)) as container:
        return [(p.stream.index, p.pts, hashlib.sha256(bytes(p)).hexdigest()) for p in container.demux() if p.size]


def said(xmp: bytes, name: str) -> dict[str | None, str]:
    import defusedxml.ElementTree as ET

    root = ET.fromstring(xmp[xmp.index(b"<x:xmpmeta") : xmp.rindex(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")])
    return {li.get(XML_LANG): li.text or "" for li in root.iterfind(f".//dc:{name}//rdf:li", NS)}


def exiftool(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [EXIFTOOL or "", "-j", "-a", "-G1", "-ee", "-warning", "-all", str(path)], capture_output=True, check=True
    )
    return dict(json.loads(done.stdout)[0])


@pytest.fixture
def needs_exiftool() -> None:
    if EXIFTOOL is None:
        pytest.skip("exiftool is not installed")


def test_a_jpeg_keeps_its_coded_picture_profile_and_resolution(jpeg: Path, tmp_path: Path) -> None:
    (copy,) = embed(jpeg, tmp_path / "copy.jpg", WORDS, format="jpeg")
    before, scan = jpeg_segments.split(jpeg.read_bytes())
    after, scan_after = jpeg_segments.split(copy.read_bytes())
    assert scan_after == scan
    tables = [s for s in before if s.marker not in (0xE1, 0xED, 0xFE)]
    assert [s for s in after if s.marker not in (0xE1, 0xED, 0xFE)] == tables
    with Image.open(jpeg) as was, Image.open(copy) as now:
        assert now.tobytes() == was.tobytes()
        assert now.info["icc_profile"] == was.info["icc_profile"]
        assert now.info["dpi"] == (300, 300)


def test_a_jpeg_copy_tells_nothing_of_camera_and_place(jpeg: Path, tmp_path: Path) -> None:
    (copy,) = embed(jpeg, tmp_path / "copy.jpg", WORDS, format="jpeg")
    with Image.open(copy) as image:
        exif = image.getexif()
        assert (exif.get(0x0110), exif.get(0x0112), dict(exif.get_ifd(0x8825))) == (None, 1, {})
    assert b"Camera 900" not in copy.read_bytes()
    assert b"shot by nobody" not in copy.read_bytes()


@pytest.mark.parametrize(
    ("mode", "format", "options"),
    [
        ("RGB", "png", {}),
        ("RGBA", "png", {}),
        ("RGB", "webp", {"quality": 80}),
        ("RGB", "webp", {"lossless": True}),
        ("RGBA", "webp", {"lossless": True}),
        ("RGBA", "webp", {"quality": 80}),
    ],
)
def test_png_and_webp_copies_show_the_same_pixels_and_the_words(
    tmp_path: Path, mode: str, format: str, options: dict[str, Any]
) -> None:
    source = tmp_path / f"in.{format}"
    picture((65, 47), mode).save(source, **options)
    (copy,) = embed(source, tmp_path / f"out.{format}", WORDS, format=format)
    with Image.open(source) as was, Image.open(copy) as now:
        assert (now.mode, now.size, now.tobytes()) == (was.mode, was.size, was.tobytes())
        assert said(now.info["xmp"], "title")["zh-Hans"] == "羊蹄甲花节"
        assert 0x8298 in now.getexif()


def test_embedding_twice_gives_the_same_bytes_again(jpeg: Path, tmp_path: Path) -> None:
    (once,) = embed(jpeg, tmp_path / "one.jpg", WORDS, format="jpeg")
    (twice,) = embed(once, tmp_path / "two.jpg", WORDS, format="jpeg")
    assert twice.read_bytes() == once.read_bytes()


def test_each_language_has_its_alternative_and_the_first_is_the_default(jpeg: Path, tmp_path: Path) -> None:
    (copy,) = embed(jpeg, tmp_path / "copy.jpg", WORDS, format="jpeg")
    titles = said(jpeg_segments.xmp_of(jpeg_segments.split(copy.read_bytes())[0]), "title")
    assert list(titles) == ["x-default", "vi", "en", "zh-Hans", "zh"]
    assert titles["x-default"] == titles["vi"] == "Lễ hội hoa ban"
    assert titles["zh"] == titles["zh-Hans"]


@pytest.mark.parametrize("faststart", [True, False])
def test_a_clip_keeps_every_packet_and_gets_words_and_a_sidecar(tmp_path: Path, faststart: bool) -> None:
    source = make_clip(tmp_path / "in.mp4", faststart=faststart)
    copy, sidecar = embed(source, tmp_path / "out.mp4", WORDS, format="mp4")
    assert packets(copy) == packets(source)
    with av.open(str(copy)) as container:
        assert container.metadata["title"] == "Lễ hội hoa ban"
        assert container.metadata["copyright"] == WORDS.rights
        assert "location" not in container.metadata
    assert said(mp4_boxes.xmp_of(copy), "description") == said(sidecar.read_bytes(), "description")
    names = [copy.read_bytes().find(name) for name in (b"ftyp", b"moov", b"mdat")]
    assert names == sorted(names)
    assert sidecar.name == "out.xmp"


def test_a_clip_is_embedded_twice_without_growing(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "in.mp4", faststart=True)
    once, _ = embed(source, tmp_path / "one.mp4", WORDS, format="mp4")
    twice, _ = embed(once, tmp_path / "two.mp4", WORDS, format="mp4")
    assert twice.read_bytes() == once.read_bytes()


def test_hostile_text_is_valid_xml_and_reads_back(jpeg: Path, tmp_path: Path) -> None:
    words = Words(captions=CaptionSet(title={"vi": human(NASTY), 'x"><evil/>': human("no")}), credit=NASTY)
    (copy,) = embed(jpeg, tmp_path / "copy.jpg", words, format="jpeg")
    titles = said(jpeg_segments.xmp_of(jpeg_segments.split(copy.read_bytes())[0]), "title")
    assert titles["vi"] == '"quoted" <b>&amp; ]]>  🌺 🇻🇳 =1+1\nhàng hai'
    assert set(titles) == {"x-default", "vi"}


def test_words_that_outgrow_a_segment_go_on_in_extended_xmp(jpeg: Path, tmp_path: Path) -> None:
    long = "Cánh đồng hoa cải trắng ở Mộc Châu. " * 1500
    words = Words(captions=CaptionSet(title={"vi": human("Ngắn")}, description={"vi": human(long)}))
    (copy,) = embed(jpeg, tmp_path / "copy.jpg", words, format="jpeg")
    segments, _ = jpeg_segments.split(copy.read_bytes())
    main = jpeg_segments.xmp_of(segments)
    assert said(main, "title")["vi"] == "Ngắn"
    more = [s.payload[35:] for s in segments if s.payload.startswith(b"http://ns.adobe.com/xmp/extension/\0")]
    assert len(more) > 1
    whole = b"".join(part[40:] for part in more)
    assert said(whole, "description")["vi"] == long.strip()
    assert hashlib.md5(whole).hexdigest().upper().encode() in main


def test_a_panorama_stays_one(jpeg: Path, tmp_path: Path) -> None:
    told = {"ProjectionType": "equirectangular", "FullPanoWidthPixels": "64"}
    (first,) = embed(jpeg, tmp_path / "one.jpg", WORDS, format="jpeg", panorama=told)
    (second,) = embed(first, tmp_path / "two.jpg", Words(credit="x"), format="jpeg")
    assert xmp_write.panorama_of(second.read_bytes()) == told


def test_a_format_without_a_place_for_words_gets_the_sidecar_alone(tmp_path: Path) -> None:
    source = tmp_path / "a.gif"
    picture().convert("P").save(source)
    copy, sidecar = embed(source, tmp_path / "b.gif", WORDS, format="gif")
    assert copy.read_bytes() == source.read_bytes()
    assert said(sidecar.read_bytes(), "title")["en"] == "Ban flower festival"


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "mp4"])
@pytest.mark.parametrize("cut", [0, 3, 30, 400])
def test_damaged_files_are_named_and_nothing_is_left(tmp_path: Path, jpeg: Path, format: str, cut: int) -> None:
    source = tmp_path / "cut"
    source.write_bytes(jpeg.read_bytes()[:cut] if format == "jpeg" else os.urandom(cut))
    folder = tmp_path / "out"
    with pytest.raises(MediaError) as told:
        embed(source, folder / "x", WORDS, format=format)
    assert told.value.code == "embed-damaged"
    assert list(folder.glob("*")) == []


def test_every_truncation_of_a_clip_is_refused_or_whole(tmp_path: Path) -> None:
    data = make_clip(tmp_path / "in.mp4", faststart=False).read_bytes()
    for cut in range(8, len(data), 997):
        (tmp_path / "cut.mp4").write_bytes(data[:cut])
        with pytest.raises(MediaError):
            embed(tmp_path / "cut.mp4", tmp_path / "out.mp4", WORDS, format="mp4")


@pytest.mark.proof
@pytest.mark.usefixtures("needs_exiftool")
@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "mp4"])
def test_exiftool_reads_the_words_in_every_language(tmp_path: Path, format: str) -> None:
    source = tmp_path / f"in.{format}"
    if format == "mp4":
        make_clip(source, faststart=True)
    else:
        picture().save(source)
    told = exiftool(embed(source, tmp_path / f"out.{format}", WORDS, format=format)[0])
    assert told["XMP-dc:Description-vi"] == "Lễ hội hoa ban ở Mộc Châu, tỉnh Sơn La."
    assert told["XMP-dc:Description-en"].startswith("The ban flower")
    assert told["XMP-dc:Description-zh"] == told["XMP-dc:Description-zh-hans"] == "山罗省木州羊蹄甲花节。"
    assert told["XMP-iptcCore:AltTextAccessibility-en"] == "A Thai woman holding flowers"
    assert told["XMP-photoshop:Credit"] == WORDS.credit
    assert told["XMP-dc:Creator"] == ["Lò Văn Ban", "Cầm Thị Hoa"]
    if format != "mp4":
        assert told["IFD0:ImageDescription"] == told["XMP-dc:Description"]
        assert told["IFD0:Copyright"] == WORDS.rights
    assert not [key for key in told if "Warning" in key or "GPS" in key or "Serial" in key]


@pytest.mark.skipif("TTDN_TEST_MEDIA" not in os.environ, reason="no folder of real media is named")
def test_real_files_take_words_or_are_refused_by_name(tmp_path: Path) -> None:
    formats = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".webp": "webp", ".mp4": "mp4", ".mov": "mp4"}
    taken = 0
    for path in sorted(Path(os.environ["TTDN_TEST_MEDIA"]).rglob("*")):
        format = formats.get(path.suffix.lower())
        if format is None or path.stat().st_size > 40_000_000:
            continue
        try:
            copy = embed(path, tmp_path / f"copy{path.suffix}", WORDS, format=format)[0]
        except MediaError:
            continue
        taken += 1
        if format == "jpeg":
            assert jpeg_segments.split(copy.read_bytes())[1] == jpeg_segments.split(path.read_bytes())[1]
        if format == "png":
            assert [c for c in chunked.png_chunks(copy.read_bytes()) if c.name == b"IDAT"] == [
                c for c in chunked.png_chunks(path.read_bytes()) if c.name == b"IDAT"
            ]
        if format == "webp":
            assert chunked.webp_chunks(copy.read_bytes())[1:-2] == [
                c for c in chunked.webp_chunks(path.read_bytes()) if c.name not in (b"VP8X", b"EXIF", b"XMP ")
            ]
        if format == "mp4" and "broken" not in path.parts:
            assert packets(copy) == packets(path)
    assert taken > 50


@pytest.mark.usefixtures("needs_exiftool")
@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "avif", "tiff", "mp4"])
def test_exiftool_reads_where_who_and_what_a_machine_wrote(format: str, tmp_path: Path) -> None:
    source = tmp_path / f"source.{format}"
    if format == "mp4":
        make_clip(source, faststart=True)
    else:
        picture().save(source, format)
    copy, *_ = embed(source, tmp_path / f"copy.{format}", WORDS, format=format)
    told = exiftool(copy)
    assert told.pop("XMP-iptcExt:DigitalSourceType").lower().replace(" ", "").endswith("algorithmicallyenhanced")
    assert {name: told[name] for name in told if name.startswith(("XMP-photoshop:", "XMP-iptc"))} == {
        "XMP-photoshop:City": "Mộc Châu",
        "XMP-photoshop:State": "Sơn La",
        "XMP-photoshop:Country": "Việt Nam",
        "XMP-photoshop:Credit": "Sở VHTTDL tỉnh Sơn La",
        "XMP-photoshop:Headline": "Lễ hội hoa ban",
        "XMP-iptcCore:Location": "đồi chè Mộc Châu",
        "XMP-iptcCore:AltTextAccessibility": "Cô gái Thái cầm hoa",
        "XMP-iptcCore:AltTextAccessibility-vi": "Cô gái Thái cầm hoa",
        "XMP-iptcCore:AltTextAccessibility-en": "A Thai woman holding flowers",
    }
    assert told["XMP-dc:Rights"] == "© 2026 Sở VHTTDL tỉnh Sơn La"
    assert told["XMP-dc:Creator"] == ["Lò Văn Ban", "Cầm Thị Hoa"]
    names = {name.lower() for name in told}
    for lang in ("vi", "en", "zh-hans", "zh"):
        assert {f"xmp-dc:title-{lang}", f"xmp-dc:description-{lang}"} <= names
    if format not in ("mp4", "avif"):
        assert told["IFD0:Artist"].startswith("Lò Văn Ban")
        assert told["IFD0:Copyright"] == "© 2026 Sở VHTTDL tỉnh Sơn La"
        assert told["IFD0:ImageDescription"].startswith("Lễ hội hoa ban ở Mộc Châu")


def test_minority_and_foreign_languages_are_embedded_under_their_own_codes(jpeg: Path, tmp_path: Path) -> None:
    texts = {"vi": human("Lễ hội"), "lo": human("ບຸນ"), "hmn": human("Kev lom zem"), "tai": human("ꪎꪴꪒ")}
    words = Words(captions=CaptionSet(title=texts))
    (copy,) = embed(jpeg, tmp_path / "copy.jpg", words, format="jpeg")
    found = said(jpeg_segments.xmp_of(jpeg_segments.split(copy.read_bytes())[0]), "title")
    assert found == {"x-default": "Lễ hội", **{lang: text.value for lang, text in texts.items()}}


@pytest.mark.parametrize("format", ["avif", "tiff"])
def test_an_avif_and_a_tiff_keep_their_pixels_and_words_can_be_written_again(format: str, tmp_path: Path) -> None:
    source = tmp_path / f"source.{format}"
    picture().save(source, format, exif=Image.Exif())
    first = embed(source, tmp_path / f"one.{format}", WORDS, format=format)[0]
    again = embed(first, tmp_path / f"two.{format}", Words(credit="Khác"), format=format)[0]
    with Image.open(source) as was, Image.open(first) as one, Image.open(again) as two:
        assert was.tobytes() == one.tobytes() == two.tobytes()
        xmp = one.info["xmp"] if format == "avif" else one.getexif()[700]
        assert said(xmp, "title")["zh-Hans"] == "羊蹄甲花节"
    assert "Khác".encode() in (heif_write.heif_xmp if format == "avif" else tiff_xmp)(again.read_bytes())
    assert "羊蹄甲花节".encode() not in again.read_bytes()


@pytest.mark.parametrize("format", ["avif", "tiff"])
def test_a_damaged_avif_or_tiff_is_told_and_leaves_nothing(format: str, tmp_path: Path) -> None:
    source = tmp_path / f"source.{format}"
    picture().save(source, format)
    whole = source.read_bytes()
    for broken in (whole[:6], b"", whole[:4] + b"\xff" * 40, b"\0" * 64):
        source.write_bytes(broken)
        with pytest.raises(MediaError) as told:
            embed(source, tmp_path / f"copy.{format}", WORDS, format=format)
        assert told.value.code == "embed-damaged"
        assert not (tmp_path / f"copy.{format}").exists()
