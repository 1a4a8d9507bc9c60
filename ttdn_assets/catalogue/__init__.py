"""The catalogue: every asset with its files, facts, words, crop, renditions, submissions and history.

SQLite by default, PostgreSQL by URL, through SQLAlchemy Core.  One asset is written in one transaction, so a run that
is killed leaves a catalogue that is whole.  Who may write what:

* a person's text, crop and decision are never overwritten by a machine (``merge`` holds the rules);
* the history only grows: the database itself refuses to change or delete a line of it;
* bytes whose picture is known join the asset they belong to, whatever their name, folder or metadata;
* what other machines wrote joins what is known here by content, in any order (``join`` holds the rules), and where two
  people wrote different words, a person decides.

Importing this package imports nothing heavy; ``open_catalogue`` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttdn_assets.catalogue.catalogue import Catalogue

__all__ = ["open_catalogue"]


def open_catalogue(url: str, *, create: bool = True, busy_s: float = 30.0) -> Catalogue:
    """The catalogue at an SQLAlchemy URL, made or brought up to date where needed; close it or use it in ``with``.

    Args:
        url: ``sqlite:///folder/catalogue.sqlite3`` or ``postgresql+psycopg://user@host/name``.
        create: Whether a catalogue that is not there is made.
        busy_s: How long to wait for another writer before giving up.

    Raises:
        CatalogueError: ``catalogue-missing``, ``catalogue-newer``, ``catalogue-foreign``, ``catalogue-corrupt``,
            ``catalogue-locked``, ``catalogue-read-only``, ``catalogue-unreachable`` or ``catalogue-url``.
    """
    from ttdn_assets.catalogue.catalogue import Catalogue
    from ttdn_assets.catalogue.database import open_database

    return Catalogue(open_database(url, create=create, busy_s=busy_s))
