"""Who made a picture, whose it is, who in it agreed to what, and where it was shown."""

from __future__ import annotations

import msgspec


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What people in a picture agreed to.

    ``file`` is the signed paper, by path or by name; ``targets`` are platforms or placements, all where empty;
    ``until`` is the last day, ISO 8601, or whatever a person wrote that is no date; ``None`` sets no end.  Where they
    ``refused``, nothing else counts.
    """

    file: str
    refused: bool = False
    targets: tuple[str, ...] = ()
    until: str | None = None


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """The rights record of one asset; ``unexhibited`` says whether it was neither exhibited nor awarded before."""

    author: str = ""
    credit: str = ""
    licence: str = ""
    owner: str = ""
    consents: tuple[Consent, ...] = ()
    unexhibited: bool | None = None

    @property
    def named(self) -> bool:
        """Whether it says anything of whose the picture is."""
        return bool(self.author or self.credit or self.licence or self.owner)

    def over(self, known: Rights) -> Rights:
        """``known`` with what this says; what this leaves blank stays."""
        return Rights(
            author=self.author or known.author,
            credit=self.credit or known.credit,
            licence=self.licence or known.licence,
            owner=self.owner or known.owner,
            consents=self.consents or known.consents,
            unexhibited=known.unexhibited if self.unexhibited is None else self.unexhibited,
        )


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication had reached on the day ``at``; ``None`` where nobody counted."""

    at: str
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    reach: int | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One asset gone out: to a target (platform or placement), on the day ``at``, at an address, by whom.

    ``added_at`` is when it was written down; ``figures`` are in the order of their days.
    """

    asset: str
    target: str
    at: str
    url: str = ""
    who: str = ""
    added_at: str = ""
    figures: tuple[Reach, ...] = ()
