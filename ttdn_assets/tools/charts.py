"""Bar charts as pictures; the only importer of matplotlib."""

from __future__ import annotations

import io
from collections.abc import Mapping

from ttdn_assets.errors import ToolMissing
from ttdn_assets.wording import number

_DPI = 200
_WIDTH_IN, _BAR_IN = 6.3, 0.3
_INK = "#1f4e5f"


def bars_png(counts: Mapping[str, int], *, title: str, lang: str) -> bytes:
    """A PNG of horizontal bars in the order given, each with its number the way ``lang`` writes it.

    Raises:
        ToolMissing: ``report-tools-missing``.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ToolMissing("report-tools-missing") from error
    figure = Figure(figsize=(_WIDTH_IN, 0.8 + _BAR_IN * len(counts)), dpi=_DPI, layout="constrained")
    axes = figure.add_subplot()
    names = [_short(name) for name in counts]
    bars = axes.barh(range(len(names)), list(counts.values()), color=_INK)
    axes.bar_label(bars, labels=[number(value, lang) for value in counts.values()], padding=3)
    axes.set_yticks(range(len(names)), labels=names, parse_math=False)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_title(title, parse_math=False)
    axes.xaxis.set_visible(False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"
