"""Progress on stderr: stage, file, share done, time left; silent where stderr is no terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from ttdn_assets.model import Event, Progress, silent
from ttdn_cli.speech import t

_NAME_CELLS = 34


@contextlib.contextmanager
def shown(*, quiet: bool = False) -> Iterator[Progress]:
    """A progress to hand to the library, drawn as one line that names stage, file and time left."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[source]}", markup=False),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(event: Event) -> None:
            if event.stage not in tasks:
                for old in tasks.values():
                    bars.update(old, visible=False)
                tasks[event.stage] = bars.add_task(t(f"stage.{event.stage}"), left="", source="")
            bars.update(
                tasks[event.stage],
                completed=event.done,
                total=event.total or None,
                left=time_left(event.left_s),
                source=shorten(event.source),
            )

        yield show


def time_left(seconds: float | None) -> str:
    """A time left as people say it: seconds, minutes, hours."""
    if seconds is None:
        return ""
    if seconds < 90:
        return t("progress.seconds", {"n": max(1, round(seconds))})
    if seconds < 5400:
        return t("progress.minutes", {"n": round(seconds / 60)})
    return t("progress.hours", {"n": round(seconds / 3600, 1)})


def shorten(name: str) -> str:
    """A file name that fits the line, its end kept, because that is where names differ."""
    return name if len(name) <= _NAME_CELLS else "…" + name[-_NAME_CELLS + 1 :]
