"""A submission is a valid bag of conforming copies with their words in them, the same again for the same contents."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from ttdn_assets.captions.sheet import read_sheet
from ttdn_assets.errors import CheckFailed
from ttdn_assets.jobs.pack import PackItem, PackResult, pack, verify_bag
from ttdn_assets.model import CaptionSet, Event, Fact, Finding, Lang, Placement, Rendition, Text, TextLimit, TextStatus
from ttdn_assets.settings import Library, Settings, Unit
from ttdn_assets.submissions.bag import bag_info
from ttdn_assets.text import length
from ttdn_assets.tools.xmp_write import panorama_of

pytestmark = pytest.mark.filterwarnings("ignore:'count' is passed as positional argument:DeprecationWarning")

DAY = dt.date(2026, 11, 21)
NASTY = '</script><img src=x onerror="alert(1)">/Ảnh & "hoa".jpg'
PHOTO = Placement(
    id="test.photo",
    kind="photo",
    name={"vi": "Thử – ảnh", "en": "Test – photo", "zh": "测试 – 图片"},
    formats=("jpeg",),
    width_min_px=300,
    bytes_max=2_000_000,
    texts=(TextLimit(field="text", maximum=280, unit="x_weighted"),),
    items_min=2,
    same_aspect=True,
)
WIDE = msgspec.structs.replace(PHOTO, id="test.wide", items_min=1, same_aspect=False, width_min_px=5000)


def texts(value: str, *, status: TextStatus = "draft") -> dict[Lang, Text]:
    return {lang: Text(value=f"{value} {lang}", origin="human", status=status) for lang in ("vi", "en", "zh")}


def words(value: str, *, status: TextStatus = "draft") -> CaptionSet:
    said = texts(value, status=status)
    return CaptionSet(title=said, description=said, alt_text=said, keywords={"vi": said["vi"]})


@pytest.fixture
def library(tmp_path: Path) -> Library:
    unit = Unit(name="Sở VHTTDL tỉnh Sơn La", contact="Phòng TTĐN", credit="Sở VHTTDL Sơn La")
    return Library(root=tmp_path / "thư viện", settings=Settings(unit=unit))


def rendition(
    library: Library, seed: int, *, size: tuple[int, int] = (400, 300), placements: tuple[str, ...]
) -> Rendition:
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1] // 20, size[0] // 20, 3), dtype=np.uint8)
    recipe = hashlib.sha256(f"{seed}{size}".encode()).hexdigest()
    path = library.root / "renditions" / recipe[:2] / f"{recipe}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).resize(size).save(path, quality=85, dpi=(72, 72))
    return Rendition(
        recipe=recipe,
        path=path.relative_to(library.root).as_posix(),
        kind="photo",
        format="jpeg",
        placements=placements,
        width_px=size[0],
        height_px=size[1],
        size_bytes=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def item(library: Library, seed: int, source: str, **changes: Any) -> PackItem:
    made = PackItem(
        asset=hashlib.sha256(f"asset {seed}".encode()).hexdigest(),
        source=source,
        renditions=(rendition(library, seed, placements=("test.photo", "other.slot")),),
        captions=words("Lễ hội hoa ban"),
        facts=(
            Fact(kind="event", value="Lễ hội hoa ban", source="folder"),
            Fact(kind="place", value="Mộc Châu", source="folder"),
        ),
        author="Lò Văn Ban",
    )
    return msgspec.structs.replace(made, **changes)


def packed(library: Library, items: list[PackItem], **options: Any) -> PackResult:
    settings = {"library": library, "placements": {"test.photo": PHOTO}, "date": DAY, **options}
    return pack("test", items, **settings)


def rules(result: PackResult) -> list[str]:
    return [finding.rule for finding in result.findings]


def test_a_submission_holds_what_a_reviewer_and_an_officer_need(library: Library) -> None:
    events: list[Event] = []
    items = [item(library, 1, NASTY), item(library, 2, "2026-05 Hoa ban/IMG_2.jpg")]
    result = packed(library, items, progress=events.append)
    data = result.path / "data"
    names = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    assert result.path.name == "2026-11-21-test-le-hoi-hoa-ban"
    assert all(re.fullmatch(r"[a-zA-Z0-9./-]+", name) for name in names)
    assert [name for name in names if not name.startswith(("media", "posts"))] == [
        "captions/captions.json",
        "captions/captions.xlsx",
        "index.html",
        "report.json",
    ]
    assert len([name for name in names if name.startswith("media/") and name.endswith(".jpg")]) == 2
    assert sorted(name.rpartition(".photo.")[2] for name in names if name.startswith("posts/")) == [
        "en.txt", "en.txt", "vi.txt", "vi.txt", "zh.txt", "zh.txt",
    ]  # fmt: skip
    assert all(
        length(path.read_text(encoding="utf-8").strip(), "x_weighted") <= 280 for path in (data / "posts").iterdir()
    )
    info = bag_info(result.path)
    assert (info["Review-Status"], info["Asset-Count"], info["File-Count"]) == ("draft", "2", "2")
    assert (info["Source-Organization"], info["Contact-Name"]) == ("Sở VHTTDL tỉnh Sơn La", "Phòng TTĐN")
    assert result.new
    assert rules(result) == []
    assert verify_bag(result.path) == ()
    assert [(event.done, event.total) for event in events] == [(1, 2), (2, 2)]


def test_the_json_files_and_the_sheet_tell_the_same_words(library: Library) -> None:
    result = packed(library, [item(library, 1, "a.jpg"), item(library, 2, "b.jpg")])
    data = result.path / "data"
    told = json.loads((data / "captions" / "captions.json").read_bytes())
    assert told["items"][0]["captions"]["zh"]["title"] == "Lễ hội hoa ban zh"
    assert all((data / path).is_file() for one in told["items"] for path in one["files"])
    rows = read_sheet(data / "captions" / "captions.xlsx")
    assert rows["b.jpg"].description == {lang: f"Lễ hội hoa ban {lang}" for lang in ("vi", "en", "zh")}
    assert rows["a.jpg"].author == "Lò Văn Ban"
    assert json.loads((data / "report.json").read_bytes())["counts"]["files"] == 2


def test_the_page_links_to_files_of_the_bag(library: Library) -> None:
    data = packed(library, [item(library, 1, NASTY), item(library, 2, "b.jpg")]).path / "data"
    links = set(re.findall(r'(?:href|src)="(media/[^"]+)"', (data / "index.html").read_text(encoding="utf-8")))
    assert links == {f"media/{path.name}" for path in (data / "media").glob("*.jpg")}


def test_search_engines_are_told_of_each_file_in_every_language(library: Library) -> None:
    place = Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder")
    data = packed(library, [item(library, 1, "a.jpg", facts=(place,), author="Lò Văn Ban")]).path / "data"
    (photo,) = (data / "media").glob("*.jpg")
    told = json.loads(photo.with_suffix(".jsonld").read_bytes())
    assert (told["@context"], told["@type"], told["contentUrl"]) == ("https://schema.org", "ImageObject", photo.name)
    assert told["inLanguage"] == ["vi", "en", "zh-Hans"]
    assert [one["@language"] for one in told["description"]] == ["vi", "en", "zh-Hans"]
    assert told["contentLocation"]["address"]["addressRegion"] == "Sơn La"
    assert (told["creator"]["name"], bool(told["creditText"])) == ("Lò Văn Ban", True)
    assert told["encodingFormat"] == "image/jpeg"
    names = json.loads((data / "report.json").read_bytes())
    assert names["counts"]["files"] == 1


def test_the_same_contents_give_the_same_bag_on_another_day(library: Library) -> None:
    items = [item(library, 1, "a.jpg"), item(library, 2, "b.jpg")]
    first = packed(library, items)
    again = packed(library, items[::-1], date=dt.date(2026, 12, 1))
    assert (again.path, again.new, again.digest, again.findings) == (first.path, False, first.digest, first.findings)
    other = packed(library, [items[0], msgspec.structs.replace(items[1], captions=words("Khác"))])
    assert (other.path.name, other.new) == ("2026-11-21-test-le-hoi-hoa-ban-2", True)
    assert verify_bag(first.path) == ()


def test_equal_contents_give_equal_bytes_in_another_library(library: Library, tmp_path: Path) -> None:
    twin = Library(root=tmp_path / "b", settings=library.settings)
    paths = [packed(one, [item(one, 1, "a.jpg"), item(one, 2, "b.jpg")]).path for one in (library, twin)]
    first, second = ({f.relative_to(p): f.read_bytes() for f in p.rglob("*") if f.is_file()} for p in paths)
    assert first == second


def test_a_bad_file_is_a_finding_and_the_rest_is_packed(library: Library) -> None:
    bad = item(library, 1, "bad.jpg")
    (library.root / bad.renditions[0].path).write_bytes(b"no picture")
    gone = item(library, 2, "gone.jpg")
    (library.root / gone.renditions[0].path).unlink()
    result = packed(library, [bad, gone, item(library, 3, "good.jpg")])
    assert [(f.rule, f.subject) for f in result.findings if f.rule == "pack-file-failed"] == [
        ("pack-file-failed", "bad.jpg"),
        ("pack-file-failed", "gone.jpg"),
    ]
    assert "items-few" in rules(result)
    assert verify_bag(result.path) == ()
    again = packed(library, [bad, gone, item(library, 3, "good.jpg")])
    assert (again.path, again.new) == (result.path, False)
    mended = packed(library, [item(library, n, name) for n, name in ((1, "bad.jpg"), (2, "gone.jpg"), (3, "good.jpg"))])
    assert (mended.new, rules(mended)) == (True, [])


def test_copies_are_measured_anew_and_mixed_ratios_told(library: Library) -> None:
    tall = item(library, 2, "b.jpg", renditions=(rendition(library, 5, size=(300, 400), placements=("test.photo",)),))
    wide = item(library, 1, "a.jpg", renditions=(rendition(library, 1, placements=("test.photo", "test.wide")),))
    result = packed(library, [wide, tall], placements={"test.photo": PHOTO, "test.wide": WIDE})
    assert "aspect-mixed" in rules(result)
    assert [(f.level, f.placement) for f in result.findings if f.rule.startswith("file-")] == [("error", "test.wide")]


def test_nothing_to_pack_is_refused_and_leaves_nothing(library: Library) -> None:
    bare = item(library, 1, "a.jpg", renditions=())
    with pytest.raises(CheckFailed) as told:
        packed(library, [bare])
    assert [finding.rule for finding in told.value.findings] == ["pack-no-files"]
    assert list(library.submissions.iterdir()) == []


def test_an_approved_bag_takes_only_what_is_approved_and_conforms(library: Library) -> None:
    items = [item(library, n, f"{n}.jpg", captions=words("Đã duyệt", status="approved")) for n in (1, 2)]
    result = packed(library, items, final=True)
    assert bag_info(result.path)["Review-Status"] == "approved"
    part = msgspec.structs.replace(items[0].captions, title={"vi": Text(value="x", origin="machine")})
    with pytest.raises(CheckFailed) as told:
        packed(library, [msgspec.structs.replace(items[0], captions=part), items[1]], final=True)
    assert told.value.code == "pack-not-approved"
    assert {finding.lang for finding in told.value.findings} == {"vi"}
    fault = Finding(rule="too-long", level="error", subject="1.jpg")
    with pytest.raises(CheckFailed):
        packed(library, [msgspec.structs.replace(items[0], findings=(fault,)), items[1]], final=True)


def test_rejected_texts_do_not_leave_the_house(library: Library) -> None:
    said = texts("Tốt")
    said["en"] = Text(value="Wrong words", origin="machine", status="rejected")
    result = packed(library, [item(library, 1, "a.jpg", captions=CaptionSet(title=said, description=said))])
    for path in result.path.rglob("*"):
        assert not path.is_file() or b"Wrong words" not in path.read_bytes()


def test_an_originals_path_or_secret_place_is_not_in_the_bag(library: Library) -> None:
    result = packed(library, [item(library, 1, "a.jpg")])
    for path in result.path.rglob("*"):
        assert not path.is_file() or str(library.root).encode() not in path.read_bytes()


def test_a_whole_panorama_keeps_its_projection(library: Library) -> None:
    result = packed(library, [item(library, 1, "360.jpg", projection="equirectangular")])
    (copy,) = (result.path / "data" / "media").glob("*.jpg")
    told = panorama_of(copy.read_bytes())
    assert (told["ProjectionType"], told["FullPanoWidthPixels"]) == ("equirectangular", "400")


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_every_file_of_a_bag_in_three_languages(library: Library) -> None:
    result = packed(library, [item(library, 1, "a.jpg"), item(library, 2, "b.jpg")])
    command = ["exiftool", "-j", "-G1", "-r", "-XMP-dc:all", os.fspath(result.path / "data" / "media")]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    for one in told:
        assert {one[f"XMP-dc:Description-{lang}"] for lang in ("vi", "en", "zh")} == {
            f"Lễ hội hoa ban {lang}" for lang in ("vi", "en", "zh")
        }
    assert len(told) == 2
