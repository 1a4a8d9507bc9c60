"""Folder and file names apart: what a camera, a copy or a counter put there is noise, the rest is an officer's words.

Each part of a path is read for itself, because a name ends where its folder does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import PurePosixPath

import msgspec

from ttdn_assets.captions.telex import mended
from ttdn_assets.model import FactSource
from ttdn_assets.terms.base import DATA, TermBase
from ttdn_assets.terms.people import persons_in
from ttdn_assets.terms.view import UPPER
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import nfc, strip_marks

_CAMERA = re.compile(
    r"(?<![^\W_])(?:(?:_?IMG|_?MG|_?DSC[NF]?|DJI|GOPR|G[HXP]\d{2}|MVI|MOV|VID|PXL|SAM(?=[_\d])|PANO|MVIMG|IMAGE|CLIP|RAW|HDR|Photo|"
    r"FB_IMG|received|signal|viber(?:_image)?|zalo(?:_image)?)[ _\-]*E?\d[\d_\-]*|(?:Screenshot|Screen Shot|"
    r"Ảnh chụp màn hình|WhatsApp (?:Image|Video)|DCIM|\d{3}(?:CANON|APPLE|MEDIA|ND\w+|_PANA|MSDCF))[ _\-]*[\d_\-]*)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
_HASH = re.compile(
    r"(?<![^\W_])(?:z\d{8,}(?:_[0-9a-f]+)?|(?!20\d{6}(?:[01]\d|2[0-3])[0-5]\d)[0-9a-f]{12,}|"
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![^\W_])"
)
_COPY = re.compile(
    r"\(\s*\d{1,3}\s*\)|(?<![^\W_])(?:final|copy(?: of)?|copy\d+|bản sao|ban sao|"
    r"v\d+(?:\.\d+)*|ver\d*|version|edited|edit|"
    r"export|resize[d]?|thumb|raw|original|bản gốc|đã sửa|da sua|new$|tmp|temp|untitled|new folder|thư mục mới|"
    r"burst\d*|cover|\d+x\d+|4k|fhd|uhd|1080p|720p|2160p)(?![^\W_])",
    re.IGNORECASE,
)
_EDGE = " \t_-–—.,;:+&()[]#·•|"
_COUNTER = re.compile(
    r"^(?:\d{1,3}[.)\-_ ]+)+(?=[^\W\d_])|(?<!\d)(?:[_\-]|  ) ?#?\d{1,5}$|"
    r"(?<![^\W_])(?:#\d+|0\d*|(?!(?:19|20)\d\d$)\d{4,})$"
)
_MEDIUM = re.compile(rf"^(?i:bộ ảnh|hình ảnh|ảnh|hình|video|clip|album) (?=[{UPPER}])")
_SPACES = re.compile(r"[\s_]+")
_VI_MARKS = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_VI_ONLY = re.compile(r"[ăđơưảạằẳẵắặầẩẫấậẻẽẹềểễếệỉĩịỏọồổỗốộờởỡớợủũụừửữứựỳỷỹỵ]", re.IGNORECASE)
_UPPER_WORD = rf"[{UPPER}][^\W\d_]*"
_NAME = rf"{_UPPER_WORD}(?:\d{{1,2}}(?!\d))?(?:[ _-]{{1,3}}{_UPPER_WORD}){{0,3}}"
_NO_PLACE = frozenset(
    ("hội", "tin", "ủy", "uỷ", "đoàn", "đội", "đồ", "sắc", "quyền", "chí", "xuân", "tết", "quê", "hoa")
) | {"phường", "xã", "huyện", "tỉnh"}


@cache
def _kinds(group: str) -> Mapping[str, str]:
    table = tomllib.loads((DATA / "grammar.toml").read_text(encoding="utf-8"))
    kinds: dict[str, str] = table["own_place"][group]
    return kinds


@cache
def _own_place() -> re.Pattern[str]:
    """A place by its kind; a feature only where the words begin or a preposition leads to it (``gia đình Văn``)."""
    units, features = ("|".join(sorted(_kinds(group), key=len, reverse=True)) for group in ("unit", "feature"))
    lead = r"(?:^|(?<=[,;(/–-])|(?<=[,;–-] )|(?<= tại )|(?<= ở )|(?<= trên )|(?<= thăm )|(?<= về )|(?<=[\d_]))[ _]*"
    return re.compile(
        rf"(?:(?<![^\W_])(?P<u>{units})|{lead}(?P<f>{features}))[ _]+(?P<name>(?-i:{_NAME}))", re.IGNORECASE
    )


_TITLES = "|".join(sorted(word_list("titles"), key=len, reverse=True))
_TITLED = re.compile(
    rf"(?<![^\W_])(?i:{_TITLES})(?:[ _:\-]+{_UPPER_WORD}(?:[ _]{_UPPER_WORD}){{0,3}}|(?=[ _:\-]*(?:$| {{3}})))"
)


_NUMBER = re.compile(r" [1-9](?![\w./\-]| *[-–])")
_SUBJECTS = ("ev", "pl", "prov", "sov")


class Part(msgspec.Struct, frozen=True):
    """One part of a path, NFC, noise blanked out by spaces of the same length so that offsets stay."""

    text: str
    source: FactSource


@lru_cache(maxsize=256)
def names_subject(folder: str, terms: TermBase) -> bool:
    """Whether a folder's name says for sure which event or place its files are of.

    So the name of the very folder given counts where an officer named it, and ``media`` or ``Desktop`` say nothing.
    """
    found = terms.match(_blank_noise(nfc(folder)))
    sure = (one for one in found if not one.ambiguous and (one.exact or len(one.surface.split()) > 1))
    return any(terms[one.id].family in _SUBJECTS for one in sure)


def parts_of(relative: str) -> tuple[Part, ...]:
    """The folders of a relative path, outermost first, then the file's stem."""
    path = PurePosixPath(mended(nfc(relative)).replace("\\", "/"))
    folders = [Part(_blank_noise(name), "folder") for name in path.parts[:-1] if name not in ("/", "..", ".")]
    return (*folders, Part(_blank_noise(path.stem), "file_name"))


