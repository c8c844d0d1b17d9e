"""What a generation of an index consists of: its files with their sizes and checksums, itself sealed by a digest."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from search.columnar.format import DamagedFileError

NAME = "manifest.json"
_DIGEST_BYTES = 16
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    size: int  # bytes
    crc32: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """written: nanoseconds since 1970, by the clock of the machine that wrote it; never used to tell an order"""

    written: int
    files: Mapping[str, Entry]

    def to_bytes(self) -> bytes:
        files = {name: [entry.size, entry.crc32] for name, entry in sorted(self.files.items())}
        return sealed({"written": self.written, "files": files})


def read(folder: Path) -> tuple[Manifest, str]:
    """With its digest, which no other commit's manifest has. Raises DamagedFileError, also where there is none."""
    try:
        data = (folder / NAME).read_bytes()
    except FileNotFoundError:
        raise DamagedFileError(f"{NAME}: missing") from None
    value, digest = unsealed(data, NAME)
    files = {name: Entry(size, crc32) for name, (size, crc32) in value["files"].items()}
    return Manifest(value["written"], files), digest


def entry_of(path: Path) -> Entry:
    """Reads the whole file."""
    size = checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
    return Entry(size, checksum)


def check(path: Path, entry: Entry) -> None:
    """Reads the whole file. Raises DamagedFileError where it is not as it was written."""
    check_size(path, entry)
    if entry_of(path) != entry:
        raise DamagedFileError(f"{path.name}: does not match its checksum")


def check_size(path: Path, entry: Entry) -> None:
    """Raises DamagedFileError where the file is missing or has another size."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise DamagedFileError(f"{path.name}: missing") from None
    if size != entry.size:
        raise DamagedFileError(f"{path.name}: has {size:,} bytes of {entry.size:,}")


def sealed(value: Mapping[str, Any]) -> bytes:
    """As one line of JSON that says by a digest whether it is whole."""
    return json.dumps({"digest": _digest(value), "value": value}).encode() + b"\n"


def unsealed(data: bytes, name: str) -> tuple[dict[str, Any], str]:
    """The value and its digest. Raises DamagedFileError, which begins with the name."""
    try:
        found = json.loads(data)
        value, digest = found["value"], found["digest"]
    except (ValueError, TypeError, KeyError):
        raise DamagedFileError(f"{name}: cannot be read") from None
    if digest != _digest(value):
        raise DamagedFileError(f"{name}: does not match its digest")
    return value, digest


def _digest(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return blake2b(canonical, digest_size=_DIGEST_BYTES).hexdigest()
