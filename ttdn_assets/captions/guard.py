"""What every caption must pass, whoever wrote it; it names what it finds and changes nothing.

Checked against the term base: no refused rendering (longer names and the contexts of ``guards.toml`` excuse a chance
hit), every locked name as often in the translation as in the Vietnamese.  Checked between the languages: numbers and
dates.  Checked in each: its script, Vietnamese or English left standing, the same words over and over, Chinese
punctuation.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from ttdn_assets.captions.figures import figures
from ttdn_assets.captions.script import half_width, looped, remainder, traditional, wrong_script
from ttdn_assets.model import FIELDS, LANGUAGES, CaptionSet, Fact, Finding, Lang, Level, Text
from ttdn_assets.terms.base import DATA, TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term
from ttdn_assets.text import nfc

_COUNTED = frozenset(("sea", "archipelago", "island", "reef", "structure", "admin", "state-name"))
_PARTS = {
    "sov-hai-quan-dao": ("sov-hoang-sa", "sov-truong-sa"),
    "sov-chu-quyen": ("sov-hoang-sa", "sov-truong-sa"),
    "sov-dac-khu-hoang-sa": ("sov-hoang-sa",),
    "sov-dac-khu-truong-sa": ("sov-truong-sa",),
}
_SAME = {"ev-30-4": "sov-ngay-giai-phong"}
_SOLE = re.compile(r"sole name|单独使用")
_NOT_WORD = re.compile(r"\W+")
_REMARK = re.compile(r"\s*[(（]([^()（）]*)[)）]$")
_UNLOCKED = frozenset(("sov-viet-nam", "sov-dang", "sov-quan-doi"))
"""Locked in their wording, but a translation may say them more or less often than the Vietnamese."""


def check_captions(
    captions: CaptionSet,
    facts: Sequence[Fact],
    terms: TermBase,
    *,
    subject: str,
    languages: Sequence[Lang] = LANGUAGES,
) -> tuple[Finding, ...]:
    """What is wrong with the words of one asset; nothing is changed or dropped.

    Args:
        captions: all words of the asset.
        facts: what is known of it; their terms are held to be named in the source.
        terms: the term base.
        subject: the file the findings are about.
        languages: those that should have words; one without a title or description gives ``needs-words``.
    """
    named = {fact.term for fact in facts if fact.term}
    found: list[Finding] = [*_missing(captions, languages, subject)]
    for field in FIELDS:
        texts: Mapping[Lang, Text] = getattr(captions, field)
        vi = nfc(texts["vi"].value) if "vi" in texts else ""
        source_terms = named | {one for match in terms.match(vi) for one in match.ids} | _generic_in(vi, terms)
        for lang, text in texts.items():
            value = nfc(text.value)
            matches = terms.match(value)
            where = f"{subject} [{field}]"
            found.extend(_forbidden(value, lang, matches, source_terms, terms, where))
            if field != "keywords":
                found.extend(_alone(value, lang, matches, where))
            if lang != "vi" and vi and field != "keywords" and _translates(text, texts["vi"]):
                found.extend(_locked(vi, matches, lang, terms, where))
                found.extend(_numbers(vi, value, lang, where))
    return tuple(dict.fromkeys(found))


def _translates(text: Text, vi: Text) -> bool:
    """Whether a text says the same as the Vietnamese; what a person wrote and what facts say are told independently."""
    return {text.origin, vi.origin} != {"composed", "human"}


def _generic_in(vi: str, terms: TermBase) -> set[str]:
    """The everyday products (``chè``, ``bơ``) a text names, also inside longer names."""
    words = f" {_NOT_WORD.sub(' ', vi.lower())} "
    return {t.id for t in terms.family("pr") if t.notes.get("generic") == "yes" and f" {t.vi.lower()} " in words}


def _missing(captions: CaptionSet, languages: Sequence[Lang], subject: str) -> Iterator[Finding]:
    for lang in languages:
        if lang not in captions.title and lang not in captions.description:
            yield Finding(rule="needs-words", level="warning", subject=subject, lang=lang)


def _found(rule: str, level: Level, where: str, lang: Lang, measured: str, allowed: str | None = None) -> Finding:
    return Finding(rule=rule, level=level, subject=where, lang=lang, measured=measured, allowed=allowed)


def _forbidden(
    value: str, lang: Lang, matches: Sequence[TermMatch], source: set[str], terms: TermBase, where: str
) -> Iterator[Finding]:
    """One finding a place: of refused forms that overlap the longest counts, of those without a remark the first."""
    hits: list[tuple[int, int, bool, Term]] = []
    plain = _plain(value)
    for form, remark, term in _refused(terms).get(lang, ()):
        if _plain(form) not in plain:
            continue
        if term.family != "sov" and term.id not in source:
            continue
        sole = _SOLE.search(remark) is not None
        if sole and any(term.id in match.ids for match in matches):
            continue
        for start, end in _places_of(form, value, lang):
            if not _excused(form, value, (start, end), lang, matches):
                hits.append((start, end, bool(remark) and not sole, term))
    reached = -1
    for start, end, doubtful, term in sorted(hits, key=lambda hit: (hit[0], -hit[1], hit[2])):
        if start >= reached:
            level: Level = "warning" if doubtful else "error"
            yield _found("term-forbidden", level, where, lang, value[start:end], term.name(lang))
            reached = end


@lru_cache(maxsize=4096)
def _plain(value: str) -> str:
    """A text as its refused forms are first looked for: small, one spelling of the country."""
    return value.lower().replace("viet nam", "vietnam")


@cache
def _refused(terms: TermBase) -> dict[Lang, tuple[tuple[str, str, Term], ...]]:
    """The refused forms of each language with the remark in brackets after them and their term."""
    refused: dict[Lang, list[tuple[str, str, Term]]] = {"en": [], "zh": []}
    for term in terms.terms.values():
        for lang, forms in refused.items():
            for cell in term.forbidden(lang):
                remark = _REMARK.search(cell)
                form = cell[: remark.start()] if remark else cell
                forms.append((form, remark[1] if remark else "", term))
    return {lang: tuple(forms) for lang, forms in refused.items()}


def _places_of(form: str, value: str, lang: Lang) -> Iterator[tuple[int, int]]:
    if lang == "zh":
        pattern, flags = re.escape(form), 0
    else:
        spelled = re.escape(form).replace("Viet\\ Nam", "Viet\\ ?nam").replace("Vietnam", "Viet\\ ?nam")
        pattern, flags = rf"(?<![^\W_]){spelled}(?:'s)?(?![^\W_])", 0 if form.isupper() else re.IGNORECASE
    for found in re.finditer(pattern, value, flags):
        yield found.span()


def _excused(form: str, value: str, span: tuple[int, int], lang: Lang, matches: Sequence[TermMatch]) -> bool:
    """Whether a refused form stands there only by chance."""
    start, end = span
    if any(m.start <= start and end <= m.end and (m.start, m.end) != span and m.lang == lang for m in matches):
        return True
    rule: dict[str, Any] = _guards()[lang].get(form, {})
    before, after = rule.get("not_after", ""), rule.get("not_before", "")
    if lang == "zh":
        return (start > 0 and value[start - 1] in before) or (end < len(value) and value[end] in after)
    return bool(before and _ends(value[:start], before)) or bool(after and value[end:].startswith(after))


def _ends(text: str, wanted: str) -> bool:
    return text.endswith(wanted) if " " in wanted else text[-1:] != "" and text[-1] in wanted


@cache
def _guards() -> dict[str, dict[str, Any]]:
    return tomllib.loads((DATA / "guards.toml").read_text(encoding="utf-8"))


def _locked(vi: str, matches: Sequence[TermMatch], lang: Lang, terms: TermBase, where: str) -> Iterator[Finding]:
    """Each locked name of the Vietnamese as often in the other language; a formula must stand at least once."""
    if lang not in ("en", "zh"):
        return
    wanted, given = _count(terms.match(vi), terms), _count(matches, terms)
    for one, times in wanted.items():
        term = terms[one]
        exact = term.kind in _COUNTED
        if (given[one] != times) if exact else not given[one]:
            measured = f"{term.name(lang)} × {given[one]}"
            yield _found("term-missing", "error", where, lang, measured, f"{term.name(lang)} × {times}")


def _count(matches: Sequence[TermMatch], terms: TermBase) -> Counter[str]:
    counted: Counter[str] = Counter()
    for match in matches:
        one = _SAME.get(match.id, match.id)
        if one in _PARTS:
            counted.update(_PARTS[one])
        elif terms[one].family == "sov" and terms[one].locked and one not in _UNLOCKED:
            counted[one] += 1
    return counted


def _numbers(vi: str, value: str, lang: Lang, where: str) -> Iterator[Finding]:
    if lang not in ("en", "zh"):
        return
    wanted, given = figures(vi, "vi"), figures(value, lang)
    lost, added = wanted - given, given - wanted
    if lost or added:
        yield _found("numbers-differ", "error", where, lang, _listed(given), _listed(wanted))


def _listed(counted: Counter[str]) -> str:
    return ", ".join(sorted(counted.elements())) or "–"


def _alone(value: str, lang: Lang, matches: Sequence[TermMatch], where: str) -> Iterator[Finding]:
    """What one text shows without its translations."""
    own = [(match.start, match.end) for match in matches if match.lang == lang]
    if (seen := wrong_script(value, lang)) and own != [(0, len(value))]:
        yield _found("wrong-script", "error", where, lang, seen)
    if left := remainder(value, lang, own):
        yield _found("untranslated", "warning", where, lang, left)
    if again := looped(value):
        yield _found("repetition", "warning", where, lang, again)
    if lang == "zh":
        if old := traditional(value):
            yield _found("traditional-script", "warning", where, lang, old)
        if narrow := half_width(value):
            yield _found("half-width", "warning", where, lang, narrow)
