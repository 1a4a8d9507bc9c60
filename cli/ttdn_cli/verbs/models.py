"""``ttdn models``: the translation packages of the library."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ttdn_assets.jobs.translating import install_opus_model, install_package, list_packages
from ttdn_assets.tools.argos_package import PackageInfo
from ttdn_cli.app import group_of, option, verb
from ttdn_cli.output import json_line
from ttdn_cli.speech import t


@verb("models list")
def list_models(library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.models-list.help``."""
    packages = list_packages(library)
    for one in packages:
        if as_json:
            json_line(msgspec.to_builtins(one, enc_hook=str))
        else:
            click.echo(t("cli.models.package", _fields(one)))
    if not packages and not as_json:
        click.echo(t("cli.models.none"))


@verb("models install")
@click.argument("what", metavar="FILE|PAIR", required=False)
@option(
    "--from-opus",
    "opus",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIR",
    help="cli.models.opus",
)
@option("--pair", metavar="PAIR", help="cli.models.pair")
@option("--prefix", metavar="WORD", default="", help="cli.models.prefix")
def install(
    what: str | None, opus: Path | None, pair: str | None, prefix: str, library: Path | None, as_json: bool
) -> None:
    """See the sentence ``cli.models-install.help``."""
    if (what is None) == (opus is None):
        raise click.UsageError(t("cli.models.one"))
    one = install_opus_model(library, opus, pair=pair, prefix=prefix) if opus else install_package(library, what or "")
    if as_json:
        json_line(msgspec.to_builtins(one, enc_hook=str))
    else:
        click.echo(t("cli.models.installed", {**_fields(one), "sha256": one.sha256}))


def _fields(one: PackageInfo) -> dict[str, str | int | float | None]:
    return {"pair": one.pair, "version": one.version, "mb": round(one.size_bytes / 1e6, 1)}


command = group_of("models", list_models, install)
