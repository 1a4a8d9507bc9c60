"""Links for newsrooms and creators: an asset or a submission as a page in the store, which expires.

Only what may leave the house is shared: every word approved, rights and consent in order on this day.
"""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from ttdn_assets.catalogue.catalogue import Catalogue
from ttdn_assets.catalogue.records import AssetRecord, SubmissionRecord
from ttdn_assets.errors import CheckFailed, UsageError
from ttdn_assets.jobs.clearance import unready
from ttdn_assets.jobs.library import catalogue_of, terms_of
from ttdn_assets.model import Finding, Placement
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.settings import Library
from ttdn_assets.stores import Store
from ttdn_assets.stores.keys import LINKS_DAYS_MAX, rendition_key, share_key, submission_key
from ttdn_assets.submissions.manifest import by_language
from ttdn_assets.submissions.share_page import SharedFile, SharedItem, share_html
from ttdn_assets.text import ascii_slug
from ttdn_assets.tools.files import file_sha256, os_errors
from ttdn_assets.tools.thumbnails import thumbnail_jpeg

_DAY_S = 24 * 3600


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was put into the store: its own address, until when it lives, how many files it leads to."""

    url: str
    key: str
    expires_at: dt.datetime
    files: int


class _Sharing:
    """What one page needs: where files lie, and how long their addresses live."""

    def __init__(self, library: Library, store: Store, *, days: int) -> None:
        self.library, self.store, self.expires_s = library, store, days * _DAY_S

    def file(self, path: Path, key: str, *, name: str, sha256: str | None = None) -> SharedFile:
        """A file with an address that lives; it is sent where the store lacks it."""
        with os_errors(path):
            size_bytes = path.stat().st_size
            self.store.put(path, key, sha256 or file_sha256(path))
        return SharedFile(name=name, size_bytes=size_bytes, url=self.store.url(key, self.expires_s, saved_as=name))


def share(
    library: Library, store: Store, what: str, *, days: int = LINKS_DAYS_MAX, now: dt.datetime | None = None
) -> Shared:
    """Put a page of an asset or a submission into the store; the address to hand on.

    Args:
        library: whose asset or submission.
        store: where files and page lie, and what signs the addresses.
        what: the asset's id or its beginning, or the path or folder name of a submission.
        days: how long the addresses live, at most seven.
        now: the time it is.

    Raises:
        UsageError: ``share-days``, ``asset-unknown``.
        CheckFailed: ``share-not-approved``, with every reason.
        StoreError: the store refuses or does not answer.
    """
    if not 1 <= days <= LINKS_DAYS_MAX:
        raise UsageError("share-days", {"days": days, "most": LINKS_DAYS_MAX})
    moment = now or dt.datetime.now(dt.UTC)
    sharing = _Sharing(library, store, days=days)
    with catalogue_of(library) as catalogue:
        bag = _bag_named(catalogue, what)
        if bag is None:
            record = catalogue.asset(what)
            _refuse(what, _unready(library, catalogue, [record.id], moment.date()))
            items: tuple[SharedItem, ...] = (_of_asset(sharing, record),)
        else:
            _refuse(what, (*_unapproved(bag), *_unready(library, catalogue, bag.assets, moment.date(), bag.target)))
            items = tuple(_of_bag(sharing, library.root / bag.path))
    return _put(sharing, items, moment)


def _put(sharing: _Sharing, items: Sequence[SharedItem], moment: dt.datetime) -> Shared:
    expires_at = moment + dt.timedelta(seconds=sharing.expires_s)
    key = share_key(moment.date(), secrets.token_hex(8))
    html = share_html(tuple(items), unit=sharing.library.settings.unit.name, expires_at=expires_at)
    with tempfile.TemporaryDirectory(prefix="ttdn-") as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8", newline="\n")
        sharing.store.put(page, key, file_sha256(page))
    files = sum(len(item.files) for item in items)
    return Shared(url=sharing.store.url(key, sharing.expires_s), key=key, expires_at=expires_at, files=files)


def _refuse(what: str, reasons: Sequence[Finding]) -> None:
    if reasons:
        raise CheckFailed("share-not-approved", {"subject": what}, reasons)


def _bag_named(catalogue: Catalogue, what: str) -> SubmissionRecord | None:
    name = PurePosixPath(what.replace("\\", "/").rstrip("/")).name
    return next((bag for bag in catalogue.submissions() if PurePosixPath(bag.path).name == name), None)


def _unapproved(bag: SubmissionRecord) -> Iterator[Finding]:
    if bag.review != "approved":
        yield Finding(rule="share-draft", level="error", subject=bag.path, measured=bag.review)


def _unready(
    library: Library, catalogue: Catalogue, assets: Sequence[str], today: dt.date, target: str | None = None
) -> Sequence[Finding]:
    """What keeps them in the house; rights and consents may have ended since a bag was made."""
    chosen = choose([target], load_placements(library.placements)) if target else {}
    placements: list[Placement] = [one for group in chosen.values() for one in group]
    languages, terms = library.settings.languages, terms_of(library)
    return unready(catalogue, assets, languages=languages, placements=placements, terms=terms, today=today)


def _of_asset(sharing: _Sharing, record: AssetRecord) -> SharedItem:
    words = by_language(record.captions)
    name = ascii_slug(words.get("vi", {}).get("title", ""), fallback=record.id[:12])
    made = record.renditions
    paths = [sharing.library.root / one.path for one in made]
    files = [
        sharing.file(
            path,
            rendition_key(one.sha256, path.suffix),
            name=f"{name}-{one.width_px}x{one.height_px}{path.suffix}",
            sha256=one.sha256,
        )
        for one, path in zip(made, paths, strict=True)
    ]
    return SharedItem(
        words=words,
        author=record.rights.author if record.rights else "",
        credit=(record.rights.credit if record.rights else "") or sharing.library.settings.unit.credit,
        thumbnail=next((jpeg for path in paths if (jpeg := thumbnail_jpeg(path))), None),
        files=tuple(files),
    )


def _of_bag(sharing: _Sharing, bag: Path) -> Iterator[SharedItem]:
    """The items of a bag as its own list of captions tells them."""
    listed = bag / "data" / "captions" / "captions.json"
    with os_errors(listed):
        told: dict[str, Any] = msgspec.json.decode(listed.read_bytes())
    for item in told["items"]:
        paths = [bag / "data" / PurePosixPath(name) for name in item["files"]]
        files = [
            sharing.file(path, submission_key(bag.name, path.relative_to(bag).as_posix()), name=path.name)
            for path in paths
        ]
        yield SharedItem(
            words=item["captions"],
            author=item["author"],
            credit=item["credit"],
            thumbnail=next((jpeg for path in paths if (jpeg := thumbnail_jpeg(path))), None),
            files=tuple(files),
        )
