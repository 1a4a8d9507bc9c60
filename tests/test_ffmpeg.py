"""ffmpeg is found where it was named, runs no longer than it may, leaves no child behind, opens local files only."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ttdn_assets.errors import TimeLimit, ToolError, ToolMissing
from ttdn_assets.tools import ffmpeg
from ttdn_assets.tools.ffmpeg_graph import Filter, Output, arguments

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
COLOURS = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=1"]


def stand_in(folder: Path, script: str, *, version: str = "99.0") -> Path:
    """A program that answers like ffmpeg and then does what ``script`` says."""
    path = folder / "ffmpeg"
    asked = f'case "$*" in *-version*) echo "ffmpeg version {version}";; *-filters*|*-encoders*) :;; *) '
    path.write_text(f"#!/bin/sh\n{asked}{script};; esac\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def deadline(seconds: float = 30.0) -> ffmpeg.Deadline:
    return ffmpeg.Deadline(Path("clip.mp4"), seconds)


def test_the_binary_found_can_encode_what_every_slot_takes() -> None:
    able = ffmpeg.capabilities(ffmpeg.find_ffmpeg())
    assert able.version.startswith("ffmpeg ")
    assert able.encoders >= ffmpeg.NEEDED_ENCODERS
    assert {"scale", "overlay", "fps", "bwdif", "loudnorm", "lut3d"} <= able.filters


@POSIX
def test_the_one_named_comes_before_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    named, by_variable = stand_in(tmp_path / "a", ":"), stand_in(tmp_path / "b", ":")
    monkeypatch.setenv("TTDN_FFMPEG", str(by_variable))
    assert ffmpeg.find_ffmpeg() == by_variable
    assert ffmpeg.find_ffmpeg(named) == named


@POSIX
def test_one_on_the_path_without_h264_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poor = stand_in(tmp_path, ":")
    monkeypatch.delenv("TTDN_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert ffmpeg.find_ffmpeg() != poor


def test_a_named_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing) as raised:
        ffmpeg.find_ffmpeg(tmp_path / "no ffmpeg here")
    assert raised.value.code == "ffmpeg-unusable"


@POSIX
def test_a_hang_ends_with_the_limit_and_takes_its_children_along(tmp_path: Path) -> None:
    trace = tmp_path / "child"
    program = stand_in(tmp_path, f'sleep 300 & echo $! > "{trace}"; wait')
    with pytest.raises(TimeLimit) as raised:
        ffmpeg.run(["x"], deadline=deadline(0.8), binary=program)
    assert raised.value.code == "video-time-limit"
    child = int(trace.read_text())
    with pytest.raises(ProcessLookupError):
        _wait_gone(child)


def _wait_gone(pid: int) -> None:
    for _ in range(50):
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            raise ProcessLookupError(pid)
        time.sleep(0.1)


def test_a_run_longer_than_the_limit_leaves_no_process(tmp_path: Path) -> None:
    endless = ["-re", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "null", "-"]
    with pytest.raises(TimeLimit):
        ffmpeg.run(endless, deadline=deadline(1.0))


@POSIX
def test_ctrl_c_ends_ffmpeg_too(tmp_path: Path) -> None:
    trace = tmp_path / "pid"
    program = stand_in(tmp_path, f'echo $$ > "{trace}"; sleep 300')
    code = (
        "import pathlib, sys; from ttdn_assets.tools import ffmpeg\n"
        "ffmpeg.run(['x'], deadline=ffmpeg.Deadline(pathlib.Path('c.mp4'), 60), binary=pathlib.Path(sys.argv[1]))"
    )
    caller = subprocess.Popen([sys.executable, "-c", code, str(program)], stderr=subprocess.PIPE)
    for _ in range(100):
        if trace.exists() and trace.read_text().strip():
            break
        time.sleep(0.1)
    caller.send_signal(2)
    said = caller.communicate(timeout=20)[1]
    assert b"KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        _wait_gone(int(trace.read_text()))


def test_what_fails_says_why_and_with_which_command(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip at all")
    plain = Output(target=tmp_path / "made.mp4", picture=(Filter("hflip"),), sound=None)
    with pytest.raises(ToolError) as raised:
        ffmpeg.run(arguments(broken, [plain], before=ffmpeg.input_options("mp4")), deadline=deadline())
    assert raised.value.code == "ffmpeg-failed"
    assert "moov" in str(raised.value.fields["reason"]) or "Invalid" in str(raised.value.fields["reason"])
    assert "-protocol_whitelist file,pipe" in str(raised.value.fields["command"])


@pytest.mark.parametrize("format", ["", "mp4"])
def test_a_playlist_opens_nothing(tmp_path: Path, format: str) -> None:
    secret = tmp_path / "secret.mp4"
    ffmpeg.run([*COLOURS, "-c:v", "libx264", f"file:{secret}"], deadline=deadline())
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    made = tmp_path / "made.mp4"
    plain = Output(target=made, picture=(Filter("hflip"),), sound=None)
    with pytest.raises(ToolError):
        ffmpeg.run(arguments(playlist, [plain], before=ffmpeg.input_options(format)), deadline=deadline())
    assert not made.exists()


@pytest.mark.parametrize("name", ["-y.mp4", "Lễ hội 'hoa ban' 🎉 %d.mp4", "a:b,c;[d].mp4", "http:x.mp4"])
def test_any_file_name_is_taken_literally(tmp_path: Path, name: str) -> None:
    if sys.platform == "win32" and set(name) & set(':"|?*'):
        pytest.skip("no such names on Windows")
    plain = tmp_path / "plain.mp4"
    ffmpeg.run([*COLOURS, "-c:v", "libx264", f"file:{plain}"], deadline=deadline())
    odd = tmp_path / name
    shutil.copy(plain, odd)
    made = tmp_path / f"made {name}"
    output = Output(target=made, picture=(Filter("hflip"),), sound=None)
    blocks: list[str] = []
    ran = ffmpeg.run(
        arguments(odd, [output], before=ffmpeg.input_options("mp4")),
        deadline=deadline(),
        watch=lambda block: blocks.append(block["progress"]),
    )
    assert made.stat().st_size > 0
    assert blocks[-1] == "end"
    assert (ran.decoded, ran.decode_errors) == (25, 0)


@POSIX
def test_one_too_old_to_be_right_is_refused_by_name_and_passed_over_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = stand_in(tmp_path, ":", version="5.1.9-0+deb12u1")
    with pytest.raises(ToolMissing) as raised:
        ffmpeg.find_ffmpeg(old)
    assert raised.value.code == "ffmpeg-unusable"
    monkeypatch.delenv("TTDN_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert ffmpeg.find_ffmpeg() != old
