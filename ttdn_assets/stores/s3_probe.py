"""What a bucket can do, tried with small objects that are deleted again."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ttdn_assets.stores import Capabilities
from ttdn_assets.stores.keys import PROBES
from ttdn_assets.stores.s3_client import Bucket
from ttdn_assets.stores.s3_errors import http_status
from ttdn_assets.stores.s3_protect import as_headers

SHA256_KEY = "sha256"
META = f"x-amz-meta-{SHA256_KEY}"
_RIGHT, _WRONG = b"ttdn probe", b"ttdn other"
_DIGEST = hashlib.sha256(_RIGHT).hexdigest()
_OTHER_ETAG = hashlib.md5(_WRONG, usedforsecurity=False).hexdigest()
_UNPROVEN = {401, 403, 404, 429}


def sha256_base64(sha256: str) -> str:
    """A hexadecimal SHA-256 the way the checksum headers write it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def stored_sha256(metadata: Mapping[str, str]) -> str | None:
    """The SHA-256 among an object's metadata; servers change the case of the names."""
    for name, value in metadata.items():
        if name.lower() == SHA256_KEY and len(value) == 64:
            return value.lower()
    return None


def md5_of(etag: str) -> str | None:
    """The MD5 an ETag may be; ``None`` for the ETag of an object that came in parts."""
    plain = etag.strip('"').lower()
    return plain if len(plain) == 32 and all(letter in "0123456789abcdef" for letter in plain) else None


def probe(bucket: Bucket, prefix: str, protection: dict[str, Any]) -> tuple[Capabilities, str | None]:
    """Try the bucket; what it refuses for another reason (rights, space) is raised as boto3 says it.

    Args:
        bucket: the bucket.
        prefix: below what to write.
        protection: what every object is to be written with.

    Returns:
        What it can do, and how it says that it encrypts.
    """
    key = f"{prefix}{PROBES}{uuid.uuid4().hex}"
    try:
        return _probe(bucket, key, as_headers(protection))
    finally:
        for name in (key, f"{key}-wrong", f"{key}-copy"):
            with contextlib.suppress(ClientError, BotoCoreError):
                bucket.client.delete_object(Bucket=bucket.name, Key=name)


def _probe(bucket: Bucket, key: str, more: dict[str, str]) -> tuple[Capabilities, str | None]:
    with ThreadPoolExecutor(2) as pool:
        resumes = pool.submit(_resumes, bucket, key)
        takes_right = _takes_sha256(bucket, key, body=_RIGHT, more=more)
        if not takes_right:
            bucket.wire.put(key, _RIGHT, sha256=_DIGEST, headers={META: _DIGEST, **more})
        head = bucket.client.head_object(Bucket=bucket.name, Key=key)
        takes_wrong = (
            pool.submit(_takes_sha256, bucket, f"{key}-wrong", body=_WRONG, more=more) if takes_right else None
        )
        found = Capabilities(
            kind="s3",
            keeps_metadata=stored_sha256(head["Metadata"]) == _DIGEST,
            tells_md5=md5_of(head["ETag"]) == hashlib.md5(_RIGHT, usedforsecurity=False).hexdigest(),
            copies=_copies(bucket, key),
            refuses_overwrite=_refuses(bucket, key, {"if-none-match": "*", **more}),
            refuses_stale=_refuses(bucket, key, {"if-match": f'"{_OTHER_ETAG}"', **more}),
            resumes=resumes.result(),
            refuses_wrong_sha256=takes_wrong is not None and not takes_wrong.result(),
        )
    return found, head.get("ServerSideEncryption")


def _takes_sha256(bucket: Bucket, key: str, *, body: bytes, more: dict[str, str]) -> bool:
    """Whether ``body`` is taken with the SHA-256 of the right bytes."""
    try:
        headers = {META: _DIGEST, "x-amz-checksum-sha256": sha256_base64(_DIGEST), **more}
        bucket.wire.put(key, body, sha256=_DIGEST, headers=headers)
    except ClientError as error:
        if http_status(error) in _UNPROVEN or not 400 <= http_status(error) < 502:
            raise
        return False
    return True


def _refuses(bucket: Bucket, key: str, more: dict[str, str]) -> bool:
    """Whether a condition that does not hold keeps an object from being replaced."""
    try:
        bucket.wire.put(key, _RIGHT, sha256=_DIGEST, headers={META: _DIGEST, **more})
    except ClientError as error:
        return http_status(error) == 412
    return False


def _copies(bucket: Bucket, key: str) -> bool:
    """Whether a copy made by the server carries the metadata it was given."""
    with _refusals():
        bucket.client.copy_object(
            CopySource={"Bucket": bucket.name, "Key": key},
            Bucket=bucket.name,
            Key=f"{key}-copy",
            Metadata={SHA256_KEY: _DIGEST},
            MetadataDirective="REPLACE",
        )
        copied = bucket.client.head_object(Bucket=bucket.name, Key=f"{key}-copy")
        return stored_sha256(copied["Metadata"]) == _DIGEST and copied["ContentLength"] == len(_RIGHT)
    return False


def _resumes(bucket: Bucket, key: str) -> bool:
    """Whether an upload that was begun is listed, so that it can be taken up again."""
    with _refusals():
        upload = bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)["UploadId"]
        try:
            listed = bucket.client.list_multipart_uploads(Bucket=bucket.name, Prefix=key).get("Uploads", [])
            bucket.client.list_parts(Bucket=bucket.name, Key=key, UploadId=upload)
            return any(one["UploadId"] == upload for one in listed)
        finally:
            bucket.client.abort_multipart_upload(Bucket=bucket.name, Key=key, UploadId=upload)
    return False


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Let a server refuse what is only tried."""
    with contextlib.suppress(ClientError, BotoCoreError):
        yield
