"""Benchmarks: ``python tests/benchmarks NAME`` runs ``bench_NAME.py`` and prints its tables."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

HERE = Path(__file__).resolve().parent


class Benchmarks(click.Group):
    """One command a file, imported when it is asked for; each module names its click command ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"benchmarks.bench_{cmd_name}").command
        return command


if __name__ == "__main__":
    # Windows starts workers anew; they find the same modules by the same names.
    sys.path.insert(0, str(HERE.parent))
    # What is measured finds its modules compiled, as an installed program does.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    Benchmarks(help="Ratios measured side by side in one run.")()
