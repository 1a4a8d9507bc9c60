"""OpenCV where the system has it: the one place that imports it.

There is no wheel for Windows on ARM; what needs OpenCV then does without, and says so in its own docstring.
"""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType


@cache
def opencv() -> ModuleType | None:
    """The module ``cv2``, on one thread, or ``None`` where it is not installed: work is spread over processes."""
    try:
        module = importlib.import_module("cv2")
    except ImportError:
        return None
    module.setNumThreads(1)
    return module
