"""The search index behind one small interface: SQLite's FTS5 and PostgreSQL's ``tsvector``.

An index keeps one document an asset and answers ``Terms`` with a sub-select of ``asset, tier, score``: ``tier`` is 2
where the marks are as they were typed, plus 1 where the words stand in a row; in a tier a lower ``score`` is nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Float, Integer, TextClause, column, text
from sqlalchemy.sql.selectable import Subquery

from ttdn_assets.catalogue.merge import Key
from ttdn_assets.catalogue.words import Term, Terms, exact_tokens, folded_tokens
from ttdn_assets.model import Fact, MediaFacts, Text

MARKS_TIER = 2
_POSITIONS_MAX = 16_383
# A tsvector holds one megabyte at most; no real asset comes near.
_FIELD_MAX, _EXACT_MAX = 60_000, 240_000
_SHOWN_TEXTS = {"headline", "place", "people", "author", "keywords"}


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What can be found of an asset, as tokens joined by spaces; ``exact`` is all of it with its marks."""

    asset: int
    title: str
    words: str
    facts: str
    paths: str
    exact: str


class SearchIndex(Protocol):
    """What search needs of a database."""

    def write(self, connection: Connection, documents: Sequence[Document], *, fresh: bool = False) -> None:
        """Put documents in place of the ones of the same assets; ``fresh`` promises that there are none."""

    def remove(self, connection: Connection, asset: int) -> None:
        """Take an asset's document out, so that its words can no longer be read from the index."""

    def matching(self, terms: Terms) -> Subquery:
        """The assets in which all wanted terms occur, as ``asset, tier, score``."""

    def containing(self, terms: Sequence[Term]) -> TextClause:
        """The assets in which any of the terms occurs, as a select of one column."""


def document(
    asset: int, *, texts: Mapping[Key, Text], facts: Iterable[Fact], paths: Iterable[str], media: MediaFacts | None
) -> Document:
    """The document of an asset: its words in all languages, facts, names embedded in its file, relative paths."""
    said = [text.value for text in media.texts if text.field in _SHOWN_TEXTS] if media else []
    title = [text.value for (field, _), text in texts.items() if field == "title"]
    words = [text.value for (field, _), text in texts.items() if field != "title"]
    known = [fact.value for fact in facts] + said
    where = list(paths)
    return Document(
        asset=asset,
        title=_tokens(title),
        words=_tokens(words),
        facts=_tokens(known),
        paths=_tokens(where),
        exact=" ".join(token for value in (*title, *words, *known, *where) for token in exact_tokens(value))[
            :_EXACT_MAX
        ],
    )


def _tokens(values: Iterable[str]) -> str:
    return " ".join(token for value in values for token in folded_tokens(value))[:_FIELD_MAX]


class Fts5Index:
    """SQLite: one FTS5 table whose row number is the asset's."""

    _PLACES = "{title words facts paths}"

    def write(self, connection: Connection, documents: Sequence[Document], *, fresh: bool = False) -> None:
        """See ``SearchIndex``."""
        verb = "INSERT" if fresh else "INSERT OR REPLACE"
        sql = f"{verb} INTO search_index (rowid, title, words, facts, paths, exact) VALUES (?, ?, ?, ?, ?, ?)"
        if documents:
            connection.exec_driver_sql(sql, [msgspec.structs.astuple(one) for one in documents])

    def remove(self, connection: Connection, asset: int) -> None:
        """See ``SearchIndex``; the index is rewritten, because FTS5 keeps deleted words until it merges."""
        connection.exec_driver_sql("DELETE FROM search_index WHERE rowid = ?", (asset,))
        connection.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('optimize')")

    def matching(self, terms: Terms) -> Subquery:
        """See ``SearchIndex``."""
        found = self._all(terms.wanted, exact=False)
        exact = self._all([term for term in terms.wanted if term.marked], exact=True)
        in_row = self._one(terms.row, exact=False) if len(terms.wanted) > 1 else ""
        tier, joins, bound = [], [], {"found": found}
        for name, weight, expression in (("exact", MARKS_TIER, exact), ("in_row", 1, in_row)):
            if expression:
                joins.append(
                    f" LEFT JOIN (SELECT rowid FROM search_index WHERE search_index MATCH :{name} LIMIT -1) AS {name}"
                    f" ON {name}.rowid = hits.asset"
                )
                tier.append(f"{weight} * ({name}.rowid IS NOT NULL)")
                bound[name] = expression
        sql = (
            f"SELECT hits.asset, {' + '.join(tier) or '0'} AS tier, hits.score FROM"
            " (SELECT rowid AS asset, bm25(search_index, 8, 3, 4, 2, 0) AS score FROM search_index"
            f" WHERE search_index MATCH :found LIMIT -1) AS hits{''.join(joins)}"
        )
        return _as_matches(text(sql).bindparams(**bound))

    def containing(self, terms: Sequence[Term]) -> TextClause:
        """See ``SearchIndex``."""
        expression = " OR ".join(self._one(term, exact=term.marked) for term in terms)
        return text("SELECT rowid FROM search_index WHERE search_index MATCH :unwanted").bindparams(unwanted=expression)

    def _all(self, terms: Sequence[Term], *, exact: bool) -> str:
        return " AND ".join(self._one(term, exact=exact) for term in terms)

    def _one(self, term: Term, *, exact: bool) -> str:
        tokens = " ".join(term.exact if exact else term.folded)
        star = " *" if term.prefix else ""
        return f'({"exact" if exact else self._PLACES} : "{tokens}"{star})'


