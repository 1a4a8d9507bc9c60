"""Argos packages: hostile archives are refused before a byte is written, and translation is offline and batched.

Both packages beside ``models/make_tiny_argos.py`` are real ones; the network is blocked in every test but the one that
installs from an index, which is a server on loopback.
"""

from __future__ import annotations

import functools
import http.server
import importlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ttdn_assets.errors import InputError, ToolError, ToolMissing, UsageError
from ttdn_assets.tools.argos import Argos, split_sentences
from ttdn_assets.tools.argos_package import install, installed, packages_folder

TINY = Path(__file__).parent / "models"
VI_EN, EN_ZH = TINY / "translate-vi_en.argosmodel", TINY / "translate-en_zh.argosmodel"
METADATA = {"from_code": "vi", "to_code": "en", "package_version": "1.0"}


def refuse(*_: object, **__: object) -> NoReturn:
    raise AssertionError("the network was asked for")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("argos") / "models"
    for package in (VI_EN, EN_ZH):
        install(str(package), folder)
    return folder


@pytest.fixture(scope="module")
def argos(models: Path) -> Argos:
    return Argos(models)


def package_with(path: Path, entries: dict[str, bytes], metadata: dict[str, Any] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p/metadata.json", json.dumps(METADATA if metadata is None else metadata))
        archive.writestr("p/model/model.bin", b"weights")
        archive.writestr("p/sentencepiece.model", b"pieces")
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def files_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "name",
    ["../out.txt", "p/../../out.txt", "/etc/out.txt", "p/..\\..\\out.txt", "C:/out.txt", "p/a\\b.txt", "p/aux:stream"],
)
def test_a_package_that_leaves_its_folder_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    package = package_with(tmp_path / "bad.argosmodel", {name: b"x"})
    with pytest.raises(InputError) as refused:
        install(str(package), tmp_path / "models")
    assert refused.value.code == "package-hostile"
    assert files_under(tmp_path) == ["bad.argosmodel"]


def test_a_link_in_a_package_is_refused(tmp_path: Path) -> None:
    package = package_with(tmp_path / "bad.argosmodel", {})
    with zipfile.ZipFile(package, "a") as archive:
        link = zipfile.ZipInfo("p/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError) as refused:
        install(str(package), tmp_path / "models")
    assert refused.value.code == "package-hostile"


def test_a_zip_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    package = package_with(tmp_path / "bomb.argosmodel", {"p/model/zeros.bin": bytes(40 << 20)})
    assert package.stat().st_size < 100_000
    with pytest.raises(InputError) as refused:
        install(str(package), tmp_path / "models")
    assert refused.value.code == "package-hostile"
    assert files_under(tmp_path) == ["bomb.argosmodel"]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b"no zip at all"),
        lambda path: path.write_bytes(VI_EN.read_bytes()[:200_000]),
        lambda path: package_with(path, {"other/file": b""}),
        lambda path: package_with(path, {}, {"from_code": "../vi", "to_code": "en"}),
        lambda path: package_with(path, {}, {}),
        lambda path: package_with(path, {}, {"from_code": "vi", "to_code": "en", "type": "sbd"}),
    ],
)
def test_what_is_no_whole_package_is_refused_and_leaves_nothing(make: Any, tmp_path: Path) -> None:
    make(tmp_path / "bad.argosmodel")
    with pytest.raises(InputError) as refused:
        install(str(tmp_path / "bad.argosmodel"), tmp_path / "models")
    assert refused.value.code == "package-damaged"
    assert files_under(tmp_path) == ["bad.argosmodel"]


def test_a_damaged_byte_inside_is_noticed_and_the_old_package_stays(tmp_path: Path) -> None:
    install(str(VI_EN), tmp_path)
    data = bytearray(VI_EN.read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "bad.argosmodel").write_bytes(data)
    with pytest.raises(InputError):
        install(str(tmp_path / "bad.argosmodel"), tmp_path)
    assert Argos(tmp_path).translate(["Ruộng bậc thang"], "vi", "en")[0][0] == "Terraced fields"
    assert list((tmp_path / "incoming").iterdir()) == []


def test_what_is_neither_file_nor_pair_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        install("tiếng Việt", tmp_path)
    assert refused.value.code == "package-unknown"


def test_installing_again_replaces_the_package(tmp_path: Path) -> None:
    first, second = (install(str(VI_EN), tmp_path) for _ in range(2))
    assert first == second
    assert [one.pair for one in installed(tmp_path)] == ["vi-en"]
    assert first.folder.parent == packages_folder(tmp_path)


def test_a_stray_folder_among_the_packages_harms_nothing(models: Path) -> None:
    (packages_folder(models) / "stray").mkdir(exist_ok=True)
    assert [one.pair for one in installed(models)] == ["en-zh", "vi-en"]


@pytest.mark.usefixtures("no_network")
def test_it_translates_directly_and_over_a_third_language_without_network(argos: Argos) -> None:
    assert argos.hops("vi", "zh") == (("vi", "en"), ("en", "zh"))
    assert argos.hops("zh", "vi") == ()
    assert argos.name("vi", "zh") == "argos vi-en 0.1, en-zh 0.1"
    english = argos.translate(["Các nghệ nhân biểu diễn múa xòe"], "vi", "en")[0][0]
    assert english == "Artisans perform the xoe dance"
    assert argos.translate([english], "en", "zh")[0][0] == "艺人表演摆手舞"


