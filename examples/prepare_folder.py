"""The main job as a library call: a folder of media to checked submissions.

python examples/prepare_folder.py FOLDER LIBRARY
"""

from __future__ import annotations

import sys
from pathlib import Path

import ttdn_assets


def main(folder: Path, library: Path) -> int:
    run = ttdn_assets.prepare([folder], targets=["vietnamvn", "facebook"], library=library)
    for outcome in run.outcomes:
        title = outcome.captions.title.get("en")
        print(f"{outcome.status:<10} {outcome.source}  {title.value if title else ''}")
    for submission in run.submissions:
        print(f"{submission.target:<10} {library / submission.path}")
    return int(run.failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
