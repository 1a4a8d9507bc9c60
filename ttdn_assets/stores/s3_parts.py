"""A large file sent in parts, each checked by the server, the whole by its SHA-256 before the object appears.

What a killed run sent of it is found again, by the MD5 of each part, and not sent twice; parts were checked by their
SHA-256 when they came.  That holds for keys made of the digest: under another key the upload
that was begun may carry the digest of other bytes in its metadata.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ttdn_assets.errors import InputError
from ttdn_assets.stores.s3_probe import SHA256_KEY, md5_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

LARGE_BYTES = 16 << 20
PART_BYTES = 8 << 20
PARTS_MAX = 10_000
"""Size limits of a part (5 MiB at least) and their number: Amazon S3 User Guide, "Multipart upload limits"."""
_THREADS = 4
_IN_FLIGHT = BoundedSemaphore(2 * _THREADS)
"""Parts held in memory by the whole process, so that many large files at once take no more than one."""


def put_parts(
    client: S3Client, bucket: str, name: str, *, path: Path, sha256: str, content_type: str, checked: bool
) -> None:
    """Send ``path`` as the object ``name``.

    Args:
        client: the client.
        bucket: the bucket.
        name: the object's whole name.
        path: the file.
        sha256: its SHA-256.
        content_type: its MIME type.
        checked: whether each part goes with its SHA-256 for the server to check.

    Raises:
        InputError: ``file-changed``; the parts are thrown away.
    """
    upload, there = _unfinished(client, bucket, name) if sha256 in name else (None, dict[int, str]())
    if upload is None:
        asked: dict[str, Any] = {"ChecksumAlgorithm": "SHA256"} if checked else {}
        started = client.create_multipart_upload(
            Bucket=bucket, Key=name, ContentType=content_type, Metadata={SHA256_KEY: sha256}, **asked
        )
        upload = started["UploadId"]
    whole = hashlib.sha256()
    parts = _send_parts(client, (bucket, name, upload), _parts_of(path, whole), there=there, checked=checked)
    if whole.hexdigest() != sha256:
        with contextlib.suppress(ClientError, BotoCoreError):
            client.abort_multipart_upload(Bucket=bucket, Key=name, UploadId=upload)
        raise InputError("file-changed", {"path": path})
    client.complete_multipart_upload(Bucket=bucket, Key=name, UploadId=upload, MultipartUpload={"Parts": parts})


def part_bytes(size_bytes: int) -> int:
    """The size of the parts of a file, so that there are never more than a server takes."""
    fewest = -(-size_bytes // PARTS_MAX)
    return max(PART_BYTES, -(-fewest // (1 << 20)) * (1 << 20))


def _parts_of(path: Path, whole: hashlib._Hash) -> Iterator[bytes]:
    length = part_bytes(path.stat().st_size)
    with path.open("rb") as stream:
        while chunk := stream.read(length):
            whole.update(chunk)
            _IN_FLIGHT.acquire()
            yield chunk


def _send_parts(
    client: S3Client,
    upload: tuple[str, str, str],
    chunks: Iterator[bytes],
    *,
    there: dict[int, str],
    checked: bool,
) -> list[CompletedPartTypeDef]:
    """Send the parts that are not there yet, a few at a time; all parts in order."""
    parts: list[CompletedPartTypeDef] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: deque[Future[CompletedPartTypeDef]] = deque()
        try:
            for number, chunk in enumerate(chunks, 1):
                waiting.append(pool.submit(_send_part, client, upload, number, chunk, there.get(number), checked))
                if len(waiting) > _THREADS:
                    parts.append(waiting.popleft().result())
            parts.extend(future.result() for future in waiting)
        except BaseException:
            for future in waiting:
                if future.cancel():
                    _IN_FLIGHT.release()
            raise
    return parts


def _send_part(
    client: S3Client,
    upload: tuple[str, str, str],
    number: int,
    chunk: bytes,
    there: str | None,
    checked: bool,
) -> CompletedPartTypeDef:
    try:
        digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        told: CompletedPartTypeDef = {"PartNumber": number}
        if checked:
            told["ChecksumSHA256"] = digest
        if there is not None and md5_of(there) == hashlib.md5(chunk, usedforsecurity=False).hexdigest():
            return {**told, "ETag": there}
        bucket, name, upload_id = upload
        checks: dict[str, Any] = {"ChecksumSHA256": digest} if checked else {}
        sent = client.upload_part(Bucket=bucket, Key=name, UploadId=upload_id, PartNumber=number, Body=chunk, **checks)
        return {**told, "ETag": sent["ETag"]}
    finally:
        _IN_FLIGHT.release()


def _unfinished(client: S3Client, bucket: str, name: str) -> tuple[str | None, dict[int, str]]:
    """An upload of this object that was begun and not ended, with the ETags of its parts by number."""
    try:
        begun = client.list_multipart_uploads(Bucket=bucket, Prefix=name).get("Uploads", [])
        upload = next((one["UploadId"] for one in begun if one["Key"] == name), None)
        if upload is None:
            return None, {}
        pages = client.get_paginator("list_parts").paginate(Bucket=bucket, Key=name, UploadId=upload)
        parts = [part for page in pages for part in page.get("Parts", [])]
    except (ClientError, BotoCoreError):
        return None, {}
    return upload, {part["PartNumber"]: part["ETag"] for part in parts}
