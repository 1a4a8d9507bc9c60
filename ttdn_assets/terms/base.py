"""TSV files into a term base: every row checked, a unit's own rows added to the house's or put in their place.

A file has twelve tab-separated columns (``COLUMNS``), a header line, UTF-8, no quoting; list cells are separated by
``;``; ``note`` holds ``key=value`` pairs.  The prefix of an id (``FAMILIES``) says what kind of name it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from ttdn_assets.errors import UsageError
from ttdn_assets.terms.index import Index, build_index
from ttdn_assets.terms.matcher import TermMatch, find_terms
from ttdn_assets.terms.term import Term
from ttdn_assets.text import nfc

DATA = Path(__file__).parent / "data"
FILES = (
    "sovereignty", "events", "agencies", "documents", "places", "provinces", "ethnic", "products", "topics", "phrases",
)  # fmt: skip
COLUMNS = (
    "id", "kind", "vi", "en", "zh", "aliases_vi", "aliases_en", "aliases_zh", "forbidden_en", "forbidden_zh", "source",
    "note",
)  # fmt: skip
FAMILIES = ("sov", "ev", "ag", "doc", "pl", "prov", "eth", "pr", "top", "ph")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOTE_FORMS = {
    "valid_from": r"|\d{4}-\d{2}-\d{2}",
    "valid_to": r"|\d{4}-\d{2}-\d{2}",
    "base": r"\d{4}(-\d{2}-\d{2})?",
    "date": r"\d{2}-\d{2}(\.\.\d{2}-\d{2})?|\d{2}-LAST|\d{4}(-\d{2}){0,2}|Tet",
    "year": r"\d{4}",
    "month": r"\d{2}(\.\.\d{2})?",
    "dates_solar": r"\d{4}-\d{2}-\d{2}(,\d{4}-\d{2}-\d{2})*",
    "editions": r"\d+:\d{4}(,\d+:\d{4})*",
}


class TermBase:
    """The terms by id, with the index that finds them in a text (built on first use)."""

    def __init__(self, terms: Mapping[str, Term], digest: str) -> None:
        """Keep the checked terms; ``digest`` changes when any file they came from does."""
        self.terms = dict(terms)
        self.digest = digest

    def __getitem__(self, term_id: str) -> Term:
        """The term with that id."""
        return self.terms[term_id]

    def get(self, term_id: str | None) -> Term | None:
        """The term with that id, ``None`` where there is none."""
        return self.terms.get(term_id) if term_id else None

    def family(self, *names: str) -> tuple[Term, ...]:
        """The terms of some families, in file order."""
        return tuple(term for term in self.terms.values() if term.family in names)

    @cached_property
    def _index(self) -> Index:
        return build_index(tuple(term for term in self.terms.values() if term.family != "ph"))

    def match(self, text: str, *, when: dt.date | None = None) -> tuple[TermMatch, ...]:
        """The terms named in ``text``, leftmost and longest first come, none overlapping.

        Args:
            text: NFC text in any of the three languages, with or without diacritics; folder names as officers type
                them (``Moc_Chau``, ``MocChau``) are read too.  Offsets count code points of its NFC form.
            when: the day the text speaks of; of provinces with one name the one that existed then is taken, today's
                when ``None``.
        """
        return find_terms(self._index, nfc(text), when)

    def province_of(self, term: Term) -> Term | None:
        """The province a place lies in, where it lies in exactly one."""
        listed = term.provinces
        return self.get(listed[0]) if len(listed) == 1 else None

    def today(self, province: Term) -> Term:
        """The province that holds this one's land today: itself, or its successor."""
        return self.get(province.notes.get("successor")) or province


def load_terms(own_folder: Path | None = None) -> TermBase:
    """The house's term base, with the ``*.tsv`` files of ``own_folder`` over it where that folder is there.

    A row of the unit's own with a known id takes that row's place, any other is added.

    Raises:
        UsageError: a file cannot be read (``terms-unreadable``, ``terms-header``) or one cell is wrong
            (``terms-columns``, ``terms-empty``, ``terms-id``, ``terms-id-twice``, ``terms-date``, ``terms-slot``),
            naming file, line and column.
    """
    house = _house()
    if own_folder is None or not own_folder.is_dir():
        return house
    paths = sorted(path for path in own_folder.glob("*.tsv") if path.is_file())
    return _load(paths, house.terms, house.digest) if paths else house


