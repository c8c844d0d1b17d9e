"""Whoosh's files in the generations of an index folder: opened at the newest that is whole, written as the next one.

What cannot be opened is passed over for the generation before, loudly, and is never deleted.
"""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from whoosh.filedb.filestore import FileStorage, ReadOnlyError
from whoosh.filedb.structfile import StructFile
from whoosh.index import FileIndex

from search import disk, manifest, whoosh_removed
from search.columnar.format import ArrayFile, DamagedFileError
from search.columnar.segment import DOCUMENTS_EXT, POSTINGS_EXT
from search.engine import Checked, EngineError, IndexDamaged, IndexMissing, IndexOutdated, Verification
from search.generations import Draft, Generations, Hold
from search.manifest import Entry, Manifest

OPEN_TRIES = 20  # while one writer after the other takes the generation away that is about to be opened
NO_DAMAGE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EPERM, errno.ENOLCK, errno.EINTR}
LEFTOVERS = {"lock", "generations", "current"}  # of a backup that broke off
EXTRA = ".stories"  # without such a file nothing is lost for which an older generation should be served

_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")
_OLDER = re.compile(r"_MAIN_[0-9]+\.(toc|stories)|MAIN_[0-9a-z]+\.[a-z]+")
_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class GenerationStorage(FileStorage):  # type: ignore[misc]
    """The files of one generation for Whoosh. A file is made anew and never written in place: it may have a second name
    in the generation before.
    """

    def create_file(self, name: str, **options: Any) -> Any:
        if self.readonly:
            raise ReadOnlyError(f"{name}: a generation never changes")
        return StructFile(disk.create(Path(self.folder, name)), name=name, **options)

    def lock(self, name: str) -> Any:  # noqa: ARG002
        return _Held()


