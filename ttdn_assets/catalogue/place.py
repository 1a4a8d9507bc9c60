"""Where a catalogue lies: SQLite's locks cannot be trusted on a network drive."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import make_url

from ttdn_assets.catalogue.database import sqlite_path
from ttdn_assets.model import Finding

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = {
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
    "fuse.sshfs", "glusterfs", "lustre", "nfs", "nfs4", "smb2", "smb3", "smbfs",
}  # fmt: skip
_DRIVE_REMOTE = 4


def place_findings(url: str) -> tuple[Finding, ...]:
    """A warning where a SQLite catalogue lies on a network drive, else nothing."""
    path = sqlite_path(make_url(url))
    if path is None or not on_network_drive(path):
        return ()
    return (Finding(rule="catalogue-on-network-drive", level="warning", subject=str(path)),)


def on_network_drive(path: Path) -> bool:
    """Whether the path is on a drive of another machine; ``False`` where the system does not say (macOS)."""
    absolute = path.absolute()
    if sys.platform == "win32":
        return _windows_says(absolute)
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    return _kind_of_mount(absolute, mounts) in _NETWORK


def _kind_of_mount(path: Path, mounts: str) -> str:
    """The file system of the deepest mount point above ``path``, from the lines of ``/proc/self/mounts``."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        point = Path(parts[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if len(point.parts) >= best and path.is_relative_to(point):
            best, kind = len(point.parts), parts[2]
    return kind


def _windows_says(path: Path) -> bool:
    if path.drive.startswith("\\\\"):
        return True
    if sys.platform != "win32":
        return False
    import ctypes

    return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\") == _DRIVE_REMOTE)
