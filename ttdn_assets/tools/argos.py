"""Argos Translate, offline: the only importer of ``argostranslate``; it runs packages, ``opus`` makes them.

Argos reads its folders from the environment once, when it is imported, makes them under the home folder, and may fetch
sentence splitters from the network; so it is imported inside the models folder of the library, and sentences are split
here.  It translates sentence by sentence; here all sentences of all texts go through the package's model together,
which is many times faster and says the same.
"""

from __future__ import annotations

import importlib
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ttdn_assets.errors import ToolError, ToolMissing
from ttdn_assets.model import Lang
from ttdn_assets.text import has_han
from ttdn_assets.tools.argos_package import PackageInfo, installed, packages_folder

HYPOTHESES = 4
_BEAM = 4
_LENGTH_PENALTY = 0.2
_BATCH_TOKENS = 1024
_GROUP = 256
_THREADS_MAX = 8
_TOKENS_MAX = 120
"""A longer sentence is cut, at a comma if it has one: models forget the end of what is longer than they were taught."""
_DECODED_MAX = 256
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(\[]*[^\W\d_a-zà-ỹđ]|\d)|(?<=[。！？])(?![”’」』）。！？])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|TP|Tp|tp|TX|Tx|TT|Mr|Mrs|Ms|Dr|St|No|ThS|TS|GS|PGS|BS|KTS|NSND|NSƯT)\.$"
)
_STOPS = ".!?。！？"
_NARROW_STOPS, _WIDE_STOPS = _STOPS[:3], _STOPS[3:]
_CLAUSE_END = re.compile(r"(?<=[,;:，；：、])\s*")


class _Sentence(NamedTuple):
    """Where a sentence belongs, and its tokens."""

    text: int
    line: int
    tokens: list[str]
    end: str


class _Loaded(NamedTuple):
    """A package with its model in memory."""

    package: Any
    translator: Any
    source_prefix: str


class Argos:
    """A ``Translator`` over the packages of one models folder."""

    takes_names = False

    def __init__(self, models: Path) -> None:
        """Look which packages are there; models are loaded when they are first needed.

        Raises:
            ToolMissing: ``argos-missing`` where the module is not installed.
        """
        self._packages = {(one.source, one.target): one for one in installed(models)}
        self._modules = _modules(models)
        self._loaded: dict[tuple[Lang, Lang], _Loaded] = {}

    def hops(self, source: Lang, target: Lang) -> tuple[tuple[Lang, Lang], ...]:
        """The fewest packages that lead from one language to another; empty where none do."""
        ways: list[tuple[tuple[Lang, Lang], ...]] = [(pair,) for pair in self._packages if pair[0] == source]
        seen = {source}
        while ways:
            for way in ways:
                if way[-1][1] == target:
                    return way
            seen |= {way[-1][1] for way in ways}
            ways = [
                (*way, pair) for way in ways for pair in self._packages if pair[0] == way[-1][1] and pair[1] not in seen
            ]
        return ()

    def name(self, source: Lang, target: Lang) -> str:
        """The engine and its packages, as the catalogue keeps it: ``argos vi-en 1.9, en-zh 1.9``."""
        used = (self._packages[hop] for hop in self.hops(source, target))
        return "argos " + ", ".join(f"{one.pair} {one.version}".strip() for one in used)

    def translate(
        self, texts: Sequence[str], source: Lang, target: Lang, *, names: Sequence[Mapping[str, str]] = ()
    ) -> list[tuple[str, ...]]:
        """Up to four renderings of each text, best first, by one package; lines stay lines.

        Raises:
            ToolMissing: ``package-missing``.
            ToolError: ``package-broken`` where the model cannot be loaded or run.
        """
        loaded = self._load(source, target)
        sentences = list(_sentences(texts, loaded.package.tokenizer))
        try:
            said = _run(loaded, [one.tokens for one in sentences])
        except (RuntimeError, ValueError) as error:
            raise ToolError("package-broken", {"pair": f"{source}-{target}", "reason": str(error)[:200]}) from error
        lines: list[list[list[tuple[str, ...]]]] = [[[] for _ in text.split("\n")] for text in texts]
        for sentence, hypotheses in zip(sentences, said, strict=True):
            ended = tuple(_ended(one, sentence.end, target) for one in hypotheses)
            lines[sentence.text][sentence.line].append(ended)
        space = "" if target in ("zh", "ja", "th", "lo", "km") else " "
        return [_joined(text, space) for text in lines]

    def _load(self, source: Lang, target: Lang) -> _Loaded:
        pair = (source, target)
        if pair not in self._packages:
            raise ToolMissing("package-missing", {"pair": f"{source}-{target}"})
        if pair not in self._loaded:
            self._loaded[pair] = _load(self._modules, self._packages[pair])
        return self._loaded[pair]


def _load(modules: Any, info: PackageInfo) -> _Loaded:
    try:
        package = modules.package.Package(info.folder)
        package.tokenizer.encode("a")
        # Batches beside each other cost less than many threads on one: small models wait for each other longer.
        threads = {"inter_threads": min(os.cpu_count() or 1, _THREADS_MAX), "intra_threads": 1}
        translator = modules.ctranslate2.Translator(
            str(info.folder / "model"), device=modules.settings.device, compute_type="auto", **threads
        )
    except Exception as error:
        # Three native libraries read files here, each with errors of its own.
        raise ToolError("package-broken", {"pair": info.pair, "reason": str(error)[:200]}) from error
    return _Loaded(package, translator, info.source_prefix)


