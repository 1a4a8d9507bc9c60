"""Work given to a cluster by ``bench_cluster``; a module of its own because workers import it by name."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import msgspec

from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.jobs.work import Task, Worked
from ttdn_assets.model import FocalPoint, MediaFacts, Subject
from ttdn_assets.tools.files import file_sha256

LATENCY_S = 0.02
BYTES_A_SECOND = 50_000_000
RENDITIONS = 8

_FACTS = MediaFacts(
    kind="photo", format="jpeg", mime="image/jpeg", extension="jpg", size_px=(16, 16), stored_size_px=(16, 16)
)


def no_work(task: Task) -> Worked:
    """What costs nothing but the way there and back: the digest of the file, and facts that are always the same."""
    path = Path(task.source.path)
    stat = path.stat()
    return Worked(
        sha256=file_sha256(path),
        picture_sha256=file_sha256(path),
        size_bytes=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
        media=_FACTS,
        subject=Subject(focal=FocalPoint(0.5, 0.5)),
    )


def far_store_work(task: Task) -> Worked:
    """SIMULATED: a store 20 ms away at 50 MB/s; one 8 MB original read, eight renditions of 0.5 MB written."""
    time.sleep(LATENCY_S + 8_000_000 / BYTES_A_SECOND)
    for _ in range(RENDITIONS):
        time.sleep(LATENCY_S + 500_000 / BYTES_A_SECOND)
    return no_work(task)


def main(media: str, library: str, store: str, scheduler: str, work: str) -> None:
    """One run as a client of its own; prints files, seconds and its peak of memory as JSON."""
    started = time.perf_counter()
    chosen = {"no_work": no_work, "far_store_work": far_store_work}
    more = {"work": chosen[work]} if work in chosen else {}
    targets = [] if more else ["x.photo", "instagram", "facebook.photo", "youtube.thumbnail"]
    where = {"store": store, "scheduler": scheduler} if scheduler else {"store": "", "jobs": int(store)}
    run = prepare([Path(media)], targets=targets, library=Path(library), **where, **more)  # type: ignore[arg-type]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {
        "files": len(run.outcomes),
        "failed": sum(one.status == "failed" for one in run.outcomes),
        "encodes": run.encodes,
        "seconds": time.perf_counter() - started,
        "peak_mb": peak / (1e6 if sys.platform == "darwin" else 1e3),
    }
    print(msgspec.json.encode(told).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
