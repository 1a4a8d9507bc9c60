"""sqlite-utils and beets, run by ``bench_catalogue`` in an environment of their own.

``serve DOCUMENTS FOLDER`` fills both and then answers queries, a JSON string a line, with the milliseconds sqlite-utils
took, of its CPU and of the wall clock; ``beets FOLDER WORD...`` is ``beet ls WORD...``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = 20
SEARCHED = ("title", "words", "facts", "paths")


def documents(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            yield {"id": number, **json.loads(line)}


def serve(path: Path, folder: Path) -> None:
    sqlite_utils = importlib.import_module("sqlite_utils")

    database = sqlite_utils.Database(folder / "documents.db")
    docs = database["docs"]
    docs.insert_all(documents(path), pk="id")
    docs.enable_fts(SEARCHED, tokenize="unicode61 remove_diacritics 2")
    with contextlib.redirect_stdout(sys.stderr):
        fill_beets(path, folder)
    for line in sys.stdin:
        query = json.loads(line)
        cpu, wall = time.process_time(), time.perf_counter()
        if query:
            list(docs.search(query, limit=PAGE))
        print(1e3 * (time.process_time() - cpu), 1e3 * (time.perf_counter() - wall), flush=True)


def fill_beets(path: Path, folder: Path) -> None:
    """Beets makes its own tables; a song's title, album, genre and comments hold the four columns."""
    beets(folder, [])
    database = sqlite3.connect(folder / "library.db")
    with database:
        database.executemany(
            "INSERT INTO items (path, title, album, artist, comments, length, added, mtime)"
            " VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
            ((row["name"].encode(), row["title"], row["facts"], row["paths"], row["words"]) for row in documents(path)),
        )
    database.close()


def beets(folder: Path, words: list[str]) -> None:
    os.environ["BEETSDIR"] = str(folder)
    (folder / "config.yaml").write_text("directory: music\nlibrary: library.db\n", encoding="utf-8")
    importlib.import_module("beets.ui").main(["ls", *words])


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        beets(Path(sys.argv[2]), sys.argv[3:])
