"""Version 2: assets can be forgotten on request, and a sheet read again never undoes an edit.

The history may lose the contents of a forgotten asset's lines; nothing else of it ever changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_REDACTION = (
    "NEW.before IS NULL AND NEW.after IS NULL AND NEW.number = OLD.number AND NEW.at = OLD.at AND NEW.who = OLD.who"
    " AND NEW.asset_id = OLD.asset_id AND NEW.what = OLD.what"
    " AND coalesce(NEW.field, '') = coalesce(OLD.field, '') AND coalesce(NEW.lang, '') = coalesce(OLD.lang, '')"
    " AND EXISTS (SELECT 1 FROM history AS line WHERE line.asset_id = OLD.asset_id AND line.what = 'forgotten')"
)
_HISTORY = {
    "sqlite": (
        "DROP TRIGGER history_kept",
        f"CREATE TRIGGER history_kept BEFORE UPDATE ON history WHEN NOT ({_REDACTION})"
        " BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
        "CREATE TRIGGER history_once BEFORE INSERT ON history"
        " WHEN EXISTS (SELECT 1 FROM history WHERE number = NEW.number)"
        " BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' THEN IF {_REDACTION} THEN RETURN NEW; END IF; END IF;"
        " RAISE EXCEPTION 'the history only grows'; END $$",
        "CREATE TRIGGER history_whole BEFORE TRUNCATE ON history EXECUTE FUNCTION history_only_grows()",
    ),
}


def upgrade() -> None:
    """Add what files of people last said, the digests forgotten, and the one way to redact the history."""
    with op.batch_alter_table("texts") as texts:
        texts.add_column(sa.Column("offered", sa.Text))
    op.execute("UPDATE texts SET offered = value WHERE origin = 'human'")
    op.create_table(
        "forgotten",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_forgotten"),
    )
    for statement in _HISTORY[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)
