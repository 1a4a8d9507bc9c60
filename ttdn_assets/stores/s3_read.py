"""The bytes of an object; where the connection breaks, the rest is asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import HTTPClientError

from ttdn_assets.stores.interruption import Interruption
from ttdn_assets.stores.s3_probe import stored_sha256

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20
_RESUMES = 5


class Chunks:
    """An object in chunks of a mebibyte; ``sha256`` is what the store says of it, once the first has come."""

    def __init__(self, client: S3Client, bucket: str, name: str, interruption: Interruption) -> None:
        """Nothing is asked for yet."""
        self._interruption = interruption
        self._client, self._where = client, {"Bucket": bucket, "Key": name}
        self.sha256: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        at, size_bytes, more = 0, -1, dict[str, Any]()
        for left in reversed(range(_RESUMES)):
            answer = self._client.get_object(**self._where, **more)  # type: ignore[arg-type]  # names as the stub has
            self.sha256 = stored_sha256(answer["Metadata"])
            size_bytes = size_bytes if more else answer["ContentLength"]
            try:
                while chunk := answer["Body"].read(_CHUNK_BYTES):
                    self._interruption.check()
                    at += len(chunk)
                    yield chunk
            except HTTPClientError:
                if not left:
                    raise
            finally:
                answer["Body"].close()
            if at >= size_bytes:
                return
            more = {"Range": f"bytes={at}-", "IfMatch": answer["ETag"]} if at else {}
