"""What ttdn.toml asks a bucket to do for what it keeps: encrypt it, keep former versions, let nobody delete it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ttdn_assets.errors import StoreError
from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores.keys import ORIGINALS, SUBMISSIONS

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_HEADERS = {
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "ObjectLockMode": "x-amz-object-lock-mode",
    "ObjectLockRetainUntilDate": "x-amz-object-lock-retain-until-date",
}
_LOCKED = (ORIGINALS, SUBMISSIONS)
"""What is never made anew and never changed; renditions can be made again, records change."""


def protection(settings: StoreSettings, key: str) -> dict[str, Any]:
    """What boto3 is to be told with an object, by its names."""
    asked: dict[str, Any] = {}
    if settings.encryption:
        asked["ServerSideEncryption"] = settings.encryption
    if settings.encryption == "aws:kms" and settings.kms_key:
        asked["SSEKMSKeyId"] = settings.kms_key
    if settings.lock and key.startswith(_LOCKED):
        asked["ObjectLockMode"] = settings.lock.upper()
        asked["ObjectLockRetainUntilDate"] = dt.datetime.now(dt.UTC) + dt.timedelta(days=settings.lock_days)
    return asked


def as_headers(protection: dict[str, Any]) -> dict[str, str]:
    """The same as headers of a request."""
    return {_HEADERS[name]: _text(value) for name, value in protection.items()}


def _text(value: Any) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, dt.datetime) else str(value)


def require(client: S3Client, bucket: str, settings: StoreSettings, *, store: str, encrypted: str | None) -> None:
    """Turn on what is asked, and see that it is on.

    Args:
        client: the client.
        bucket: the bucket.
        settings: the ``[store]`` table of ttdn.toml.
        store: the store as messages name it.
        encrypted: how the server says it encrypted an object it was asked to encrypt.

    Raises:
        StoreError: ``store-unprotected`` where the bucket does not do what is asked.
    """
    given = {
        f"encryption = {settings.encryption}": not settings.encryption or encrypted == settings.encryption,
        "versioning": not settings.versioning or _keeps_versions(client, bucket),
        f"lock = {settings.lock}": not settings.lock or _locks(client, bucket),
    }
    for what, is_given in given.items():
        if not is_given:
            raise StoreError("store-unprotected", {"store": store, "what": what})


def _keeps_versions(client: S3Client, bucket: str) -> bool:
    try:
        if client.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        return client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
    except ClientError:
        return False


def _locks(client: S3Client, bucket: str) -> bool:
    try:
        found = client.get_object_lock_configuration(Bucket=bucket)
    except ClientError:
        return False
    return found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
