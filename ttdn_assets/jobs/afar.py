"""Work on other machines: originals travel there through the store, what was made of them comes back through it.

The parent hands over references only: a worker fetches the original from the store, does what a local worker does in a
folder of its own, and puts the files it made into the store; the parent fetches them into the library.  A worker needs
this package and the store's credentials, from its own environment, and nothing else; the parent alone writes the
catalogue.  A worker may be lost and the work run twice: every object is named by its contents.
"""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from ttdn_assets.errors import AssetsError, ToolError, UsageError
from ttdn_assets.jobs.pool import Died
from ttdn_assets.jobs.readiness import Ready
from ttdn_assets.jobs.work import Task, Worked
from ttdn_assets.model import Rendition
from ttdn_assets.renditions.planning.plan import RENDERER
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores import Store, open_store
from ttdn_assets.stores.keys import original_key, rendition_key
from ttdn_assets.tools.cluster import Cluster, WorkerLost, open_cluster, scratch_folder
from ttdn_assets.tools.files import file_sha256, os_errors
from ttdn_assets.tools.sniff import MEDIA, head_of, sniff

Work = Callable[[Task], Worked]
AHEAD = 2
"""Files in flight for each worker, so that one travels while another is worked on."""


class StoreAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a store is, without credentials."""

    url: str
    settings: StoreSettings


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the store, and the name it has at home."""

    name: str
    key: str
    sha256: str


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """A task with its files in the store: the original, then its companions."""

    task: Task
    work: Work
    parcels: tuple[Parcel, ...]
    store: StoreAddress


@contextlib.contextmanager
def cluster_executor(address: str, ready: Ready) -> Iterator[tuple[Callable[[], Executor], int]]:
    """What opens an executor whose work is done by the cluster at ``address``, and how many tasks to have in flight.

    Raises:
        UsageError: ``cluster-needs-store`` where the run has none.
        ToolError: the cluster cannot be used (``tools.cluster.open_cluster``), or ``cluster-worker`` where one of its
            workers cannot reach the store or has another version of this package.
    """
    if ready.store is None or ready.store_url is None:
        raise UsageError("cluster-needs-store", {"address": address})
    where = _address(ready.store_url, ready.library.settings.store)
    with open_cluster(address) as cluster:
        for worker, told in cluster.on_each(_worker_ready, where).items():
            _check_worker(worker, told)
        window = AHEAD * len(cluster.workers)
        yield functools.partial(_ClusterExecutor, cluster, ready.store, where, window), window


def _address(url: str, settings: StoreSettings) -> StoreAddress:
    """What this machine's variables say of the store goes along; a worker's own variables come before it."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or settings.endpoint
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or settings.region
    return StoreAddress(
        url=url if "://" in url else str(Path(url).expanduser().absolute()),
        settings=msgspec.structs.replace(settings, endpoint=endpoint, region=region),
    )


def _worker_ready(where: StoreAddress) -> tuple[str, int]:
    """Asked of every worker: the version of what it would run; raises where it cannot reach the store."""
    _store(where)
    return version("ttdn-assets"), RENDERER


def _check_worker(worker: str, told: tuple[str, int] | Exception) -> None:
    if isinstance(told, AssetsError):
        raise ToolError("cluster-worker", {"worker": worker, "reason": str(told)}) from told
    if isinstance(told, Exception):
        raise ToolError("cluster-worker", {"worker": worker, "reason": f"{type(told).__name__}: {told}"}) from told
    if told != (version("ttdn-assets"), RENDERER):
        raise ToolError("cluster-version", {"worker": worker, "theirs": told[0], "ours": version("ttdn-assets")})


class _ClusterExecutor(Executor):
    """A thread for each task in flight: it sends the originals, waits for the cluster, and fetches what was made."""

    def __init__(self, cluster: Cluster, store: Store, where: StoreAddress, window: int) -> None:
        self._cluster, self._store, self._where = cluster, store, where
        self._threads = ThreadPoolExecutor(window, thread_name_prefix="ttdn-afar")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have ``fn(task)`` done on the cluster."""
        (task,) = args
        return self._threads.submit(self._run, fn, task)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what is in flight, or give it up."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _run(self, work: Work, task: Task) -> Worked:
        path = Path(task.source.path)
        with os_errors(path):
            stat = path.stat()
            parcels = tuple(self._send(Path(name)) for name in (task.source.path, *task.source.companions))
        errand = Errand(task=task, work=work, parcels=parcels, store=self._where)
        try:
            worked = self._cluster.run(work_afar, errand)
        except WorkerLost as error:
            raise Died from error
        for made in (*worked.found, *worked.renditions):
            self._store.get(_key(made), Path(task.root) / made.path, sha256=made.sha256)
        return msgspec.structs.replace(worked, mtime_ns=stat.st_mtime_ns)

    def _send(self, path: Path) -> Parcel:
        """A file put into the store where it is not there yet, under the key that a push gives it."""
        with os_errors(path), path.open("rb") as stream:
            media = MEDIA.get(sniff(head_of(stream)) or "")
        sha256 = file_sha256(path)
        key = original_key(sha256, media.extension if media else path.suffix)
        self._store.put(path, key, sha256)
        return Parcel(name=path.name, key=key, sha256=sha256)


def work_afar(errand: Errand) -> Worked:
    """What a worker of a cluster does: the errand's task, in a folder of its own that is gone afterwards."""
    store = _store(errand.store)
    with tempfile.TemporaryDirectory(prefix="ttdn-", dir=scratch_folder()) as folder:
        home, here = Path(errand.task.source.path), Path(folder) / "originals"
        paths = [here / parcel.name for parcel in errand.parcels]
        for parcel, path in zip(errand.parcels, paths, strict=True):
            store.get(parcel.key, path, sha256=parcel.sha256)
        source = msgspec.structs.replace(
            errand.task.source, path=str(paths[0]), companions=tuple(str(path) for path in paths[1:])
        )
        task = msgspec.structs.replace(errand.task, source=source, root=folder, trace=str(Path(folder) / "trace"))
        worked = errand.work(task)
        for made in (*worked.found, *worked.renditions):
            store.put(Path(folder) / made.path, _key(made), made.sha256)
    return _as_at_home(worked, here, home.parent)


def _as_at_home(worked: Worked, here: Path, home: Path) -> Worked:
    """A failure tells of the file by its path at home."""
    if worked.failure is None:
        return worked
    fields = {
        name: value.replace(str(here), str(home)) if isinstance(value, str) else value
        for name, value in worked.failure.fields.items()
    }
    return msgspec.structs.replace(worked, failure=msgspec.structs.replace(worked.failure, fields=fields))


def _key(made: Rendition) -> str:
    return rendition_key(made.sha256, PurePosixPath(made.path).suffix)


@functools.cache
def _store(where: StoreAddress) -> Store:
    """One connection a worker process, opened when it is first asked for."""
    return open_store(where.url, settings=where.settings)
