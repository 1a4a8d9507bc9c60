"""A push beside ``rclone copy --checksum`` and ``aws s3 sync``: the same objects to the same SeaweedFS, all verified.

Every tool sends exactly the objects a push makes, from a folder that holds them under their keys, so that bytes and
number of objects are equal; each run has a bucket of its own.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks.servers import Server, seaweed_server
from benchmarks.side_by_side import children_cpu_s, median_s, paired, peers_python, table, times_faster
from stores.conftest import ACCESS, SECRET, new_bucket, program
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import AssetEntry
from ttdn_assets.model import MediaFacts
from ttdn_assets.settings import Library, StoreSettings, create_library
from ttdn_assets.stores import open_store

SMALL_BYTES, LARGE_BYTES = 300_000, 200_000_000
AT_ONCE = 8
RCLONE_DEFAULTS = "transfers 4, checkers 8, chunk 5 MiB, upload concurrency 4, HEAD after each PUT"
AWS_DEFAULTS = "max_concurrent_requests 10, multipart over 8 MB in parts of 8 MB"
OUR_DEFAULTS = "objects at once 8, multipart over 16 MiB in parts of 8 MiB, 4 a file, SHA-256 checked by the server"


class Pushed:
    """A library, and a folder that holds under the same names what a push of it makes."""

    def __init__(self, library: Library, mirror: Path) -> None:
        self.library, self.mirror = library, mirror


def ours(pushed: Pushed, endpoint: str, bucket: str) -> None:
    run([sys.executable, "-m", "ttdn_cli", "push", "--library", str(pushed.library.root),
         "--store", f"s3://{bucket}/kho"], endpoint)  # fmt: skip


def rclone(pushed: Pushed, endpoint: str, bucket: str) -> None:
    at_once = [f"--transfers={AT_ONCE}", f"--checkers={AT_ONCE}"]
    run([program("rclone") or "rclone", "copy", "--checksum", "--config", os.devnull, *at_once,
         str(pushed.mirror), f":s3,provider=SeaweedFS,env_auth,endpoint='{endpoint}',force_path_style:{bucket}/kho"],
        endpoint)  # fmt: skip


def aws(pushed: Pushed, endpoint: str, bucket: str) -> None:
    script = peers_python("awscli", ["awscli"]).with_name("aws")
    run([str(script), "s3", "sync", "--only-show-errors", "--endpoint-url", endpoint, str(pushed.mirror),
         f"s3://{bucket}/kho"], endpoint)  # fmt: skip


TOOLS: dict[str, Callable[[Pushed, str, str], None]] = {"ttdn push": ours, "rclone": rclone, "aws s3 sync": aws}


def run(command: list[str], endpoint: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.environ["TTDN_BENCH_AWS"], "NO_COLOR": "1",
    }  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{command[0]}: {done.stderr[-2000:]}")


def photos(folder: Path, *, count: int, size_bytes: int, extension: str = "jpg") -> Library:
    """A library that knows ``count`` originals and nothing more of them."""
    library = create_library(folder / "library")
    dice = random.Random(count)
    media = MediaFacts(
        kind="photo", format="jpeg", mime="image/jpeg", extension=extension, size_px=(4, 3), stored_size_px=(4, 3)
    )

    def entries() -> Iterator[AssetEntry]:
        for number in range(count):
            path = folder / "media" / f"{number % 50:02}" / f"IMG_{number}.{extension}"
            path.parent.mkdir(parents=True, exist_ok=True)
            data = dice.randbytes(size_bytes)
            path.write_bytes(data)
            yield AssetEntry(
                path=str(path), relative=f"{path.parent.name}/{path.name}", size_bytes=size_bytes,
                mtime_ns=path.stat().st_mtime_ns, sha256=_sha256(data), media=media,
            )  # fmt: skip

    with open_catalogue(library.database_url) as catalogue:
        for _ in catalogue.record_all(entries(), who="bench"):
            """A batch is one transaction."""
    return library


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def mirrored(library: Library, endpoint: str, folder: Path) -> Pushed:
    """The objects a push makes, as files."""
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS, SECRET
    pushed, bucket = Pushed(library, folder / "mirror"), new_bucket(endpoint)
    ours(pushed, endpoint, bucket)
    store = open_store(f"s3://{bucket}/kho", settings=StoreSettings(endpoint=endpoint))
    for one in store.iter(""):
        store.get(one.key, pushed.mirror / one.key)
    return pushed


def compare(title: str, pushed: Pushed, at: Server, *, rounds: int) -> None:
    """Every tool into empty buckets, then once more where nothing changed.

    On a busy machine the seconds tell little; the CPU seconds of a tool and of the server it makes work tell more.
    """
    buckets: dict[str, str] = {}
    endpoint = at.endpoint
    cpu: dict[str, list[tuple[float, float]]] = {name: [] for name in TOOLS}

    def first(name: str) -> Callable[[], None]:
        def send() -> None:
            buckets[name] = new_bucket(endpoint)
            before, served = children_cpu_s(), at.cpu_s()
            TOOLS[name](pushed, endpoint, buckets[name])
            cpu[name].append((children_cpu_s() - before, at.cpu_s() - served))

        return send

    times = paired({name: first(name) for name in TOOLS}, rounds=rounds)
    again = {name: lambda name=name: TOOLS[name](pushed, endpoint, buckets[name]) for name in TOOLS}
    seconds = paired(again, rounds=rounds)
    spent = {name: tuple(statistics.median(column) for column in zip(*cpu[name], strict=True)) for name in TOOLS}
    rows = [
        [
            name,
            median_s(times, name),
            times_faster(times, "ttdn push", than=name),
            *spent[name],
            sum(spent[name]) / sum(spent["ttdn push"]),
            median_s(seconds, name),
            median_s(seconds, name) / median_s(times, name),
        ]
        for name in TOOLS
    ]
    headers = ["", "first s", "ttdn ×", "CPU s", "server CPU s", "ttdn × by CPU", "no news s", "of first"]
    table(title, headers, rows)


def memory_mb(pushed: Pushed, endpoint: str) -> float:
    """The most memory a push took."""
    code = (
        "import resource,subprocess,sys;r=subprocess.run(sys.argv[1:]).returncode;"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(r)"
    )
    command = [sys.executable, "-c", code, sys.executable, "-m", "ttdn_cli", "push", "--json",
               "--library", str(pushed.library.root), "--store", f"s3://{new_bucket(endpoint)}/kho"]  # fmt: skip
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": endpoint}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return int(said.splitlines()[-1]) / (1 << 10 if sys.platform == "linux" else 1 << 20)


def grow(folder: Path, endpoint: str, *, most: int) -> None:
    """How a push grows with the number of objects; each asset is a file of 2 kB and a record."""
    rows = []
    for assets in (most // 20, most // 4, most // 2):
        where = folder / f"grow-{assets}"
        pushed = Pushed(photos(where, count=assets, size_bytes=2000), where)
        bucket, before = new_bucket(endpoint), time.perf_counter()
        ours(pushed, endpoint, bucket)
        first, started = time.perf_counter() - before, time.perf_counter()
        ours(pushed, endpoint, bucket)
        rows.append([2 * assets, first, 1000 * first / assets / 2, time.perf_counter() - started,
                     memory_mb(pushed, endpoint)])  # fmt: skip
        shutil.rmtree(where)
    table("Growth", ["objects", "first s", "ms an object", "nothing new s", "memory MB"], rows)


@click.command()
@click.option("--rounds", default=3, show_default=True)
@click.option("--small", default=1000, show_default=True, help="How many files of 0.3 MB.")
@click.option("--large", default=4, show_default=True, help="How many files of 200 MB.")
@click.option("--most", default=10_000, show_default=True, help="Objects of the largest library.")
def command(rounds: int, small: int, large: int, most: int) -> None:
    """A push beside rclone and aws, on one SeaweedFS."""
    peers_python("awscli", ["awscli"])
    with tempfile.TemporaryDirectory(prefix="ttdn-bench-") as made:
        folder = Path(made)
        config = folder / "aws-config"
        config.write_text(f"[default]\nregion = us-east-1\ns3 =\n  max_concurrent_requests = {AT_ONCE}\n"
                          "  addressing_style = path\n")  # fmt: skip
        os.environ["TTDN_BENCH_AWS"] = str(config)
        table("Defaults; all were run with 8 at once", ["", ""],
              [["ttdn push", OUR_DEFAULTS], ["rclone", RCLONE_DEFAULTS], ["aws s3 sync", AWS_DEFAULTS]])  # fmt: skip
        for name, count, size_bytes in (("small", small, SMALL_BYTES), ("large", large, LARGE_BYTES)):
            with seaweed_server(new_folder(folder / name)) as at:
                library = photos(folder / name, count=count, size_bytes=size_bytes)
                pushed = mirrored(library, at.endpoint, folder / name)
                title = f"{count} files of {size_bytes / 1e6:g} MB with their {count} records"
                compare(title, pushed, at, rounds=rounds)
                click.echo(f"memory of the push: {memory_mb(pushed, at.endpoint):.0f} MB")
            shutil.rmtree(folder / name)
        with seaweed_server(new_folder(folder / "growth")) as at:
            grow(folder, at.endpoint, most=most)


def new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder
