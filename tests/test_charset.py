"""Words in old Vietnamese, Chinese and Western codes become Unicode where the code can be told, else stay whole."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacy_bytes import cp1258_bytes, legacy_bytes
from ttdn_assets.tools import charset

VIETNAMESE = [
    "Lễ hội hoa ban Mộc Châu năm 2026",
    "Hà Nội",
    "Bác Hồ",
    "Đắk Lắk",
    "Buôn Ma Thuột",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Đồng bào dân tộc Thái múa xòe ở Quỳnh Nhai, Sơn La",
    "Chủ tịch UBND tỉnh phát biểu khai mạc – ảnh: Nguyễn Thị Thu Hà/TTXVN",
    "Thiếu nữ H’Mông bên ruộng bậc thang “mùa nước đổ”",
]


@pytest.mark.parametrize("text", VIETNAMESE)
@pytest.mark.parametrize("code", ["tcvn3", "vni"])
def test_vietnamese_of_old_fonts_is_read(text: str, code: str) -> None:
    decoded = charset.decode([legacy_bytes(text, code)])
    assert (decoded.values[0], decoded.charset) == (text, code)


@pytest.mark.parametrize("text", VIETNAMESE)
def test_vietnamese_of_code_page_1258_is_read_in_nfc(text: str) -> None:
    decoded = charset.decode([cp1258_bytes(text)])
    assert (decoded.values[0], decoded.charset) == (text, "cp1258")
    assert unicodedata.is_normalized("NFC", decoded.values[0])


@pytest.mark.parametrize("text", ["越南山罗省木州县梅花节", "河内市", "傣族同胞跳舞", "庆祝国庆，下龙湾日出"])
def test_simplified_chinese_is_read(text: str) -> None:
    assert charset.decode([text.encode("gbk")]) == charset.Decoded((text,), "gbk")


@pytest.mark.parametrize("text", ["越南山羅省木州縣", "河內市", "慶祝國慶節", "下龍灣日出，攝影：黃文明"])
def test_traditional_chinese_is_read(text: str) -> None:
    assert charset.decode([text.encode("big5")]) == charset.Decoded((text,), "big5")


@pytest.mark.parametrize("text", ["Porträtt på Eva, Göteborg", "Fête de Noël", "Mañana en España", "Müller & Söhne"])
@pytest.mark.parametrize("code", ["cp1252", "mac_roman"])
def test_western_words_are_read(text: str, code: str) -> None:
    assert charset.decode([text.encode(code)]) == charset.Decoded((text,), code)


def test_the_fields_of_one_file_help_each_other() -> None:
    values = [legacy_bytes(text, "vni") for text in ("Sơn La", "Lễ hội hoa ban Mộc Châu", "Hà Nội")]
    assert charset.decode(values).values == ("Sơn La", "Lễ hội hoa ban Mộc Châu", "Hà Nội")


def test_utf8_is_believed_and_needs_no_guess() -> None:
    assert charset.decode(["Sơn La".encode(), b"plain"]) == charset.Decoded(("Sơn La", "plain"))


def test_a_marker_names_utf8_even_when_the_bytes_are_not() -> None:
    assert charset.declared(b"\x1b%G") == "utf-8"
    assert charset.decode([legacy_bytes("Hội Gióng", "tcvn3")], declared="utf-8").charset == "tcvn3"


def test_what_no_code_explains_is_kept_byte_for_byte() -> None:
    raw = b"\xf0\xf7\xfe\xde \xac\xbe\xd0\xa4"
    decoded = charset.decode([raw])
    assert decoded.charset == charset.UNKNOWN
    assert decoded.values[0].encode("latin-1") == raw


@pytest.mark.parametrize("code", ["utf-8", "tcvn3", "vni"])
def test_letters_that_were_misread_before_are_put_right(code: str) -> None:
    text = "Lễ hội hoa ban Mộc Châu"
    raw = text.encode() if code == "utf-8" else legacy_bytes(text, code)
    assert charset.unmangle(raw.decode("latin-1")) == text


@pytest.mark.parametrize(
    "text", ["Fête de Noël à l'école", "Größe für Bäume", "Sơn La", "Nguyễn Văn Hùng", "naïve café"]
)
def test_right_words_are_left_alone(text: str) -> None:
    assert charset.unmangle(text) == text


@pytest.mark.parametrize("word", ["nghiêng", "Thuở", "giếng", "quýt", "xoè", "uỷ", "Đắk", "khuya", "ĐƯỜNG"])
def test_vietnamese_syllables_are_known(word: str) -> None:
    assert charset.is_vietnamese_syllable(word)


@pytest.mark.parametrize("word", ["för", "été", "Straße", "cộc̣", "hôch", "mất̀", "tàt"])
def test_other_words_are_no_vietnamese_syllables(word: str) -> None:
    assert not charset.is_vietnamese_syllable(word)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_become_as_many_texts(values: list[bytes]) -> None:
    assert len(charset.decode(values).values) == len(values)
