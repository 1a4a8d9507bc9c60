"""Human words into the other languages: by a machine that is watched, never trusted.

A text that is a name of the term base is not translated but looked up.  Otherwise its names are masked (``masking``),
or told to an engine that can be told; every rendering the engine offers is held against the source: names, numbers,
length, and everything ``guard`` knows.  The first one without a fault is taken.  Where there is none, other masks are
tried, then the text is cut at its names, which always asks for a person's eye; what is left then is the rendering with
the fewest faults, with its faults named.  No text is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from ttdn_assets.captions.figures import differing, stated
from ttdn_assets.captions.guard import check_captions
from ttdn_assets.captions.masking import (
    Mask,
    Masked,
    Name,
    invented,
    kept,
    mask,
    names_in,
    phrase,
    restore,
    says_its_name,
    written,
)
from ttdn_assets.errors import ToolMissing
from ttdn_assets.model import CaptionSet, Finding, Lang, Text
from ttdn_assets.terms.base import TermBase
from ttdn_assets.text import has_han, nfc

How = Literal["copied", "term", "told", "masked", "plain", "split"]
_GUARDED = ("vi", "en", "zh")
_TURNS = 2
_DENSE = ("zh", "ja")
_GRAVE = frozenset(
    ("untranslated", "repetition", "wrong_script", "length_ratio", "term_missing", "translation-invented")
)
_FINAL = ".!?…。！？"
_WIDE = str.maketrans(",;:!?()", "，；：！？（）")
_HAN = r"\u3400-\u9fff\uf900-\ufaff，。；：！？（）、“”《》"
_NARROW = re.compile(rf"(?<=[{_HAN}])[,;:!?()](?!\d)|[,;:!?()](?=[{_HAN}])")
_VIETNAM = re.compile(r"\bViet ?[Nn]am\b")


class Translator(Protocol):
    """An engine.  ``takes_names`` says that it can be told how names are to be written."""

    takes_names: bool

    def hops(self, source: Lang, target: Lang) -> tuple[tuple[Lang, Lang], ...]:
        """The translations that lead from one language to another, one after the other; empty where none do."""

    def name(self, source: Lang, target: Lang) -> str:
        """What the catalogue keeps as the engine of a text."""

    def translate(
        self, texts: Sequence[str], source: Lang, target: Lang, *, names: Sequence[Mapping[str, str]] = ()
    ) -> list[tuple[str, ...]]:
        """The renderings of each text by one hop, best first; ``names`` tells how each text's names are written."""


