"""Where gunicorn's processes keep their counts: a file each, by a slot that the next process takes over.

In gunicorn's first process, which loads nothing of the app.
"""

from __future__ import annotations

import os
import shutil
import tempfile

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client looks here for the files
SLOT = "DATELINE_SLOT"


class Slots:
    """A folder for the files, and which slot each process has."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}  # by the age of a worker, which numbers it from its making on

    def open(self) -> None:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="dateline-metrics-")

    def take(self, age: int) -> None:
        """The lowest that is free; the process that is made next has it."""
        taken = set(self._of.values())
        self._of[age] = next(slot for slot in range(len(taken) + 1) if slot not in taken)
        os.environ[SLOT] = str(self._of[age])

    def give_back(self, age: int) -> None:
        self._of.pop(age, None)

    def close(self) -> None:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
