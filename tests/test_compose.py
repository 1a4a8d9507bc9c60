"""Facts become captions in three languages that are exact, grammatical, and say no more than the facts.

The golden cases of ``cases/captions*.toml`` were written by hand: folder names as officers write them and the captions
a careful editor would give them.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ttdn_assets.captions.compose import compose
from ttdn_assets.captions.date_words import ordinal
from ttdn_assets.captions.facts import gather_facts
from ttdn_assets.captions.guard import check_captions
from ttdn_assets.captions.human import merge
from ttdn_assets.model import FIELDS, LANGUAGES, CaptionSet, Fact, Finding, Gps, MediaFacts, Text
from ttdn_assets.terms.base import load_terms

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("captions*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
TERMS = load_terms()


def media(case: dict[str, Any]) -> MediaFacts:
    return MediaFacts(
        kind=case.get("kind", "photo"),
        format="jpeg",
        mime="image/jpeg",
        extension="jpg",
        size_px=(4000, 3000),
        stored_size_px=(4000, 3000),
        taken_at=case.get("taken_at"),
        gps=Gps(*case["gps"]) if "gps" in case else None,
    )


def told(case: dict[str, Any]) -> tuple[tuple[Fact, ...], tuple[Finding, ...], CaptionSet]:
    facts, findings = gather_facts(case["path"], media(case), TERMS)
    return facts, findings, compose(facts, TERMS, languages=LANGUAGES, kind=case.get("kind", "photo"))


def name_of(case: dict[str, Any]) -> str:
    return f"{case['path']} {case.get('gps', '')}{case.get('kind', '')}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_golden(case: dict[str, Any]) -> None:
    facts, findings, captions = told(case)
    shown = {f"{fact.kind} {fact.value}" + (f" {fact.term}" if fact.term else "") for fact in facts}
    assert set(case.get("facts", ())) <= shown
    assert set(case.get("findings", ())) <= {finding.rule for finding in findings}
    for field in ("title", "description", "alt_text"):
        texts: dict[str, Text] = getattr(captions, field)
        for lang, wanted in case.get(field, {}).items():
            assert texts[lang].value == wanted
    if case.get("none"):
        assert (captions.title, captions.description, captions.alt_text) == ({}, {}, {})
    if "only" in case:
        assert sorted(captions.title) == sorted(captions.description) == case["only"]
    for lang, origin in case.get("origin", {}).items():
        assert captions.title[lang].origin == origin


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_what_is_composed_passes_the_guard(case: dict[str, Any]) -> None:
    facts, _, captions = told(case)
    found = check_captions(captions, facts, TERMS, subject=case["path"])
    assert [finding for finding in found if finding.rule != "needs-words"] == []


def test_without_facts_there_are_no_words_and_a_finding_for_each_language() -> None:
    facts, _, captions = told({"path": "DCIM/IMG_1234.jpg"})
    assert all(getattr(captions, field) == {} for field in FIELDS)
    found = check_captions(captions, facts, TERMS, subject="IMG_1234.jpg")
    assert [(finding.rule, finding.lang) for finding in found] == [("needs-words", lang) for lang in LANGUAGES]


def test_a_sentence_of_an_officer_asks_for_words_in_the_other_languages() -> None:
    facts, _, captions = told({"path": "Hội nghị triển khai kế hoạch quý II/IMG_1234.jpg"})
    found = check_captions(captions, facts, TERMS, subject="x")
    assert [finding.lang for finding in found if finding.rule == "needs-words"] == ["en", "zh"]


def test_the_spelling_of_the_country_is_a_setting() -> None:
    facts, _ = gather_facts("Quốc khánh 2-9/2026/x.jpg", media({}), TERMS)
    plain = compose(facts, TERMS, languages=("en",), spelling="Vietnam")
    assert plain.title["en"].value == "National Day of the Socialist Republic of Vietnam, 2026"
    assert "Viet Nam" not in plain.keywords["en"].value


def test_keywords_name_event_place_province_and_country_in_each_language() -> None:
    _, _, captions = told({"path": "2026-05 Lễ hội hoa ban/Mộc Châu/IMG_1.jpg"})
    assert captions.keywords["vi"].value == "Lễ hội Hoa Ban;Mộc Châu;Sơn La;Việt Nam"
    assert captions.keywords["en"].value == "Ban Flower Festival;Moc Chau;Son La;Viet Nam"
    assert captions.keywords["zh"].value == "羊蹄甲花节;木州;山罗;越南"


def test_only_the_languages_asked_for_are_written() -> None:
    facts, _ = gather_facts("Mộc Châu/IMG_1.jpg", media({}), TERMS)
    assert list(compose(facts, TERMS, languages=("zh", "fr")).title) == ["zh"]


def test_taken_at_gives_the_date_where_no_fact_does() -> None:
    facts = (Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="sheet"),)
    made = compose(facts, TERMS, languages=("vi",), taken_at="2026-05-07T10:11:12+07:00")
    assert made.title["vi"].value == "Mộc Châu, Sơn La, ngày 7/5/2026"


def test_words_of_people_stand_and_composed_ones_fill_the_rest() -> None:
    facts, _ = gather_facts("Mộc Châu/IMG_1.jpg", media({}), TERMS)
    human = CaptionSet(title={"vi": Text(value="Đồi chè sớm mai", origin="human")})
    both = merge(human, compose(facts, TERMS, languages=LANGUAGES))
    assert (both.title["vi"].value, both.title["vi"].origin) == ("Đồi chè sớm mai", "human")
    assert (both.title["en"].value, both.title["en"].origin) == ("Moc Chau, Son La", "composed")


@pytest.mark.parametrize(
    ("number", "wanted"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (13, "13th"), (51, "51st"), (72, "72nd"),
     (81, "81st"), (96, "96th"), (111, "111th"), (122, "122nd")],
)  # fmt: skip
def test_ordinals(number: int, wanted: str) -> None:
    assert ordinal(number) == wanted


def test_nothing_is_lost_or_raised_for_any_pattern_of_the_term_base() -> None:
    """Every pattern an officer may use gives sentences in all three languages without an open slot."""
    for phrase in TERMS.family("ph"):
        facts = (
            Fact(kind="activity", value="x", term=phrase.id, source="folder"),
            Fact(kind="place", value="Mộc Châu", term="pl-moc-chau", source="folder"),
        )
        if "{" in phrase.vi.replace("{place}", ""):
            continue
        made = compose(facts, TERMS, languages=LANGUAGES)
        assert all("{" not in text.value for text in made.title.values())
