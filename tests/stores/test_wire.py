"""What carries files to S3: signed as botocore signs, trusting whom it should, by the way the environment names."""

from __future__ import annotations

import errno
import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
import trustme
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import SSLError

from ttdn_assets.settings import StoreSettings
from ttdn_assets.stores.interruption import Interruption
from ttdn_assets.stores.s3_client import Bucket, open_bucket
from ttdn_assets.stores.s3_read import read_object

KEY, SECRET, TOKEN = "AKIATESTTESTTEST", "se/cr+et:with=signs", "token/with+signs=="
SENT = bytes(range(256)) * 4_000
NAMES = (
    "originals/ab/abcdef.jpg",
    "submissions/Lễ hội Cà phê/data/media/ảnh (1) & [2].jpg",
    "submissions/50% + 50% = 100%~.txt",
    "submissions/咖啡节，得乐.json",
    "submissions/a'b\"c;d:e@f,g!h*i?j#k.txt",
    "submissions/.a/..b/c..",
    "submissions/" + "x" * 900,
)


class Request(NamedTuple):
    """What arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """Takes every PUT."""

    protocol_version = "HTTP/1.1"
    seen: list[Request]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append(Request("PUT", self.path, headers, body))
        self.send_response(200)
        self.send_header("ETag", f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append(Request("GET", self.path, headers, b""))
        self.send_response(200)
        self.send_header("x-amz-meta-SHA256", "a" * 64)
        start = int(headers.get("range", "bytes=0-")[6:-1])
        self.send_header("content-length", str(len(SENT) - start))
        self.end_headers()
        if "cut" in self.path and not start:
            self.wfile.write(SENT[: len(SENT) // 2])
            self.close_connection = True
        else:
            self.wfile.write(SENT[start:])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Says nothing of clients that go away."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[Request]]]:
    """A server that writes down what arrives."""
    seen: list[Request] = []
    with Server(("127.0.0.1", 0), type("Seeing", (Handler,), {"seen": seen})) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://localhost:{server.server_port}", seen
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "http_proxy", "HTTP_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def bucket_at(endpoint: str) -> Bucket:
    return open_bucket("kho", StoreSettings(endpoint=endpoint, region="ap-southeast-1"), Interruption())


def put(bucket: Bucket, name: str, body: bytes = b"bytes", **query: str) -> str:
    headers = {"content-type": "text/plain; charset=utf-8", "x-amz-meta-sha256": "0" * 64, "if-none-match": "*"}
    return bucket.wire.put(name, body, sha256=hashlib.sha256(body).hexdigest(), headers=headers, query=query)


def botocore_signature(endpoint: str, request: Request, token: str | None) -> str:
    """What botocore signs the same request with, at the same moment."""
    told = request.headers["authorization"]
    signed = told.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    again = AWSRequest(
        request.method, endpoint + request.path, headers={name: request.headers[name] for name in signed}
    )
    again.context["timestamp"] = request.headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(KEY, SECRET, token), "s3", "ap-southeast-1")
    canonical = signer.canonical_request(again)
    return signer.signature(signer.string_to_sign(again, canonical), again)


@pytest.mark.parametrize("token", [None, TOKEN])
def test_every_name_is_signed_as_botocore_signs_it(monkeypatch: pytest.MonkeyPatch, token: str | None) -> None:
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    with listening() as (endpoint, seen):
        bucket = bucket_at(endpoint)
        for name in NAMES:
            put(bucket, name)
            put(bucket, name, partNumber="7", uploadId="2~a+b/c=.d_e-f")
        assert [unquote(urlsplit(request.path).path) for request in seen[::2]] == [f"/kho/{name}" for name in NAMES]
        assert len(seen) == 2 * len(NAMES)
        for request in seen:
            assert f"Signature={botocore_signature(endpoint, request, token)}" in request.headers["authorization"]
            signed = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
            assert {"host", "x-amz-content-sha256", "x-amz-date", "x-amz-meta-sha256"} <= set(signed)
            assert request.headers.get("x-amz-security-token") == token
            assert ("x-amz-security-token" in signed) is (token is not None)


def test_bytes_arrive_whole_and_without_asking_first() -> None:
    bodies = [b"", b"\x00\r\n" * 5, bytes(range(256)) * 40_000]
    with listening() as (endpoint, seen):
        bucket = bucket_at(endpoint)
        etags = [put(bucket, "x", body) for body in bodies]
    assert [request.body for request in seen] == bodies
    assert etags == [f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"' for body in bodies]
    assert not any("expect" in request.headers or "transfer-encoding" in request.headers for request in seen)


def test_bytes_come_back_whole_on_the_connection_that_is_open() -> None:
    with listening() as (endpoint, seen):
        bucket, came, told = bucket_at(endpoint), list[bytes](), dict[str, str]()
        put(bucket, "submissions/ảnh 1.jpg")
        bucket.wire.get("submissions/ảnh 1.jpg", came.append, headers={"range": "bytes=0-"}, answer=told)
        put(bucket, "submissions/ảnh 2.jpg", b"again")
    assert b"".join(came) == SENT
    assert told["x-amz-meta-sha256"] == "a" * 64
    assert [(request.method, request.body) for request in seen] == [("PUT", b"bytes"), ("GET", b""), ("PUT", b"again")]
    assert seen[1].headers["range"] == "bytes=0-"
    assert f"Signature={botocore_signature(endpoint, seen[1], None)}" in seen[1].headers["authorization"]


def test_what_breaks_off_goes_on_where_the_server_names_no_version() -> None:
    came = list[bytes]()
    with listening() as (endpoint, seen):
        assert read_object(bucket_at(endpoint).wire, "cut.jpg", came.append) == "a" * 64
    assert b"".join(came) == SENT
    assert [request.headers.get("range") for request in seen] == [None, f"bytes={len(SENT) // 2}-"]


def test_what_cannot_be_kept_ends_the_request_and_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    def full(chunk: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with listening() as (endpoint, seen), pytest.raises(OSError, match="No space left"):
        bucket_at(endpoint).wire.get("x", full, headers={}, answer={})
    assert len(seen) == 1
    assert capfd.readouterr() == ("", "")


def test_a_server_is_trusted_where_its_authority_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with listening(tls) as (endpoint, seen):
        with pytest.raises(SSLError):
            put(bucket_at(endpoint), "x")
        assert not seen
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        put(bucket_at(endpoint), "x")
        assert len(seen) == 1


def test_the_proxy_of_the_environment_is_used_unless_it_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as (endpoint, direct), listening() as (proxy, through):
        monkeypatch.setenv("http_proxy", proxy)
        put(bucket_at(endpoint), "x")
        assert [urlsplit(request.path).netloc for request in through] == [urlsplit(endpoint).netloc]
        assert not direct
        monkeypatch.setenv("no_proxy", "localhost")
        put(bucket_at(endpoint), "x")
        assert len(direct) == len(through) == 1
