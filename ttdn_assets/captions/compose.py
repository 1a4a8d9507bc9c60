"""Facts into captions in Vietnamese, English and Chinese: exact, offline, saying what a fact says and no more.

Three shapes carry every caption: something that takes place (a festival, or a pattern of the term base an officer
used), an occasion on which the picture was taken (a commemoration), and a thing or place as such.  Vietnamese and
English say what – where – when; Chinese says when – where – what, with full-width punctuation and no spaces.  Alt text
names the facts under ``Ảnh``/``Photo``/``图`` and describes no scenery, because nobody told it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from ttdn_assets.captions import grammar
from ttdn_assets.captions.dates import said, shown
from ttdn_assets.captions.names import english_place
from ttdn_assets.captions.phrases import fills, slots_of
from ttdn_assets.captions.scene import EventSaid, Scene, scene_of
from ttdn_assets.model import FIELDS, CaptionSet, Fact, Field, Kind, Lang, Origin, Text
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.term import Term

_DIGIT = re.compile(r"\d")
_MEDIUM = {
    "photo": {"vi": "Ảnh: ", "en": "Photo: ", "zh": "图："},
    "video": {"vi": "Video: ", "en": "Video: ", "zh": "视频："},
}
_TAKEN = {
    "photo": {"vi": "Ảnh chụp", "en": "Photo taken", "zh": "摄于"},
    "video": {"vi": "Video quay", "en": "Video filmed", "zh": "拍摄于"},
}


class _Written(NamedTuple):
    """The three texts of one language; keywords are joined apart."""

    title: str
    description: str
    alt_text: str


class _Teller(NamedTuple):
    """What the sentences of one language need."""

    scene: Scene
    terms: TermBase
    lang: Lang
    kind: Kind

    def where(self, *, long: bool) -> str:
        """The place with what it lies in: ``Mộc Châu, tỉnh Sơn La``, ``山罗省木州``; empty where none is known."""
        scene, lang = self.scene, self.lang
        told = scene.province and scene.place and scene.province.name(lang) in scene.place.name(lang)
        around = None if told and lang == "zh" else scene.container
        names = [grammar.place_name(term, lang) for term in (scene.place, around) if term]
        if scene.own_place and (own := self._own_place()):
            names.insert(0, own)
        if scene.province and not any(scene.province.name(lang) in name for name in names):
            names.append(grammar.province_name(scene.province, lang, self.terms, long=long))
        return "".join(reversed(names)) if lang == "zh" else ", ".join(names)

    def _own_place(self) -> str:
        if self.lang == "vi":
            return self.scene.own_place
        return english_place(self.scene.own_place) or "" if self.lang == "en" else ""

    def at(self, *, long: bool) -> str:
        """The place after its preposition, ``tại …``, ``in …``, ``在…``; empty where none is known."""
        place = self.where(long=long)
        if not place:
            return ""
        if self.lang == "en":
            own = self.scene.own_place
            return f"{'in' if own else grammar.preposition(self.scene.place)} {place}"
        return f"tại {place}" if self.lang == "vi" else f"在{place}"

    @property
    def date(self) -> str:
        """The date alone, empty where none is known."""
        return shown(self.scene.day, self.lang) if self.scene.day else ""

    @property
    def date_said(self) -> str:
        """The date as part of a sentence."""
        return said(self.scene.day, self.lang) if self.scene.day else ""


def compose(
    facts: Sequence[Fact],
    terms: TermBase,
    *,
    languages: Sequence[Lang],
    taken_at: str | None = None,
    spelling: str = "Viet Nam",
    kind: Kind = "photo",
) -> CaptionSet:
    """The captions the facts support; a language or field they do not support is left out.

    An officer's own Vietnamese sentence becomes the Vietnamese title as it stands (origin ``human``); the other
    languages then speak only where an event or pattern told elsewhere in the path supports them.

    Args:
        facts: as ``gather_facts`` gives them.
        terms: the term base whose names and patterns are used.
        languages: those wanted; others than ``vi``, ``en``, ``zh`` cannot be composed and are left out.
        taken_at: ISO time of taking, used only where no fact gives a date.
        spelling: ``Viet Nam`` or ``Vietnam`` in English.
        kind: photo or video, for the words that name the medium.
    """
    scene = scene_of(facts, terms, taken_at=taken_at)
    made: dict[Field, dict[Lang, Text]] = {field: {} for field in FIELDS}
    for lang in languages:
        if lang not in ("vi", "en", "zh"):
            continue
        teller = _Teller(scene, terms, lang, kind)
        human = lang == "vi" and bool(scene.prose)
        for field, value in _fields(teller):
            origin: Origin = "human" if human and field == "title" else "composed"
            text = grammar.spelled(value, spelling) if lang == "en" else value
            made[field][lang] = Text(value=text, origin=origin)
    return CaptionSet(
        title=made["title"],
        description=made["description"],
        alt_text=made["alt_text"],
        keywords=made["keywords"],
    )


def _fields(teller: _Teller) -> Iterator[tuple[Field, str]]:
    """The texts of one language, those that the facts support."""
    words = _write(teller)
    if words:
        yield "title", words.title
        yield "description", words.description + (_context(teller.scene) if teller.lang == "vi" else "")
        yield "alt_text", words.alt_text
    if items := tuple(dict.fromkeys(_keywords(teller))):
        yield "keywords", ";".join(items)


def _context(scene: Scene) -> str:
    """An outer folder's sentence after the Vietnamese description; one with numbers would not match the others."""
    return f" {scene.context}." if scene.context and not _DIGIT.search(scene.context) else ""


