"""Renderings that may not be printed, found in a text where they do not stand by chance."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from ttdn_assets.captions.script import simplified
from ttdn_assets.model import Lang
from ttdn_assets.terms.base import DATA, TermBase
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term

_SOLE = re.compile(r"sole name|单独使用")
_REMARK = re.compile(r"\s*[(（]([^()（）]*)[)）]$")
_REACH = 24


class Refusal(NamedTuple):
    """A refused form in a text; ``doubtful`` where only its context can tell whether it is wrong."""

    surface: str
    term: Term
    doubtful: bool


class _Form(NamedTuple):
    """A refused form with the remark in brackets after it, its pattern, and its term."""

    text: str
    remark: str
    pattern: re.Pattern[str]
    term: Term


def refusals(
    value: str, lang: Lang, matches: Sequence[TermMatch], *, source: Mapping[str, int], terms: TermBase
) -> Iterator[Refusal]:
    """The refused forms of a text, one a place: of those that overlap the longest, of equals one without a remark.

    Args:
        value: the text.
        lang: its language; only English and Chinese forms are refused.
        matches: the terms it names.
        source: how often its source names each term.  A form refused for a term of sovereignty is so everywhere, one
            for another term where the source names that more often than this text does by its right name.
        terms: the term base.
    """
    text = simplified(value) if lang == "zh" else value
    hits: list[tuple[int, int, bool, Term]] = []
    plain = _plain(text)
    for form in _refused(terms).get(lang, ()):
        if _plain(form.text) not in plain or not _counts(form, text, lang, matches, source):
            continue
        sole = _SOLE.search(form.remark) is not None
        if sole and any(form.term.id in match.ids for match in matches):
            continue
        for found in form.pattern.finditer(text):
            if not _by_chance(form.text, text, found.span(), lang, matches):
                hits.append((*found.span(), bool(form.remark) and not sole, form.term))
    reached = -1
    for start, end, doubtful, term in sorted(hits, key=lambda hit: (hit[0], -hit[1], hit[2])):
        if start >= reached:
            yield Refusal(value[start:end], term, doubtful)
            reached = end


def _counts(form: _Form, text: str, lang: Lang, matches: Sequence[TermMatch], source: Mapping[str, int]) -> bool:
    if form.term.family == "sov":
        return True
    wanted = source.get(form.term.id, 0)
    return (
        wanted > 0
        and max(sum(form.term.id in match.ids for match in matches), _written(form.term, lang, text)) < wanted
    )


def _written(term: Term, lang: Lang, text: str) -> int:
    """How often the right name stands in a text, be it too short to be found among others (``pho``)."""
    name = re.escape(term.name(lang))
    return len(re.findall(name if lang == "zh" else rf"\b{name}\b", text, re.IGNORECASE))


@lru_cache(maxsize=4096)
def _plain(value: str) -> str:
    """A text as its refused forms are first looked for: small, one spelling of the country."""
    return value.lower().replace("viet nam", "vietnam")


@cache
def _refused(terms: TermBase) -> dict[Lang, tuple[_Form, ...]]:
    refused: dict[Lang, list[_Form]] = {"en": [], "zh": []}
    for term in terms.terms.values():
        for lang, forms in refused.items():
            for cell in term.forbidden(lang):
                remark = _REMARK.search(cell)
                text = cell[: remark.start()] if remark else cell
                forms.append(_Form(text, remark[1] if remark else "", _pattern_of(text, lang), term))
    return {lang: tuple(forms) for lang, forms in refused.items()}


def _pattern_of(form: str, lang: Lang) -> re.Pattern[str]:
    if lang == "zh":
        return re.compile(re.escape(form))
    words = re.sub(r"\bViet ?nam\b", "Vietnam", form, flags=re.IGNORECASE)
    spelled = re.escape(words).replace("\\ ", r"[\s-]+").replace("\\-", r"[\s–-]").replace("'", "['’]")
    spelled = spelled.replace("Vietnam", r"Viet\s?nam")
    plural = "s?" if form.islower() and not form.endswith("s") else ""
    flags = 0 if form.isupper() else re.IGNORECASE
    return re.compile(rf"(?<![^\W_]){spelled}{plural}(?:['’]s)?(?![^\W_])", flags)


def _by_chance(form: str, value: str, span: tuple[int, int], lang: Lang, matches: Sequence[TermMatch]) -> bool:
    start, end = span
    if any(m.start <= start and end <= m.end and (m.start, m.end) != span and m.lang == lang for m in matches):
        return True
    return beside(guard_data()["refused"][lang].get(form, {}), value, span)


def beside(rule: Mapping[str, str], value: str, span: tuple[int, int]) -> bool:
    """Whether the text before or after a place is as a rule of ``guards.toml`` says."""
    start, end = span
    before, after = rule.get("not_after", ""), rule.get("not_before", "")
    if before and re.search(f"(?:{before})$", value[max(0, start - _REACH) : start]):
        return True
    return bool(after) and re.match(after, value[end : end + _REACH]) is not None


@cache
def guard_data() -> dict[str, Any]:
    """What the guard must know besides the terms (``guards.toml``)."""
    return tomllib.loads((DATA / "guards.toml").read_text(encoding="utf-8"))


def listed(words: str) -> frozenset[str]:
    """A list of ``guards.toml``, its items parted by bars."""
    return frozenset(" ".join(item.split()) for item in words.split("|"))
