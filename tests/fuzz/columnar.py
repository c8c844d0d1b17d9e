"""A file of a columnar index: a DamagedFileError or what was written, never the end of the interpreter or of memory.

The first byte tells which of the two files is replaced. A file whose directory is another one and has its checksum was
forged, which checksums do not prevent: then any exception is an answer.
"""

from __future__ import annotations

import json
import random
import struct
import zlib
from functools import cache
from typing import Any

from whoosh import fields, query
from whoosh.filedb.filestore import RamStorage
from whoosh.formats import Frequency

from search.columnar.bulk import BulkWriter
from search.columnar.evaluate import evaluate
from search.columnar.format import ArrayFile, DamagedFileError
from search.columnar.segment import DOCUMENTS_EXT, POSTINGS_EXT
from tests.columnar.everything import everything

EXTENSIONS = (DOCUMENTS_EXT, POSTINGS_EXT)
MAX_NUMBER = 2**64 - 1
DICTIONARY = (b"COLUMNAR", b'"sections"', b'"facts"', b"<u4", b"<f8", b"|u1", b"\x28\xb5\x2f\xfd", b"\xff" * 8)

_TRAILER = struct.Struct("<QQI4x8s")
_WORDS = "the storm broke a pier on Sunday and ferries stayed in harbour".split()


@cache
def index_files() -> dict[str, bytes]:
    """Those of an index of a few documents with a field of each kind; the same in every run but for its names."""
    schema = fields.Schema(
        id=fields.ID(stored=True, unique=True, sortable=True),
        body=fields.TEXT(stored=True, vector=Frequency()),
        tags=fields.KEYWORD(stored=True, commas=True),
        year=fields.NUMERIC(int, stored=True, sortable=True),
        weight=fields.NUMERIC(float, stored=True, sortable=True),
    )
    storage = RamStorage()
    draw = random.Random(7)
    with BulkWriter(storage.create_index(schema)) as writer:
        for number in range(8):
            body = " ".join(draw.choices(_WORDS, k=30 + 300 * (number == 5)))
            writer.add_document(id=str(number), body=body, tags="a,b" if number % 2 else "c", year=number, weight=0.5)
    return dict(storage.files)


SEEDS = tuple(
    bytes((which,)) + data
    for which, extension in enumerate(EXTENSIONS)
    for name, data in index_files().items()
    if name.endswith(extension)
)


def attack(data: bytes) -> None:
    if not data:
        return
    extension, content = EXTENSIONS[data[0] % len(EXTENSIONS)], data[1:]
    storage = RamStorage()
    storage.files = {name: content if name.endswith(extension) else file for name, file in index_files().items()}
    name = next(name for name in storage.files if name.endswith(extension))
    try:
        assert read_all(storage) == whole() or is_forged(storage, name)
    except DamagedFileError as error:
        if not str(error).startswith(name):
            raise
    except Exception:
        if not is_forged(storage, name):
            raise


def read_all(storage: RamStorage) -> tuple[Any, ...]:
    """Through Whoosh's interface, and by a search."""
    with storage.open_index().searcher() as searcher:
        phrase = query.Phrase("body", ["the", "pier"])
        asked = query.Or([phrase, query.Prefix("body", "st"), query.NumericRange("year", 2, 5)])
        return everything(searcher.reader()), evaluate(searcher, asked, limit=5).total


@cache
def whole() -> tuple[Any, ...]:
    storage = RamStorage()
    storage.files = index_files()
    return read_all(storage)


def is_forged(storage: RamStorage, name: str) -> bool:
    """Whether its directory is another one, and its checksum fits: the other checksums stand in it."""
    good = RamStorage()
    good.files = index_files()
    try:
        arrays = ArrayFile(storage, name)
    except DamagedFileError:
        return False
    written = ArrayFile(good, name)
    return (arrays._sections, arrays.facts) != (written._sections, written.facts)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Changed in a few places; half of the time with checksums that fit, so that what stands behind them is reached."""
    draw = random.Random(seed)
    which, content = data[:1], bytearray(data[1:])
    forged = draw.random() < 0.5
    directory = read_directory(content) if forged else None
    if directory is None:
        return which + bytes(scrambled(content, draw))[: max_size - 1]
    if draw.random() < 0.5:
        values = scrambled(content[: directory["begin"]], draw)
        return which + sealed(values, directory["value"], draw)[: max_size - 1]
    change(directory["value"], draw)
    return which + sealed(content[: directory["begin"]], directory["value"], draw)[: max_size - 1]


def read_directory(content: bytearray) -> dict[str, Any] | None:
    try:
        begin, length, _, _ = _TRAILER.unpack_from(content, len(content) - _TRAILER.size)
        return {"begin": begin, "value": json.loads(bytes(content[begin : begin + length]))}
    except (struct.error, ValueError):
        return None


def scrambled(content: bytearray, draw: random.Random) -> bytearray:
    for _ in range(draw.randint(1, 4)):
        if not content:
            break
        place = draw.randrange(len(content))
        width = draw.choice((1, 2, 4, 8))
        value = draw.choice((0, 1, 255, 2**31, MAX_NUMBER, draw.getrandbits(64))) % 256**width
        how = draw.randrange(4)
        if how:
            content[place : place + width] = value.to_bytes(width, "little")
        else:
            del content[place : place + width]
    return content


def change(directory: Any, draw: random.Random) -> None:
    """One value of it, or one below that."""
    odd: tuple[Any, ...] = (None, -1, 0, 1, 2**40, MAX_NUMBER, 1.5, "", "<u4", "<f8", "O", [], {}, True)
    while isinstance(directory, dict | list) and directory:
        key = draw.choice(list(directory) if isinstance(directory, dict) else range(len(directory)))
        if not isinstance(directory[key], dict | list) or draw.random() < 0.1:
            directory[key] = draw.choice(odd)
            return
        directory = directory[key]


def sealed(content: bytes | bytearray, directory: Any, draw: random.Random) -> bytes:
    """The file with this directory: its checksums fit."""
    content = bytes(content)
    try:
        for section in directory["sections"].values():
            dtype, offset, count, _ = section
            if draw.random() < 0.95:
                section[3] = zlib.crc32(content[offset : offset + count * int(dtype[2:])])
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        pass  # it was changed beyond that
    text = json.dumps(directory).encode()
    return content + text + _TRAILER.pack(len(content), len(text), zlib.crc32(text), b"COLUMNAR")
