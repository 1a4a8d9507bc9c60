"""Add a caption language: people's Lao words for what the library knows, kept beside Vietnamese, English and Chinese.

    python examples/add_language.py LIBRARY

Any BCP-47 language can be added; the words are people's, so no machine writes over them, and search finds them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ttdn_assets.catalogue import open_catalogue
from ttdn_assets.catalogue.records import Query
from ttdn_assets.settings import load_library

TITLES = {"ev-hoa-ban": "ບຸນດອກບານ", "ev-le-hoi-ca-phe-sl": "ບຸນກາເຟແຂວງເຊີນລາ"}


def main(library: Path) -> int:
    with open_catalogue(load_library(library).database_url) as catalogue:
        for record in list(catalogue.assets()):
            title = next((TITLES[fact.term] for fact in record.facts if fact.term in TITLES), None)
            if title:
                catalogue.set_text(record.id, "title", "lo", title, who="examples")
        page = catalogue.search(Query(text="ບຸນດອກບານ", language="lo"))
        for hit in page.hits:
            print(f"{hit.asset[:8]}  {hit.titles['lo']}  {hit.path}")
        return 0 if page.total else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
