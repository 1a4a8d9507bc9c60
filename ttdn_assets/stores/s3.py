"""A store in S3-compatible storage.  The modules named ``s3*`` of this package are the only importers of boto3.

Observed in servers and provided for: ETags that are no digest (objects in parts), listings that are not in the order of
their keys, metadata names in another case or lost on a copy, checksums that are taken and not checked,
``If-None-Match`` that is not honoured.  Each object carries its own SHA-256 in its metadata.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import msgspec
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from ttdn_assets.errors import InputError, StoreError, UsageError
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores import Capabilities, Leftover, ObjectInfo
from ttdn_assets.stores.interruption import Interruption
from ttdn_assets.stores.keys import LINKS_DAYS_MAX, PROBES, check_key, digest_in
from ttdn_assets.stores.s3_client import open_bucket
from ttdn_assets.stores.s3_errors import error_code, http_status, s3_errors
from ttdn_assets.stores.s3_parts import LARGE_BYTES, discard, leftovers, put_parts
from ttdn_assets.stores.s3_probe import META, SHA256_KEY, md5_of, probe, sha256_base64, stored_sha256
from ttdn_assets.stores.s3_protect import as_headers, protection, require
from ttdn_assets.stores.s3_read import read_object
from ttdn_assets.tools.files import file_sha256, os_errors, whole_file

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_EXPIRES_MAX_S = LINKS_DAYS_MAX * 24 * 3600
_ONE_COPY = TransferConfig(multipart_threshold=1 << 30)
_NOTHING_THERE = {"if-none-match": "*"}
_UNMET = {409, 412}
_TYPES = mimetypes.MimeTypes()
_TYPES.add_type("image/webp", ".webp")
_TYPES.add_type("image/heic", ".heic")


class S3Store:
    """Objects of one bucket under one prefix."""

    def __init__(self, name: str, prefix: str, *, settings: StoreSettings) -> None:
        """Use ``open``."""
        self.interruption = Interruption()
        bucket = open_bucket(name, settings, self.interruption)
        self._bucket, self._settings = bucket, settings
        self._prefix = f"{prefix}/" if prefix else ""
        self._found: Capabilities | None = None
        self._finding = Lock()

    @classmethod
    def open(cls, bucket: str, prefix: str, *, settings: StoreSettings, writing: bool) -> S3Store:
        """The store, after it has answered; see ``open_store``."""
        name = f"s3://{bucket}/{prefix}".rstrip("/")
        with s3_errors(name):
            store = cls(bucket, prefix, settings=settings)
        with s3_errors(store.label):
            store._client.list_objects_v2(Bucket=bucket, Prefix=store._prefix, MaxKeys=1)
        if writing:
            _ = store.capabilities
        return store

    @property
    def label(self) -> str:
        """Bucket, prefix and host."""
        host = urlsplit(self._client.meta.endpoint_url).netloc.rpartition("@")[2]
        return f"s3://{self._bucket.name}/{self._prefix}".rstrip("/") + f" ({host})"

    @property
    def capabilities(self) -> Capabilities:
        """See ``Store.capabilities``."""
        with self._finding:
            if self._found is None:
                asked = protection(self._settings, PROBES)
                with s3_errors(self.label):
                    found, encrypted = probe(self._bucket, self._prefix, asked)
                    require(self._client, self._bucket.name, self._settings, store=self.label, encrypted=encrypted)
                self._found = found
            return self._found

    def put(self, path: Path, key: str, sha256: str) -> bool:
        """See ``Store.put``."""
        with os_errors(path):
            size_bytes = path.stat().st_size
        is_small = size_bytes < LARGE_BYTES
        at_once = is_small and self.capabilities.refuses_overwrite
        if not (at_once and self._put_file(path, key, sha256, _NOTHING_THERE)):
            if self._holds(key, size_bytes, sha256):
                return False
            if is_small:
                self._put_file(path, key, sha256, {})
            else:
                self._put_parts(path, key, sha256, size_bytes)
        if not self.capabilities.refuses_wrong_sha256:
            self._read_back(key, path, sha256)
        return True

    def replace(self, data: bytes, key: str, *, seen: ObjectInfo | None) -> bool:
        """See ``Store.replace``; the condition is for what goes in one piece and has a plain ETag."""
        can, etag, sha256 = self.capabilities, seen.md5 if seen else None, hashlib.sha256(data).hexdigest()
        if can.refuses_stale and etag if seen else can.refuses_overwrite:
            condition = {"if-match": f'"{etag}"'} if seen else _NOTHING_THERE
        elif self.head(key) == seen:
            condition = {}
        else:
            return False
        sent = self._put_bytes(data, key, sha256, condition)
        if sent and not can.refuses_wrong_sha256:
            self._read_back(key, None, sha256)
        return sent

    def head(self, key: str) -> ObjectInfo | None:
        """See ``Store.head``."""
        name = self._name(key)
        with s3_errors(self.label, key):
            try:
                head = self._client.head_object(Bucket=self._bucket.name, Key=name)
            except ClientError as error:
                if http_status(error) == 404:
                    return None
                raise
        return ObjectInfo(
            key=key,
            size_bytes=head["ContentLength"],
            sha256=stored_sha256(head["Metadata"]),
            md5=md5_of(head["ETag"]),
            changed_at=head["LastModified"],
        )

    def get(self, key: str, path: Path, *, sha256: str | None = None) -> str:
        """See ``Store.get``; a connection that breaks is taken up where it broke."""
        found, name = hashlib.sha256(), self._name(key)
        with os_errors(path), whole_file(path) as partial:
            with partial.open("wb") as write, s3_errors(self.label, key):

                def keep(chunk: bytes) -> None:
                    found.update(chunk)
                    write.write(chunk)

                told = read_object(self._bucket.wire, name, keep)
            if found.hexdigest() != (sha256 or digest_in(key) or told or found.hexdigest()):
                raise StoreError("store-corrupt", {"store": self.label, "key": key})
        return found.hexdigest()

    def digest(self, key: str) -> str:
        """See ``Store.digest``."""
        found = hashlib.sha256()
        with s3_errors(self.label, key):
            read_object(self._bucket.wire, self._name(key), found.update)
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
                {"Bucket": self._bucket.name, "Key": self._name(src)},
                self._bucket.name,
                name,
                ExtraArgs={
                    "MetadataDirective": "REPLACE",
                    "Metadata": {SHA256_KEY: sha256},
                    "ContentType": _content_type(dst),
                    **protection(self._settings, dst),
                },
                Config=_ONE_COPY,
            )
        if not self.capabilities.refuses_wrong_sha256:
            self._read_back(dst, None, sha256)

    def delete(self, key: str) -> None:
        """See ``Store.delete``."""
        name = self._name(key)
        with s3_errors(self.label, key):
            self._client.delete_object(Bucket=self._bucket.name, Key=name)

    def iter(self, prefix: str) -> Iterator[ObjectInfo]:
        """See ``Store.iter``."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket.name, Prefix=self._prefix + prefix
        )
        with s3_errors(self.label, prefix):
            for page in pages:
                for one in page.get("Contents", []):
                    key = one["Key"].removeprefix(self._prefix)
                    if key and not key.endswith("/") and not key.startswith(PROBES):
                        yield ObjectInfo(
                            key=key,
                            size_bytes=one["Size"],
                            sha256=digest_in(key),
                            md5=md5_of(one["ETag"]),
                            changed_at=one["LastModified"],
                        )

    def url(self, key: str, expires_s: int, *, saved_as: str | None = None) -> str:
        """See ``Store.url``.

        Raises:
            UsageError: ``store-expiry`` for less than a second or more than seven days.
        """
        if not 1 <= expires_s <= _EXPIRES_MAX_S:
            raise UsageError("store-expiry", {"seconds": expires_s, "most": _EXPIRES_MAX_S})
        asked = {"Bucket": self._bucket.name, "Key": self._name(key)}
        if saved_as:
            asked["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(saved_as, safe='')}"
        with s3_errors(self.label, key):
            return self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=expires_s)

    def leftovers(self) -> Iterator[Leftover]:
        """See ``Store.leftovers``: large files whose parts never became one object."""
        with s3_errors(self.label):
            for one in leftovers(self._bucket, self._prefix):
                yield msgspec.structs.replace(one, key=one.key.removeprefix(self._prefix))

    def discard(self, leftover: Leftover) -> None:
        """See ``Store.discard``."""
        discard(self._bucket, self._prefix + leftover.key, leftover.token)

    @property
    def _client(self) -> S3Client:
        return self._bucket.client

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _holds(self, key: str, size_bytes: int, sha256: str) -> bool:
        there = self.head(key)
        return there is not None and (there.size_bytes, there.sha256) == (size_bytes, sha256)

    def _put_file(self, path: Path, key: str, sha256: str, condition: Mapping[str, str]) -> bool:
        """Send a small file where the condition holds; whether it did."""
        with os_errors(path):
            body = path.read_bytes()
        if not self.capabilities.refuses_wrong_sha256 and hashlib.sha256(body).hexdigest() != sha256:
            raise InputError("file-changed", {"path": path})
        try:
            return self._put_bytes(body, key, sha256, condition)
        except StoreError as error:
            _accuse_file(error.__cause__, path, sha256)
            raise

    def _put_bytes(self, body: bytes, key: str, sha256: str, condition: Mapping[str, str]) -> bool:
        """Send an object in one piece where the condition holds; whether it did."""
        name = self._name(key)
        headers = {**condition, META: sha256, "content-type": _content_type(key)}
        headers |= as_headers(protection(self._settings, key))
        if self.capabilities.refuses_wrong_sha256:
            headers["x-amz-checksum-sha256"] = sha256_base64(sha256)
        with s3_errors(self.label, key):
            try:
                self._bucket.wire.put(name, body, sha256=sha256, headers=headers)
            except ClientError as error:
                if http_status(error) in _UNMET or ("if-match" in condition and http_status(error) == 404):
                    return False
                raise
        return True

    def _put_parts(self, path: Path, key: str, sha256: str, size_bytes: int) -> None:
        more = {"ContentType": _content_type(key), **protection(self._settings, key)}
        name, checked = self._name(key), self.capabilities.refuses_wrong_sha256
        with s3_errors(self.label, key):
            try:
                with os_errors(path):
                    put_parts(self._bucket, name, path=path, sha256=sha256, more=more, checked=checked)
            except ClientError as error:
                if error_code(error) == "NoSuchUpload" and self._holds(key, size_bytes, sha256):
                    return
                _accuse_file(error, path, sha256)
                raise

    def _read_back(self, key: str, path: Path | None, sha256: str) -> None:
        """Read an object whole and compare; what is wrong is deleted."""
        if self.digest(key) == sha256:
            return
        self.delete(key)
        if path is not None and file_sha256(path) != sha256:
            raise InputError("file-changed", {"path": path})
        raise StoreError("store-corrupt", {"store": self.label, "key": key})


def _accuse_file(error: BaseException | None, path: Path, sha256: str) -> None:
    """Where a server refuses a digest because the file is no longer what was hashed, say so."""
    if isinstance(error, ClientError) and http_status(error) == 400 and file_sha256(path) != sha256:
        raise InputError("file-changed", {"path": path}) from error


def _content_type(name: str) -> str:
    guessed = _TYPES.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") or guessed.endswith("/json") else guessed
