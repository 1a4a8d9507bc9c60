"""Version 7: PostgreSQL has one index on both vectors, which lie outside their rows and not packed: both are faster."""

from alembic import op

revision = "0007"
down_revision = "0006"

_NOTHING = "CAST('' AS tsvector)"


def upgrade() -> None:
    """Set it for the table, and write every vector again: the old ones stay where they are otherwise."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_index SET (toast_tuple_target = 128)")
        op.execute("ALTER TABLE search_index ALTER folded SET STORAGE EXTERNAL, ALTER exact SET STORAGE EXTERNAL")
        op.execute("DROP INDEX ix_search_index_folded, ix_search_index_exact")
        op.execute(f"UPDATE search_index SET folded = folded || {_NOTHING}, exact = exact || {_NOTHING}")
        op.execute("CREATE INDEX ix_search_index ON search_index USING gin (folded, exact)")
