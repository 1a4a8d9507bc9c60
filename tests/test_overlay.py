"""The unit's mark: only where it is asked for, inside what apps leave free, legible, and nothing else is touched."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from drawn_clips import H264, frames_of, planned
from drawn_photos import coded, facts, photo_plan, save, scenery
from media_bytes import ffmpeg
from ttdn_assets.errors import UsageError
from ttdn_assets.geometry import CENTRE
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.jobs.readiness import make_ready
from ttdn_assets.media.probe import probe
from ttdn_assets.model import Corner, Margins, OverlayPlan, Placement, RenditionPlan, Subject
from ttdn_assets.placements import load_placements
from ttdn_assets.renditions.overlay import load_mark, room
from ttdn_assets.renditions.photo import make_photos, open_picture
from ttdn_assets.renditions.planning.overlay import Mark
from ttdn_assets.renditions.planning.plan import plan
from ttdn_assets.renditions.video.make import make_videos
from ttdn_assets.settings import Library, Limits, load_library
from ttdn_assets.tools.mark import drawn, undrawable
from ttdn_assets.wording import say

ALL = load_placements(None)
REEL = Margins(top=0.14, bottom=0.35, left=0.06, right=0.06)
CORNERS: tuple[Corner, ...] = ("top-left", "top-right", "bottom-left", "bottom-right")
TEXTS = {
    "vi": "© Sở VHTTDL tỉnh Sơn La – Tày, Dao, Mường",
    "en": "© Son La Culture, Viet Nam",
    "zh": "© 山罗省文化体育旅游厅",
}
CHANGED = 24
"""What coding alone does not do to a smooth picture."""


def library(folder: Path, overlay: str, logo: bytes = b"") -> Library:
    (folder / "ttdn.toml").write_text(f"[overlay]\n{overlay}", encoding="utf-8")
    if logo:
        (folder / "logo.png").write_bytes(logo)
    return load_library(folder)


def logo(mode: str = "RGBA", format: str = "PNG") -> bytes:
    """A red disc in a green square, transparent around the disc where the mode can say so."""
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    disc = np.hypot(x, y) < 0.9
    pixels = np.where(disc[..., None], (200, 30, 40, 255), (30, 160, 60, 0)).astype(np.uint8)
    image = Image.fromarray(pixels)
    if mode == "P":
        image = image.convert("RGB").quantize(4)
    return coded_image(image if mode == "RGBA" else image.convert(mode), format)


def coded_image(image: Image.Image, format: str) -> bytes:
    out = io.BytesIO()
    image.save(out, format)
    return out.getvalue()


def mark_of(folder: Path, overlay: str = 'placements = ["facebook"]\nlogo = "logo.png"\ntext = "© Sơn La"') -> Mark:
    mark = load_mark(library(folder, overlay, logo()), ALL)
    assert mark is not None
    return mark


def with_mark(plan: RenditionPlan, mark: Mark, corner: Corner = "bottom-right", zone: Margins = REEL) -> RenditionPlan:
    overlay = OverlayPlan(mark.sha256, corner, zone)
    return msgspec.structs.replace(plan, recipe=f"{plan.recipe[:20]}{corner}", overlay=overlay)


def plans_for(
    path: Path, placements: list[Placement], mark: Mark | None, **known: Any
) -> tuple[dict[str, RenditionPlan], set[tuple[str, str | None]]]:
    seen = msgspec.structs.replace(probe(path), **known)
    subject = Subject(focal=CENTRE)
    options: dict[str, Any] = {"placements": placements, "subject": subject, "choices": {}, "mark": mark}
    plans, findings = plan(seen, picture_sha256="0" * 64, size_bytes=path.stat().st_size, **options)
    by_name = {name: one for one in plans for name in one.placements}
    return by_name, {(finding.rule, finding.placement) for finding in findings}


def changed_box(before: Any, after: Any) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what differs."""
    rows, columns = np.nonzero(np.abs(before.astype(int) - after.astype(int)).max(-1) > CHANGED)
    assert rows.size
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def photo_pair(folder: Path, plan: RenditionPlan, mark: Mark, picture: Any) -> tuple[Any, Any]:
    """The rendition without the mark and with it."""
    path = save(folder / "a.png", picture)
    opened = open_picture(path, facts(path), limits=Limits())
    bare = msgspec.structs.replace(plan, recipe=f"bare{plan.recipe[:20]}", overlay=None)
    one, other = make_photos(opened, [bare, plan], folder, mark=mark)
    before, after = (np.asarray(Image.open(folder / made.path).convert("RGB")) for made in (one, other))
    return before, after


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("size_px", [(540, 960), (1280, 720), (401, 301)], ids=str)
def test_a_photo_is_changed_inside_the_safe_zone_alone(
    size_px: tuple[int, int], corner: Corner, tmp_path: Path
) -> None:
    mark = mark_of(tmp_path)
    ask = with_mark(photo_plan(size_px), mark, corner)
    before, after = photo_pair(tmp_path, ask, mark, scenery(*size_px))
    free = room(ask.overlay or OverlayPlan("", corner, REEL), size_px)
    left, top, right, bottom = changed_box(before, after)
    assert free.left <= left < right <= free.right
    assert free.top <= top < bottom <= free.bottom
    assert (left - free.left < free.right - right) == corner.endswith("left")
    assert (top - free.top < free.bottom - bottom) == corner.startswith("top")
    assert right - left >= 0.1 * min(size_px)


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=0x6080a0:size=360x640:rate=25:duration=3.2", *H264, path)
    return path


