"""A store in S3-compatible storage.  The modules named ``s3*`` of this package are the only importers of boto3.

Observed in servers and provided for: ETags that are no digest (objects in parts), listings that are not in the order of
their keys, metadata names in another case or lost on a copy, checksums that are taken and not checked,
``If-None-Match`` that is not honoured.  Each object carries its own SHA-256 in its metadata.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError, HTTPClientError

from ttdn_assets.errors import InputError, StoreError, UsageError
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores import Capabilities, ObjectInfo
from ttdn_assets.stores.keys import PROBES, check_key, digest_in
from ttdn_assets.stores.s3_client import make_client
from ttdn_assets.stores.s3_errors import http_status, s3_errors
from ttdn_assets.stores.s3_parts import LARGE_BYTES, put_parts
from ttdn_assets.stores.s3_probe import SHA256_KEY, md5_of, probe, sha256_base64, stored_sha256
from ttdn_assets.tools.files import file_sha256, os_errors, whole_file

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20
_RESUMES = 5
_EXPIRES_MAX_S = 7 * 24 * 3600
"""The longest a presigned address lives: Amazon S3 User Guide, "Expiration time for presigned URLs"."""
_ONE_COPY = TransferConfig(multipart_threshold=1 << 30)
_TYPES = mimetypes.MimeTypes()
_TYPES.add_type("image/webp", ".webp")
_TYPES.add_type("image/heic", ".heic")


class S3Store:
    """Objects of one bucket under one prefix."""

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        """Use ``open``."""
        self._client, self._bucket = client, bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._found: Capabilities | None = None
        self._finding = Lock()

    @classmethod
    def open(cls, bucket: str, prefix: str, *, settings: StoreSettings, writing: bool) -> S3Store:
        """The store, after it has answered; see ``open_store``."""
        name = f"s3://{bucket}/{prefix}".rstrip("/")
        with s3_errors(name):
            store = cls(make_client(settings), bucket, prefix)
        with s3_errors(store.label):
            store._client.list_objects_v2(Bucket=bucket, Prefix=store._prefix, MaxKeys=1)
        if writing:
            _ = store.capabilities
        return store

    @property
    def label(self) -> str:
        """Bucket, prefix and host."""
        host = urlsplit(self._client.meta.endpoint_url).netloc.rpartition("@")[2]
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/") + f" ({host})"

    @property
    def capabilities(self) -> Capabilities:
        """See ``Store.capabilities``."""
        with self._finding:
            if self._found is None:
                with s3_errors(self.label):
                    self._found = probe(self._client, self._bucket, self._prefix)
            return self._found

    def put(self, path: Path, key: str, sha256: str) -> bool:
        """See ``Store.put``."""
        name, can = self._name(key), self.capabilities
        with os_errors(path):
            size_bytes = path.stat().st_size
        at_once = size_bytes < LARGE_BYTES and can.refuses_overwrite
        if not (at_once and self._send_new(path, name, key=key, sha256=sha256)):
            if self._holds(key, size_bytes, sha256):
                return False
            self._send(path, name, key=key, sha256=sha256, size_bytes=size_bytes)
        if not can.refuses_wrong_sha256:
            self._read_back(key, path, sha256)
        return True

    def head(self, key: str) -> ObjectInfo | None:
        """See ``Store.head``."""
        name = self._name(key)
        with s3_errors(self.label, key):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=name)
            except ClientError as error:
                if http_status(error) == 404:
                    return None
                raise
        return ObjectInfo(
            key=key,
            size_bytes=head["ContentLength"],
            sha256=stored_sha256(head["Metadata"]),
            md5=self._md5(head["ETag"]),
        )

    def get(self, key: str, path: Path, *, sha256: str | None = None) -> str:
        """See ``Store.get``; a connection that breaks is taken up where it broke."""
        with os_errors(path), whole_file(path) as partial:
            found = hashlib.sha256()
            with partial.open("wb") as write:
                chunks = _Chunks(self, key)
                for chunk in chunks:
                    found.update(chunk)
                    write.write(chunk)
            if found.hexdigest() != (sha256 or digest_in(key) or chunks.sha256 or found.hexdigest()):
                raise StoreError("store-corrupt", {"store": self.label, "key": key})
        return found.hexdigest()

    def copy(self, src: str, dst: str, sha256: str) -> None:
        """See ``Store.copy``."""
        name, there = self._name(dst), self.head(src)
        if there is None:
            raise StoreError("store-object-missing", {"store": self.label, "key": src})
        if there.sha256 not in (None, sha256):
            raise StoreError("store-corrupt", {"store": self.label, "key": src})
        with s3_errors(self.label, src):
            self._client.copy(
                {"Bucket": self._bucket, "Key": self._name(src)},
                self._bucket,
                name,
                ExtraArgs={
                    "MetadataDirective": "REPLACE",
                    "Metadata": {SHA256_KEY: sha256},
                    "ContentType": _content_type(dst),
                },
                Config=_ONE_COPY,
            )
        if not self.capabilities.refuses_wrong_sha256:
            self._read_back(dst, None, sha256)

    def delete(self, key: str) -> None:
        """See ``Store.delete``."""
        name = self._name(key)
        with s3_errors(self.label, key):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def iter(self, prefix: str) -> Iterator[ObjectInfo]:
        """See ``Store.iter``."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with s3_errors(self.label, prefix):
            for page in pages:
                for one in page.get("Contents", []):
                    key = one["Key"].removeprefix(self._prefix)
                    if key and not key.endswith("/") and not key.startswith(PROBES):
                        yield ObjectInfo(
                            key=key, size_bytes=one["Size"], sha256=digest_in(key), md5=self._md5(one["ETag"])
                        )

    def url(self, key: str, expires_s: int) -> str:
        """See ``Store.url``.

        Raises:
            UsageError: ``store-expiry`` for less than a second or more than seven days.
        """
        if not 1 <= expires_s <= _EXPIRES_MAX_S:
            raise UsageError("store-expiry", {"seconds": expires_s, "most": _EXPIRES_MAX_S})
        with s3_errors(self.label, key):
            return self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": self._name(key)}, ExpiresIn=expires_s
            )

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _md5(self, etag: str) -> str | None:
        return md5_of(etag) if self._found and self._found.tells_md5 else None

    def _holds(self, key: str, size_bytes: int, sha256: str) -> bool:
        there = self.head(key)
        return there is not None and (there.size_bytes, there.sha256) == (size_bytes, sha256)

    def _send_new(self, path: Path, name: str, *, key: str, sha256: str) -> bool:
        """Send a small file unless something lies there; whether nothing did."""
        with s3_errors(self.label, key):
            try:
                self._put_object(path, name, sha256=sha256, more={"IfNoneMatch": "*"})
            except ClientError as error:
                if http_status(error) in (409, 412):
                    return False
                _accuse_file(error, path, sha256)
                raise
        return True

    def _send(self, path: Path, name: str, *, key: str, sha256: str, size_bytes: int) -> None:
        with s3_errors(self.label, key):
            try:
                if size_bytes < LARGE_BYTES:
                    self._put_object(path, name, sha256=sha256, more={})
                    return
                with os_errors(path):
                    put_parts(
                        self._client,
                        self._bucket,
                        name,
                        path=path,
                        sha256=sha256,
                        content_type=_content_type(name),
                        checked=self.capabilities.refuses_wrong_sha256,
                    )
            except ClientError as error:
                _accuse_file(error, path, sha256)
                raise

    def _put_object(self, path: Path, name: str, *, sha256: str, more: dict[str, Any]) -> None:
        if self.capabilities.refuses_wrong_sha256:
            more = {**more, "ChecksumSHA256": sha256_base64(sha256)}
        with os_errors(path):
            body = path.read_bytes()
        self._client.put_object(
            Bucket=self._bucket,
            Key=name,
            Body=body,
            Metadata={SHA256_KEY: sha256},
            ContentType=_content_type(name),
            **more,
        )

    def _read_back(self, key: str, path: Path | None, sha256: str) -> None:
        """Read an object whole and compare; what is wrong is deleted."""
        found = hashlib.sha256()
        for chunk in _Chunks(self, key):
            found.update(chunk)
        if found.hexdigest() == sha256:
            return
        self.delete(key)
        if path is not None and file_sha256(path) != sha256:
            raise InputError("file-changed", {"path": path})
        raise StoreError("store-corrupt", {"store": self.label, "key": key})


class _Chunks:
    """The bytes of an object; where the connection breaks, the rest is asked for again."""

    def __init__(self, store: S3Store, key: str) -> None:
        self._store, self._key = store, key
        self.sha256: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        at, more = 0, dict[str, Any]()
        for left in reversed(range(_RESUMES)):
            with s3_errors(self._store.label, self._key):
                answer = self._store._client.get_object(
                    Bucket=self._store._bucket, Key=self._store._name(self._key), **more
                )
                self.sha256 = stored_sha256(answer["Metadata"])
                try:
                    while chunk := answer["Body"].read(_CHUNK_BYTES):
                        at += len(chunk)
                        yield chunk
                    return
                except HTTPClientError:
                    if not left:
                        raise
                finally:
                    answer["Body"].close()
            more = {"Range": f"bytes={at}-", "IfMatch": answer["ETag"]} if at else {}


def _accuse_file(error: ClientError, path: Path, sha256: str) -> None:
    """Where a server refuses a digest because the file is no longer what was hashed, say so."""
    if http_status(error) == 400 and file_sha256(path) != sha256:
        raise InputError("file-changed", {"path": path}) from error


def _content_type(name: str) -> str:
    guessed = _TYPES.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") or guessed.endswith("/json") else guessed
