"""The ffmpeg program: found, asked what it can do, and run with a time limit; the only place that starts it.

It is looked for as the setting says, then ``TTDN_FFMPEG``, then in the wheel ``imageio-ffmpeg``, then on ``PATH``; the
last two only where they can encode H.264 and AAC, because systems ship builds that cannot.

Media is hostile: nothing but local files and pipes may be opened, only the demuxers of camera and web formats (no
playlists, no concatenation), one allocation is bounded, and the whole process tree ends with the time limit.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

import msgspec

from ttdn_assets.errors import TimeLimit, ToolError, ToolMissing

VARIABLE = "TTDN_FFMPEG"
NEEDED_ENCODERS = frozenset({"libx264", "aac"})

DEMUXERS = {
    "mp4": "mov", "m4v": "mov", "mov": "mov", "3gp": "mov", "mkv": "matroska", "webm": "matroska", "avi": "avi",
    "mts": "mpegts", "mpg": "mpeg", "flv": "flv", "wmv": "asf", "mxf": "mxf", "dv": "dv",
}  # fmt: skip
"""The demuxer to force for each of our format names: what the bytes are decides, never the name or a guess."""

if sys.platform == "win32":
    _OWN_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _OWN_GROUP = 0
_QUESTION_S = 20.0
_ALLOCATION_BYTES_MAX = 1 << 30
_TAIL_LINES = 40
_TAIL_CHARACTERS = 500
_DEATH_S = 5.0
_LISTED = re.compile(r"^ [A-Z.|]{2,6} +(\S+) ", re.MULTILINE)
_OLDEST = 6
_DECODED = re.compile(r"\(video\): (\d+) packets read[^;]*; (\d+) frames decoded(?:; (\d+) decode errors)?")


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What one ffmpeg binary is and can do, by its own listing."""

    version: str
    filters: frozenset[str]
    encoders: frozenset[str]


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a run that ended well left behind.

    ``packets``, ``decoded`` and ``decode_errors`` count the input's picture stream, 0 where ffmpeg did not say;
    ``concealed`` are pictures that it decoded in part and guessed the rest of, at least.
    """

    stdout: bytes = b""
    stderr: str = ""
    packets: int = 0
    decoded: int = 0
    decode_errors: int = 0
    concealed: int = 0


def find_ffmpeg(chosen: str | os.PathLike[str] | None = None) -> Path:
    """The binary to use.

    Raises:
        ToolMissing: ``ffmpeg-missing``, or ``ffmpeg-unusable`` for one that was named but does not run.
    """
    named = os.fspath(chosen) if chosen else os.environ.get(VARIABLE)
    if named:
        return _named(named)
    for candidate in _candidates():
        with contextlib.suppress(ToolError):
            able = capabilities(candidate)
            if able.encoders >= NEEDED_ENCODERS and not _too_old(able.version):
                return candidate
    raise ToolMissing("ffmpeg-missing", {"variable": VARIABLE})


def _named(named: str) -> Path:
    found = shutil.which(named)
    if found is None:
        raise ToolMissing("ffmpeg-unusable", {"tool": named, "reason": "not found"})
    if _too_old(capabilities(Path(found).absolute()).version):
        raise ToolMissing("ffmpeg-unusable", {"tool": named, "reason": f"< {_OLDEST}.0"})
    return Path(found).absolute()


def _too_old(version: str) -> bool:
    """Whether it is older than 6.0: those write the source's rotation into upright copies and count no damage."""
    number = re.match(r"ffmpeg n?(\d+)\.", version)
    return number is not None and int(number[1]) < _OLDEST


def _candidates() -> Iterator[Path]:
    """The wheel's binary first, the one every release is tested with: what a system has may be years old."""
    with contextlib.suppress(ImportError):
        import imageio_ffmpeg

        folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
        yield from sorted(path.absolute() for path in folder.glob("ffmpeg-*"))
    if on_path := shutil.which("ffmpeg"):
        yield Path(on_path).absolute()


@cache
def capabilities(binary: Path) -> Capabilities:
    """What the binary says of itself, asked once a process.

    Raises:
        ToolMissing: ``ffmpeg-unusable`` where it cannot be run.
    """
    said = _asked(binary, "-version")
    version = re.match(r"ffmpeg version (\S+)", said)
    return Capabilities(
        version=f"ffmpeg {version[1]}" if version else "ffmpeg",
        filters=frozenset(_LISTED.findall(_asked(binary, "-filters"))),
        encoders=frozenset(_LISTED.findall(_asked(binary, "-encoders"))),
    )


