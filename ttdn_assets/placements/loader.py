"""Placement files into values: read, merged with the unit's own, validated; an error names file, table and key."""

from __future__ import annotations

import difflib
import tomllib
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ttdn_assets.decoding import convert
from ttdn_assets.errors import UsageError
from ttdn_assets.model import Figure, Placement, TextLimit
from ttdn_assets.placements.rules import first_fault

_ROOT_KEYS = {"platform", "date", "sources", "slots"}
_PLAIN = {"kind": str, "name": dict[str, str]}
_DERIVED = {"id", "figures", "texts", *_PLAIN}
_FIELD_TYPES = {key: hint for key, hint in typing.get_type_hints(Placement).items() if key not in _DERIVED}
_Name = typing.Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
_SIZE_FORMS = {"sizes_px": (), "long_edge_px": None, "keep_original": False}
Confidence = typing.Literal["P", "P*", "S", "M"]


class _Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: typing.Annotated[str, msgspec.Meta(min_length=1)]
    date: str
    url: str | None = None


class _Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure as the file states it."""

    value: Any
    source: str
    confidence: Confidence
    note: str | None = None


class _StatedText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text limit as the file states it."""

    field: typing.Literal["title", "description", "text", "caption", "tags", "author", "place", "summary"]
    maximum: typing.Annotated[int, msgspec.Meta(gt=0)]
    unit: str
    forbidden: str = ""
    source: str = ""
    confidence: Confidence = "M"
    note: str | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """One placement file: where it lies, its sources, its slots as tables still to be read."""

    path: Path
    platform: str
    date: str
    own: bool
    sources: dict[str, _Source]
    slots: dict[str, dict[str, Any]]

    def fault(self, table: str, key: str, reason: str) -> UsageError:
        """The error that names this file, the table and the key."""
        return UsageError("placement-invalid", {"path": self.path, "table": table, "key": key, "reason": reason})


def load_placements(own_folder: Path | None = None) -> dict[str, Placement]:
    """Every placement by id: those of this package, with what the unit's own folder overrides or adds.

    Raises:
        UsageError: ``placement-invalid`` with path, table, key and reason; ``placement-unreadable``.
    """
    found: dict[str, Placement] = {}
    for path, own in [*_files(Path(__file__).parent, own=False), *_files(own_folder, own=True)]:
        file = _read(path, own=own)
        for slot, table in file.slots.items():
            placement = _placement(file, slot, table, found.get(f"{file.platform}.{slot}"))
            found[placement.id] = placement
    return found


def choose(targets: Sequence[str], placements: Mapping[str, Placement]) -> dict[str, tuple[Placement, ...]]:
    """The placements of each target, in the order given.

    A target is a platform, a placement id, or ``all`` for every platform; also several with commas.

    Raises:
        UsageError: ``target-unknown``, which names the nearest known target.
    """
    names = [name for target in targets for name in (part.strip().casefold() for part in target.split(",")) if name]
    platforms = dict.fromkeys(placement.platform for placement in placements.values())
    wanted = [one for name in names for one in (platforms if name == "all" else (name,))]
    return {name: _resolve(name, placements) for name in wanted}


def _resolve(name: str, placements: Mapping[str, Placement]) -> tuple[Placement, ...]:
    if name in placements:
        return (placements[name],)
    if slots := tuple(p for p in placements.values() if p.platform == name):
        return slots
    known = sorted({*placements, *(p.platform for p in placements.values())})
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    raise UsageError("target-unknown", {"target": name, "nearest": nearest[0] if nearest else ""})


def _files(folder: Path | None, *, own: bool) -> Iterator[tuple[Path, bool]]:
    if folder is not None and folder.is_dir():
        yield from ((path, own) for path in sorted(folder.glob("*.toml")))


