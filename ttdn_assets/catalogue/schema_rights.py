"""The tables of what people answer for: rights and consent, texts two people wrote differently, what was published."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.types import BigInteger

from ttdn_assets.catalogue.columns import Digest
from ttdn_assets.catalogue.schema import METADATA, of_asset

rights = Table(
    "rights",
    METADATA,
    of_asset(),
    Column("record", Text, nullable=False),
    Column("consent_until", String(40), index=True),
    Column("changed_at", String(40), nullable=False),
    Column("offered", Text),
)
"""``record`` is a ``Rights`` as JSON, ``consent_until`` its earliest last day, ``offered`` what a sheet last said."""

rivals = Table(
    "rivals",
    METADATA,
    of_asset(),
    Column("field", String(16), primary_key=True),
    Column("lang", String(35), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("engine", Text),
    Column("status", String(16), nullable=False),
    Column("changed_at", String(40)),
)
"""What people wrote in the same place on different machines, until one of them decides; the shown one is among them.

Rights stand under the field ``rights`` and no language.
"""

publications = Table(
    "publications",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("asset_id", Digest, nullable=False),
    Column("target", String(64), nullable=False),
    Column("at", String(40), nullable=False),
    Column("url", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("added_at", String(40), nullable=False),
    Index("uq_publications_asset_id_target_at_url", "asset_id", "target", "at", "url", unique=True),
    Index("ix_publications_target_at", "target", "at"),
)
"""Where assets went out; they name the asset's id, so that they outlive it."""

figures = Table(
    "figures",
    METADATA,
    Column(
        "publication", Integer, ForeignKey("publications.number", ondelete="CASCADE"), primary_key=True,
        autoincrement=False,
    ),
    Column("at", String(40), primary_key=True),
    Column("views", BigInteger),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("shares", BigInteger),
    Column("reach", BigInteger),
)  # fmt: skip
"""What a publication had reached on a day."""

ALL_TABLES = METADATA
"""The tables of this module and of ``schema``, which is imported when this is."""
