"""The ground truth that figures are measured on, which lies outside of the project."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def shared_folder() -> Path:
    """$DATELINE_SHARED, or `shared` beside the checkout."""
    return Path(os.environ.get("DATELINE_SHARED", Path(__file__).parent.parent.parent / "shared"))


def data_hash(folder: Path, files: Iterable[Path]) -> str:
    """Of files in a folder, to tell whether figures are of the same data."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
