from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from indexer.memory import Memory
from indexer.pipeline import index
from search import Engine, open_engine
from search.article import Article
from search.engine import Origin, Search, Writer
from search.parse import parse
from tests.test_engine import fill
from tests.test_indexer import Command, counts, ids, paths, write, write_lines
from web.engine import EXTENSION

WORD = "zyxquagmorph"  # a word of no other article
OTHERS = [
    Article(f"{number}", title=f"Harbour {number}", body="The harbour opened to ships. " * 9) for number in range(9)
]
NAMED = Article("named", title=f"The affair of {WORD}", body=f"What {WORD} did in the harbour. " * 9, author=(WORD,))


def origin(article: Article) -> Origin:
    return Origin(article.id, "", "", "digest", datetime(2026, 1, 1, tzinfo=UTC))


def put(writer: Writer, *articles: Article) -> None:
    for article in articles:
        writer.put(article, origin(article))


def take_down(engine: Engine, *article_ids: str) -> None:
    with engine.writer() as writer:
        for article_id in article_ids:
            writer.remove(article_id)


def files_with(folder: Path, text: str) -> list[str]:
    """The word stands in the sorted vocabulary of a segment, which writes what it shares with the word before once."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in found if text[3:].encode() in path.read_bytes()]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        yield engine


class TestWriter:
    def test_what_is_taken_down_is_not_found_and_cannot_be_put(self, engine: Engine) -> None:
        fill(engine, [*OTHERS, NAMED])
        begun = datetime.now(UTC) - timedelta(seconds=1)
        take_down(engine, "named")
        assert engine.get("named") is None
        assert engine.count() == len(OTHERS)
        assert engine.search(Search(parse(WORD))).total == 0
        assert engine.suggest(WORD[:5]) == ()
        [moment] = [engine.removed()["named"]]
        assert begun < moment <= datetime.now(UTC)
        for rebuild in (False, True):
            with engine.writer(rebuild=rebuild) as writer:
                put(writer, NAMED, OTHERS[0])
            assert engine.get("named") is None
            assert engine.removed() == {"named": moment}
        take_down(engine, "named")
        assert engine.removed() == {"named": moment}

    def test_it_can_be_readmitted(self, engine: Engine) -> None:
        fill(engine, [NAMED, *OTHERS])
        take_down(engine, "named", "1")
        with engine.writer() as writer:
            writer.readmit("named")
            writer.readmit("never taken down")
        assert set(engine.removed()) == {"1"}
        with engine.writer() as writer:
            put(writer, NAMED)
        assert engine.get("named") is not None

    def test_a_block_that_raises_takes_nothing_down(self, engine: Engine) -> None:
        fill(engine, [NAMED])
        with contextlib.suppress(ZeroDivisionError), engine.writer() as writer:
            writer.remove("named")
            raise ZeroDivisionError
        assert engine.get("named") is not None
        assert engine.removed() == {}

    def test_what_was_put_in_the_same_block_is_not_taken_down(self, engine: Engine) -> None:
        with engine.writer() as writer:
            put(writer, NAMED)
            with pytest.raises(ValueError, match="was put in this block"):
                writer.remove("named")

    def test_the_last_article_can_be_taken_down(self, engine: Engine) -> None:
        fill(engine, [NAMED])
        take_down(engine, "named")
        assert engine.count() == engine.search(Search()).total == 0
        fill(engine, OTHERS)
        assert engine.count() == len(OTHERS)

    def test_its_text_is_in_no_file(self, engine: Engine, tmp_path: Path) -> None:
        """Neither as it is now nor as it was before it was changed, also in generations that somebody reads."""
        for article in OTHERS[:5]:
            fill(engine, [article])
        fill(engine, [NAMED, OTHERS[5]])
        with engine.writer() as writer:
            put(writer, Article("named", title="The affair", body="Nothing to see. " * 9))
        fill(engine, OTHERS[6:])
        folder = tmp_path / "index"
        assert files_with(folder, WORD)
        with open_engine(f"whoosh:{folder}") as reader:
            before = reader.pinned()
            assert before.search(Search()).total == len(OTHERS) + 1
            take_down(engine, "named")
            assert files_with(folder, WORD) == []
            assert before.search(Search(parse("harbour"))).total == len(OTHERS)
            assert [hit.article.id for hit in before.search(Search(parse("affair"))).hits] == ["named"]
            before.close()
            assert reader.search(Search(parse("harbour"))).total == len(OTHERS)
        assert [path.name for path in (folder / "generations").iterdir()] == [str(engine.generation())]
        assert engine.verify().whole

    def test_what_was_deleted_before_leaves_no_text_either(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, [NAMED, *OTHERS])
        with engine.writer() as writer:
            writer.delete("named")
        assert files_with(tmp_path / "index", WORD)
        take_down(engine, "named")
        assert files_with(tmp_path / "index", WORD) == []
        assert engine.count() == len(OTHERS)

    def test_only_its_segment_is_written_anew(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, OTHERS)
        fill(engine, [NAMED])
        before = {path.name for path in (tmp_path / "index").rglob("*.documents")}
        take_down(engine, "named")
        assert before & {path.name for path in (tmp_path / "index").rglob("*.documents")}

    def test_a_backup_remembers(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, [NAMED, *OTHERS])
        take_down(engine, "named")
        engine.backup(tmp_path / "backup")
        with open_engine(f"whoosh:{tmp_path / 'backup'}") as copy:
            assert set(copy.removed()) == {"named"}

    def test_a_damaged_memory_is_not_taken_for_none(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, OTHERS)
        take_down(engine, "1")
        take_down(engine, "2")
        fill(engine, [NAMED])
        newest = tmp_path / "index/generations" / str(engine.generation())
        engine.close()
        (newest / "removed.json").unlink()
        (newest / "removed.json").write_text("{}")
        with open_engine(f"whoosh:{tmp_path / 'index'}") as later:
            assert set(later.removed()) == {"1", "2"}
            assert "removed.json" in later.damage()
            fill(later, [OTHERS[1]])
            assert later.get("1") is None


class TestRuns:
    @pytest.mark.parametrize("rebuild", [False, True])
    def test_no_run_brings_it_back(self, engine: Engine, tmp_path: Path, rebuild: bool) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt", "c.txt")
        lines = write_lines(tmp_path / "news/d.jsonl", "one", "two")
        index([str(news)], engine)
        [gone] = [one.article_id for one in engine.origins() if one.path == "b.txt"]
        take_down(engine, gone, "one")
        report = index([str(news)], engine, rebuild=rebuild)
        assert report.removed == 2
        assert (report.added, report.deleted, report.failed) == (0, 0, ())
        assert report.updated + report.unchanged == 3
        write(news, "b.txt", text="Another text\n\nThat stands at the same place, of which enough words are told here.")
        lines.unlink()
        write_lines(tmp_path / "elsewhere.jsonl", "one", "three")
        other = index([str(news), str(tmp_path / "elsewhere.jsonl")], engine, rebuild=rebuild, allow_deletes=True)
        assert (other.removed, other.failed) == (2, ())
        assert "one" not in ids(engine)
        assert paths(engine) == ["a.txt", "c.txt", "elsewhere.jsonl"]

    def test_one_that_is_readmitted_enters_with_the_next_run(self, engine: Engine, tmp_path: Path) -> None:
        news = write_lines(tmp_path / "news.jsonl", "one", "two")
        memory = Memory()
        index([str(news)], engine, memory=memory)
        take_down(engine, "one")
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 1, 0, 0)
        with engine.writer() as writer:
            writer.readmit("one")
        assert counts(index([str(news)], engine, memory=memory)) == (1, 0, 1, 0, 0)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    write_lines(tmp_path / "news.jsonl", "one", "two", "three")
    command = Command(tmp_path)
    assert command("news.jsonl", "--index", "whoosh:index")[0] == 0
    command.environment["SEARCH_URL"] = "whoosh:index"
    return command


class TestCommand:
    def test_articles_are_taken_down_listed_and_readmitted(self, command: Command) -> None:
        status, out, err = command("--remove", "one", "--remove", "two", "--json")
        assert (status, err) == (0, "")
        assert json.loads(out) == {"removed": ["one", "two"], "documents": 1, "generation": 2}
        assert command.report("news.jsonl", "--rebuild")["removed"] == 2
        assert set(json.loads(command("--removed", "--json")[1])["removed"]) == {"one", "two"}
        assert command("--readmit", "two")[1].startswith("1 admitted by the next run. 1 articles in whoosh:index")
        told = command("news.jsonl")[1]
        assert told.startswith("1 added, 0 updated, 1 unchanged, 0 deleted, 0 failed")
        assert "; 1 that were taken down stay out. 2 articles" in told
        status, out, err = command("--removed")
        assert out.endswith("  'one'\n")
        assert (out.count("\n"), err) == (1, "")

    def test_a_slip_of_the_pen_is_told(self, command: Command) -> None:
        status, out, err = command("--remove", "oen\x1b", "--remove", "one")
        assert (status, err) == (1, "'oen\\x1b': there is no article with this id; none will be admitted under it\n")
        assert out.startswith("2 taken down. 2 articles")
        assert command("--remove", "one")[0] == 0
        status, _, err = command("--readmit", "two")
        assert (status, err) == (1, "'two': it was not taken down\n")

    @pytest.mark.parametrize("arguments", [("news.jsonl",), ("--readmit", "two")])
    def test_it_goes_alone(self, command: Command, arguments: tuple[str, ...]) -> None:
        status, _, err = command("--remove", "one", *arguments)
        assert status == 2
        assert "--remove goes with --index, --json and --quiet alone" in err

    def test_without_an_index_there_is_nothing_to_take_down(self, command: Command, tmp_path: Path) -> None:
        status, _, err = command("--remove", "one", "--index", "whoosh:nowhere")
        assert status == 1
        assert "there is no index in nowhere" in err
        assert not (tmp_path / "nowhere").exists()


class TestWeb:
    @pytest.fixture
    def client(self, tmp_path: Path) -> Iterator[FlaskClient]:
        url = f"whoosh:{tmp_path / 'index'}"
        with open_engine(url) as engine:
            fill(engine, [NAMED, *OTHERS])
            take_down(engine, "named", "a/b")
        app = create_app(url)
        yield app.test_client()
        app.extensions[EXTENSION].close()

    @pytest.mark.parametrize(
        "address", ["articles/named", "articles/a/b", "similar?id=named", "story?id=named", "why?q=a&id=named"]
    )
    def test_a_program_is_told_that_it_is_gone(self, client: FlaskClient, address: str) -> None:
        response = client.get(f"/api/{address}")
        assert (response.status_code, response.content_type) == (410, "application/problem+json")
        assert response.json is not None
        assert response.json["title"] == "Gone"
        assert response.json["detail"] == "This article was taken out of the archive."
        assert client.get(f"/api/{address}".replace("named", "unknown").replace("a/b", "b/a")).status_code == 404

    @pytest.mark.parametrize(
        "address",
        ["articles/named", "story?id=named", "beside?id=named&with=1", "beside?id=1&with=named", "why?q=a&id=named"],
    )
    @pytest.mark.parametrize(("language", "said"), [("en", "was taken out"), ("de", "aus dem Archiv genommen")])
    def test_a_reader_is_told_so_in_words(self, client: FlaskClient, address: str, language: str, said: str) -> None:
        response = client.get(f"/{address}", headers={"Accept-Language": language})
        assert response.status_code == 410
        assert said in response.text
        assert client.get(f"/{address}".replace("named", "unknown")).status_code == 404

    def test_a_citation_is_refused(self, client: FlaskClient) -> None:
        assert client.get("/cite?id=named&as=bibtex").status_code == 410
        assert client.get("/cite?id=unknown&as=bibtex").status_code == 404
