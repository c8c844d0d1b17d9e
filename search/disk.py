"""The file operations on which the safety of an index rests, so that tests can record them all or make them fail.

What is written is on the disk only when the file and the folder that names it were both synced. Folders and files are
never writable by others than their owner, whatever the umask says: an index holds a pickle (SECURITY.md).
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_NO_LINKS = {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS}
_REASONS = {
    errno.ENOSPC: "the disk is full, that of the index or that of temporary files",
    errno.EDQUOT: "the disk space that this user may take is used up",
    errno.EFBIG: "a file would become larger than this user may write",
    errno.EROFS: "the disk is mounted to be read only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EIO: "the disk fails",
}


def reason(error: OSError) -> str:
    """Why something could not be written, in the operator's words, with those of the system."""
    where = f": {error.filename}" if error.filename else ""
    system = f"{error.strerror or error}{where}"
    return f"{_REASONS[error.errno]} ({system})" if error.errno in _REASONS else system


def make_folder(path: Path) -> None:
    """With those above it, each known to the disk; one that is there already is no error."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(0o755, exist_ok=True)
        sync_folder(path.parent)


def new_folder(path: Path) -> None:
    path.mkdir(0o755)


def create(path: Path) -> BinaryIO:
    """A new file in the place of one that may be there, which is left as it is under its other names."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644), "wb")


def write(path: Path, data: bytes) -> None:
    """A new file, on the disk when this returns, as soon as its folder is synced."""
    with create(path) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """For a file that another made; it also loses the right of others to write it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        mode = os.fstat(descriptor).st_mode
        if mode & _OTHERS_MAY_WRITE:
            os.fchmod(descriptor, stat.S_IMODE(mode) & ~_OTHERS_MAY_WRITE)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(path: Path, target: Path) -> None:
    """In one step, even where it replaces a file; on the disk when the folder is synced."""
    path.rename(target)


def link(path: Path, target: Path) -> bool:
    """A second name for a file; a copy where there can be none, as on another disk, and False then."""
    try:
        target.hardlink_to(path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with path.open("rb") as source, create(target) as copy:
            shutil.copyfileobj(source, copy, _CHUNK_BYTES)
        return False
    return True


def remove_folder(path: Path) -> None:
    """As much of it as can be removed; the rest is debris for whoever comes next."""
    shutil.rmtree(path, ignore_errors=True)
