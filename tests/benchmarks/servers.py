"""S3 servers for a benchmark, each in a folder of its own and with all the memory it wants; stopped when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from stores.conftest import program, rclone_command, seaweed_command, start, stop


class Server(NamedTuple):
    """A server and its process."""

    endpoint: str
    process: int

    def cpu_s(self) -> float:
        """CPU seconds it has spent; 0 where the system does not say."""
        told = Path(f"/proc/{self.process}/stat")
        if not told.is_file():
            return 0.0
        ticks = told.read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def seaweed_server(folder: Path) -> Iterator[Server]:
    """A SeaweedFS."""
    (folder / "data").mkdir()
    yield from _run(*seaweed_command(_found("weed"), folder / "data"), folder)


@contextmanager
def rclone_server(folder: Path) -> Iterator[Server]:
    """An rclone that serves a folder."""
    (folder / "data").mkdir()
    yield from _run(*rclone_command(_found("rclone"), folder), folder)


def _found(name: str) -> str:
    path = program(name)
    if path is None:
        raise click.ClickException(f"{name} is not installed")
    return path


def _run(command: list[str], port: int, folder: Path) -> Iterator[Server]:
    process = start(command, port, folder / "log.txt", memory="off")
    try:
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        stop(process)
