"""``ttdn captions check``: what the guard finds in words, those of the catalogue or any others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ttdn_assets.captions.guard import check_captions
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.lines import finding_line
from ttdn_assets.model import CaptionSet, Finding, Text
from ttdn_assets.settings import load_library
from ttdn_assets.terms import load_terms
from ttdn_cli.app import verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t, t_finding
from ttdn_cli.stdin import json_lines


@verb("captions check")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
def check(assets: tuple[str, ...], library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.captions-check.help``."""
    errors = 0
    for found in _of_lines(library) if as_json and not assets else _of_assets(assets, library):
        errors += sum(finding.level == "error" for finding in found)
        if as_json:
            json_line({"findings": [finding_line(finding, ui=language()) for finding in found]})
            continue
        for finding in found:
            click.secho(t_finding(finding), fg="red" if finding.level == "error" else "yellow")
    if not as_json:
        click.echo(t("cli.captions.checked", {"errors": errors}))
    return int(errors > 0)


def _of_lines(library: Path | None) -> Iterator[tuple[Finding, ...]]:
    """What is found in the words of each line of standard input, an object of texts by language."""
    terms = load_terms(load_library(library).terms)
    for number, said in json_lines(dict[str, str]):
        texts = {lang: Text(value=value, origin="human") for lang, value in said.items()}
        yield check_captions(
            CaptionSet(description=texts), (), terms, subject=t("cli.line", {"n": number}), languages=()
        )


def _of_assets(assets: tuple[str, ...], library: Path | None) -> Iterator[tuple[Finding, ...]]:
    opened = open_library(library)
    terms = load_terms(opened.terms)
    with catalogue_of(opened) as catalogue:
        for record in catalogue.assets(assets or None):
            source = record.files[0].relative if record.files else record.id[:8]
            wanted = opened.settings.languages
            yield check_captions(record.captions, record.facts, terms, subject=source, languages=wanted)
