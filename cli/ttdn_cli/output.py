"""What verbs print: JSON lines, or plain lines that read well at 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from ttdn_assets.jobs.lines import outcome_line, run_line
from ttdn_assets.model import Finding, FocalPoint, Outcome
from ttdn_assets.wording import visible
from ttdn_cli.app import INTERRUPTED
from ttdn_cli.speech import language, t, t_failure, t_finding, t_named

if TYPE_CHECKING:
    from ttdn_assets.jobs.prepare import Run
    from ttdn_assets.jobs.submit import Submission
    from ttdn_assets.jobs.sync import Moved

_COLOURS = {"error": "red", "warning": "yellow", "info": None}
_LEVELS = ("error", "warning", "info")
_MOST_LINES = 12


def json_line(value: Any) -> None:
    """One JSON object on a line of its own."""
    click.echo(msgspec.json.encode(value).decode())


def megabytes(size_bytes: int) -> str:
    """A size as people read it, in decimal megabytes or gigabytes."""
    from ttdn_assets.wording import number

    if size_bytes < 1_000_000_000:
        return f"{number(max(1, round(size_bytes / 1e6)), language())} MB"
    return f"{number(round(size_bytes / 1e9, 1), language())} GB"


def point(focal: FocalPoint) -> str:
    """A point of a picture as ``ttdn crop --focus`` takes it, in every language."""
    return f"{focal.x:.2f},{focal.y:.2f}"


def json_outcome(outcome: Outcome) -> None:
    """One source file as a JSON line."""
    json_line(outcome_line(outcome, ui=language()))


def tell_run(run: Run, root: Path, *, as_json: bool) -> int:
    """The end of a run, as its JSON line or in words; the exit code."""
    if as_json:
        json_line(run_line(run, ui=language()))
    else:
        _tell_run(run, root)
    if run.interrupted:
        click.echo(t("cli.interrupted"), err=True)
        return INTERRUPTED
    return int(run.failed)


def _tell_run(run: Run, root: Path) -> None:
    """Files that failed, findings by kind, counts, submissions."""
    for outcome in run.outcomes:
        if outcome.status == "failed":
            _tell_failure(outcome)
    of_files = [finding for outcome in run.outcomes for finding in about(outcome.source, outcome.findings)]
    tell_findings([*run.findings, *of_files, *(f for s in run.submissions for f in s.findings)])
    statuses = Counter(outcome.status for outcome in run.outcomes)
    counts: dict[str, str | int | float | None] = {
        name: statuses[name] for name in ("done", "unchanged", "skipped", "failed")
    }
    click.secho(t("cli.prepare.counts", {**counts, "encodes": run.encodes}), bold=True)
    for submission in run.submissions:
        tell_submission(submission, root)


def tell_submission(submission: Submission, root: Path) -> None:
    """One bag: its target, what it holds, where it lies."""
    code = "cli.prepare.submission" if submission.new else "cli.prepare.submission-same"
    path = str(shown_path(root / submission.path))
    click.echo(t(code, {"target": submission.target, "path": path, "items": submission.items}))


def shown_path(path: Path) -> Path:
    """The path from here where it lies below, else as it is."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _tell_failure(outcome: Outcome) -> None:
    assert outcome.error is not None
    message, hint = t_failure(outcome.error)
    click.secho(f"✗ {visible(outcome.source)}", fg="red")
    click.echo(f"    {message}")
    if hint:
        click.echo(f"    → {hint}")


def about(source: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one file, each naming it, as they must among those of other files."""
    return (msgspec.structs.replace(one, subject=one.subject or source) for one in findings)


def tell_findings(findings: Iterable[Finding], *, verbose: bool = False) -> None:
    """Findings grouped by what they say: each kind once, with its number and an example.

    What a file and several submissions of it tell alike counts once.  ``verbose``, for one file or bag, tells infos
    too and names no file.
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in _each_once(findings):
        groups.setdefault((finding.level, finding.rule, finding.placement or ""), []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: (_LEVELS.index(item[0][0]), -len(item[1])))
    shown = [group for (level, _, _), group in ordered if level != "info" or verbose]
    for group in shown[:_MOST_LINES]:
        first = group[0]
        count = f" (×{len(group)})" if len(group) > 1 else ""
        place = f" [{first.placement}]" if first.placement else ""
        sentence = t_finding(first) if verbose else t_named(first)
        click.secho(f"• {sentence}{place}{count}", fg=_COLOURS[first.level])
        if first.cause is not None and (hint := t_failure(first.cause)[1]):
            click.echo(f"    → {hint}")
    if len(shown) > _MOST_LINES:
        click.echo(t("cli.more-findings", {"n": len(shown) - _MOST_LINES}))


def _each_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    seen: set[bytes] = set()
    for finding in findings:
        told = msgspec.msgpack.encode(finding)
        if told not in seen:
            seen.add(told)
            yield finding


def tell_moved(moved: Moved, *, as_json: bool) -> None:
    """What a push or pull did."""
    if as_json:
        json_line(msgspec.to_builtins(moved))
        return
    for fault in moved.faults:
        click.secho(f"✗ {fault.subject}: {t_failure(fault.failure)[0]}", fg="red")
    for subject in moved.missing:
        click.echo(t("cli.moved.missing", {"subject": subject}))
    fields: dict[str, str | int | float | None] = {
        "sent": moved.sent,
        "copied": moved.copied,
        "fetched": moved.fetched,
        "unchanged": moved.unchanged,
        "size": megabytes(moved.size_bytes) if moved.size_bytes else "0 MB",
    }
    click.secho(t("cli.moved.counts", fields), bold=True)
    if moved.equal:
        click.echo(t("cli.moved.equal", {"count": moved.equal}))
