"""The example programs run as they stand, one after the other on one library, as a reader would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from conftest import EXAMPLES

README = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")


def example(name: str, *arguments: Path) -> str:
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_prepare_add_a_language_and_a_placement(drawn: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    told = example("prepare_folder.py", drawn, library)
    assert "Ban Flower Festival" in told
    assert "facebook" in told
    assert "ບຸນດອກບານ" in example("add_language.py", library)
    assert told.count("done") == 4
    screens = example("own_placement.py", drawn, library)
    assert len(re.findall(r"\d+×\d+  renditions/", screens)) >= 3


def test_every_example_stands_in_the_readme() -> None:
    assert [path.name for path in EXAMPLES.glob("*.py") if path.name not in README] == []


def test_every_dependency_stands_in_the_readme_with_its_licence() -> None:
    import tomllib

    project = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for group in project["optional-dependencies"].values() for name in group]
    names = {re.split(r"[<>=;\[ ]", line)[0] for line in [*project["dependencies"], *extras]}
    assert sorted(name for name in names if f"`{name}`" not in README) == []
