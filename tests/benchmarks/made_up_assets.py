"""Assets as a province has them, without files: names of the term base in sentences of three languages.

Places, events and subjects come as often as in life: a few very often, most seldom.  All have captions, one in five was
rendered for four uses.  The same number gives the same asset on every run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.model import (
    CaptionSet,
    Fact,
    FactKind,
    FocalPoint,
    Gps,
    MediaFacts,
    Rendition,
    Subject,
    Text,
)
from ttdn_assets.terms import Term, load_terms
from ttdn_assets.tools.looks import SIDE_PX

_TITLES = {
    "vi": ("{event} tại {place}", "{people} trong {event}", "{product} {place}", "{topic} ở {place}, {place2}"),
    "en": ("{event} in {place}", "{people} at {event}", "{product} of {place}", "{topic} in {place}, {place2}"),
    "zh": ("{place}的{event}", "{event}上的{people}", "{place}的{product}", "{place}、{place2}的{topic}"),
}
_SENTENCES = {
    "vi": (
        "Du khách trong và ngoài nước tham gia {event} tại {place} vào buổi sáng.",
        "Đồng bào {people} giới thiệu {product} với bạn bè quốc tế.",
        "{place} là điểm đến nổi bật của {place2}, gắn với {topic}.",
        "Ảnh do Trung tâm Thông tin xúc tiến du lịch cung cấp, đã được kiểm duyệt.",
        "Những thửa ruộng bậc thang chín vàng dưới nắng, mùa gặt bắt đầu từ tháng Chín.",
    ),
    "en": (
        "Visitors from home and abroad join {event} in {place} in the morning.",
        "{people} people present {product} to international friends.",
        "{place} is a leading destination of {place2}, known for {topic}.",
        "Photo courtesy of the provincial tourism information centre, cleared for publication.",
        "Terraced fields turn golden in the sun; the harvest starts in September.",
    ),
    "zh": (
        "海内外游客清晨在{place}参加{event}。",
        "{people}同胞向国际友人介绍{product}。",
        "{place}是{place2}的著名旅游目的地，以{topic}闻名。",
        "图片由省旅游信息促进中心提供，已审核。",
        "阳光下的梯田一片金黄，九月开始收割。",
    ),
}
_FAMILIES = {"place": ("pl", "prov"), "event": ("ev",), "people": ("eth",), "product": ("pr",), "topic": ("top",)}
_KINDS: tuple[FactKind, ...] = ("place", "event", "people", "product", "topic")
_PLACEMENTS = (("facebook.photo", "zalo.message_image"), ("instagram.feed",), ("x.photo",), ("vietnamvn.article",))


@cache
def _names() -> dict[str, tuple[Term, ...]]:
    base = load_terms()
    return {kind: base.family(*families) for kind, families in _FAMILIES.items()}


def _one_of(chance: random.Random, terms: Sequence[Term]) -> Term:
    """One of the terms; the nth is drawn about 1/n as often as the first."""
    return terms[min(len(terms) - 1, int(len(terms) ** chance.random()) - 1)]


def made_up(first: int, count: int) -> Iterator[AssetEntry]:
    """The assets with the numbers from ``first`` on."""
    for number in range(first, first + count):
        yield _entry(number)


def _entry(number: int) -> AssetEntry:
    chance = random.Random(number)
    terms = {kind: _one_of(chance, _names()[kind]) for kind in _KINDS}
    other = _one_of(chance, _names()["place"])
    day = dt.date(2015, 1, 1) + dt.timedelta(days=chance.randrange(4200))
    sha256 = _digest(f"bytes {number}")
    relative = f"{day:%Y-%m} {terms['event'].vi}/{terms['place'].vi}/DSC_{number:07}.jpg"
    return AssetEntry(
        path=f"/anh/tu-lieu/{relative}",
        relative=relative,
        folder="/anh/tu-lieu/",
        size_bytes=chance.randrange(2_000_000, 15_000_000),
        mtime_ns=1_790_000_000_000_000_000 + number,
        sha256=sha256,
        picture_sha256=_digest(f"picture {number}"),
        inputs=_digest(f"inputs {number}"),
        media=_media(chance, day),
        facts=tuple(Fact(kind=kind, value=term.vi, term=term.id, source="folder") for kind, term in terms.items()),
        captions=_captions(chance, terms, other),
        subject=Subject(focal=FocalPoint(0.5, 0.4), origin="saliency"),
        renditions=tuple(_rendition(number, place, chance) for place in range(0 if number % 5 else 4)),
        findings=(),
        looks=(np.random.default_rng(number).bytes(SIDE_PX**2),),
    )


def _media(chance: random.Random, day: dt.date) -> MediaFacts:
    return MediaFacts(
        kind="photo" if chance.random() < 0.9 else "video",
        format="jpeg",
        mime="image/jpeg",
        extension="jpg",
        size_px=(6000, 4000),
        stored_size_px=(6000, 4000),
        taken_at=f"{day.isoformat()}T{chance.randrange(6, 19):02}:{chance.randrange(60):02}:00+07:00",
        camera=chance.choice(("NIKON Z 6_2", "Canon EOS R6", "SONY ILCE-7M4", "Apple iPhone 15 Pro")),
        gps=Gps(21 + chance.random(), 104 + chance.random()) if chance.random() < 0.3 else None,
    )


def _captions(chance: random.Random, terms: dict[FactKind, Term], other: Term) -> CaptionSet:
    pattern, first, second = chance.randrange(4), *chance.sample(range(5), 2)
    title, description, alt_text, keywords = {}, {}, {}, {}
    status = chance.choices(("draft", "in_review", "approved"), (6, 1, 3))[0]
    for lang in ("vi", "en", "zh"):
        names = {kind: term.name(lang) for kind, term in terms.items()} | {"place2": other.name(lang)}
        title[lang] = _text(_TITLES[lang][pattern].format(**names), status)
        said = " ".join(_SENTENCES[lang][one].format(**names) for one in (first, second))
        description[lang] = _text(said, status)
        alt_text[lang] = _text(_SENTENCES[lang][first].format(**names), status)
        keywords[lang] = _text("; ".join(names.values()), status)
    return CaptionSet(title=title, description=description, alt_text=alt_text, keywords=keywords)


def _text(value: str, status: str) -> Text:
    return Text(value=value, origin="composed", status=status)  # type: ignore[arg-type]


def _rendition(number: int, place: int, chance: random.Random) -> Rendition:
    recipe = _digest(f"recipe {number} {place}")
    return Rendition(
        recipe=recipe,
        path=f"renditions/{recipe[:2]}/{recipe}.jpg",
        kind="photo",
        format="jpeg",
        placements=_PLACEMENTS[place],
        width_px=1080,
        height_px=1350,
        size_bytes=chance.randrange(200_000, 900_000),
        sha256=_digest(f"rendition {number} {place}"),
    )


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
