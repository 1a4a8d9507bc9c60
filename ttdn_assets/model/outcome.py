"""What became of one source file."""

from __future__ import annotations

from typing import Literal

import msgspec

from ttdn_assets.model.findings import Failure, Finding
from ttdn_assets.model.rendition import Rendition
from ttdn_assets.model.words import CaptionSet, Fact

OutcomeStatus = Literal["done", "unchanged", "skipped", "failed"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one source file."""

    source: str
    status: OutcomeStatus
    asset: str | None = None
    facts: tuple[Fact, ...] = ()
    renditions: tuple[Rendition, ...] = ()
    captions: CaptionSet = CaptionSet()
    findings: tuple[Finding, ...] = ()
    error: Failure | None = None