def _write(teller: _Teller) -> _Written | None:
    scene = teller.scene
    if scene.prose and teller.lang == "vi":
        return _write_prose(teller)
    if scene.phrase and scene.phrase.id not in scene.covered:
        return _write_phrase(teller, scene.phrase)
    event = scene.event
    if event and event.term.id not in scene.covered:
        held = grammar.is_held(event.term) and not event.anniversary
        return _write_held(teller, event) if held else _write_occasion(teller, event)
    if scene.prose:
        return None
    if things := _things(teller):
        return _write_thing(teller, things)
    return _write_place(teller) if teller.where(long=True) else None


def _joined(teller: _Teller, core: str, *, long: bool) -> str:
    """What, where and when as one noun phrase, in the order of the language."""
    place = _place_beside(teller, core, long=long)
    if teller.lang == "zh":
        province = teller.scene.province
        if place and province and province.zh in core:
            return f"{teller.date}{core}（{place}）"
        return f"{teller.date}{place}{core}"
    spot = f" {place}" if place else ""
    when = f", {teller.date}" if teller.date else ""
    return f"{core}{spot}{when}"


def _place_beside(teller: _Teller, core: str, *, long: bool) -> str:
    """The place to say beside ``core``; what ``core`` names already is not said again."""
    scene, lang = teller.scene, teller.lang
    if scene.place and scene.place.name(lang) in core and not scene.own_place:
        if scene.province is None or scene.province.name(lang) in core:
            return ""
        name = grammar.province_name(scene.province, lang, teller.terms, long=long)
        return name if lang == "zh" else f"{'tại' if lang == 'vi' else 'in'} {name}"
    told = teller
    if scene.province and scene.province.name(lang) in core:
        told = teller._replace(scene=msgspec.structs.replace(scene, province=None))
    return told.where(long=long) if lang == "zh" else told.at(long=long)


def _stop(lang: Lang) -> str:
    return "。" if lang == "zh" else "."


def _alt(teller: _Teller, words: str) -> str:
    return f"{_MEDIUM[teller.kind][teller.lang]}{words}{_stop(teller.lang)}"


def _event_words(event: EventSaid, lang: Lang) -> str:
    if event.anniversary:
        return grammar.anniversary_name(event.term, lang, event.years)
    return grammar.event_name(event.term, lang, event.edition)


def _write_held(teller: _Teller, event: EventSaid) -> _Written:
    lang, name = teller.lang, _event_words(event, teller.lang)
    at, when = _held_at(teller, name), teller.date_said
    full = _joined(teller, grammar.capital(name), long=True)
    if not at and not when:
        sentence = grammar.capital(name)
    elif lang == "zh":
        head = f"{teller.date}，" if teller.date else ""
        sentence = f"{head}{name}{at}举行"
    elif lang == "vi":
        sentence = " ".join(part for part in (grammar.capital(name), "diễn ra", at, when) if part)
    else:
        the = grammar.capital(grammar.with_the(event.term, name))
        sentence = f"{the} takes place {at}" + (f", {when}" if at and when else when)
    title = _joined(teller, grammar.capital(name), long=False)
    return _Written(title, f"{sentence}{_stop(lang)}", _alt(teller, full))


