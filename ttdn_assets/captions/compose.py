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

from ttdn_assets.captions import grammar
from ttdn_assets.captions.dates import find_dates
from ttdn_assets.captions.day import Day, agree, detail
from ttdn_assets.captions.phrases import fills, slots_of
from ttdn_assets.captions.scene import EventSaid, Scene, scene_of
from ttdn_assets.captions.teller import Teller
from ttdn_assets.model import FIELDS, CaptionSet, Fact, Field, Kind, Lang, Origin, Text
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.term import Term
from ttdn_assets.terms.view import UPPER
from ttdn_assets.text import fold

_DIGIT = re.compile(r"\d")
_LED = re.compile(rf"(?<![^\W_])(?i:tại|ở|trên) (?:[^\W\d_]+ ){{0,3}}[{UPPER}]")
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

    An officer's own Vietnamese sentence becomes the Vietnamese title (origin ``human``), its first letter large; the
    other languages then speak only where an event or pattern told elsewhere in the path supports them.

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
        teller = Teller(scene, terms, lang, kind)
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


def _fields(teller: Teller) -> Iterator[tuple[Field, str]]:
    """The texts of one language, those that the facts support."""
    words = _write(teller)
    if words:
        yield "title", words.title
        yield "description", words.description + (_context(teller.scene) if teller.lang == "vi" else "")
        yield "alt_text", words.alt_text
    if items := tuple(dict.fromkeys(_keywords(teller))):
        yield "keywords", ";".join(items)


def _context(scene: Scene) -> str:
    """An outer folder's sentence after the Vietnamese description; one with numbers would not match composed ones."""
    told = scene.context and (scene.prose or not _DIGIT.search(scene.context))
    return f" {grammar.capital(scene.context)}." if told else ""


def _write(teller: Teller) -> _Written | None:
    scene = teller.scene
    if scene.prose and teller.lang == "vi":
        return _write_prose(teller)
    if scene.aside or _loses_a_name(teller):
        return None
    if scene.phrase and scene.phrase.id not in scene.covered and _fillable(teller, scene.phrase):
        return _write_phrase(teller, scene.phrase)
    event = scene.event
    if event and event.term.id not in scene.covered:
        held = grammar.is_held(event.term) and not event.anniversary
        return _write_held(teller, event) if held else _write_occasion(teller, event)
    if scene.prose and not scene.understood:
        return None
    if things := _things(teller):
        return _write_thing(teller, things)
    return _write_place(teller) if teller.where(long=True) else None


def _loses_a_name(teller: Teller) -> bool:
    """Whether Chinese, which leaves out a place no term covers, would leave out a number or known name with it."""
    own = teller.scene.own_place
    return teller.lang == "zh" and (_DIGIT.search(own) is not None or bool(own and teller.terms.match(own)))


def _joined(teller: Teller, core: str, *, long: bool) -> str:
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


def _place_beside(teller: Teller, core: str, *, long: bool) -> str:
    """The place to say beside ``core``; what ``core`` names already is not said again."""
    scene, lang = teller.scene, teller.lang
    if scene.place and scene.place.name(lang) in core and not scene.own_place:
        if scene.province is None or scene.province.name(lang) in core:
            return ""
        name = grammar.province_name(scene.province, lang, teller.terms, long=long)
        return name if lang == "zh" else f"{'tại' if lang == 'vi' else 'in'} {name}"
    told = teller
    if scene.province and scene.province.name(lang) in core:
        told = teller.without_province()
    return told.where(long=long) if lang == "zh" else told.at(long=long)


def _stop(lang: Lang) -> str:
    return "。" if lang == "zh" else "."


def _alt(teller: Teller, words: str) -> str:
    return f"{_MEDIUM[teller.kind][teller.lang]}{words}{_stop(teller.lang)}"


def _event_words(teller: Teller, event: EventSaid) -> str:
    lang, day = teller.lang, teller.scene.day
    if event.anniversary:
        return grammar.anniversary_name(event.term, lang, event.years)
    return grammar.event_name(event.term, lang, event.edition, year=day.year if day else None)


