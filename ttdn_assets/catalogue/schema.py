"""The tables, as SQLAlchemy Core describes them, and the statements that only one dialect has.

Every row of an asset hangs on ``assets.number``, a small integer that is also the row number in the search index; the
world knows an asset by ``assets.id``, the SHA-256 of the first bytes seen.  History and submissions name the id, so
that they outlive the asset.  Times are ISO 8601 text in UTC, values of many parts are JSON text, digests are bytes.

Tables that are reached by their whole key are kept in its order (``WITHOUT ROWID``), which saves SQLite an index.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import BigInteger

from ttdn_assets.catalogue.columns import Digest, Word

SCHEMA = "0007"
"""The number of the newest migration; a new database is created at it."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FIELD = Word("title", "description", "alt_text", "keywords")
ORIGIN = Word("human", "composed", "machine", "speech", "vision")
STATUS = Word("draft", "in_review", "approved", "rejected")
OUTCOME = Word("done", "unchanged", "skipped", "failed")
FOUND_BY = Word("hand", "faces", "saliency", "centre")
KIND, FIT = Word("photo", "video"), Word("whole", "crop", "pad")
SOURCE = Word("folder", "file_name", "exif", "iptc", "xmp", "gps", "sheet", "officer")


def of_asset(*, primary_key: bool = True) -> Column[int]:
    """The column of the asset a row belongs to, which goes when the asset goes."""
    reference = ForeignKey("assets.number", ondelete="CASCADE")
    return Column("asset", Integer, reference, primary_key=primary_key, nullable=False, autoincrement=False)


assets = Table(
    "assets",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Digest, nullable=False, unique=True),
    Column("picture_sha256", Digest, index=True),
    Column("kind", String(8)),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("taken_at", String(40), index=True),
    Column("latitude_deg", Float),
    Column("longitude_deg", Float),
    Column("media", Text),
    Column("status", OUTCOME, nullable=False),
    Column("error", Text),
    Column("review", STATUS, nullable=False, index=True),
    Column("added_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("document", BigInteger),
)
"""``document`` is the checksum of what the search index holds of it."""

versions = Table(
    "versions",
    METADATA,
    Column("sha256", Digest, primary_key=True),
    Column("asset", Integer, ForeignKey("assets.number", ondelete="CASCADE"), nullable=False, index=True),
)
"""Every digest an asset's files ever had."""

