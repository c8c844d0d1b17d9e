"""The container: what is written is read, and what is damaged is told with the file's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from whoosh.filedb.filestore import FileStorage, RamStorage

from search.columnar.format import ALIGNMENT, ArrayFile, ArrayWriter, DamagedFileError

ARRAYS = {
    "bytes": np.arange(100, dtype=np.uint8),
    "numbers": np.arange(1000, dtype=np.uint32),
    "floats": np.linspace(0, 1, 7),
    "nothing": np.empty(0, np.uint16),
}


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(str(tmp_path))


def write(storage: object, name: str = "a.postings") -> None:
    writer = ArrayWriter(storage.create_file(name))  # type: ignore[attr-defined]
    for section, array in ARRAYS.items():
        writer.add(section, array)
    writer.add_pieces("pieces", (np.arange(3), np.arange(4)), np.uint8)
    writer.close({"answer": 42})


@pytest.mark.parametrize("mapped", [True, False])
def test_arrays_come_back_from_files(storage: FileStorage, mapped: bool) -> None:
    """Mapped or read, the same arrays, each aligned in the file."""
    write(storage)
    storage.supports_mmap = mapped
    check(ArrayFile(storage, "a.postings"))


def test_arrays_come_back_from_memory() -> None:
    storage = RamStorage()
    write(storage)
    check(ArrayFile(storage, "a.postings"))


def check(arrays: ArrayFile) -> None:
    for section, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[section], array)
    assert arrays["pieces"].tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert arrays.facts == {"answer": 42}
    assert "absent" not in arrays
    assert arrays.get("absent") is None
    assert all(offset % ALIGNMENT == 0 for _, offset, _, _ in arrays._sections.values())
    arrays.verify()


def test_arrays_outlive_their_file(storage: FileStorage) -> None:
    """A search that still holds an array may go on after the reader was closed."""
    write(storage)
    arrays = ArrayFile(storage, "a.postings")
    numbers = arrays["numbers"]
    arrays.close()
    assert int(numbers.sum()) == 499_500


@pytest.mark.parametrize("size", [0, 1, 47, 48, 500, -1])
def test_cut_file_is_told(storage: FileStorage, tmp_path: Path, size: int) -> None:
    """Wherever a file is cut, opening says so and names the file."""
    write(storage)
    path = tmp_path / "a.postings"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DamagedFileError, match=r"^a\.postings: "):
        ArrayFile(storage, "a.postings")


def test_every_altered_byte_is_told(storage: FileStorage, tmp_path: Path) -> None:
    """Opening or `verify` finds any one altered byte that means something."""
    write(storage)
    path = tmp_path / "a.postings"
    whole = path.read_bytes()
    arrays = ArrayFile(storage, "a.postings")
    spans = [(0, 10), (len(whole) - 32, len(whole) - 12), (len(whole) - 8, len(whole))]
    spans += [(offset, offset + arrays[name].nbytes) for name, (_, offset, _, _) in arrays._sections.items()]
    for begin, end in spans:
        for place in range(begin, end, max(1, (end - begin) // 10)):
            path.write_bytes(whole[:place] + bytes((whole[place] ^ 0x41,)) + whole[place + 1 :])
            with pytest.raises(DamagedFileError, match=r"^a\.postings: "):
                ArrayFile(storage, "a.postings").verify()


def test_other_version_is_told(storage: FileStorage, tmp_path: Path) -> None:
    write(storage)
    path = tmp_path / "a.postings"
    whole = path.read_bytes()
    path.write_bytes(whole[:8] + b"\x02" + whole[9:])
    with pytest.raises(DamagedFileError, match="format version 2; this program reads 1"):
        ArrayFile(storage, "a.postings")


def test_a_section_is_written_once(storage: FileStorage) -> None:
    writer = ArrayWriter(storage.create_file("a"))
    writer.add("one", b"1")
    with pytest.raises(ValueError, match="'one' is already written"):
        writer.add("one", b"1")
    writer.close({})
