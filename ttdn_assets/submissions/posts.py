"""Captions into posts: for one slot and language the texts to paste, within its limits in its own units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

from ttdn_assets.model import CaptionSet, Finding, Lang, Placement, Post, Text, TextLimit
from ttdn_assets.submissions.shorten import shorten
from ttdn_assets.text import clean, has_han, length
from ttdn_assets.wording import say

ALT_TEXT = "alt_text"
_BODY_FIELDS = ("text", "caption")
_UNLIMITED_FIELDS = ("title", "description", "author", "place")
_HASHTAGS = 5
_LONG_FACTOR, _LONG_MORE = 4, 4_000
_SUBSTITUTES = str.maketrans({"<": "‹", ">": "›"})
_WORD = re.compile(r"[^\W_]+")
_HASHTAG = re.compile(r"(?<![\w#&/])[#＃](?=\w)")
_MENTION = re.compile(r"(?<![\w@.])@(?=\w)")
_CJK_KEYWORD = re.compile(r"[;；,，、\n]")


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one limit a text uses, in the platform's own unit; ``unit`` is ``items`` for tags and mentions."""

    field: str
    unit: str
    used: int
    maximum: int


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What posts are made of besides the captions; ``protected`` are phrases that are never cut.

    ``source`` is the file that findings are about.
    """

    source: str = ""
    author: str = ""
    place: str = ""
    credit: str = ""
    protected: tuple[str, ...] = ()


def fit_posts(
    placement: Placement, captions: CaptionSet, *, languages: Sequence[Lang], material: Material | None = None
) -> tuple[tuple[Post, ...], tuple[Finding, ...]]:
    """The post of each language that has words, and a finding for each that has none or had to be shortened.

    Where the placement states no text limit, title, description, author and place are given whole.
    """
    posts: list[Post] = []
    findings: list[Finding] = []
    for lang in languages:
        post, found = _fit_post(placement, captions, lang, material or Material())
        findings.extend(found)
        if post:
            posts.append(post)
    return tuple(posts), tuple(findings)


def count_text(value: str, placement: Placement) -> tuple[Count, ...]:
    """How much of each of the placement's text limits ``value`` would use."""
    counts = [
        Count(field=limit.field, unit=limit.unit, used=length(value, limit.unit), maximum=limit.maximum)
        for limit in placement.texts
    ]
    for field, marks, maximum in (
        ("hashtags", _HASHTAG, placement.hashtags_max),
        ("mentions", _MENTION, placement.mentions_max),
    ):
        if maximum is not None:
            counts.append(Count(field=field, unit="items", used=len(marks.findall(value)), maximum=maximum))
    return tuple(counts)


def room(placement: Placement) -> tuple[str, ...]:
    """The fields of a placement that limit a text."""
    return tuple(limit.field for limit in placement.texts)


def limit_of(placement: Placement, field: str | None = None) -> TextLimit | None:
    """The limit of a field, of the placement's main text where none is named; ``None`` where there is no such one."""
    limits = {limit.field: limit for limit in placement.texts}
    wanted = [field] if field else [*_BODY_FIELDS, "description", "title"]
    return next((limits[one] for one in wanted if one in limits), None)


def post_text(post: Post, lang: Lang) -> str:
    """The post as a text file: one field as it is, several each under its name in ``lang``."""
    fields = {field: value for field, value in post.values.items() if field != ALT_TEXT}
    if len(fields) == 1:
        return next(iter(fields.values())) + "\n"
    return "\n\n".join(f"[{say(f'post.{field}', lang=lang)}]\n{value}" for field, value in fields.items()) + "\n"


def hashtags(keywords: Iterable[str]) -> list[str]:
    """Keywords as hashtags: words run together, each with a capital, marks kept; what has no letter is left out."""
    tags: list[str] = []
    for keyword in keywords:
        words = _WORD.findall(clean(keyword))
        tag = "".join(word[:1].upper() + word[1:] for word in words)
        if any(c.isalpha() for c in tag):
            tags.append(f"#{tag}")
    return list({tag.casefold(): tag for tag in reversed(tags)}.values())[::-1]


def keywords_of(texts: Mapping[Lang, Text], lang: Lang) -> list[str]:
    """The keywords of one language, in order, each once."""
    value = clean(texts[lang].value) if lang in texts else ""
    separators = _CJK_KEYWORD if ";" not in value and (lang == "zh" or has_han(value)) else re.compile(r"[;；\n]")
    return list(dict.fromkeys(item.strip() for item in separators.split(value) if item.strip()))


