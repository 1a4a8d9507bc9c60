"""Codes and fields into sentences: every message of the library, the CLI and the files we write.

The sentences stand in ``locale/<lang>/*.po``, read as they are, one file a room; message ids are codes such as
``error.folder-missing`` or ``finding.too-long``.  A code without its sentence in a language falls back to English,
then to the code with its fields, so that a message is never lost.
"""

from __future__ import annotations

import locale
import os
import re
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ttdn_assets.model import Failure, Finding

UI_LANGUAGES = ("vi", "en", "zh")
FieldValue = str | int | float | None
_SOURCE = re.compile(r" \((\w+)\)$")


@cache
def catalogue(lang: str) -> dict[str, str]:
    """All sentences of one language by code."""
    from babel.messages.pofile import read_po

    sentences: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "locale" / lang).glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, abort_invalid=True):
                if message.id and message.string:
                    sentences[str(message.id)] = str(message.string)
    return sentences


def has(code: str, lang: str = "en") -> bool:
    """Whether the code has a sentence in that language."""
    return code in catalogue(lang)


def say(code: str, fields: Mapping[str, FieldValue] | None = None, lang: str = "en") -> str:
    """The sentence for ``code`` with ``{name}`` replaced by its field; numbers the way the language writes them."""
    pattern = catalogue(lang).get(code) or catalogue("en").get(code)
    given = fields or {}
    if pattern is None:
        return f"{code} {dict(given)}" if given else code
    return string.Formatter().vformat(pattern, (), _Shown(given, lang))


class _Shown(dict[str, str]):
    """Fields as they are shown; a field the caller did not give is shown as ``?`` instead of raising."""

    def __init__(self, fields: Mapping[str, FieldValue], lang: str) -> None:
        super().__init__({key: number(value, lang) for key, value in fields.items()})

    def __missing__(self, key: str) -> str:
        return "?"


_PICTURES = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}


def visible(text: str) -> str:
    """The text on one line, harmless to a terminal: file names may hold line breaks, escapes, and bytes that are none.

    Control characters become their pictures (␊), what no encoding takes becomes �.
    """
    return text.translate(_PICTURES)


def number(value: FieldValue, lang: str) -> str:
    """A field as text: integers and decimals with the language's separators, strings on one line."""
    if value is None:
        return "?"
    if isinstance(value, str):
        return visible(value)
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def say_finding(finding: Finding, lang: str = "en") -> str:
    """The sentence of a finding; its fields are subject, placement, lang, measured (or its cause) and allowed."""
    fields: dict[str, FieldValue] = {
        "subject": finding.subject,
        "placement": finding.placement or "",
        "lang": language_name(finding.lang, lang) if finding.lang else "",
        "measured": _named(finding.measured, lang) if finding.cause is None else say_failure(finding.cause, lang)[0],
        "allowed": _named(finding.allowed, lang),
    }
    return say(f"finding.{finding.rule}", fields, lang)


def say_named(finding: Finding, lang: str = "en") -> str:
    """The sentence of a finding among those of other files: what it is about stands before it, unless it names it."""
    sentence = say_finding(finding, lang)
    return sentence if finding.subject in sentence else f"{visible(finding.subject)}: {sentence}"


def language_name(code: str, lang: str) -> str:
    """A language as ``lang`` calls it; its code where it has no name there."""
    named = f"sheet.lang.{code}"
    return say(named, lang=lang) if has(named, lang) else code


def _named(value: FieldValue, lang: str) -> FieldValue:
    """The names of a status or of fields of captions, which commas part, or of a source; any other value as it is."""
    if isinstance(value, str) and (source := _SOURCE.search(value)) and has(f"from.{source[1]}", lang):
        return f"{value[: source.start()]} ({say(f'from.{source[1]}', lang=lang)})"
    parts = value.split(", ") if isinstance(value, str) else []
    codes = [next((code for code in (f"review.{part}", f"field.{part}") if has(code, lang)), "") for part in parts]
    return ", ".join(say(code, lang=lang) for code in codes) if codes and all(codes) else value


def say_failure(failure: Failure, lang: str = "en") -> tuple[str, str]:
    """The sentence of a failure and the hint of what to do next (empty where there is none)."""
    code = f"error.{failure.code}"
    hint = say(f"{code}.hint", failure.fields, lang) if has(f"{code}.hint") else ""
    return say(code, failure.fields, lang), hint


def ui_language(chosen: str | None = None) -> str:
    """The language to speak: the one chosen, else ``TTDN_UI``, else the system's, else English."""
    system = locale.getlocale()[0] or os.environ.get("LANG", "")
    for wanted in (chosen, os.environ.get("TTDN_UI"), system):
        if wanted and wanted[:2].lower() in UI_LANGUAGES:
            return wanted[:2].lower()
    return "en"
