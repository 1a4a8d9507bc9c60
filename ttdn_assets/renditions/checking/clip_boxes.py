"""What an MP4's boxes say, read on their own for the check (ISO/IEC 14496-12).

8.2.1 moov and 8.1.1 mdat give the order, 8.6.6 elst the edit lists, 8.6.1.2 stts the steps from frame to frame.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from ttdn_assets.media.boxes import Span, child, children, number, top_boxes

_MOOV_BYTES_MAX = 256 << 20
_STEPS_MAX = 1_000_000
_ROUNDED_S = 0.0015
"""Matroska and FLV keep times in whole milliseconds."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the index stands before the media, whether a track has an edit list, and what is damaged.

    ``fps`` is the rate of the commonest step between frames, ``None`` where no table of steps is found: one frame held
    longer, as encoders do at the start to meet the sound, does not change it.
    """

    moov_first: bool = True
    edit_list: bool = False
    fps: float | None = None
    faults: tuple[str, ...] = ()


def read_layout(path: Path) -> Layout:
    """The layout of a file of the MP4 family."""
    size_bytes = path.stat().st_size
    order: list[bytes] = []
    moov = b""
    cut = False
    with path.open("rb") as stream:
        for box in top_boxes(stream):
            order.append(box.kind)
            cut = cut or (box.end > size_bytes and box.kind in (b"mdat", b"moov") and box.end < 1 << 62)
            if box.kind == b"moov" and not moov:
                stream.seek(box.start)
                moov = stream.read(min(box.end - box.start, _MOOV_BYTES_MAX))
    faults = [
        *(["no index (moov)"] if not moov else []),
        *(["the media data ends early"] if cut else []),
    ]
    tracks = [box for box in children(moov) if box.kind == b"trak"]
    return Layout(
        moov_first=b"mdat" not in order or (b"moov" in order and order.index(b"moov") < order.index(b"mdat")),
        edit_list=any(child(moov, "edts/elst", track.start, track.end) for track in tracks),
        fps=next((fps for track in tracks if (fps := _fps(moov, track))), None),
        faults=tuple(faults),
    )


def _fps(moov: bytes, track: Span) -> float | None:
    """Frames a second of a picture track: its time scale over its commonest step, and those that differ by rounding."""
    handler = child(moov, "mdia/hdlr", track.start, track.end)
    header = child(moov, "mdia/mdhd", track.start, track.end)
    table = child(moov, "mdia/minf/stbl/stts", track.start, track.end)
    if not (handler and header and table) or moov[handler.start + 8 : handler.start + 12] != b"vide":
        return None
    scale = number(moov, header.start + (20 if moov[header.start : header.start + 1] == b"\x01" else 12), 4)
    counts: Counter[int] = Counter()
    for at in range(table.start + 8, min(table.end, table.start + 8 + 8 * _STEPS_MAX) - 7, 8):
        counts[number(moov, at + 4, 4)] += number(moov, at, 4)
    usual = counts.most_common(1)[0][0] if counts else 0
    near = {step: count for step, count in counts.items() if abs(step - usual) <= scale * _ROUNDED_S}
    span = sum(step * count for step, count in near.items())
    return scale * sum(near.values()) / span if span else None
