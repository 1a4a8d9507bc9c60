"""A placement of one's own: the LED screen of a border gate, with its own pixels, written as a file of the library.

python examples/own_placement.py FOLDER LIBRARY
"""

from __future__ import annotations

import sys
from pathlib import Path

import ttdn_assets

SCREEN = """\
platform = "led"

[slots.long_sap]
kind = "photo"
name = { vi = "Màn hình LED cửa khẩu Lóng Sập", en = "LED board at Long Sap border gate" }
formats = ["jpeg"]
sizes_px = [[1344, 768]]
"""


def main(folder: Path, library: Path) -> int:
    own = library / "placements" / "led.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(SCREEN, encoding="utf-8")
    run = ttdn_assets.prepare([folder], targets=["led.long_sap"], library=library)
    for outcome in run.outcomes:
        for one in outcome.renditions:
            print(f"{one.width_px}×{one.height_px}  {one.path}  {outcome.source}")
    return int(run.failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
