"""Words: how many captions a second the term base reads, and how many assets a second get facts and captions.

The folder names are made up from the term base, a new one for each asset; the captions are those composed from them, in
three languages, each once.  Times are CPU seconds of one core.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence

import click

from benchmarks.side_by_side import Rounds, median_s, paired, table, times_faster
from ttdn_assets.captions.compose import compose
from ttdn_assets.captions.facts import gather_facts
from ttdn_assets.model import LANGUAGES, Fact, MediaFacts
from ttdn_assets.terms import TermBase, load_terms

FORMS = (
    "{day} {event}/{place}/IMG_{number}.jpg",
    "{place}/{product}/DSC{number}.jpg",
    "Thu hoạch {product} tại {place} {day}/{number}.jpg",
    "Đồng bào {people}/{place}/{day}/{number}.jpg",
    "Kỷ niệm {event} {day}/{place}/{number}.jpg",
    "Toàn cảnh {place} {day}/{number}.jpg",
)
MEDIA = MediaFacts(
    kind="photo",
    format="jpeg",
    mime="image/jpeg",
    extension="jpg",
    size_px=(4000, 3000),
    stored_size_px=(4000, 3000),
)


@click.command()
@click.option("--assets", default=2000, show_default=True, help="Made-up assets.")
@click.option("--rounds", default=5, show_default=True, help="Rounds, each runs every contender.")
def command(assets: int, rounds: int) -> None:
    """Print the tables of the words."""
    terms = load_terms()
    paths = made_up_paths(terms, assets)
    known = [gather_facts(path, MEDIA, terms)[0] for path in paths]
    captions = composed(known, terms)
    _matcher(captions, terms, rounds)
    _composer(paths, known, terms, rounds)


def made_up_paths(terms: TermBase, count: int) -> list[str]:
    """Folder and file names as officers write them, the same in every run."""
    chance = random.Random(2026)

    def one(*families: str) -> str:
        return chance.choice(terms.family(*families)).vi.replace("/", " ")

    return [
        chance.choice(FORMS).format(
            day=f"{chance.randint(1, 28)}-{chance.randint(1, 12)}-{chance.randint(2019, 2026)}",
            event=one("ev"),
            place=one("pl", "prov"),
            product=one("pr"),
            people=one("eth"),
            number=number,
        )
        for number in range(count)
    ]


def composed(known: Sequence[Sequence[Fact]], terms: TermBase) -> list[str]:
    """The descriptions composed from facts in all three languages, each once."""
    sets = (compose(facts, terms, languages=LANGUAGES) for facts in known)
    return list(dict.fromkeys(text.value for words in sets for text in words.description.values()))


def _matcher(captions: Sequence[str], terms: TermBase, rounds: int) -> None:
    forms = {form for term in terms.terms.values() for lang in LANGUAGES for form in term.surfaces(lang)}
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    contenders: dict[str, Callable[[], object]] = {
        "terms.match": lambda: [terms.match(caption) for caption in captions],
        "one regular expression": lambda: [pattern.findall(caption) for caption in captions],
    }
    for contender in contenders.values():
        contender()
    times = paired(contenders, rounds=rounds, clock=time.process_time)
    mean = sum(map(len, captions)) / len(captions)
    title = f"Terms found in {len(captions)} captions of {mean:.0f} characters; the expression knows exact forms only"
    table(title, ("who", "captions/s", "times as fast"), _rows(times, len(captions), than="one regular expression"))


def _composer(paths: Sequence[str], known: Sequence[Sequence[Fact]], terms: TermBase, rounds: int) -> None:
    times = paired(
        {
            "facts from names": lambda: [gather_facts(path, MEDIA, terms) for path in paths],
            "captions from facts": lambda: [compose(facts, terms, languages=LANGUAGES) for facts in known],
        },
        rounds=rounds,
        clock=time.process_time,
    )
    rows = [(name, len(paths) / median_s(times, name)) for name in times]
    table(f"Words of {len(paths)} assets: four fields in three languages", ("step", "assets/s"), rows)


def _rows(times: Rounds, count: int, *, than: str) -> list[tuple[object, ...]]:
    return [(name, count / median_s(times, name), times_faster(times, name, than=than)) for name in times]
