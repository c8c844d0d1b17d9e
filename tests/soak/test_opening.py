"""An index is opened again and again while another process commits, now and then as a rebuild."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from search import open_engine
from search.engine import Search
from tests.soak.archive import ROOT, editions_in
from tests.soak.committer import commit, total
from tests.soak.measure import cases

OPENS = cases(100, 2_000)
MANY = 100_000  # commits: more than there is time for


def test_no_open_fails_and_each_sees_one_commit(tmp_path: Path) -> None:
    least = commit(tmp_path)
    command = [sys.executable, "-m", "tests.soak.committer", str(tmp_path), str(MANY), "0", str(MANY // 7)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as committer:
        assert committer.stdout is not None
        assert committer.stdout.readline() == "2\n"
        for _ in range(OPENS):
            with open_engine(f"whoosh:{tmp_path}") as engine:
                export = engine.export(Search())
                articles = list(export.articles)
                assert engine.damage() == ""
            assert export.generation >= least
            assert {number for one in articles for number in editions_in(str(one))} == {export.generation}
            assert len(articles) == total(export.generation)
            least = export.generation
        assert committer.poll() is None
        committer.terminate()
        committer.communicate()
    print(f"{OPENS} opens, {least} commits")
    assert least > 2
