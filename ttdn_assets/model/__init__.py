"""The nouns of the house: frozen values without behaviour that touches the world.

Sizes are (width, height) in upright pixels, times are seconds, hashes are lower-case hex SHA-256, languages are
``vi``, ``en``, ``zh`` in keys and columns (BCP-47 ``zh-Hans`` where a file format wants it).
"""

from ttdn_assets.model.findings import Event, Failure, Finding, Level, Progress, count_levels, silent
from ttdn_assets.model.media import Audio, Box, Gps, Hdr, Kind, MediaFacts, Source, VideoFacts
from ttdn_assets.model.outcome import Outcome, OutcomeStatus
from ttdn_assets.model.placement import Figure, Placement, TextLimit, TextUnit
from ttdn_assets.model.rendition import (
    Fit,
    FocalPoint,
    PathPoint,
    Rendition,
    RenditionPlan,
    Subject,
    TrackPoint,
    VideoPlan,
)
from ttdn_assets.model.rights import Consent, Publication, Reach, Rights
from ttdn_assets.model.words import (
    FIELDS,
    LANGUAGES,
    CaptionSet,
    EmbeddedText,
    Fact,
    FactKind,
    FactSource,
    Field,
    Lang,
    Origin,
    Post,
    SheetRow,
    Text,
    TextStatus,
    Whereabouts,
    Words,
)

__all__ = [
    "FIELDS",
    "LANGUAGES",
    "Audio",
    "Box",
    "CaptionSet",
    "Consent",
    "EmbeddedText",
    "Event",
    "Fact",
    "FactKind",
    "FactSource",
    "Failure",
    "Field",
    "Figure",
    "Finding",
    "Fit",
    "FocalPoint",
    "Gps",
    "Hdr",
    "Kind",
    "Lang",
    "Level",
    "MediaFacts",
    "Origin",
    "Outcome",
    "OutcomeStatus",
    "PathPoint",
    "Placement",
    "Post",
    "Progress",
    "Publication",
    "Reach",
    "Rendition",
    "RenditionPlan",
    "Rights",
    "SheetRow",
    "Source",
    "Subject",
    "Text",
    "TextLimit",
    "TextStatus",
    "TextUnit",
    "TrackPoint",
    "VideoFacts",
    "VideoPlan",
    "Whereabouts",
    "Words",
    "count_levels",
    "silent",
]
