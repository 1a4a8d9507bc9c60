"""The command line: verbs that call the library, word what it says, and turn it into an exit code.

stdout is data, stderr is progress and messages.  Exit: 0 all well, warnings included; 1 some file failed or something
written breaks a rule; 2 usage; 3 a tool or model is missing; 130 interrupted.  Verbs are imported when they are called,
after the language is known, so that ``ttdn --help`` stays light and speaks the user's language.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    Looking for garbage among the modules, as they come and once more as the process ends, is a fifth of the time of a
    short command; none of them is garbage.
    """
    gc.disable()
    code = speak(list(sys.argv[1:] if arguments is None else arguments))
    gc.freeze()
    sys.exit(code)


def speak(arguments: list[str]) -> int:
    """Run the command line in the language asked for; the exit code."""
    from ttdn_cli import app, speech

    speech.utf8_streams()
    speech.choose_language(arguments)
    return app.run(arguments)