class TsvectorIndex:
    """PostgreSQL: two ``tsvector`` columns, the folded one weighted like FTS5's columns.

    Vectors and queries are written out token by token, because PostgreSQL's own parser depends on the server's locale.
    """

    _WRITE = (
        "INSERT INTO search_index (asset, folded, exact)"
        " VALUES (:asset, CAST(:folded AS tsvector), CAST(:exact AS tsvector))"
        " ON CONFLICT (asset) DO UPDATE SET folded = excluded.folded, exact = excluded.exact"
    )

    def write(self, connection: Connection, documents: Sequence[Document], *, fresh: bool = False) -> None:
        """See ``SearchIndex``."""
        if documents:
            connection.execute(text(self._WRITE), [self._row(one) for one in documents])

    def _row(self, one: Document) -> dict[str, Any]:
        weighted = ((one.title, "A"), (one.facts, "B"), (one.words, "C"), (one.paths, "D"))
        tokens = [(token, weight) for value, weight in weighted for token in [*value.split(" "), ""]]
        return {
            "asset": one.asset,
            "folded": _vector(tokens),
            "exact": _vector([(token, "D") for token in one.exact.split(" ")]),
        }

    def remove(self, connection: Connection, asset: int) -> None:
        """See ``SearchIndex``."""
        connection.execute(text("DELETE FROM search_index WHERE asset = :asset"), {"asset": asset})

    def matching(self, terms: Terms) -> Subquery:
        """See ``SearchIndex``."""
        exact = [term for term in terms.wanted if term.marked]
        tier, bound = ["0"], {"found": " & ".join(self._one(term, exact=False) for term in terms.wanted)}
        if exact:
            tier.append(f"{MARKS_TIER} * (exact @@ CAST(:exact AS tsquery))::int")
            bound["exact"] = " & ".join(self._one(term, exact=True) for term in exact)
        if len(terms.wanted) > 1:
            tier.append("(folded @@ CAST(:in_row AS tsquery))::int")
            bound["in_row"] = self._one(terms.row, exact=False)
        sql = (
            f"SELECT asset, {' + '.join(tier)} AS tier, -ts_rank(folded, CAST(:found AS tsquery)) AS score"
            " FROM search_index WHERE folded @@ CAST(:found AS tsquery)"
        )
        return _as_matches(text(sql).bindparams(**bound))

    def containing(self, terms: Sequence[Term]) -> TextClause:
        """See ``SearchIndex``."""
        folded = " | ".join(self._one(term, exact=False) for term in terms if not term.marked)
        exact = " | ".join(self._one(term, exact=True) for term in terms if term.marked)
        sql = (
            "SELECT asset FROM search_index WHERE folded @@ CAST(:unwanted AS tsquery)"
            " OR exact @@ CAST(:unwanted_exact AS tsquery)"
        )
        return text(sql).bindparams(unwanted=folded, unwanted_exact=exact)

    def _one(self, term: Term, *, exact: bool) -> str:
        *first, last = (f"'{token}'" for token in (term.exact if exact else term.folded))
        return "(" + " <-> ".join([*first, f"{last}:*" if term.prefix else last]) + ")"


def _vector(tokens: Sequence[tuple[str, str]]) -> str:
    """Tokens with their weights as the text of a ``tsvector``; it knows no position beyond 16,383."""
    numbered = enumerate(tokens[:_POSITIONS_MAX], start=1)
    return " ".join(f"'{token}':{position}{weight}" for position, (token, weight) in numbered if token)


def _as_matches(statement: TextClause) -> Subquery:
    kinds: list[Any] = [column("asset", Integer), column("tier", Integer), column("score", Float)]
    return statement.columns(*kinds).subquery("matches")


def index_for(dialect: str) -> SearchIndex:
    """The index of a dialect."""
    return TsvectorIndex() if dialect == "postgresql" else Fts5Index()
