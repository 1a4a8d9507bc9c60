"""``ttdn prepare``: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.jobs.estimate import Estimate, estimate
from ttdn_assets.jobs.lines import estimate_lines
from ttdn_assets.jobs.prepare import prepare
from ttdn_assets.settings import find_library
from ttdn_assets.wording import visible
from ttdn_cli.app import option, verb
from ttdn_cli.output import about, json_line, json_outcome, megabytes, tell_findings, tell_run
from ttdn_cli.progress import shown
from ttdn_cli.speech import language, t, t_failure


@verb("prepare")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(path_type=Path))
@option("--to", "targets", multiple=True, metavar="TARGET", help="cli.option.to")
@option("--store", metavar="URL", help="cli.option.store")
@option("--jobs", type=click.IntRange(1, 64), metavar="N", help="cli.option.jobs")
@option("--scheduler", metavar="ADDRESS", help="cli.option.scheduler")
@option("--dry-run", is_flag=True, help="cli.option.dry-run")
@option("--rehash", is_flag=True, help="cli.option.rehash")
def command(
    folders: tuple[Path, ...],
    targets: tuple[str, ...],
    library: Path | None,
    store: str | None,
    jobs: int | None,
    scheduler: str | None,
    dry_run: bool,
    rehash: bool,
    as_json: bool,
) -> int:
    """See the sentence ``cli.prepare.help``."""
    if dry_run:
        with shown() as progress:
            foreseen = estimate(folders, targets=targets or None, library=library, progress=progress)
        _tell_estimate(foreseen, as_json=as_json)
        return 0
    with shown() as progress:
        run = prepare(
            folders,
            targets=targets or None,
            library=library,
            store=store,
            jobs=jobs,
            scheduler=scheduler,
            rehash=rehash,
            progress=progress,
            each=json_outcome if as_json else None,
        )
    return tell_run(run, find_library(library), as_json=as_json)


def _tell_estimate(foreseen: Estimate, *, as_json: bool) -> None:
    if as_json:
        for line in estimate_lines(foreseen, ui=language()):
            json_line(line)
        return
    for one in foreseen.files:
        if one.why is not None:
            click.echo(f"✗ {visible(one.source)}: {t_failure(one.why)[0]}")
        elif not one.skipped:
            click.echo(t("cli.prepare.foreseen", {"source": one.source, "n": len(one.plans)}))
            for plan in one.plans:
                size = f"{plan.size_px[0]}×{plan.size_px[1]}"
                click.echo(f"    {size:>11} {plan.format:<5} {', '.join(plan.placements)}")
    tell_findings(finding for one in foreseen.files for finding in about(one.source, one.findings))
    fields: dict[str, str | int | float | None] = {
        "n": foreseen.renditions,
        "needed": megabytes(foreseen.needed_bytes),
        "free": megabytes(foreseen.free_bytes),
    }
    click.secho(t("cli.prepare.estimate", fields), bold=True)