def _write_held(teller: Teller, event: EventSaid) -> _Written:
    lang, name = teller.lang, _event_words(teller, event)
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
        sentence = f"{the} {grammar.takes_place(name)} {at}" + (f", {when}" if at and when else when)
    title = _joined(teller, grammar.capital(name), long=False)
    return _Written(title, f"{sentence}{_stop(lang)}", _alt(teller, full))


def _held_at(teller: Teller, name: str) -> str:
    """Where an event takes place; a province its own name tells is not said again."""
    province = teller.scene.province
    if province and province.name(teller.lang) in name and (teller.scene.place or teller.scene.own_place):
        teller = teller.without_province()
    return teller.at(long=True)


def _write_occasion(teller: Teller, event: EventSaid) -> _Written:
    lang, name = teller.lang, _event_words(teller, event)
    taken, at = _TAKEN[teller.kind][lang], teller.at(long=True)
    if lang == "zh":
        head = f"{teller.date}，" if teller.date else ""
        place = teller.where(long=True)
        sentence = f"{head}值此{name}之际" + (f"，{taken}{place}" if place else "拍摄")
        apart = event.anniversary or "越南" in name
        tail = f"，{place}" if place and place not in name else ""
        title = f"{teller.date}{name}{tail}" if apart else _joined(teller, name, long=True)
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


def _things(teller: Teller) -> tuple[str, ...]:
    """The people and products of the scene, at most two: what a caption without an event is about."""
    shown = [term for term in teller.scene.products if term.kind != "certification"]
    told = [term for term in shown if not any(f" {term.vi} " in f" {other.vi} " for other in shown if other != term)]
    products = [term.name(teller.lang) for term in told]
    others = [group for group in teller.scene.people if not any(group.name(teller.lang) in name for name in products)]
    people = [grammar.people_name(group, teller.lang) for group in others]
    return tuple((people + products)[:2])


def _write_thing(teller: Teller, things: Sequence[str]) -> _Written:
    lang = teller.lang
    core = {"vi": " và ", "en": " and ", "zh": "与"}[lang].join(things)
    if lang != "zh":
        title, full = (_joined(teller, grammar.capital(core), long=long) for long in (False, True))
        return _Written(title, f"{full}.", _alt(teller, full))
    place = _place_beside(teller, core, long=True)
    body = f"{place}的{core}" if place else core
    comma = "，" if teller.date else ""
    return _Written(f"{teller.date}{body}", f"{teller.date}{comma}{body}。", _alt(teller, f"{teller.date}{body}"))


def _write_place(teller: Teller) -> _Written:
    lang, taken = teller.lang, _TAKEN[teller.kind][teller.lang]
    short, full = teller.where(long=False), teller.where(long=True)
    pictured = teller.scene.place is None or teller.scene.place.pictured
    if lang == "zh":
        title = f"{teller.date}{full}"
        return _Written(title, f"{teller.date}{taken if pictured else ''}{full}。", _alt(teller, title))
    when = f", {teller.date}" if teller.date else ""
    title, named = (grammar.capital(f"{place.removeprefix('the ')}{when}") for place in (short, full))
    sentence = f"{taken} {teller.at(long=True)}{when}." if pictured else f"{named}."
    return _Written(title, sentence, _alt(teller, named))


def _write_phrase(teller: Teller, phrase: Term) -> _Written:
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


def _fillable(teller: Teller, phrase: Term) -> bool:
    return all(slot in ("place", "date") or _slot_words(teller, slot) for slot in slots_of(phrase.vi))


def _event_beside(teller: Teller, phrase: Term) -> str:
    """The event a folder names, where the pattern has no slot for it and does not name it itself."""
    event = teller.scene.event
    if event is None or "event" in slots_of(phrase.vi) or event.term.id in teller.scene.covered:
        return ""
    return _event_words(teller, event)


def _phrase_words(teller: Teller, phrase: Term, *, long: bool) -> str:
    """The pattern with its slots filled and the place added where it has no slot for it."""
    lang = teller.lang
    pattern = phrase.name(lang).rstrip(".。").replace("{gate}", "{place}")
    place = teller.where(long=long)
    if "{place}" in pattern:
        pattern = _with_place(pattern, teller, place, long=long)
    elif place and not _named_in_slots(teller, phrase):
        comma = "" if pattern.startswith("{event}") else "，"
        pattern = f"{place}{comma}{pattern}" if lang == "zh" else f"{pattern} {teller.at(long=long)}"
    for slot in slots_of(phrase.vi):
        pattern = pattern.replace(f"{{{slot}}}", _slot_words(teller, slot))
    return grammar.capital(pattern)


