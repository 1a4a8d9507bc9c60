"""Where originals, renditions, submissions and catalogue records are kept: a folder, or S3-compatible storage.

``open_store`` gives one of the two behind the same ``Store``; one suite of tests holds both to the same words.  An
object that ``put`` has stored was verified: the server checked our SHA-256 on the way in, where a probe at opening
proved that it refuses a wrong one; else the object is read back.  ``get`` verifies again.

Importing this package imports nothing heavy; opening ``s3://…`` does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import msgspec

from ttdn_assets.errors import UsageError
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores.interruption import Interruption

__all__ = ["Capabilities", "Leftover", "ObjectInfo", "Store", "open_store"]


class ObjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One object as the store describes it, unverified.

    A listing tells ``sha256`` only where the key is made of it.  ``md5`` is what may be one: where it is that of our
    bytes, the object was the same when the server last looked; where it is another, that says nothing.
    """

    key: str
    size_bytes: int
    sha256: str | None = None
    md5: str | None = None
    changed_at: dt.datetime | None = None


class Leftover(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload left that was killed and never taken up again; ``token`` is the store's own name for it."""

    key: str
    token: str
    begun_at: dt.datetime


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a store was seen to do when it was tried.

    ``refuses_wrong_sha256``: an upload whose SHA-256 is wrong is refused, so that nothing has to be read back.
    ``refuses_overwrite``: ``If-None-Match: *`` is honoured, so that sending what is there costs one request.
    ``refuses_stale``: ``If-Match`` is honoured, so that nothing is put in the place of what nobody has seen.
    ``keeps_metadata``: the digest written beside an object comes back.  ``tells_md5``: the ETag of a small object is
    its MD5.  ``copies``: a copy made inside the store carries its digest.  ``resumes``: what a killed upload left can
    be found, so that it is taken up again or thrown away.
    """

    kind: Literal["folder", "s3"]
    refuses_wrong_sha256: bool
    refuses_overwrite: bool
    refuses_stale: bool
    keeps_metadata: bool
    tells_md5: bool
    copies: bool
    resumes: bool


class Store(Protocol):
    """Objects by key.  Methods may be called from several threads; every one raises ``StoreError``.

    A key that cannot be one is a ``UsageError`` ``store-key``.
    """

    interruption: Interruption
    """Ends what is under way; the store is as it was before once the block is left."""

    @property
    def label(self) -> str:
        """The store as messages name it, without secrets."""

    @property
    def capabilities(self) -> Capabilities:
        """What the store can do, tried once by writing and deleting a small object."""

    def put(self, path: Path, key: str, sha256: str) -> bool:
        """Store the file's bytes, whose SHA-256 is given, and verify them; whether anything had to be sent.

        Raises:
            InputError: ``file-changed`` where the file no longer has that SHA-256; nothing is stored.
            StoreError: ``store-corrupt`` where what arrived is not what was sent; it is deleted.
        """

    def replace(self, data: bytes, key: str, *, seen: ObjectInfo | None) -> bool:
        """Put a few bytes in the place of what was seen there; whether that still was so, else nothing is stored.

        So several machines change one object without losing what another one wrote.  Where the store has no such
        condition what lies there is compared right before, which leaves a moment in which the later one wins.

        Args:
            data: the object.
            key: where to.
            seen: what ``head`` told of the object; ``None`` where nothing was there.
        """

    def head(self, key: str) -> ObjectInfo | None:
        """What is stored under a key; ``None`` where nothing is."""

    def get(self, key: str, path: Path, *, sha256: str | None = None) -> str:
        """Write the object to ``path``, whole or not at all; the SHA-256 of its bytes.

        Args:
            key: which object.
            path: where to; what lies there is replaced.
            sha256: what the bytes must have; what the store says about the object where ``None``.

        Raises:
            StoreError: ``store-corrupt`` where the bytes have another SHA-256, ``store-object-missing``.
        """

    def digest(self, key: str) -> str:
        """The SHA-256 of the object's bytes, read whole."""

    def copy(self, src: str, dst: str, sha256: str) -> None:
        """Copy an object inside the store and verify that ``dst`` has this SHA-256."""

    def delete(self, key: str) -> None:
        """Delete the object; nothing happens where there is none."""

    def iter(self, prefix: str) -> Iterator[ObjectInfo]:
        """The objects whose key begins with ``prefix``, in no order that could be relied on."""

    def url(self, key: str, expires_s: int, *, saved_as: str | None = None) -> str:
        """An address at which the object can be read by whoever holds it, until it expires (at most seven days).

        A folder has no such thing: its address is that of the file.

        Args:
            key: which object.
            expires_s: how long the address lives.
            saved_as: the name browsers give the file; they show it instead of saving it where ``None``.
        """

    def leftovers(self) -> Iterator[Leftover]:
        """What killed uploads left; it is no object, and costs space."""

    def discard(self, leftover: Leftover) -> None:
        """Throw a leftover away; nothing happens where it is gone."""


def open_store(url: str, *, settings: StoreSettings | None = None, writing: bool = True) -> Store:
    """The store at ``s3://bucket/prefix``, ``file:///folder`` or a plain path.

    Endpoint, region and credentials come from the AWS variables (``AWS_ENDPOINT_URL_S3``, ``AWS_ENDPOINT_URL``,
    ``AWS_REGION``, ``AWS_PROFILE``, …), else from ``settings``, else from the AWS profile.

    Args:
        url: where.
        settings: the ``[store]`` table of ttdn.toml.
        writing: whether to try by a small object what the store can do; without it nothing is written until ``put``.

    Raises:
        UsageError: ``store-url`` or ``store-url-secret``.
        StoreError: it does not answer, refuses, or is not there.
    """
    scheme = url.partition("://")[0].lower() if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", url) else ""
    if scheme == "s3":
        return _open_bucket(url, settings=settings or StoreSettings(), writing=writing)
    if scheme not in ("", "file") or not url.strip():
        raise UsageError("store-url", {"url": _without_secrets(url)})
    from ttdn_assets.stores.folder import FolderStore

    return FolderStore.open(_path_of(url) if scheme else Path(url).expanduser(), writing=writing)


def _open_bucket(url: str, *, settings: StoreSettings, writing: bool) -> Store:
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UsageError("store-url-secret", {"url": _without_secrets(url)})
    if not parts.netloc or parts.query or parts.fragment or ":" in parts.netloc:
        raise UsageError("store-url", {"url": _without_secrets(url)})
    from ttdn_assets.stores.s3 import S3Store

    return S3Store.open(parts.netloc, parts.path.strip("/"), settings=settings, writing=writing)


def _path_of(url: str) -> Path:
    parts = urlsplit(url)
    host = f"//{parts.netloc}" if parts.netloc not in ("", "localhost") else ""
    return Path(url2pathname(host + parts.path))


def _without_secrets(url: str) -> str:
    """An address cut down to what may be shown: no user, no password, no query."""
    return re.sub(r"//[^/]*@", "//", url.partition("?")[0])
