"""Functions run on other machines by Dask; the only importer of ``distributed``."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

from ttdn_assets.errors import ToolError, ToolMissing, UsageError

if TYPE_CHECKING:
    from distributed import Client

Argument = TypeVar("Argument")
Result = TypeVar("Result")

_ADDRESS = re.compile(r"(tcp|tls)://\S+:\d{1,5}")
_CONNECT_S = 15


class WorkerLost(Exception):
    """The task ended every worker process it was given to."""


class Cluster:
    """A connection to a scheduler.  ``run`` may be called from several threads, and what it runs may run twice."""

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address
        self._alone = threading.Lock()

    @property
    def workers(self) -> Mapping[str, Mapping[str, Any]]:
        """The workers by address, as the scheduler describes them."""
        found: Mapping[str, Mapping[str, Any]] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def run(self, function: Callable[[Argument], Result], argument: Argument) -> Result:
        """The function's result or exception, from whichever worker is free; run again where a worker was lost.

        The scheduler gives a task up once it was on four workers that ended, and cannot tell the task that ends them
        from another that waited on the same worker.  So one given up is run once more, and such tasks one at a time:
        those that only stood near go through.

        Raises:
            WorkerLost: it was given up again.
            ToolError: ``cluster-lost`` where the scheduler is gone.
        """
        from distributed import KilledWorker

        try:
            return self._once(function, argument)
        except KilledWorker:
            with self._alone:
                try:
                    return self._once(function, argument)
                except KilledWorker as error:
                    raise WorkerLost from error

    def _once(self, function: Callable[[Argument], Result], argument: Argument) -> Result:
        try:
            result: Result = self._client.submit(function, argument, pure=False).result()
        except (CancelledError, TimeoutError, RuntimeError) as error:
            if self._client.status == "running" and not isinstance(error, CancelledError):
                raise
            raise ToolError("cluster-lost", {"address": self._address}) from error
        return result

    def on_each(self, function: Callable[[Argument], Result], argument: Argument) -> dict[str, Result | Exception]:
        """The function's result or exception on every worker, by the worker's address."""
        told: dict[str, Result | Exception] = self._client.run(function, argument, on_error="return")
        return told


@contextlib.contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """Connect to the scheduler at ``tcp://host:port`` or ``tls://host:port`` (certificates: Dask's own configuration).

    Raises:
        UsageError: ``cluster-address``, ``cluster-certificates``.
        ToolMissing: ``dask-missing``.
        ToolError: ``cluster-unreachable``, ``cluster-empty`` where it has no worker, ``cluster-threads`` where a worker
            runs several tasks in one process, so that a file that ends its process would end its neighbours.
    """
    if not _ADDRESS.fullmatch(address):
        raise UsageError("cluster-address", {"address": address})
    try:
        from distributed import Client, Security
    except ImportError as error:
        raise ToolMissing("dask-missing") from error
    security = Security()
    if address.startswith("tls:") and security.get_connection_args("client")["ssl_context"] is None:
        raise UsageError("cluster-certificates", {"address": address})
    try:
        client = Client(address, timeout=_CONNECT_S, security=security, set_as_default=False)
    except (OSError, RuntimeError) as error:
        raise ToolError("cluster-unreachable", {"address": address, "reason": _reason(error)}) from error
    with client, _silent_log():
        cluster = Cluster(client, address)
        if not cluster.workers:
            raise ToolError("cluster-empty", {"address": address})
        for worker, facts in cluster.workers.items():
            if facts["nthreads"] != 1:
                raise ToolError("cluster-threads", {"worker": worker, "threads": facts["nthreads"]})
        yield cluster


@contextlib.contextmanager
def _silent_log() -> Iterator[None]:
    """What Dask logs of lost connections is raised here too, in one sentence."""
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def scratch_folder() -> str | None:
    """Dask's folder for the worker this runs on, cleared after a worker that was lost; ``None`` elsewhere."""
    from distributed import get_worker

    try:
        folder: str = get_worker().local_directory
    except ValueError:
        return None
    return folder


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