@pytest.mark.usefixtures("no_network")
def test_lines_and_sentences_stay_and_every_sentence_is_translated(argos: Argos) -> None:
    text = "Ruộng bậc thang mùa lúa chín. Các nghệ nhân biểu diễn múa xòe.\n\nRuộng bậc thang"
    wanted = "Terraced fields in the ripe rice season. Artisans perform the xoe dance.\n\nTerraced fields"
    assert argos.translate([text, ""], "vi", "en")[0][0] == wanted
    assert argos.translate([""], "vi", "en") == [("",)]


@pytest.mark.usefixtures("no_network")
def test_a_batch_says_what_argos_says_one_by_one_and_is_faster(argos: Argos, models: Path) -> None:
    texts = [f"Lễ hội hoa tại {place} năm {year}" for place in ("Paris", "Berlin", "Madrid") for year in (2025, 2026)]
    texts += ["Bình minh trên Biển Đông", "Ruộng bậc thang mùa lúa chín", "Khai mạc lễ hội tại Sydney"] * 5
    upstream = importlib.import_module("argostranslate.translate")
    package = importlib.import_module("argostranslate.package").Package(packages_folder(models) / "translate-vi_en")
    languages = upstream.Language("vi", "Vietnamese"), upstream.Language("en", "English")
    one_by_one = upstream.PackageTranslation(*languages, package)
    one_by_one.sentencizer = type("Splitter", (), {"split_sentences": staticmethod(split_sentences)})()
    one_by_one.translate(texts[0])
    argos.translate(texts[:1], "vi", "en")

    began = time.perf_counter()
    single = [one_by_one.hypotheses(text, 4)[0].value for text in texts]
    between = time.perf_counter()
    batch = [offered[0] for offered in argos.translate(texts, "vi", "en")]
    ended = time.perf_counter()

    assert batch == single
    assert ended - between < between - began


@pytest.mark.usefixtures("no_network")
def test_a_text_no_model_can_take_harms_no_other(argos: Argos) -> None:
    texts = ["a" * 5000, "Ruộng bậc thang", "Bình minh trên " * 300, "Biển Đông, " * 300, "\x00", "\ufffd"]
    said = argos.translate(texts, "vi", "en")
    assert said[1][0] == "Terraced fields"
    assert [len(offered) > 0 for offered in said] == [True] * len(texts)


def test_a_missing_or_broken_package_is_named(models: Path, argos: Argos, tmp_path: Path) -> None:
    with pytest.raises(ToolMissing) as missing:
        argos.translate(["我"], "zh", "vi")
    assert missing.value.code == "package-missing"
    install(str(package_with(tmp_path / "empty.argosmodel", {})), tmp_path / "models")
    with pytest.raises(ToolError) as broken:
        Argos(tmp_path / "models").translate(["chè"], "vi", "en")
    assert broken.value.code == "package-broken"


def test_nothing_is_written_into_the_home_folder(models: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    script = (
        "import sys, pathlib; from ttdn_assets.tools.argos import Argos\n"
        "print(Argos(pathlib.Path(sys.argv[1])).translate(['Ruộng bậc thang'], 'vi', 'en')[0][0])"
    )
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ARGOS_"))}
    done = subprocess.run(
        [sys.executable, "-c", script, str(models)],
        env={**variables, "HOME": str(home), "USERPROFILE": str(home), "ARGOS_MODEL_PROVIDER": "LIBRETRANSLATE"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("Terraced fields", 0), done.stderr
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hội xuân khai mạc. Hàng nghìn người dự.", ["Hội xuân khai mạc.", "Hàng nghìn người dự."]),
        ("Chợ nổi ở TP. Cần Thơ thu hút 1.500 khách", ["Chợ nổi ở TP. Cần Thơ thu hút 1.500 khách"]),
        ("Ông Nguyễn V. An phát biểu", ["Ông Nguyễn V. An phát biểu"]),
        ("节日开幕。游客很多！", ["节日开幕。", "游客很多！"]),
        ("Đẹp quá! 12 đội đua thuyền...", ["Đẹp quá!", "12 đội đua thuyền..."]),
        ("  ", []),
    ],
)
def test_sentences_are_parted_where_they_end(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "index"
    folder.mkdir()
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        (folder / VI_EN.name).write_bytes(VI_EN.read_bytes())
        listed = [{**METADATA, "links": [f"{url}/{VI_EN.name}"]}, {"from_code": "en", "to_code": "fr", "links": []}]
        (folder / "index.json").write_text(json.dumps(listed), encoding="utf-8")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield url
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_pair_is_fetched_from_the_index_only_when_it_is_asked_for(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGOS_PACKAGE_INDEX", f"{index}/")
    assert install("vi-en", tmp_path / "models").pair == "vi-en"
    assert [one.pair for one in installed(tmp_path / "models")] == ["vi-en"]
    assert list((tmp_path / "models" / "incoming").iterdir()) == []
    for pair, code in (("vi-zh", "package-not-indexed"), ("en-fr", "package-not-indexed")):
        with pytest.raises(InputError) as refused:
            install(pair, tmp_path / "models")
        assert refused.value.code == code


def test_an_index_that_cannot_be_reached_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ARGOS_PACKAGE_INDEX", f"http://127.0.0.1:{taken.getsockname()[1]}/")
        with pytest.raises(ToolError) as refused:
            install("vi-en", tmp_path)
    assert refused.value.code == "download-failed"
