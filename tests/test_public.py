"""What the library shows: its public names, a light import, light help, modules a stranger can read."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import ttdn_assets

ROOT = Path(ttdn_assets.__file__).parent
HEAVY = ("PIL", "cv2", "numpy", "boto3", "botocore", "sqlalchemy", "alembic", "argostranslate", "av", "openpyxl")


def test_every_public_name_is_there() -> None:
    assert sorted(ttdn_assets.__all__) == ttdn_assets.__dir__()
    for path in ROOT.glob("*.py"):
        importlib.import_module(f"ttdn_assets.{path.stem}")  # a module must not stand where a public name is
    for name in ttdn_assets.__all__:
        assert callable(getattr(ttdn_assets, name))


def test_a_name_that_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ttdn_assets.nothing


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import ttdn_assets",
        "import ttdn_cli; ttdn_cli.speak(['--help'])",
        "import ttdn_cli; ttdn_cli.speak(['--ui', 'vi', '--help'])",
    ],
)
def test_nothing_heavy_is_loaded_for(code: str) -> None:
    assert loaded_after(code) == set()


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    sources = [*ROOT.rglob("*.py"), *(ROOT.parent / "cli").rglob("*.py")]
    long = {path.name: count for path in sources if (count := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}
