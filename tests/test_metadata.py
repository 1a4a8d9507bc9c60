"""EXIF, IPTC and XMP tell when, where, with what and which words; damaged and hostile blocks cost only themselves."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from legacy_bytes import cp1258_bytes, legacy_bytes
from media_bytes import jpeg, lang_alt, with_iptc, with_xmp, xmp
from ttdn_assets.media import dates
from ttdn_assets.media.probe import probe
from ttdn_assets.media.probe_video import iso6709
from ttdn_assets.model import Box, EmbeddedText, Gps, MediaFacts
from ttdn_assets.tools.ifd import Tiff
from ttdn_assets.tools.metadata import read_exif
from ttdn_assets.tools.xmp_read import read_xmp

EXIF, GPS = 0x8769, 0x8825
CAPTION = "Lễ hội hoa ban Mộc Châu năm 2026"


def exif(
    main: dict[int, object], *, exif_part: dict[int, object] | None = None, gps: dict[int, object] | None = None
) -> bytes:
    block = Image.Exif()
    block.update(main)
    block.get_ifd(EXIF).update(exif_part or {})
    block.get_ifd(GPS).update(gps or {})
    return block.tobytes()


def facts_of(tmp_path: Path, data: bytes, **options: str) -> MediaFacts:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    return probe(path, **options)  # type: ignore[arg-type]


def texts(facts: MediaFacts, field: str) -> list[tuple[str | None, str]]:
    return [(text.lang, text.value) for text in facts.texts if text.field == field]


def test_exif_tells_time_place_camera_and_words(tmp_path: Path) -> None:
    block = exif(
        {
            0x010E: CAPTION.encode(),
            0x010F: "Canon",
            0x0110: "Canon EOS R5",
            0x013B: "Hoàng Long".encode(),
            0x8298: "© Sở VHTTDL".encode(),
        },
        exif_part={0x9003: "2026:03:02 08:30:05", 0x9011: "+07:00"},
        gps={1: "N", 2: (20.0, 50.0, 42.0), 3: "E", 4: (104.0, 40.0, 12.0)},
    )
    facts = facts_of(tmp_path, jpeg(exif=block))
    assert facts.taken_at == "2026-03-02T08:30:05+07:00"
    assert facts.gps == Gps(20.845, 104.67)
    assert facts.camera == "Canon EOS R5"
    assert texts(facts, "description") == [(None, CAPTION)]
    assert texts(facts, "author") == [(None, "Hoàng Long")]
    assert texts(facts, "rights") == [(None, "© Sở VHTTDL")]


@pytest.mark.parametrize(
    ("offset", "clock", "zone", "expected"),
    [
        ("-03:30", "", "+07:00", "-03:30"),
        ("", "2026:03:02 01:30:40", "+09:00", "+07:00"),
        ("", "2026:03:01 12:00:00", "+09:00", "+09:00"),
        ("", "", "+07:00", "+07:00"),
        ("nonsense", "", "+08:00", "+08:00"),
    ],
)
def test_the_zone_is_the_stated_one_then_the_gps_clocks_then_the_given(
    offset: str, clock: str, zone: str, expected: str
) -> None:
    assert (
        dates.local_time("2026:03:02 08:30:05", offset=offset, utc=clock, default=zone)
        == f"2026-03-02T08:30:05{expected}"
    )


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:02:31 10:00:00", "", "1500:01:01 00:00:00"]
)
def test_a_blank_or_impossible_clock_is_no_time(text: str) -> None:
    assert dates.local_time(text) is None


def test_an_epoch_is_no_time_and_utc_is_told_on_the_local_clock() -> None:
    assert dates.utc_time("1904-01-01T00:00:00.000000Z") is None
    assert dates.utc_time("2026-05-01T18:00:00.000000Z") == "2026-05-02T01:00:00+07:00"


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (95.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)},
        {1: "N", 3: "E"},
    ],
)
def test_a_place_off_the_globe_or_at_its_zero_is_none(tmp_path: Path, gps: dict[int, object]) -> None:
    assert facts_of(tmp_path, jpeg(exif=exif({}, gps=gps))).gps is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("+21.0285+105.8542+010.5/", Gps(21.0285, 105.8542)),
        ("-3327.208+02545.879/", Gps(-33.4534667, 25.7646500)),
        ("+210130+1055115/", Gps(21.025, 105.8541667)),
        ("+00.0000+000.0000/", None),
        ("somewhere", None),
    ],
)
def test_places_of_clips_are_read_in_all_their_lengths(text: str, place: Gps | None) -> None:
    assert iso6709(text) == place


@pytest.mark.parametrize("words", ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "Exif_JPEG_PICTURE", "SAMSUNG     "])
def test_what_a_camera_writes_by_itself_is_no_caption(tmp_path: Path, words: str) -> None:
    assert facts_of(tmp_path, jpeg(exif=exif({0x010E: words}))).texts == ()


@pytest.mark.parametrize("prefix", ["ascii", "utf-16-le", "utf-16-be", "bom"])
def test_user_comments_are_read_in_every_byte_order(tmp_path: Path, prefix: str) -> None:
    value = {
        "ascii": b"ASCII\0\0\0" + b"Hoa ban",
        "utf-16-le": b"UNICODE\0" + "Hoa ban nở".encode("utf-16-le"),
        "utf-16-be": b"UNICODE\0" + "Hoa ban nở".encode("utf-16-be"),
        "bom": b"UNICODE\0" + "Hoa ban nở".encode("utf-16"),
    }[prefix]
    facts = facts_of(tmp_path, jpeg(exif=exif({}, exif_part={0x9286: value})))
    assert texts(facts, "description") == [(None, "Hoa ban" if prefix == "ascii" else "Hoa ban nở")]


def test_windows_properties_are_read(tmp_path: Path) -> None:
    main: dict[int, object] = {
        tag: (value + "\0").encode("utf-16-le")
        for tag, value in ((0x9C9B, "Tiêu đề"), (0x9C9C, "梅花节"), (0x9C9E, "hoa;ban"), (0x9C9D, "Lan"))
    }
    facts = facts_of(tmp_path, jpeg(exif=exif(main)))
    assert texts(facts, "title") == [(None, "Tiêu đề")]
    assert texts(facts, "description") == [(None, "梅花节")]
    assert texts(facts, "keywords") == [(None, "hoa;ban")]
    assert texts(facts, "author") == [(None, "Lan")]


@pytest.mark.parametrize("code", ["tcvn3", "vni", "cp1258", "gbk", "big5"])
def test_iptc_in_an_old_code_is_repaired_and_said_to_be(tmp_path: Path, code: str) -> None:
    caption = {"gbk": "越南山罗省木州县梅花节", "big5": "越南山羅省木州縣"}.get(code, CAPTION)
    raw = cp1258_bytes(caption) if code == "cp1258" else None
    raw = raw or (caption.encode(code) if code in ("gbk", "big5") else legacy_bytes(caption, code))
    facts = facts_of(tmp_path, with_iptc(jpeg(), [(2, 120, raw), (2, 25, b"lehoi"), (2, 80, raw)]))
    assert texts(facts, "description") == [(None, caption)]
    assert texts(facts, "author") == [(None, caption)]
    assert texts(facts, "keywords") == [(None, "lehoi")]
    assert [(finding.rule, finding.measured) for finding in facts.findings] == [("charset-repaired", code)]


def test_iptc_of_no_known_code_is_kept_and_told(tmp_path: Path) -> None:
    raw = b"\xf0\xf7\xfe\xde \xac\xbe\xd0\xa4"
    facts = facts_of(tmp_path, with_iptc(jpeg(), [(2, 120, raw)]))
    assert facts.texts[0].value.encode("latin-1") == raw
    assert [finding.rule for finding in facts.findings] == ["charset-unknown"]


def test_iptc_marked_as_utf8_gives_every_field(tmp_path: Path) -> None:
    rows = [(1, 90, b"\x1b%G")]
    rows += [
        (2, number, text.encode()) for number, text in ((5, "Tên"), (105, "Đầu đề"), (120, CAPTION), (116, "© Sở"))
    ]
    rows += [
        (2, number, text.encode())
        for number, text in ((92, "Bản Áng"), (90, "Mộc Châu"), (95, "Sơn La"), (101, "Việt Nam"))
    ]
    rows += [(2, 25, b"hoa ban"), (2, 25, "lễ hội".encode()), (2, 55, b"20260302"), (2, 60, b"083005+0700")]
    facts = facts_of(tmp_path, with_iptc(jpeg(), rows))
    assert texts(facts, "headline") == [(None, "Đầu đề")]
    assert texts(facts, "place") == [(None, "Bản Áng, Mộc Châu, Sơn La, Việt Nam")]
    assert texts(facts, "keywords") == [(None, "hoa ban;lễ hội")]
    assert facts.taken_at == "2026-03-02T08:30:05+07:00"
    assert facts.findings == ()


def test_xmp_gives_each_language_its_words(tmp_path: Path) -> None:
    body = lang_alt("dc:title", x_default="Hoa ban", vi_VN="Hoa ban", en="Ban flowers", zh_Hans="羊蹄甲花")
    body += lang_alt("dc:description", x_default="Không rõ tiếng", zh_TW="節慶")
    body += lang_alt("Iptc4xmpCore:AltTextAccessibility", vi="Cành hoa trắng")
    body += "<dc:subject><rdf:Bag><rdf:li>hoa</rdf:li><rdf:li>xuân</rdf:li></rdf:Bag></dc:subject>"
    body += "<dc:creator><rdf:Seq><rdf:li>Lan</rdf:li><rdf:li>Huệ</rdf:li></rdf:Seq></dc:creator>"
    body += "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Bà Mai</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>"
    attributes = 'photoshop:City="Mộc Châu" photoshop:State="Sơn La" photoshop:Headline="Khai hội"'
    facts = facts_of(tmp_path, with_xmp(jpeg(), xmp(body, attributes)))
    assert texts(facts, "title") == [("vi", "Hoa ban"), ("en", "Ban flowers"), ("zh", "羊蹄甲花")]
    assert texts(facts, "description") == [(None, "Không rõ tiếng"), ("zh-Hant", "節慶")]
    assert texts(facts, "alt_text") == [("vi", "Cành hoa trắng")]
    assert texts(facts, "keywords") == [(None, "hoa;xuân")]
    assert texts(facts, "author") == [(None, "Lan, Huệ")]
    assert texts(facts, "people") == [(None, "Bà Mai")]
    assert texts(facts, "place") == [(None, "Mộc Châu, Sơn La")]


@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.xmp"])
def test_a_sidecar_speaks_before_the_file(tmp_path: Path, name: str) -> None:
    sidecar = tmp_path / name
    sidecar.write_bytes(xmp(lang_alt("dc:title", vi="Tên mới")))
    path = tmp_path / "a.jpg"
    path.write_bytes(with_xmp(jpeg(), xmp(lang_alt("dc:title", vi="Tên cũ"))))
    assert [text.value for text in probe(path, companions=[sidecar]).texts] == ["Tên mới", "Tên cũ"]


REGION = (
    '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="{w}" stDim:h="{h}"/>'
    '<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Bà Mai" mwg-rs:Type="{type}">'
    '<mwg-rs:Area stArea:x="0.25" stArea:y="0.25" stArea:w="0.25" stArea:h="0.25"/></rdf:Description></rdf:li>'
    "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
)


@pytest.mark.parametrize(
    ("orientation", "applied", "expected"),
    [
        (1, (80, 40), Box(10, 5, 20, 10)),
        (3, (80, 40), Box(50, 25, 20, 10)),
        (6, (80, 40), Box(25, 10, 10, 20)),
        (8, (80, 40), Box(5, 50, 10, 20)),
        (6, (40, 80), Box(5, 10, 10, 20)),
    ],
)
def test_faces_are_told_on_the_upright_picture(
    tmp_path: Path, orientation: int, applied: tuple[int, int], expected: Box
) -> None:
    packet = xmp(REGION.format(w=applied[0], h=applied[1], type="Face"))
    data = with_xmp(jpeg((80, 40), exif=exif({0x0112: orientation})), packet)
    facts = facts_of(tmp_path, data)
    assert facts.face_boxes == (expected,)
    assert texts(facts, "people") == [(None, "Bà Mai")]


def test_a_pet_is_no_face_and_a_region_of_another_crop_is_none(tmp_path: Path) -> None:
    assert facts_of(tmp_path, with_xmp(jpeg((80, 40)), xmp(REGION.format(w=80, h=40, type="Pet")))).face_boxes == ()
    assert facts_of(tmp_path, with_xmp(jpeg((80, 40)), xmp(REGION.format(w=50, h=50, type="Face")))).face_boxes == ()


def test_panorama_gain_map_and_place_of_xmp(tmp_path: Path) -> None:
    attributes = (
        'GPano:ProjectionType="equirectangular" hdrgm:Version="1.0" exif:GPSLatitude="21,19.5N" '
        'exif:GPSLongitude="103,54,36E" photoshop:DateCreated="2026-03-02T08:30:05+07:00"'
    )
    facts = facts_of(tmp_path, with_xmp(jpeg(), xmp("", attributes)))
    assert (facts.projection, facts.hdr, facts.taken_at) == ("equirectangular", "gain_map", "2026-03-02T08:30:05+07:00")
    assert facts.gps == Gps(21.325, 103.91)


def test_the_zone_that_xmp_names_for_the_same_time_is_taken(tmp_path: Path) -> None:
    block = exif({}, exif_part={0x9003: "2026:03:02 08:30:05"})
    packet = xmp("", 'photoshop:DateCreated="2026-03-02T08:30:05-04:00"')
    assert facts_of(tmp_path, with_xmp(jpeg(exif=block), packet)).taken_at == "2026-03-02T08:30:05-04:00"


DEEP = b"<a>" * 100_000 + b"</a>" * 100_000
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
WIDE = b"<a>" + b"<b/>" * 400_000 + b"</a>"


@pytest.mark.parametrize(
    "packet", [DEEP, ENTITIES, WIDE, b"<a", b"", b"\xff\xfe<\0"], ids=["deep", "entities", "wide", "cut", "none", "odd"]
)
def test_a_hostile_packet_is_left_unread_soon(packet: bytes) -> None:
    assert not read_xmp(packet).readable


def ifd(entries: list[tuple[int, int, int, int]]) -> bytes:
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + rows + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("entries", "turned"),
    [
        ([(0x0112, 3, 1, 6)], 6),
        ([(0x0112, 4, 1, 6)], 6),
        ([(0x0112, 2, 2, ord("6"))], 6),
        ([(0x0112, 3, 1, 1), (0x0112, 3, 1, 2), (0x0112, 3, 1, 3)], 1),
        ([(0x0112, 2, 2, ord("1")), (0x0112, 2, 2, ord("2")), (0x0112, 2, 2, ord("3"))], 1),
        ([(0x0112, 3, 1, 0)], 1),
        ([(0x0112, 3, 1, 9)], 1),
        ([(0x0112, 2, 2, ord("x"))], 1),
        ([(0x0112, 3, 0, 0)], 1),
        ([(0x0112, 5, 1, 8)], 1),
        ([(0x0112, 11, 1, 0x7F800000)], 1),
    ],
    ids=[
        "short",
        "long",
        "text",
        "first",
        "first text",
        "zero",
        "nine",
        "no number",
        "no value",
        "fraction",
        "infinity",
    ],
)
def test_the_first_orientation_counts_however_it_is_written(
    entries: list[tuple[int, int, int, int]], turned: int
) -> None:
    assert read_exif(b"II*\0\x08\0\0\0" + ifd(entries)).orientation == turned


@pytest.mark.parametrize(
    "entries",
    [
        [(0x8825, 4, 1, 8)] * 3000,
        [(0x8769, 4, 1, 8)] * 3000,
        [(0x0111, 3, 999, 8)] * 4000,
        [(0x010E, 2, 0xFFFFFFFF, 8), (0x8769, 4, 1, 8)],
        [(0xC4A5, 7, 0xFFFFFFF0, 0xFFFFFFF0)],
    ],
    ids=["gps loop", "exif loop", "wide", "long", "beyond"],
)
def test_an_exif_block_that_bites_its_tail_ends_soon(entries: list[tuple[int, int, int, int]]) -> None:
    assert not read_exif(b"II*\0\x08\0\0\0" + ifd(entries)).texts


def test_a_chain_of_directories_that_turns_back_ends() -> None:
    block = b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 256, 3, 1, 5, 8)
    assert len(list(Tiff(io.BytesIO(block)).pages())) == 1


def test_a_damaged_exif_block_costs_the_block_and_not_the_picture(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, jpeg(exif=b"Exif\0\0" + b"\x07" * 300))
    assert facts.size_px == (64, 48)
    assert [finding.rule for finding in facts.findings] == ["exif-unreadable"]


def test_the_same_text_twice_is_told_once(tmp_path: Path) -> None:
    data = with_iptc(jpeg(exif=exif({0x010E: CAPTION.encode()})), [(1, 90, b"\x1b%G"), (2, 120, CAPTION.encode())])
    assert facts_of(tmp_path, data).texts == (
        EmbeddedText(field="description", value=CAPTION, lang=None, source="iptc"),
        EmbeddedText(field="description", value=CAPTION, lang=None, source="exif"),
    )
