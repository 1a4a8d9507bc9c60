"""An older catalogue is brought up to date when it is opened, with all that is in it; a newer one is refused."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.database import open_database
from ttdn_assets.catalogue.migrate import migrate
from ttdn_assets.catalogue.records import Query
from ttdn_assets.catalogue.schema import METADATA, SCHEMA
from ttdn_assets.errors import CatalogueError

ASSET, OTHER, THIRD, FORGOTTEN = "ab" * 32, "cd" * 32, "ef" * 32, "01" * 32
VERSION_1 = f"""
INSERT INTO assets (number, id, kind, status, review, added_at, changed_at)
    VALUES (1, '{ASSET}', 'photo', 'done', 'approved', '2026-01-01', '2026-01-01');
INSERT INTO versions VALUES ('{ASSET}', 1);
INSERT INTO files VALUES (1, 1, '/a/x.jpg', '{ASSET}', '/a', 'x.jpg', 10, 20, '2026-01-01', '', '[]', 0);
INSERT INTO texts VALUES (1, 'title', 'vi', 'Vịnh Hạ Long', 'human', NULL, 'approved');
INSERT INTO texts VALUES (1, 'title', 'en', 'Ha Long Bay', 'composed', NULL, 'approved');
INSERT INTO search_index (rowid, title, words, facts, paths, exact)
    VALUES (1, 'vinh ha long', '', '', '', 'vịnh hạ long');
INSERT INTO history VALUES (1, '2026-01-01', 'an', '{ASSET}', 'added', NULL, NULL, NULL, 'x.jpg');
"""


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A catalogue as version 1 left it, made by its own migration."""
    path = tmp_path / "old.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate(connection, to="0001")
    engine.dispose()
    raw = sqlite3.connect(path)
    raw.executescript(VERSION_1)
    raw.close()
    return path


VERSION_5 = f"""
INSERT INTO assets (number, id, picture_sha256, kind, media, status, review, added_at, changed_at) VALUES
    (1, '{ASSET}', '{OTHER}', 'photo', NULL, 'done', 'approved', '2026-01-01', '2026-01-02'),
    (2, '{OTHER}', NULL, NULL, NULL, 'failed', 'draft', '2026-01-01', '2026-01-02');
INSERT INTO versions (sha256, asset) VALUES ('{ASSET}', 1), ('{OTHER}', 2), ('{THIRD}', 1);
INSERT INTO files (number, asset, path, sha256, folder, relative, size_bytes, mtime_ns, seen_at, inputs, companions,
    missing) VALUES (1, 1, '/a/x.jpg', '{ASSET}', '/a/', 'x.jpg', 10, 20, '2026-01-01', '{OTHER}', '[]', FALSE),
    (2, 1, '/b/y.jpg', '{THIRD}', '/a/', 'z.jpg', 10, 20, '2026-01-01', '', '[]', TRUE),
    (3, 2, '/a/w.jpg', '{OTHER}', '/a/', 'w.jpg', 10, 20, '2026-01-01', '', '[]', FALSE);
INSERT INTO facts (file, position, asset, kind, value, term, source) VALUES
    (1, 0, 1, 'place', 'Vịnh Hạ Long', 'pl-ha-long', 'folder'), (1, 1, 1, 'date', '2026', NULL, 'exif'),
    (2, 0, 1, 'place', 'Vịnh Hạ Long', 'pl-ha-long', 'officer'), (3, 0, 2, 'place', 'Hạ Long', 'pl-ha-long', 'gps');
INSERT INTO texts (asset, field, lang, value, origin, engine, status, offered, changed_at) VALUES
    (1, 'title', 'vi', 'Vịnh Hạ Long', 'human', NULL, 'approved', 'Hạ Long', '2026-01-02'),
    (1, 'keywords', 'zh', '下龙湾', 'machine', 'argos', 'rejected', NULL, NULL);
INSERT INTO subjects (asset, focal_x, focal_y, origin) VALUES (1, 0.25, 0.5, 'hand');
INSERT INTO renditions (asset, recipe, path, kind, format, width_px, height_px, size_bytes, sha256, fit, trimmed,
    made_with) VALUES (1, '{THIRD}', 'r.jpg', 'photo', 'jpeg', 4, 3, 5000000000, '{OTHER}', 'crop', FALSE, 'x');
INSERT INTO served (asset, placement, recipe, platform) VALUES (1, 'x.photo', '{THIRD}', 'x');
INSERT INTO submissions (number, path, target, digest, created_at, review, who)
    VALUES (1, 'submissions/1', 'x', 'd', '2026-01-03', 'draft', 'an');
INSERT INTO submitted (submission, asset_id) VALUES (1, '{ASSET}');
INSERT INTO history (at, who, asset_id, what, field, lang, before, after) VALUES
    ('2026-01-01', 'an', '{ASSET}', 'added', NULL, NULL, NULL, 'x.jpg'),
    ('2026-01-02', 'an', '{ASSET}', 'text', 'title', 'vi', 'Hạ Long', 'Vịnh Hạ Long');
INSERT INTO forgotten (sha256, at) VALUES ('{FORGOTTEN}', '2026-01-01');
INSERT INTO publications (number, asset_id, target, at, url, who, added_at)
    VALUES (1, '{ASSET}', 'x.photo', '2026-01-04', 'u', 'an', '2026-01-04');
INSERT INTO figures (publication, at, views) VALUES (1, '2026-01-05', 7)
"""
SEARCHED_5 = {
    "sqlite": "INSERT INTO search_index (rowid, title, words, facts, paths, exact) VALUES"
    " (1, 'vinh ha long', '下 龙 湾', '', '', 'vịnh hạ'), (2, '', '', 'ha long', '', 'hạ')",
    "postgresql": "INSERT INTO search_index (asset, folded, exact) VALUES"
    " (1, 'vinh:1A ha:2A long:3A'::tsvector, 'vịnh hạ'::tsvector), (2, 'ha:1 long:2'::tsvector, 'hạ'::tsvector)",
}


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def schema_of(path: Path) -> set[tuple[str, str]]:
    """Everything SQLite knows of the schema, without differences in spacing, quoting and line-up."""
    raw = sqlite3.connect(path)
    rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'table'").fetchall()
    raw.close()
    return {(name, re.sub(r"[\s\"]+", " ", sql)) for name, sql in rows}


