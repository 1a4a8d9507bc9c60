"""Version 3: what each picture looks like in small, and named collections of assets and saved searches."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables; looks are taken when they are first asked for."""
    op.create_table(
        "looks",
        _number("asset"),
        _number("position"),
        sa.Column("pixels", sa.LargeBinary, nullable=False),
        _belongs("looks", "asset", "assets"),
        sa.PrimaryKeyConstraint("asset", "position", name="pk_looks"),
    )
    op.create_table(
        "collections",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_collections"),
        sa.UniqueConstraint("name", name="uq_collections_name"),
    )
    op.create_table(
        "collected",
        _number("collection"),
        _number("asset"),
        sa.Column("position", sa.Integer, nullable=False),
        _belongs("collected", "collection", "collections"),
        _belongs("collected", "asset", "assets"),
        sa.PrimaryKeyConstraint("collection", "asset", name="pk_collected"),
    )
    op.create_index("ix_collected_asset", "collected", ["asset"])


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _belongs(table: str, column: str, whole: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{whole}.number"], name=f"fk_{table}_{column}", ondelete="CASCADE")
