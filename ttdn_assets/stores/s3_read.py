"""The bytes of an object; where the connection breaks, the rest is asked for again."""

from __future__ import annotations

from botocore.exceptions import HTTPClientError

from ttdn_assets.stores.s3_probe import META, stored_sha256
from ttdn_assets.stores.s3_wire import Take, Wire

_RESUMES = 5


def read_object(wire: Wire, name: str, take: Take) -> str | None:
    """Hand all bytes of an object to ``take``, in order; the SHA-256 that the store says they have."""
    at, version, answer = 0, dict[str, str](), dict[str, str]()

    def hand_on(chunk: bytes) -> None:
        nonlocal at
        at += len(chunk)
        take(chunk)

    for left in reversed(range(_RESUMES)):
        more = {"range": f"bytes={at}-", **version} if at else {}
        try:
            wire.get(name, hand_on, headers=more, answer=answer)
        except HTTPClientError:
            if not left:
                raise
            version = version or ({"if-match": answer["etag"]} if "etag" in answer else {})
        else:
            break
    return stored_sha256({"sha256": answer[META]} if META in answer else {})
