"""Times things side by side: every round runs each contender once, in turn, so that a busy minute slows all alike.

What is reported is the median over rounds of the ratio within a round, never a time from another run or machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

Rounds = Mapping[str, Sequence[float]]
"""Seconds of each contender, by name, one a round."""


def paired(
    contenders: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 5,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Seconds of each contender in each round, on the wall or by another clock; every second round runs them reversed.

    ``time.process_time`` is the clock of what one core computes while others use the machine.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        order = list(contenders) if turn % 2 == 0 else list(contenders)[::-1]
        for name in order:
            started = clock()
            contenders[name]()
            times[name].append(clock() - started)
    return times


def median_s(times: Rounds, name: str) -> float:
    """The median seconds of one contender."""
    return statistics.median(times[name])


def times_faster(times: Rounds, name: str, *, than: str) -> float:
    """How many times faster ``name`` is: the median of its rounds' ratios."""
    return statistics.median(theirs / ours for ours, theirs in zip(times[name], times[than], strict=True))


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table that reads well at 80 columns: the first column to the left, the others to the right."""
    cells = [list(headers), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
    click.echo(f"\n{title}")
    for number, row in enumerate(cells):
        first, *others = (cell.ljust(width) if column == 0 else cell.rjust(width)
                          for column, (cell, width) in enumerate(zip(row, widths, strict=True)))  # fmt: skip
        click.echo("  ".join([first, *others]).rstrip())
        if number == 0:
            click.echo("  ".join("-" * width for width in widths))


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def peers_python(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of an environment of its own that holds ``packages`` from PyPI; made once, kept in the cache."""
    folder = cache_folder() / name
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / "ready"
    wanted = "\n".join(sorted(packages))
    if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
        click.echo(f"installing {', '.join(packages)} …", err=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        ready.write_text(wanted, encoding="utf-8")
    return python


def cache_folder() -> Path:
    """Where peers are kept between runs: ``TTDN_BENCHMARKS``, else a folder in the user's cache."""
    chosen = os.environ.get("TTDN_BENCHMARKS")
    return Path(chosen) if chosen else Path.home() / ".cache" / "ttdn-benchmarks"


def children_cpu_s() -> float:
    """CPU seconds of this process and of its finished children; the difference of two calls is what a piece cost."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
