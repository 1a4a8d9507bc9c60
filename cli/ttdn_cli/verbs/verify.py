"""``ttdn verify``: bags read again, every file of them."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.jobs.library import open_library
from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.jobs.submit import verify
from ttdn_cli.app import verb
from ttdn_cli.output import json_line, tell_findings
from ttdn_cli.progress import shown
from ttdn_cli.speech import language, t


@verb("verify")
@click.argument("bags", nargs=-1, metavar="[BAG]...", type=click.Path(path_type=Path))
def command(bags: tuple[Path, ...], library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.verify.help``."""
    chosen = bags or tuple(sorted(open_library(library).submissions.glob("*/bagit.txt")))
    with shown() as progress:
        found = verify([bag.parent if bag.name == "bagit.txt" else bag for bag in chosen], progress=progress)
    for bag, findings in found.items():
        if as_json:
            json_line({"bag": str(bag), "findings": [finding_line(finding, ui=language()) for finding in findings]})
            continue
        verdict = t("cli.verify.broken") if findings else t("cli.verify.whole")
        click.secho(f"{'✗' if findings else '✓'} {bag}  {verdict}", fg="red" if findings else "green")
        tell_findings(findings, verbose=True)
    return int(any(findings for findings in found.values()))
