"""An engine that is ready for use: opened, made or migrated, with its errors mapped to the house's.

Readers never wait; writers take one lock when their transaction begins and wait for each other (SQLite in WAL mode,
PostgreSQL by an advisory lock), so that two runs that meet the same new bytes make one asset.  ``synchronous = NORMAL``
survives a killed process whole; a power cut may take back the last transactions, which a run makes again.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Engine, Insert, Table, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ttdn_assets.catalogue.columns import stored_by
from ttdn_assets.catalogue.schema import EXTRAS, SCHEMA
from ttdn_assets.catalogue.schema_rights import ALL_TABLES
from ttdn_assets.errors import AssetsError, CatalogueError
from ttdn_assets.tools.files import free_bytes

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Row = Mapping[str, Any] | tuple[Any, ...]
_PRIMARY_CODE = 0xFF
_REASON_MAX = 300
_PG_LOCKED = {"55P03", "40P01", "40001"}
_PG_UNREACHABLE = {"08", "28", "3D", "53", "57"}
_PG_READ_ONLY = {"25006", "42501"}
_WRITERS_LOCK = 8_402_017
_BESIDE_BYTES = 100_000
_PAGE_BYTES, _CHECKPOINT_PAGES = 8_192, 4_000
_PORTION = 2_000
"""So many rows are turned at once into columns, which then are still in the processor's cache."""


class Database:
    """The engine behind a catalogue and the place it is at, for messages (never with a password)."""

    def __init__(self, engine: Engine, place: str, *, busy_s: float) -> None:
        """Keep the engine; its writing side takes the lock when a transaction begins."""
        self.engine = engine
        self.place = place
        self._busy_ms = round(busy_s * 1000)
        self._writer = engine.execution_options(ttdn_write=True)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the catalogue; what is written on it is lost."""
        with database_errors(self.place), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self, *, rebuilds: bool = False) -> Iterator[Connection]:
        """A transaction that is kept when the block ends well and is as if it had never been when it does not.

        With ``rebuilds`` tables can be replaced: SQLite then lets alone what hangs on a table that is dropped.
        """
        writer = self._writer.execution_options(ttdn_rebuild=True) if rebuilds else self._writer
        with database_errors(self.place), writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self._busy_ms}")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")
            yield connection


def open_database(url: str, *, create: bool, busy_s: float) -> Database:
    """Open the database, make it or bring its schema up to date; see ``open_catalogue`` for the errors."""
    parsed = _parsed(url)
    path = sqlite_path(parsed)
    place = str(path) if path else parsed.render_as_string(hide_password=True)
    if path is not None:
        _prepare_file(path, create=create)
        parsed = _as_it_lies(parsed, path)
    database = Database(_engine(parsed, busy_s=busy_s), place, busy_s=busy_s)
    try:
        _bring_up_to_date(database, create=create)
    except BaseException:
        database.engine.dispose()
        raise
    return database


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite URL; ``None`` for another dialect, a database in memory or a ``file:`` address."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return None if not name or name == ":memory:" or name.startswith("file:") else Path(name)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise CatalogueError("catalogue-url", {"url": url.partition("://")[0]}) from error
    if parsed.get_backend_name() not in EXTRAS:
        raise CatalogueError("catalogue-url", {"url": parsed.render_as_string(hide_password=True)})
    return parsed


def _prepare_file(path: Path, *, create: bool) -> None:
    try:
        if path.is_file():
            return
        if not create:
            raise CatalogueError("catalogue-missing", {"path": path})
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogueError("catalogue-unreachable", {"path": path, "reason": error.strerror or str(error)}) from error


def _as_it_lies(url: URL, path: Path) -> URL:
    """The address by which a catalogue in a folder nobody may write to can still be read; else the one given.

    SQLite wants to write beside a file in WAL mode even to read it, unless it is told that nobody changes it.
    """
    log = path.with_name(f"{path.name}-wal")
    if os.access(path.parent, os.W_OK) or not path.is_file() or log.exists():
        return url
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return URL.create(url.drivername, database=path.absolute().as_uri(), query=query)


def _engine(url: URL, *, busy_s: float) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": busy_s} if is_sqlite else {})
    except (ImportError, NoSuchModuleError) as error:
        raise CatalogueError("catalogue-driver", {"url": url.drivername, "reason": str(error)}) from error
    if is_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(raw: Any, record: object) -> None:
    connection: sqlite3.Connection = raw
    connection.isolation_level = None
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("ttdn_rebuild"):
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("ttdn_write") else "BEGIN")


def _bring_up_to_date(database: Database, *, create: bool) -> None:
    with database.reading() as connection:
        number = _schema_number(connection, database.place)
    if number == SCHEMA:
        return
    if number is None and not create:
        raise CatalogueError("catalogue-missing", {"path": database.place})
    with database.writing(rebuilds=number is not None) as connection:
        number = _schema_number(connection, database.place)
        if number is None:
            create_schema(connection)
        elif number != SCHEMA:
            from ttdn_assets.catalogue.migrate import migrate

            migrate(connection)
    if number is not None:
        database.engine.dispose()


def _schema_number(connection: Connection, place: str) -> str | None:
    """The migration the database stands at; ``None`` where it is empty."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise CatalogueError("catalogue-foreign", {"path": place})
        return None
    number = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if number is None or "history" not in tables:
        raise CatalogueError("catalogue-foreign", {"path": place})
    if str(number) > SCHEMA:
        raise CatalogueError("catalogue-newer", {"path": place, "found": str(number), "known": SCHEMA})
    return str(number)


