"""Marian models of OPUS-MT into Argos packages, by CTranslate2's own converter, without torch.

A model folder holds ``decoder.yml``, which names the weights (``.npz``) and the vocabularies, and the pieces of both
languages, ``source.spm`` and ``target.spm``.  An Argos package has one list of pieces for both; SentencePiece models
are protocol buffers, whose repeated fields grow by appending, so the target's pieces follow the source's, with a score
so low that no source sentence is ever cut into them.
"""

from __future__ import annotations

import importlib
import json
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ttdn_assets.errors import InputError, ToolMissing, UsageError
from ttdn_assets.tools.argos_package import PackageInfo, install_file
from ttdn_assets.tools.files import os_errors

_PAIR = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
_PAIR_IN_NAME = re.compile(r"(?:^|[-_])([a-z]{2,3})-([a-z]{2,3})$")
_LISTED = re.compile(r"[^\s\"'\[\],]+\.(?:npz|ya?ml)")
_SCORE = -10_000.0
_NORMAL = 1


def install_opus(folder: Path, models: Path, *, pair: str | None = None, prefix: str = "") -> PackageInfo:
    """Convert a model folder and install the package.

    Args:
        folder: the unpacked model.
        models: the models folder of a library.
        pair: its languages, such as ``vi-en``; read from the folder's name where ``None``.
        prefix: the word a model of several targets wants before every text, such as ``>>cmn_Hans<<``.

    Raises:
        InputError: ``opus-damaged`` where something is missing or cannot be converted.
        UsageError: ``opus-pair`` where nobody says which languages it translates.
        ToolMissing: ``argos-missing``.
    """
    found = _PAIR.fullmatch(pair) if pair else _PAIR_IN_NAME.search(folder.name)
    if not found:
        raise UsageError("opus-pair", {"path": folder})
    _require(folder)
    with os_errors(folder), tempfile.TemporaryDirectory(prefix="ttdn-opus-") as made:
        package = Path(made) / f"translate-{found[1]}_{found[2]}.argosmodel"
        try:
            _convert(folder, Path(made) / "model")
            pieces = _joined_pieces(folder / "source.spm", folder / "target.spm")
        except ToolMissing:
            raise
        except Exception as error:
            # Four libraries read files here, each with errors of its own.
            raise _damaged(folder, f"{type(error).__name__}: {error}"[:200]) from error
        _write(package, Path(made) / "model", pieces, source=found[1], target=found[2], prefix=prefix)
        return install_file(package, models)


def _damaged(folder: Path, reason: str) -> InputError:
    return InputError("opus-damaged", {"path": folder, "reason": reason})


def _require(folder: Path) -> None:
    names = ["decoder.yml", "source.spm", "target.spm"]
    if (folder / "decoder.yml").is_file():
        names += _LISTED.findall((folder / "decoder.yml").read_text(encoding="utf-8", errors="replace"))
    missing = [name for name in names if Path(name).name != name or "\\" in name or not (folder / name).is_file()]
    if missing:
        raise _damaged(folder, ", ".join(missing))


def _convert(folder: Path, target: Path) -> None:
    try:
        converters = importlib.import_module("ctranslate2.converters")
    except ImportError as error:
        raise ToolMissing("argos-missing", {"reason": str(error)}) from error
    converters.OpusMTConverter(str(folder)).convert(str(target), quantization="int8")


def _joined_pieces(source: Path, target: Path) -> bytes:
    """The source's SentencePiece model with the pieces that only the target's has."""
    spm = importlib.import_module("sentencepiece")
    ours, theirs = (spm.SentencePieceProcessor(model_file=str(path)) for path in (source, target))
    known = set(_pieces(ours))
    return source.read_bytes() + b"".join(_piece(one) for one in _pieces(theirs) if one not in known)


def _pieces(model: Any) -> Iterator[str]:
    for number in range(model.get_piece_size()):
        if not (model.is_unknown(number) or model.is_control(number) or model.is_byte(number)):
            yield model.id_to_piece(number)


def _piece(text: str) -> bytes:
    """One entry of ``ModelProto.pieces``: its text, score and type."""
    coded = text.encode()
    body = b"\x0a" + _varint(len(coded)) + coded + b"\x15" + struct.pack("<f", _SCORE) + b"\x18" + _varint(_NORMAL)
    return b"\x0a" + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    coded = bytearray()
    while value > 0x7F:
        coded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*coded, value))


def _write(package: Path, model: Path, pieces: bytes, *, source: str, target: str, prefix: str) -> None:
    root = f"translate-{source}_{target}"
    metadata = {
        "package_version": "1.0",
        "argos_version": "1.9",
        "from_code": source,
        "from_name": source,
        "to_code": target,
        "to_name": target,
        **({"source_prefix": prefix} if prefix else {}),
    }
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{root}/metadata.json", json.dumps(metadata))
        archive.writestr(f"{root}/sentencepiece.model", pieces)
        for file in sorted(model.iterdir()):
            archive.write(file, f"{root}/model/{file.name}")
