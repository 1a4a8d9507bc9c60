"""The reviewer's page needs no network and no script, tells all in words, and no name breaks out of its place."""

from __future__ import annotations

import datetime as dt
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from ttdn_assets.model import CaptionSet, Finding, Placement, Post, Text
from ttdn_assets.submissions.gallery import gallery_html
from ttdn_assets.submissions.manifest import Media, Packed, Submission
from ttdn_assets.tools.thumbnails import thumbnail_jpeg

NASTY = "\"><script>alert(1)</script>{{ 7 * 7 }}<img src=//evil.example/x onerror=alert(1)>'&.jpg"
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """What stands in a page: its tags with attributes, its text, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)


def jpeg(size: tuple[int, int] = (900, 600)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, "JPEG")
    return stream.getvalue()


def text(value: str) -> Text:
    return Text(value=value, origin="machine", status="draft")


def submission(name: str = "ảnh.jpg", *, words: str = "Lễ hội") -> Submission:
    said = {"vi": text(words), "en": text("Festival"), "zh": text("节庆")}
    media = Media(
        path="media/a-001.jpg",
        kind="photo",
        format="jpeg",
        width_px=1080,
        height_px=1350,
        size_bytes=1_234_567,
        placements=("instagram.feed",),
        thumbnail=jpeg((32, 20)),
    )
    clip = Media(
        path="media/b-001.mp4", kind="video", format="mp4", width_px=1080, height_px=1920,
        size_bytes=9, placements=("unknown.slot",), trimmed=True,
    )  # fmt: skip
    item = Packed(
        name="a-001",
        asset="00",
        source=name,
        media=(media, clip),
        captions=CaptionSet(title=said, description=said, alt_text=said),
        posts=(Post(placement="instagram.feed", lang="zh", values={"caption": words, "alt_text": words}),),
        findings=(Finding(rule="pack-no-files", level="warning", subject=name),),
        author=name,
        credit=name,
    )
    feed = Placement(id="instagram.feed", kind="photo", name={"vi": "Bảng tin", "en": "Feed"}, formats=("jpeg",))
    return Submission(
        target="instagram",
        target_name={"vi": name},
        date=dt.date(2026, 11, 21),
        unit=name,
        items=(item, item),
        findings=(Finding(rule="items-few", level="error", placement=name, measured=1, allowed=2),),
        placements={"instagram.feed": feed},
    )


@pytest.mark.parametrize("ui", ["vi", "en", "zh"])
def test_no_name_or_text_breaks_out_of_its_place(ui: str) -> None:
    page = Outline(gallery_html(submission(NASTY, words=NASTY), ui=ui))
    assert page.open == []
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "form")]
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert NASTY in "".join(page.text)
    links = [v for _, attributes in page.tags for k, v in attributes.items() if k in ("src", "href", "poster") and v]
    assert all(re.match(r"(?:media/[\w.-]+|#[\w.-]+|data:image/jpeg;base64,[\w+/=]+)$", link) for link in links)


def test_each_language_is_marked_for_readers_and_screen_readers() -> None:
    page = Outline(gallery_html(submission(), ui="vi"))
    assert page.tags[0] == ("html", {"lang": "vi"})
    sections = [attributes["lang"] for tag, attributes in page.tags if tag == "section" and "lang" in attributes]
    assert sections[:3] == ["vi", "en", "zh-Hans"]
    assert [attributes["alt"] for tag, attributes in page.tags if tag == "img"] == ["Lễ hội", "Lễ hội"]
    words = "".join(page.text)
    for heading in ("Tiếng Việt", "English", "中文", "Hồ sơ gửi để duyệt", "Submission for review", "送审材料"):
        assert heading in words


def test_size_placements_cuts_and_findings_are_told_in_words() -> None:
    words = " ".join("".join(Outline(gallery_html(submission(), ui="vi")).text).split())
    for told in ("1080 × 1350 px · 1,2 MB", "Bảng tin", "unknown.slot", "đã cắt ngắn", "21/11/2026", "Bản nháp"):
        assert told in words
    assert "Cảnh báo: ảnh.jpg không có tệp nào cho hồ sơ này" in words
    assert "máy dịch" in words


def test_thumbnails_are_small_upright_and_bare(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret camera"
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "a.jpg", exif=exif)
    Image.new("RGBA", (600, 900), (0, 0, 0, 0)).save(tmp_path / "b.png")
    (tmp_path / "c.jpg").write_bytes(b"no picture")
    made = thumbnail_jpeg(tmp_path / "a.jpg")
    assert made is not None
    assert b"Secret" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (213, 320)
    clear = thumbnail_jpeg(tmp_path / "b.png", edge_px=90)
    assert clear is not None
    with Image.open(io.BytesIO(clear)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)
    assert thumbnail_jpeg(tmp_path / "c.jpg") is None
