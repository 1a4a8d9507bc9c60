"""Pages from templates; every value is escaped, a value that is missing is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(folder: Path, name: str, values: Mapping[str, object], *, filters: Mapping[str, Callable[..., str]]) -> str:
    """The page ``name`` of the templates in ``folder``, filled with ``values``."""
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(filters)
    return templates.get_template(name).render(values)
