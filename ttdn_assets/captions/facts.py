"""What is known of one file: from its folders and name, its metadata, its GPS point and the officer's sheet.

Every fact keeps its source.  Where two sources speak against each other both facts stay and a finding says so; where
words may mean two terms, no fact is made and a finding names both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest

import msgspec

from ttdn_assets.captions.counted import counted_name
from ttdn_assets.captions.dates import find_dates, nested
from ttdn_assets.captions.day import Day, complete, parse_iso
from ttdn_assets.captions.doubts import doubts_about, provinces_today
from ttdn_assets.captions.meant import (
    LUNAR_YEAR,
    TOWN_KINDS,
    chosen,
    claims_no_more,
    events_by_name,
    is_another,
    is_of_today,
    is_only_named,
    lies_elsewhere,
)  # fmt: skip
from ttdn_assets.captions.names import Part, own_places, own_words, parts_of, tidy, vietnamese, without_people
from ttdn_assets.captions.phrases import PLACE_KINDS, PhraseFound, find_phrase
from ttdn_assets.model import Fact, FactKind, Finding, MediaFacts, SheetRow
from ttdn_assets.terms.base import TermBase
from ttdn_assets.terms.calendar import base_year
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.nearby import around
from ttdn_assets.terms.term import Term
from ttdn_assets.terms.view import UPPER
from ttdn_assets.terms.words import word_list
from ttdn_assets.text import clean, fold, strip_marks

_KINDS: dict[str, FactKind] = {
    "ev": "event", "pl": "place", "prov": "place", "eth": "people", "pr": "product", "top": "topic", "ag": "people",
    "doc": "topic", "sov": "topic",
}  # fmt: skip
_SUBJECTS: frozenset[FactKind] = frozenset(("activity", "event", "place", "product"))
_TEXT_FIELDS = frozenset(("title", "headline", "description", "keywords", "place"))
_SLASHED = re.compile(
    r"(?:kỷ niệm|ky niem|chào mừng|chao mung|mừng|dịp|lễ|quốc khánh|quoc khanh|chiến thắng|giải phóng)[^/\\]{0,24}?"
    r"(?<![\d.\-])(\d{1,2})([.\-])(\d{1,2})(?![\d.\-]\d|\d)",
    re.IGNORECASE,
)
_STREET = re.compile(r"(?:^|[\s(,_])(?:(?<!cung )(?<!con )(?<!tuyến )đường|(?<!thành )phố|đại lộ|hẻm|ngõ) $", re.I)
_INSTITUTION = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(word_list('institutions')))})[ _]+$", re.IGNORECASE)
_SEASON = re.compile(r"(?<![^\W_])(?:xuân|hè|thu|đông|tết|mùa|vụ|khoá|khóa|nhiệm kỳ|năm học) *$", re.IGNORECASE)
_PERSON_ONLY = re.compile(rf"(?:[{UPPER}][^\W\d_]*[ _]*){{2,5}}")
_OCCASION = re.compile(
    r"(?:hoi|le|khai|be|dai|giao|hop|tap|thi|trien|ngay|tuan|chuong|doan|dem|cuoc|ky|don|tham|lam|phien|toa|trao|giai)\b"
)
_SURNAME = re.compile(
    r"(?:nguyen|tran|le|pham|phan|vu|vo|dang|bui|do|ngo|huynh|hoang|lo|quang|cam|vang|giang|sung|ly)\b"
)


class _Reading(msgspec.Struct, frozen=True):
    """One part of a path, the ``number``-th, with all that was found in it."""

    number: int
    part: Part
    days: tuple[tuple[Day, int, int], ...]
    matches: tuple[TermMatch, ...]
    phrase: PhraseFound | None
    places: tuple[tuple[str, int, int], ...]


def gather_facts(
    relative: str, media: MediaFacts, terms: TermBase, *, row: SheetRow | None = None
) -> tuple[tuple[Fact, ...], tuple[Finding, ...]]:
    """The facts of the file at ``relative`` (forward slashes, from the folder given), and what speaks against them."""
    parts = parts_of(relative)
    when = _speaking_of(parts, media)
    readings = [_read(number, part, terms, when) for number, part in enumerate(parts, start=1)]
    facts: list[Fact] = list(_sheet_facts(row, terms, when)) if row else []
    measured = tuple(_gps_facts(media, terms))
    told = {one for fact in (*facts, *measured) if fact.kind == "place" for one in provinces_today(fact, terms)}
    known = _known_places(readings, terms) | told
    findings: list[Finding] = []
    for reading in readings:
        facts.extend(_part_facts(reading, terms, known, relative, findings))
    facts.extend(_date_facts(readings, media, row, terms))
    facts.extend(_metadata_facts(media, terms, when, known))
    facts.extend(measured)
    facts.extend(_topics_alone(readings, facts))
    unique = tuple(dict.fromkeys(facts))
    findings.extend(doubts_about(unique, terms, subject=relative))
    return unique, tuple(dict.fromkeys(findings))


def _speaking_of(parts: Sequence[Part], media: MediaFacts) -> dt.date | None:
    """The day the names speak of, else the day the picture was taken; it decides between old and new provinces."""
    days = [day for part in parts for day, _, _ in find_dates(part.text)]
    for day in reversed(days):
        whole = complete(day, days)
        if first := whole.first_date():
            return first
    taken = parse_iso(media.taken_at) if media.taken_at else None
    return taken.first_date() if taken else None


def _read(number: int, part: Part, terms: TermBase, when: dt.date | None) -> _Reading:
    text = _SLASHED.sub(lambda found: found.group()[: found.start(2) - found.start()] + "/" + found[3], part.text)
    found = terms.match(text, when=when)
    starts = frozenset(match.start for match in found)
    bare = without_people(text, [(match.start, match.end) for match in found])
    matches = tuple(
        match
        for match, following in zip_longest(found, found[1:])
        if bare[match.start : match.end].strip()
        and not _STREET.search(text[: match.start])
        and not _of_an_institution(match, terms[match.id], text)
        and not is_another(match, starts, text, terms)
        and not (following and lies_elsewhere(match, following, text, terms))
    )
    spans = [(match.start, match.end) for match in matches]
    bases = {base_year(terms[match.id]) for match in matches}
    days = tuple(
        item
        for item in find_dates(part.text)
        if not _inside(item[1], item[2], spans) and item[0].year not in bases - {None}
    )
    named = [m for m in matches if not m.id.startswith(("top-", "ag-")) and not _begins_a_name(m, terms[m.id], text)]
    spots = own_places(part.text, [(m.start, m.end) for m in named], numbered=part.source == "folder")
    reading = _Reading(number, part, days, matches, find_phrase(text, matches, terms), spots)
    return msgspec.structs.replace(reading, phrase=None) if _says_more(reading) else reading


def _says_more(reading: _Reading) -> bool:
    """Whether words go on after a pattern that stands for all that is told (``Cô gái Thái bên hoa ban``)."""
    phrase = reading.phrase
    if phrase is None or phrase.term.notes.get("whole") != "yes":
        return False
    outside = (m for m in reading.matches if not phrase.start <= m.start < phrase.end)
    return any(not m.id.startswith(("pl-", "prov-")) for m in outside) or bool(_left_over(reading))


def _of_an_institution(match: TermMatch, term: Term, text: str) -> bool:
    """Whether a region, range or river names what bears its name (``Trường Đại học Tây Bắc``, ``Báo Sông Đà``)."""
    return term.family == "pl" and not term.provinces and _INSTITUTION.search(text[: match.start]) is not None


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _known_places(readings: Sequence[_Reading], terms: TermBase) -> frozenset[str]:
    """The places that are named unambiguously, and their provinces."""
    found = (terms[m.id] for reading in readings for m in reading.matches if not m.ambiguous)
    places = [term for term in found if term.family in ("pl", "prov", "sov")]
    provinces = (terms.today(terms[p]).id for place in places for p in place.provinces if p in terms.terms)
    return frozenset((*(place.id for place in places), *provinces))


def _part_facts(
    reading: _Reading, terms: TermBase, known: frozenset[str], subject: str, findings: list[Finding]
) -> Iterator[Fact]:
    source, number = reading.part.source, reading.number
    unread = not vietnamese(reading.part.text) and len(_left_over(reading)) > 1
    told_more = len(reading.matches) > 1 or bool(_left_over(reading))
    claimed = told_more and any(not terms[one.id].pictured for one in reading.matches)
    for number_of_it, match in enumerate(reading.matches):
        if number_of_it and is_of_today(match, reading.part.text):
            continue
        term = chosen(match, terms, known)
        if term is None:
            names = " / ".join(terms[one].vi for one in match.ids)
            findings.append(
                Finding(rule="term-ambiguous", level="warning", subject=subject, measured=match.surface, allowed=names)
            )
            continue
        if not claims_no_more(match, term, terms, known):
            if plain := term.notes.get("plain_vi"):
                yield Fact(kind=kind_of(term), value=plain, term=term.id, source=source, part=number)
            continue
        # Beside words that were not understood a product or people is no more than a topic.
        named_only = (unread and term.family in ("pr", "eth")) or _names_a_thing(match, term, reading.part.text)
        named_only = named_only or is_only_named(match, reading.matches, reading.part.text, terms)
        kind = "topic" if named_only or (term.family == "sov" and claimed) else kind_of(term)
        yield Fact(
            kind=kind, value=counted_name(match, term, reading.part.text), term=term.id, source=source, part=number
        )
        if term.kind == "flower":
            yield from _where_it_grows(match, terms, reading)
    for place, _, _ in reading.places:
        yield Fact(kind="place", value=place, source=source, part=number)
    if reading.phrase:
        words = tidy(reading.part.text[reading.phrase.start : reading.phrase.end])
        yield Fact(kind="activity", value=words, term=reading.phrase.term.id, source=source, part=number)
    if words := _prose(reading, terms):
        yield Fact(kind="activity", value=words, source=source, part=number)


def _where_it_grows(match: TermMatch, terms: TermBase, reading: _Reading) -> Iterator[Fact]:
    """The place in a flower's name (``hoa mận Mộc Châu``): flowers are pictured where they grow."""
    typed = fold(match.surface)
    for place in terms.family("pl", "prov"):
        if fold(place.vi) in typed and " " in place.vi and place.valid_on(dt.date.max):
            part = reading.part.source, reading.number
            yield Fact(kind="place", value=place.vi, term=place.id, source=part[0], part=part[1])


