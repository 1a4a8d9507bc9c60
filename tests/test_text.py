"""Strings: NFC everywhere, each platform's own way of counting, folding for search, names that every system takes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttdn_assets.model import TextUnit
from ttdn_assets.text import ascii_slug, clean, fold, has_han, length, nfc, strip_marks

CAPTION = "Lễ hội Hoa Ban Mộc Châu rực rỡ sắc trắng giữa núi rừng Tây Bắc."
UNITS: tuple[TextUnit, ...] = ("code_points", "utf16", "utf8_bytes", "x_weighted", "widest", "emoji_bytes")


# Trap 1: Vietnamese costs double on X


@pytest.mark.parametrize("letter", "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹẠỸ")
def test_precomposed_vietnamese_letters_weigh_two_on_x(letter: str) -> None:
    assert length(letter, "x_weighted") == 2


@pytest.mark.parametrize("letter", "àáãâăđèéêìíòóôõơùúưĩũýÀĐƠƯ")
def test_latin_letters_below_the_border_weigh_one_on_x(letter: str) -> None:
    assert length(letter, "x_weighted") == 1


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("–“”‘’", 5),
        ("…•₫，。", 10),
        ("黄沙群岛", 8),
        ("🌸", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇻🇳", 2),
        ("❤️", 2),
        ("https://vietnam.vn/mot-dia-chi-rat-dai/va-dai-hon-nua", 23),
        ("Xem https://a.vn", 27),
    ],
)
def test_x_weights_punctuation_hanzi_emoji_and_addresses(text: str, weight: int) -> None:
    assert length(text, "x_weighted") == weight


def test_nfd_does_not_help_on_x() -> None:
    assert length(unicodedata.normalize("NFD", CAPTION), "x_weighted") == length(CAPTION, "x_weighted")


# Trap 2: NFD adds code points


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_counts_the_composed_text(unit: TextUnit) -> None:
    apart = unicodedata.normalize("NFD", CAPTION)
    assert len(apart) > len(CAPTION)
    assert length(apart, unit) == length(CAPTION, unit)


# Trap 3: a YouTube description is counted in bytes


@pytest.mark.parametrize(("text", "size"), [("a" * 5000, 5000), ("ế" * 1666, 4998), ("越" * 1667, 5001), ("🌸", 4)])
def test_bytes_are_those_of_utf8(text: str, size: int) -> None:
    assert length(text, "utf8_bytes") == size


# Trap 4: TikTok counts UTF-16 units, Threads an emoji's bytes, others do not say


@pytest.mark.parametrize(
    ("unit", "text", "count"),
    [
        ("utf16", "🌸", 2),
        ("utf16", "Mộc Châu", 8),
        ("code_points", "🌸", 1),
        ("widest", "🌸 hoa", 6),
        ("widest", "越南", 2),
        ("emoji_bytes", "hoa 🌸", 8),
        ("emoji_bytes", "Mộc Châu", 8),
        ("emoji_bytes", "🇻🇳", 8),
        ("emoji_bytes", "越南", 2),
    ],
)
def test_each_platform_counts_in_its_own_unit(unit: TextUnit, text: str, count: int) -> None:
    assert length(text, unit) == count


@given(st.text())
def test_no_unit_is_below_what_a_reader_counts_least(text: str) -> None:
    composed = nfc(text)
    assert length(text, "code_points") == len(composed)
    assert len(composed) <= length(text, "utf16") <= length(text, "utf8_bytes")
    assert length(text, "widest") == max(length(text, "code_points"), length(text, "utf16"))


# Folding, cleaning, names


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("son la", "Sơn La"),
        ("dak lak", "Đắk Lắk"),
        ("TRUONG SA", "Trường Sa"),
        ("hoà bình", "Hòa Bình"),
        ("di linh", "Đi Linh"),
    ],
)
def test_search_finds_names_without_their_marks(typed: str, found: str) -> None:
    assert fold(typed) == fold(found) == fold(unicodedata.normalize("NFD", found))


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x2FFF)))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_marks_go_and_letters_stay() -> None:
    assert strip_marks("Đường Hồ Chí Minh") == "Duong Ho Chi Minh"


def test_a_text_from_a_file_loses_control_characters_and_odd_line_ends() -> None:
    assert clean("\ufeff Sơ\u031bn La\x00\r\nB\rC\u200b ") == clean("Sơ\u031bn La\nB\nC")
    assert "\x00" not in clean("a\x00b")


@pytest.mark.parametrize(("text", "expected"), [("山罗省", True), ("Sơn La", False), ("，", False), ("𠮷", True)])
def test_chinese_is_told_by_its_characters(text: str, expected: bool) -> None:
    assert has_han(text) is expected


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Lễ hội Hoa Ban 2026", "le-hoi-hoa-ban-2026"),
        ("Đắk Lắk/../../etc", "dak-lak-etc"),
        ("山罗", "media"),
        ("CON", "media"),
        ("lpt1", "media"),
        ("", "media"),
        ("a" * 200, "a" * 60),
        ("--x--", "x"),
    ],
)
def test_slugs_are_safe_on_every_system(name: str, slug: str) -> None:
    assert ascii_slug(name, fallback="media") == slug


@given(st.text())
def test_any_text_gives_a_plain_slug(text: str) -> None:
    slug = ascii_slug(text, fallback="x")
    assert slug
    assert slug.isascii()
    assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
