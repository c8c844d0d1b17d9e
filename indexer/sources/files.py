"""A file of articles that is not opened yet: where it stands, what it is, how its bytes are read.

What ends in `.gz` is unpacked as it is read, and goes by the name before that.
"""

from __future__ import annotations

import errno
import io
import lzma
import os
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from gzip import BadGzipFile, GzipFile
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, Self

from indexer.sources.items import Item, Unread, failure

MAX_FILE_BYTES = 64 * 1024 * 1024  # of one capture, feed or table of JSON
MAX_RATIO = 200  # bytes unpacked for each byte packed; text has 3 to 10
RATIO_FROM = MAX_FILE_BYTES  # bytes unpacked, below which the ratio does not matter
TOO_LARGE = f"larger than {MAX_FILE_BYTES // 2**20} MB, the limit for one capture"
GZ = ".gz"

_UNPACKED_AT_ONCE = 128 * 1024
_REASONS = {
    errno.ENOENT: "no such file or folder, or a link that leads nowhere",
    errno.EACCES: "permission denied",
    errno.ELOOP: "a link that leads to itself",
    errno.ENAMETOOLONG: "its path is longer than this system can open",
}


class Damaged(OSError):
    """A packed file that cannot be unpacked; str() says why, in the operator's words."""


class SupportsRead(Protocol):
    def read(self, size: int, /) -> bytes: ...


class SupportsRead1(Protocol):
    """read1 gives what can be had at once: damage that follows takes nothing of it along."""

    def read1(self, size: int, /) -> bytes: ...


class Stamp(NamedTuple):
    device: int
    inode: int
    size: int
    modified: int  # nanoseconds since 1970
    changed: int  # likewise; the system's own word, which no program can set back

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class File:
    """Paths may hold surrogates, as the file system gave them.

    source: as in Item
    folder: what paths of this SOURCE count from; path: below it
    shown:  the path as the operator can find it
    size:   bytes, as packed
    opener: opens it as it stands there
    member: whether it stands in a packed file itself
    stamp:  of a file of the file system: another one after whatever changed it, but for what did so in the same tick of
            the clock
    """

    source: str
    folder: Path
    path: str
    shown: str
    size: int
    opener: Callable[[], AbstractContextManager[BinaryIO]]
    member: bool = False
    stamp: Stamp | None = None

    @property
    def is_gz(self) -> bool:
        return self.path.lower().endswith(GZ)

    @property
    def kind(self) -> str:
        """The suffix in lower case; that before it where it is `.gz`."""
        return posixpath.splitext(self.path.lower().removesuffix(GZ))[1]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Its bytes, unpacked. Raises OSError, also while they are read."""
        try:
            with self.opener() as stream:
                yield unpacked(GzipFile(fileobj=stream), self.size) if self.is_gz else stream
        except (EOFError, zlib.error, BadGzipFile, zipfile.BadZipFile, lzma.LZMAError, NotImplementedError) as error:
            raise Damaged(f"damaged, it cannot be unpacked: {error}") from error

    def read(self, too_large: str = TOO_LARGE) -> bytes:
        """All of it. Raises OSError, also for more than MAX_FILE_BYTES, which says `too_large`."""
        with self.open() as stream:
            return read_bounded(stream, too_large)

    def without_bytes(self) -> File:
        """The same, to be sent to another process, which has no use for what opens it here."""
        return replace(self, opener=_elsewhere)

    def item_id(self, within: str | None = None) -> str:
        """Made of the SOURCE folder's name and the path below it, and of what tells parts of one file apart."""
        return hashed(os.fsencode(f"{self.folder.name}/{self.path}" + (f"#{within}" if within else "")))

    def address_id(self, address: str) -> str:
        """The id of what may be captured again, in any file: made of the SOURCE folder's name and the address."""
        return hashed(f"{printable(self.folder.name)}/{address}".encode("utf-8", "surrogatepass"))

    def item(self, data: bytes, *, part: str | None = None) -> Item:
        return Item(self.item_id(), self.source, printable(self.path), self.shown, data, digest(data), part)

    def unread(self, reason: str, part: str | None = None) -> Unread:
        return Unread(self.source, printable(self.path), failure(self.shown, part, reason))


def _elsewhere() -> AbstractContextManager[BinaryIO]:
    raise OSError("it can be opened where it was found")


class _Unpacking(io.RawIOBase):
    """What is unpacked of a stream, and no more of it than MAX_RATIO allows."""

    def __init__(self, stream: SupportsRead1, packed: int) -> None:
        self._stream = stream
        self._left = max(RATIO_FROM, MAX_RATIO * packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read1(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise Damaged(f"it unpacks to more than {MAX_RATIO} times its size, as no text does")
        buffer[: len(data)] = data
        return len(data)


def kind_of(path: str) -> str:
    """The suffix in lower case; that before it where it is `.gz`."""
    return posixpath.splitext(path.lower().removesuffix(GZ))[1]


def unpacked(stream: SupportsRead1, packed: int) -> BinaryIO:
    """packed: the size of what `stream` unpacks."""
    return io.BufferedReader(_Unpacking(stream, packed), _UNPACKED_AT_ONCE)


def read_bounded(stream: SupportsRead, too_large: str = TOO_LARGE) -> bytes:
    """All of a stream. Raises OSError for more than MAX_FILE_BYTES."""
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise OSError(too_large)
    return data


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=20).hexdigest()


def hashed(data: bytes) -> str:
    """An id."""
    return blake2b(data, digest_size=8).hexdigest()


def printable(path: str) -> str:
    """A path that any encoder takes: bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")


def reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
