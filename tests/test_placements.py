"""Placement data: every figure has a source, the safe figures are used, and a faulty file names file, table and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ttdn_assets.errors import UsageError
from ttdn_assets.model import Placement
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.placements.rules import first_fault

SLOTS = {
    "vietnamvn": "article video",
    "happyvietnam": "photo video",
    "facebook": "photo link_card reel story_image story_video video",
    "instagram": "feed carousel reel story_image story_video",
    "tiktok": "photo video",
    "youtube": "video short thumbnail",
    "zalo": "article_image article_video message_image",
    "x": "photo video",
    "threads": "photo",
    "led": "image video",
}
BUILT_IN = load_placements()
NOT_FIGURES = {"id", "kind", "name", "figures", "texts"}
SLOT = """\
platform = "led"

[slots.long_sap]
kind = "video"
name = { vi = "Màn hình LED cửa khẩu Lóng Sập", en = "LED board at Lóng Sập border gate" }
formats = ["mp4"]
sizes_px = [[1344, 768]]
video_codecs = ["h264"]
audio = "none"
"""


def test_the_ids_are_exactly_those_designed() -> None:
    assert set(BUILT_IN) == {f"{platform}.{slot}" for platform, slots in SLOTS.items() for slot in slots.split()}


@pytest.mark.parametrize("placement", BUILT_IN.values(), ids=lambda p: p.id)
def test_every_figure_says_where_it_comes_from(placement: Placement) -> None:
    defaults = Placement(id="a.b", kind="photo", name={}, formats=())
    set_keys = {
        key
        for key in Placement.__struct_fields__
        if key not in NOT_FIGURES and getattr(placement, key) != getattr(defaults, key)
    }
    stated = {figure.key for figure in placement.figures}
    assert set_keys | {f"texts.{text.field}" for text in placement.texts} <= stated
    for figure in placement.figures:
        assert figure.source
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", figure.date)
        assert figure.url is None or figure.url.startswith("https://")


@pytest.mark.parametrize("placement", BUILT_IN.values(), ids=lambda p: p.id)
def test_every_placement_is_named_in_three_languages_and_holds_together(placement: Placement) -> None:
    assert set(placement.name) == {"vi", "en", "zh"}
    assert first_fault(placement) is None


def test_pages_whose_address_was_not_kept_say_so() -> None:
    figures = [f for p in BUILT_IN.values() for f in p.figures if f.confidence in ("P", "P*") and f.url is None]
    assert {f.source.rpartition(", ")[2] for f in figures} == {"address not kept"}


@pytest.mark.parametrize(
    ("placement", "key", "value"),
    [
        ("happyvietnam.photo", "short_side_min_px", 3000),
        ("happyvietnam.photo", "bytes_min", 3_000_000),
        ("happyvietnam.photo", "dpi", 300),
        ("happyvietnam.video", "bytes_max", 200_000_000),
        ("happyvietnam.video", "duration_max_s", 300),
        ("instagram.feed", "formats", ("jpeg",)),
        ("instagram.feed", "width_max_px", 1440),
        ("instagram.reel", "bytes_max", 300_000_000),
        ("instagram.reel", "width_max_px", 1920),
        ("instagram.reel", "edit_list_allowed", False),
        ("instagram.reel", "fps_min", 23),
        ("instagram.feed", "hashtags_max", 5),
        ("facebook.reel", "fps_min", 24),
        ("facebook.reel", "audio", "stereo"),
        ("facebook.reel", "constant_fps", True),
        ("facebook.photo", "bytes_max", 4_000_000),
        ("zalo.article_image", "bytes_max", 1_000_000),
        ("zalo.article_video", "bytes_max", 50_000_000),
        ("tiktok.photo", "short_side_max_px", 1080),
        ("tiktok.photo", "long_side_max_px", 1920),
        ("youtube.thumbnail", "bytes_max", 2_000_000),
        ("x.video", "long_side_max_px", 1280),
        ("led.video", "audio", "none"),
    ],
)
def test_the_safe_figure_is_used_where_sources_disagree(placement: str, key: str, value: object) -> None:
    assert getattr(BUILT_IN[placement], key) == value


def test_text_limits_count_in_the_platforms_own_unit() -> None:
    units = {(p.id, t.field): (t.maximum, t.unit) for p in BUILT_IN.values() for t in p.texts}
    assert units["x.photo", "text"] == (280, "x_weighted")
    assert units["youtube.video", "description"] == (5000, "utf8_bytes")
    assert units["tiktok.video", "caption"] == (2200, "utf16")
    assert units["instagram.feed", "caption"] == (2200, "widest")
    assert units["threads.photo", "text"] == (500, "emoji_bytes")
    forbidden = [t.forbidden for t in BUILT_IN["youtube.short"].texts if t.field == "title"]
    assert forbidden == ["<>"]


def test_a_target_is_a_platform_or_a_placement_or_a_list() -> None:
    chosen = choose(["Zalo, x.photo", "led.image"], BUILT_IN)
    assert {name: [p.id for p in slots] for name, slots in chosen.items()} == {
        "zalo": ["zalo.article_image", "zalo.article_video", "zalo.message_image"],
        "x.photo": ["x.photo"],
        "led.image": ["led.image"],
    }
    assert choose([" , "], BUILT_IN) == {}


@pytest.mark.parametrize(
    ("wrong", "nearest"), [("facbook", "facebook"), ("x.foto", "x.photo"), ("instagram.reels", "instagram.reel")]
)
def test_an_unknown_target_names_the_nearest(wrong: str, nearest: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose([wrong], BUILT_IN)
    assert (caught.value.code, caught.value.fields["nearest"]) == ("target-unknown", nearest)


def test_a_unit_adds_its_own_screen(tmp_path: Path) -> None:
    (tmp_path / "screens.toml").write_text(SLOT, encoding="utf-8")
    screen = load_placements(tmp_path)["led.long_sap"]
    assert (screen.sizes_px, screen.audio) == (((1344, 768),), "none")
    assert {figure.source for figure in screen.figures} == {"screens.toml, the unit's own"}


def test_a_unit_overrides_single_figures_and_keeps_the_rest(tmp_path: Path) -> None:
    text = (
        'platform = "vietnamvn"\ndate = "2026-12-01"\n'
        '[sources.letter]\ntitle = "Công văn 12"\ndate = "2026-11-30"\n'
        '[slots.article]\nwidth_min_px = 800\nbytes_max = { value = 3_000_000, source = "letter", confidence = "P" }\n'
    )
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    before, after = BUILT_IN["vietnamvn.article"], load_placements(tmp_path)["vietnamvn.article"]
    assert (after.width_min_px, after.bytes_max) == (800, 3_000_000)
    assert (after.long_edge_px, after.name, after.formats) == (before.long_edge_px, before.name, before.formats)
    by_key = {figure.key: figure for figure in after.figures}
    assert (by_key["bytes_max"].source, by_key["bytes_max"].confidence) == ("Công văn 12", "P")
    assert (by_key["width_min_px"].date, by_key["long_edge_px"].date) == ("2026-12-01", "2026-11-21")


def test_a_unit_may_give_a_size_in_another_form(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('platform = "x"\n[slots.photo]\nsizes_px = [[1200, 675]]\n', encoding="utf-8")
    after = load_placements(tmp_path)["x.photo"]
    assert (after.sizes_px, after.long_edge_px) == (((1200, 675),), None)


@pytest.mark.parametrize(
    ("line", "table", "key", "says"),
    [
        ("bytes_maxx = 5", "slots.long_sap", "bytes_maxx", "did you mean bytes_max"),
        ('bytes_max = "5 MB"', "slots.long_sap", "bytes_max", "Expected `int | null`, got `str`"),
        ('bytes_max = { value = 5, source = "blog", confidence = "S" }', "slots.long_sap", "bytes_max", "'blog'"),
        ('bytes_max = { value = 5, source = "", confidence = "X" }', "slots.long_sap", "bytes_max", "Invalid enum"),
        ("duration_min_s = 9\nduration_max_s = 3", "slots.long_sap", "duration_min_s", "above duration_max_s"),
        ("width_min_px = 0", "slots.long_sap", "width_min_px", "not above zero"),
        ("fps_max = nan", "slots.long_sap", "fps_max", "not above zero"),
        ("long_edge_px = 800", "slots.long_sap", "sizes_px", "exactly one"),
        ("long_side_max_px = 800", "slots.long_sap", "sizes_px", "above long_side_max_px"),
        ("aspect_max = 1.0", "slots.long_sap", "sizes_px", "outside aspect_min"),
        ('pix_fmt = "yuv444p"', "slots.long_sap", "pix_fmt", "yuv420p is"),
        ('id = "led.other"', "slots.long_sap", "id", "unknown key"),
        ('texts = [{ field = "poem", maximum = 3, unit = "widest" }]', "slots.long_sap", "texts", "Invalid enum"),
        ('texts = [{ field = "text", maximum = 3, unit = "words" }]', "slots.long_sap", "texts.text", "Invalid enum"),
        ('[slots."Big Screen"]\nkind = "photo"', "slots.Big Screen", "-", "matching regex"),
        ('[slots.other]\nkind = "photo"', "slots.other", "name", "missing"),
        ('[slots.other]\nkind = "photo"\nname = { en = "Other" }\nformats = ["jpeg"]\nlong_edge_px = 9',
         "slots.other", "name", "missing in vi"),
        ('[slots.other]\nkind = "photo"\nname = { vi = "a", en = "b" }\nformats = ["tiff"]\nlong_edge_px = 9',
         "slots.other", "formats", "tiff"),
        ('[sources.web]\ntitle = ""\ndate = "2026-11-21"', "sources.web", "-", "length"),
    ],
)  # fmt: skip
def test_a_fault_names_file_table_and_key(tmp_path: Path, line: str, table: str, key: str, says: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"{SLOT}{line}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_placements(tmp_path)
    assert caught.value.code == "placement-invalid"
    assert (caught.value.fields["path"], caught.value.fields["table"], caught.value.fields["key"]) == (
        str(path),
        table,
        key,
    )
    assert says in str(caught.value.fields["reason"])


@pytest.mark.parametrize("text", ["platform = ", 'slots = 3\nplatform = "x"', 'platform = "X y"', "size = 3", "\xff"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=re.escape(str(path))):
        load_placements(tmp_path)


def test_a_missing_own_folder_is_no_fault(tmp_path: Path) -> None:
    assert load_placements(tmp_path / "none") == BUILT_IN
