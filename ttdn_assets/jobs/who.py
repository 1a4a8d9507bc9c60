"""The name that the history gives to whoever runs a job."""

from __future__ import annotations

import getpass

UNKNOWN = "?"


def system_user() -> str:
    """The system's name of the user; ``?`` where it has none, as in a container with a number for a user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return UNKNOWN
