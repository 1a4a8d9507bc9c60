"""What every store must do, by server: the suite of tests in a table, with what each server was found to do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import msgspec

from benchmarks.servers import rclone_server, seaweed_server
from benchmarks.side_by_side import table
from stores.conftest import ACCESS, SECRET, new_bucket
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores import Capabilities, open_store

SERVERS = ("folder", "seaweed", "rclone")
_SUITE = Path(__file__).resolve().parent.parent / "stores" / "test_store_contract.py"


def verdicts(report: Path) -> dict[str, dict[str, str]]:
    """Each test with what became of it at each server."""
    found: dict[str, dict[str, str]] = {}
    for case in ET.parse(report).iter("testcase"):
        name, _, told = case.attrib["name"].partition("[")
        server = next((one for one in SERVERS if one in told.rstrip("]").split("-")), None)
        if server is not None:
            failed = case.find("failure") is not None or case.find("error") is not None
            verdict = "FAILED" if failed else "left out" if case.find("skipped") is not None else "✓"
            row = found.setdefault(name.removeprefix("test_").replace("_", " "), {})
            row[server] = verdict if row.get(server) in (None, "✓") else row[server]
    return found


def capabilities() -> Iterator[tuple[str, Capabilities]]:
    """What each server was found to do when it was opened."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as running:
        yield "folder", open_store(str(Path(made) / "kho")).capabilities
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS, SECRET
        for name, server in (("seaweed", seaweed_server), ("rclone", rclone_server)):
            folder = Path(made) / name
            folder.mkdir()
            endpoint = running.enter_context(server(folder)).endpoint
            settings = StoreSettings(endpoint=endpoint)
            yield name, open_store(f"s3://{new_bucket(endpoint)}/kho", settings=settings).capabilities


@click.command()
def command() -> None:
    """The contract of a store, by server."""
    with tempfile.TemporaryDirectory() as made:
        report = Path(made) / "report.xml"
        suite = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", str(_SUITE)]
        subprocess.run(suite, check=False, stdout=subprocess.DEVNULL)
        rows = [[name, *(row.get(server, "") for server in SERVERS)] for name, row in verdicts(report).items()]
    table("The contract, by server", ["", *SERVERS], rows)
    found = dict(capabilities())
    names = [name for name in Capabilities.__struct_fields__ if name != "kind"]
    can = {server: msgspec.to_builtins(one) for server, one in found.items()}
    rows = [[name, *("yes" if can[server][name] else "no" for server in SERVERS)] for name in names]
    table("What each was found to do", ["", *SERVERS], rows)
