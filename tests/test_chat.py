"""The HTTP engine against a real server on loopback: names in the prompt, patience, limits, and a key nobody sees."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ttdn_assets.captions.translate import translate
from ttdn_assets.errors import AssetsError, TimeLimit, ToolError, UsageError
from ttdn_assets.terms import load_terms
from ttdn_assets.tools import chat
from ttdn_assets.tools.chat import KEY_VARIABLE, Chat

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False
    answer: Answer
    asked: list[dict[str, Any]]
    headers: list[dict[str, str]]
    paths: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(request)
        self.server.headers.append(dict(self.headers))
        self.server.paths.append(self.path)
        status, body = self.server.answer(request)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        with contextlib.suppress(ConnectionError):
            self.reply(status, data)

    def reply(self, status: int, data: bytes) -> None:
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


def said(content: str, **more: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": content}, **more}]}


def caption_of(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.asked, running.headers, running.paths = [], [], []
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setattr(chat, "_BACKOFF_S", 0.01)


def test_the_prompt_holds_model_names_and_caption(server: Server) -> None:
    server.answer = lambda request: (200, said("Sunrise over the East Sea"))
    names = {"Biển Đông": "East Sea"}
    told = Chat(server.url, "gemma").translate(["Bình minh trên Biển Đông"], "vi", "en", names=[names])
    assert told == [("Sunrise over the East Sea",)]
    request = server.asked[0]
    assert (request["model"], request["temperature"], request["stream"]) == ("gemma", 0, False)
    assert "Biển Đông = East Sea" in request["messages"][0]["content"]
    assert caption_of(request) == "Bình minh trên Biển Đông"


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_every_way_to_write_the_address_leads_there(server: Server, end: str) -> None:
    server.answer = lambda request: (200, said("tea"))
    Chat(server.url + end, "m").translate(["chè"], "vi", "en")
    assert server.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize("url", ["localhost:11434", "file:///etc/passwd", "ftp://x/", "", "http://user:secret@host/"])
def test_what_is_no_address_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Chat(url, "m")
    assert refused.value.code == "chat-url"
    assert "secret" not in str(refused.value)


def test_answers_belong_to_their_texts_in_order(server: Server) -> None:
    def slow_first(request: dict[str, Any]) -> tuple[int, Any]:
        time.sleep(0.05 if caption_of(request) == "0" else 0)
        return 200, said(f"text {caption_of(request)}")

    server.answer = slow_first
    assert Chat(server.url, "m").translate([str(i) for i in range(12)], "vi", "en") == [
        (f"text {i}",) for i in range(12)
    ]


@pytest.mark.parametrize(
    ("content", "bare"),
    [
        ("<think>hmm\nhmm</think>\nTea hill", "Tea hill"),
        ("“Tea hill”", "Tea hill"),
        ('"Tea hill"', "Tea hill"),
        ("```text\nTea hill\n```", "Tea hill"),
        ("  Tea hill \n", "Tea hill"),
    ],
)
def test_thoughts_quotes_and_fences_are_taken_off(server: Server, content: str, bare: str) -> None:
    server.answer = lambda request: (200, said(content))
    assert Chat(server.url, "m").translate(["Đồi chè"], "vi", "en") == [(bare,)]


def test_an_answer_that_was_cut_off_is_none(server: Server) -> None:
    server.answer = lambda request: (200, said("Tea hi", finish_reason="length"))
    assert Chat(server.url, "m").translate(["Các cụ già mỉm cười"], "vi", "en") == [()]
    [found] = translate(["Các cụ già mỉm cười"], "vi", "en", translator=Chat(server.url, "m"), terms=load_terms())
    assert (found.value, [one.rule for one in found.findings]) == ("", ["translation-empty"])


def test_a_busy_server_is_asked_again(server: Server) -> None:
    statuses = iter([503, 429, 200])
    server.answer = lambda request: (next(statuses), said("tea"))
    assert Chat(server.url, "m").translate(["chè"], "vi", "en") == [("tea",)]
    assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_given_up(server: Server) -> None:
    server.answer = lambda request: (503, b"overloaded")
    with pytest.raises(ToolError) as refused:
        Chat(server.url, "m").translate(["chè"], "vi", "en")
    assert (refused.value.code, refused.value.fields["status"]) == ("chat-refused", 503)
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 302])
def test_a_refusal_and_a_redirect_are_final(server: Server, status: int) -> None:
    server.answer = lambda request: (status, b"model not found")
    with pytest.raises(ToolError) as refused:
        Chat(server.url, "m").translate(["chè"], "vi", "en")
    assert refused.value.code == "chat-refused"
    assert len(server.asked) == 1


def test_the_key_goes_to_the_server_and_into_no_message(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "sk-very-secret")
    server.answer = lambda request: (401, b"wrong key: Bearer sk-very-secret")
    with pytest.raises(ToolError) as refused:
        Chat(server.url, "m").translate(["chè"], "vi", "en")
    assert server.headers[0]["Authorization"] == "Bearer sk-very-secret"
    assert "sk-very-secret" not in f"{refused.value} {refused.value.fields}"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"choices": 3}', bytes(2 << 20)])
def test_an_answer_that_is_none_is_said(server: Server, body: bytes) -> None:
    server.answer = lambda request: (200, body)
    with pytest.raises(ToolError) as refused:
        Chat(server.url, "m").translate(["chè"], "vi", "en")
    assert refused.value.code == "chat-answer"


def test_a_slow_server_is_not_waited_for(server: Server) -> None:
    def sleep(request: dict[str, Any]) -> tuple[int, Any]:
        time.sleep(0.6)
        return 200, said("tea")

    server.answer = sleep
    with pytest.raises(TimeLimit):
        Chat(server.url, "m", timeout_s=0.2).translate(["chè"], "vi", "en")


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(AssetsError) as refused:
            Chat(f"http://127.0.0.1:{taken.getsockname()[1]}", "m").translate(["chè"], "vi", "en")
    assert refused.value.code == "chat-unreachable"


def test_a_model_that_obeys_is_believed_after_it_was_checked(server: Server) -> None:
    server.answer = lambda request: (200, said("Sunrise over the East Sea, 2026"))
    texts = ["Bình minh trên Biển Đông, 2026"]
    [found] = translate(texts, "vi", "en", translator=Chat(server.url, "m"), terms=load_terms())
    assert (found.value, found.how, found.findings) == ("Sunrise over the East Sea, 2026", "told", ())
    assert len(server.asked) == 1


def test_a_model_that_writes_a_refused_name_is_masked(server: Server) -> None:
    def stubborn(request: dict[str, Any]) -> tuple[int, Any]:
        caption = caption_of(request)
        for own, given in (("Bình minh trên", "Sunrise over the"), ("Biển Đông", "South China Sea")):
            caption = caption.replace(own, given)
        return 200, said(caption.replace("Địa Trung Hải", "Mediterranean Sea"))

    server.answer = stubborn
    texts = ["Bình minh trên Biển Đông"]
    [found] = translate(texts, "vi", "en", translator=Chat(server.url, "m"), terms=load_terms())
    assert (found.value, found.how, found.findings) == ("Sunrise over the East Sea", "masked", ())


def test_names_in_a_language_the_term_base_does_not_know_ask_for_a_person(server: Server) -> None:
    server.answer = lambda request: (200, said("Lever de soleil sur la mer"))
    texts = ["Bình minh trên Biển Đông", "Các cụ già mỉm cười trong nắng"]
    named, plain = translate(texts, "vi", "fr", translator=Chat(server.url, "m"), terms=load_terms())
    assert [one.rule for one in named.findings] == ["translation-unchecked"]
    assert plain.findings == ()
    assert "East Sea" not in json.dumps(server.asked)
