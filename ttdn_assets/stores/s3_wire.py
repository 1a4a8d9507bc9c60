"""Files on their way to S3, signed and sent by libcurl.

boto3's own way with a small file costs more processor time than all the rest of a push, holds the interpreter's lock
while it does so, and hashes the bytes once more to sign them.  libcurl does the same outside of the interpreter.  The
SHA-256 of the bytes is known and signed as it is; not every server compares it with what arrives, so that what proves
an upload is the checksum header beside it (``s3_probe``).
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import pycurl
from botocore.credentials import Credentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from ttdn_assets.stores.interruption import Interruption

ATTEMPTS = 5
_BACKOFF_MAX_S = 20.0
_PASSING = {408, 429, 500, 502, 503, 504}
_PASSING_CODES = {"RequestTimeout", "SlowDown", "Throttling", "RequestLimitExceeded"}
_BROKEN = (HTTPClientError, EndpointConnectionError, ConnectTimeoutError)
_CODE = re.compile(rb"<Code>\s*([A-Za-z0-9]{1,60})\s*</Code>")
_ETAG = re.compile(rb"\Aetag:\s*(\S+)", re.IGNORECASE)
_BROKE_OFF = {
    pycurl.E_GOT_NOTHING, pycurl.E_PARTIAL_FILE, pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_SEND_FAIL_REWIND,
}  # fmt: skip
_NOT_REACHED = {pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT}
_NO_PROXY = {pycurl.E_COULDNT_RESOLVE_PROXY}
_NOT_TRUSTED = {
    pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CACERT_BADFILE, pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_ISSUER_ERROR, pycurl.E_SSL_CIPHER,
}  # fmt: skip


class Wire:
    """PUT requests to one bucket; any number of threads may use it."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        region: str,
        address: str,
        authorities: str,
        proxy: str,
        interruption: Interruption,
        connect_s: float,
        timeout_s: float,
    ) -> None:
        """Send to ``address``, the bucket's own, which ends in a slash.

        Args:
            credentials: asked before each request, so that they may change.
            region: what the requests are signed for.
            address: the bucket's, which ends in a slash.
            authorities: the file of the certificate authorities that are trusted.
            proxy: its address, or nothing.
            interruption: what ends a request under way, and those to come.
            connect_s: how long a connection may take.
            timeout_s: how long nothing may move.
        """
        self._credentials, self._region, self._address = credentials, region, address
        self._interruption = interruption
        self._idle: deque[pycurl.Curl] = deque()
        self._options: dict[int, Any] = {
            pycurl.AWS_SIGV4: f"aws:amz:{region}:s3",
            pycurl.CUSTOMREQUEST: "PUT",
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
            pycurl.CAINFO: authorities,
            pycurl.PROXY: proxy,
            pycurl.NOPROXY: "",
            pycurl.CONNECTTIMEOUT_MS: round(connect_s * 1000),
            pycurl.LOW_SPEED_LIMIT: 1,
            pycurl.LOW_SPEED_TIME: max(1, round(timeout_s)),
            pycurl.TCP_KEEPALIVE: 1,
            pycurl.NOPROGRESS: 0,
            pycurl.XFERINFOFUNCTION: interruption.asked,
            pycurl.NOSIGNAL: 1,
        }

    def put(
        self, name: str, body: bytes, *, sha256: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> str:
        """Send bytes as the object ``name``, or as a part where ``query`` says so; the ETag the server gives them.

        What may pass (a broken connection, a server that asks for patience) is tried again, after a random while that
        doubles.

        Raises:
            ClientError: the server refuses.
            BotoCoreError: it does not answer, or there are no credentials.
            StoreError: ``store-stopped``.
        """
        self._interruption.check()
        url = self._address + quote(name, safe="/~") + (f"?{urlencode(query)}" if query else "")
        told = {"content-type": "application/octet-stream", "x-amz-content-sha256": sha256, **headers}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._send(url, body, told)
            except (ClientError, *_BROKEN) as error:
                if attempt == ATTEMPTS or not _may_pass(error):
                    raise
            self._interruption.wait(random.random() * min(2.0 ** (attempt - 1), _BACKOFF_MAX_S))
        raise AssertionError("the last attempt returns or raises")

    def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        signing = self._credentials.get_frozen_credentials()
        token = {"x-amz-security-token": signing.token} if signing.token else {}
        answer, etags = BytesIO(), list[bytes]()
        with self._handle(url) as handle:
            handle.setopt(pycurl.USERNAME, signing.access_key)
            handle.setopt(pycurl.PASSWORD, signing.secret_key)
            handle.setopt(pycurl.HTTPHEADER, ["expect:", *(f"{n}: {v}" for n, v in {**headers, **token}.items())])
            handle.setopt(pycurl.WRITEDATA, answer)
            handle.setopt(pycurl.HEADERFUNCTION, lambda line: etags.extend(_ETAG.findall(line)))
            handle.setopt(pycurl.POSTFIELDS, body)
            handle.perform()
            status = int(handle.getinfo(pycurl.RESPONSE_CODE))
        if status < 300:
            return etags[-1].decode("latin-1") if etags else ""
        raise _refusal(status, answer.getvalue())

    @contextmanager
    def _handle(self, url: str) -> Iterator[pycurl.Curl]:
        """A handle with its open connection; what breaks is not used again.

        Raises:
            BotoCoreError: what libcurl says, in botocore's words.
        """
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = pycurl.Curl()
            for option, value in self._options.items():
                handle.setopt(option, value)
        handle.setopt(pycurl.URL, url)
        try:
            yield handle
        except pycurl.error as error:
            self._interruption.check()
            raise _broken(error, handle, self._address) from error
        handle.setopt(pycurl.POSTFIELDS, b"")
        self._idle.append(handle)


def _refusal(status: int, answer: bytes) -> ClientError:
    code = _CODE.search(answer)
    told: Any = {
        "Error": {"Code": code[1].decode() if code else str(status), "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(told, "PutObject")


def _broken(error: pycurl.error, handle: pycurl.Curl, address: str) -> BotoCoreError:
    code = error.args[0]
    if code in _BROKE_OFF:
        return ConnectionClosedError(endpoint_url=address)
    if code in _NOT_REACHED:
        return EndpointConnectionError(endpoint_url=address)
    if code in _NO_PROXY:
        return ProxyConnectionError(proxy_url="")
    if code in _NOT_TRUSTED:
        return SSLError(endpoint_url=address, error=error)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        connected = handle.getinfo(pycurl.CONNECT_TIME) > 0
        return (ReadTimeoutError if connected else ConnectTimeoutError)(endpoint_url=address)
    return BotoCoreError()


def _may_pass(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    answer = error.response
    return answer["ResponseMetadata"]["HTTPStatusCode"] in _PASSING or answer["Error"]["Code"] in _PASSING_CODES
