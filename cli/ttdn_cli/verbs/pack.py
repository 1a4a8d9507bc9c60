"""``ttdn pack``: submissions from renditions made before."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.errors import CheckFailed
from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.jobs.submit import Submission, pack
from ttdn_assets.settings import find_library
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line, tell_findings, tell_submission
from ttdn_cli.progress import shown
from ttdn_cli.speech import language, t, t_failure


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
        click.secho(t_failure(refused.failure())[0], err=True, fg="red")
        tell_findings(refused.findings, verbose=True)
        return 1
    if not packed:
        click.echo(t("cli.pack.nothing"), err=True)
    for submission in packed:
        _tell(submission, find_library(library), as_json=as_json)
    return int(any(finding.level == "error" for submission in packed for finding in submission.findings))


def _tell(submission: Submission, root: Path, *, as_json: bool) -> None:
    if not as_json:
        tell_submission(submission, root)
        tell_findings(submission.findings)
        return
    findings = [finding_line(finding, ui=language()) for finding in submission.findings]
    json_line({"target": submission.target, "path": submission.path, "new": submission.new, "findings": findings})