class _Held:
    """Whoosh's lock: whoever has a draft to write to holds the lock of the whole folder."""

    def acquire(self, blocking: bool = False) -> bool:  # noqa: ARG002
        return True

    def release(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Generation:
    """One that was found whole, as far as that is known without reading it through, and is held.

    digest: another one for every commit, also of an index made anew
    """

    number: int
    digest: str
    manifest: Manifest
    index: Any  # of Whoosh
    hold: Hold

    @property
    def folder(self) -> Path:
        return Path(self.index.storage.folder)

    def side_file(self, name: str) -> bytes | None:
        """As `Draft.write_side_file` wrote it; None where there is none. Raises DamagedFileError."""
        entry = self.manifest.files.get(name)
        if entry is None:
            return None
        manifest.check(self.folder / name, entry)
        return (self.folder / name).read_bytes()


class WhooshStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._generations = Generations(folder)
        self._condemned: dict[tuple[int, str], str] = {}  # by number and digest: what was found only while reading it
        self._told: set[str] = set()
        self.damage = ""  # why what was opened last is not the newest; empty where it is

    def newest(self) -> bytes:
        """Others after every commit. Cheap enough to be asked before every answer."""
        return self._generations.pointer_bytes()

    def open(self, load: Callable[[Generation], T]) -> T:
        """What `load` makes of the newest generation for which it does not fail; it has to release its hold.

        Raises IndexMissing, IndexDamaged, OSError where that is no damage, and every EngineError of `load`.
        """
        for _ in range(OPEN_TRIES):
            before = self.newest()
            damages: list[str] = []
            numbers, lost = self._numbers()
            for number in numbers:
                try:
                    loaded = self._load(number, load)
                except EngineError:
                    raise
                except Exception as error:  # Whoosh raises whatever its unpickling and unpacking meet
                    if isinstance(error, MemoryError) or getattr(error, "errno", None) in NO_DAMAGE:
                        raise
                    damages.append(f"generation {number} is damaged ({error})")
                    if self.newest() != before:
                        break
                else:
                    self._tell([lost, *damages], number)
                    return loaded
            else:
                raise IndexDamaged(self._beyond_repair(damages))
        raise IndexDamaged(f"the index in {self._folder} changes faster than it can be opened")

    def condemn(self, generation: Generation, error: Exception) -> None:
        """From now on the one before is opened in its place."""
        self._condemned[generation.number, generation.digest] = str(error)

    @contextmanager
    def writing(self, create: Callable[[Any], Any]) -> Iterator[tuple[Draft, Any]]:
        """A draft that begins with the newest whole generation, and its index; with what `create` makes in a storage
        where there is none. What was not published when the block is left is discarded.

        Raises IndexLocked, IndexDamaged, OSError.
        """
        with self._generations.locked():
            self._adopt_older_layout()
            base = self._base()
            with closing(self._draft(base)) as draft:
                storage = GenerationStorage(str(draft.folder))
                yield draft, FileIndex(storage) if base else create(storage)
            self._tidy(draft.generation, base.number if base else 0, draft.is_purge)

    def verify(self) -> Verification:
        numbers, lost = self._numbers()
        known: dict[tuple[int, int], str] = {}
        commits = (self._checked(number, known) for number in numbers)
        return Verification(
            (lost,) if lost else (),
            tuple(one for one in commits if one.articles is not None or one.generation in self._numbers()[0]),
        )

    def backup(self, target: Path) -> Checked:
        """Raises OSError, and what `Engine.backup` raises."""
        copies = Generations(target)
        if target.exists() and ({path.name for path in target.iterdir()} - LEFTOVERS or copies.numbers()):
            raise EngineError(f"{target} is not empty; a backup is made in a new folder")
        generation = self.open(_as_it_is)
        try:
            checked = self._found_whole(generation)
            if self.damage:
                raise IndexDamaged(self.damage)
            with copies.locked():
                _copy(copies, generation.number, generation)
        finally:
            generation.hold.release()
        return checked

    def restore(self, source: Path) -> Checked:
        """Raises OSError, and what `Engine.restore` raises."""
        backup = WhooshStore(source)
        try:
            generation = backup.open(_as_it_is)
        except (IndexMissing, IndexOutdated):
            raise IndexMissing(f"there is no backup in {source}") from None
        try:
            checked = backup._found_whole(generation)
            with self._generations.locked():
                self._adopt_older_layout()
                number = self._generations.next_number()
                _copy(self._generations, number, generation)
                self._tidy(number, number)
        finally:
            generation.hold.release()
        return replace(checked, generation=number)

    def _found_whole(self, generation: Generation) -> Checked:
        """Raises IndexDamaged where it is not."""
        checked = self._checked(generation.number, {})
        if checked.damages:
            raise IndexDamaged(
                f"the index in {self._folder} is damaged, so it was not copied: {'; '.join(checked.damages)}"
            )
        return checked

    def _checked(self, number: int, known: dict[tuple[int, int], str]) -> Checked:
        """known: what was found of files that have been read, by device and inode; empty texts for whole ones"""
        damages, articles = [], None
        try:
            damages = self._damages(self._generations.path(number), known)
            articles = self._load(number, _count)
        except EngineError:
            raise
        except Exception as error:  # as in `open`
            damages.append(str(error))
        return Checked(number, articles, tuple(dict.fromkeys(damages)))

    def _damages(self, folder: Path, known: dict[tuple[int, int], str]) -> list[str]:
        """Raises OSError, DamagedFileError where its manifest cannot be read."""
        hold = Hold(folder)
        try:
            files = manifest.read(folder)[0].files
            return [damage for name, entry in files.items() if (damage := _damage(folder / name, entry, known))]
        finally:
            hold.release()

    def _draft(self, base: Generation | None) -> Draft:
        try:
            return Draft(self._generations, self._generations.next_number(), base.folder if base else None)
        finally:
            if base:
                base.hold.release()

    def _tidy(self, newest: int, base: int, is_purge: bool = False) -> None:
        """After a commit: what it passed over as damaged is set aside, what is too old is removed; all, by a purge."""
        try:
            for number in self._generations.numbers():
                if base < number < newest:
                    self._generations.set_aside(number)
                    _LOG.warning("generation %s of %s is damaged and was set aside", number, self._folder)
            if is_purge:
                self._generations.purge(newest)
            else:
                self._generations.prune(newest)
        except OSError as error:  # what was committed stays so; the next writer tries again
            _LOG.warning("older generations of %s could not be removed (%s)", self._folder, error)

    def _base(self) -> Generation | None:
        try:
            return self.open(_as_it_is)
        except IndexMissing:
            return None

    def _adopt_older_layout(self) -> None:
        """Makes a generation of an index that lies in the folder itself, as before there were any."""
        tocs = _older_tocs(self._folder)
        if not tocs:
            return
        files = [path for path in self._folder.iterdir() if _OLDER.fullmatch(path.name)]
        if not self._generations.numbers():
            self._generations.check_trust(*tocs)
            with closing(Draft(self._generations, max(1, _toc_number(tocs[-1])), None)) as draft:
                for path in files:
                    if path not in tocs[:-1]:
                        disk.link(path, draft.folder / path.name)
                draft.publish()
        for path in files:
            path.unlink()

    def _numbers(self) -> tuple[list[int], str]:
        """The generations to try, the newest first, and what is wrong with the pointer."""
        numbers, lost = self._generations.newest()
        if numbers:
            return numbers, lost
        if _older_tocs(self._folder):
            raise IndexOutdated(
                f"the index in {self._folder} was written by another version; run: python -m indexer --rebuild"
            )
        raise IndexMissing(f"there is no index in {self._folder} yet; run: python -m indexer")

    def _load(self, number: int, load: Callable[[Generation], T]) -> T:
        folder = self._generations.path(number)
        hold = Hold(folder)
        try:
            files, digest = manifest.read(folder)
            if (number, digest) in self._condemned:
                raise DamagedFileError(self._condemned[number, digest])
            for name in files.files:
                if not name.endswith(EXTRA):
                    manifest.check_size(folder / name, files.files[name])
            toc = folder / next(name for name in files.files if _TOC.fullmatch(name))
            self._generations.check_trust(folder, toc)
            manifest.check(toc, files.files[toc.name])  # before it is unpickled
            if whoosh_removed.FILE in files.files:  # or what was taken down might be put again
                manifest.check(folder / whoosh_removed.FILE, files.files[whoosh_removed.FILE])
            index = FileIndex(GenerationStorage(str(folder), readonly=True))
            return load(Generation(number, digest, files, index, hold))
        except BaseException:
            hold.release()
            raise

    def _tell(self, damages: list[str], served: int) -> None:
        found = "; ".join(damage for damage in damages if damage)
        self.damage = found and f"{self._folder}: {found}; generation {served} is served in its place"
        if self.damage and self.damage not in self._told:
            self._told.add(self.damage)
            _LOG.warning("%s", self.damage)

    def _beyond_repair(self, damages: list[str]) -> str:
        return (
            f"the index in {self._folder} cannot be read ({'; '.join(damages)}); "
            "run: python -m indexer --restore BACKUP, or move it away and index again"
        )


def _as_it_is(generation: Generation) -> Generation:
    return generation


def _count(generation: Generation) -> int:
    with generation.index.reader() as reader:
        count: int = reader.doc_count()
    generation.hold.release()
    return count


def _copy(generations: Generations, number: int, generation: Generation) -> None:
    """By the only writer of those generations."""
    with closing(Draft(generations, number, generation.folder)) as draft:
        for path in draft.folder.iterdir():
            disk.sync_file(
                path
            )  # a link to a file of another index, which whoever brought that here may not have synced
        draft.publish(generation.manifest.written)


def _damage(path: Path, entry: Entry, known: dict[tuple[int, int], str]) -> str:
    """What is wrong with a file; empty where nothing is."""
    try:
        found = path.stat()
        identity = found.st_dev, found.st_ino
        if identity not in known:
            known[identity] = _read_through(path, entry)
        return known[identity]
    except OSError as error:
        return f"{path.name}: {error.strerror}"


def _read_through(path: Path, entry: Entry) -> str:
    try:
        if path.suffix in (DOCUMENTS_EXT, POSTINGS_EXT, EXTRA):
            ArrayFile(FileStorage(str(path.parent)), path.name).verify()  # names the section
        manifest.check(path, entry)
    except DamagedFileError as error:
        return str(error)
    return ""


def _older_tocs(folder: Path) -> list[Path]:
    """Tables of contents in the folder itself, the newest last."""
    return sorted((path for path in folder.glob("_MAIN_*.toc") if _TOC.fullmatch(path.name)), key=_toc_number)


def _toc_number(toc: Path) -> int:
    found = _TOC.fullmatch(toc.name)
    return int(found[1]) if found else -1
