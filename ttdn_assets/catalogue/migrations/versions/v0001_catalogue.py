"""Version 1: assets with their files, facts, words, crop, renditions, submissions, history and search index.

What stands here is history: it describes the tables as they were, whatever ``schema`` says today.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5("
        "title, words, facts, paths, exact, tokenize = 'unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        "CREATE TABLE search_index (asset INTEGER PRIMARY KEY REFERENCES assets (number) ON DELETE CASCADE,"
        " folded TSVECTOR NOT NULL, exact TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_index_folded ON search_index USING gin (folded)",
        "CREATE INDEX ix_search_index_exact ON search_index USING gin (exact)",
    ),
}
_HISTORY = {
    "sqlite": (
        "CREATE TRIGGER history_kept BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
        "CREATE TRIGGER history_whole BEFORE DELETE ON history"
        " BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'the history only grows'; END $$",
        "CREATE TRIGGER history_kept BEFORE UPDATE OR DELETE ON history"
        " FOR EACH ROW EXECUTE FUNCTION history_only_grows()",
    ),
}


def upgrade() -> None:
    """Make all tables of version 1."""
    _assets()
    _files()
    _words()
    _renditions()
    _submissions()
    dialect = op.get_bind().dialect.name
    for statement in _SEARCH[dialect] + _HISTORY[dialect]:
        op.get_bind().exec_driver_sql(statement)


def _asset() -> sa.Column[int]:
    return sa.Column("asset", sa.Integer, nullable=False, autoincrement=False)


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["asset"], ["assets.number"], name=f"fk_{table}_asset", ondelete="CASCADE")


def _assets() -> None:
    op.create_table(
        "assets",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("picture_sha256", sa.String(64)),
        sa.Column("kind", sa.String(8)),
        sa.Column("width_px", sa.Integer),
        sa.Column("height_px", sa.Integer),
        sa.Column("taken_at", sa.String(40)),
        sa.Column("latitude_deg", sa.Float),
        sa.Column("longitude_deg", sa.Float),
        sa.Column("media", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("review", sa.String(16), nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_assets"),
        sa.UniqueConstraint("id", name="uq_assets_id"),
    )
    op.create_index("ix_assets_picture_sha256", "assets", ["picture_sha256"])
    op.create_index("ix_assets_taken_at", "assets", ["taken_at"])
    op.create_index("ix_assets_review", "assets", ["review"])
    op.create_table(
        "versions",
        sa.Column("sha256", sa.String(64), nullable=False),
        _asset(),
        sa.PrimaryKeyConstraint("sha256", name="pk_versions"),
        _belongs("versions"),
    )
    op.create_index("ix_versions_asset", "versions", ["asset"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("number", sa.Integer, nullable=False),
        _asset(),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("relative", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.String(40), nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("companions", sa.Text, nullable=False),
        sa.Column("missing", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_files"),
        _belongs("files"),
    )
    op.create_index("uq_files_asset_path", "files", ["asset", "path"], unique=True)
    op.create_index("ix_files_path", "files", ["path"])
    op.create_table(
        "facts",
        sa.Column("file", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        _asset(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("term", sa.Text),
        sa.Column("source", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("file", "position", name="pk_facts"),
        sa.ForeignKeyConstraint(["file"], ["files.number"], name="fk_facts_file", ondelete="CASCADE"),
        _belongs("facts"),
    )
    op.create_index("ix_facts_asset", "facts", ["asset"])
    op.create_index("ix_facts_kind_term", "facts", ["kind", "term"])
    op.create_index("ix_facts_kind_value", "facts", ["kind", "value"])


def _words() -> None:
    op.create_table(
        "texts",
        _asset(),
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("lang", sa.String(35), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("engine", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("asset", "field", "lang", name="pk_texts"),
        _belongs("texts"),
    )
    op.create_index("ix_texts_lang_status", "texts", ["lang", "status"])
    op.create_table(
        "subjects",
        _asset(),
        sa.Column("focal_x", sa.Float, nullable=False),
        sa.Column("focal_y", sa.Float, nullable=False),
        sa.Column("box", sa.Text),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("asset", name="pk_subjects"),
        _belongs("subjects"),
    )
    op.create_table(
        "findings",
        _asset(),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("asset", "position", name="pk_findings"),
        _belongs("findings"),
    )


def _renditions() -> None:
    op.create_table(
        "renditions",
        _asset(),
        sa.Column("recipe", sa.String(64), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("width_px", sa.Integer, nullable=False),
        sa.Column("height_px", sa.Integer, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fit", sa.String(8), nullable=False),
        sa.Column("trimmed", sa.Boolean, nullable=False),
        sa.Column("made_with", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("asset", "recipe", name="pk_renditions"),
        _belongs("renditions"),
    )
    op.create_table(
        "served",
        _asset(),
        sa.Column("placement", sa.String(64), nullable=False),
        sa.Column("recipe", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("asset", "placement", "recipe", name="pk_served"),
        _belongs("served"),
    )
    op.create_index("ix_served_platform", "served", ["platform"])
    op.create_index("ix_served_placement", "served", ["placement"])


def _submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("review", sa.String(16), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_submissions"),
        sa.UniqueConstraint("path", name="uq_submissions_path"),
    )
    op.create_table(
        "submitted",
        sa.Column("submission", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("asset_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("submission", "asset_id", name="pk_submitted"),
        sa.ForeignKeyConstraint(
            ["submission"], ["submissions.number"], name="fk_submitted_submission", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_submitted_asset_id", "submitted", ["asset_id"])
    op.create_table(
        "history",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("asset_id", sa.String(64), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("field", sa.String(16)),
        sa.Column("lang", sa.String(35)),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_history"),
    )
    op.create_index("ix_history_asset_id", "history", ["asset_id"])