def _blank_noise(name: str) -> str:
    for noise in (_HASH, _COPY):
        name = noise.sub(lambda found: " " * len(found.group()), name)
    return _CAMERA.sub(_blank_camera, name)


def _blank_camera(found: re.Match[str]) -> str:
    """Blank a camera's prefix and counter; the digits of a date in it stay to be read."""
    text = found.group()
    digits = re.search(r"(?:19|20)\d{6}|(?<= )(?:19|20)\d\d$", text)
    keep = digits.start() if digits else len(text)
    dashed = re.search(r"(?:19|20)\d\d[-_]\d\d[-_]\d\d", text)
    keep = min(keep, dashed.start()) if dashed else keep
    return " " * keep + text[keep:]


def tidy(words: str) -> str:
    """The words as a title: separators made spaces, counters and stray punctuation at the ends gone."""
    spaced = " " in words.strip()
    text = _COUNTER.sub("", words.strip(_EDGE))
    text = re.sub(r"(?<=[^\W_])_+(?=[^\W_])", " - ", text) if spaced else text.replace("-", " ")
    text = _COUNTER.sub("", _SPACES.sub(" ", text).strip(_EDGE))
    text = _MEDIUM.sub("", re.sub(r"\s*\(\s*\)", "", text).strip(_EDGE))
    return f"{text})" if text.count("(") > text.count(")") else text


def vietnamese(text: str) -> bool:
    """Whether the text is written in Vietnamese with its diacritics."""
    return _VI_ONLY.search(text) is not None or len(_VI_MARKS.findall(text)) > 1


def own_words(text: str, *, out_of: str = "") -> tuple[str, ...]:
    """The words of a text that carry a meaning of their own: no small words, numbers or single letters.

    ``out_of`` is the whole text where this is only a part of it: it tells whether diacritics are typed.
    """
    found = re.findall(r"[^\W\d_]+", text)
    small = word_list("small") if vietnamese(out_of or text) else _small_words_typed_either_way()
    return tuple(word for word in found if len(word) > 1 and word.lower() not in small)


@cache
def _small_words_typed_either_way() -> frozenset[str]:
    return word_list("small") | {strip_marks(word) for word in word_list("small")}


def without_people(text: str, named: Sequence[tuple[int, int]] = ()) -> str:
    """The text with names of people, and the titles before them, blanked out; what begins a ``named`` term stays."""
    text = _TITLED.sub(lambda found: " " * len(found.group()), text)
    begun = {start for start, _ in named}
    for first, _, last in persons_in(text):
        if first not in begun:
            text = text[:first] + " " * (last - first) + text[last:]
    return text


def own_places(
    text: str, named: Sequence[tuple[int, int]], *, numbered: bool = False
) -> tuple[tuple[str, int, int], ...]:
    """Places no term covers, named after their kind (``xã Chiềng Mung``), with where they stand.

    A place ends where a ``named`` term begins, and is none where one stands in its words, or where only its first
    syllable is typed large (``làng Văn hóa``); ``numbered`` ones end with their number (``cầu Mỹ Thuận 2``), which in a
    file's name is a counter.
    """
    found = []
    for match in _own_place().finditer(text):
        kind, name, start = match["u"] or match["f"], match["name"], match.start("u" if match["u"] else "f")
        end = min((first for first, _ in named if match.start("name") < first < match.end()), default=match.end())
        name = text[match.start("name") : end].rstrip(" _-")
        if numbered and (number := _NUMBER.match(text, match.start("name") + len(name))):
            name += number.group()
        town = match["f"] and f"{text[start : match.start('name') + len(name)]}" in word_list("towns_like_features")
        free = not any(first < end and start < last for first, last in named)
        cut = " " not in name and text[end : end + 1] == " " and text[end + 1 : end + 2].islower()
        if free and not (town or cut or _is_named_so(text, start, kind)) and name.split()[0].lower() not in _NO_PLACE:
            found.append((f"{kind.lower()} {_SPACES.sub(' ', name)}", start, match.start("name") + len(name)))
    return tuple(found)


def _is_named_so(text: str, start: int, kind: str) -> bool:
    """Whether a kind of place typed large after a small word belongs to the name (``rượu ngô Bản Phố``)."""
    before = re.search(r"([^\W\d_]+) $", text[:start])
    small = before is not None and before[1].islower()
    return small and kind[:1].isupper() and kind.lower() in word_list("kinds_in_names")


def english_place(place: str) -> tuple[str, str] | None:
    """``xã Chiềng Mung`` as (``in``, ``Chieng Mung commune``); ``None`` where the kind of place is not known."""
    for kind, english in _kinds_longest_first() if place else ():
        if place.lower().startswith(f"{kind} "):
            where, _, noun = english.partition(" ")
            return where, f"{strip_marks(place[len(kind) + 1 :])} {noun}"
    return None


@cache
def _kinds_longest_first() -> tuple[tuple[str, str], ...]:
    kinds = {**_kinds("unit"), **_kinds("feature")}
    return tuple(sorted(kinds.items(), key=lambda pair: -len(pair[0])))
