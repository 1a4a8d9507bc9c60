"""Media the tests share: a folder drawn and encoded once a run, and the real files where they are at hand."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import filelock
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def load_example(name: str) -> ModuleType:
    """An example program as a module, wherever the tests run."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The example folder at a quarter of its size; drawn once for all workers of a run, never to be changed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "drawn"
    with filelock.FileLock(f"{folder}.lock"):
        if not folder.exists():
            load_example("draw_sample").draw_sample(folder.with_suffix(".part"), scale=0.25)
            folder.with_suffix(".part").rename(folder)
    return folder


@pytest.fixture
def media(drawn: Path, tmp_path: Path) -> Path:
    """A copy of the drawn folder that a test may change."""
    return shutil.copytree(drawn, tmp_path / "media")


@pytest.fixture(scope="session")
def real_media() -> Path:
    """The folder of real photos, clips and broken files, where ``TTDN_TEST_MEDIA`` names it."""
    named = os.environ.get("TTDN_TEST_MEDIA")
    if not named:
        pytest.skip("TTDN_TEST_MEDIA names no folder of real media")
    return Path(named)


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Path]:
    """Neither a library variable nor a library above: the folder a command would then create."""
    monkeypatch.delenv("TTDN_LIBRARY", raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda: tmp_path / "ttdn-library"