def _held_at(teller: _Teller, name: str) -> str:
    """Where an event takes place; a province its own name tells is not said again."""
    province = teller.scene.province
    if province and province.name(teller.lang) in name and (teller.scene.place or teller.scene.own_place):
        teller = teller._replace(scene=msgspec.structs.replace(teller.scene, province=None))
    return teller.at(long=True)


def _write_occasion(teller: _Teller, event: EventSaid) -> _Written:
    lang, name = teller.lang, _event_words(event, teller.lang)
    taken, at = _TAKEN[teller.kind][lang], teller.at(long=True)
    if lang == "zh":
        head = f"{teller.date}，" if teller.date else ""
        place = teller.where(long=True)
        sentence = f"{head}值此{name}之际" + (f"，{taken}{place}" if place else "拍摄")
        title = f"{teller.date}{name}" + (f"，{place}" if place and place not in name else "")
        return _Written(title, f"{sentence}。", _alt(teller, title))
    the = f"the {name}" if event.anniversary else grammar.with_the(event.term, name)
    occasion = f"on the occasion of {the}"
    if lang == "vi":
        occasion = f"nhân dịp {name[:1].lower() + name[1:] if event.anniversary else name}"
    between = ", " if lang == "en" and at else " "
    when = f", {teller.date}" if teller.date else ""
    sentence = f"{taken} {at}{between}{occasion}{when}." if at else f"{taken} {occasion}{when}."
    title, full = (_joined(teller, grammar.capital(name), long=long) for long in (False, True))
    return _Written(title, sentence, _alt(teller, full))


def _things(teller: _Teller) -> tuple[str, ...]:
    """The people and products of the scene, at most two: what a caption without an event is about."""
    products = [term.name(teller.lang) for term in teller.scene.products if term.kind != "certification"]
    others = [group for group in teller.scene.people if not any(group.name(teller.lang) in name for name in products)]
    people = [grammar.people_name(group, teller.lang) for group in others]
    return tuple((people + products)[:2])


def _write_thing(teller: _Teller, things: Sequence[str]) -> _Written:
    lang = teller.lang
    core = {"vi": " và ", "en": " and ", "zh": "与"}[lang].join(things)
    if lang != "zh":
        title, full = (_joined(teller, grammar.capital(core), long=long) for long in (False, True))
        return _Written(title, f"{full}.", _alt(teller, full))
    place = _place_beside(teller, core, long=True)
    body = f"{place}的{core}" if place else core
    comma = "，" if teller.date else ""
    return _Written(f"{teller.date}{body}", f"{teller.date}{comma}{body}。", _alt(teller, f"{teller.date}{body}"))


def _write_place(teller: _Teller) -> _Written:
    lang, taken = teller.lang, _TAKEN[teller.kind][teller.lang]
    short, full = teller.where(long=False), teller.where(long=True)
    if lang == "zh":
        title = f"{teller.date}{full}"
        return _Written(title, f"{teller.date}{taken}{full}。", _alt(teller, title))
    when = f", {teller.date}" if teller.date else ""
    title, named = (grammar.capital(f"{place.removeprefix('the ')}{when}") for place in (short, full))
    return _Written(title, f"{taken} {teller.at(long=True)}{when}.", _alt(teller, named))


def _write_phrase(teller: _Teller, phrase: Term) -> _Written:
    title, full = (_phrase_words(teller, phrase, long=long) for long in (False, True))
    lang, event = teller.lang, _event_beside(teller, phrase)
    if lang == "zh":
        before = f"{teller.date}{event}"
        comma = "，" if before else ""
        said = f"{before}{comma}{full}" if event else f"{teller.date}{full}"
        return _Written(f"{teller.date}{full}", f"{before}{comma}{full}。", _alt(teller, said))
    when = f", {teller.date}" if teller.date else ""
    beside = f", {event}" if event else ""
    return _Written(f"{title}{when}", f"{full}{beside}{when}.", _alt(teller, f"{full}{beside}{when}"))


