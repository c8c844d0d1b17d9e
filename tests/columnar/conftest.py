from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whoosh.codec.whoosh3 import W3Codec
from whoosh.writing import SegmentWriter

from search.columnar.bulk import BulkWriter
from search.columnar.codec import ColumnarCodec

MakeWriter = Callable[[Any], Any]


def whoosh_writer(index: Any) -> Any:
    """The oracle: Whoosh's own writer with its own codec."""
    return SegmentWriter(index, codec=W3Codec())


WRITERS: dict[str, MakeWriter] = {
    "codec": lambda index: SegmentWriter(index, codec=ColumnarCodec()),
    "bulk": BulkWriter,
}


@pytest.fixture(params=WRITERS)
def make_writer(request: pytest.FixtureRequest) -> MakeWriter:
    """Both ways to write a columnar index."""
    return WRITERS[request.param]


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoosh gives all indexes in memory one folder of the temporary directory: other test runs must not share it."""
    folder: Path = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