def _read(path: Path, *, own: bool) -> _File:
    try:
        root = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError("placement-unreadable", {"path": path, "reason": error.strerror or str(error)}) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("placement-invalid", {"path": path, "table": "-", "key": "-", "reason": str(error)}) from error
    empty = _File(path=path, platform="", date="", own=own, sources={}, slots={})
    for key in sorted(root.keys() - _ROOT_KEYS):
        raise empty.fault("-", key, f"unknown key; known: {', '.join(sorted(_ROOT_KEYS))}")
    platform = _convert(empty, "-", "platform", root.get("platform"), _Name)
    slots = _convert(empty, "-", "slots", root.get("slots", {}), dict[str, dict[str, Any]])
    sources = {
        key: _convert(empty, f"sources.{key}", "-", value, _Source)
        for key, value in _convert(empty, "-", "sources", root.get("sources", {}), dict[str, Any]).items()
    }
    date = _convert(empty, "-", "date", root.get("date", ""), str)
    return _File(path=path, platform=platform, date=date, own=own, sources=sources, slots=slots)


def _placement(file: _File, slot: str, table: dict[str, Any], known: Placement | None) -> Placement:
    """The placement a table describes, on top of the one already known by that id."""
    where = f"slots.{slot}"
    _convert(file, where, "-", slot, _Name)
    values: dict[str, Any] = {} if known is None else {k: getattr(known, k) for k in Placement.__struct_fields__}
    figures: dict[str, Figure] = {figure.key: figure for figure in values.get("figures", ())}
    if table.keys() & _SIZE_FORMS:
        values |= _SIZE_FORMS
        figures = {key: figure for key, figure in figures.items() if key not in _SIZE_FORMS}
    for key, given in table.items():
        if key in _PLAIN:
            values[key] = _convert(file, where, key, given, _PLAIN[key])
        elif key == "texts":
            values[key], stated = _texts(file, where, given)
            figures = {k: f for k, f in figures.items() if not k.startswith("texts.")} | stated
        elif key in _FIELD_TYPES:
            values[key], figures[key] = _figure(file, where, key, given)
        else:
            nearest = difflib.get_close_matches(key, [*_FIELD_TYPES, *_PLAIN, "texts"], n=1, cutoff=0.0)[0]
            raise file.fault(where, key, f"unknown key; did you mean {nearest}?")
    for required in ("kind", "name", "formats"):
        if required not in values:
            raise file.fault(where, required, "missing")
    values |= {"id": f"{file.platform}.{slot}", "figures": tuple(figures.values())}
    placement: Placement = _convert(file, where, "kind", values, Placement)
    if fault := first_fault(placement):
        raise file.fault(where, *fault)
    return placement


def _figure(file: _File, where: str, key: str, given: Any) -> tuple[Any, Figure]:
    """The value of one figure and where it comes from; in a unit's own file a bare value is the unit's word."""
    stated = given if isinstance(given, dict) or not file.own else {"value": given, "source": "", "confidence": "M"}
    figure = _convert(file, where, key, stated, _Stated)
    value = _convert(file, where, key, figure.value, _FIELD_TYPES[key])
    return value, _origin(file, where, key, figure)


def _texts(file: _File, where: str, given: Any) -> tuple[tuple[TextLimit, ...], dict[str, Figure]]:
    stated = _convert(file, where, "texts", given, list[_StatedText])
    limits = tuple(
        _convert(
            file,
            where,
            f"texts.{text.field}",
            {"field": text.field, "maximum": text.maximum, "unit": text.unit, "forbidden": text.forbidden},
            TextLimit,
        )
        for text in stated
    )
    return limits, {f"texts.{text.field}": _origin(file, where, f"texts.{text.field}", text) for text in stated}


def _origin(file: _File, where: str, key: str, stated: _Stated | _StatedText) -> Figure:
    if file.own and not stated.source:
        source = _Source(f"{file.path.name}, the unit's own", file.date)
    elif stated.source in file.sources:
        source = file.sources[stated.source]
    else:
        known = ", ".join(sorted(file.sources)) or "none"
        raise file.fault(where, key, f"unknown source {stated.source!r}; known: {known}")
    return Figure(
        key=key,
        source=source.title,
        date=source.date,
        url=source.url,
        confidence=stated.confidence,
        note=stated.note,
    )


def _convert(file: _File, table: str, key: str, value: Any, wanted: Any) -> Any:
    try:
        return convert(value, wanted)
    except msgspec.ValidationError as error:
        raise file.fault(table, key, str(error)) from error
