"""``ttdn check``: measure files against what placements accept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

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

_OTHER_KIND = ("file-not-photo", "file-not-clip")


@verb("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@option("--placement", "targets", multiple=True, required=True, metavar="ID", help="cli.check.placement")
def command(files: tuple[Path, ...], targets: tuple[str, ...], library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.check.help``."""
    known = load_placements(load_library(library).placements)
    groups = choose(targets, known).values()
    checked = ((file, one) for file in files for group in groups for one in _fitting(_measured(file, group)))
    broken = [_told(file, one, as_json=as_json) for file, one in checked]
    return int(any(broken))


class _Measured(NamedTuple):
    placement: Placement
    findings: tuple[Finding, ...]
    failure: Failure | None


def _measured(file: Path, group: Sequence[Placement]) -> Iterator[_Measured]:
    for placement in group:
        try:
            yield _Measured(placement, check_file(file, placement, source=file.name), None)
        except AssetsError as error:
            yield _Measured(placement, (), error.failure())


def _fitting(measured: Iterable[_Measured]) -> list[_Measured]:
    """Of a platform's placements those that take this kind of file; all where none does."""
    found = list(measured)
    return [one for one in found if not any(told.rule in _OTHER_KIND for told in one.findings)] or found


def _told(file: Path, measured: _Measured, *, as_json: bool) -> bool:
    """Tell what was measured; whether the file breaks a rule or cannot be read."""
    placement, findings, failure = measured
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