files = Table(
    "files",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("asset", Integer, ForeignKey("assets.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("folder", Text, nullable=False),
    Column("relative", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("inputs", Digest, nullable=False),
    Column("companions", Text, nullable=False),
    Column("missing", Boolean, nullable=False),
    Index("uq_files_path_asset", "path", "asset", unique=True),
)
"""``relative`` is empty where it is what follows ``folder`` in ``path`` (``rows.relative_of``)."""

claims = Table(
    "claims",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("value", Text, nullable=False),
    Column("term", Text, nullable=False),
    Index("uq_claims_kind_value_term", "kind", "value", "term", unique=True),
    Index("ix_claims_kind_term", "kind", "term"),
)
"""What facts say, each once, because the same places and events come again and again; no term is an empty one."""

facts = Table(
    "facts",
    METADATA,
    of_asset(),
    Column("file", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("claim", Integer, ForeignKey("claims.number"), nullable=False),
    Column("source", SOURCE, nullable=False),
    Index("ix_facts_claim_asset", "claim", "asset"),
    sqlite_with_rowid=False,
)
"""Which file says what of its asset, and where it was read."""

texts = Table(
    "texts",
    METADATA,
    of_asset(),
    Column("field", FIELD, primary_key=True),
    Column("lang", String(35), primary_key=True),
    Column("value", Text, nullable=False),
    Column("origin", ORIGIN, nullable=False),
    Column("engine", Text),
    Column("status", STATUS, nullable=False),
    Column("offered", Text),
    Column("changed_at", String(40)),
    Index("ix_texts_field_lang_status", "field", "lang", "status"),
    sqlite_with_rowid=False,
)
"""``offered`` is what the files of a person last said (a sheet, XMP): said again, it is no news.

``changed_at`` is when a person last changed words or status; ``NULL`` where they are as a run first brought them.
"""

subjects = Table(
    "subjects",
    METADATA,
    of_asset(),
    Column("focal_x", Float, nullable=False),
    Column("focal_y", Float, nullable=False),
    Column("box", Text),
    Column("origin", FOUND_BY, nullable=False),
    Column("heads", Text),
    Column("track", Text),
)

renditions = Table(
    "renditions",
    METADATA,
    of_asset(),
    Column("recipe", Digest, primary_key=True),
    Column("path", Text, nullable=False),
    Column("kind", KIND, nullable=False),
    Column("format", String(16), nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("fit", FIT, nullable=False),
    Column("trimmed", Boolean, nullable=False),
    Column("made_with", Text, nullable=False),
    Column("crop", Text),
    Column("crop_path", Text),
    sqlite_with_rowid=False,
)

served = Table(
    "served",
    METADATA,
    of_asset(),
    Column("placement", String(64), primary_key=True),
    Column("recipe", Digest, primary_key=True),
    Column("platform", String(64), nullable=False),
    Index("ix_served_platform_asset", "platform", "asset"),
    Index("ix_served_placement", "placement"),
)
"""Which rendition serves which placement."""

findings = Table(
    "findings",
    METADATA,
    of_asset(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False),
    Column("level", String(8), nullable=False),
    Column("finding", Text, nullable=False),
)

submissions = Table(
    "submissions",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("target", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("review", String(16), nullable=False),
    Column("who", Text, nullable=False),
)

submitted = Table(
    "submitted",
    METADATA,
    Column(
        "submission", Integer, ForeignKey("submissions.number", ondelete="CASCADE"), primary_key=True,
        autoincrement=False,
    ),
    Column("asset_id", Digest, primary_key=True, index=True),
)  # fmt: skip

history = Table(
    "history",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("asset_id", Digest, nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("field", String(16)),
    Column("lang", String(35)),
    Column("before", Text),
    Column("after", Text),
)

forgotten = Table(
    "forgotten",
    METADATA,
    Column("sha256", Digest, primary_key=True),
    Column("at", String(40), nullable=False),
)
"""Digests of files and pictures that were forgotten on request, so that a run can leave them out."""

looks = Table(
    "looks",
    METADATA,
    of_asset(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("pixels", LargeBinary, nullable=False),
)
"""What a photo, or each of several frames of a clip, looks like in small (``tools.looks``), to find its copies by."""

collections = Table(
    "collections",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("query", Text),
    Column("created_at", String(40), nullable=False),
    Column("who", Text, nullable=False),
)
"""A named set of assets: those chosen, or with ``query`` those a saved search finds."""

collected = Table(
    "collected",
    METADATA,
    Column(
        "collection", Integer, ForeignKey("collections.number", ondelete="CASCADE"), primary_key=True,
        autoincrement=False,
    ),
    Column(
        "asset", Integer, ForeignKey("assets.number", ondelete="CASCADE"), primary_key=True, autoincrement=False,
        index=True,
    ),
    Column("position", Integer, nullable=False),
)  # fmt: skip

SEARCH_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5("
    "title, words, facts, paths, exact, content = '', tokenize = 'unicode61 remove_diacritics 0')",
)
"""It holds no text, only where each word stands: what it was made of is in the tables (``state.documents_of``).

Words reach the index folded by ``text.fold``, one token a word or Han character; ``exact`` keeps the marks."""

SEARCH_POSTGRESQL = (
    "CREATE TABLE search_index (asset INTEGER PRIMARY KEY REFERENCES assets (number) ON DELETE CASCADE,"
    " folded TSVECTOR NOT NULL, exact TSVECTOR NOT NULL) WITH (toast_tuple_target = 128)",
    "ALTER TABLE search_index ALTER folded SET STORAGE EXTERNAL, ALTER exact SET STORAGE EXTERNAL",
    "CREATE INDEX ix_search_index ON search_index USING gin (folded, exact)",
)
"""Vectors lie outside their rows and are not packed: many rows are counted, and the vectors of few are read."""

_REDACTION = (
    "NEW.before IS NULL AND NEW.after IS NULL AND NEW.number = OLD.number AND NEW.at = OLD.at AND NEW.who = OLD.who"
    " AND NEW.asset_id = OLD.asset_id AND NEW.what = OLD.what"
    " AND coalesce(NEW.field, '') = coalesce(OLD.field, '') AND coalesce(NEW.lang, '') = coalesce(OLD.lang, '')"
    " AND EXISTS (SELECT 1 FROM history AS line WHERE line.asset_id = OLD.asset_id AND line.what = 'forgotten')"
)

HISTORY_SQLITE = (
    f"CREATE TRIGGER history_kept BEFORE UPDATE ON history WHEN NOT ({_REDACTION})"
    " BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
    "CREATE TRIGGER history_whole BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
    "CREATE TRIGGER history_once BEFORE INSERT ON history WHEN EXISTS (SELECT 1 FROM history WHERE number = NEW.number)"
    " BEGIN SELECT RAISE(ABORT, 'the history only grows'); END",
)
"""A line may lose its contents once the asset was forgotten, nothing else."""

HISTORY_POSTGRESQL = (
    "CREATE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" IF TG_OP = 'UPDATE' THEN IF {_REDACTION} THEN RETURN NEW; END IF; END IF;"
    " RAISE EXCEPTION 'the history only grows'; END $$",
    "CREATE TRIGGER history_kept BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION history_only_grows()",
    "CREATE TRIGGER history_whole BEFORE TRUNCATE ON history EXECUTE FUNCTION history_only_grows()",
)

EXTRAS: dict[str, tuple[str, ...]] = {
    "sqlite": SEARCH_SQLITE + HISTORY_SQLITE,
    "postgresql": SEARCH_POSTGRESQL + HISTORY_POSTGRESQL,
}
"""By dialect: what the tables' description cannot say."""
