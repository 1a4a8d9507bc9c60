"""``ttdn check``: measure files against what placements accept."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.errors import AssetsError
from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.model import Failure, Finding, Placement
from ttdn_assets.placements import choose, load_placements
from ttdn_assets.renditions.checking.check import check_file
from ttdn_assets.settings import load_library
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line, tell_findings
from ttdn_cli.speech import language, t, t_failure


@verb("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@option("--placement", "targets", multiple=True, required=True, metavar="ID", help="cli.check.placement")
def command(files: tuple[Path, ...], targets: tuple[str, ...], library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.check.help``."""
    known = load_placements(load_library(library).placements)
    placements = [one for group in choose(targets, known).values() for one in group]
    broken = [_checked(file, placement, as_json=as_json) for file in files for placement in placements]
    return int(any(broken))


def _checked(file: Path, placement: Placement, *, as_json: bool) -> bool:
    """Check one file for one placement and tell; whether it breaks a rule or cannot be read."""
    failure: Failure | None = None
    findings: tuple[Finding, ...] = ()
    try:
        findings = check_file(file, placement, source=file.name)
    except AssetsError as error:
        failure = error.failure()
    if as_json:
        lines = [finding_line(finding, ui=language()) for finding in findings]
        message = t_failure(failure)[0] if failure else None
        json_line({"file": str(file), "placement": placement.id, "findings": lines, "error": message})
    elif failure:
        click.secho(f"✗ {t_failure(failure)[0]}", fg="red")
    else:
        _tell(file, placement, findings)
    return failure is not None or any(finding.level == "error" for finding in findings)


def _tell(file: Path, placement: Placement, findings: tuple[Finding, ...]) -> None:
    conforms = not any(finding.level == "error" for finding in findings)
    verdict = t("cli.check.conforms") if conforms else t("cli.check.breaks")
    click.secho(f"{'✓' if conforms else '✗'} {file.name}  {placement.id}  {verdict}", fg="green" if conforms else "red")
    tell_findings(findings, verbose=True)
