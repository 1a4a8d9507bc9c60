"""The trilingual term base: names in Vietnamese, English and Chinese as data, found in a text by longest match.

``base`` reads and checks the TSV files under ``data/`` and a unit's own ones; ``view`` is a text as it is searched,
``index`` all forms of all terms, ``matcher`` decides which of those found are meant; ``people`` tells names of persons;
``calendar`` knows the lunar days of Viet Nam, ``nearby`` the province around a GPS point.  ``data/ATTRIBUTIONS.md``
names the sources and their licences.
"""

from ttdn_assets.terms.base import TermBase, load_terms
from ttdn_assets.terms.matcher import TermMatch
from ttdn_assets.terms.term import Term

__all__ = ["Term", "TermBase", "TermMatch", "load_terms"]
