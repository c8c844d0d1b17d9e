"""The generation store on real folders: what readers see while an index is written, damaged, moved or crowded."""

from __future__ import annotations

import errno
import fcntl
import gc
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import create_in

from search import EngineError, generations, open_engine, whoosh_schema
from search.article import Article
from search.columnar.bulk import BulkWriter
from search.columnar.format import ArrayFile, DamagedFileError
from search.engine import Checked, IndexDamaged, IndexLocked, IndexMissing, IndexOutdated, Search, Verification
from search.generations import KEPT_GENERATIONS, Draft, Generations, Hold
from search.parse import parse
from search.whoosh_store import WhooshStore
from tests.conftest import fill, origin

ROOT = Path(__file__).parent.parent

FERRY = Article(
    id="ferry", title="Ferry runs aground", body="The ferry to Skerrin ran aground at low tide.", language="en"
)


def article(number: int) -> Article:
    return replace(FERRY, id=f"ferry-{number}", title=f"Ferry number {number} runs aground")


def commit(folder: Path, *numbers: int) -> None:
    with open_engine(f"whoosh:{folder}") as engine:
        fill(engine, [article(number) for number in numbers])


def committed(folder: Path, count: int) -> Path:
    """An index of so many commits, with an article each."""
    for number in range(1, count + 1):
        commit(folder, number)
    return folder


def no_links(*_: object) -> None:
    raise OSError(errno.ENOTSUP, "Operation not supported")


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def generation(folder: Path, number: int) -> Path:
    return folder / "generations" / str(number)


def count(folder: Path) -> int:
    with open_engine(f"whoosh:{folder}") as engine:
        return engine.count()


