"""The group of verbs, loaded one at a time, and the one place where errors become words and exit codes."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ttdn_assets.errors import AssetsError, ToolMissing, UsageError
from ttdn_assets.tools.files import told_of
from ttdn_cli.speech import t, t_failure

F = TypeVar("F", bound=Callable[..., Any])

VERBS = (
    "prepare",
    "init",
    "add",
    "search",
    "collection",
    "duplicates",
    "show",
    "crop",
    "captions",
    "models",
    "terms",
    "posts",
    "placements",
    "check",
    "rights",
    "pack",
    "verify",
    "push",
    "pull",
    "store",
    "share",
    "merge",
    "published",
    "calendar",
    "report",
    "history",
    "forget",
    "doctor",
)
INTERRUPTED = 130


class Verbs(click.Group):
    """The verbs in the order a user meets them, each imported when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name, imported now."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"ttdn_cli.verbs.{cmd_name}").command
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name each verb with its short help, which is looked up without importing the verb."""
        with formatter.section(t("cli.commands")):
            formatter.write_dl([(name, t(f"cli.{name}.short")) for name in VERBS])


def help_text(code: str) -> str:
    r"""The sentences of a code as click's help; a paragraph with indented lines, examples, keeps its lines (``\b``)."""
    paragraphs = t(code).split("\n\n")
    return "\n\n".join(f"\b\n{one}" if "\n  " in one else one for one in paragraphs)


def verb(name: str) -> Callable[[Callable[..., int | None]], click.Command]:
    """A command whose short help and help are the sentences ``cli.<name>.short`` and ``cli.<name>.help``.

    Every verb takes ``--library``, ``--json``, ``--ui`` and ``--verbose``.
    """

    def wrap(function: Callable[..., int | None]) -> click.Command:
        code = f"cli.{name.replace(' ', '-')}"
        command = click.command(
            name.split()[-1],
            short_help=t(f"{code}.short"),
            help=help_text(f"{code}.help"),
            options_metavar=t("cli.options"),
        )(function)
        command.params += _shared_options()
        return command

    return wrap


def group_of(name: str, *commands: click.Command) -> click.Group:
    """A verb of several, worded like ``verb``; it takes ``--ui`` too, so that its help is asked for like any other."""
    return click.Group(
        name,
        commands=list(commands),
        params=[_ui_option()],
        short_help=t(f"cli.{name}.short"),
        help=help_text(f"cli.{name}.help"),
        options_metavar=t("cli.options"),
        subcommand_metavar=t("cli.command"),
    )


def option(*declarations: str, help: str, **settings: Any) -> Callable[[F], F]:
    """A click option whose help is the sentence of a code."""
    return click.option(*declarations, help=t(help), **settings)


def _shared_options() -> list[click.Parameter]:
    """What every verb takes."""
    folder = click.Path(file_okay=False, path_type=Path)
    return [
        click.Option(["--library"], type=folder, metavar="DIR", help=t("cli.option.library")),
        click.Option(["--json", "as_json"], is_flag=True, help=t("cli.option.json")),
        click.Option(
            ["--verbose"], is_flag=True, expose_value=False, callback=_be_verbose, help=t("cli.option.verbose")
        ),
        _ui_option(),
    ]


def _ui_option() -> click.Option:
    return click.Option(["--ui"], type=click.Choice(["vi", "en"]), expose_value=False, help=t("cli.option.ui"))


def _be_verbose(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        import logging

        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")


def _group() -> click.Group:
    group = Verbs(
        "ttdn",
        help=help_text("cli.help"),
        options_metavar=t("cli.options"),
        subcommand_metavar=t("cli.command"),
    )
    group.params.append(_ui_option())
    version = click.version_option(package_name="ttdn-assets", prog_name="ttdn", help=t("cli.option.version"))
    return version(group)


def run(arguments: list[str]) -> int:
    """Run the verb named in ``arguments`` and say the exit code."""
    try:
        result = _group().main(arguments, prog_name="ttdn", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except AssetsError as error:
        return _tell(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo(t("cli.interrupted"), err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (``ttdn search | head``): nothing is wrong, and nobody listens.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _tell(told_of(error, Path(error.filename) if isinstance(error.filename, str) else Path.cwd()))
    return result if isinstance(result, int) else 0


def _tell(error: AssetsError) -> int:
    message, hint = t_failure(error.failure())
    click.secho(f"{t('cli.error')}: {message}", err=True, fg="red")
    if hint:
        click.echo(hint, err=True)
    if isinstance(error, UsageError):
        return 2
    return 3 if isinstance(error, ToolMissing) else 1
