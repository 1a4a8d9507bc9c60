"""What a bucket can do, tried with a small object that is deleted again."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ttdn_assets.stores import Capabilities
from ttdn_assets.stores.keys import PROBES
from ttdn_assets.stores.s3_errors import http_status

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SHA256_KEY = "sha256"
_RIGHT, _WRONG = b"ttdn probe", b"ttdn other"
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


def probe(client: S3Client, bucket: str, prefix: str) -> Capabilities:
    """Try the bucket; what it refuses for another reason (rights, space) is raised as boto3 says it."""
    key = f"{prefix}{PROBES}{uuid.uuid4().hex}"
    try:
        return _probe(client, bucket, key)
    finally:
        for name in (key, f"{key}-wrong"):
            with contextlib.suppress(ClientError, BotoCoreError):
                client.delete_object(Bucket=bucket, Key=name)


def _probe(client: S3Client, bucket: str, key: str) -> Capabilities:
    right = hashlib.sha256(_RIGHT).hexdigest()
    takes_right = _takes_sha256(client, bucket, key, body=_RIGHT)
    if not takes_right:
        client.put_object(Bucket=bucket, Key=key, Body=_RIGHT, Metadata={SHA256_KEY: right})
    refuses_wrong = takes_right and not _takes_sha256(client, bucket, f"{key}-wrong", body=_WRONG)
    head = client.head_object(Bucket=bucket, Key=key)
    return Capabilities(
        kind="s3",
        refuses_wrong_sha256=refuses_wrong,
        refuses_overwrite=_refuses_overwrite(client, bucket, key),
        keeps_metadata=stored_sha256(head["Metadata"]) == right,
        tells_md5=md5_of(head["ETag"]) == hashlib.md5(_RIGHT, usedforsecurity=False).hexdigest(),
    )


def _takes_sha256(client: S3Client, bucket: str, key: str, *, body: bytes) -> bool:
    """Whether ``body`` is taken with the SHA-256 of the right bytes."""
    right = hashlib.sha256(_RIGHT).hexdigest()
    try:
        client.put_object(
            Bucket=bucket, Key=key, Body=body, Metadata={SHA256_KEY: right}, ChecksumSHA256=sha256_base64(right)
        )
    except ClientError as error:
        if http_status(error) in _UNPROVEN or not 400 <= http_status(error) < 502:
            raise
        return False
    return True


def _refuses_overwrite(client: S3Client, bucket: str, key: str) -> bool:
    try:
        client.put_object(Bucket=bucket, Key=key, Body=_RIGHT, IfNoneMatch="*")
    except ClientError as error:
        return http_status(error) == 412
    return False
