"""A Marian model of OPUS-MT becomes an Argos package, without torch, and one that is broken is refused whole."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sentencepiece

from ttdn_assets.errors import InputError, UsageError
from ttdn_assets.settings import create_library
from ttdn_assets.tools.argos import Argos
from ttdn_assets.tools.argos_package import installed
from ttdn_assets.tools.opus import install_opus

WIDTH, INNER, HEADS = 16, 32, 2
VI = ["Lễ hội hoa ban ở Mộc Châu", "Chợ phiên vùng cao", "Ruộng bậc thang mùa lúa chín", "Hoa ban nở trắng rừng"]
EN = ["Ban flower festival in Moc Chau", "A highland market", "Terraced fields in the rice season", "White ban flowers"]
CONFIG = f"""type: transformer
enc-depth: 1
dec-depth: 1
transformer-heads: {HEADS}
transformer-decoder-autoreg: self-attention
transformer-no-projection: false
transformer-ffn-activation: relu
transformer-preprocess: ""
transformer-postprocess: dan
transformer-postprocess-emb: d
transformer-guided-alignment-layer: last
"""


def pieces(sentences: list[str], path: Path) -> list[str]:
    model = io.BytesIO()
    trainer = sentencepiece.SentencePieceTrainer
    trainer.train(
        sentence_iterator=iter(sentences), model_writer=model, vocab_size=48, hard_vocab_limit=False, minloglevel=9
    )
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(number) for number in range(3, processor.get_piece_size())]


def linear(name: str, inputs: int, outputs: int, weights: dict[str, Any], suffix: str = "") -> None:
    rng = np.random.default_rng(len(weights))
    weights[f"{name}_W{suffix}"] = rng.normal(0, 0.3, (inputs, outputs)).astype(np.float32)
    weights[f"{name}_b{suffix}"] = np.zeros((1, outputs), np.float32)


def norm(name: str, weights: dict[str, Any]) -> None:
    weights[f"{name}_ln_scale"] = np.ones((1, WIDTH), np.float32)
    weights[f"{name}_ln_bias"] = np.zeros((1, WIDTH), np.float32)


def weights_of(vocabulary: int) -> dict[str, Any]:
    """The arrays of a one-layer Marian transformer by Marian's names; what it says is chance, but always the same."""
    rng = np.random.default_rng(1)
    weights: dict[str, Any] = {
        "Wemb": rng.normal(0, 1, (vocabulary, WIDTH)).astype(np.float32),
        "decoder_ff_logit_out_b": np.zeros((1, vocabulary), np.float32),
        "special:model.yml": np.frombuffer(CONFIG.encode() + b"\0", np.int8),
    }
    for scope, kinds in (("encoder_l1", ("self",)), ("decoder_l1", ("self", "context"))):
        for kind in kinds:
            for suffix in "qkvo":
                linear(f"{scope}_{kind}", WIDTH, WIDTH, weights, suffix)
            norm(f"{scope}_{kind}_Wo", weights)
        linear(f"{scope}_ffn", WIDTH, INNER, weights, "1")
        linear(f"{scope}_ffn", INNER, WIDTH, weights, "2")
        norm(f"{scope}_ffn_ffn", weights)
    return weights


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "opus-mt-vi-en"
    folder.mkdir()
    shared = dict.fromkeys([*pieces(VI, folder / "source.spm"), *pieces(EN, folder / "target.spm"), ">>eng<<"])
    vocabulary = ["</s>", "<unk>", *shared, "<pad>"]
    lines = [f'"{token}": {number}\n' for number, token in enumerate(vocabulary)]
    (folder / "opus.vocab.yml").write_text("".join(lines), encoding="utf-8")
    np.savez(folder / "opus.npz", allow_pickle=False, **weights_of(len(vocabulary)))
    decoder = "models:\n  - opus.npz\nvocabs:\n  - opus.vocab.yml\n  - opus.vocab.yml\n"
    (folder / "decoder.yml").write_text(decoder, encoding="utf-8")
    return folder


def test_a_model_is_converted_installed_and_translates(model: Path, tmp_path: Path) -> None:
    info = install_opus(model, tmp_path / "models")
    assert (info.pair, len(info.sha256)) == ("vi-en", 64)
    argos = Argos(tmp_path / "models")
    said = argos.translate(VI, "vi", "en")
    assert [bool(one[0]) for one in said] == [True] * len(VI)
    assert argos.translate(VI, "vi", "en") == said
    assert "⁇" not in "".join(one[0] for one in said)


def test_the_joined_pieces_cut_source_sentences_as_the_source_s_own_do(model: Path, tmp_path: Path) -> None:
    info = install_opus(model, tmp_path / "models")
    joined = sentencepiece.SentencePieceProcessor(model_file=str(info.folder / "sentencepiece.model"))
    own = sentencepiece.SentencePieceProcessor(model_file=str(model / "source.spm"))
    assert joined.encode(VI, out_type=str) == own.encode(VI, out_type=str)
    target = sentencepiece.SentencePieceProcessor(model_file=str(model / "target.spm"))
    assert joined.decode_pieces(target.encode(EN[0], out_type=str)) == EN[0]


def test_a_prefix_is_put_before_every_text(model: Path, tmp_path: Path) -> None:
    plain = install_opus(model, tmp_path / "a")
    info = install_opus(model, tmp_path / "b", pair="vi-en", prefix=">>eng<<")
    assert (plain.source_prefix, installed(tmp_path / "b")[0].source_prefix) == ("", ">>eng<<")
    assert info.pair == "vi-en"
    assert Argos(tmp_path / "b").translate(VI, "vi", "en") != Argos(tmp_path / "a").translate(VI, "vi", "en")


@pytest.mark.parametrize("name", ["decoder.yml", "source.spm", "opus.npz", "opus.vocab.yml"])
def test_a_model_that_lacks_a_file_is_refused(name: str, model: Path, tmp_path: Path) -> None:
    (model / name).unlink()
    with pytest.raises(InputError) as refused:
        install_opus(model, tmp_path / "models")
    assert refused.value.code in ("opus-damaged", "file-vanished")
    assert installed(tmp_path / "models") == ()


@pytest.mark.parametrize("content", ["models: [../opus.npz]\nvocabs: [a.yml]", "models: [/etc/x.npz]", "- [", "{}"])
def test_a_list_that_leaves_the_folder_or_says_nothing_is_refused(content: str, model: Path, tmp_path: Path) -> None:
    (model / "decoder.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        install_opus(model, tmp_path / "models")


def test_the_languages_must_be_told(model: Path, tmp_path: Path) -> None:
    unnamed = model.rename(tmp_path / "model")
    with pytest.raises(UsageError) as refused:
        install_opus(unnamed, tmp_path / "models")
    assert refused.value.code == "opus-pair"


def test_the_command_line_converts(model: Path, tmp_path: Path) -> None:
    library = str(create_library(tmp_path / "library", name="Sở Văn hóa").root)
    command = [sys.executable, "-m", "ttdn_cli", "models"]
    done = subprocess.run([*command, "install", "--from-opus", str(model), "--library", library], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    listed = subprocess.run([*command, "list", "--library", library], capture_output=True, encoding="utf-8")
    assert "vi-en" in listed.stdout
