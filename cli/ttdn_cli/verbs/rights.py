"""``ttdn rights``: whose a picture is, and what the people in it agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from ttdn_assets.errors import UsageError
from ttdn_assets.jobs.library import catalogue_of, open_library
from ttdn_assets.jobs.rights import consent_of, known_targets, set_rights
from ttdn_assets.model import Rights
from ttdn_assets.placements import load_placements
from ttdn_assets.wording import visible
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


@verb("rights show")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
def show(assets: tuple[str, ...], library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.rights-show.help``."""
    with catalogue_of(library) as catalogue:
        for record in catalogue.assets(assets or None):
            source = record.files[0].relative if record.files else ""
            if as_json:
                json_line({"asset": record.id, "source": source, "rights": msgspec.to_builtins(record.rights)})
            else:
                click.secho(f"{record.id[:8]}  {source}", bold=True)
                for line in rights_lines(record.rights):
                    click.echo(f"  {line}")


def rights_lines(rights: Rights | None) -> Iterator[str]:
    """What a rights record says, a line each."""
    if rights is None or rights == Rights():
        yield t("cli.rights.none")
        return
    for name in ("author", "credit", "licence", "owner"):
        if value := getattr(rights, name):
            yield f"{t('rights.' + name)}: {visible(value)}"
    for one in rights.consents:
        scope = t("cli.rights.refused") if one.refused else ", ".join(one.targets) or t("cli.rights.everywhere")
        yield f"{t('rights.consent')}: {visible(one.file)}  {scope}  {one.until or ''}".rstrip()
    if rights.unexhibited is not None:
        yield t("rights.unexhibited" if rights.unexhibited else "rights.exhibited")


@verb("rights set")
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
@option("--all", "every", is_flag=True, help="cli.rights.all")
@option("--author", default="", metavar="NAME", help="cli.rights.author")
@option("--credit", default="", metavar="LINE", help="cli.rights.credit")
@option("--licence", default="", metavar="TEXT", help="cli.rights.licence")
@option("--owner", default="", metavar="NAME", help="cli.rights.owner")
@option("--consent", "consents", multiple=True, metavar="FILE", help="cli.rights.consent")
@option("--for", "scope", default="", metavar="TARGET", help="cli.rights.for")
@option("--until", default="", metavar="DATE", help="cli.rights.until")
@option("--unexhibited/--exhibited", default=None, help="cli.rights.unexhibited")
@option("--who", metavar="NAME", help="cli.option.who")
def set_(
    assets: tuple[str, ...],
    every: bool,
    author: str,
    credit: str,
    licence: str,
    owner: str,
    consents: tuple[str, ...],
    scope: str,
    until: str,
    unexhibited: bool | None,
    who: str | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """See the sentence ``cli.rights-set.help``."""
    if not assets and not every:
        raise UsageError("assets-unnamed")
    if (scope or until) and not consents:
        raise UsageError("consent-unnamed")
    opened = open_library(library)
    targets = known_targets(load_placements(opened.placements).values())
    said = Rights(
        author=author,
        credit=credit,
        licence=licence,
        owner=owner,
        consents=tuple(consent_of(file, scope, until, targets) for file in consents),
        unexhibited=unexhibited,
    )
    changed = set_rights(opened, assets, said, who=who)
    if as_json:
        json_line({"assets": changed})
    else:
        click.secho(t("cli.rights.changed", {"n": sum(changed.values()), "total": len(changed)}), bold=True)


command = group_of("rights", show, set_)