def test_an_index_is_a_pointer_a_lock_and_generations(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    assert names(tmp_path) == ["current", "generations", "lock"]
    assert names(tmp_path / "generations") == ["1", "2"]
    assert json.loads((tmp_path / "current").read_text())["value"]["generation"] == 2
    kinds = sorted(path.suffix for path in generation(tmp_path, 2).iterdir())
    assert kinds == [".documents", ".documents", ".json", ".postings", ".postings", ".stories", ".toc"]


def test_what_did_not_change_is_a_link(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    shared = [path for path in generation(tmp_path, 1).iterdir() if path.suffix in (".documents", ".postings")]
    assert len(shared) == 2
    assert all(path.samefile(generation(tmp_path, 2) / path.name) for path in shared)


def test_where_there_are_no_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", no_links)
    committed(tmp_path, 3)
    assert count(tmp_path) == 3
    assert all(path.stat().st_nlink == 1 for path in generation(tmp_path, 3).iterdir())


def test_a_file_of_a_generation_never_changes(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    before = {path: path.read_bytes() for path in generation(tmp_path, 2).iterdir()}
    with open_engine(f"whoosh:{tmp_path}") as engine:
        with engine.writer() as writer:
            writer.delete("ferry-1")
        fill(engine, [article(7)], rebuild=True)
    assert {path: path.read_bytes() for path in generation(tmp_path, 2).iterdir()} == before


def test_a_bounded_number_of_older_generations_stays(tmp_path: Path) -> None:
    committed(tmp_path, KEPT_GENERATIONS + 3)
    assert names(tmp_path / "generations") == [str(number + 3) for number in range(KEPT_GENERATIONS + 1)]


def test_a_generation_that_is_held_stays(tmp_path: Path) -> None:
    committed(tmp_path, 1)
    with open_engine(f"whoosh:{tmp_path}") as reader:
        export = reader.export(Search())
        for number in range(2, KEPT_GENERATIONS + 4):
            commit(tmp_path, number)
        assert "1" in names(tmp_path / "generations")
        assert reader.count() == KEPT_GENERATIONS + 3
        assert [found.id for found in export.articles] == ["ferry-1"]
    del export
    gc.collect()
    commit(tmp_path, 99)
    assert "1" not in names(tmp_path / "generations")


def test_a_generation_about_to_be_removed_cannot_be_held(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(FileNotFoundError):
        Hold(tmp_path)
    os.close(descriptor)
    Hold(tmp_path).release()


COMMITS = """
import sys
from search import open_engine
from tests.test_store import article
from tests.conftest import fill
with open_engine(f"whoosh:{sys.argv[1]}") as engine:
    for number in range(2, int(sys.argv[2]) + 2):
        fill(engine, [article(number)])
"""


def test_no_open_fails_while_another_process_commits(tmp_path: Path) -> None:
    commits = 40
    commit(tmp_path, 1)
    opens, least = 0, 1
    with subprocess.Popen([sys.executable, "-c", COMMITS, str(tmp_path), str(commits)], cwd=ROOT) as process:
        while process.poll() is None:
            found = count(tmp_path)
            assert found >= least
            opens, least = opens + 1, found
    assert process.returncode == 0
    assert opens > commits
    assert count(tmp_path) == commits + 1


KILLED = """
import os, signal, sys
from search import disk, open_engine
from tests.test_store import article
from tests.conftest import fill
step, operation = sys.argv[2:]
real = getattr(disk, operation)
def killed(*arguments):
    if step == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(disk, operation, killed)
with open_engine(f"whoosh:{sys.argv[1]}") as engine:
    fill(engine, [article(2)])
"""


@pytest.mark.parametrize("step", ["before", "after"])
@pytest.mark.parametrize(
    "operation", ["make_folder", "new_folder", "create", "write", "sync_file", "sync_folder", "rename", "link"]
)
def test_a_writer_that_is_killed_leaves_the_index_as_it_was(tmp_path: Path, operation: str, step: str) -> None:
    commit(tmp_path, 1)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), step, operation], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert count(tmp_path) == 1
    commit(tmp_path, 3)
    assert count(tmp_path) == 2
    assert names(tmp_path) == ["current", "generations", "lock"]
    assert names(tmp_path / "generations") == ["1", "2"]


def test_debris_is_cleared_by_the_next_writer(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    for debris in ("3.partial", "1.gone", "4"):  # of a writer that died writing, removing, or before it could point
        (tmp_path / "generations" / debris).mkdir()
        (tmp_path / "generations" / debris / "file").touch()
    assert count(tmp_path) == 2
    commit(tmp_path, 3)
    assert names(tmp_path / "generations") == ["1", "2", "3"]
    assert count(tmp_path) == 3


def test_a_second_writer_is_told_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "LOCK_WAIT", 0.2)
    with open_engine(f"whoosh:{tmp_path}") as one, open_engine(f"whoosh:{tmp_path}") as other:
        who = rf"another indexer \(process {os.getpid()} on \S+, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)"
        with one.writer(), pytest.raises(IndexLocked, match=who), other.writer():
            pass
        fill(other, [FERRY])
        assert one.count() == 1


def test_the_lock_of_a_writer_that_died_is_free(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    (tmp_path / "lock").write_text('{"pid": 1, "host": "elsewhere", "since": "2012-01-01 00:00:00"}')
    commit(tmp_path, 2)
    assert count(tmp_path) == 2


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def altered(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


DAMAGES: list[Callable[[Path], None]] = [Path.unlink, cut, emptied]


def new_files(folder: Path, number: int) -> dict[str, Path]:
    """Of the files of a generation those that the one before does not have, by what they are."""
    before = set(names(generation(folder, number - 1))) - {"manifest.json"}
    found = (path for path in generation(folder, number).iterdir() if path.name not in before)
    return {path.suffix: path for path in found}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", [".toc", ".documents", ".postings", ".json"])
def test_a_damaged_generation_gives_way_to_the_one_before(
    tmp_path: Path, kind: str, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    committed(tmp_path, 3)
    damage(new_files(tmp_path, 3)[kind])
    with open_engine(f"whoosh:{tmp_path}") as engine:
        assert (engine.count(), engine.generation()) == (2, 2)
        assert re.search("generation 3 is damaged .*; generation 2 is served", engine.damage())
        assert engine.search(Search(parse("ferry"))).total == 2
    assert caplog.text.count("generation 3 is damaged") == 1
    assert generation(tmp_path, 3).exists()


@pytest.mark.parametrize("kind", [".toc", ".json"])
def test_an_altered_byte_is_seen_before_anything_is_unpickled(tmp_path: Path, kind: str) -> None:
    committed(tmp_path, 2)
    altered(new_files(tmp_path, 2)[kind])
    with open_engine(f"whoosh:{tmp_path}") as engine:
        assert engine.count() == 1
        assert re.search("does not match|cannot be read", engine.damage())


def test_a_writer_goes_on_from_the_last_whole_generation_and_keeps_the_damaged_one(tmp_path: Path) -> None:
    committed(tmp_path, 3)
    new_files(tmp_path, 3)[".toc"].unlink()
    commit(tmp_path, 4)
    assert names(tmp_path / "generations") == ["1", "2", "3.damaged", "4"]
    with open_engine(f"whoosh:{tmp_path}") as engine:
        assert (engine.generation(), engine.damage()) == (4, "")
        assert [engine.get(f"ferry-{number}") is not None for number in (1, 2, 3, 4)] == [True, True, False, True]
    committed(tmp_path, 4)
    assert count(tmp_path) == 4
    assert "3.damaged" in names(tmp_path / "generations")


@pytest.mark.parametrize("damage", [*DAMAGES, altered])
def test_without_its_pointer_an_index_is_served_and_written_on(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    committed(tmp_path, 2)
    damage(tmp_path / "current")
    with open_engine(f"whoosh:{tmp_path}") as engine:
        assert engine.count() == 2
        assert engine.damage().startswith(f"{tmp_path}: current: ")
        fill(engine, [article(3)])
        assert (engine.count(), engine.generation(), engine.damage()) == (3, 3, "")


def test_where_nothing_can_be_opened_the_error_says_why_and_how_to_mend_it(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    for toc in tmp_path.rglob("*.toc"):
        toc.unlink()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(IndexDamaged, match=r"generation 2 .* missing\); generation 1 .* missing\)\); .*--restore"):
        count(tmp_path)
    with pytest.raises(IndexDamaged):
        commit(tmp_path, 3)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_open_engine_sees_that_the_index_was_made_anew(tmp_path: Path) -> None:
    folder, other = tmp_path / "index", tmp_path / "other"
    commit(folder, 1)
    with open_engine(f"whoosh:{folder}") as engine:
        state = engine.state()
        folder.rename(other)
        with pytest.raises(IndexMissing):
            engine.count()
        commit(folder, 2)
        assert engine.get("ferry-2") is not None
        assert engine.state() != state


def older_layout(folder: Path, *numbers: int) -> None:
    """An index as it was written before there were generations."""
    ix = create_in(folder, whoosh_schema.whoosh_schema())
    for number in numbers:
        with BulkWriter(ix) as writer:
            writer.add_document(**whoosh_schema.document(article(number), origin(article(number)), number))


def test_an_index_of_the_older_layout_asks_for_a_rebuild_which_carries_over(tmp_path: Path) -> None:
    older_layout(tmp_path, 1, 2)
    (tmp_path / "notes.txt").write_text("not ours")
    with pytest.raises(IndexOutdated, match="--rebuild"):
        count(tmp_path)
    with open_engine(f"whoosh:{tmp_path}") as engine, engine.writer(rebuild=True) as writer:
        for known in engine.origins():
            kept = engine.get(known.article_id)
            assert kept is not None
            writer.put(kept, known)
    assert names(tmp_path) == ["MAIN_WRITELOCK", "current", "generations", "lock", "notes.txt"]
    assert names(tmp_path / "generations") == ["2", "3"]
    assert count(tmp_path) == 2


def chown_to_another(path: Path) -> None:
    os.chown(path, 12345, -1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("which", [".", "generations", "generations/1", "generations/1/_MAIN_1.toc"])
def test_nothing_is_unpickled_that_belongs_to_another_user(tmp_path: Path, which: str) -> None:
    commit(tmp_path, 1)
    chown_to_another(tmp_path / which)
    with pytest.raises(EngineError, match=r"belongs to another user.*chown"):
        count(tmp_path)
    with pytest.raises(EngineError, match=r"belongs to another user.*chown"):
        commit(tmp_path, 2)


@pytest.mark.parametrize("mode", [0o020, 0o002])
@pytest.mark.parametrize("which", [".", "generations", "generations/1", "generations/1/_MAIN_1.toc"])
def test_nothing_is_unpickled_that_others_can_write(tmp_path: Path, which: str, mode: int) -> None:
    commit(tmp_path, 1)
    path = tmp_path / which
    path.chmod(path.stat().st_mode | mode)
    with pytest.raises(EngineError, match=r"can be written by others.*chmod"):
        count(tmp_path)
    with pytest.raises(EngineError, match=r"can be written by others.*chmod"):
        commit(tmp_path, 2)


def test_nobody_else_can_write_what_is_written_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        commit(tmp_path / "new" / "index", 1)
    finally:
        os.umask(before)
    commit(tmp_path / "new" / "index", 2)
    for path in (tmp_path / "new").rglob("*"):
        assert not path.stat().st_mode & 0o022, path


def test_the_number_goes_on_over_what_is_there(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    (tmp_path / "generations" / "9.damaged").mkdir()
    commit(tmp_path, 3)
    assert Generations(tmp_path).numbers() == [10, 2, 1]
    assert count(tmp_path) == 3


def test_a_request_after_a_commit_sees_it_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path, 1)
    with open_engine(f"whoosh:{tmp_path}") as engine:
        for number, now in enumerate((0, 1_000_000_000_000_000_000, 0), 2):
            monkeypatch.setattr(time, "time_ns", lambda now=now: now)
            commit(tmp_path, number)
            os.utime(tmp_path / "current", ns=(0, 0))
            assert engine.count() == number


def answers(folder: Path) -> list[object]:
    texts = ("ferry", "number OR tide", '"ran aground"', "aground~1", "tid*", "title:ferry -3", "*")
    with open_engine(f"whoosh:{folder}") as engine:
        pages = [engine.search(Search(parse(text), receipt=True, fold=True)) for text in texts]
        found = [(page.total, page.hits, page.facets, page.timeline, page.receipt) for page in pages]
        return [*found, engine.suggest("fer"), engine.story("ferry-1"), engine.similar("ferry-2", 3), engine.count()]


def test_a_byte_altered_anywhere_gives_no_wrong_answer(tmp_path: Path) -> None:
    """The right one, where it asks for nothing that is damaged, or that of the generation before."""
    commit(tmp_path, *range(1, 31))
    before = answers(tmp_path)
    commit(tmp_path, *range(31, 61))
    after = answers(tmp_path)
    files = [path for kind, path in new_files(tmp_path, 2).items() if kind != ".stories"]
    chance, fallen = random.Random(7), 0
    for _ in range(60):
        path = chance.choice(files)
        whole = path.read_bytes()
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        found = answers(tmp_path)
        assert all(one in expected for one, *expected in zip(found, before, after, strict=True))
        fallen += found[-1] == before[-1]
        path.write_bytes(whole)
    assert 20 < fallen < 60


def test_a_damage_that_a_query_meets_is_answered_from_the_generation_before(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    postings = new_files(tmp_path, 2)[".postings"]
    section = ArrayFile(FileStorage(str(postings.parent)), postings.name)._sections["terms:exact"]
    with open_engine(f"whoosh:{tmp_path}") as engine:
        state = engine.state()
        data = bytearray(postings.read_bytes())
        data[section[1]] ^= 1
        postings.write_bytes(data)
        assert engine.generation() == 2
        assert engine.search(Search(parse('"ferry"'))).generation == 1
        assert "section 'terms:exact' does not match its checksum" in engine.damage()
        assert engine.state() != state
        fill(engine, [article(3)])
        assert (engine.generation(), engine.damage(), engine.count()) == (3, "", 2)


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)


def verified(folder: Path) -> Verification:
    with open_engine(f"whoosh:{folder}") as engine:
        return engine.verify()


def test_verify_tells_what_is_whole(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    assert verified(tmp_path) == Verification((), (Checked(2, 2, ()), Checked(1, 1, ())))
    assert verified(tmp_path).whole


@pytest.mark.parametrize("damage", [*DAMAGES, flipped])
@pytest.mark.parametrize("kind", [".toc", ".documents", ".postings", ".stories"])
def test_verify_names_each_damaged_file_and_where_it_is(
    tmp_path: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    committed(tmp_path, 3)
    path = new_files(tmp_path, 3)[kind]
    damage(path)
    found = verified(tmp_path)
    assert not found.whole
    assert all(text.startswith(f"{path.name}: ") for text in found.commits[0].damages)
    assert [bool(commit.damages) for commit in found.commits] == [True, False, False]


def test_verify_tells_of_every_generation_that_shares_a_damaged_file(tmp_path: Path) -> None:
    committed(tmp_path, 3)
    flipped(new_files(tmp_path, 2)[".postings"])
    assert [len(commit.damages) for commit in verified(tmp_path).commits] == [1, 1, 0]


def test_verify_tells_of_a_lost_pointer_and_a_lost_generation(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    shutil.rmtree(generation(tmp_path, 2))
    assert [commit.articles for commit in verified(tmp_path).commits] == [None, 1]
    (tmp_path / "current").unlink()
    found = verified(tmp_path)
    assert (len(found.damages), [commit.generation for commit in found.commits]) == (1, [1])


def test_a_backup_is_an_index_of_its_own(tmp_path: Path) -> None:
    folder, copy = committed(tmp_path / "index", 3), tmp_path / "backups" / "monday"
    with open_engine(f"whoosh:{folder}") as engine, engine.writer() as writer:
        writer.put(article(4), origin(article(4)))
        assert engine.backup(copy) == Checked(3, 3, ())
    shutil.rmtree(folder)
    assert count(copy) == 3
    assert verified(copy).whole
    commit(copy, 5)
    assert count(copy) == 4


def test_a_backup_says_when_its_articles_were_committed(tmp_path: Path) -> None:
    commit(tmp_path / "index", 1)
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine, open_engine(f"whoosh:{tmp_path / 'copy'}") as copy:
        engine.backup(tmp_path / "copy")
        assert copy.search(Search()).committed == engine.search(Search()).committed


def test_a_backup_to_another_disk_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(tmp_path / "index", 2)
    monkeypatch.setattr(Path, "hardlink_to", no_links)
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        engine.backup(tmp_path / "copy")
    assert verified(tmp_path / "copy").whole
    assert all(path.stat().st_nlink == 1 for path in generation(tmp_path / "copy", 2).iterdir())


def test_a_backup_needs_a_new_folder_and_a_whole_index(tmp_path: Path) -> None:
    folder = committed(tmp_path / "index", 2)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    with open_engine(f"whoosh:{folder}") as engine:
        for taken in (tmp_path / "full", folder):
            with pytest.raises(EngineError, match="not empty"):
                engine.backup(taken)
        flipped(new_files(folder, 2)[".postings"])
        with pytest.raises(IndexDamaged, match="was not copied"):
            engine.backup(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_backup_that_broke_off_can_be_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(tmp_path / "index", 1)
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        with monkeypatch.context() as disk, pytest.raises(EngineError, match="No space left"):  # noqa: PT012
            disk.setattr("search.disk.link", full)
            engine.backup(tmp_path / "copy")
        with pytest.raises(IndexMissing):
            count(tmp_path / "copy")
        engine.backup(tmp_path / "copy")
    assert count(tmp_path / "copy") == 1


def test_a_restored_backup_is_the_newest_commit_and_the_next_goes_on_from_it(tmp_path: Path) -> None:
    folder, copy = tmp_path / "index", tmp_path / "copy"
    commit(folder, 1, 2)
    with open_engine(f"whoosh:{folder}") as engine:
        engine.backup(copy)
        fill(engine, [article(3)])
        assert engine.restore(copy) == Checked(3, 2, ())
        assert (engine.count(), engine.generation()) == (2, 3)
        fill(engine, [article(4)])
        assert (engine.count(), engine.generation()) == (3, 4)
        assert [hit.article.id for hit in engine.search(Search(since=3)).hits] == ["ferry-4"]
        story = engine.story("ferry-4")
        assert story is None or story.total == 3
    assert verified(folder).whole
    assert count(copy) == 2


def test_a_backup_is_restored_where_nothing_is_left_or_all_is_damaged(tmp_path: Path) -> None:
    folder, copy = tmp_path / "index", tmp_path / "copy"
    commit(folder, 1)
    with open_engine(f"whoosh:{folder}") as engine:
        engine.backup(copy)
        next(generation(folder, 1).glob("*.toc")).unlink()
        with pytest.raises(IndexDamaged, match="--restore"):
            count(folder)
        engine.restore(copy)
        assert count(folder) == 1
        shutil.rmtree(folder)
        engine.restore(copy)
        assert engine.count() == 1


def test_a_restored_generation_is_served_by_those_who_found_it_damaged(tmp_path: Path) -> None:
    folder, copy = tmp_path / "index", tmp_path / "copy"
    with open_engine(f"whoosh:{folder}") as engine:
        fill(engine, [article(1)])
        fill(engine, [article(2)])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "hardlink_to", no_links)
            engine.backup(copy)
        altered(new_files(folder, 2)[".toc"])
    with open_engine(f"whoosh:{folder}") as engine:
        assert engine.count() == 1
        engine.restore(copy)
        assert (engine.count(), engine.damage()) == (2, "")


def test_no_damaged_backup_is_restored(tmp_path: Path) -> None:
    folder, copy = committed(tmp_path / "index", 2), committed(tmp_path / "copy", 1)
    with open_engine(f"whoosh:{folder}") as engine:
        with pytest.raises(IndexMissing, match="no backup"):
            engine.restore(tmp_path / "nothing")
        flipped(next(generation(copy, 1).glob("*.documents")))
        with pytest.raises(IndexDamaged):
            engine.restore(copy)
        assert engine.count() == 2
    assert names(tmp_path / "index" / "generations") == ["1", "2"]


def test_a_side_file_is_carried_on_until_it_is_written_anew(tmp_path: Path) -> None:
    store = WhooshStore(tmp_path)

    def written(data: bytes | None) -> None:
        with store.writing(lambda storage: storage.create_index(whoosh_schema.whoosh_schema())) as (draft, ix):
            if data is not None:
                draft.write_side_file("notes.json", data)
            with BulkWriter(ix) as writer:
                writer.generation = draft.generation
            draft.publish()

    def read() -> bytes | None:
        held = store.open(lambda generation: generation)
        held.hold.release()
        return held.side_file("notes.json")

    written(None)
    assert read() is None
    written(b"[1]")
    written(None)
    assert read() == b"[1]"
    written(b"[1, 2]")
    assert read() == b"[1, 2]"
    assert (generation(tmp_path, 3) / "notes.json").read_bytes() == b"[1]"
    flipped_side = generation(tmp_path, 4) / "notes.json"
    flipped_side.write_bytes(b"[1, 3]")
    with pytest.raises(DamagedFileError, match=r"notes\.json"):
        read()


@pytest.mark.parametrize("name", ["manifest.json", "a/b.json", "../a.json", "_MAIN_1.toc", "", "A.json"])
def test_a_side_file_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    (tmp_path / "generations").mkdir()
    with closing(Draft(Generations(tmp_path), 1, None)) as draft, pytest.raises(ValueError, match="no name"):
        draft.write_side_file(name, b"")
