"""What planning, making and checking agree on: tolerances, the room left under caps, profiles; each with its reason."""

from __future__ import annotations

ASPECT_TOLERANCE = 0.01
"""Share of the ratio: whole and even pixels move the ratio of a small picture by up to half a per cent (606 x 1080 for
9:16); Meta's own tolerance is 3 %."""

FPS_TOLERANCE = 0.0005
"""Share of the rate: enough for rounded time stamps, too little to take 23.976 for 24 (0.1 % apart)."""

FPS_CHOICE_TOLERANCE = 0.005
"""Share of a listed rate: a phone's 30 frames a second measure 29.9 to 30.1, and 29.97 passes for 30."""

DURATION_TOLERANCE_S = 0.15
"""The last frame and the last AAC packet end up to this much after the cut asked for."""

PRIMING_SAMPLES = 2112
"""Encoders of sound begin with up to so many that an edit list hides; one that hides more was made by a cut."""

CUT_MARGIN_S = 0.2
"""A clip that is cut to a limit ends this much before it, so that the padding of the last packets stays below."""

WORDS_ROOM_BYTES = 64_000
"""Left free under a byte cap for the captions and credit written into the copy later."""

RATE_HEADROOM = 0.04
"""Share of a clip's byte cap left to the container and to rate control, which holds an average, not a sum."""

BITRATE_TOLERANCE = 0.05
"""Share over a cap of the video bitrate that the measured average may show: it includes container overhead."""

H264_PROFILES = ("baseline", "constrained baseline", "main", "high")
"""The profiles every platform's player decodes: 8 bit 4:2:0."""


_LARGE_PX = 2560 * 1440


def is_large(size_px: tuple[int, int]) -> bool:
    """Whether pictures of that size, above 1440p, are worked on with fewer frames at once, to bound memory."""
    return size_px[0] * size_px[1] > _LARGE_PX
