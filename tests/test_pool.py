"""The pool: a worker that hangs, aborts or raises costs one task its result and nobody else theirs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from misbehave import obey
from ttdn_assets.errors import AssetsError
from ttdn_assets.jobs.pool import Died, cause_of_death, local_pool, run_each

Results = dict[str, object]


def run(orders: list[str], folder: Path, *, jobs: int = 2) -> Results:
    work = partial(obey, folder=str(folder))
    return dict(run_each(work, orders, open_executor=partial(local_pool, jobs), window=jobs))


def test_a_task_that_aborts_its_worker_is_the_only_one_lost(tmp_path: Path) -> None:
    results = run(["a", "abort", "b", "c", "d"], tmp_path)
    assert isinstance(results.pop("abort"), Died)
    assert results == {"a": "A", "b": "B", "c": "C", "d": "D"}
    death = cause_of_death(tmp_path / "abort", source="abort.jpg")
    assert (death.code, death.fields["path"]) == ("worker-died", "abort.jpg")
    assert "Abort" in str(death.fields["reason"])


def test_a_task_that_hangs_is_ended_by_the_watchdog_and_named_so(tmp_path: Path) -> None:
    results = run(["hang", "a", "b"], tmp_path)
    assert isinstance(results.pop("hang"), Died)
    assert results == {"a": "A", "b": "B"}
    assert cause_of_death(tmp_path / "hang", source="hang.jpg").code == "time-limit"


def test_an_exception_is_the_result_of_its_task(tmp_path: Path) -> None:
    results = run(["raise", "a"], tmp_path)
    error = results["raise"]
    assert isinstance(error, AssetsError)
    assert (error.code, results["a"]) == ("file-vanished", "A")


def test_tasks_are_read_no_further_ahead_than_the_window(tmp_path: Path) -> None:
    read: list[int] = []

    def tasks() -> Iterator[str]:
        for number in range(8):
            read.append(number)
            yield str(number)

    stream = run_each(partial(obey, folder=str(tmp_path)), tasks(), open_executor=partial(local_pool, 1), window=2)
    next(stream)
    assert len(read) <= 3
    assert len(list(stream)) == 7


def test_an_interrupt_lets_the_file_in_hand_end(tmp_path: Path) -> None:
    def tasks() -> Iterator[str]:
        yield "a"
        raise KeyboardInterrupt

    results: Results = {}

    def run_until_interrupted() -> None:
        work = partial(obey, folder=str(tmp_path))
        results.update(run_each(work, tasks(), open_executor=partial(local_pool, 1), window=2))

    with pytest.raises(KeyboardInterrupt):
        run_until_interrupted()
    assert results == {"a": "A"}


def test_no_trace_stays_behind_a_task_that_ends_well(tmp_path: Path) -> None:
    run(["a"], tmp_path, jobs=1)
    assert list(tmp_path.iterdir()) == []