@pytest.mark.parametrize("corner", ["top-left", "bottom-right"])
def test_a_clip_is_changed_inside_the_safe_zone_alone_and_on_every_frame(
    corner: Corner, reel: Path, tmp_path: Path
) -> None:
    mark = mark_of(tmp_path)
    ask = with_mark(planned(probe(reel), (360, 640)), mark, corner)
    (made,) = make_videos(reel, probe(reel), [ask], tmp_path, limit_s=60, mark=mark)
    frames = frames_of(tmp_path / made.path)
    free = room(OverlayPlan("", corner, REEL), (360, 640))
    ground = np.broadcast_to(np.array((0x60, 0x80, 0xA0), np.uint8), frames[0].shape)
    for frame in frames:
        left, top, right, bottom = changed_box(ground, frame)
        assert free.left - 1 <= left < right <= free.right + 1
        assert free.top - 1 <= top < bottom <= free.bottom + 1
    assert len(frames) >= 15


def test_a_logo_keeps_its_colours_in_photos_and_clips(reel: Path, tmp_path: Path) -> None:
    mark = mark_of(tmp_path, 'placements = ["facebook"]\nlogo = "logo.png"\nsize = 0.5')
    grey = np.full((640, 360, 3), 120, np.uint8)
    _, photo = photo_pair(tmp_path, with_mark(photo_plan((360, 640)), mark), mark, grey)
    (made,) = make_videos(
        reel, probe(reel), [with_mark(planned(probe(reel), (360, 640)), mark)], tmp_path, limit_s=60, mark=mark
    )
    free = room(OverlayPlan("", "bottom-right", REEL), (360, 640))
    for shown in (photo, frames_of(tmp_path / made.path)[5]):
        middle = shown[free.bottom - 100 : free.bottom - 80, free.right - 100 : free.right - 80].reshape(-1, 3).mean(0)
        assert np.abs(middle - (200, 30, 40)).max() <= 8
        corner = shown[free.bottom - 4, free.right - 4]
        assert corner[1] < 140, "what is transparent was drawn"


