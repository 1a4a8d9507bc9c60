"""Work spread over processes that may hang or die, without losing a file or a run.

A worker arms a watchdog around each task (``faulthandler.dump_traceback_later(…, exit=True)``), because nothing short
of ending the process stops a decoder that hangs in C.  A dead worker breaks the whole ``ProcessPoolExecutor``: the
parent opens a new one and runs what was in flight one at a time, so that the task that kills its worker alone is told
apart from its neighbours.  Any ``concurrent.futures.Executor`` serves, a cluster's too; tasks may run twice.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from ttdn_assets.errors import AssetsError, TimeLimit, ToolError

Task = TypeVar("Task")
Result = TypeVar("Result")
OpenExecutor = Callable[[], Executor]


class Died(Exception):
    """The task was the only one in flight when its worker process ended."""


def local_pool(jobs: int) -> ProcessPoolExecutor:
    """Processes of this machine, started anew (the same on every system), that end when their parent does."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=jobs, mp_context=context, initializer=_start_worker)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it: an orphaned worker would wait for work forever.

    What C decoders print about hostile bytes goes nowhere; what matters of it is in the errors they return.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def watchdog(limit_s: float, trace: Path | None = None) -> Iterator[Callable[[float], None]]:
    """End this process when the block takes longer than ``limit_s``; the value yielded sets a new limit from now on.

    The stack of every thread at that moment, or at a crash, goes to ``trace``, which is removed when the block ends.
    """
    if trace:
        trace.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if trace:
            stack.callback(trace.unlink, missing_ok=True)
        stream = stack.enter_context(trace.open("w")) if trace else None

        def arm(seconds: float) -> None:
            if stream is None:
                faulthandler.dump_traceback_later(seconds, exit=True)
            else:
                faulthandler.dump_traceback_later(seconds, exit=True, file=stream)

        if stream is not None:
            faulthandler.enable(stream)
            stack.callback(faulthandler.disable)
        arm(limit_s)
        stack.callback(faulthandler.cancel_dump_traceback_later)
        yield arm


def cause_of_death(trace: Path, *, source: str) -> AssetsError:
    """Why a worker died over ``source``: its watchdog, or a crash; reads and removes the trace it left."""
    try:
        told = trace.read_text(encoding="utf-8", errors="replace")
        trace.unlink()
    except OSError:
        told = ""
    if told.startswith("Timeout"):
        return TimeLimit("time-limit", {"path": source})
    return ToolError("worker-died", {"path": source, "reason": told.partition("\n")[0]})


class _Run(Generic[Task, Result]):
    """One pass over the tasks: the executor in use, what it holds, and what was in it when it broke."""

    def __init__(self, work: Callable[[Task], Result], tasks: Iterable[Task], open_executor: OpenExecutor) -> None:
        self.work = work
        self.fresh = iter(tasks)
        self.open_executor = open_executor
        self.suspects: deque[Task] = deque()
        self.in_flight: dict[Future[Result], Task] = {}

    def submit(self, executor: Executor, window: int) -> None:
        """Hand over tasks until ``window`` are in flight; a suspect goes alone."""
        if self.suspects:
            if not self.in_flight:
                task = self.suspects.popleft()
                self.in_flight[executor.submit(self.work, task)] = task
            return
        for task in islice(self.fresh, window - len(self.in_flight)):
            try:
                self.in_flight[executor.submit(self.work, task)] = task
            except BrokenExecutor:
                self.suspects.append(task)
                return

    def collect(self) -> tuple[list[tuple[Task, Result | Exception]], bool]:
        """What has ended, and whether the executor is broken; what was in flight then becomes suspect."""
        ended: list[tuple[Task, Result | Exception]] = []
        alone = len(self.in_flight) == 1
        broken = not self.in_flight
        for future in wait(self.in_flight, return_when=FIRST_COMPLETED).done if self.in_flight else ():
            task = self.in_flight.pop(future)
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                broken = True
                if alone:
                    ended.append((task, Died()))
                else:
                    self.suspects.append(task)
            elif isinstance(error, Exception):
                ended.append((task, error))
            elif error is not None:
                raise error
            else:
                ended.append((task, future.result()))
        if broken:
            self.suspects.extend(self.in_flight.values())
            self.in_flight.clear()
        return ended, broken


def run_each(
    work: Callable[[Task], Result], tasks: Iterable[Task], *, open_executor: OpenExecutor, window: int
) -> Iterator[tuple[Task, Result | Exception]]:
    """Each task with its result or the exception it raised, as they end; ``Died`` where it ends its worker.

    ``tasks`` is read lazily: at most ``window`` are in flight.  A ``KeyboardInterrupt`` lets what is in flight end,
    yields it, and is then raised again.
    """
    run = _Run(work, tasks, open_executor)
    interrupted: KeyboardInterrupt | None = None
    executor = open_executor()
    try:
        while True:
            try:
                if interrupted is None:
                    run.submit(executor, window)
                if not run.in_flight and not run.suspects:
                    break
                if not run.in_flight and interrupted is not None:
                    break
                ended, broken = run.collect()
            except KeyboardInterrupt as stop:
                if interrupted is not None:
                    raise
                interrupted = stop
                continue
            yield from ended
            if broken:
                executor.shutdown(wait=False, cancel_futures=True)
                executor = open_executor()
    finally:
        executor.shutdown(wait=interrupted is None, cancel_futures=True)
    if interrupted is not None:
        raise interrupted
