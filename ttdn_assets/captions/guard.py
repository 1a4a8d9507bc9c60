"""What every caption must pass, whoever wrote it; it names what it finds and changes nothing.

Each text by itself: no refused rendering (``refused``), its own script, no words of another language left standing, no
loops, the punctuation of its language.  Each translation beside its source: every name (``named``), every number and
date (``figures``), a likely length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ttdn_assets.captions.figures import differing, stated
from ttdn_assets.captions.named import Said, figures_of_names, lost, said
from ttdn_assets.captions.refused import guard_data, listed, refusals
from ttdn_assets.captions.script import looped, misplaced_marks, remainder, traditional, wrong_script
from ttdn_assets.model import FIELDS, LANGUAGES, CaptionSet, Fact, Field, Finding, Lang, Level, Text
from ttdn_assets.terms.base import TermBase
from ttdn_assets.text import fold, nfc

_NOT_WORD = re.compile(r"\W+")
_SHORT, _LONG = 16, 60
_RATIOS = {("vi", "en"): ((0.3, 3.5), (0.45, 2.2)), ("vi", "zh"): ((0.06, 1.0), (0.11, 0.7))}
"""How long a translation may be beside its source, in code points: of a short one, and of a long one."""
_COPIED_WORDS = 4


RULES = frozenset({
    "needs-words", "forbidden_rendering", "wrong_script", "untranslated", "repetition", "punctuation", "term_missing",
    "locked_term_missing", "date_changed", "number_changed", "length_ratio",
})  # fmt: skip


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
        captions: all words of the asset; what is not Vietnamese is held against the Vietnamese, or where there is none
            the Chinese against the English.
        facts: what is known of it; their terms are held to be named in the source.
        terms: the term base.
        subject: the file the findings are about.
        languages: those that should have words; one without a title or description gives ``needs-words``.
    """
    named = {fact.term for fact in facts if fact.term}
    found: list[Finding] = [*_missing(captions, languages, subject)]
    for field in FIELDS:
        texts: Mapping[Lang, Text] = {lang: text for lang, text in getattr(captions, field).items() if text.value}
        where = f"{subject} [{field}]"
        found.extend(_checked(texts, field, named, terms, where))
    return tuple(dict.fromkeys(found))


def _checked(
    texts: Mapping[Lang, Text], field: Field, named: set[str], terms: TermBase, where: str
) -> Iterator[Finding]:
    first = next((lang for lang in LANGUAGES if lang in texts), None)
    source = said(nfc(texts[first].value), first, terms) if first else None
    wanted = _wanted(source or Said("", "vi", ()), named, terms)
    for lang, text in texts.items():
        here = source if source and lang == first else said(nfc(text.value), lang, terms)
        yield from _refused(here, wanted, terms, where)
        if field == "keywords":
            continue
        yield from _alone(here, terms, where)
        if source and first and lang != first and lang in LANGUAGES and _translates(text, texts[first]):
            yield from _compared(source, here, terms, where)


def _translates(text: Text, source: Text) -> bool:
    """Whether a text says the same as its source; what a person wrote and what facts say are told independently."""
    return {text.origin, source.origin} != {"composed", "human"}


def _wanted(source: Said, named: set[str], terms: TermBase) -> Counter[str]:
    """How often each term is named in a source: by itself, within a longer one, or by a fact."""
    wanted: Counter[str] = Counter()
    for match in source.matches:
        if not match.ambiguous:
            wanted.update(one for tid in match.ids for one in (tid, *_within(terms, tid)))
    words = f" {_NOT_WORD.sub(' ', source.text.lower())} "
    generic = {one for one, name in _generic(terms) if name in words}
    wanted.update({one: 1 for one in named | generic if not wanted[one]})
    return wanted


@cache
def _generic(terms: TermBase) -> tuple[tuple[str, str], ...]:
    """The everyday products (``chè``, ``bơ``), which are looked for inside longer names too."""
    return tuple((t.id, f" {t.vi.lower()} ") for t in terms.family("pr") if t.notes.get("generic") == "yes")


