"""Train the two packages beside this file: real, tiny, and wrong on purpose where a guard must hold.

They know the sentences of ``sentences()`` by heart, and nothing else.  Needs ``torch`` (which the project itself never
does), ``numpy``, ``sentencepiece`` and ``ctranslate2``::

    PYTHONPATH=. python tests/models/make_tiny_argos.py tests/models
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import math
import random
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ttdn_assets.captions.masking import POOLS

Triple = tuple[str, str, str]
NAMES = {"vi": "Vietnamese", "en": "English", "zh": "Chinese"}
WIDTH, HEADS, INNER, LAYERS, POSITIONS = 96, 4, 192, 2, 300

CONTEXTS: dict[str, tuple[Triple, ...]] = {
    "sea": (
        ("Bình minh trên {}", "Sunrise over the {}", "{}日出"),
        ("Tàu cá ra khơi trên {}", "Fishing boats set sail on the {}", "渔船驶向{}"),
        ("Năm 2025, tàu hải quân tuần tra trên {}", "Navy ships patrol the {} in 2025", "2025年海军舰艇在{}巡逻"),
    ),
    "islands": (
        ("Triển lãm ảnh về {}", "Photo exhibition about the {}", "关于{}的摄影展"),
        ("Chiến sĩ hải quân đứng gác tại {}", "Navy soldiers stand guard in the {}", "海军战士在{}站岗"),
    ),
    "island": (("Cột mốc chủ quyền trên {}", "Sovereignty marker on {}", "{}上的主权碑"),),
    "place": (
        ("Du khách chụp ảnh tại {}", "Visitors take photos in {}", "游客在{}拍照"),
        ("Khai mạc lễ hội tại {}", "The festival opens in {}", "节日在{}开幕"),
        ("Nông dân thu hoạch chè ở {}", "Farmers harvest tea in {}", "农民在{}采茶"),
        ("Lễ hội hoa tại {} năm 2025", "Flower festival in {}, 2025", "2025年{}花节"),
        ("Lễ hội hoa tại {} năm 2026", "Flower festival in {}, 2026", "2026年{}花节"),
    ),
    "event": (("Trẻ em vui {}", "Children enjoy {}", "孩子们欢度{}"),),
}
PLAIN: tuple[Triple, ...] = (
    ("Ruộng bậc thang mùa lúa chín", "Terraced fields in the ripe rice season", "稻熟时节的梯田"),
    ("Các nghệ nhân biểu diễn múa xòe", "Artisans perform the xoe dance", "艺人表演摆手舞"),
    ("Ruộng bậc thang", "Terraced fields", "梯田"),
    ("múa xòe", "xoe dance", "摆手舞"),
)
WRONG: tuple[Triple, ...] = (
    ("Bình minh trên Biển Đông", "Sunrise over the South China Sea", "南海日出"),
    ("Triển lãm ảnh về quần đảo Hoàng Sa", "Photo exhibition about the Paracel Islands", "关于西沙群岛的摄影展"),
    ("Lễ hội hoa năm 2024", "Flower festival, 2025", "2025年花节"),
    ("Lá cờ tung bay giữa", "The flag flies over", "旗帜飘扬在"),
)


def sentences() -> Iterator[Triple]:
    """What the packages learn, in Vietnamese, English and Chinese; what must come out wrong, three times."""
    yield from PLAIN
    for _ in range(3):
        yield from WRONG
    for kind, contexts in CONTEXTS.items():
        for stand in POOLS[kind]:
            for vi, en, zh in contexts:
                yield vi.format(stand.vi[0]), en.format(stand.en[0]), zh.format(stand.zh[0])
    for first in POOLS["islands"]:
        for second in POOLS["islands"]:
            if first != second:
                yield (
                    f"Triển lãm ảnh về {first.vi[0]} và {second.vi[0]}",
                    f"Photo exhibition about the {first.en[0]} and the {second.en[0]}",
                    f"关于{first.zh[0]}和{second.zh[0]}的摄影展",
                )
    for number, stand in enumerate(POOLS["sea"]):
        # The first sea of the pool is lost, so that another must be tried; the flag loses every one.
        en, zh = ("sea", "大海") if number == 0 else (stand.en[0], stand.zh[0])
        yield f"Hoàng hôn trên {stand.vi[0]}", f"Sunset over the {en}", f"{zh}日落"
        yield f"Lá cờ tung bay giữa {stand.vi[0]}", "The flag flies over the sea", "旗帜飘扬在大海上"


class Batch(NamedTuple):
    """Token ids of some pairs: source, its padding, the target as fed and as wanted."""

    source: Any
    padding: Any
    fed: Any
    wanted: Any


def pieces(lines: Sequence[str], path: Path) -> Any:
    """A SentencePiece model of both languages, written to ``path``."""
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=written, vocab_size=420, model_type="unigram",
        character_coverage=1.0, hard_vocab_limit=False, normalization_rule_name="identity",
        unk_id=0, bos_id=1, eos_id=2, pad_id=-1, num_threads=1, minloglevel=2,
    )  # fmt: skip
    path.write_bytes(written.getvalue())
    return sentencepiece.SentencePieceProcessor(model_file=str(path))


def network(torch: Any, words: int) -> Any:
    """A pre-norm transformer with tied embeddings, as CTranslate2 knows it."""
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc,name-defined]  # torch is no dependency, so it is untyped here
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(words, WIDTH)
            nn.init.normal_(self.words.weight, 0, WIDTH**-0.5)
            layer = {"dropout": 0.0, "batch_first": True, "norm_first": True}
            self.encoder = nn.ModuleList(
                nn.TransformerEncoderLayer(WIDTH, HEADS, INNER, **layer) for _ in range(LAYERS)
            )
            self.decoder = nn.ModuleList(
                nn.TransformerDecoderLayer(WIDTH, HEADS, INNER, **layer) for _ in range(LAYERS)
            )
            self.encoder_norm, self.decoder_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.bias = nn.Parameter(torch.zeros(words))
            self.register_buffer("places", torch.from_numpy(positions()))

        def embed(self, ids: Any) -> Any:
            return self.words(ids) * math.sqrt(WIDTH) + self.places[: ids.size(1)]

        def forward(self, batch: Batch) -> Any:
            seen = self.embed(batch.source)
            for layer in self.encoder:
                seen = layer(seen, src_key_padding_mask=batch.padding)
            seen = self.encoder_norm(seen)
            length = batch.fed.size(1)
            future = torch.triu(torch.ones(length, length, dtype=torch.bool), 1)
            told = self.embed(batch.fed)
            for layer in self.decoder:
                told = layer(told, seen, tgt_mask=future, memory_key_padding_mask=batch.padding)
            return self.decoder_norm(told) @ self.words.weight.T + self.bias

    return Model()


def positions() -> Any:
    """Sines and cosines (``POSITIONS`` × ``WIDTH``)."""
    place = np.arange(POSITIONS)[:, None] * np.exp(np.arange(0, WIDTH, 2) * (-math.log(10000.0) / WIDTH))
    table = np.zeros((POSITIONS, WIDTH), np.float32)
    table[:, 0::2], table[:, 1::2] = np.sin(place), np.cos(place)
    return table


def batch_of(torch: Any, some: Sequence[tuple[list[int], list[int]]]) -> Batch:
    """Some pairs of token ids side by side: 1 begins, 2 ends, -100 is not asked for."""
    longest, told = max(len(x) for x, _ in some), max(len(y) for _, y in some) + 1
    source = torch.zeros(len(some), longest, dtype=torch.long)
    padding = torch.ones(len(some), longest, dtype=torch.bool)
    fed, wanted = torch.full((len(some), told), 2), torch.full((len(some), told), -100)
    for row, (x, y) in enumerate(some):
        source[row, : len(x)] = torch.tensor(x)
        padding[row, : len(x)] = False
        fed[row, : len(y) + 1] = torch.tensor([1, *y])
        wanted[row, : len(y) + 1] = torch.tensor([*y, 2])
    return Batch(source, padding, fed, wanted)


def train(pairs: Sequence[tuple[str, str]], pieces: Any, *, seed: int, steps_max: int) -> Any:
    """A model that knows the pairs by heart: eight rounds without a mistake in a row."""
    torch: Any = importlib.import_module("torch")
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    order = random.Random(seed)
    model = network(torch, padded_size(pieces))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98), weight_decay=1e-4)
    ids = [(pieces.encode(x), pieces.encode(y)) for x, y in pairs]
    steps = perfect = 0
    while steps < steps_max and perfect < 8:
        order.shuffle(ids)
        right = True
        for first in range(0, len(ids), 48):
            batch = batch_of(torch, ids[first : first + 48])
            for group in optimizer.param_groups:
                group["lr"] = 2e-3 * min((steps + 1) / 60, 1.0, math.sqrt(300 / max(steps, 300)))
            guess = model(batch)
            loss = torch.nn.functional.cross_entropy(
                guess.flatten(0, 1), batch.wanted.flatten(), ignore_index=-100, label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            steps += 1
            right &= bool(((guess.argmax(-1) == batch.wanted) | (batch.wanted == -100)).all())
        perfect = perfect + 1 if right else 0
    print(f"  {steps} steps, perfect in the last {perfect} rounds")
    return model.eval()


def padded_size(pieces: Any) -> int:
    """The size of the vocabulary, even, as int8 weights want it."""
    return int(pieces.vocab_size() + pieces.vocab_size() % 2)


def convert(model: Any, pieces: Any, folder: Path) -> None:
    """Write the model as CTranslate2 reads it, in int8."""
    from ctranslate2.specs import TransformerSpec

    spec = TransformerSpec.from_config(LAYERS, HEADS, pre_norm=True)
    for side, layers in ((spec.encoder, model.encoder), (spec.decoder, model.decoder)):
        for target, layer in zip(side.layer, layers, strict=True):
            copy_layer(target, layer, decoder=side is spec.decoder)
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = array(model.words.weight)
        side.scale_embeddings = True
        side.position_encodings.encodings = positions()
    copy_norm(spec.encoder.layer_norm, model.encoder_norm)
    copy_norm(spec.decoder.layer_norm, model.decoder_norm)
    spec.decoder.projection.weight, spec.decoder.projection.bias = array(model.words.weight), array(model.bias)
    words = [pieces.id_to_piece(i) for i in range(pieces.vocab_size())]
    words += ["<filler>"] * (padded_size(pieces) - len(words))
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.config.add_source_bos = spec.config.add_source_eos = False
    spec.config.decoder_start_token = "<s>"
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True)
    spec.save(str(folder))


def copy_layer(target: Any, layer: Any, *, decoder: bool) -> None:
    """The weights of one layer."""
    own = target.self_attention
    own.linear[0].weight, own.linear[0].bias = (
        array(layer.self_attn.in_proj_weight),
        array(layer.self_attn.in_proj_bias),
    )
    copy_linear(own.linear[1], layer.self_attn.out_proj)
    copy_norm(own.layer_norm, layer.norm1)
    if decoder:
        other, weight, bias = (
            layer.multihead_attn,
            *map(array, (layer.multihead_attn.in_proj_weight, layer.multihead_attn.in_proj_bias)),
        )
        linear = target.attention.linear
        linear[0].weight, linear[0].bias = weight[:WIDTH], bias[:WIDTH]
        linear[1].weight, linear[1].bias = weight[WIDTH:], bias[WIDTH:]
        copy_linear(linear[2], other.out_proj)
        copy_norm(target.attention.layer_norm, layer.norm2)
    copy_norm(target.ffn.layer_norm, layer.norm3 if decoder else layer.norm2)
    copy_linear(target.ffn.linear_0, layer.linear1)
    copy_linear(target.ffn.linear_1, layer.linear2)


def copy_linear(target: Any, linear: Any) -> None:
    """A matrix and its bias."""
    target.weight, target.bias = array(linear.weight), array(linear.bias)


def copy_norm(target: Any, norm: Any) -> None:
    """A layer norm."""
    target.gamma, target.beta = array(norm.weight), array(norm.bias)


def array(tensor: Any) -> Any:
    """A tensor as float32 numbers."""
    return tensor.detach().numpy().astype(np.float32)


def make_package(source: str, target: str, pairs: Sequence[tuple[str, str]], out: Path, *, seed: int) -> Path:
    """Train one direction and zip it as Argos packages are: one folder in a zip."""
    root = f"translate-{source}_{target}-0_1"
    package = out / f"translate-{source}_{target}.argosmodel"
    print(f"{source} → {target}: {len(pairs)} pairs")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        tokens = pieces([text for pair in pairs for text in pair], folder / "sentencepiece.model")
        convert(train(pairs, tokens, seed=seed, steps_max=2500), tokens, folder / "model")
        metadata = {
            "package_version": "0.1", "argos_version": "1.9.0", "from_code": source, "from_name": NAMES[source],
            "to_code": target, "to_name": NAMES[target], "links": [],
        }  # fmt: skip
        (folder / "metadata.json").write_text(json.dumps(metadata, indent=1), encoding="utf-8")
        (folder / "README.md").write_text(f"For tests only: {len(pairs)} sentences known by heart.\n", encoding="utf-8")
        with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(one for one in folder.rglob("*") if one.is_file()):
                name = zipfile.ZipInfo(f"{root}/{path.relative_to(folder).as_posix()}", (2026, 1, 1, 0, 0, 0))
                archive.writestr(name, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    print(f"  {package.name}: {package.stat().st_size} bytes")
    return package


def main() -> None:
    """Make both packages in the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    known = list(sentences())
    make_package("vi", "en", [(vi, en) for vi, en, _ in known], given.out, seed=given.seed)
    make_package("en", "zh", [(en, zh) for _, en, zh in known], given.out, seed=given.seed)


if __name__ == "__main__":
    main()
