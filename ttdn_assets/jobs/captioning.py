"""The words of one asset: what people wrote, what its facts say, and what the guard thinks of both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from ttdn_assets.captions.compose import compose
from ttdn_assets.captions.facts import gather_facts
from ttdn_assets.captions.guard import check_captions
from ttdn_assets.captions.human import human_words, merge
from ttdn_assets.captions.names import names_subject
from ttdn_assets.captions.sheet import read_sheet
from ttdn_assets.errors import AssetsError
from ttdn_assets.model import CaptionSet, Fact, Finding, MediaFacts, SheetRow, Source
from ttdn_assets.settings import Settings
from ttdn_assets.terms import TermBase

SHEET_NAMES = ("captions.xlsx", "captions.csv")


class Captioned(msgspec.Struct, frozen=True, kw_only=True):
    """Facts, words and findings of one asset, and the digest of what they were made from."""

    facts: tuple[Fact, ...]
    captions: CaptionSet
    findings: tuple[Finding, ...]
    inputs: str


class SheetsBeside:
    """The captions sheets that lie in media folders, each read once a run; a broken one becomes a finding."""

    def __init__(self) -> None:
        self._rows: dict[Path, dict[str, SheetRow]] = {}
        self.findings: list[Finding] = []

    def row(self, source: Source) -> SheetRow | None:
        """What the nearest sheet at or above the file, within the scanned folder, says of it."""
        path = Path(source.path)
        parts = source.relative.split("/")
        for depth in range(1, len(parts) + 1):
            rows = self._read(path.parents[depth - 1])
            found = rows.get("/".join(parts[-depth:])) or rows.get(parts[-1])
            if found is not None:
                return found
        return None

    def _read(self, folder: Path) -> dict[str, SheetRow]:
        if folder not in self._rows:
            self._rows[folder] = {}
            for path in (folder / name for name in SHEET_NAMES):
                if path.is_file():
                    self._rows[folder].update(self._rows_of(path))
        return self._rows[folder]

    def _rows_of(self, path: Path) -> dict[str, SheetRow]:
        try:
            return read_sheet(path)
        except AssetsError as error:
            self.findings.append(
                Finding(rule="sheet-unreadable", level="warning", subject=str(path), cause=error.failure())
            )
            return {}


def caption(
    source: Source, media: MediaFacts, *, terms: TermBase, settings: Settings, row: SheetRow | None
) -> Captioned:
    """The facts and words of one source file, in the settings' languages."""
    facts, doubts = gather_facts(_named_path(source, terms), media, terms, row=row)
    findings = (msgspec.structs.replace(one, subject=source.relative) for one in doubts)
    composed = compose(
        facts,
        terms,
        languages=settings.languages,
        kind=media.kind,
        taken_at=media.taken_at,
        spelling=settings.vietnam_spelling,
    )
    captions = merge(human_words(media, row), composed)
    guarded = check_captions(captions, facts, terms, subject=source.relative, languages=settings.languages)
    return Captioned(
        facts=facts,
        captions=captions,
        findings=(*findings, *guarded),
        inputs=inputs_digest(source, terms=terms, settings=settings, row=row),
    )


def inputs_digest(source: Source, *, terms: TermBase, settings: Settings, row: SheetRow | None) -> str:
    """A digest of everything the words of a file are made from, beside the file itself."""
    stats = [_stat(Path(companion)) for companion in source.companions]
    parts: Sequence[object] = (
        _named_path(source, terms),
        stats,
        row,
        terms.digest,
        settings.languages,
        settings.vietnam_spelling,
        settings.unit.province,
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _named_path(source: Source, terms: TermBase) -> str:
    """The path that facts are read from: below the folder given, with its own name where that names a subject."""
    depth = len(PurePosixPath(source.relative).parts)
    folder = Path(source.path).parents[depth - 1].name
    return f"{folder}/{source.relative}" if names_subject(folder, terms) else source.relative


def _stat(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError:
        return path.name, -1, -1
    return path.name, stat.st_size, stat.st_mtime_ns