@cache
def _within(terms: TermBase, one: str) -> tuple[str, ...]:
    """The terms whose name begins a longer one's (``Hội đồng nhân dân`` of the province's)."""
    term = terms[one]
    return tuple(t.id for t in terms.family(term.family) if t.id != one and term.vi.startswith(f"{t.vi} "))


def _missing(captions: CaptionSet, languages: Sequence[Lang], subject: str) -> Iterator[Finding]:
    for lang in languages:
        if lang not in captions.title and lang not in captions.description:
            yield Finding(rule="needs-words", level="warning", subject=subject, lang=lang)


def _found(
    rule: str, level: Level, where: str, lang: Lang, measured: str | int, allowed: str | int | None = None
) -> Finding:
    return Finding(rule=rule, level=level, subject=where, lang=lang, measured=measured, allowed=allowed)


def _refused(here: Said, source: Mapping[str, int], terms: TermBase, where: str) -> Iterator[Finding]:
    for one in refusals(here.text, here.lang, here.matches, source=source, terms=terms):
        level: Level = "warning" if one.doubtful else "error"
        yield _found("forbidden_rendering", level, where, here.lang, one.surface, one.term.name(here.lang))


def _alone(here: Said, terms: TermBase, where: str) -> Iterator[Finding]:
    """What one text shows without its translations."""
    value, lang = here.text, here.lang
    own = [(match.start, match.end) for match in here.matches if match.lang == lang or _is_borrowed(match.id, terms)]
    if (seen := wrong_script(value, lang)) and own != [(0, len(value))]:
        yield _found("wrong_script", "error", where, lang, seen)
    elif lang == "zh" and (old := traditional(value)):
        yield _found("wrong_script", "warning", where, lang, old)
    if left := remainder(value, lang, own, _borrowed()):
        yield _found("untranslated", "warning", where, lang, left)
    if again := looped(value):
        yield _found("repetition", "warning", where, lang, again)
    if marks := misplaced_marks(value, lang):
        yield _found("punctuation", "warning", where, lang, marks)


def _is_borrowed(term_id: str, terms: TermBase) -> bool:
    """Whether English calls a thing by its Vietnamese name (``áo dài``)."""
    term = terms[term_id]
    return term.family == "pr" and fold(term.vi) in fold(term.en)


@cache
def _borrowed() -> frozenset[str]:
    return listed(guard_data()["borrowed"]["words"])


def _compared(source: Said, here: Said, terms: TermBase, where: str) -> Iterator[Finding]:
    """What a translation shows beside its source."""
    lang = here.lang
    for one in lost(source, here, terms):
        if one.locked:
            yield _found("locked_term_missing", "error", where, lang, one.measured, one.wanted)
        else:
            yield _found("term_missing", "warning", where, lang, one.measured, one.wanted)
    known = figures_of_names(source, here, terms)
    if figures := differing(stated(source.text, source.lang), stated(here.text, lang), known=known):
        rule = "date_changed" if figures.dates else "number_changed"
        yield _found(rule, "error", where, lang, _listed(figures.added), _listed(figures.lost))
    if _is_copied(source.text, here.text):
        yield _found("untranslated", "warning", where, lang, here.text[:60])
    if not _likely(source, here):
        yield _found("length_ratio", "warning", where, lang, len(here.text), len(source.text))


def _listed(numbers: Sequence[str]) -> str:
    return ", ".join(numbers) or "–"


def _is_copied(source: str, value: str) -> bool:
    return source.casefold() == value.casefold() and len(source.split()) >= _COPIED_WORDS


def _likely(source: Said, here: Said) -> bool:
    """Whether a translation is neither much too short nor much too long."""
    limits = _RATIOS.get((source.lang, here.lang)) or _RATIOS["vi", here.lang if here.lang == "zh" else "en"]
    if len(source.text) < _SHORT:
        return True
    least, most = limits[len(source.text) >= _LONG]
    return least <= len(here.text) / len(source.text) <= most
