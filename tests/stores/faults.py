"""What goes wrong between a laptop and a store, done on purpose; each trial says what was lost and what came after.

``python tests/benchmarks faults`` does them all, with twenty kills of each kind; the tests do each and few kills.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from stores import fault_proxy
from stores.fault_proxy import FaultProxy, Request
from stores.small_library import bag, fill, sha256_of
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.errors import AssetsError
from ttdn_assets.jobs.sync import Moved, push, verify_store
from ttdn_assets.model import MediaFacts
from ttdn_assets.settings import Library, StoreSettings, create_library
from ttdn_assets.stores import Store, open_store

TIMEOUT_S = 2.0
_LARGE_BYTES = (16 << 20) + 1


class Trial(NamedTuple):
    """What a fault did: how the run ended, what is broken in the store after it, what two more runs did."""

    fault: str
    met: int
    ended: str
    lost: int
    second_faults: int
    third_moved: int

    @property
    def is_clean(self) -> bool:
        """Nothing lost, a second run without a fault, a third that moves nothing."""
        return (self.lost, self.second_faults, self.third_moved) == (0, 0, 0)


class Case(NamedTuple):
    """A fault, which requests meet it, how many, whether the run gets through; ``brief`` ones are always tested."""

    name: str
    fault: fault_proxy.Fault
    when: Callable[[Request], bool]
    times: int
    endured: bool
    brief: bool = False


def is_put(request: Request) -> bool:
    return request.method == "PUT" and ".ttdn-probe" not in request.path


def is_part(request: Request) -> bool:
    return is_put(request) and "partNumber=" in request.path


CASES = (
    Case("connection reset while sending", "reset", is_put, 3, endured=True, brief=True),
    Case("connection reset in a part of a large file", "reset", is_part, 2, endured=True),
    Case("answer lost after the object was stored", "answer lost", is_put, 3, endured=True, brief=True),
    Case("socket stalls", "stalled", is_put, 2, endured=True, brief=True),
    Case("answer cut short", "truncated", is_put, 3, endured=True),
    Case("500 in a burst", "500", is_put, 4, endured=True, brief=True),
    Case("503 SlowDown in a burst", "SlowDown", is_put, 4, endured=True),
    Case("503 SlowDown for good", "SlowDown", is_part, 1000, endured=False, brief=True),
    Case("credentials expire", "ExpiredToken", is_put, 1000, endured=False, brief=True),
    Case("clocks differ", "RequestTimeTooSkewed", is_put, 1000, endured=False),
    Case("bucket vanishes", "NoSuchBucket", is_put, 1000, endured=False, brief=True),
)


def make_library(folder: Path, *, photos: int = 3) -> Library:
    """Photos with renditions, a clip that goes in parts, a bag."""
    library = create_library(folder / "library")
    with open_catalogue(library.database_url) as catalogue:
        for number in range(photos):
            fill(library, catalogue, folder / "media", number=number)
        clip = folder / "media" / "clip.mp4"
        clip.write_bytes(random.Random(7).randbytes(_LARGE_BYTES))
        media = MediaFacts(
            kind="video", format="mp4", mime="video/mp4", extension="mp4", size_px=(4, 3), stored_size_px=(4, 3)
        )
        entry = AssetEntry(
            path=str(clip), relative="clip.mp4", size_bytes=_LARGE_BYTES, mtime_ns=1,
            sha256=sha256_of(clip.read_bytes()), media=media,
        )  # fmt: skip
        catalogue.record(entry, who="Lò Thị Hoa")
    bag(library, "2026-11-21-facebook", payload={"media/a.jpg": b"rendition 0" * 300, "index.html": b"<p>"})
    return library


def opened(endpoint: str, url: str) -> Store:
    return open_store(url, settings=StoreSettings(endpoint=endpoint, timeout_s=TIMEOUT_S))


def try_fault(case: Case, proxy: FaultProxy, library: Library, url: str) -> Trial:
    """Push through the proxy while it misbehaves, then as it should be."""
    store = opened(proxy.endpoint, url)
    with proxy.doing(case.fault, case.when, times=case.times):
        ended = ending(lambda: push(library, store))
        met = proxy.met
    return afterwards(case.name, library, opened(proxy.endpoint, url), met=met, ended=ended)


def ending(run: Callable[[], Moved]) -> str:
    """How a run ended: ``done``, or the codes of what it told."""
    try:
        moved = run()
    except AssetsError as error:
        return error.code
    return ", ".join(sorted({fault.failure.code for fault in moved.faults})) or "done"


def afterwards(name: str, library: Library, store: Store, *, met: int, ended: str) -> Trial:
    """What is broken in the store, and what two more pushes do."""
    lost = broken(library, store)
    second = push(library, store)
    lost += broken(library, store)
    return Trial(name, met, ended, lost, len(second.faults) + len(second.missing), push(library, store).transfers)


def broken(library: Library, store: Store) -> int:
    """Objects that are not what their names say, or that a record names and that are not there; read one by one."""
    return len(verify_store(library, store, deep=True).faults)


@contextmanager
def child(*arguments: str, endpoint: str) -> Iterator[subprocess.Popen[bytes]]:
    """``ttdn`` in a process of its own."""
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": endpoint, "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ttdn_cli", "--ui", "en", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_push(proxy: FaultProxy, library: Library, url: str, *, seed: int) -> Trial:
    """Kill a push at a random one of its requests, as a power cut would."""
    moment = random.Random(seed).randrange(1, 24)
    proxy.seen.clear()
    with child("push", "--library", str(library.root), "--store", url, endpoint=proxy.endpoint) as process:
        wait_for(lambda: len(proxy.seen) >= moment or process.poll() is not None)
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    return afterwards("kill -9 of a push", library, opened(proxy.endpoint, url), met=1, ended="killed")


def kill_prepare(proxy: FaultProxy, media: Path, root: Path, url: str, *, seed: int, lasts_s: float) -> Trial:
    """Kill a prepare at a random moment; then let it run to its end, twice."""
    arguments = prepare_arguments(media, root, url)
    with child(*arguments, endpoint=proxy.endpoint) as process:
        with suppressed_timeout():
            process.wait(timeout=random.Random(seed).uniform(0.2, 1.0) * lasts_s)
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    with child(*arguments, endpoint=proxy.endpoint) as process:
        second = process.wait(timeout=300)
    library = Library(root=root, settings=create_library(root).settings)
    store = opened(proxy.endpoint, url)
    third = push(library, store).transfers
    return Trial("kill -9 of a prepare", 1, "killed", broken(library, store), second, third)


def prepare_arguments(media: Path, root: Path, url: str) -> tuple[str, ...]:
    """A prepare of a few photos that goes to a store."""
    return ("prepare", str(media), "--to", "x.photo", "--library", str(root), "--store", url, "--jobs", "1")


@contextmanager
def suppressed_timeout() -> Iterator[None]:
    try:
        yield
    except subprocess.TimeoutExpired:
        return


def restart_server(
    library: Library, url: str, proxy: FaultProxy, kill: Callable[[], None], again: Callable[[], None]
) -> Trial:
    """Kill the server in the middle of a push and start it again on the same folder."""
    proxy.seen.clear()
    store = opened(proxy.endpoint, url)

    def strike() -> None:
        wait_for(lambda: sum(map(is_put, proxy.seen)) >= 4)
        kill()
        time.sleep(0.5)
        again()

    striking = threading.Thread(target=strike)
    striking.start()
    ended = ending(lambda: push(library, store))
    striking.join()
    return afterwards("server killed and restarted", library, opened(proxy.endpoint, url), met=1, ended=ended)


def at_once(one: Library, other: Library, endpoint: str, url: str) -> Trial:
    """Two laptops that have the same pictures, and each its own, push at the same time."""
    ends: list[str] = []
    laptops = [
        threading.Thread(target=lambda mine=mine: ends.append(ending(lambda: push(mine, opened(endpoint, url)))))
        for mine in (one, other)
    ]
    for laptop in laptops:
        laptop.start()
    for laptop in laptops:
        laptop.join()
    first = afterwards("two laptops at once", one, opened(endpoint, url), met=2, ended=", ".join(sorted(set(ends))))
    second = afterwards("two laptops at once", other, opened(endpoint, url), met=2, ended="")
    lost, faults = first.lost + second.lost, first.second_faults + second.second_faults
    moved = push(one, opened(endpoint, url)).transfers + second.third_moved
    return first._replace(lost=lost, second_faults=faults, third_moved=moved)


def wait_for(condition: Callable[[], bool], *, limit_s: float = 60) -> None:
    ends = time.monotonic() + limit_s
    while not condition() and time.monotonic() < ends:
        time.sleep(0.005)
