"""Version 5: heads in a photo, a clip's way, what was cut for each file; found subjects are found anew."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, and forget every subject that no person set."""
    with op.batch_alter_table("subjects") as subjects:
        subjects.add_column(sa.Column("heads", sa.Text))
        subjects.add_column(sa.Column("track", sa.Text))
    with op.batch_alter_table("renditions") as renditions:
        renditions.add_column(sa.Column("crop", sa.Text))
        renditions.add_column(sa.Column("crop_path", sa.Text))
    op.execute("DELETE FROM subjects WHERE origin <> 'hand'")
