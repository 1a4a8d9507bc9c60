"""Which colour profiles are sRGB under another name."""

from __future__ import annotations

_SRGB_NAMES = {"c2", "c2ci", "urgb"}
"""Tiny sRGB profiles: Facebook's c2 and compact ICC profiles, and uRGB."""


def is_srgb(icc_name: str | None) -> bool:
    """Whether a profile of that name, or none at all, means sRGB."""
    name = (icc_name or "srgb").strip().casefold()
    return "srgb" in name or name in _SRGB_NAMES
