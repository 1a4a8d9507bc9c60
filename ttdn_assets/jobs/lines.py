"""Outcomes as the JSON lines that ``prepare --json`` and ``add --json`` print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ttdn_assets.model import CaptionSet, Fact, Finding, Outcome, Rendition, count_levels
from ttdn_assets.wording import say_failure, say_finding

if TYPE_CHECKING:
    from ttdn_assets.jobs.estimate import Estimate
    from ttdn_assets.jobs.prepare import Run

Json = dict[str, Any]


def outcome_line(outcome: Outcome, *, ui: str) -> Json:
    """One source file: what it is, what was made of it, its words, and what is wrong."""
    return {
        "source": outcome.source,
        "asset": outcome.asset,
        "status": outcome.status,
        "facts": [fact_line(fact) for fact in outcome.facts],
        "renditions": [rendition_line(rendition) for rendition in outcome.renditions],
        "captions": captions_line(outcome.captions),
        "findings": [finding_line(finding, ui=ui) for finding in outcome.findings],
        "error": _error_line(outcome, ui=ui),
    }


def _error_line(outcome: Outcome, *, ui: str) -> Json | None:
    if outcome.error is None:
        return None
    message, hint = say_failure(outcome.error, ui)
    return {"code": outcome.error.code, "message": message, "hint": hint}


def fact_line(fact: Fact) -> Json:
    """A fact; ``from`` says where it came from."""
    return {"kind": fact.kind, "value": fact.value, "term": fact.term, "from": fact.source}


def rendition_line(rendition: Rendition) -> Json:
    """A made file; its path is relative to the library."""
    keys = ("path", "placements", "width_px", "height_px", "size_bytes", "sha256", "trimmed")
    return {key: getattr(rendition, key) for key in keys}


def captions_line(captions: CaptionSet) -> Json:
    """The words by language; keywords as a list."""
    lines: dict[str, Json] = {}
    for field in ("title", "description", "alt_text", "keywords"):
        for lang, text in getattr(captions, field).items():
            value = text.value.split(";") if field == "keywords" else text.value
            lines.setdefault(lang, {})[field] = value
    return lines


def finding_line(finding: Finding, *, ui: str) -> Json:
    """A finding with its sentence, and what to do where an error caused it."""
    line = {**msgspec.to_builtins(finding), "message": say_finding(finding, ui)}
    return line if finding.cause is None else {**line, "hint": say_failure(finding.cause, ui)[1]}


def run_line(run: Run, *, ui: str) -> Json:
    """The last line: how many files came to what, and where the submissions are."""
    statuses = {"done": 0, "unchanged": 0, "skipped": 0, "failed": 0}
    for outcome in run.outcomes:
        statuses[outcome.status] += 1
    findings = [finding for outcome in run.outcomes for finding in outcome.findings]
    return {
        "summary": {**statuses, "encodes": run.encodes, "findings": count_levels(findings)},
        "submissions": [
            {
                "target": one.target,
                "path": one.path,
                "new": one.new,
                "items": one.items,
                "findings": [finding_line(finding, ui=ui) for finding in one.findings],
            }
            for one in run.submissions
        ],
        "findings": [finding_line(finding, ui=ui) for finding in run.findings],
    }


def estimate_lines(foreseen: Estimate, *, ui: str) -> Iterator[Json]:
    """One line a source file with what would be made of it, then one with the disk it needs."""
    for one in foreseen.files:
        yield {
            "source": one.source,
            "skipped": one.skipped,
            "renditions": [
                {"placements": p.placements, "width_px": p.size_px[0], "height_px": p.size_px[1], "format": p.format}
                for p in one.plans
            ],
            "findings": [finding_line(finding, ui=ui) for finding in one.findings],
            "error": None if one.why is None else dict(zip(("message", "hint"), say_failure(one.why, ui), strict=True)),
        }
    yield {
        "summary": {
            "files": len(foreseen.files),
            "renditions": foreseen.renditions,
            "needed_bytes": foreseen.needed_bytes,
            "free_bytes": foreseen.free_bytes,
        }
    }