def _with_place(pattern: str, teller: Teller, place: str, *, long: bool) -> str:
    if not place:
        return re.sub(r" (?:tại|ở|in|at) \{place\}|在\{place\}|\{place\}的?", "", pattern)
    if teller.lang == "en":
        pattern = re.sub(r"\b(?:in|at) \{place\}", teller.at(long=long), pattern)
    amid = re.search(r"\{place\} \w", pattern) is not None and ", " in place
    return pattern.replace("{place}", f"{place}," if amid else place)


def _named_in_slots(teller: Teller, phrase: Term) -> bool:
    """Whether the place already stands in another slot of the pattern (a relic site)."""
    place = teller.scene.place
    return place is not None and any(slot == "site" and fills(slot, place) for slot in slots_of(phrase.vi))


def _slot_words(teller: Teller, slot: str) -> str:
    """The name of the first term that fits a slot; a second country is the second that fits."""
    fitting = [term for term in teller.scene.slots if fills(slot, term)]
    if not fitting:
        return ""
    term, lang = fitting[-1 if slot == "country2" else 0], teller.lang
    if slot.startswith("country"):
        return grammar.country(term, lang)
    if slot == "event" and teller.scene.event:
        words = _event_words(teller, teller.scene.event)
        return grammar.with_the(teller.scene.event.term, words) if lang == "en" else words
    return term.notes.get(f"short_{lang}", term.name(lang)) if slot == "art" else term.name(lang)


def _write_prose(teller: Teller) -> _Written:
    """An officer's sentence, and beside it what it leaves unsaid: another folder's event, the place, the date."""
    scene, prose = teller.scene, grammar.capital(teller.scene.prose)
    event = scene.event
    body = prose
    if event and event.term.id not in scene.covered:
        body = f"{body}, {_event_words(teller, event)}"
    if place := _place_unsaid(teller):
        led = body == prose and _LED.search(prose) is not None
        body = f"{body}, {place}" if led else f"{body} tại {place}"
    if teller.date and not _tells_day(body, scene.day):
        body = f"{body}, {teller.date}"
    return _Written(prose, f"{body}.", _alt(teller, body))


def _place_unsaid(teller: Teller) -> str:
    """What an officer's sentence leaves unsaid of where it is: a place in full, or what is narrower or wider."""
    scene, said = teller.scene, fold(teller.scene.prose)
    named = [term for term in (scene.place, scene.container, scene.province) if term]
    covered = any({term.id, teller.terms.today(term).id} & scene.covered or fold(term.vi) in said for term in named)
    if not covered:
        own_said = scene.own_place and fold(scene.own_place) in said
        return (teller.without_own_place() if own_said else teller).where(long=True)
    narrow = scene.own_place or (grammar.place_name(scene.place, "vi") if scene.place else "")
    told = fold(narrow) in said or (scene.place is not None and scene.place.id in scene.covered)
    return "" if told or (_LED.search(scene.prose) and not scene.own_place) else narrow


def _tells_day(body: str, day: Day | None) -> bool:
    """Whether the words hold the date, or its year where no more is known."""
    if day is None or (day.month is None and str(day.year) in body):
        return True
    return any(agree(found, day) and detail(found) >= detail(day) for found, _, _ in find_dates(body))


def _keywords(teller: Teller) -> Iterator[str]:
    """Event, place, province, peoples, products, topics and agencies, then the country."""
    scene, lang = teller.scene, teller.lang
    named: list[Term | None] = [scene.event.term if scene.event else None, scene.place, scene.container, scene.province]
    known = [term for term in named if term]
    if not (known or scene.people or scene.products or scene.others):
        return
    for term in (*known, *scene.beside, *scene.products, *scene.others):
        yield grammar.country(term, lang) if term.id.startswith("sov-ngoai") else term.name(lang)
    for term in scene.people:
        yield {"vi": f"dân tộc {term.vi}", "en": f"{term.en} ethnic group", "zh": term.zh}[lang]
    yield {"vi": "Việt Nam", "en": "Viet Nam", "zh": "越南"}[lang]
