"""Version 5: the heads in a photo and the way of a clip's subject; what an older detector found is looked for again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, and forget every subject that no person set."""
    with op.batch_alter_table("subjects") as subjects:
        subjects.add_column(sa.Column("heads", sa.Text))
        subjects.add_column(sa.Column("track", sa.Text))
    op.execute("DELETE FROM subjects WHERE origin <> 'hand'")