def _names_a_thing(match: TermMatch, term: Term, text: str) -> bool:
    """Whether a people's name only says whose a thing is (``chùa Khmer``, ``múa Chăm``): no people are told."""
    before = text[: match.start].lower().rstrip(" _")
    return term.family == "eth" and match.surface[:1].isupper() and before.endswith(_things_of_peoples())


def _begins_a_name(match: TermMatch, term: Term, text: str) -> bool:
    """Whether a people's name is only the first word of a place's: ``thôn Lô Lô Chải``."""
    more = re.match(rf" [{UPPER}]", text[match.end :]) is not None
    return more and _names_a_thing(match, term, text)


@cache
def _things_of_peoples() -> tuple[str, ...]:
    return tuple(word_list("things_of_peoples"))


def kind_of(term: Term) -> FactKind:
    """Which kind of fact a term makes."""
    if term.family == "sov" and term.kind in PLACE_KINDS:
        return "place"
    return _KINDS[term.family]


def _left_over(reading: _Reading) -> tuple[str, ...]:
    """The words of a part that terms, patterns, dates, people and topics leave unsaid."""
    taken = [(m.start, m.end) for m in reading.matches]
    taken += [(start, end) for _, start, end in (*reading.days, *reading.places)]
    taken += [(reading.phrase.start, reading.phrase.end)] if reading.phrase else []
    text = without_people(reading.part.text, taken)
    text = LUNAR_YEAR.sub(lambda year: " " * len(year.group()), text)
    rest = "".join(" " if _inside(i, i + 1, taken) else char for i, char in enumerate(text))
    return own_words(rest, out_of=reading.part.text)


