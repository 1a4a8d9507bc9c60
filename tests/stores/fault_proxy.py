"""A proxy on loopback between the house and a real S3 server, which does to chosen requests what networks do."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

Fault = Literal[
    "reset", "answer lost", "stalled", "truncated", "500", "SlowDown", "ExpiredToken", "RequestTimeTooSkewed",
    "NoSuchBucket", "AccessDenied",
]  # fmt: skip
_STATUS = {
    "500": 500, "SlowDown": 503, "ExpiredToken": 400, "RequestTimeTooSkewed": 403, "NoSuchBucket": 404,
    "AccessDenied": 403,
}  # fmt: skip
_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Request(NamedTuple):
    """What a request asks for; ``path`` has its query."""

    method: str
    path: str


class FaultProxy:
    """Passes requests on to ``target``; each of the next ``times`` requests that ``when`` chooses meets ``fault``."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target).netloc
        self.fault: Fault | None = None
        self.when: Callable[[Request], bool] = lambda request: True
        self.left = self.met = 0
        self.seen: list[Request] = []
        self.ended = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def doing(self, fault: Fault, when: Callable[[Request], bool], *, times: int) -> Iterator[None]:
        """In the block, chosen requests meet the fault."""
        self.fault, self.when, self.left, self.met = fault, when, times, 0
        try:
            yield
        finally:
            self.left = 0

    def take(self, request: Request) -> Fault | None:
        """The fault this request meets."""
        with self._lock:
            self.seen.append(request)
            if not self.left or not self.when(request):
                return None
            self.left -= 1
            self.met += 1
            return self.fault

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    proxy: FaultProxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what is tested here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_any(self) -> None:
        proxy = self.server.proxy
        fault = proxy.take(Request(self.command, self.path))
        length = int(self.headers.get("Content-Length") or 0)
        if fault == "reset":
            self.rfile.read(length // 2)
            return self._reset()
        body = self.rfile.read(length)
        if fault == "stalled":
            proxy.ended.wait(30)
            return self._reset()
        if fault in _STATUS:
            return self._refuse(_STATUS[fault], "InternalError" if fault == "500" else fault)
        status, headers, answer = self._pass_on(body)
        if fault == "answer lost":
            return self._reset()
        self._answer(status, headers, answer, cut=fault == "truncated")

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = handle_any

    def _pass_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.proxy.target, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except OSError:
            return 0, [], b""
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], answer: bytes, *, cut: bool) -> None:
        if not status:
            return self._reset()
        self.send_response_only(status)
        length = next((value for name, value in headers if name.lower() == "content-length"), str(len(answer)))
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(answer)))
        self.end_headers()
        if cut:
            self.wfile.write(answer[: len(answer) // 2])
            return self._reset()
        self.wfile.write(answer)

    def _refuse(self, status: int, code: str) -> None:
        answer = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>told so</Message></Error>".encode()
        self._answer(
            status, [("Content-Type", "application/xml")], b"" if self.command == "HEAD" else answer, cut=False
        )

    def _reset(self) -> None:
        """Close so that the other end is told of a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