@cache
def _house() -> TermBase:
    return _load([DATA / f"{name}.tsv" for name in FILES], {}, "")


def _load(paths: Sequence[Path], known: Mapping[str, Term], digest: str) -> TermBase:
    terms = dict(known)
    seen: dict[str, str] = {}
    summary = hashlib.sha256(digest.encode())
    for path in paths:
        data = _bytes_of(path)
        summary.update(data)
        for line, term in _rows(path, data):
            if term.id in seen:
                fields = {"first": seen[term.id], "id": term.id}
                raise UsageError("terms-id-twice", {**_at(path, line, "id"), **fields})
            seen[term.id] = f"{path.name}:{line}"
            terms[term.id] = term
    return TermBase(terms, summary.hexdigest())


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError("terms-unreadable", {"path": path, "reason": error.strerror or str(error)}) from error


def _rows(path: Path, data: bytes) -> Iterator[tuple[int, Term]]:
    try:
        lines = nfc(data.decode("utf-8-sig")).splitlines()
    except UnicodeDecodeError as error:
        raise UsageError("terms-unreadable", {"path": path, "reason": "UTF-8"}) from error
    if not lines or tuple(lines[0].rstrip().split("\t")) != COLUMNS:
        raise UsageError("terms-header", {"path": path, "columns": ", ".join(COLUMNS)})
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            yield number, _term(path, number, line)


def _term(path: Path, line: int, text: str) -> Term:
    cells = [cell.strip() for cell in text.split("\t")]
    cells += [""] * (len(COLUMNS) - len(cells))
    if len(cells) > len(COLUMNS):
        raise UsageError("terms-columns", {**_at(path, line, "note"), "count": len(cells), "wanted": len(COLUMNS)})
    row = dict(zip(COLUMNS, cells, strict=True))
    for column in ("id", "kind", "vi", "en", "zh"):
        if not row[column]:
            raise UsageError("terms-empty", _at(path, line, column))
    if not _ID.fullmatch(row["id"]) or row["id"].partition("-")[0] not in FAMILIES:
        raise UsageError("terms-id", {**_at(path, line, "id"), "id": row["id"], "known": ", ".join(FAMILIES)})
    notes = _notes(path, line, row["note"])
    _check_slots(path, line, row)
    lists = {name: _items(row[name]) for name in COLUMNS[5:10]}
    return Term(
        id=row["id"],
        kind=row["kind"],
        vi=row["vi"],
        en=row["en"],
        zh=row["zh"],
        aliases_vi=lists["aliases_vi"],
        aliases_en=lists["aliases_en"],
        aliases_zh=lists["aliases_zh"],
        forbidden_en=lists["forbidden_en"],
        forbidden_zh=lists["forbidden_zh"],
        source=row["source"],
        notes=notes,
    )


def _items(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.strip() for item in cell.split(";") if item.strip()))


def _notes(path: Path, line: int, cell: str) -> dict[str, str]:
    notes: dict[str, str] = {}
    for item in _items(cell):
        key, _, value = item.partition("=")
        notes[key.strip()] = value.strip()
    for key, form in _NOTE_FORMS.items():
        written = notes.get(key)
        if written is not None and not (re.fullmatch(form, written) and _real_days(written)):
            raise UsageError("terms-date", {**_at(path, line, "note"), "value": f"{key}={written}"})
    return notes


def _real_days(value: str) -> bool:
    try:
        for day in _ISO_DAY.findall(value):
            dt.date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _check_slots(path: Path, line: int, row: Mapping[str, str]) -> None:
    """A phrase pattern must be readable as one: balanced braces, named slots."""
    if not row["id"].startswith("ph-"):
        return
    for lang in ("vi", "en", "zh"):
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(row[lang]) if name is not None]
        except ValueError:
            names = [""]
        if not all(name.isidentifier() for name in names):
            raise UsageError("terms-slot", {**_at(path, line, lang), "value": row[lang]})


def _at(path: Path, line: int, column: str) -> dict[str, str | int]:
    return {"path": str(path), "line": line, "column": column}
