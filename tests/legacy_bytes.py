"""Vietnamese text in the codes of old fonts, for tests to write into files."""

from __future__ import annotations

import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TCVN3 = {
    "Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5, "Ư": 0xA6, "Đ": 0xA7, "ă": 0xA8, "â": 0xA9, "ê": 0xAA,
    "ô": 0xAB, "ơ": 0xAC, "ư": 0xAD, "đ": 0xAE, "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9, "ằ": 0xBB,
    "ẳ": 0xBC, "ẵ": 0xBD, "ắ": 0xBE, "ặ": 0xC6, "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA, "ậ": 0xCB, "è": 0xCC,
    "ẻ": 0xCE, "ẽ": 0xCF, "é": 0xD0, "ẹ": 0xD1, "ề": 0xD2, "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6, "ì": 0xD7,
    "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD, "ị": 0xDE, "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4, "ồ": 0xE5,
    "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8, "ộ": 0xE9, "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC, "ớ": 0xED, "ợ": 0xEE, "ù": 0xEF,
    "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3, "ụ": 0xF4, "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9, "ỳ": 0xFA,
    "ỷ": 0xFB, "ỹ": 0xFC, "ý": 0xFD, "ỵ": 0xFE,
}  # fmt: skip
_VNI_TONES = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_ROOF = {"": "â", "\u0300": "à", "\u0301": "á", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_VNI_BOWL = {"": "ê", "\u0300": "è", "\u0301": "é", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_WHOLE = {"ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ", "ơ": "ô", "ư": "ö"}


def legacy_bytes(text: str, code: str) -> bytes:
    """The text in ``tcvn3`` (capitals with tones as small letters, as its capital fonts have it) or ``vni``."""
    return b"".join(_tcvn3(c) if code == "tcvn3" else _vni(c) for c in unicodedata.normalize("NFC", text))


def cp1258_bytes(text: str) -> bytes:
    """The text in Windows code page 1258: letters, then combining tones."""
    return b"".join(_cp1258(c) for c in unicodedata.normalize("NFC", text))


def _tcvn3(letter: str) -> bytes:
    code = _TCVN3.get(letter) or _TCVN3.get(letter.lower())
    return bytes([code]) if code else letter.encode("cp1252")


def _split(letter: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(c for c in parts if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)), tone


def _vni(letter: str) -> bytes:
    small = letter.lower()
    if letter.isascii() or not letter.isalpha():
        return letter.encode("cp1252")
    written = _vni_small(small)
    return (written if letter == small else written.upper()).encode("cp1252")


def _vni_small(letter: str) -> str:
    if letter in _VNI_WHOLE:
        return _VNI_WHOLE[letter]
    base, tone = _split(letter)
    if base in "âêô":
        return {"â": "a", "ê": "e", "ô": "o"}[base] + _VNI_ROOF[tone]
    if base == "ă":
        return "a" + _VNI_BOWL[tone]
    return _VNI_WHOLE.get(base, base) + _VNI_TONES[tone]


def _cp1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        base, tone = _split(letter)
        return base.encode("cp1258") + tone.encode("cp1258")
