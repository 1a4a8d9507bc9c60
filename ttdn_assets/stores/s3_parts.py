"""A large file sent in parts, each checked by the server, the whole by its SHA-256 before the object appears.

What a killed run sent of it is found again, by the MD5 of each part, and not sent twice; parts were checked by their
SHA-256 when they came.  What nobody takes up again is listed by ``leftovers``.
"""

from __future__ import annotations

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
from ttdn_assets.stores import Leftover
from ttdn_assets.stores.s3_client import Bucket
from ttdn_assets.stores.s3_probe import SHA256_KEY, md5_of, sha256_base64, stored_sha256

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

LARGE_BYTES = 16 << 20
PART_BYTES = 8 << 20
PARTS_MAX = 10_000
"""Size limits of a part (5 MiB at least) and their number: Amazon S3 User Guide, "Multipart upload limits"."""
_THREADS = 4
_IN_FLIGHT = BoundedSemaphore(2 * _THREADS)
"""Parts held in memory by the whole process, so that many large files at once take no more than one."""


def put_parts(
    bucket: Bucket, name: str, *, path: Path, sha256: str, more: dict[str, Any], checked: bool, resume: bool = True
) -> None:
    """Send ``path`` as the object ``name``.

    Args:
        bucket: where to.
        name: the object's whole name.
        path: the file.
        sha256: its SHA-256.
        more: what boto3 is to be told with the object beside its metadata.
        checked: whether each part goes with its SHA-256 for the server to check.
        resume: whether to take up an upload that was begun and not ended.

    Raises:
        InputError: ``file-changed``; the parts are thrown away.
    """
    upload, there = _unfinished(bucket, name) if resume else (None, dict[int, str]())
    if upload is None:
        asked: dict[str, Any] = {"ChecksumAlgorithm": "SHA256"} if checked else {}
        started = bucket.client.create_multipart_upload(
            Bucket=bucket.name, Key=name, Metadata={SHA256_KEY: sha256}, **asked, **more
        )
        upload = started["UploadId"]
    whole = hashlib.sha256()
    parts = _send_parts(bucket, (name, upload), _parts_of(path, whole), there=there, checked=checked)
    if whole.hexdigest() != sha256:
        discard(bucket, name, upload)
        raise InputError("file-changed", {"path": path})
    bucket.client.complete_multipart_upload(
        Bucket=bucket.name, Key=name, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    if there and stored_sha256(bucket.client.head_object(Bucket=bucket.name, Key=name)["Metadata"]) != sha256:
        put_parts(bucket, name, path=path, sha256=sha256, more=more, checked=checked, resume=False)


def part_bytes(size_bytes: int) -> int:
    """The size of the parts of a file, so that there are never more than a server takes."""
    fewest = -(-size_bytes // PARTS_MAX)
    return max(PART_BYTES, -(-fewest // (1 << 20)) * (1 << 20))


def leftovers(bucket: Bucket, prefix: str) -> Iterator[Leftover]:
    """Uploads below a prefix that were begun and not ended; their keys are the objects' whole names."""
    pages = bucket.client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket.name, Prefix=prefix)
    for page in pages:
        for one in page.get("Uploads", []):
            yield Leftover(key=one["Key"], token=one["UploadId"], begun_at=one["Initiated"])


def discard(bucket: Bucket, name: str, upload: str) -> None:
    """Throw the parts of an upload away; nothing happens where that cannot be."""
    with contextlib.suppress(ClientError, BotoCoreError):
        bucket.client.abort_multipart_upload(Bucket=bucket.name, Key=name, UploadId=upload)


def _parts_of(path: Path, whole: hashlib._Hash) -> Iterator[bytes]:
    length = part_bytes(path.stat().st_size)
    with path.open("rb") as stream:
        while chunk := stream.read(length):
            whole.update(chunk)
            _IN_FLIGHT.acquire()
            yield chunk


def _send_parts(
    bucket: Bucket, upload: tuple[str, str], chunks: Iterator[bytes], *, there: dict[int, str], checked: bool
) -> list[CompletedPartTypeDef]:
    """Send the parts that are not there yet, a few at a time; all parts in order."""
    parts: list[CompletedPartTypeDef] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: deque[Future[CompletedPartTypeDef]] = deque()
        try:
            for number, chunk in enumerate(chunks, 1):
                sent = pool.submit(_send_part, bucket, upload, number, chunk, there=there.get(number), checked=checked)
                waiting.append(sent)
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
    bucket: Bucket, upload: tuple[str, str], number: int, chunk: bytes, *, there: str | None, checked: bool
) -> CompletedPartTypeDef:
    try:
        sha256 = hashlib.sha256(chunk).hexdigest()
        told: CompletedPartTypeDef = {"PartNumber": number}
        if checked:
            told["ChecksumSHA256"] = sha256_base64(sha256)
        if there is not None and md5_of(there) == hashlib.md5(chunk, usedforsecurity=False).hexdigest():
            return {**told, "ETag": there}
        headers = {"x-amz-checksum-sha256": sha256_base64(sha256)} if checked else {}
        name, upload_id = upload
        query = {"partNumber": str(number), "uploadId": upload_id}
        return {**told, "ETag": bucket.wire.put(name, chunk, sha256=sha256, headers=headers, query=query)}
    finally:
        _IN_FLIGHT.release()


def _unfinished(bucket: Bucket, name: str) -> tuple[str | None, dict[int, str]]:
    """An upload of this object that was begun and not ended, with the ETags of its parts by number."""
    client = bucket.client
    try:
        upload = next((one.token for one in leftovers(bucket, name) if one.key == name), None)
        if upload is None:
            return None, {}
        pages = client.get_paginator("list_parts").paginate(Bucket=bucket.name, Key=name, UploadId=upload)
        parts = [part for page in pages for part in page.get("Parts", [])]
    except (ClientError, BotoCoreError):
        return None, {}
    return upload, {part["PartNumber"]: part["ETag"] for part in parts}
