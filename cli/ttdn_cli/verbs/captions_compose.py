"""``ttdn captions compose``: words from facts, for assets of the catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from ttdn_assets.jobs.composing import compose_captions
from ttdn_assets.jobs.lines import captions_line, finding_line
from ttdn_cli.app import option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t, t_finding


@verb("captions compose")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
@option("--by", "--who", "who", metavar="NAME", help="cli.captions.by")
def compose(assets: tuple[str, ...], who: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.captions-compose.help``."""
    changed = 0
    for one in compose_captions(library, assets, who=who):
        changed += one.changed
        if as_json:
            findings = [finding_line(finding, ui=language()) for finding in one.findings]
            words = captions_line(one.captions)
            json_line({"asset": one.asset, "source": one.source, "captions": words, "changed": one.changed,
                       "findings": findings})  # fmt: skip
            continue
        click.secho(f"{one.asset[:8]}  {one.source}", bold=True)
        for lang, text in one.captions.title.items():
            click.echo(f"  {lang}  {text.value}")
        for finding in one.findings:
            click.secho(f"  {t_finding(finding)}", fg="red" if finding.level == "error" else "yellow", err=True)
    if not as_json:
        click.echo(t("cli.captions.composed", {"texts": changed}))