def test_a_catalogue_of_version_1_opens_with_everything_in_it(version_1: Path) -> None:
    with open_catalogue(url(version_1), create=False) as catalogue:
        asset = catalogue.asset(ASSET[:8])
        assert asset.captions.title["vi"].value == "Vịnh Hạ Long"
        assert asset.captions.title["vi"].status == "approved"
        assert asset.files[0].path == "/a/x.jpg"
        assert [line.what for line in catalogue.history(ASSET)] == ["added"]
        assert [hit.asset for hit in catalogue.search(Query(text="ha long")).hits] == [ASSET]
        assert catalogue.forget(ASSET, who="an") == []
        assert [(line.what, line.after) for line in catalogue.history(ASSET)] == [("added", None), ("forgotten", None)]


def test_migrated_and_new_catalogues_have_the_schema_of_the_metadata(version_1: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "new.sqlite3"
    for path in (version_1, fresh):
        database = open_database(url(path), create=True, busy_s=5)
        with database.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [one for one in compare_metadata(context, METADATA) if "search_index" not in str(one)]
        database.engine.dispose()
        assert differences == []
    assert schema_of(version_1) == schema_of(fresh)


def test_columns_stand_in_the_same_order_after_a_migration(version_1: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "new.sqlite3"
    open_catalogue(url(fresh)).close()
    open_catalogue(url(version_1)).close()
    old, new = sqlite3.connect(version_1), sqlite3.connect(fresh)
    for table in METADATA.tables:
        question = f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')"
        assert old.execute(question).fetchall() == new.execute(question).fetchall(), table
    old.close()
    new.close()


def test_a_migration_that_fails_leaves_the_old_catalogue(version_1: Path) -> None:
    raw = sqlite3.connect(version_1)
    raw.execute("CREATE TABLE forgotten (something TEXT)")
    raw.commit()
    with pytest.raises(CatalogueError) as caught:
        open_catalogue(url(version_1))
    assert caught.value.code == "catalogue-failed"
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    assert "offered" not in [row[1] for row in raw.execute("PRAGMA table_info(texts)")]
    assert raw.execute("SELECT value FROM texts WHERE lang = 'vi'").fetchall() == [("Vịnh Hạ Long",)]
    raw.close()


def test_the_newest_migration_is_the_number_new_catalogues_get() -> None:
    folder = Path(open_catalogue.__code__.co_filename).parent / "migrations" / "versions"
    assert max(path.name[1:5] for path in folder.glob("v*.py")) == SCHEMA


def test_a_catalogue_of_a_newer_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    open_catalogue(url(path)).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(CatalogueError) as caught:
        open_catalogue(url(path))
    assert caught.value.code == "catalogue-newer"
    assert caught.value.fields["found"] == "9999"


def test_alembic_is_imported_only_for_an_older_catalogue(tmp_path: Path) -> None:
    program = (
        "import sys; from ttdn_assets.catalogue import open_catalogue;"
        "assert 'sqlalchemy' not in sys.modules;"
        f"open_catalogue({url(tmp_path / 'c.sqlite3')!r}).close(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_subject_set_by_hand_stays_and_found_ones_are_looked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    engine = create_engine(url(path))
    with engine.begin() as connection:
        migrate(connection, to="0004")
    engine.dispose()
    raw = sqlite3.connect(path)
    raw.executescript(
        f"""
        INSERT INTO assets (number, id, kind, status, review, added_at, changed_at)
            VALUES (1, '{ASSET}', 'photo', 'done', 'draft', '2026-01-01', '2026-01-01'),
                   (2, '{OTHER}', 'photo', 'done', 'draft', '2026-01-01', '2026-01-01');
        INSERT INTO versions VALUES ('{ASSET}', 1), ('{OTHER}', 2);
        INSERT INTO subjects VALUES (1, 0.2, 0.3, NULL, 'hand'), (2, 0.4, 0.5, NULL, 'faces');
        """
    )
    raw.close()
    with open_catalogue(url(path), create=False) as catalogue:
        by_hand = catalogue.asset(ASSET).subject
        assert by_hand is not None
        assert (by_hand.focal.x, by_hand.origin) == (0.2, "hand")
        assert catalogue.asset(OTHER).subject is None


@pytest.fixture(params=["sqlite", "postgresql"])
def version_5(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a catalogue of version 5 with a row in every table that version 6 changes."""
    address = url(tmp_path / "old.sqlite3")
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql")()
    engine = create_engine(address)
    with engine.begin() as connection:
        migrate(connection, to="0005")
        for statement in (*VERSION_5.split(";"), SEARCHED_5[request.param]):
            connection.exec_driver_sql(statement)
    engine.dispose()
    return address


def test_every_row_of_version_5_is_kept_and_can_be_worked_on(version_5: str) -> None:
    with open_catalogue(version_5, create=False) as catalogue:
        one = catalogue.asset(ASSET[:8])
        assert (one.id, one.picture_sha256, one.status, one.review) == (ASSET, OTHER, "done", "approved")
        assert [(file.sha256, file.relative, file.inputs) for file in one.files] == [
            (ASSET, "x.jpg", OTHER),
            (THIRD, "z.jpg", ""),
        ]
        assert [(fact.value, fact.term, fact.source) for fact in one.facts] == [
            ("Vịnh Hạ Long", "pl-ha-long", "folder"),
            ("2026", None, "exif"),
        ]
        title, keywords = one.captions.title["vi"], one.captions.keywords["zh"]
        assert (title.value, title.origin, title.status) == ("Vịnh Hạ Long", "human", "approved")
        assert (keywords.origin, keywords.engine, keywords.status) == ("machine", "argos", "rejected")
        (made,) = one.renditions
        assert (made.recipe, made.sha256, made.placements) == (THIRD, OTHER, ("x.photo",))
        assert one.subject is not None
        assert (one.submissions, one.subject.origin) == (("submissions/1",), "hand")
        assert [(sent.asset, sent.figures[0].views) for sent in catalogue.publications()] == [(ASSET, 7)]
        assert [(line.what, line.before, line.after) for line in catalogue.history(ASSET)] == [
            ("added", None, "x.jpg"),
            ("text", "Hạ Long", "Vịnh Hạ Long"),
        ]
        assert catalogue.was_forgotten(FORGOTTEN)
        assert catalogue.digests(ASSET) == {ASSET, THIRD}
        assert {hit.asset for hit in catalogue.search(Query(text="Hạ Long")).hits} == {ASSET, OTHER}
        assert catalogue.search(Query(places=("pl-ha-long",))).total == 2
        assert catalogue.facets(Query())["place"] == {"pl-ha-long": 2}
        catalogue.set_text(ASSET, "title", "vi", "Bái Tử Long", who="an")
        assert [hit.asset for hit in catalogue.search(Query(text="vinh")).hits] == [ASSET], "a fact says it still"
        assert [hit.asset for hit in catalogue.search(Query(text="tử")).hits] == [ASSET]
        catalogue.forget(ASSET, who="an")
        assert catalogue.search(Query(text="long")).total == 1


def test_postgresql_does_not_pack_search_vectors_in_a_new_nor_in_a_migrated_catalogue(
    postgresql: Callable[[], str],
) -> None:
    old, fresh = postgresql(), postgresql()
    words = " ".join(f"'từ{number}':{number}A" for number in range(1, 400))
    engine = create_engine(old)
    with engine.begin() as connection:
        migrate(connection, to="0006")
        connection.exec_driver_sql(
            "INSERT INTO assets (number, id, status, review, added_at, changed_at) VALUES (1, 'x', 0, 0, '', '')"
        )
        connection.exec_driver_sql("INSERT INTO search_index VALUES (1, CAST(%s AS tsvector), '')", (words,))
    engine.dispose()
    for address in (old, fresh):
        open_catalogue(address).close()
        engine = create_engine(address)
        with engine.connect() as connection:
            told = connection.exec_driver_sql("SELECT reloptions FROM pg_class WHERE relname = 'search_index'")
            assert told.scalar() == ["toast_tuple_target=128"]
            indexes = connection.exec_driver_sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'search_index'")
            assert any(one.endswith("USING gin (folded, exact)") for one in indexes.scalars())
            same = connection.exec_driver_sql(
                "SELECT folded = CAST(%s AS tsvector), pg_column_compression(folded) FROM search_index", (words,)
            )
            assert [tuple(row) for row in same] == ([(True, None)] if address == old else [])
        engine.dispose()