def _event_beside(teller: _Teller, phrase: Term) -> str:
    """The event a folder names, where the pattern has no slot for it and does not name it itself."""
    event = teller.scene.event
    if event is None or "event" in slots_of(phrase.vi) or event.term.id in teller.scene.covered:
        return ""
    return _event_words(event, teller.lang)


def _phrase_words(teller: _Teller, phrase: Term, *, long: bool) -> str:
    """The pattern with its slots filled and the place added where it has no slot for it."""
    lang = teller.lang
    pattern = phrase.name(lang).rstrip(".。")
    place = teller.where(long=long)
    if "{place}" in pattern:
        pattern = _with_place(pattern, teller, place, long=long)
    elif place and not _named_in_slots(teller, phrase):
        pattern = f"{place}，{pattern}" if lang == "zh" else f"{pattern} {teller.at(long=long)}"
    for slot in slots_of(phrase.vi):
        pattern = pattern.replace(f"{{{slot}}}", _slot_words(teller, slot))
    return grammar.capital(pattern)


def _with_place(pattern: str, teller: _Teller, place: str, *, long: bool) -> str:
    if not place:
        return re.sub(r" (?:tại|ở|in|at) \{place\}|在\{place\}|\{place\}的?", "", pattern)
    if teller.lang == "en":
        pattern = re.sub(r"\b(?:in|at) \{place\}", teller.at(long=long), pattern)
    amid = re.search(r"\{place\} \w", pattern) is not None and ", " in place
    return pattern.replace("{place}", f"{place}," if amid else place)


def _named_in_slots(teller: _Teller, phrase: Term) -> bool:
    """Whether the place already stands in another slot of the pattern (a relic site)."""
    place = teller.scene.place
    return place is not None and any(slot == "site" and fills(slot, place) for slot in slots_of(phrase.vi))


def _slot_words(teller: _Teller, slot: str) -> str:
    """The name of the first term that fits a slot; a second country is the second that fits."""
    fitting = [term for term in teller.scene.slots if fills(slot, term)]
    if not fitting:
        return ""
    term, lang = fitting[-1 if slot == "country2" else 0], teller.lang
    if slot.startswith("country"):
        return grammar.country(term, lang)
    if slot == "event" and teller.scene.event:
        words = _event_words(teller.scene.event, lang)
        return grammar.with_the(teller.scene.event.term, words) if lang == "en" else words
    return term.notes.get(f"short_{lang}", term.name(lang)) if slot == "art" else term.name(lang)


def _write_prose(teller: _Teller) -> _Written:
    """An officer's sentence, and beside it what it leaves unsaid: another folder's event, the place, the date."""
    scene, prose = teller.scene, teller.scene.prose
    event = scene.event
    body = prose
    if event and event.term.id not in scene.covered:
        body = f"{body}, {_event_words(event, 'vi')}"
    named = {term.id for term in (scene.place, scene.container, scene.province) if term}
    own_told = scene.own_place and scene.own_place.lower() in prose.lower()
    if teller.where(long=True) and not named & scene.covered and not own_told:
        body = f"{body} {teller.at(long=True)}"
    if teller.date and teller.date not in body and not _has_year(body, scene):
        body = f"{body}, {teller.date}"
    return _Written(prose, f"{body}.", _alt(teller, body))


def _has_year(body: str, scene: Scene) -> bool:
    return scene.day is not None and scene.day.month is None and str(scene.day.year) in body


def _keywords(teller: _Teller) -> Iterator[str]:
    """Event, place, province, peoples, products, topics and agencies, then the country."""
    scene, lang = teller.scene, teller.lang
    named: list[Term | None] = [scene.event.term if scene.event else None, scene.place, scene.container, scene.province]
    known = [term for term in named if term]
    if not (known or scene.people or scene.products or scene.others):
        return
    for term in (*known, *scene.products, *scene.others):
        yield grammar.country(term, lang) if term.id.startswith("sov-ngoai") else term.name(lang)
    for term in scene.people:
        yield {"vi": f"dân tộc {term.vi}", "en": f"{term.en} ethnic group", "zh": term.zh}[lang]
    yield {"vi": "Việt Nam", "en": "Viet Nam", "zh": "越南"}[lang]