def _prose(reading: _Reading, terms: TermBase) -> str:
    """A part that is an officer's own Vietnamese sentence, where terms and patterns leave words of it unsaid."""
    text = reading.part.text
    own = _occasion_of_its_own(reading)
    typed = vietnamese(text) or (own and strip_marks(text) != text)
    if not typed or _person(text):
        return ""
    if _people_with_products(reading):
        return tidy(_without_outer_dates(text, reading.days))
    if not (_left_over(reading) or own):
        return ""
    told = any(terms[m.id].vi in events_by_name(terms) for m in reading.matches)
    around = [m for m in reading.matches if m.id.startswith("top-" if told else ("top-", "ag-"))]
    said = len(_left_over(reading)) + sum(len(own_words(match.surface)) for match in around)
    if not own and (said < 2 or len(own_words(text)) < 3):
        return ""
    return tidy(_without_outer_dates(text, reading.days))


def _topics_alone(readings: Sequence[_Reading], facts: Sequence[Fact]) -> Iterator[Fact]:
    """The innermost part that joins several topics, where nothing else is told: no caption is about a topic."""
    if any(fact.kind in _SUBJECTS or (fact.term or "").startswith("eth-") for fact in facts):
        return
    for reading in reversed(readings):
        if len(reading.matches) > 1 and vietnamese(reading.part.text) and not _person(reading.part.text):
            words = tidy(_without_outer_dates(reading.part.text, reading.days))
            yield Fact(kind="activity", value=words, source=reading.part.source, part=reading.number)
            return


def _people_with_products(reading: _Reading) -> bool:
    """Whether a people and what it makes are told together: ``Phụ nữ Mông dệt lanh`` says more than the two names."""
    families = {match.id.partition("-")[0] for match in reading.matches}
    return families >= {"eth", "pr"} and "ev" not in families and reading.phrase is None