def create_schema(connection: Connection) -> None:
    """Make all tables, triggers and the search index at once, stamped with the newest migration."""
    ALL_TABLES.create_all(connection)
    for statement in EXTRAS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:number)"), {"number": SCHEMA})


def write_rows(connection: Connection, table: Table, rows: Sequence[Row], *, keys: tuple[str, ...] = ()) -> None:
    """Insert rows; where the values of ``keys`` exist already, update the other columns.

    All rows name the same columns, or all are tuples with a value for each column of the table in its order.

    The statement is compiled once, values are packed column by column and the rows go straight to the driver, which
    is several times as fast as Core's own way for many rows.  New rows leave out a column in which none has a value:
    SQLite's driver is slower at handing over nothing than at anything else.
    """
    for start in range(0, len(rows), _PORTION):
        _write_portion(connection, table, rows[start : start + _PORTION], keys)


def _write_portion(connection: Connection, table: Table, rows: Sequence[Row], keys: tuple[str, ...]) -> None:
    named = table.columns.keys() if isinstance(rows[0], tuple) else [*rows[0]]
    values = rows if isinstance(rows[0], tuple) else map(itemgetter(*named), rows)
    columns = dict(zip(named, zip(*values, strict=True), strict=True))
    names = tuple(name for name, values in columns.items() if keys or not _is_empty(values))
    make_dialect: Callable[..., Dialect] = type(connection.dialect)
    sql, order = _compiled(make_dialect, table, keys, names)
    packed = [map(pack, columns[name]) if pack else columns[name] for name, pack in order]
    if connection.dialect.name == "postgresql" and not keys:
        connection.exec_driver_sql(sql, tuple(map(list, packed)))
    else:
        connection.exec_driver_sql(sql, [*zip(*packed, strict=True)])


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Let Python's garbage collector rest: rows in their hundred thousands all wait until they are written.

    It would walk through them again and again to find no garbage, which takes a sixth of the time.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _is_empty(values: Sequence[Any]) -> bool:
    return values[0] is None and values.count(None) == len(values)


@cache
def _compiled(
    make_dialect: Callable[..., Dialect], table: Table, keys: tuple[str, ...], names: tuple[str, ...]
) -> tuple[str, tuple[tuple[str, Callable[[Any], Any] | None], ...]]:
    """The statement as text, and its columns in order, each with how its values are packed if they are."""
    dialect = make_dialect(paramstyle="qmark" if make_dialect.__module__.startswith(sqlite.__name__) else "format")
    compiled = _insert(dialect.name, table, keys, names).compile(dialect=dialect, column_keys=names)
    order = tuple(getattr(compiled, "positiontup", None) or ())
    is_array = dialect.name == "postgresql" and not keys
    kinds = [table.columns[name].type.compile(dialect) for name in order]
    sql = insert_arrays(table.name, order, kinds) if is_array else str(compiled)
    return sql, tuple((name, stored_by(table.columns[name].type)) for name in order)


def insert_arrays(table: str, names: Sequence[str], kinds: Sequence[str]) -> str:
    """PostgreSQL's statement that inserts many rows at once, given an array for each column."""
    arrays = ", ".join(f"CAST(%s AS {kind}[])" for kind in kinds)
    return f"""INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)}) SELECT * FROM unnest({arrays})"""


def _insert(dialect: str, table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Insert:
    statement = _postgresql_insert(table) if dialect == "postgresql" else sqlite.insert(table)
    others = {name: statement.excluded[name] for name in names if name not in keys}
    if not keys:
        return statement
    if not others:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def _postgresql_insert(table: Table) -> postgresql.Insert:
    """PostgreSQL's insert; its module is heavy, so only who uses PostgreSQL imports it."""
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


@contextlib.contextmanager
def database_errors(place: str) -> Iterator[None]:
    """Map everything the database and its driver raise to ``CatalogueError``."""
    try:
        yield
    except DBAPIError as error:
        raise _mapped(error, place) from error
    except PoolTimeout as error:
        raise CatalogueError("catalogue-locked", {"path": place}) from error


def _is_shut(path: Path) -> bool:
    """Whether the file is there and its folder takes no new file, which SQLite's write-ahead log needs."""
    return path.is_file() and not os.access(path.parent, os.W_OK)


def _is_full(path: Path) -> bool:
    """Whether the disk has no room for what SQLite keeps beside the file, of which it says no more than an error."""
    try:
        return free_bytes(path.parent) < _BESIDE_BYTES
    except OSError:
        return False


def _mapped(error: DBAPIError, place: str) -> AssetsError:
    cause = error.orig
    reason = " ".join(str(cause).split())[:_REASON_MAX]
    fields = {"path": place, "reason": reason}
    code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE
    state = getattr(cause, "sqlstate", None)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or state in _PG_LOCKED:
        return CatalogueError("catalogue-locked", fields)
    is_shut = code == sqlite3.SQLITE_CANTOPEN and _is_shut(Path(place))
    if code == sqlite3.SQLITE_READONLY or state in _PG_READ_ONLY or is_shut:
        return CatalogueError("catalogue-read-only", fields)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return CatalogueError("catalogue-corrupt", fields)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(Path(place))):
        return CatalogueError("disk-full", fields)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return CatalogueError("catalogue-unreachable", fields)
    if isinstance(error, OperationalError) and not code and (state is None or state[:2] in _PG_UNREACHABLE):
        return CatalogueError("catalogue-unreachable", fields)
    return CatalogueError("catalogue-failed", fields)
