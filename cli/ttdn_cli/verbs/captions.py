"""``ttdn captions``: list, translate, export and import the words."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.exchange import Imported, export_captions, import_captions
from ttdn_assets.jobs.library import catalogue_of
from ttdn_assets.jobs.lines import captions_line, finding_line
from ttdn_assets.jobs.translating import TranslatedText, translate_captions
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import language, t, t_finding
from ttdn_cli.verbs.captions_check import check
from ttdn_cli.verbs.captions_compose import compose
from ttdn_cli.verbs.captions_review import approve, reject, review, settling


@verb("captions list")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
def list_captions(assets: tuple[str, ...], library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.captions-list.help``."""
    with catalogue_of(library) as catalogue:
        for record in catalogue.assets(assets or None):
            words = captions_line(record.captions)
            source = record.files[0].relative if record.files else ""
            if as_json:
                json_line({"asset": record.id, "source": source, "review": record.review, "captions": words})
                continue
            click.secho(f"{record.id[:8]}  {source}  [{t('review.' + record.review)}]", bold=True)
            for lang, texts in words.items():
                click.echo(f"  {lang}  {texts.get('description') or texts.get('title', '')}")
            if not words:
                click.echo(f"  {t('cli.search.untitled')}")


@verb("captions export")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.captions-export.help``."""
    rows = export_captions(library, file, ui=language())
    if as_json:
        json_line({"file": str(file), "rows": rows})
    else:
        click.echo(t("cli.captions.exported", {"n": rows, "path": str(file)}))


@verb("captions import")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@option("--by", "--who", "who", metavar="NAME", help="cli.captions.by")
@option("--dry-run", is_flag=True, help="cli.captions.dry-run")
def import_(file: Path, who: str | None, dry_run: bool, library: Path | None, as_json: bool) -> int:
    """See the sentence ``cli.captions-import.help``."""
    done = import_captions(library, file, who=who, dry_run=dry_run)
    if as_json:
        json_line({"file": str(file), "dry_run": dry_run, **msgspec.to_builtins(done)})
    else:
        _tell_imported(done, dry_run=dry_run)
    return int(bool(done.unknown or done.conflicts))


def _tell_imported(done: Imported, *, dry_run: bool) -> None:
    for one in done.texts:
        click.secho(f"{one.asset[:8]}  {one.source}  {t('field.' + one.field)} {one.lang}", bold=True)
        click.echo(f"  - {one.before or '–'}\n  + {one.after}")
    for asset, state in done.statuses:
        click.echo(f"{asset[:8]}  {t('review.' + state)}")
    code = "cli.captions.would-import" if dry_run else "cli.captions.imported"
    click.echo(t(code, {"texts": len(done.texts), "assets": len(done.changed)}))
    for source in done.conflicts:
        click.secho(t("cli.captions.conflict", {"source": source}), err=True, fg="red")
    for field in dict.fromkeys(field for _, field in done.ignored):
        rows = [source for source, name in done.ignored if name == field]
        code = "cli.captions.no-state" if field == "status" else "cli.captions.no-facts"
        click.secho(t(code, {"field": t(f"sheet.{field}"), "n": len(rows), "source": rows[0]}), err=True, fg="yellow")
    for source in done.unknown:
        click.echo(t("cli.captions.unknown", {"source": source}), err=True)


@verb("captions translate")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
@option("--to", "languages", metavar="LANG", default="", help="cli.captions.to")
@option("--engine", type=click.Choice(["argos", "http"]), help="cli.captions.engine")
def translate(assets: tuple[str, ...], languages: str, engine: str | None, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.captions-translate.help``."""
    wanted = [lang.strip() for lang in languages.split(",") if lang.strip()]
    texts = kept = review = 0
    for one in translate_captions(library, assets, languages=wanted, engine=engine):
        texts, kept, review = texts + 1, kept + one.kept, review + bool(one.findings)
        _show_translation(one, as_json=as_json)
    if not as_json:
        click.echo(t("cli.captions.translated", {"texts": texts, "kept": kept, "review": review}))


def _show_translation(one: TranslatedText, *, as_json: bool) -> None:
    if as_json:
        findings = [finding_line(finding, ui=language()) for finding in one.findings]
        json_line({**msgspec.to_builtins(one), "findings": findings})
        return
    note = "" if one.kept else f"  [{t('cli.captions.not-kept')}]"
    click.echo(f"{one.asset[:8]}  {one.source}  {one.lang}  {one.value}{note}")
    for finding in one.findings:
        click.secho(f"  {t_finding(finding)}", fg="red" if finding.level == "error" else "yellow", err=True)


command = group_of(
    "captions", list_captions, compose, check, translate, export, import_, review, approve, reject, settling
)
