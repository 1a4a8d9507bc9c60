"""A cluster on this machine: real work on 1 and 2 workers, a simulated far store on more, overhead, and memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
from PIL import Image

from benchmarks.side_by_side import table
from ttdn_assets.errors import ToolError
from ttdn_assets.tools.cluster import open_cluster

TESTS = Path(__file__).resolve().parents[1]
PORT = 18_786
Told = dict[str, float]


@click.command()
@click.option("--photos", default=24, show_default=True, help="Photos of 12 MP for the real work.")
@click.option("--transfers", default=160, show_default=True, help="Files for the simulated far store.")
@click.option("--calls", default=2000, show_default=True, help="Empty tasks for the overhead.")
@click.option("--planned", default="1000,10000", show_default=True, help="Numbers of files for the memory.")
def command(photos: int, transfers: int, calls: int, planned: str) -> None:
    """Print the tables of the cluster."""
    with tempfile.TemporaryDirectory(prefix="ttdn-cluster-") as name:
        folder = Path(name)
        table("Real work, files a second", ("who", "files/s", "failed"), list(_real(folder, photos)))
        title = "Transfer-bound, SIMULATED: store 20 ms away at 50 MB/s"
        table(title, ("workers", "files/s", "failed"), list(_far(folder, transfers)))
        table("An empty task", ("workers", "ms a task"), [(2, _overhead_ms(folder, calls))])
        rows = [_memory(folder, int(count)) for count in planned.split(",")]
        table("The client's memory", ("planned files", "peak MB", "ms a file", "failed"), rows)


def _real(folder: Path, photos: int) -> Iterator[tuple[object, ...]]:
    media = _photos(folder / "photos", photos)
    for workers in (1, 2):
        told = _client(media, folder / f"home-{workers}", str(workers), "", "real")
        yield f"{workers} local processes", told["files"] / told["seconds"], told["failed"]
    for workers in (1, 2):
        with _cluster(folder, workers) as address:
            told = _client(media, folder / f"afar-{workers}", str(_store(folder, f"s{workers}")), address, "real")
        yield f"{workers} cluster workers", told["files"] / told["seconds"], told["failed"]


def _far(folder: Path, transfers: int) -> Iterator[tuple[object, ...]]:
    media = _small_files(folder / "transfers", transfers)
    for workers in (1, 2, 4, 8):
        with _cluster(folder, workers) as address:
            store = _store(folder, f"far{workers}")
            told = _client(media, folder / f"far-{workers}", str(store), address, "far_store_work")
        yield workers, told["files"] / told["seconds"], told["failed"]


def _overhead_ms(folder: Path, calls: int) -> float:
    with _cluster(folder, 2) as address, open_cluster(address) as cluster, ThreadPoolExecutor(4) as threads:
        list(threads.map(partial(cluster.run, abs), range(50)))
        started = time.perf_counter()
        list(threads.map(partial(cluster.run, abs), range(calls)))
        return (time.perf_counter() - started) / calls * 1000


def _memory(folder: Path, count: int) -> tuple[object, ...]:
    media = _small_files(folder / f"planned-{count}", count)
    with _cluster(folder, 2) as address:
        told = _client(media, folder / f"many-{count}", str(_store(folder, f"m{count}")), address, "no_work")
    return f"{count:,}", told["peak_mb"], told["seconds"] / count * 1000, told["failed"]


def _client(media: Path, library: Path, store: str, scheduler: str, work: str) -> Told:
    """One run in a process of its own; ``store`` is the number of processes where there is no scheduler."""
    command = [sys.executable, "-m", "benchmarks.cluster_work", str(media), str(library), store, scheduler, work]
    done = subprocess.run(command, check=True, env=_environment(), stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Told)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}


@contextlib.contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    address = f"tcp://127.0.0.1:{PORT}"
    with (
        _dask(folder, "scheduler", "--host", "127.0.0.1", "--port", str(PORT)),
        _dask(folder, "worker", address, "--nthreads", "1", "--nworkers", str(workers)),
    ):
        _wait_for(address, workers)
        yield address


@contextlib.contextmanager
def _dask(folder: Path, *arguments: str) -> Iterator[None]:
    program = Path(sysconfig.get_path("scripts")) / "dask"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([program, *arguments, "--no-dashboard"], cwd=folder, env=_environment(), **quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, workers: int) -> None:
    for _ in range(120):
        with contextlib.suppress(ToolError), open_cluster(address) as cluster:
            if len(cluster.workers) == workers:
                return
        time.sleep(0.5)
    raise click.ClickException("the cluster did not start")


def _store(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _photos(folder: Path, count: int) -> Path:
    """Photos of 12 MP with something in them, each other bytes."""
    folder.mkdir()
    noise = Image.effect_noise((500, 375), 80).resize((4000, 3000), Image.Resampling.BICUBIC)
    for number in range(count):
        picture = Image.merge("RGB", [noise.rotate(number + turn) for turn in (0, 90, 180)])
        picture.save(folder / f"IMG_{number:04}.jpg", quality=90)
    return folder


def _small_files(folder: Path, count: int) -> Path:
    """Small JPEG files, each other bytes, a thousand in a folder."""
    Image.new("RGB", (16, 16), "white").save(seed := folder.with_suffix(".jpg"))
    data = seed.read_bytes()
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"IMG_{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data + number.to_bytes(4, "big"))
    return folder
