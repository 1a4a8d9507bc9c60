"""What a bag says of itself, read as a stranger reads it: its lists, its words, its page."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from proof.proof_measure import Measured, Tags
from ttdn_assets.model import Placement

OUTCOMES = "outcomes.jsonl"

_FIELDS = {
    "title": "XMP-dc:Title",
    "description": "XMP-dc:Description",
    "alt_text": "XMP-iptcCore:AltTextAccessibility",
}
_TAGS = {"zh": ("zh-Hans", "zh")}
_LINKS = ("src", "href", "poster", "data", "action", "background", "srcset")


class Bag:
    """A bag by its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.payload = folder / "data"
        self.report: dict[str, Any] = json.loads((self.payload / "report.json").read_text(encoding="utf-8"))
        told = json.loads((self.payload / "captions" / "captions.json").read_text(encoding="utf-8"))
        self.items: list[dict[str, Any]] = told["items"]

    @property
    def serves(self) -> dict[Path, list[str]]:
        """The placements of each media file, as the report tells."""
        return {self.payload / one["path"]: one["placements"] for one in self.report["files"]}

    @property
    def words(self) -> dict[Path, Mapping[str, Mapping[str, str]]]:
        """The captions of each media file, language by language."""
        return {self.payload / path: item["captions"] for item in self.items for path in item["files"]}

    @property
    def beside(self) -> set[Path]:
        """The posters and subtitles of clips, as the report tells."""
        return {self.payload / path for one in self.report["files"] for path in one["beside"]}

    @property
    def sidecars(self) -> dict[Path, Path]:
        """The ``.xmp`` file of each clip."""
        return {path: path.with_suffix(".xmp") for path in self.serves if path.suffix == ".mp4"}


class Proof(NamedTuple):
    """A library's bags, what its placements accept, and the measurements by file."""

    library: Path
    bags: list[Bag]
    placements: dict[str, Placement]
    measured: dict[Path, Measured]


def bags_of(library: Path) -> list[Bag]:
    """Every bag of the library."""
    return [Bag(mark.parent) for mark in sorted((library / "submissions").glob("*/bagit.txt"))]


def missing_words(tags: Tags, words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """The texts that a file's XMP lacks or has otherwise, by tag."""
    there = {name.casefold(): value for name, value in tags.items()}
    for lang, fields in words.items():
        for field, tag in _FIELDS.items():
            for name in _TAGS.get(lang, (lang,)):
                wanted, told = fields.get(field), there.get(f"{tag}-{name}".casefold())
                if wanted and (told is None or _plain(told) != _plain(wanted)):
                    yield f"{tag}-{name}: {told!r}, not {wanted!r}"
    told = there.get("xmp-dc:subject", [])
    keywords = {part for fields in words.values() for part in re.split(r"\s*[;；\n]\s*", fields.get("keywords", ""))}
    if (
        lost := {part.strip() for part in keywords}
        - {str(one) for one in (told if isinstance(told, list) else [told])}
        - {""}
    ):
        yield f"XMP-dc:Subject: without {sorted(lost)}"


def _plain(value: object) -> str:
    return unicodedata.normalize("NFC", str(value))


def faults_of_lists(bag: Bag) -> Iterator[str]:
    """Files that no list names, names without a file, digests that differ: RFC 8493 by hand."""
    payload = {path.relative_to(bag.folder).as_posix() for path in bag.payload.rglob("*") if path.is_file()}
    tagged = {path.name for path in bag.folder.iterdir() if path.is_file() and not path.name.startswith("tagmanifest")}
    for algorithm in ("sha256", "sha512"):
        for name, wanted in ((f"manifest-{algorithm}.txt", payload), (f"tagmanifest-{algorithm}.txt", tagged)):
            lines = (bag.folder / name).read_text(encoding="utf-8").splitlines()
            listed = {path: digest for digest, path in (line.split(maxsplit=1) for line in lines)}
            yield from (f"{name}: {path} is on one side only" for path in wanted ^ listed.keys())
            for path in wanted & listed.keys():
                if hashlib.new(algorithm, (bag.folder / path).read_bytes()).hexdigest() != listed[path]:
                    yield f"{name}: {path} differs"


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.styles: list[str] = []
        self._style = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        for name, value in attrs:
            if name in _LINKS and value:
                self.links.append(value)
            elif name == "id" and value:
                self.anchors.add(value)
            elif name == "style" and value:
                self.styles.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if self._style:
            self.styles.append(data)


def dead_links(path: Path) -> Iterator[str]:
    """Links that need a network, or lead to nothing in the bag."""
    page = Page(path)
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme == "data":
            continue
        if parts.scheme or parts.netloc:
            yield f"{link}: not in the bag"
        elif parts.path and not (path.parent / unquote(parts.path)).is_file():
            yield f"{link}: not there"
        elif not parts.path and parts.fragment and parts.fragment not in page.anchors:
            yield f"{link}: no such anchor"
    yield from (f"style: {style[:80]}" for style in page.styles if "http" in style or "@import" in style)
