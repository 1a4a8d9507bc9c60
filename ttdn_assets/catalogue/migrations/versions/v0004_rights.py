"""Version 4: rights and consent, when a person last changed each text, rival texts, and what was published where."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column and the tables; what people wrote or judged is as old as the last line about it."""
    with op.batch_alter_table("texts") as texts:
        texts.add_column(sa.Column("changed_at", sa.String(40)))
    op.execute(
        "UPDATE texts SET changed_at = (SELECT max(history.at) FROM history JOIN assets ON assets.id = history.asset_id"
        " WHERE assets.number = texts.asset AND history.field = texts.field AND history.lang = texts.lang)"
        " WHERE origin = 'human' OR status <> 'draft'"
    )
    op.create_table(
        "rights",
        _number("asset"),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("consent_until", sa.String(40)),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.Column("offered", sa.Text),
        _belongs("rights", "asset", "assets"),
        sa.PrimaryKeyConstraint("asset", name="pk_rights"),
    )
    op.create_index("ix_rights_consent_until", "rights", ["consent_until"])
    op.create_table(
        "rivals",
        _number("asset"),
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("lang", sa.String(35), nullable=False),
        _number("position"),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("engine", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.String(40)),
        _belongs("rivals", "asset", "assets"),
        sa.PrimaryKeyConstraint("asset", "field", "lang", "position", name="pk_rivals"),
    )
    _create_publications()


def _create_publications() -> None:
    op.create_table(
        "publications",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("asset_id", sa.String(64), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_publications"),
    )
    op.create_index(
        "uq_publications_asset_id_target_at_url", "publications", ["asset_id", "target", "at", "url"], unique=True
    )
    op.create_index("ix_publications_target_at", "publications", ["target", "at"])
    op.create_table(
        "figures",
        _number("publication"),
        sa.Column("at", sa.String(40), nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("views", "likes", "comments", "shares", "reach")),
        _belongs("figures", "publication", "publications"),
        sa.PrimaryKeyConstraint("publication", "at", name="pk_figures"),
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _belongs(table: str, column: str, whole: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{whole}.number"], name=f"fk_{table}_{column}", ondelete="CASCADE")