class Translated(msgspec.Struct, frozen=True, kw_only=True):
    """One text in the other language, how it came about, and what a person must look at."""

    value: str
    how: How
    findings: tuple[Finding, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether something about it is wrong or doubtful."""
        return any(finding.level != "info" for finding in self.findings)


class _Task(NamedTuple):
    """What is the same for all texts of one call."""

    source: Lang
    target: Lang
    translator: Translator
    terms: TermBase
    spelling: str


class _Item(NamedTuple):
    """One text with its names."""

    text: str
    names: tuple[Name, ...]


def translate(
    texts: Sequence[str],
    source: Lang,
    target: Lang,
    *,
    translator: Translator,
    terms: TermBase,
    spelling: str = "Viet Nam",
) -> list[Translated]:
    """Translate many texts of one language at once.

    Args:
        texts: what people wrote, in ``source``; the same text twice is translated once.
        source: the language they are in.
        target: the language they are to be in.
        translator: the engine.
        terms: whose names keep their form; only Vietnamese, English and Chinese ones are known.
        spelling: the country in English.

    Raises:
        ToolMissing: ``translation-missing`` where the engine cannot translate between the two; whatever the engine
            raises.
    """
    task = _Task(source, target, translator, terms, spelling)
    done: dict[str, Translated] = {}
    items: list[_Item] = []
    for text in dict.fromkeys(map(_plain, texts)):
        known = _known(text, task)
        if known is not None:
            done[text] = known
        else:
            items.append(_Item(text, names_in(text, source, terms)))
    if items:
        if not translator.hops(source, target):
            raise ToolMissing("translation-missing", {"source": source, "target": target})
        done.update(_translate(items, task))
    return [done[_plain(text)] for text in texts]


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in nfc(text).strip().splitlines())


def _known(text: str, task: _Task) -> Translated | None:
    """A text that needs no engine: no words at all, or just one name."""
    if not any(char.isalpha() for char in text):
        return Translated(value=text, how="copied")
    matches = task.terms.match(text) if task.target in _GUARDED else ()
    if len(matches) != 1 or (matches[0].start, matches[0].end) != (0, len(text)):
        return None
    if matches[0].ambiguous or not matches[0].exact or not says_its_name(matches[0], task.source, task.terms):
        return None
    term = task.terms[matches[0].id]
    if "{" in term.name(task.target):
        return None
    value = _like_source(_spelled(term.name(task.target), task), text)
    return Translated(value=value, how="term")


def _translate(items: Sequence[_Item], task: _Task) -> dict[str, Translated]:
    best: dict[str, Translated] = {}
    for how, turn in _rounds(task):
        pending = [item for item in items if item.text not in best or _grave(best[item.text])]
        tried = [(item, masked) for item in pending if (masked := _prepared(item, task, how, turn)) is not None]
        for (item, _), found in zip(tried, _attempt(tried, task, how), strict=True):
            if found is not None and (item.text not in best or _faults(found) < _faults(best[item.text])):
                best[item.text] = found
    rest = [item for item in items if item.names and (item.text not in best or _grave(best[item.text]))]
    for item, found in zip(rest, _split(rest, task), strict=True):
        if item.text not in best or _faults(found) < _faults(best[item.text]):
            best[item.text] = found
    empty = Finding(rule="translation-empty", level="error", lang=task.target)
    return {item.text: best.get(item.text, Translated(value="", how="plain", findings=(empty,))) for item in items}


def _rounds(task: _Task) -> Iterator[tuple[How, int]]:
    if task.translator.takes_names:
        yield "told", 0
    yield "plain", 0
    for turn in range(_TURNS):
        yield "masked", turn


def _prepared(item: _Item, task: _Task, how: How, turn: int) -> Masked | None:
    """What to send of a text in one round; ``None`` where the round is not for it."""
    if how == "masked":
        return mask(item.text, task.source, item.names, turn=turn) if item.names else None
    if how == "told":
        return Masked(item.text, ())
    return None if item.names or task.translator.takes_names else Masked(item.text, ())


def _faults(found: Translated) -> tuple[int, int]:
    return sum(one.level == "error" for one in found.findings), sum(one.level == "warning" for one in found.findings)


def _grave(found: Translated) -> bool:
    return any(one.level == "error" or one.rule in _GRAVE for one in found.findings)


def _attempt(tried: Sequence[tuple[_Item, Masked]], task: _Task, how: How) -> list[Translated | None]:
    """Each text through all hops; ``None`` where a name was lost on the way."""
    hops = task.translator.hops(task.source, task.target)
    now: list[str | None] = [masked.text for _, masked in tried]
    offered: list[tuple[str, ...]] = [()] * len(tried)
    for source, target in hops:
        alive = [i for i, text in enumerate(now) if text is not None]
        names = [_told(tried[i][0], task) if how == "told" else {} for i in alive]
        said = task.translator.translate([now[i] or "" for i in alive], source, target, names=names)
        now, offered = [None] * len(tried), [()] * len(tried)
        for i, hypotheses in zip(alive, said, strict=True):
            masked = tried[i][1]
            offered[i] = tuple(one for one in hypotheses if one.strip() and kept(masked.masks, one, target))
            now[i] = _with_numbers(offered[i], masked.text, task.source, target)
    return [
        _chosen(item, masked.masks, hypotheses, task, how)
        for (item, masked), hypotheses in zip(tried, offered, strict=True)
    ]


def _told(item: _Item, task: _Task) -> dict[str, str]:
    """How an engine is to write the names; the term base tells it of three languages only."""
    if task.target not in _GUARDED:
        return {}
    return {item.text[name.start : name.end]: written(name.term, task.target) for name in item.names}


def _with_numbers(hypotheses: Sequence[str], text: str, source: Lang, target: Lang) -> str | None:
    """The first rendering with the numbers of its source, else the first one."""
    if source in _GUARDED and target in _GUARDED:
        wanted = stated(text, source)
        for one in hypotheses:
            if differing(wanted, stated(one, target)) is None:
                return one
    return hypotheses[0] if hypotheses else None


def _chosen(item: _Item, masks: Sequence[Mask], hypotheses: Sequence[str], task: _Task, how: How) -> Translated | None:
    """The rendering with the fewest faults, names restored."""
    best: Translated | None = None
    for one in hypotheses:
        found = _checked(item, restore(masks, one, task.target), task, how)
        if best is None or _faults(found) < _faults(best):
            best = found
        if not best.findings:
            break
    return best


def _checked(item: _Item, value: str, task: _Task, how: How) -> Translated:
    tidy = _tidy(value, item.text, task)
    findings = [*_guarded(item.text, tidy, task), *_compared(item, tidy, task)]
    if how == "split":
        findings.append(Finding(rule="translation-split", level="warning", lang=task.target))
    return Translated(value=tidy, how=how, findings=tuple(findings))


def _guarded(text: str, value: str, task: _Task) -> Iterator[Finding]:
    """What the guard of captions finds."""
    words = {task.source: Text(value=text, origin="human"), task.target: Text(value=value, origin="machine")}
    captions = CaptionSet(description={lang: one for lang, one in words.items() if lang in _GUARDED})
    for finding in check_captions(captions, (), task.terms, subject="", languages=()):
        if finding.lang == task.target:
            yield msgspec.structs.replace(finding, subject="")


def _compared(item: _Item, value: str, task: _Task) -> Iterator[Finding]:
    """What the guard leaves open: names of the form that is to be written, and what a machine made up."""
    if task.source in _GUARDED and task.target in _GUARDED:
        there = {one for match in task.terms.match(value) for one in match.ids}
        for name in item.names:
            form = written(name.term, task.target)
            if name.term.id not in there and form not in value:
                yield _finding("term_missing", "–", form)
    elif item.names:
        names = ", ".join(dict.fromkeys(item.text[name.start : name.end] for name in item.names))
        yield _finding("translation-unchecked", names, task.target)
    for one in invented(item.text, value, task.target):
        yield _finding("translation-invented", one, "–")


def _finding(rule: str, measured: str, allowed: str) -> Finding:
    return Finding(rule=rule, level="warning", measured=measured, allowed=allowed)


def _split(items: Sequence[_Item], task: _Task) -> list[Translated]:
    """Texts cut at their names, the words between translated for themselves."""
    pieces = [list(_pieces(item)) for item in items]
    words = list(dict.fromkeys(one for parts in pieces for one in parts if isinstance(one, str) and _has_words(one)))
    now = words
    for source, target in task.translator.hops(task.source, task.target) if words else ():
        said = task.translator.translate(now, source, target, names=[{} for _ in now])
        now = [hypotheses[0] if hypotheses else "" for hypotheses in said]
    known = dict(zip(words, now, strict=True))
    stitched = [_stitched(parts, known, task) for parts in pieces]
    return [_checked(item, value, task, "split") for item, value in zip(items, stitched, strict=True)]


def _pieces(item: _Item) -> Iterator[str | Name]:
    reached = 0
    for name in item.names:
        if between := item.text[reached : name.start].strip():
            yield between
        yield name
        reached = name.end
    if rest := item.text[reached:].strip():
        yield rest


def _has_words(text: str) -> bool:
    return any(char.isalpha() for char in text)


def _stitched(parts: Sequence[str | Name], known: Mapping[str, str], task: _Task) -> str:
    said = [
        phrase(part.term, task.target) if isinstance(part, Name) else known.get(part, part).rstrip(_FINAL)
        for part in parts
    ]
    joined = ("" if task.target in _DENSE else " ").join(one.strip() for one in said if one.strip())
    return re.sub(r"\s+([,.;:!?%)])", r"\1", joined)


def _tidy(value: str, text: str, task: _Task) -> str:
    """A rendering as the house writes it: full-width Chinese punctuation, one spelling, an end like the source's."""
    value = "\n".join(" ".join(line.split()) for line in nfc(value).strip().splitlines())
    if task.target == "zh":
        value = re.sub(rf"(?<=[{_HAN}]) +(?=[{_HAN}])", "", value)
        value = _NARROW.sub(lambda found: found.group().translate(_WIDE), value)
        value = re.sub(rf"(?<=[{_HAN}])\.(?=\s|$)", "。", value)
        value = re.sub(r" *([，。；：！？（）、]) *", r"\1", value)
    elif task.target == "en":
        value = re.sub(r"\b([Tt]he) the\b", r"\1", value)
    if text and text[-1] not in _FINAL:
        value = value.rstrip(".。")
    return _like_source(_spelled(value, task), text)


def _spelled(value: str, task: _Task) -> str:
    return _VIETNAM.sub(task.spelling, value) if task.target == "en" else value


def _like_source(value: str, text: str) -> str:
    """A capital where the source begins with one."""
    return value[:1].upper() + value[1:] if text[:1].isupper() or has_han(text[:1]) else value
