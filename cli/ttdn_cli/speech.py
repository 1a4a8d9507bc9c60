"""The language the command line speaks, chosen before any verb is imported, click's own sentences included."""

from __future__ import annotations

import atexit
import contextlib
import gettext
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ttdn_assets import wording
from ttdn_assets.model import Failure, Finding

_DOMAIN = "ttdn-click"
_chosen = "en"


def utf8_streams() -> None:
    """Print Vietnamese and Chinese on consoles whose code page has neither."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="replace")


def choose_language(arguments: Sequence[str]) -> str:
    """Speak the language of ``--ui``, else ``TTDN_UI``, else ttdn.toml's ``ui``, else the system's."""
    global _chosen
    _chosen = wording.ui_language(
        _asked(arguments, "--ui") or os.environ.get("TTDN_UI") or _library_language(_asked(arguments, "--library"))
    )
    if _chosen != "en":
        _teach_click(_chosen)
    return _chosen


def language() -> str:
    """The language chosen."""
    return _chosen


def t(code: str, fields: dict[str, str | int | float | None] | None = None) -> str:
    """The sentence of a code, in the language chosen."""
    return wording.say(code, fields, _chosen)


def t_failure(failure: Failure) -> tuple[str, str]:
    """A failure's sentence and hint, in the language chosen."""
    return wording.say_failure(failure, _chosen)


def t_finding(finding: Finding) -> str:
    """A finding's sentence, in the language chosen."""
    return wording.say_finding(finding, _chosen)


def t_named(finding: Finding) -> str:
    """A finding's sentence with the file it is about, in the language chosen."""
    return wording.say_named(finding, _chosen)


def _asked(arguments: Sequence[str], option: str) -> str | None:
    for index, argument in enumerate(arguments):
        if argument.startswith(f"{option}="):
            return argument.removeprefix(f"{option}=")
        if argument == option and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def _library_language(folder: str | None) -> str | None:
    """What ttdn.toml says; a broken file is reported later, by the verb that needs it."""
    from ttdn_assets.errors import AssetsError
    from ttdn_assets.settings import load_library

    with contextlib.suppress(AssetsError):
        return load_library(Path(folder) if folder else None).settings.ui
    return None


def _teach_click(lang: str) -> None:
    """Give gettext, which click asks for its own sentences, our translation of them.

    gettext reads compiled files only, and looks for them at every sentence: one is made for as long as we run.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = Path(__file__).parent / "locale" / f"click.{lang}.po"
    if not source.exists():
        return
    folder = Path(tempfile.mkdtemp(prefix="ttdn-ui-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    compiled = folder / lang / "LC_MESSAGES" / f"{_DOMAIN}.mo"
    compiled.parent.mkdir(parents=True)
    with source.open("rb") as read, compiled.open("wb") as write:
        write_mo(write, read_po(read, locale=lang))
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(_DOMAIN, str(folder))
    gettext.textdomain(_DOMAIN)
