"""Work on a cluster: the same files as at home, whatever becomes of a worker; real schedulers, workers and S3."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from misbehave import dying_work, slow_work
from stores.conftest import ACCESS, SECRET, free_ports, program, raw_client
from ttdn_assets.errors import AssetsError, ToolError, UsageError
from ttdn_assets.jobs.prepare import Run, prepare
from ttdn_assets.model import Event

pytestmark = [
    pytest.mark.s3,
    pytest.mark.skipif(program("dask") is None, reason="dask is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals"),
]

TESTS = Path(__file__).resolve().parents[1]
TARGETS = ("x.photo", "instagram.feed")


@contextlib.contextmanager
def dask(*arguments: str, folder: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler or a worker as an operator starts it."""
    environment = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}", **variables}
    command = [str(program("dask")), *arguments, "--no-dashboard"]
    with (folder / "dask.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    port = free_ports(1)[0]
    with dask("scheduler", "--host", "127.0.0.1", "--port", str(port), folder=folder):
        yield f"tcp://127.0.0.1:{port}"


@contextlib.contextmanager
def worker(address: str, folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    keys = {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}
    with dask("worker", address, "--nthreads", "1", *arguments, folder=folder, **keys, **variables) as process:
        yield process


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cluster")
    with scheduler(folder) as address, worker(address, folder, "--nworkers", "2"):
        yield address


@pytest.fixture
def media(drawn: Path, tmp_path: Path) -> Path:
    """Two photos in their folder: what travels matters here, not how much."""
    folder = tmp_path / "media"
    shutil.copytree(drawn / "2026-05 Lễ hội hoa ban", folder / "2026-05 Lễ hội hoa ban")
    return folder


@pytest.fixture
def store(seaweed: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    for name, value in {
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL_S3": seaweed,
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"afar-{abs(hash(request.node.name)):x}"
    raw_client(seaweed).create_bucket(Bucket=bucket)
    return f"s3://{bucket}/kho"


def until_ready(run: Callable[[], Run], *, but: str = "cluster-empty cluster-unreachable") -> Run:
    """The run, tried again while it fails for no other reason than that the cluster is still starting."""
    for _ in range(60):
        try:
            return run()
        except ToolError as error:
            if error.code not in but.split():
                raise
        time.sleep(0.5)
    raise AssertionError("no worker came")


def made(run: Run) -> dict[str, set[tuple[str, str]]]:
    return {one.source: {(file.recipe, file.sha256) for file in one.renditions} for one in run.outcomes}


def test_a_cluster_makes_what_this_machine_makes(cluster: str, store: str, media: Path, tmp_path: Path) -> None:
    at_home = prepare([media], targets=TARGETS, library=tmp_path / "home", jobs=1)
    library = tmp_path / "library"
    afar = until_ready(lambda: prepare([media], targets=TARGETS, library=library, store=store, scheduler=cluster))
    assert not afar.failed
    assert made(afar) == made(at_home)
    assert [one.captions for one in afar.outcomes if one.asset] != []
    assert all((library / file.path).is_file() for one in afar.outcomes for file in one.renditions)
    again = prepare([media], targets=TARGETS, library=library, store=store, scheduler=cluster)
    assert (again.encodes, {one.status for one in again.outcomes}) == (0, {"unchanged"})


def test_a_broken_file_fails_alone_and_is_named_as_it_is_at_home(
    cluster: str, store: str, media: Path, tmp_path: Path
) -> None:
    (media / "cắt.jpg").write_bytes(next(media.rglob("IMG_1.jpg")).read_bytes()[:4000])
    run = until_ready(
        lambda: prepare([media], targets=["x.photo"], library=tmp_path / "library", store=store, scheduler=cluster)
    )
    failed = [one for one in run.outcomes if one.status == "failed"]
    assert [one.source for one in failed] == ["cắt.jpg"]
    assert failed[0].error is not None
    assert failed[0].error.fields["path"] == str(media / "cắt.jpg")


def test_a_file_that_kills_every_worker_fails_alone(store: str, media: Path, tmp_path: Path) -> None:
    """With one worker the neighbours are suspected with it, and are cleared."""
    library = tmp_path / "library"
    with scheduler(tmp_path) as address, worker(address, tmp_path):
        run = until_ready(
            lambda: prepare(
                [media], targets=["x.photo"], library=library, store=store, scheduler=address, work=dying_work
            )
        )
    statuses = {one.source.rpartition("/")[2]: one.status for one in run.outcomes}
    assert statuses.pop("IMG_2.jpg") == "failed"
    assert set(statuses.values()) == {"done"}
    error = next(one.error for one in run.outcomes if one.status == "failed")
    assert error is not None
    assert error.code == "worker-died"


def test_a_worker_killed_in_the_middle_of_a_file_costs_nothing(store: str, media: Path, tmp_path: Path) -> None:
    def strike() -> None:
        wait_for(lambda: any(tmp_path.glob("begun-*")))
        number = next(tmp_path.glob("begun-*")).name.removeprefix("begun-")
        os.kill(int(number), signal.SIGKILL)
        struck.set()

    struck = threading.Event()
    library = tmp_path / "library"
    begun = {"TTDN_BEGUN": str(tmp_path)}
    with scheduler(tmp_path) as address, worker(address, tmp_path, "--nworkers", "2", **begun):
        threading.Thread(target=strike, daemon=True).start()
        run = until_ready(
            lambda: prepare(
                [media], targets=["x.photo"], library=library, store=store, scheduler=address, work=slow_work
            )
        )
    assert struck.is_set()
    assert {one.status for one in run.outcomes} == {"done"}


def test_a_scheduler_that_goes_away_ends_the_run_and_the_next_completes_it(
    cluster: str, store: str, media: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    photo = next(media.rglob("IMG_1.jpg"))
    for number in range(6):
        (media / f"{number}.jpg").write_bytes(photo.read_bytes() + bytes([number]))
    with contextlib.ExitStack() as leave:
        address = leave.enter_context(scheduler(tmp_path))
        leave.enter_context(worker(address, tmp_path))

        def go_away(event: Event) -> None:
            if event.stage == "files" and event.done >= 1:
                leave.close()

        with pytest.raises(AssetsError) as caught:
            until_ready(
                lambda: prepare(
                    [media], targets=["x.photo"], library=library, store=store, scheduler=address, progress=go_away
                )
            )
    assert caught.value.code == "cluster-lost"
    after = until_ready(lambda: prepare([media], targets=["x.photo"], library=library, store=store, scheduler=cluster))
    assert not after.failed


@pytest.mark.parametrize(
    ("address", "code"), [("banana", "cluster-address"), ("tls://127.0.0.1:1", "cluster-certificates")]
)
def test_an_address_that_cannot_be_one_is_refused_at_once(address: str, code: str, media: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        prepare([media], targets=["x.photo"], library=tmp_path / "a", store=str(tmp_path), scheduler=address)
    assert caught.value.code == code


def test_what_cannot_work_is_refused_before_any_file(cluster: str, media: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        prepare([media], targets=["x.photo"], library=tmp_path / "library", scheduler=cluster)
    assert caught.value.code == "cluster-needs-store"
    with scheduler(tmp_path) as address, pytest.raises(ToolError) as empty:
        until_ready(
            lambda: prepare(
                [media], targets=["x.photo"], library=tmp_path / "a", store=str(tmp_path), scheduler=address
            ),
            but="cluster-unreachable",
        )
    assert empty.value.code == "cluster-empty"


def test_workers_that_share_a_process_are_refused(store: str, media: Path, tmp_path: Path) -> None:
    with (
        scheduler(tmp_path) as address,
        dask("worker", address, "--nthreads", "2", folder=tmp_path),
        pytest.raises(ToolError) as caught,
    ):
        until_ready(
            lambda: prepare([media], targets=["x.photo"], library=tmp_path / "library", store=store, scheduler=address)
        )
    assert caught.value.code == "cluster-threads"


def test_a_worker_without_the_stores_credentials_is_named(store: str, media: Path, tmp_path: Path) -> None:
    nothing = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
    with (
        scheduler(tmp_path) as address,
        dask("worker", address, "--nthreads", "1", folder=tmp_path, **nothing),
        pytest.raises(ToolError) as caught,
    ):
        until_ready(
            lambda: prepare([media], targets=["x.photo"], library=tmp_path / "library", store=store, scheduler=address)
        )
    assert caught.value.code == "cluster-worker"
    assert "nothing" not in str(caught.value)
