"""Everything that may go wrong between a laptop and a store, many times over, and what was lost."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from benchmarks.servers import seaweed_server
from benchmarks.side_by_side import table
from conftest import load_example
from stores import faults
from stores.conftest import ACCESS, SECRET, new_bucket
from stores.fault_proxy import FaultProxy
from ttdn_assets.settings import Library


def trials(folder: Path, endpoint: str, *, kills: int) -> Iterator[faults.Trial]:
    """Every fault once, a push and a prepare killed at random moments, two laptops at once."""
    proxy = FaultProxy(endpoint)
    number = iter(range(10_000))

    def library() -> Library:
        return faults.make_library(folder / f"library-{next(number)}")

    for case in faults.CASES:
        yield faults.try_fault(case, proxy, library(), f"s3://{new_bucket(endpoint)}/kho")
    for seed in range(kills):
        yield faults.kill_push(proxy, library(), f"s3://{new_bucket(endpoint)}/kho", seed=seed)
    media = folder / "drawn"
    load_example("draw_sample").draw_sample(media, scale=0.25)
    for clip in [*media.rglob("*.mp4"), *media.rglob("*.mov")]:
        clip.unlink()
    lasts_s = _seconds_of_a_prepare(proxy, media, folder / "whole", f"s3://{new_bucket(endpoint)}/kho")
    for seed in range(kills):
        root, url = folder / f"prepared-{seed}", f"s3://{new_bucket(endpoint)}/kho"
        yield faults.kill_prepare(proxy, media, root, url, seed=seed, lasts_s=lasts_s)
        shutil.rmtree(root)
    yield faults.at_once(library(), library(), endpoint, f"s3://{new_bucket(endpoint)}/kho")
    proxy.close()


def _seconds_of_a_prepare(proxy: FaultProxy, media: Path, root: Path, url: str) -> float:
    before = time.perf_counter()
    with faults.child(*faults.prepare_arguments(media, root, url), endpoint=proxy.endpoint) as process:
        process.wait()
    return time.perf_counter() - before


def rows_of(done: Iterable[faults.Trial]) -> list[list[object]]:
    """One row a fault: how often, how the runs ended, what was lost, what the runs after it did."""
    rows: list[list[object]] = []
    for name, some in groupby(done, key=lambda trial: trial.fault):
        found = list(some)
        ends = ", ".join(sorted({trial.ended for trial in found}))
        lost, second, third = (sum(column) for column in zip(*(trial[3:] for trial in found), strict=True))
        rows.append([name, len(found), sum(trial.met for trial in found), ends, lost, second, third])
    return rows


@click.command()
@click.option("--kills", default=20, show_default=True, help="How often a push and a prepare are killed.")
def command(kills: int) -> None:
    """Faults on the way to a store: tries, what was lost, what a second and a third run did."""
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS, SECRET
    with tempfile.TemporaryDirectory(prefix="ttdn-faults-") as made:
        folder = Path(made)
        (folder / "server").mkdir()
        with seaweed_server(folder / "server") as server:
            rows = rows_of(trials(folder, server.endpoint, kills=kills))
    headers = ["fault", "tries", "requests met", "the run", "lost", "second run: faults", "third run: moved"]
    table("Faults", headers, rows)