def contrast(one: float, other: float) -> float:
    """The ratio of WCAG 2 between two linear luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("ground", [0, 60, 128, 200, 255])
def test_letters_stand_out_from_any_ground(ground: int) -> None:
    pixels = drawn(b"", "© Sơn La", short_px=1080, room_px=(900, 900), logo_share=0.15, opacity=1, align="right")
    share = pixels[..., 3:].astype(float) / 255
    shown = (pixels[..., :3] * share + ground * (1 - share)).mean(-1)
    letters = pixels[..., 0] > 250
    near = np.zeros_like(letters)
    for down, right in ((0, 3), (0, -3), (3, 0), (-3, 0)):
        near |= np.roll(letters, (down, right), (0, 1))
    rim = near & (pixels[..., 0] < 5)
    light = ((shown / 255) ** 2.2)[letters].mean(), ((shown / 255) ** 2.2)[rim].mean()
    assert contrast(*light) >= 4.5


@pytest.mark.parametrize("lang", TEXTS)
def test_every_letter_has_a_shape(lang: str) -> None:
    assert undrawable(TEXTS[lang]) == ""
    assert undrawable("ẮẰẲẴẶẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰỲỴỶỸĐ") == ""


@pytest.mark.parametrize("short_px", [200, 360, 1080, 2160])
@pytest.mark.parametrize("lang", TEXTS)
def test_letters_grow_with_the_picture_and_stay_in_their_room(lang: str, short_px: int) -> None:
    room_px = short_px * 4 // 10 * 2, short_px * 2 // 10 * 2
    pixels = drawn(logo(), TEXTS[lang], short_px=short_px, room_px=room_px, logo_share=0.15, opacity=0.8, align="left")
    height, width = pixels.shape[:2]
    assert width <= room_px[0]
    assert height <= room_px[1]
    assert width % 2 == height % 2 == 0
    assert pixels[..., 3].max() <= 205
    assert height >= 0.1 * short_px


def test_a_mark_is_only_where_it_is_asked_for_and_shares_no_file_with_what_has_none(tmp_path: Path) -> None:
    mark = mark_of(tmp_path, 'placements = ["facebook.story_image", "instagram"]\ntext = "© Sơn La"')
    path = save(tmp_path / "a.jpg", scenery(1600, 1200), quality=95)
    names = ("facebook.photo", "facebook.story_image", "instagram.story_image", "zalo.article_image")
    asked = [ALL[name] for name in names]
    bare, _ = plans_for(path, asked, None)
    plans, _ = plans_for(path, asked, mark)
    assert plans["facebook.photo"] == bare["facebook.photo"]
    assert plans["zalo.article_image"].overlay is None
    story = plans["facebook.story_image"]
    assert story.overlay == OverlayPlan(mark.sha256, "bottom-right", Margins(top=0.14, bottom=0.14))
    assert plans["instagram.story_image"].overlay == story.overlay
    assert story.recipe != bare["facebook.story_image"].recipe


@pytest.mark.parametrize("change", ['text = "© Lai Châu"', "opacity = 0.5", "size = 0.2", 'corner = "top-left"'])
def test_another_mark_makes_other_files(change: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scenery(1600, 1200), quality=95)
    base = 'placements = ["facebook.photo"]\nlogo = "logo.png"\n'
    first, second = (mark_of(tmp_path, f"{base}{one}") for one in ('text = "© Sơn La"', change))
    recipes = {plans_for(path, [ALL["facebook.photo"]], mark)[0]["facebook.photo"].recipe for mark in (first, second)}
    assert len(recipes) == 2
    (tmp_path / "logo.png").write_bytes(logo("RGB"))
    other = load_mark(load_library(tmp_path), ALL)
    assert other is not None
    assert other.sha256 != second.sha256


def test_what_would_be_copied_is_coded_for_a_mark(reel: Path, tmp_path: Path) -> None:
    mark = mark_of(tmp_path, 'placements = ["zalo"]\ntext = "© Sơn La"')
    photo = tmp_path / "a.jpg"
    photo.write_bytes(coded(scenery(800, 600), "JPEG", quality=90))
    for path, name in ((photo, "zalo.message_image"), (reel, "zalo.article_video")):
        copied, _ = plans_for(path, [ALL[name]], None)
        coded_again, _ = plans_for(path, [ALL[name]], mark)
        assert copied[name].copy
        assert not coded_again[name].copy


def test_subtitles_and_mark_do_not_meet(reel: Path, tmp_path: Path) -> None:
    mark = mark_of(tmp_path, 'placements = ["zalo"]\ntext = "© Sơn La"\ncorner = "bottom-left"')
    plans, _ = plans_for(reel, [ALL["zalo.article_video"]], mark, subtitles={"vi": "1" * 64})
    overlay = plans["zalo.article_video"].overlay
    assert overlay is not None
    assert overlay.corner == "top-left"
    plans, _ = plans_for(reel, [ALL["zalo.article_video"]], mark)
    assert plans["zalo.article_video"].overlay == OverlayPlan(mark.sha256, "bottom-left", Margins())


def test_a_contest_never_gets_one_and_that_is_said(tmp_path: Path) -> None:
    mark = mark_of(tmp_path, 'placements = ["happyvietnam"]\ntext = "© Sơn La"')
    path = save(tmp_path / "a.jpg", np.random.default_rng(1).integers(0, 255, (3000, 3200, 3), np.uint8), quality=95)
    plans, findings = plans_for(path, [ALL["happyvietnam.photo"]], mark)
    assert plans["happyvietnam.photo"].overlay is None
    assert ("plan-overlay-left-out", "happyvietnam.photo") in findings
    assert plans == plans_for(path, [ALL["happyvietnam.photo"]], None)[0]


def test_nothing_is_drawn_unless_asked(tmp_path: Path) -> None:
    assert load_mark(library(tmp_path, 'logo = "nowhere.png"\ntext = "©"'), ALL) is None


KINDS = [("P", "PNG"), ("CMYK", "JPEG"), ("L", "PNG"), ("RGB", "WEBP"), ("LA", "PNG")]


@pytest.mark.parametrize(("mode", "format"), KINDS)
def test_logos_of_any_kind_are_drawn(mode: str, format: str, tmp_path: Path) -> None:
    data = logo(mode, format)
    mark = load_mark(library(tmp_path, 'placements = ["x.photo"]\nlogo = "logo.png"', data), ALL)
    assert mark is not None
    with Image.open(io.BytesIO(mark.logo)) as image:
        assert (image.mode, image.size) == ("RGBA", (200, 200))
        red = image.getpixel((100, 100))
    assert isinstance(red, tuple)
    if mode not in ("L", "LA"):
        assert red[0] > red[1] + 60


def _png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


BAD_LOGOS = {
    "svg": ("logo-svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "cut short": ("logo-unusable", logo()[:300]),
    "a program": ("logo-unusable", b"MZ" + bytes(500)),
    "without pixels": ("logo-unusable", _png_of(3000, 3000)),
    "a bomb": ("logo-too-large", _png_of(60_000, 60_000)),
    "heavy": ("logo-too-large", bytes(20_000_001)),
}


@pytest.mark.parametrize(("code", "data"), BAD_LOGOS.values(), ids=BAD_LOGOS)
def test_a_logo_that_cannot_be_used_stops_a_run_before_any_file(code: str, data: bytes, tmp_path: Path) -> None:
    home = tmp_path / "library"
    home.mkdir()
    library(home, 'placements = ["facebook.photo"]\nlogo = "logo.png"', data)
    (tmp_path / "media").mkdir()
    with pytest.raises(UsageError) as caught:
        make_ready([tmp_path / "media"], targets=["facebook.photo"], library=home)
    assert caught.value.code == code
    assert caught.value.fields["path"] == str(home / "logo.png")
    for lang in ("vi", "en"):
        assert "logo.png" in say(f"error.{code}", caught.value.fields, lang)
        assert say(f"error.{code}.hint", caught.value.fields, lang)


@pytest.mark.parametrize(
    ("code", "overlay"),
    [
        ("logo-missing", 'placements = ["facebook"]\nlogo = "logo.png"'),
        ("overlay-empty", 'placements = ["facebook"]'),
        ("overlay-letters", 'placements = ["facebook"]\ntext = "Sơn La 🎉"'),
        ("target-unknown", 'placements = ["facebok"]\ntext = "Sơn La"'),
        ("settings-invalid", 'placements = ["facebook"]\ncorner = "middle"'),
        ("settings-invalid", "size = 3"),
        ("settings-invalid", f'text = "{"x" * 201}"'),
    ],
)
def test_a_setting_that_cannot_be_followed_is_told(code: str, overlay: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_mark(library(tmp_path, overlay), ALL)
    assert caught.value.code == code


def test_a_zone_that_leaves_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "led.toml").write_text(
        'platform = "led"\n[slots.image]\nsafe_zone = { top = 0.5, bottom = 0.5 }\n', encoding="utf-8"
    )
    with pytest.raises(UsageError) as caught:
        load_placements(tmp_path)
    assert caught.value.fields["key"] == "safe_zone"


def test_a_run_with_another_mark_makes_again_only_what_bears_it(tmp_path: Path) -> None:
    media, home = tmp_path / "2026-05 Lễ hội hoa ban", tmp_path / "library"
    media.mkdir()
    home.mkdir()
    save(media / "a.jpg", scenery(1600, 1200), quality=92)
    library(home, "")

    def run() -> tuple[int, dict[str, list[Path]]]:
        done = prepare([media], targets=["facebook.photo", "x.photo"], library=home, jobs=1)
        assert not done.failed
        bags = {bag.target: sorted((home / bag.path / "data" / "media").iterdir()) for bag in done.submissions}
        return done.encodes, bags

    _, bare = run()
    library(home, 'placements = ["facebook"]\nlogo = "logo.png"\ntext = "© Sơn La"\n', logo())
    encodes, marked = run()
    assert encodes == 1
    assert marked["x.photo"] == bare["x.photo"]
    red = []
    for bags in (bare, marked):
        pixels = np.asarray(Image.open(bags["facebook.photo"][0]).convert("RGB")).astype(int)[600:, 800:]
        red.append(int((pixels[..., 0] > pixels[..., 1:].max(-1) + 80).sum()))
    assert red[0] < 50
    assert red[1] > 15_000
    assert run()[0] == 0
