"""Version 6: the same rows in half the room.

Digests are bytes, some words are numbers, what facts say is kept once, and SQLite's search index holds no text of its
own any more, only a checksum of it beside the asset.
"""

import re
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_DIGESTS = {
    "assets": ("id", "picture_sha256"),
    "versions": ("sha256",),
    "files": ("sha256", "inputs"),
    "renditions": ("recipe", "sha256"),
    "served": ("recipe",),
    "submitted": ("asset_id",),
    "history": ("asset_id",),
    "forgotten": ("sha256",),
    "publications": ("asset_id",),
}
_WORDS = {
    "field": ("title", "description", "alt_text", "keywords"),
    "origin": ("human", "composed", "machine", "speech", "vision"),
    "status": ("draft", "in_review", "approved", "rejected"),
}
_SOURCES = ("folder", "file_name", "exif", "iptc", "xmp", "gps", "sheet", "officer")
_SEARCHED = ("title", "words", "facts", "paths", "exact")


def upgrade() -> None:
    """Turn every table that holds digests or words into its new form, with all that is in it."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        raw: Any = connection.connection.dbapi_connection
        raw.create_function("packed", 1, _packed, deterministic=True)
        raw.create_function("checksum", len(_SEARCHED), _checksum, deterministic=True)
    op.drop_index("ix_texts_lang_status", "texts")
    op.drop_index("uq_files_asset_path", "files")
    op.drop_index("ix_files_path", "files")
    change = _rebuild if is_sqlite else _alter
    op.drop_index("ix_served_platform", "served")
    op.create_index("ix_served_platform_asset", "served", ["platform", "asset"])
    for table, columns in _DIGESTS.items():
        kind = "BLOB" if is_sqlite else "BYTEA"
        change(table, {column: (kind, _as_digest(column, is_sqlite=is_sqlite)) for column in columns})
    outcomes = _place_in(("done", "unchanged", "skipped", "failed"), "status")
    change("assets", {"status": ("SMALLINT", outcomes), "review": ("SMALLINT", _place_in(_WORDS["status"], "review"))})
    found_by = _place_in(("hand", "faces", "saliency", "centre"), "origin")
    change("subjects", {"origin": ("SMALLINT", found_by)})
    kind, fit = _place_in(("photo", "video"), "kind"), _place_in(("whole", "crop", "pad"), "fit")
    change("renditions", {"kind": ("SMALLINT", kind), "fit": ("SMALLINT", fit)})
    change("texts", {column: ("SMALLINT", _place_in(words, column)) for column, words in _WORDS.items()})
    op.execute("UPDATE files SET relative = '' WHERE path = folder || relative")
    op.create_index("ix_texts_field_lang_status", "texts", ["field", "lang", "status"])
    op.create_index("ix_files_asset", "files", ["asset"])
    op.create_index("uq_files_path_asset", "files", ["path", "asset"], unique=True)
    _part_facts()
    op.add_column("assets", sa.Column("document", sa.BigInteger))
    if is_sqlite:
        _empty_index()


def _packed(digest: str | None) -> bytes | None:
    if digest is None:
        return None
    if re.fullmatch("[0-9a-f]{64}", digest):
        return bytes.fromhex(digest)
    return digest.encode() + (b"\0" if len(digest.encode()) == 32 else b"")


def _checksum(*columns: str | None) -> int:
    return crc32("\n".join(one or "" for one in columns).encode())


def _as_digest(column: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"packed({column})"
    return (
        f"CASE WHEN {column} ~ '^[0-9a-f]{{64}}$' THEN decode({column}, 'hex')"
        f" ELSE convert_to({column}, 'UTF8')"
        f" || decode(CASE WHEN octet_length({column}) = 32 THEN '00' ELSE '' END, 'hex') END"
    )


def _place_in(words: tuple[str, ...], column: str) -> str:
    places = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
    return f"CASE {column} {places} END"


def _alter(table: str, columns: dict[str, tuple[str, str]]) -> None:
    changes = (f"ALTER {name} TYPE {kind} USING {value}" for name, (kind, value) in columns.items())
    op.execute(f"ALTER TABLE {table} {', '.join(changes)}")


def _rebuild(table: str, columns: dict[str, tuple[str, str]]) -> None:
    """SQLite changes no column, so the rows move into a table that is made like the old one but for these."""
    connection = op.get_bind()
    made = connection.exec_driver_sql("SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql <> ''", (table,))
    sqls = made.all()
    (old,) = (sql for kind, sql in sqls if kind == "table")
    names = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    new = re.sub(rf"^CREATE TABLE \W?{table}\W?", f"CREATE TABLE new_{table} ", old)
    for name, (kind, _) in columns.items():
        new = re.sub(rf"(\W{name}\W? +)(VARCHAR\(\d+\)|TEXT)", rf"\g<1>{kind}", new, count=1)
    if table in ("texts", "renditions") and not new.endswith("WITHOUT ROWID"):
        new += " WITHOUT ROWID"
    values = ", ".join(columns[name][1] if name in columns else name for name in names)
    connection.exec_driver_sql(new)
    connection.exec_driver_sql(f"INSERT INTO new_{table} SELECT {values} FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for kind, sql in sqls:
        if kind != "table":
            connection.exec_driver_sql(sql)


def _part_facts() -> None:
    """Facts name what they say by number."""
    op.create_table(
        "claims",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("term", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_claims"),
    )
    op.execute(
        "INSERT INTO claims (number, kind, value, term) SELECT row_number() OVER (ORDER BY kind, value, said), kind,"
        " value, said FROM (SELECT DISTINCT kind, value, coalesce(term, '') AS said FROM facts) AS one"
    )
    op.create_index("uq_claims_kind_value_term", "claims", ["kind", "value", "term"], unique=True)
    op.create_index("ix_claims_kind_term", "claims", ["kind", "term"])
    source = _place_in(_SOURCES, "source")
    op.execute(
        f"CREATE TEMPORARY TABLE old_facts AS SELECT facts.asset, file, position, number, {source} AS source FROM facts"
        " JOIN claims ON claims.kind = facts.kind AND claims.value = facts.value"
        " AND claims.term = coalesce(facts.term, '')"
    )
    op.drop_table("facts")
    op.create_table(
        "facts",
        *(sa.Column(name, sa.Integer, nullable=False, autoincrement=False) for name in ("asset", "file", "position")),
        sa.Column("claim", sa.Integer, nullable=False),
        sa.Column("source", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("asset", "file", "position", name="pk_facts"),
        sa.ForeignKeyConstraint(["asset"], ["assets.number"], name="fk_facts_asset", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["claim"], ["claims.number"], name="fk_facts_claim"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO facts SELECT asset, file, position, number, source FROM old_facts")
    op.execute("DROP TABLE old_facts")
    op.create_index("ix_facts_claim_asset", "facts", ["claim", "asset"])


def _empty_index() -> None:
    """The words the index was made of go, once their checksums are kept."""
    names = ", ".join(_SEARCHED)
    for statement in (
        f"CREATE TEMPORARY TABLE old_index AS SELECT rowid AS asset, {names} FROM search_index",
        "DROP TABLE search_index",
        f"CREATE VIRTUAL TABLE search_index USING fts5({names}, content = '',"
        " tokenize = 'unicode61 remove_diacritics 0')",
        f"INSERT INTO search_index (rowid, {names}) SELECT asset, {names} FROM old_index",
        f"UPDATE assets SET document = (SELECT checksum({names}) FROM old_index WHERE asset = number)",
        "DROP TABLE old_index",
    ):
        op.get_bind().exec_driver_sql(statement)