def _fit_post(
    placement: Placement, captions: CaptionSet, lang: Lang, material: Material
) -> tuple[Post | None, list[Finding]]:
    title, description = _said(captions.title, lang), _said(captions.description, lang)
    if not title and not description:
        return None, [Finding(rule="post-empty", level="warning", subject=material.source, lang=lang)]
    tags = hashtags(keywords_of(captions.keywords, lang))
    whole = {
        "title": title or description,
        "description": description or title,
        "summary": description or title,
        "author": clean(material.author or material.credit),
        "place": clean(material.place),
    }
    limits = placement.texts or tuple(
        TextLimit(field=field, maximum=1 << 30, unit="code_points") for field in _UNLIMITED_FIELDS
    )
    values: dict[str, str] = {}
    findings: list[Finding] = []
    for limit in limits:
        if limit.field == "tags":
            values["tags"] = _fit_tags(keywords_of(captions.keywords, lang), limit)
            continue
        wanted = whole["description"] if limit.field in _BODY_FIELDS else whole.get(limit.field, "")
        value, found = _fit(wanted, limit, placement, lang, material)
        findings.extend(found)
        if limit.field in _BODY_FIELDS and not found:
            value = _fill(value, limit, placement, title=title, tags=tags, source=_source(material, lang))
        elif limit.field == "description" and not found:
            value = _add_tags(value, limit, placement, tags)
        values[limit.field] = value
    alt_text, found = _fit_alt(captions, placement, lang, material)
    values = {field: value for field, value in {**values, ALT_TEXT: alt_text}.items() if value}
    return Post(placement=placement.id, lang=lang, values=values), findings + found


def _said(texts: Mapping[Lang, Text], lang: Lang) -> str:
    return clean(texts[lang].value) if lang in texts else ""


def _source(material: Material, lang: Lang) -> str:
    credit = clean(material.credit)
    return say("post.source", {"credit": credit}, lang) if credit else ""


def _fit(
    value: str, limit: TextLimit, placement: Placement, lang: Lang, material: Material
) -> tuple[str, list[Finding]]:
    """The text within its limit and without forbidden characters; a finding where it had to be cut."""
    value = _allowed(value, limit, placement)
    used = length(value, limit.unit)
    if used <= limit.maximum:
        return value, []
    head = value[: limit.maximum * _LONG_FACTOR + _LONG_MORE]
    short = shorten(head, lambda part: length(part, limit.unit) <= limit.maximum, protected=material.protected)
    finding = Finding(
        rule="post-shortened",
        level="warning",
        subject=material.source,
        placement=placement.id,
        lang=lang,
        measured=used,
        allowed=limit.maximum,
    )
    return short, [finding]


def _fit_alt(captions: CaptionSet, placement: Placement, lang: Lang, material: Material) -> tuple[str, list[Finding]]:
    value = _said(captions.alt_text, lang)
    if not value or placement.alt_text_max is None:
        return "", []
    return _fit(
        value,
        TextLimit(field=ALT_TEXT, maximum=placement.alt_text_max, unit="widest"),
        placement,
        lang,
        material,
    )


def _allowed(value: str, limit: TextLimit, placement: Placement) -> str:
    value = _thin(_HASHTAG, value, placement.hashtags_max)
    value = _thin(_MENTION, value, placement.mentions_max)
    for character in limit.forbidden:
        value = value.replace(character, character.translate(_SUBSTITUTES).replace(character, ""))
    return value


def _thin(mark: re.Pattern[str], value: str, maximum: int | None) -> str:
    """The text with the sign taken from every tag or mention over the maximum."""
    if maximum is None:
        return value
    seen = accumulate(1 for _ in mark.finditer(value))
    return mark.sub(lambda found: found[0] if next(seen) <= maximum else "", value)


def _fill(value: str, limit: TextLimit, placement: Placement, *, title: str, tags: list[str], source: str) -> str:
    """The body with title, source and hashtags around it, each where there is still room."""
    headed = f"{title}\n\n{value}" if title and not value.startswith(title.rstrip(".。")) else value
    if _in_room(headed, limit, placement):
        value = headed
    signed = f"{value}\n\n{source}" if source else value
    if _in_room(signed, limit, placement):
        value = signed
    return _add_tags(value, limit, placement, tags)


def _in_room(value: str, limit: TextLimit, placement: Placement) -> bool:
    return length(value, limit.unit) <= limit.maximum and _allowed(value, limit, placement) == value


def _add_tags(value: str, limit: TextLimit, placement: Placement, tags: list[str]) -> str:
    """The text followed by as many hashtags as fit and are allowed beside those it has."""
    allowed = placement.hashtags_max if placement.hashtags_max is not None else _HASHTAGS
    room = allowed - len(_HASHTAG.findall(value))
    kept = [tag for tag in tags if tag.casefold() not in value.casefold()][: max(0, room)]
    while kept:
        wider = f"{value}\n\n{' '.join(kept)}"
        if length(wider, limit.unit) <= limit.maximum:
            return wider
        kept.pop()
    return value


def _fit_tags(keywords: list[str], limit: TextLimit) -> str:
    """Keywords joined by commas; one with a space costs its quotation marks as well, as YouTube counts."""
    kept: list[str] = []
    for keyword in keywords[: limit.maximum]:
        word = keyword.replace(",", " ").translate(str.maketrans("", "", '<>"'))
        quoted = ",".join(f'"{tag}"' if " " in tag else tag for tag in [*kept, word])
        if word and length(quoted, limit.unit) <= limit.maximum:
            kept.append(word)
    return ",".join(kept)
