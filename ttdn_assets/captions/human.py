"""What people wrote about a file: in the sheet, then in its XMP, IPTC and EXIF.  It is kept as they wrote it.

A text whose language the file does not name is read simply: Chinese characters are Chinese, Vietnamese letters are
Vietnamese, and Latin letters are English only where English words show it.  Anything else (German, Vietnamese typed
without its diacritics, a lone name) stays under ``und``: it is kept and shown, and never passed off as English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ttdn_assets.model import CaptionSet, EmbeddedText, FactSource, Field, Lang, MediaFacts, SheetRow, Text
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import clean, has_han

_RANK: dict[FactSource, int] = {"officer": 0, "sheet": 0, "xmp": 1, "iptc": 2, "exif": 3, "folder": 4, "file_name": 4,
                                "gps": 5}  # fmt: skip
_FIELDS: dict[str, Field] = {
    "title": "title",
    "headline": "title",
    "description": "description",
    "alt_text": "alt_text",
    "keywords": "keywords",
}
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_VI_SURE = re.compile(r"[ăđơưảạằẳẵắặầẩẫấậẻẽẹềểễếệỉĩịỏọồổỗốộờởỡớợủũụừửữứựỳỷỹỵ]")
_VI_SHARED = re.compile(r"\b[b-df-hj-np-tv-xđ]{0,3}[aeiouy]?[àáâãèéêìíòóôõùúý][aeiouy]?(?:ng|nh|ch|[cmnpt])?\b")
"""A syllable of Vietnamese shape whose marks other languages have too; one alone shows nothing."""
_FOREIGN = re.compile(r"[äöüßåøæœçñëïÿőűşğłżźćśęąčřšžů]")
_CAMERA_NOISE = re.compile(
    r"(?:olympus digital camera|(?:minolta|konica|kodak|samsung|panasonic|digital) (?:digital )?(?:camera|still camera)"
    r"|sony dsc|dcim|dsc_?\d*|img_?\d*|exif_jpeg_picture|default|untitled|screenshot|picture|charset=\w+|\W*)",
    re.IGNORECASE,
)
_TAGS = {"zh-hans": "zh", "zh-cn": "zh", "zh-sg": "zh", "zh": "zh", "vi": "vi", "en": "en", "x-default": ""}


def human_words(media: MediaFacts, row: SheetRow | None = None) -> CaptionSet:
    """The words people gave a file, for each field and language the best source's, NFC without control characters."""
    words = CaptionSet()
    for field, lang, value in _ranked(media.texts, row):
        target: dict[Lang, Text] = getattr(words, field)
        if lang in target and field == "keywords":
            continue
        target.setdefault(lang, Text(value=value, origin="human"))
    return words


def _ranked(texts: Sequence[EmbeddedText], row: SheetRow | None) -> Iterator[tuple[Field, Lang, str]]:
    if row:
        yield from _sheet(row)
    tagged_first = sorted(texts, key=lambda t: (_RANK[t.source], t.field == "headline", _tag(t.lang) == ""))
    for text in tagged_first:
        field = _FIELDS.get(text.field)
        value = clean(text.value)
        if field and value and not _CAMERA_NOISE.fullmatch(value):
            yield field, _tag(text.lang) or language_of(value), value


def _sheet(row: SheetRow) -> Iterator[tuple[Field, Lang, str]]:
    columns: tuple[tuple[Field, dict[Lang, str]], ...] = (
        ("title", row.title),
        ("description", row.description),
        ("alt_text", row.alt_text),
        ("keywords", row.keywords),
    )
    for field, texts in columns:
        for lang, text in texts.items():
            if value := clean(text):
                yield field, lang, value


def _tag(lang: Lang | None) -> Lang:
    """A BCP-47 tag as the house writes it; empty where the language must be read from the text."""
    if not lang:
        return ""
    tag = lang.lower().replace("_", "-")
    if tag in _TAGS:
        return _TAGS[tag]
    head = tag.partition("-")[0]
    return head if head in ("vi", "en") else tag


def language_of(value: str) -> Lang:
    """The language of an untagged text: ``zh``, ``vi``, ``en``, or ``und`` where nothing shows it."""
    if has_han(value):
        return "und" if _KANA_HANGUL.search(value) else "zh"
    lower = value.lower()
    if any(_FOREIGN.search(word) for word in re.findall(r"[^\W\d_]+", value) if word[0].islower()):
        return "und"
    if _VI_SURE.search(lower) or len(_VI_SHARED.findall(lower)) > 1:
        return "und" if _FOREIGN.search(lower) else "vi"
    words = re.findall(r"[a-z]+", lower)
    english, other = (sum(word in word_list(name) for word in words) for name in ("english", "not_english"))
    return "en" if english > other else "und"


def merge(human: CaptionSet, composed: CaptionSet) -> CaptionSet:
    """Both together; where people gave a field in a language their words stand, the composed ones fill the rest."""
    return CaptionSet(
        title={**composed.title, **human.title},
        description={**composed.description, **human.description},
        alt_text={**composed.alt_text, **human.alt_text},
        keywords={**composed.keywords, **human.keywords},
    )