def _occasion_of_its_own(reading: _Reading) -> bool:
    """Whether a festival, fair or congress is told that no term names: ``Lễ hội cồng chiêng`` is more than gongs."""
    text = reading.part.text
    named = _own_occasion().match(text)
    if named is None or reading.phrase:
        return False
    told = any(match.id.startswith("ev-") and not text[named.end() : match.start].strip() for match in reading.matches)
    return not told and bool(own_words(text[named.end() :]))


@cache
def _own_occasion() -> re.Pattern[str]:
    words = "|".join(sorted(word_list("own_occasions"), key=len, reverse=True))
    return re.compile(rf"[\W\d_]*(?:{words})(?![^\W_])", re.IGNORECASE)


def _person(text: str) -> bool:
    """Whether the words look like names of people: capitals only, after a surname or without a noun to begin with."""
    words = tidy(text)
    if not _PERSON_ONLY.fullmatch(words):
        return False
    return _SURNAME.match(fold(words)) is not None or not _OCCASION.match(fold(words))


def _without_outer_dates(text: str, days: Sequence[tuple[Day, int, int]]) -> str:
    """The words without the dates at either end; one amid them, or said in words (``năm 2026``), stays."""
    for _, start, end in days:
        said = text[start:end].lower().startswith(("năm", "tháng", "quý")) or _SEASON.search(text[:start])
        last = not own_words(text[end:]) and not said
        if last or not own_words(text[:start]):
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _date_facts(
    readings: Sequence[_Reading], media: MediaFacts, row: SheetRow | None, terms: TermBase
) -> Iterator[Fact]:
    found = [(day, reading.part.source, reading.number) for reading in readings for day, _, _ in reading.days]
    found += [
        (Day(int(year)), reading.part.source, reading.number)
        for reading in readings
        for match in reading.matches
        if (year := terms[match.id].notes.get("year"))
    ]
    found = [*found, *((day, "folder", number) for day, number in nested([r.part.text for r in readings[:-1]]))]
    days = [day for day, _, _ in found]
    if row and row.date:
        written = [day for day, _, _ in find_dates(row.date)] or [d for d in (parse_iso(row.date),) if d]
        own = [day for day in written if day.year]
        yield from (Fact(kind="date", value=complete(day, [*own, *days]).iso(), source="sheet") for day in written)
    taken = parse_iso(media.taken_at) if media.taken_at else None
    years = [*days, *([Day(taken.year)] if taken else [])]
    for position, (day, source, number) in enumerate(found):
        value = complete(day, [*days[:position][::-1], *years]).iso()
        yield Fact(kind="date", value=value, source=source, part=number)
    if taken:
        yield Fact(kind="date", value=taken.iso(), source="exif")


def _sheet_facts(row: SheetRow, terms: TermBase, when: dt.date | None) -> Iterator[Fact]:
    kinds: tuple[tuple[str, FactKind], ...] = ((row.event, "event"), (row.place, "place"), (row.people, "people"))
    for text, kind in kinds:
        if not (words := clean(text)):
            continue
        meant = [(m, chosen(m, terms, frozenset())) for m in terms.match(words, when=when) if not m.ambiguous]
        found = [(match, term) for match, term in meant if term and kind_of(term) == kind]
        for match, term in found:
            yield Fact(kind=kind, value=counted_name(match, term, words), term=term.id, source="sheet")
        names = [(match.start, match.end) for match, _ in found]
        own = [place for place, _, _ in own_places(words, names)] if kind == "place" else []
        for value in own if own or found else [words]:
            yield Fact(kind=kind, value=value, source="sheet")


def _metadata_facts(media: MediaFacts, terms: TermBase, when: dt.date | None, known: frozenset[str]) -> Iterator[Fact]:
    for text in media.texts:
        words = clean(text.value)
        if text.field == "people" and words:
            yield Fact(kind="people", value=words, source=text.source)
        if text.field not in _TEXT_FIELDS:
            continue
        for match in terms.match(words, when=when):
            term = chosen(match, terms, known)
            if term and claims_no_more(match, term, terms, known):
                yield Fact(kind=kind_of(term), value=counted_name(match, term, words), term=term.id, source=text.source)


def _gps_facts(media: MediaFacts, terms: TermBase) -> Iterator[Fact]:
    here = around(media.gps) if media.gps else None
    province = terms.get(here.province) if here else None
    if here is None or province is None:
        return
    town = fold(here.town) if here.town else None
    for term in terms.family("pl"):
        if town and term.kind in TOWN_KINDS and province.id in term.provinces and fold(term.vi) == town:
            yield Fact(kind="place", value=term.vi, term=term.id, source="gps")
    yield Fact(kind="place", value=province.vi, term=province.id, source="gps")
