"""``ttdn pack``: submissions from renditions made before."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from ttdn_assets.errors import CheckFailed
from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.jobs.submit import Submission, pack
from ttdn_assets.settings import find_library
from ttdn_assets.wording import visible
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line, tell_findings, tell_submission
from ttdn_cli.progress import shown
from ttdn_cli.speech import language, t, t_failure, t_finding


@verb("pack")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
@option("--to", "targets", multiple=True, metavar="TARGET", help="cli.option.to")
@option("--final", is_flag=True, help="cli.pack.final")
def command(assets: tuple[str, ...], targets: tuple[str, ...], final: bool, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.pack.help``."""
    try:
        with shown() as progress:
            packed = pack(library, targets, assets=assets, final=final, progress=progress)
    except CheckFailed as refused:
        _tell_refusal(refused, as_json=as_json)
        return 1
    if not packed:
        click.echo(t("cli.pack.nothing"), err=True)
    for submission in packed:
        _tell(submission, find_library(library), as_json=as_json)
    return int(any(finding.level == "error" for submission in packed for finding in submission.findings))


def _tell_refusal(refused: CheckFailed, *, as_json: bool) -> None:
    """Every reason, asset by asset."""
    message, hint = t_failure(refused.failure())
    click.secho(message, err=True, fg="red")
    if hint:
        click.echo(hint, err=True)
    if as_json:
        findings = [finding_line(finding, ui=language()) for finding in refused.findings]
        json_line({"refused": refused.code, **refused.fields, "findings": findings})
        return
    for subject, found in groupby(refused.findings, key=lambda finding: finding.subject):
        click.secho(visible(subject) or t("cli.pack.whole"), bold=True)
        for finding in found:
            place = f" [{finding.placement}]" if finding.placement else ""
            click.echo(f"  • {t_finding(finding)}{place}")


def _tell(submission: Submission, root: Path, *, as_json: bool) -> None:
    if not as_json:
        tell_submission(submission, root)
        tell_findings(submission.findings)
        return
    findings = [finding_line(finding, ui=language()) for finding in submission.findings]
    json_line({"target": submission.target, "path": submission.path, "new": submission.new, "findings": findings})
