"""``ttdn merge``: what another laptop's library, or a store, knows comes into this one."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.library import open_library, store_of
from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.jobs.merging import Merged, merge
from ttdn_assets.settings import SETTINGS_FILE
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.progress import shown
from ttdn_cli.speech import language, t, t_finding


@verb("merge")
@click.argument("other", metavar="LIBRARY|URL")
@option("--who", metavar="NAME", help="cli.option.who")
def command(other: str, who: str | None, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.merge.help``."""
    opened = open_library(library)
    is_library = "://" not in other and not Path(other).joinpath("catalogue").is_dir()
    side = Path(other) if is_library or Path(other, SETTINGS_FILE).is_file() else store_of(opened, other, writing=False)
    with shown() as progress:
        done = merge(opened, side, who=who, progress=progress)
    if as_json:
        findings = [finding_line(finding, ui=language()) for finding in done.findings]
        json_line({**msgspec.to_builtins(done), "findings": findings})
    else:
        _tell(done)
    return int(any(finding.level == "error" for finding in done.findings))


def _tell(done: Merged) -> None:
    for finding in done.findings:
        click.secho(f"• {t_finding(finding)}", fg="red" if finding.level == "error" else "yellow")
    counts = {name: getattr(done, name) for name in ("added", "changed", "unchanged", "forgotten", "files")}
    click.secho(t("cli.merge.counts", counts), bold=True)
