"""Version 7: PostgreSQL keeps the vectors of the search index in their rows, where they are read faster."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Set it for the table, and write every vector again: the old ones stay where they are otherwise."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_index SET (toast_tuple_target = 8160)")
        op.execute("UPDATE search_index SET folded = folded || CAST('' AS tsvector)")
