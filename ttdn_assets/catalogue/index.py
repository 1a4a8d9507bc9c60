"""The search index behind one small interface: SQLite's FTS5 and PostgreSQL's ``tsvector``.

An index keeps one document an asset: its words without marks, and once each those of its words that have marks.  It
answers ``Terms`` in tiers, best first: ``MARKS`` where the marks are as they were typed, plus ``ROW`` where the words
stand in a row; in a tier a lower score is nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol
from zlib import crc32

import msgspec
from sqlalchemy import Connection, Float, Integer, TextClause, column, text
from sqlalchemy.sql.selectable import Subquery

from ttdn_assets.catalogue.database import insert_arrays
from ttdn_assets.catalogue.merge import Key
from ttdn_assets.catalogue.rows import storable
from ttdn_assets.catalogue.words import Term, Terms, indexed
from ttdn_assets.model import Fact, MediaFacts, Text

ROW, MARKS = 1, 2
_POSITIONS_MAX = 16_383
# A tsvector holds one megabyte at most; no real asset comes near.
_FIELD_MAX, _EXACT_MAX = 60_000, 240_000
_SHOWN_TEXTS = {"headline", "place", "people", "author", "keywords"}


class Document(msgspec.Struct, frozen=True):
    """What can be found of an asset, as tokens joined by spaces; ``exact`` are its words with marks, each once."""

    asset: int
    title: str
    words: str
    facts: str
    paths: str
    exact: str

    @property
    def checksum(self) -> int:
        """A number that tells this document from another."""
        return crc32("\n".join(msgspec.structs.astuple(self)[1:]).encode())


class SearchIndex(Protocol):
    """What search needs of a database."""

    def write(
        self, connection: Connection, documents: Sequence[Document], *, instead_of: Sequence[Document] = ()
    ) -> None:
        """Add documents, once those that stand there for the same assets, which must be told as they are, are out."""

    def remove(self, connection: Connection, document: Document) -> None:
        """Take a document out, so that its words can no longer be read from the index."""

    def clear(self, connection: Connection) -> None:
        """Take all documents out."""

    def matching(self, terms: Terms, tier: int, *, scored: bool, since: int = 0, newest: int | None = None) -> Subquery:
        """The assets in which all wanted terms occur, as ``asset, score``.

        Args:
            terms: What is sought.
            tier: Only those of this tier of ``tiers_of`` or a better one.
            scored: Whether the score is asked for, which takes most of the time; else it is 0.
            since: Only assets of this number and later ones.
            newest: So many with the highest numbers, the highest first; all in any order where ``None``.
        """

    def containing(self, terms: Sequence[Term]) -> TextClause:
        """The assets in which any of the terms occurs, as a select of one column."""

    def begin(self, connection: Connection) -> None:
        """Make a connection ready to be searched on."""


def document(
    asset: int, *, texts: Mapping[Key, Text], facts: Iterable[Fact], paths: Iterable[str], media: MediaFacts | None
) -> Document:
    """The document of an asset: its words in all languages, facts, names embedded in its file, relative paths.

    The same values give the same document, whether they are about to be written or were read.
    """
    said = [text.value for text in media.texts if text.field in _SHOWN_TEXTS] if media else []
    ordered = sorted(texts)
    title = [texts[key].value for key in ordered if key[0] == "title"]
    words = [texts[key].value for key in ordered if key[0] != "title"]
    columns = (title, words, [*(fact.value for fact in facts), *said], paths)
    folded, marked = zip(*(indexed(storable("\n".join(values))) for values in columns), strict=True)
    exact = " ".join(dict.fromkeys(chain(*marked)))
    in_title, in_words, in_facts, in_paths = (one[:_FIELD_MAX] for one in folded)
    return Document(asset, in_title, in_words, in_facts, in_paths, exact[:_EXACT_MAX])


def tiers_of(terms: Terms) -> tuple[int, ...]:
    """The tiers that what is wanted can be found in, best first."""
    marks = MARKS if any(term.marked for term in terms.wanted) else 0
    row = ROW if len(terms.wanted) > 1 else 0
    return tuple(sorted({0, row, marks, row + marks}, reverse=True))


class Fts5Index:
    """SQLite: one FTS5 table whose row number is the asset's, and which holds no text.

    So a document can be taken out only by saying all its words again.
    """

    _COLUMNS = "rowid, title, words, facts, paths, exact"

    def write(
        self, connection: Connection, documents: Sequence[Document], *, instead_of: Sequence[Document] = ()
    ) -> None:
        """See ``SearchIndex``."""
        for sql, some in (
            (
                f"INSERT INTO search_index (search_index, {self._COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
                instead_of,
            ),
            (f"INSERT INTO search_index ({self._COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", documents),
        ):
            if some:
                connection.exec_driver_sql(sql, [msgspec.structs.astuple(one) for one in some])

    def remove(self, connection: Connection, document: Document) -> None:
        """See ``SearchIndex``; the index is rewritten, because FTS5 keeps deleted words until it merges."""
        self.write(connection, (), instead_of=[document])
        connection.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('optimize')")

    def clear(self, connection: Connection) -> None:
        """See ``SearchIndex``."""
        connection.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('delete-all')")

    def matching(self, terms: Terms, tier: int, *, scored: bool, since: int = 0, newest: int | None = None) -> Subquery:
        """See ``SearchIndex``; without ``LIMIT`` SQLite would score in the middle of a join, and forget what for."""
        score = "bm25(search_index, 8, 3, 4, 2, 0)" if scored else "0"
        sql = (
            f"SELECT rowid AS asset, {score} AS score FROM search_index"
            " WHERE search_index MATCH :found AND rowid >= :since"
            f"{'' if newest is None else ' ORDER BY rowid DESC'} LIMIT :newest"
        )
        bound = {"found": self._expression(terms, tier), "since": since, "newest": -1 if newest is None else newest}
        return _as_matches(text(sql).bindparams(**bound))

    def _expression(self, terms: Terms, tier: int) -> str:
        """Words that stand in a row also all occur, and each part of an expression costs time to score."""
        found = [self._folded(terms.row)] if tier & ROW else [self._folded(term) for term in terms.wanted]
        return " AND ".join([*found, *self._marked(terms.wanted)] if tier & MARKS else found)

    def containing(self, terms: Sequence[Term]) -> TextClause:
        """See ``SearchIndex``."""
        expression = " OR ".join(f"({' AND '.join([self._folded(term), *self._marked([term])])})" for term in terms)
        return text("SELECT rowid FROM search_index WHERE search_index MATCH :unwanted").bindparams(unwanted=expression)

    def begin(self, connection: Connection) -> None:
        """See ``SearchIndex``; nothing is needed."""

    def _folded(self, term: Term) -> str:
        """No columns are named, which would double the time: a word without marks is never in ``exact`` alone."""
        return f'"{" ".join(term.folded)}"' + (" *" if term.prefix else "")

    def _marked(self, terms: Sequence[Term]) -> list[str]:
        return [f'"{token}"' + (" *" if is_open else "") for token, is_open in _marked_of(terms)]


class TsvectorIndex:
    """PostgreSQL: two ``tsvector`` columns, the folded one weighted like FTS5's columns.

    Vectors and queries are written out token by token, because PostgreSQL's own parser depends on the server's locale.
    """

    _INSERT = insert_arrays("search_index", ("asset", "folded", "exact"), ("INTEGER", "TSVECTOR", "TSVECTOR"))
    _UPDATE = " ON CONFLICT (asset) DO UPDATE SET folded = excluded.folded, exact = excluded.exact"

    def write(
        self, connection: Connection, documents: Sequence[Document], *, instead_of: Sequence[Document] = ()
    ) -> None:
        """See ``SearchIndex``; what stands there need not be told."""
        if documents:
            columns = zip(*map(self._row, documents), strict=True)
            connection.exec_driver_sql(self._INSERT + self._UPDATE, tuple(map(list, columns)))

    def _row(self, one: Document) -> tuple[int, str, str]:
        weighted = ((one.title, "A"), (one.facts, "B"), (one.words, "C"), (one.paths, "D"))
        tokens = [(token, weight) for value, weight in weighted for token in [*value.split(" "), ""]]
        return one.asset, _vector(tokens), " ".join(f"'{token}'" for token in one.exact.split())

    def remove(self, connection: Connection, document: Document) -> None:
        """See ``SearchIndex``."""
        connection.execute(text("DELETE FROM search_index WHERE asset = :asset"), {"asset": document.asset})

    def clear(self, connection: Connection) -> None:
        """See ``SearchIndex``."""
        connection.execute(text("DELETE FROM search_index"))

    def matching(self, terms: Terms, tier: int, *, scored: bool, since: int = 0, newest: int | None = None) -> Subquery:
        """See ``SearchIndex``.

        The index tells which rows hold all tokens; the order of words and the score are seen in the vectors alone, so
        that of the newest one after the other is fetched until there are enough.
        """
        tokens = " & ".join(map(self._tokens, terms.wanted))
        sought = self._folded(terms.row) if tier & ROW else " & ".join(map(self._folded, terms.wanted))
        score = "-ts_rank(folded, CAST(:sought AS tsquery))" if scored else "0"
        chosen = f"SELECT asset, {score} AS score FROM search_index WHERE"
        holds = "folded @@ CAST(:sought AS tsquery)"
        marked = " AND exact @@ CAST(:exact AS tsquery)" if tier & MARKS else ""
        if newest is None:
            sql = f"{chosen} {holds}{marked}" + (f" AND asset >= {since:d}" if since else "")
        else:
            sql = (
                "SELECT found.asset, found.score FROM (SELECT asset FROM search_index"
                f" WHERE folded @@ CAST(:tokens AS tsquery){marked} ORDER BY asset DESC OFFSET 0) AS one,"
                f" LATERAL ({chosen} asset = one.asset{'' if sought == tokens else f' AND {holds}'} OFFSET 0) AS found"
                f" ORDER BY one.asset DESC LIMIT {newest:d}"
            )
        bound = {"tokens": tokens, "sought": sought, "exact": self._marked(terms.wanted)}
        return _as_matches(text(sql).bindparams(**{name: bound[name] for name in bound if f":{name} " in sql}))

    def containing(self, terms: Sequence[Term]) -> TextClause:
        """See ``SearchIndex``."""
        conditions, bound = [], {}
        for place, term in enumerate(terms):
            conditions.append(f"folded @@ CAST(:folded{place} AS tsquery)")
            bound[f"folded{place}"] = self._folded(term)
            if term.marked:
                conditions[-1] += f" AND exact @@ CAST(:exact{place} AS tsquery)"
                bound[f"exact{place}"] = self._marked([term])
        sql = f"SELECT asset FROM search_index WHERE {' OR '.join(f'({one})' for one in conditions)}"
        return text(sql).bindparams(**bound)

    def begin(self, connection: Connection) -> None:
        """See ``SearchIndex``; the planner does not reckon with vectors that must be fetched, and would read all."""
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

    def _folded(self, term: Term) -> str:
        """Its tokens in a row."""
        each = self._each(term)
        return each[0] if len(each) == 1 else f"({' <-> '.join(each)})"

    def _tokens(self, term: Term) -> str:
        """Its tokens anywhere, which the index answers by itself."""
        return " & ".join(self._each(term))

    def _each(self, term: Term) -> list[str]:
        *first, last = (f"'{token}'" for token in term.folded)
        return [*first, f"{last}:*" if term.prefix else last]

    def _marked(self, terms: Sequence[Term]) -> str:
        return " & ".join(f"'{token}'" + (":*" if is_open else "") for token, is_open in _marked_of(terms))


def _marked_of(terms: Sequence[Term]) -> Iterator[tuple[str, bool]]:
    """The tokens with marks of all terms, each with whether it is only the beginning of a word."""
    for term in terms:
        for place, token in enumerate(term.marked, start=1):
            yield token, term.marked_prefix and place == len(term.marked)


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
