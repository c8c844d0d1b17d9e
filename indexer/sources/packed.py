"""Packed folders: the files in a zip, or the captures in a WACZ (Web Archive Collection Zipped, 1.1.1)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

from indexer.sources.files import Damaged, File, printable, reason, unpacked
from indexer.sources.items import LeftOut, Unread
from indexer.sources.walk import KINDS, ZIPS

MAX_MEMBERS = 1_000_000  # files in one zip: its list of them is held in memory,
MAX_LIST = 64 * 1024 * 1024  # and may have so many bytes

_ENCRYPTED = 1  # a member's flag
_WACZ = ".wacz"
_CAPTURES_OF_WACZ = "archive/"
_NESTED = "a packed file within another is not opened; unpack the outer one"


def members(file: File) -> Iterator[File | Unread | LeftOut]:
    """The files in a zip as if it were a folder. They can be opened until the next one is asked for."""
    if file.member or file.is_gz:
        yield file.unread(_NESTED)
        return
    try:
        with file.open() as stream, zipfile.ZipFile(_Listed(stream)) as packed:
            infos = sorted(packed.infolist(), key=lambda info: info.filename)
            if len(infos) > MAX_MEMBERS:
                yield file.unread(f"it holds more than {MAX_MEMBERS:,} files")
                return
            for info in infos:
                if not info.is_dir() and not _is_hidden(info.filename) and _is_wanted(file, info.filename):
                    yield _member(file, packed, info)
    except (OSError, ValueError, UnicodeError) as error:  # names that are no text, sizes that are no numbers
        yield file.unread(reason(error) if isinstance(error, OSError) else f"damaged: {error}")


class _Listed(io.RawIOBase):
    """A zip whose list of files, which is read at once, is not too large."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        if size > MAX_LIST:
            raise Damaged(f"its list of files is larger than {MAX_LIST // 2**20} MB")
        return self._stream.read(size)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _is_wanted(file: File, name: str) -> bool:
    """A WACZ has lists and indexes beside the captures."""
    return file.kind != _WACZ or name.startswith(_CAPTURES_OF_WACZ)


def _member(file: File, packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> File | Unread | LeftOut:
    path = f"{file.path}/{info.filename}"
    opener = partial(_open, packed, info)
    member = File(
        file.source, file.folder, path, printable(f"{file.shown}/{info.filename}"), info.file_size, opener, True
    )
    if member.kind not in KINDS:
        return LeftOut(printable(path))
    if info.flag_bits & _ENCRYPTED:
        return member.unread("encrypted; unpack it with its password")
    if member.kind in ZIPS:
        return member.unread(_NESTED)
    return member


@contextmanager
def _open(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[BinaryIO]:
    with packed.open(info) as stream:
        yield unpacked(stream, info.compress_size)  # type: ignore[arg-type]  # ZipExtFile has read1
