"""Files on their way to S3 and back, signed and carried by libcurl.

boto3's own way with a small file costs more processor time than all the rest of a push, holds the interpreter's lock
while it does so, and hashes the bytes once more to sign them.  libcurl does the same outside of the interpreter.  The
SHA-256 of the bytes is known and signed as it is; not every server compares it with what arrives, so that what proves
an upload is the checksum header beside it (``s3_probe``).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
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

T = TypeVar("T")
Headers = dict[str, str]
Options = dict[int, Any]
Take = Callable[[bytes], None]
ATTEMPTS = 5
_BACKOFF_MAX_S = 20.0
_BUFFER_BYTES = 1 << 18
_PASSING = {408, 429, 500, 502, 503, 504}
_PASSING_CODES = {"RequestTimeout", "SlowDown", "Throttling", "RequestLimitExceeded"}
_BROKEN = (HTTPClientError, EndpointConnectionError, ConnectTimeoutError)
_CODE = re.compile(rb"<Code>\s*([A-Za-z0-9]{1,60})\s*</Code>")
_STATUS = re.compile(rb"HTTP/\S+ (\d{3})")
_REFUSED_BYTES = 10_000
_NO_BYTES = hashlib.sha256(b"").hexdigest()
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
    """PUT and GET requests to one bucket; any number of threads may use it."""

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
        self._options: Options = {
            pycurl.AWS_SIGV4: f"aws:amz:{region}:s3",
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
            pycurl.BUFFERSIZE: _BUFFER_BYTES,
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
        url = self._url(name) + (f"?{urlencode(query)}" if query else "")
        told = {"content-type": "application/octet-stream", "x-amz-content-sha256": sha256, **headers}
        how = {pycurl.CUSTOMREQUEST: "PUT", pycurl.POSTFIELDS: body}

        def send() -> str:
            answer: Headers = {}
            self._ask("PutObject", url, how, headers=told, answer=answer, take=_nothing)
            return answer.get("etag", "")

        return self._tried(send, lambda: False)

    def get(self, name: str, take: Take, *, headers: Mapping[str, str], answer: Headers) -> None:
        """Hand the bytes of the object ``name`` to ``take`` as they come, or those a ``range`` in ``headers`` asks for.

        Tried again like ``put`` as long as nothing was handed on.

        Args:
            name: which object.
            take: told of the bytes; what it raises ends the request and is raised here.
            headers: of the request.
            answer: filled with the headers of the answer before the first bytes come; names in lower case.

        Raises:
            ClientError: the server refuses.
            BotoCoreError: it does not answer, breaks off, or there are no credentials.
            StoreError: ``store-stopped``.
        """
        taken = False

        def hand_on(chunk: bytes) -> None:
            nonlocal taken
            taken = True
            take(chunk)

        told = {"x-amz-content-sha256": _NO_BYTES, **headers}
        how: Options = {pycurl.HTTPGET: 1, pycurl.CUSTOMREQUEST: "GET"}

        def ask() -> None:
            self._ask("GetObject", self._url(name), how, headers=told, answer=answer, take=hand_on)

        self._tried(ask, lambda: taken)

    def _url(self, name: str) -> str:
        return self._address + quote(name, safe="/~")

    def _tried(self, ask: Callable[[], T], begun: Callable[[], bool]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            self._interruption.check()
            try:
                return ask()
            except (ClientError, *_BROKEN) as error:
                if attempt == ATTEMPTS or begun() or not _may_pass(error):
                    raise
            self._interruption.wait(random.random() * min(2.0 ** (attempt - 1), _BACKOFF_MAX_S))
        raise AssertionError("the last attempt returns or raises")

    def _ask(
        self, what: str, url: str, how: Options, *, headers: Mapping[str, str], answer: Headers, take: Take
    ) -> None:
        signing = self._credentials.get_frozen_credentials()
        token = {"x-amz-security-token": signing.token} if signing.token else {}
        reader = _Reader(answer, take)
        with self._handle(url) as handle:
            for option, value in how.items():
                handle.setopt(option, value)
            handle.setopt(pycurl.USERNAME, signing.access_key)
            handle.setopt(pycurl.PASSWORD, signing.secret_key)
            handle.setopt(pycurl.HTTPHEADER, ["expect:", *(f"{n}: {v}" for n, v in {**headers, **token}.items())])
            handle.setopt(pycurl.HEADERFUNCTION, reader.header)
            handle.setopt(pycurl.WRITEFUNCTION, reader.body)
            try:
                handle.perform()
            except pycurl.error:
                if reader.raised is not None:
                    raise reader.raised from None
                raise
        if not reader.is_well:
            raise reader.refusal(what)

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


class _Reader:
    """What libcurl tells of one answer; libcurl only prints what its callbacks raise, so that is kept to be raised."""

    def __init__(self, answer: Headers, take: Take) -> None:
        """Headers go into ``answer``, the bytes of what was asked for to ``take``, of a refusal the first are kept."""
        self._answer, self._take = answer, take
        self._status, self._refused = 0, b""
        self.raised: BaseException | None = None

    @property
    def is_well(self) -> bool:
        return 200 <= self._status < 300

    def header(self, line: bytes) -> None:
        if status := _STATUS.match(line):
            self._status = int(status[1])
            self._answer.clear()
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            self._answer[name.lower()] = value.strip()

    def body(self, chunk: bytes) -> int:
        if not self.is_well:
            self._refused += chunk[: _REFUSED_BYTES - len(self._refused)]
            return len(chunk)
        try:
            self._take(chunk)
        except BaseException as error:
            self.raised = error
            return 0
        return len(chunk)

    def refusal(self, what: str) -> ClientError:
        code = _CODE.search(self._refused)
        told: Any = {
            "Error": {"Code": code[1].decode() if code else str(self._status), "Message": ""},
            "ResponseMetadata": {"HTTPStatusCode": self._status},
        }
        return ClientError(told, what)


def _nothing(chunk: bytes) -> None:
    """What comes back of a well received object is of no interest."""


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
