"""What leaves the house conforms: every file of every bag, measured by exiftool and ffprobe, against every placement.

Limits come from the placement files; what a file serves comes from its bag.  None of the code that makes or checks
renditions has a part in the measuring.  ``TTDN_PROOF_LIBRARY`` names a finished library to be proved as well.
"""

from __future__ import annotations

import json
from pathlib import Path

import bagit
import openpyxl
import pytest

from proof.proof_bags import OUTCOMES, Proof, dead_links, faults_of_lists, missing_words
from proof.proof_rules import private, size_px, violations

pytestmark = pytest.mark.proof

SHOWN = 40


def none_of(found: list[str]) -> None:
    """Fail with the first faults in words."""
    assert not found, "\n".join([f"{len(found)} faults:", *found[:SHOWN]])


def test_every_file_keeps_every_rule_of_every_placement_it_serves(proof: Proof) -> None:
    none_of(
        [
            f"{bag.folder.name}: {broken}"
            for bag in proof.bags
            for path, names in bag.serves.items()
            for name in names
            for broken in violations(proof.measured[path], proof.placements[name])
        ]
    )


def test_every_file_serves_something_and_every_bag_holds_files(proof: Proof) -> None:
    assert proof.bags
    for bag in proof.bags:
        assert bag.serves
        assert all(bag.serves.values())
        there = {path for path in (bag.payload / "media").iterdir()}
        assert there == {*bag.serves, *bag.sidecars.values(), *bag.beside}
        assert all(any(one.stem == f"{path.stem}.poster" for one in bag.beside) for path in bag.sidecars)
        assert bag.words.keys() == bag.serves.keys()


def test_every_placement_is_served_or_the_reason_is_told(drawn_proof: Proof) -> None:
    served = {name for bag in drawn_proof.bags for names in bag.serves.values() for name in names}
    lines = (drawn_proof.library / OUTCOMES).read_text(encoding="utf-8").splitlines()
    told = {finding["placement"] for line in lines for finding in json.loads(line).get("findings", [])}
    assert served | told >= drawn_proof.placements.keys()
    assert len(served) >= 20


def test_reports_say_the_sizes_that_were_measured(proof: Proof) -> None:
    for bag in proof.bags:
        for told in bag.report["files"]:
            one = proof.measured[bag.payload / told["path"]]
            assert ((told["width_px"], told["height_px"]), told["size_bytes"]) == (size_px(one), one.size_bytes)
        told = [one for one in bag.report["findings"] if one["rule"].startswith(("file-", "pack-"))]
        assert not [one for one in told if one["level"] == "error"]


def test_every_file_carries_its_words_in_every_language(proof: Proof) -> None:
    none_of(
        [
            f"{carrier.name}: {missing}"
            for bag in proof.bags
            for path, words in bag.words.items()
            for carrier in (path, *([bag.sidecars[path]] if path in bag.sidecars else []))
            for missing in missing_words(proof.measured[carrier].tags, words)
        ]
    )


def test_words_in_three_languages_were_there_to_be_carried(drawn_proof: Proof) -> None:
    for bag in drawn_proof.bags:
        for words in bag.words.values():
            assert all(words[lang]["description"] for lang in ("vi", "en", "zh"))


def test_nothing_private_leaves_the_house(proof: Proof) -> None:
    none_of([str(found) for one in proof.measured.values() for found in private(one)])


def test_bags_are_whole_by_their_own_lists_and_by_bagit(proof: Proof) -> None:
    for bag in proof.bags:
        none_of(list(faults_of_lists(bag)))
        assert bagit.Bag(str(bag.folder)).validate()


def test_the_reviewers_page_needs_no_network_and_every_link_leads_somewhere(proof: Proof) -> None:
    none_of([f"{bag.folder.name}: {link}" for bag in proof.bags for link in dead_links(bag.payload / "index.html")])


def test_names_are_ascii_and_pass_on_every_system(proof: Proof) -> None:
    for bag in proof.bags:
        for path in bag.folder.rglob("*"):
            name = path.relative_to(bag.folder.parent).as_posix()
            assert name.isascii()
            assert not set(name) & set('\\:*?"<>| ')
            assert len(name) < 200


def test_the_caption_sheet_opens_and_has_a_row_for_every_item(proof: Proof) -> None:
    for bag in proof.bags:
        cells = cells_of(bag.payload / "captions" / "captions.xlsx")
        assert {item["source"] for item in bag.items} <= cells


def cells_of(path: Path) -> set[str]:
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    finally:
        book.close()
