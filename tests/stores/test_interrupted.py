"""Ctrl+C ends a push at once, even where the network stands still; the next one does the rest."""

from __future__ import annotations

import signal
import sys
from collections import Counter

import pytest

from stores.conftest import new_bucket
from stores.fault_proxy import FaultProxy
from stores.faults import afterwards, child, is_put, opened, wait_for
from ttdn_assets.settings import Library


@pytest.mark.s3
@pytest.mark.usefixtures("aws", "catalogue")
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_nothing_is_waited_for_nor_sent_again(proxy: FaultProxy, seaweed: str, library: Library) -> None:
    url = f"s3://{new_bucket(seaweed)}/kho"
    with (
        proxy.doing("stalled", is_put, times=99),
        child("push", "--library", str(library.root), "--store", url, endpoint=proxy.endpoint) as process,
    ):
        wait_for(lambda: proxy.met >= 3)
        process.send_signal(signal.SIGINT)
        ended = process.wait(timeout=600)
        sent = Counter(request.path for request in proxy.seen if is_put(request))
    assert ended == 130
    assert set(sent.values()) == {1}
    trial = afterwards("interrupted", library, opened(proxy.endpoint, url), met=proxy.met, ended=str(ended))
    assert (trial.lost, trial.second_faults, trial.third_moved) == (0, 0, 0)