class _Modules(NamedTuple):
    package: Any
    settings: Any
    ctranslate2: Any


@cache
def _modules(models: Path) -> _Modules:
    """Argos's modules, imported so that all they write lies in the models folder."""
    home = models / "argos"
    variables = {
        "ARGOS_PACKAGES_DIR": str(packages_folder(models)),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "ARGOS_MODEL_PROVIDER": "OPENNMT",
        "ARGOS_CHUNK_TYPE": "MINISBD",
    }
    try:
        with _environment(variables), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            package = importlib.import_module("argostranslate.package")
            settings = importlib.import_module("argostranslate.settings")
            ctranslate2 = importlib.import_module("ctranslate2")
    except ImportError as error:
        raise ToolMissing("argos-missing", {"reason": str(error)}) from error
    return _Modules(package, settings, ctranslate2)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The environment with these variables, and as it was afterwards."""
    before = {key: os.environ.get(key) for key in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def _sentences(texts: Sequence[str], tokenizer: Any) -> Iterator[_Sentence]:
    for number, text in enumerate(texts):
        for line, words in enumerate(text.split("\n")):
            for sentence in split_sentences(words):
                parts = list(_short_enough(sentence, tokenizer))
                for part, tokens in enumerate(parts, start=1):
                    yield _Sentence(number, line, tokens, sentence[-1] if part == len(parts) else "")


def _short_enough(sentence: str, tokenizer: Any) -> Iterator[list[str]]:
    tokens: list[str] = tokenizer.encode(sentence)
    clauses = [clause for clause in _CLAUSE_END.split(sentence) if clause]
    if len(tokens) <= _TOKENS_MAX or len(clauses) < 2:
        yield from (tokens[start : start + _TOKENS_MAX] for start in range(0, len(tokens), _TOKENS_MAX))
        return
    half = len(clauses) // 2
    space = "" if has_han(sentence) else " "
    for part in (clauses[:half], clauses[half:]):
        yield from _short_enough(space.join(part), tokenizer)


def split_sentences(text: str) -> list[str]:
    """The sentences of one line; a number's dot or an abbreviation's (``TP. Huế``) ends none."""
    sentences: list[str] = []
    reached = 0
    for found in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[reached : found.start()]):
            sentences.append(text[reached : found.end()].strip())
            reached = found.end()
    return [one for one in (*sentences, text[reached:].strip()) if one]


def _run(loaded: _Loaded, sentences: Sequence[list[str]]) -> list[tuple[str, ...]]:
    """The hypotheses of every sentence; each different one is translated once, beside others of its length.

    A group that the model cannot take is tried sentence by sentence, so that one strange text does not stop the others.
    """
    different = sorted({tuple(tokens) for tokens in sentences}, key=len)
    said: dict[tuple[str, ...], tuple[str, ...]] = {}
    for start in range(0, len(different), _GROUP):
        group = different[start : start + _GROUP]
        try:
            said.update(zip(group, _run_group(loaded, group), strict=True))
        except (RuntimeError, ValueError):
            said.update((tokens, _run_alone(loaded, tokens)) for tokens in group)
    if said and not any(any(hypotheses) for hypotheses in said.values()):
        _run_group(loaded, different[:1])
    return [said[tuple(tokens)] for tokens in sentences]


def _run_alone(loaded: _Loaded, tokens: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return _run_group(loaded, [tokens])[0]
    except (RuntimeError, ValueError):
        return ("",)


def _run_group(loaded: _Loaded, group: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    prefix = loaded.package.target_prefix
    results = loaded.translator.translate_batch(
        [[loaded.source_prefix, *tokens] if loaded.source_prefix else list(tokens) for tokens in group],
        target_prefix=[[prefix]] * len(group) if prefix else None,
        replace_unknowns=True,
        max_batch_size=_BATCH_TOKENS,
        batch_type="tokens",
        beam_size=_BEAM,
        num_hypotheses=HYPOTHESES,
        length_penalty=_LENGTH_PENALTY,
        max_decoding_length=min(3 * max(map(len, group)) + 16, _DECODED_MAX),
    )
    return [tuple(_decoded(loaded, one) for one in result.hypotheses) for result in results]


def _decoded(loaded: _Loaded, tokens: list[str]) -> str:
    value: str = loaded.package.tokenizer.decode(tokens)
    return value.removeprefix(loaded.package.target_prefix).strip()


def _ended(value: str, end: str, target: Lang) -> str:
    """A sentence that lost its full stop on the way gets one, so that the next hop knows where it ends."""
    if not end or end not in _STOPS or not value or value[-1] in _STOPS:
        return value
    return value + (_WIDE_STOPS if target in ("zh", "ja") else _NARROW_STOPS)[_STOPS.index(end) % 3]


def _joined(lines: Sequence[Sequence[tuple[str, ...]]], space: str) -> tuple[str, ...]:
    """The hypotheses of one text from those of its sentences: the best of each, the second of each, and so on."""
    return tuple(
        dict.fromkeys(
            "\n".join(space.join(sentence[min(i, len(sentence) - 1)] for sentence in line) for line in lines)
            for i in range(HYPOTHESES)
        )
    )