def _asked(binary: Path, question: str) -> str:
    try:
        done = subprocess.run(
            [str(binary), "-hide_banner", question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_QUESTION_S,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolMissing("ffmpeg-unusable", {"tool": binary, "reason": "no answer"}) from error
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "strerror", None) or f"exit code {getattr(error, 'returncode', '?')}"
        raise ToolMissing("ffmpeg-unusable", {"tool": binary, "reason": reason}) from error
    return done.stdout.decode("utf-8", "replace")


def file_url(path: Path) -> str:
    """The path as ffmpeg takes it literally, whatever it starts with or holds."""
    return f"file:{path.absolute()}"


def input_options(format: str) -> dict[str, str | int | None]:
    """What stands before ``-i`` for media of our ``format``: safe protocols and demuxers, no turning by ffmpeg."""
    safe: dict[str, str | int | None] = {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": ",".join(sorted({*DEMUXERS.values()})),
        "noautorotate": None,
    }
    return {**safe, "f": DEMUXERS[format]} if format in DEMUXERS else safe


class Deadline:
    """The moment when the work on one file must be done, shared by every run made for it."""

    def __init__(self, path: Path, limit_s: float) -> None:
        """Start the clock; ``path`` is the file the error names."""
        self.path = path
        self.limit_s = limit_s
        self._end = time.monotonic() + limit_s

    def left_s(self) -> float:
        """Seconds left.

        Raises:
            TimeLimit: ``video-time-limit`` when there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> TimeLimit:
        """The error to raise."""
        return TimeLimit("video-time-limit", {"path": self.path, "limit_s": round(self.limit_s, 1)})


Watch = Callable[[Mapping[str, str]], None]


def run(
    arguments: Sequence[str],
    *,
    deadline: Deadline,
    binary: Path | None = None,
    folder: Path | None = None,
    watch: Watch | None = None,
    capture: bool = False,
) -> Ran:
    """Run ffmpeg with ``arguments`` (inputs, graph and outputs, without the program) until it ends or time is up.

    Args:
        arguments: As ``ffmpeg_graph.arguments`` compiles them.
        deadline: Past it, and on any exception such as Ctrl-C, the whole process tree is killed.
        binary: The program; else the one ``find_ffmpeg`` finds.
        folder: Its working folder.
        watch: Called with each block of ``-progress`` (frame, out_time_us, …).
        capture: Keep what it writes to standard output, instead of progress.

    Raises:
        TimeLimit: ``video-time-limit``.
        ToolError: ``ffmpeg-failed`` with ``command`` and ``stderr_tail``.
    """
    program = binary or find_ffmpeg()
    command = [str(program), *_common(deadline, capture=capture), *arguments]
    limit_s = deadline.left_s()
    with _started(command, folder, deadline) as process, _readers(process, watch, capture) as heard:
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            raise deadline.passed() from None
        finally:
            _kill_tree(process)
    stderr = "\n".join(heard.stderr)
    if process.returncode != 0:
        fields = {
            "path": str(deadline.path),
            "command": subprocess.list2cmdline(command),
            "stderr_tail": stderr[-2000:],
        }
        raise ToolError("ffmpeg-failed", {**fields, "reason": _reason(heard.stderr, process.returncode)})
    packets, decoded, errors = heard.decoded
    return Ran(
        stdout=bytes(heard.stdout),
        stderr=stderr,
        packets=packets,
        decoded=decoded,
        decode_errors=errors,
        concealed=heard.concealed,
    )


def _common(deadline: Deadline, *, capture: bool) -> list[str]:
    """Options of every run; CPU time is bounded too, so that a run whose parent was killed ends by itself."""
    cpu_s = math.ceil(deadline.limit_s) * (os.cpu_count() or 1)
    progress = [] if capture else ["-progress", "pipe:1"]
    return [
        *("-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", "level+verbose"),
        *("-max_alloc", str(_ALLOCATION_BYTES_MAX), "-timelimit", str(max(1, cpu_s))),
        *progress,
    ]


@contextlib.contextmanager
def _started(command: list[str], folder: Path | None, deadline: Deadline) -> Iterator[subprocess.Popen[bytes]]:
    """The process in a group of its own, so that Ctrl-C reaches us and not it, and its children end with it."""
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=sys.platform != "win32",
            creationflags=_OWN_GROUP,
        )
    except OSError as error:
        fields = {"path": str(deadline.path), "tool": command[0], "reason": error.strerror or str(error)}
        raise ToolMissing("ffmpeg-unusable", fields) from error
    with process:
        yield process


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything it started; nothing happens where it has ended."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_DEATH_S)


class _Heard:
    """What the process has said so far; only the end of a long story is kept."""

    def __init__(self) -> None:
        self.stdout = bytearray()
        self.stderr: deque[str] = deque(maxlen=_TAIL_LINES)
        self.decoded = (0, 0, 0)
        self.concealed = 0

    def hear_stderr(self, stream: IO[bytes]) -> None:
        for raw in iter(lambda: stream.readline(65536), b""):
            line = raw.decode("utf-8", "replace").rstrip()
            if counted := _DECODED.search(line):
                packets, decoded, errors = (int(number or 0) for number in counted.groups())
                self.decoded = max(self.decoded, (packets, decoded, errors))
            self.concealed += "corrupt decoded frame" in line
            if "[verbose]" not in line:
                self.stderr.append(line[:_TAIL_CHARACTERS])

    def hear_stdout(self, stream: IO[bytes]) -> None:
        while chunk := stream.read(1 << 16):
            self.stdout += chunk

    def hear_progress(self, stream: IO[bytes], watch: Watch | None) -> None:
        block: dict[str, str] = {}
        for raw in iter(lambda: stream.readline(65536), b""):
            key, _, value = raw.decode("utf-8", "replace").strip().partition("=")
            block[key] = value
            if key == "progress":
                if watch is not None:
                    watch(block)
                block = {}


@contextlib.contextmanager
def _readers(process: subprocess.Popen[bytes], watch: Watch | None, capture: bool) -> Iterator[_Heard]:
    """Threads that empty both pipes while the process runs, so that it never waits for a reader."""
    heard = _Heard()
    assert process.stdout is not None
    assert process.stderr is not None
    first = (heard.hear_stdout, (process.stdout,)) if capture else (heard.hear_progress, (process.stdout, watch))
    threads = [
        threading.Thread(target=first[0], args=first[1], daemon=True),
        threading.Thread(target=heard.hear_stderr, args=(process.stderr,), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        for thread in threads:
            thread.join(_DEATH_S)


def _reason(lines: Sequence[str], exit_code: int) -> str:
    """The first thing ffmpeg called an error, without the address of the part that said it."""
    for line in lines:
        if "[error]" in line or "[fatal]" in line:
            said = re.sub(r"^(\[[^\]]*\] )*", "", line)
            if said:
                return said
    return f"exit code {exit_code}"
