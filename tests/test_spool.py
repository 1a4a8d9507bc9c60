"""The spool: a list that keeps its order and values whatever its length, in little memory."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from ttdn_assets.jobs.spool import Spool
from ttdn_assets.model import Finding, Outcome, Source


def test_what_was_added_comes_back_in_order_as_often_as_asked() -> None:
    spool = Spool[Outcome]()
    for number in range(5):
        finding = Finding(rule="too-long", level="warning", measured=number, allowed=2.5)
        spool.append(Outcome(source=f"{number}.jpg", status="done", findings=(finding,)))
    assert [one.source for one in spool] == [one.source for one in spool] == [f"{n}.jpg" for n in range(5)]
    assert (len(spool), spool[-1].source, [one.source for one in spool[1:3]]) == (5, "4.jpg", ["1.jpg", "2.jpg"])
    assert spool[2].findings[0] == Finding(rule="too-long", level="warning", measured=2, allowed=2.5)


def test_adding_goes_on_after_reading() -> None:
    spool = Spool[str]()
    spool.append("một")
    assert spool[0] == "một"
    spool.append("hai")
    assert list(spool) == ["một", "hai"]


def test_a_path_that_is_no_text_is_kept() -> None:
    spool = Spool[Source]()
    spool.append(Source(path="/media/\udce9.jpg", relative="\udce9.jpg"))
    assert spool[0].path == "/media/\udce9.jpg"


def test_nothing_there_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        Spool[str]()[0]


def test_long_spools_lie_outside_memory() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        spool = Spool[str]()
        for number in range(20_000):
            spool.append(f"{number:01000}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert spool[19_999].endswith("19999")
    assert held < 5_000_000
