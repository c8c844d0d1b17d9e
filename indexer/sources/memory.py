"""What files held when they were last read, so that whoever reads a SOURCE again and again reads only what changed.

A file is known again by its stamp: its inode, its size and the moments of its last changes. Clocks tick, and a second
change within one tick leaves the stamp as it is; so a file that was changed a moment before it was read is read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf
from pathlib import PurePosixPath

from indexer.sources.files import File, Stamp, printable
from indexer.sources.items import Awaited, Found, Item, LeftOut, Source, Unread

TICK = 2.0  # seconds, the coarsest clock of a file system (FAT)
RETURN = 3.0  # seconds within which a file that went may be back: editors save by moving one file and writing another

STILL = 5.0  # seconds without a change, after which what is wrong with a file is not that somebody writes it still

Place = tuple[str, str, bool]  # source, path, and which part of it is meant, as in `recall`


@dataclass(slots=True)
class _Remembered:
    """found: without the bytes and the articles; gone: when the file was first missed, None while it is there"""

    stamp: Stamp | None
    found: tuple[Item | Unread | LeftOut, ...]
    seen: int
    gone: float | None = None


class FileMemory:
    """Of one reader, whose readings begin with `begin`.

    settled: whether nothing would come of reading an item again; until it is told, something might
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.settled: Callable[[Item], bool] = lambda _: False
        self.awaiting = 0  # files of the last reading that may be back
        self._clock = clock
        self._files: dict[Place, _Remembered] = {}
        self._reading = 0
        self._young: set[str] = set()  # shown paths

    def begin(self) -> None:
        self._reading += 1
        self._young.clear()
        self.awaiting = 0

    def recall(self, file: File, again: bool = False) -> tuple[Item | Unread | LeftOut, ...] | None:
        """What the file held; None where it has changed since, or may have.

        again: whether what may stand in other files too is meant, or what stands in this one alone
        """
        self._note_age(file)
        remembered = self._files.get((file.source, file.path, again))
        if remembered is None:
            return None
        remembered.seen, remembered.gone = self._reading, None
        return remembered.found if file.stamp is not None and remembered.stamp == file.stamp else None

    def keep(self, file: File, again: bool, found: Iterable[Found]) -> Iterator[Found]:
        """Passes on what stands in a file, and remembers it when that was all."""
        stamp = file.stamp if self._age(file) > TICK else None
        kept: list[Item | Unread | LeftOut] = []
        for one in found:
            if isinstance(one, Item):
                kept.append(replace(one, data=b"", article=None))
            elif not isinstance(one, Awaited):
                kept.append(one)
            yield one
        self._files[file.source, file.path, again] = _Remembered(stamp, tuple(kept), self._reading)

    def missing(self, source: Source) -> Iterator[Awaited]:
        """Files that have just gone; to be asked when all of the SOURCE was read."""
        for place, remembered in list(self._files.items()):
            if place[0] != source.name or remembered.seen == self._reading:
                continue
            if remembered.gone is None:
                remembered.gone = self._clock()
            if 0 <= self._clock() - remembered.gone < RETURN:
                self.awaiting += 1
                yield Awaited(source.name, printable(place[1]))
            else:
                del self._files[place]

    def is_young(self, shown: str) -> bool:
        """Whether the file that stands there, or that it stands in, changed so shortly before it was read that somebody
        may be writing it still.
        """
        return shown in self._young or any(str(above) in self._young for above in PurePosixPath(shown).parents)

    def _note_age(self, file: File) -> None:
        if self._age(file) < STILL:
            self._young.add(file.shown)

    def _age(self, file: File) -> float:
        """Seconds since its last change; endless for one that changes with another."""
        return self._clock() - file.stamp.changed / 1e9 if file.stamp else inf
