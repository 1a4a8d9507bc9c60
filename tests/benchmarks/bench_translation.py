"""Translation: a thousand captions at once against ``argostranslate`` called for each, on the same packages.

The packages are the tiny ones beside the tests, installed anew; what is timed ends with the text each contender would
show.  The upstream call gets this project's sentence splitter, since its own would be fetched from the network.  The
second table tells how many captions in three languages the guard reads in a second.
"""

from __future__ import annotations

import importlib
import itertools
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.side_by_side import median_s, paired, table, times_faster
from ttdn_assets.captions.guard import check_captions
from ttdn_assets.captions.translate import translate
from ttdn_assets.model import CaptionSet, Text
from ttdn_assets.terms import load_terms
from ttdn_assets.tools.argos import Argos, split_sentences
from ttdn_assets.tools.argos_package import install

TESTS = Path(__file__).resolve().parent.parent
SUBJECTS = ("Bình minh trên", "Tàu cá ra khơi trên", "Triển lãm ảnh về", "Chiến sĩ hải quân đứng gác tại",
            "Hoàng hôn trên", "Trẻ em vui chơi ở", "Nông dân thu hoạch chè ở", "Lễ hội hoa tại")  # fmt: skip
PLACES = ("Địa Trung Hải", "Biển Baltic", "Biển Caspi", "Hồng Hải", "Maldives", "Bahamas", "Comoros", "Seychelles")
WHEN = ("", "năm 2025", "năm 2026", "mùa lúa chín", "mùa hoa", "buổi sáng", "buổi chiều", "ngày hội")
HOW = ("", "rực rỡ", "trong nắng")


class Splitter:
    """The sentence splitter of this project, as upstream calls one."""

    def split_sentences(self, text: str) -> list[str]:
        """The sentences of a text."""
        return split_sentences(text)


@click.command()
@click.option("--captions", default=1000, show_default=True, help="Captions, each different.")
@click.option("--rounds", default=3, show_default=True, help="Rounds, each runs every contender.")
def command(captions: int, rounds: int) -> None:
    """Print the tables of translation and guard."""
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        for pair in ("vi_en", "en_zh"):
            install(str(TESTS / "models" / f"translate-{pair}.argosmodel"), models)
        texts = made_up_captions(captions)
        _translation(Argos(models), texts, rounds)
    _guard(rounds)


def made_up_captions(count: int) -> list[str]:
    """Different captions of one sentence; the packages know some by heart and make up the rest."""
    parts = itertools.product(HOW, WHEN, PLACES, SUBJECTS)
    texts = (" ".join(filter(None, (subject, place, how, when))) for how, when, place, subject in parts)
    return list(itertools.islice(texts, count))


def _translation(argos: Argos, texts: Sequence[str], rounds: int) -> None:
    upstream = _upstream()
    # Both load their models when they are first asked.
    upstream(texts[:1], "vi", "zh")
    _together(argos, texts[:1], ("vi", "en", "zh"))
    said: dict[str, list[str]] = {}
    cpu_s: dict[str, list[float]] = defaultdict(list)
    rows: list[list[object]] = []
    for hops in (("vi", "en"), ("vi", "en", "zh")):
        contenders = {
            "argostranslate, one call a caption": _keeping(
                said, cpu_s, "theirs", partial(upstream, texts, hops[0], hops[-1])
            ),
            "all captions together": _keeping(said, cpu_s, "ours", partial(_together, argos, texts, hops)),
        }
        times = paired(contenders, rounds=rounds)
        same = sum(a == b for a, b in zip(said["theirs"], said["ours"], strict=True))
        theirs_s, ours_s = (statistics.median(cpu_s.pop(key)) for key in ("theirs", "ours"))
        cheaper = dict(zip(contenders, (1.0, theirs_s / ours_s), strict=True))
        for name in contenders:
            faster = times_faster(times, name, than="argostranslate, one call a caption")
            rate = len(texts) / median_s(times, name)
            rows.append([f"{'→'.join(hops)}  {name}", median_s(times, name), rate, faster, cheaper[name]])
        rows.append([f"{'→'.join(hops)}  identical output", f"{same} of {len(texts)}", "", "", ""])
    table(f"{len(texts)} different captions, beam 4", ["", "seconds", "captions/s", "ratio", "CPU ratio"], rows)
    _names(argos, texts, rounds)


def _names(argos: Argos, texts: Sequence[str], rounds: int) -> None:
    """What masking names, trying again and checking cost beside the bare model."""
    terms = load_terms()
    named = [text.replace("Địa Trung Hải", "Biển Đông").replace("Maldives", "Hoàng Sa") for text in texts]
    contenders: dict[str, Callable[[], object]] = {
        "the model alone": lambda: argos.translate(named, "vi", "en"),
        "names kept, all checked": lambda: translate(named, "vi", "en", translator=argos, terms=terms),
    }
    times = paired(contenders, rounds=rounds)
    rows = [[name, median_s(times, name), len(named) / median_s(times, name)] for name in contenders]
    table("with names of the term base, vi→en", ["", "seconds", "captions/s"], rows)


def _keeping(
    said: dict[str, list[str]], cpu_s: dict[str, list[float]], name: str, run: Callable[[], list[str]]
) -> Callable[[], None]:
    """A contender that leaves what it said, and the CPU seconds it took on all cores."""

    def kept() -> None:
        started = time.process_time()
        said[name] = run()
        cpu_s[name].append(time.process_time() - started)

    return kept


def _together(argos: Argos, texts: Sequence[str], hops: Sequence[str]) -> list[str]:
    now = list(texts)
    for source, target in itertools.pairwise(hops):
        now = [offered[0] for offered in argos.translate(now, source, target)]
    return now


def _upstream() -> Callable[[Sequence[str], str, str], list[str]]:
    """``argostranslate.translate.translate`` for each text; its packages are those of the models folder."""
    module: Any = importlib.import_module("argostranslate.translate")
    for source, target in (("vi", "en"), ("en", "zh")):
        module.get_translation_from_codes(source, target).underlying.sentencizer = Splitter()
    return lambda texts, source, target: [module.translate(text, source, target) for text in texts]


def _guard(rounds: int) -> None:
    terms = load_terms()
    lines = (TESTS / "cases" / "guard_clean.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines if all(line.split("\t"))]
    sets = [
        CaptionSet(description={lang: Text(value=f"{value} {number}", origin="human")
                                for lang, value in zip(("vi", "en", "zh"), row, strict=True)})
        for number in range(12) for row in rows
    ]  # fmt: skip

    def checked() -> None:
        for one in sets:
            check_captions(one, (), terms, subject="", languages=())

    times = paired({"guard": checked}, rounds=rounds)
    seconds = median_s(times, "guard")
    table(
        "guard, each caption in three languages",
        ["", "seconds", "texts/s"],
        [["guard", seconds, 3 * len(sets) / seconds]],
    )
