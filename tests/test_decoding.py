"""A type may be met for the first time by many threads at once, which msgspec alone does not survive."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ttdn_assets

HOUSE = Path(ttdn_assets.__file__).parent
RACE = """
import sys, threading
import msgspec
from ttdn_assets.decoding import convert, decode

sys.setswitchinterval(1e-6)
for number in range(200):
    inner = msgspec.defstruct(f"Inner{number}", [("a", int), ("b", list[str])])
    outer = msgspec.defstruct(f"Outer{number}", [("one", inner), ("many", dict[str, inner])])
    together = threading.Barrier(8)

    def meet(at):
        together.wait()
        if at % 2:
            decode('{"one": {"a": 1, "b": ["x"]}, "many": {}}', outer)
        else:
            convert({"one": {"a": 1, "b": ["x"]}, "many": {}}, outer)

    threads = [threading.Thread(target=meet, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_threads_that_meet_a_type_together_all_read_it() -> None:
    done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("folder", [HOUSE, Path(__file__).parents[1] / "cli"], ids=["library", "cli"])
def test_no_module_decodes_a_type_by_itself(folder: Path) -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for path in folder.rglob("*.py")
        if path.name != "decoding.py"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and (
            ast.unparse(call.func) in ("msgspec.convert", "msgspec.json.Decoder", "msgspec.toml.decode")
            or (ast.unparse(call.func) == "msgspec.json.decode" and (call.keywords or len(call.args) > 1))
        )
    ]
    assert found == []
