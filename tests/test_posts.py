"""A post never breaks a limit of its slot, and is cut where a reader would pause."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttdn_assets.model import CaptionSet, Placement, Text, TextLimit, TextUnit
from ttdn_assets.submissions.posts import Material, count_text, fit_posts, hashtags, keywords_of, post_text
from ttdn_assets.submissions.shorten import shorten
from ttdn_assets.text import length

VI = (
    "Lễ hội hoa ban năm nay diễn ra tại phường Mộc Châu, tỉnh Sơn La, thu hút hàng nghìn lượt khách. "
    "Du khách được ngắm hoa ban nở trắng núi rừng, nghe hát then và thưởng thức xôi ngũ sắc của đồng bào Thái. "
    "Chương trình nghệ thuật khai mạc có sự tham gia của 300 nghệ nhân đến từ các xã vùng cao."
)
ZH = (
    "今年的羊蹄甲花节在山罗省木州坊举行，吸引了数千人次游客。"
    "游客可以欣赏漫山遍野的羊蹄甲花，聆听天琴弹唱，品尝泰族五色糯米饭。"
)


def human(value: str) -> Text:
    return Text(value=value, origin="human")


def captions(value: str, *, lang: str = "vi", title: str = "Lễ hội hoa ban", keywords: str = "") -> CaptionSet:
    return CaptionSet(title={lang: human(title)}, description={lang: human(value)}, keywords={lang: human(keywords)})


def slot(*texts: TextLimit, hashtags_max: int | None = None, mentions_max: int | None = None) -> Placement:
    return Placement(
        id="test.slot",
        kind="photo",
        name={"vi": "x", "en": "x"},
        formats=("jpeg",),
        texts=texts,
        hashtags_max=hashtags_max,
        mentions_max=mentions_max,
    )


def within(room: int) -> Callable[[str], bool]:
    return lambda part: len(part) <= room


def weighted_within(room: int) -> Callable[[str], bool]:
    return lambda part: length(part, "x_weighted") <= room


X = slot(TextLimit(field="text", maximum=280, unit="x_weighted"))


def one(
    placement: Placement, words: CaptionSet, *, lang: str = "vi", material: Material | None = None
) -> dict[str, str]:
    (post,), _ = fit_posts(placement, words, languages=[lang], material=material)
    return post.values


def test_a_text_that_fits_is_whole_with_title_source_and_hashtags() -> None:
    placement = slot(TextLimit(field="caption", maximum=2200, unit="widest"), hashtags_max=5)
    words = captions(VI, keywords="hoa ban; Mộc Châu; lễ hội; Sơn La; xôi ngũ sắc; then")
    text = one(placement, words, material=Material(credit="Sở VHTTDL tỉnh Sơn La"))["caption"]
    assert text.startswith("Lễ hội hoa ban năm nay")
    assert VI in text
    assert "Nguồn: Sở VHTTDL tỉnh Sơn La" in text
    assert text.endswith("#HoaBan #MộcChâu #LễHội #SơnLa #XôiNgũSắc")


def test_vietnamese_on_x_is_counted_by_weight_and_cut_after_a_sentence() -> None:
    (post,), (finding,) = fit_posts(X, captions(VI), languages=["vi"])
    text = post.values["text"]
    assert length(text, "x_weighted") <= 280
    assert text.endswith("đồng bào Thái.")
    assert (finding.rule, finding.measured, finding.allowed) == ("post-shortened", length(VI, "x_weighted"), 280)


def test_chinese_is_cut_at_its_punctuation() -> None:
    placement = slot(TextLimit(field="description", maximum=110, unit="utf8_bytes"))
    text = one(placement, captions(ZH, lang="zh"), lang="zh")["description"]
    assert text == "今年的羊蹄甲花节在山罗省木州坊举行，吸引了数千人次游客。"
    shorter = slot(TextLimit(field="description", maximum=70, unit="utf8_bytes"))
    assert one(shorter, captions(ZH, lang="zh"), lang="zh")["description"] == "今年的羊蹄甲花节在山罗省木州坊举行…"


def test_youtube_counts_bytes_and_takes_no_angle_brackets() -> None:
    placement = slot(
        TextLimit(field="title", maximum=100, unit="widest", forbidden="<>"),
        TextLimit(field="description", maximum=5000, unit="utf8_bytes", forbidden="<>"),
        TextLimit(field="tags", maximum=500, unit="widest"),
    )
    words = captions(
        (VI + " ") * 30, title="<b>Lễ hội</b> hoa ban", keywords=";".join(f"từ khóa {i}" for i in range(99))
    )
    values = one(placement, words)
    assert values["title"] == "‹b›Lễ hội‹/b› hoa ban"
    assert 4500 < length(values["description"], "utf8_bytes") <= 5000
    assert len(",".join(f'"{tag}"' for tag in values["tags"].split(","))) <= 500


def test_names_locked_terms_and_numbers_are_not_parted() -> None:
    sentence = "Triển lãm giới thiệu tư liệu về quần đảo Hoàng Sa và Trường Sa của Việt Nam gồm 300 bản đồ cổ"
    for room in range(20, len(sentence)):
        short = shorten(sentence, within(room), protected=["quần đảo Hoàng Sa"])
        assert len(short) <= room
        body = short.removesuffix("…")
        assert sentence.startswith(body)
        assert ("quần đảo" in body) == ("quần đảo Hoàng Sa" in body)
        assert not body.endswith(("Trường", "Việt", "300"))


def test_a_period_after_an_abbreviation_ends_no_sentence() -> None:
    text = "Đoàn công tác của TP. Hồ Chí Minh thăm tỉnh Sơn La trong hai ngày"
    assert shorten(text, lambda part: len(part) <= 24) == "Đoàn công tác của…"
    assert shorten(text, lambda part: len(part) <= 45) == "Đoàn công tác của TP. Hồ Chí Minh thăm tỉnh…"


def test_an_emoji_of_several_code_points_is_never_parted() -> None:
    family = "👩‍👩‍👧‍👦"
    for room in range(1, 10 * len(family)):
        short = shorten(family * 10, within(room))
        assert short.removesuffix("…") == family * (len(short) // len(family))


def test_hashtags_run_words_together_and_drop_what_is_none() -> None:
    assert hashtags(["hoa ban", "Hoa Ban", "2026", "30/4", "木州", "cà-phê Sơn La", "#"]) == [
        "#HoaBan",
        "#木州",
        "#CàPhêSơnLa",
    ]


def test_keywords_are_split_by_semicolons_and_chinese_ones_by_chinese_marks() -> None:
    assert keywords_of({"vi": human("hoa ban; Mộc Châu;; hoa ban")}, "vi") == ["hoa ban", "Mộc Châu"]
    assert keywords_of({"zh": human("木州、羊蹄甲花，节庆")}, "zh") == ["木州", "羊蹄甲花", "节庆"]


def test_tags_and_mentions_over_the_maximum_lose_their_sign() -> None:
    placement = slot(TextLimit(field="caption", maximum=2200, unit="widest"), hashtags_max=2, mentions_max=1)
    words = captions("Cảm ơn @mot và @hai #a #b #c, liên hệ a@b.vn", keywords="hoa ban")
    text = one(placement, words)["caption"]
    assert {count.field: count.used for count in count_text(text, placement)} == {
        "caption": len(text),
        "hashtags": 2,
        "mentions": 1,
    }
    assert "a@b.vn" in text


def test_a_language_without_words_is_told_and_makes_no_post() -> None:
    posts, findings = fit_posts(X, captions("Ngắn."), languages=["vi", "en"])
    assert [post.lang for post in posts] == ["vi"]
    assert [(f.rule, f.lang) for f in findings] == [("post-empty", "en")]


def test_one_field_is_pasted_as_it_is_and_several_under_their_names() -> None:
    (post,), _ = fit_posts(X, captions("Ngắn."), languages=["vi"])
    assert post_text(post, "vi") == "Lễ hội hoa ban\n\nNgắn.\n"
    two = slot(
        TextLimit(field="title", maximum=90, unit="utf16"), TextLimit(field="description", maximum=400, unit="utf16")
    )
    (post,), _ = fit_posts(two, captions("Ngắn."), languages=["vi"])
    assert post_text(post, "vi") == "[Tiêu đề]\nLễ hội hoa ban\n\n[Mô tả]\nNgắn.\n"


UNITS: list[TextUnit] = ["code_points", "utf16", "utf8_bytes", "x_weighted", "widest"]


@settings(max_examples=150, deadline=None)
@given(
    value=st.text(max_size=400), title=st.text(max_size=60), maximum=st.integers(1, 300), unit=st.sampled_from(UNITS)
)
@pytest.mark.parametrize("field", ["text", "description", "title"])
def test_no_text_breaks_its_limit(field: str, value: str, title: str, maximum: int, unit: TextUnit) -> None:
    limit = TextLimit(field=field, maximum=maximum, unit=unit, forbidden="<>")
    words = CaptionSet(
        title={"vi": human(title)},
        description={"vi": human(value)},
        keywords={"vi": human("hoa ban;Mộc Châu")},
        alt_text={"vi": human(value)},
    )
    posts, _ = fit_posts(slot(limit, hashtags_max=1), words, languages=["vi"], material=Material(credit="Sở"))
    for post in posts:
        text = post.values.get(field, "")
        assert length(text, unit) <= maximum
        assert not set(text) & {"<", ">"}


def test_a_hostile_length_is_cut_in_time() -> None:
    placement = slot(TextLimit(field="text", maximum=63_206, unit="widest"))
    text = one(placement, captions("Một từ nữa. " * 200_000))["text"]
    assert 60_000 < length(text, "widest") <= 63_206


def test_x_counts_as_its_own_library_does() -> None:
    lines = (Path(__file__).parent / "cases" / "x_lengths.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["text"], length(row["text"], "x_weighted")) for row in rows] == [
        (r["text"], r["length"]) for r in rows
    ]


@pytest.mark.parametrize("text", ["a." * 20_000, "a_" * 20_000 + ".v", "đ." * 9_000, "a.vn/" + "(a)" * 3_000 + "!"])
def test_a_hostile_text_is_counted_at_once(text: str) -> None:
    assert length(text, "x_weighted") > 1_000


def test_a_cut_link_never_breaks_the_limit() -> None:
    for room in range(5, 60):
        value = shorten("xem a.company và b.comics ở x.vnx", weighted_within(room))
        assert length(value, "x_weighted") <= room


@pytest.mark.parametrize(
    ("placement", "text", "told"),
    [
        ("x.photo", "Xem https://sonla.gov.vn/tin 🌸", {"length": 30, "unit": "x_weighted", "allowed": 280}),
        ("x.photo", "山罗 example.vn", {"length": 28, "unit": "x_weighted", "allowed": 280}),
        ("youtube.video", "Mộc Châu", {"length": 11, "unit": "utf8_bytes", "allowed": 5000}),
        ("tiktok.video", "hoa 🌸", {"length": 6, "unit": "utf16", "allowed": 2200}),
    ],
)
def test_the_command_line_counts_json_strings(placement: str, text: str, told: dict[str, object]) -> None:
    told_lines = ttdn("posts", "count", "--placement", placement, "--json", stdin=json.dumps(text) + "\n")
    assert [json.loads(line) for line in told_lines] == [told]


def ttdn(*arguments: str, stdin: str = "") -> list[str]:
    command = [sys.executable, "-m", "ttdn_cli", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
