"""``ttdn terms``: the trilingual term base: find terms in texts, show a term."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from ttdn_assets.errors import UsageError
from ttdn_assets.settings import load_library
from ttdn_assets.terms import TermBase, load_terms
from ttdn_assets.text import fold, nfc
from ttdn_cli.app import group_of, verb
from ttdn_cli.output import json_line


def _terms(library: Path | None) -> TermBase:
    return load_terms(load_library(library).terms)


@verb("terms match")
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
def match(texts: tuple[str, ...], library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.terms-match.help``."""
    terms = _terms(library)
    for text in texts or _read_lines(as_json=as_json):
        found = [
            {"id": one.id, "start": one.start, "end": one.end, "surface": one.surface} for one in terms.match(text)
        ]
        if as_json:
            json_line({"text": nfc(text), "terms": found})
        else:
            click.echo(nfc(text))
            for one in found:
                click.echo(f"  {one['surface']}  {one['id']}")


@verb("terms show")
@click.argument("query", metavar="ID|TEXT")
def show(query: str, library: Path | None, as_json: bool) -> None:
    """See the sentence ``cli.terms-show.help``."""
    terms = _terms(library)
    found = _find(terms, query)
    if not found:
        raise UsageError("term-unknown", {"query": query})
    for term in found:
        if as_json:
            json_line(msgspec.to_builtins(term))
            continue
        click.secho(term.id, bold=True)
        for lang in ("vi", "en", "zh"):
            also = ", ".join(term.surfaces(lang)[1:])
            click.echo(f"  {lang}  {term.name(lang)}" + (f"  ({also})" if also else ""))
            if term.forbidden(lang):
                click.secho(f"      ✗ {', '.join(term.forbidden(lang))}", fg="red")


def _find(terms: TermBase, query: str) -> list[Any]:
    term = terms.get(query)
    if term is not None:
        return [term]
    wanted = fold(query)
    ids = [one.id for one in terms.match(query)]
    named = [one for one in terms.terms.values() if any(fold(one.name(lang)) == wanted for lang in ("vi", "en", "zh"))]
    return [*named, *(terms[i] for i in ids if terms[i] not in named)]


def _read_lines(*, as_json: bool) -> Iterable[str]:
    """Standard input: JSON strings or objects with ``text`` a line with ``--json``, else plain lines."""
    for number, line in enumerate(sys.stdin, 1):
        text = line.rstrip("\r\n")
        if not as_json:
            yield text
        elif text.strip():
            try:
                value = msgspec.json.decode(text)
            except msgspec.DecodeError as error:
                raise UsageError("json-line", {"line": number, "reason": str(error)}) from error
            words = value.get("text") if isinstance(value, dict) else value
            if not isinstance(words, str):
                raise UsageError("json-line", {"line": number, "reason": "text"})
            yield words


command = group_of("terms", match, show)
