"""What goes into the catalogue and what comes out of it, as frozen values."""

from __future__ import annotations

from typing import Literal

import msgspec

from ttdn_assets.model import (
    CaptionSet,
    Fact,
    Failure,
    Finding,
    Kind,
    Lang,
    MediaFacts,
    Origin,
    OutcomeStatus,
    Publication,
    Rendition,
    Rights,
    Subject,
    TextStatus,
)

Change = Literal[
    "added",
    "joined",
    "text",
    "drafted",
    "status",
    "subject",
    "rights",
    "rendition-forgotten",
    "submission",
    "published",
    "unpublished",
    "forgotten",
]
"""What a line of history tells; ``wording.say("history." + what)`` names it."""


class AssetEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One source file as a run found it.

    Where a value is ``None`` the catalogue keeps what it has; an empty one replaces it.  ``inputs`` is the digest of
    what the captions were made from; it belongs to the file, because folder and file names do.
    """

    path: str
    relative: str
    folder: str = ""
    size_bytes: int
    mtime_ns: int
    sha256: str
    picture_sha256: str | None = None
    companions: tuple[str, ...] = ()
    inputs: str = ""
    status: OutcomeStatus = "done"
    error: Failure | None = None
    media: MediaFacts | None = None
    facts: tuple[Fact, ...] | None = None
    captions: CaptionSet | None = None
    subject: Subject | None = None
    renditions: tuple[Rendition, ...] | None = None
    findings: tuple[Finding, ...] | None = None
    rights: Rights | None = None
    """What a sheet says of them; it completes what is known."""
    looks: tuple[bytes, ...] = ()
    """What a photo, or frames of a clip, look like in small; none leaves what is known."""


class FileVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One place where an asset's bytes were last seen.  ``folder`` is the folder that was scanned."""

    asset: str
    sha256: str
    path: str
    folder: str
    relative: str
    size_bytes: int
    mtime_ns: int
    seen_at: str
    inputs: str = ""
    companions: tuple[str, ...] = ()
    missing: bool = False
    facts: tuple[Fact, ...] = ()


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """One of several texts that people wrote in the same place on different machines; ``rights`` holds JSON."""

    field: str
    lang: Lang
    value: str
    origin: Origin
    engine: str | None = None
    status: TextStatus = "draft"
    changed_at: str | None = None


class AssetRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the catalogue knows about one asset.

    ``facts`` unites what its present files say, each once; where they contradict each other ``findings`` holds
    ``facts-differ``.  ``review`` sums up the statuses of its texts.  ``rivals`` are the texts that people wrote
    differently on different machines, the one that is shown among them.
    """

    id: str
    picture_sha256: str | None
    status: OutcomeStatus
    review: TextStatus
    added_at: str
    changed_at: str
    media: MediaFacts | None = None
    error: Failure | None = None
    files: tuple[FileVersion, ...] = ()
    facts: tuple[Fact, ...] = ()
    captions: CaptionSet = CaptionSet()
    subject: Subject | None = None
    renditions: tuple[Rendition, ...] = ()
    findings: tuple[Finding, ...] = ()
    submissions: tuple[str, ...] = ()
    rights: Rights | None = None
    rivals: tuple[Rival, ...] = ()
    publications: tuple[Publication, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether none of its files lies where it was last seen."""
        return all(file.missing for file in self.files)


class SubmissionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A bag that was made: ``path`` is relative to the library, ``digest`` names its contents."""

    path: str
    target: str
    digest: str
    created_at: str
    review: TextStatus
    who: str
    assets: tuple[str, ...] = ()


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change: when (UTC), who, which asset, what; ``before`` and ``after`` are gone once an asset is forgotten."""

    at: str
    who: str
    asset: str
    what: Change
    field: str | None = None
    lang: Lang | None = None
    before: str | None = None
    after: str | None = None


class SharedRecord(AssetRecord, frozen=True, kw_only=True):
    """An asset as it travels between machines: all of it, and nothing that is true of one machine only.

    ``versions`` are all digests its files ever had, ``texts`` every text with when a person changed it, rivals among
    them, rights under the field ``rights``.  Of an asset that was forgotten there is ``forgotten_at``, its digests, the
    bare lines of its history, and what still holds it.
    """

    versions: tuple[str, ...] = ()
    texts: tuple[Rival, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    bags: tuple[SubmissionRecord, ...] = ()
    collections: tuple[str, ...] = ()
    forgotten_at: str | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for.  Every filter that is given must hold; of several places, topics or events any one.

    ``text`` holds words that must all occur, ``"a phrase"``, ``begin*`` and ``-without``.  ``taken_from`` and
    ``taken_to`` are dates or beginnings of dates (``2026``, ``2026-05``), both included.  Places, topics and events are
    term ids or values.  ``target`` is a platform or a placement that a rendition serves, ``collection`` the name of
    a collection; ``unused`` leaves out what was published, with a target what was published there.
    """

    text: str = ""
    kind: Kind | None = None
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    language: Lang | None = None
    status: TextStatus | None = None
    outcome: OutcomeStatus | None = None
    taken_from: str | None = None
    taken_to: str | None = None
    target: str | None = None
    unused: bool = False
    missing: bool | None = None
    collection: str | None = None
    offset: int = 0
    limit: int = 50


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One asset found; ``exact`` tells that the marks of the query matched as they were typed."""

    asset: str
    kind: Kind | None
    taken_at: str | None
    review: TextStatus
    path: str | None
    missing: bool
    titles: dict[Lang, str]
    exact: bool = False


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits, best first, and how many there are in all."""

    total: int
    offset: int
    hits: tuple[Hit, ...]


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A named set: of ``assets`` that were chosen, or what the saved search ``query`` finds now."""

    name: str
    query: Query | None = None
    assets: int = 0
    created_at: str
    who: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many assets there are, in all and by what; ``languages`` and ``approved`` count assets with a title."""

    assets: int
    missing: int
    kinds: dict[str, int]
    outcomes: dict[str, int]
    reviews: dict[str, int]
    languages: dict[Lang, int]
    approved: dict[Lang, int]
    targets: dict[str, int]
    submissions: int
