"""Files on their way to S3, signed by botocore's signer and sent over its connections, without boto3's own machinery.

That machinery costs more processor time than all the rest of a small file's way, and hashes the bytes once more to sign
them.  Here their SHA-256 is known and signed as it is; not every server compares it with what arrives, so that what
proves an upload is the checksum header beside it (``s3_probe``).
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError
from botocore.httpsession import URLLib3Session

ATTEMPTS = 5
_BACKOFF_MAX_S = 20.0
_PASSING = {408, 429, 500, 502, 503, 504}
_PASSING_CODES = {"RequestTimeout", "SlowDown", "Throttling", "RequestLimitExceeded"}
_BROKEN = (HTTPClientError, EndpointConnectionError, ConnectTimeoutError)
_CODE = re.compile(rb"<Code>\s*([A-Za-z0-9]{1,60})\s*</Code>")


class _Signer(S3SigV4Auth):
    """Signs with the digest that is known."""

    def payload(self, request: AWSRequest) -> str:
        return str(request.context["sha256"])


class Wire:
    """PUT requests to one bucket; any number of threads may use it."""

    def __init__(self, session: URLLib3Session, credentials: Credentials, *, region: str, address: str) -> None:
        """Send over ``session`` to ``address``, the bucket's own, which ends in a slash."""
        self._session, self._credentials = session, credentials
        self._region, self._address = region, address

    def put(
        self, name: str, body: bytes, *, sha256: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        """Send bytes as the object ``name``, or as a part where ``query`` says so; the headers of the answer.

        What may pass (a broken connection, a server that asks for patience) is tried again, after a random while that
        doubles.

        Raises:
            ClientError: the server refuses.
            BotoCoreError: it does not answer, or there are no credentials.
        """
        url = self._address + quote(name, safe="/~")
        for attempt in range(1, ATTEMPTS + 1):
            request = AWSRequest("PUT", url, headers=dict(headers), data=body, params=dict(query or {}))
            request.context["sha256"] = sha256
            try:
                return self._send(request)
            except (ClientError, *_BROKEN) as error:
                if attempt == ATTEMPTS or not _may_pass(error):
                    raise
            time.sleep(random.random() * min(2.0 ** (attempt - 1), _BACKOFF_MAX_S))
        raise AssertionError("the last attempt returns or raises")

    def _send(self, request: AWSRequest) -> Mapping[str, str]:
        _Signer(self._credentials.get_frozen_credentials(), "s3", self._region).add_auth(request)
        answer = self._session.send(request.prepare())
        if answer.status_code < 300:
            return answer.headers
        code = _CODE.search(answer.content)
        told: Any = {
            "Error": {"Code": code[1].decode() if code else str(answer.status_code), "Message": ""},
            "ResponseMetadata": {"HTTPStatusCode": answer.status_code},
        }
        raise ClientError(told, "PutObject")


def _may_pass(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    answer = error.response
    return answer["ResponseMetadata"]["HTTPStatusCode"] in _PASSING or answer["Error"]["Code"] in _PASSING_CODES
