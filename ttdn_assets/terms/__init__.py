"""The trilingual term base: names in Vietnamese, English and Chinese as data, found in a text by longest match.

``base`` reads and checks the TSV files under ``data/`` and a unit's own ones, ``matcher`` finds terms in a text,
``calendar`` knows the lunar days of Viet Nam, ``nearby`` the province around a GPS point.  ``data/ATTRIBUTIONS.md``
names the sources and their licences.
"""

from ttdn_assets.terms.base import TermBase, load_terms
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term

__all__ = ["Term", "TermBase", "TermMatch", "load_terms"]
