"""The embedded engine: a Whoosh index in a folder.

Beside the fields of `search.schema` its documents hold an `id`, the days and instants by which dates are searched and
sorted, and the article with its origin as stored JSON.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA
from whoosh import fields, index, query, scoring, writing
from whoosh.analysis import Analyzer, Token
from whoosh.index import LockError

from search import analysis, schema
from search.article import Article, from_json, to_json
from search.engine import (
    Bucket,
    EngineError,
    Hit,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    Interval,
    Match,
    Origin,
    Page,
    Search,
    Sort,
    TimeBucket,
)
from search.parse import render
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words, loosen
from search.snippets import mark, snippet
from search.whoosh_queries import Complement, Positions

MAX_EXPANSIONS = 1_000  # words that one prefix or fuzzy word may stand for; the most frequent are kept
MAX_BUCKETS = 100  # values of one facet, selected ones beside
LOCK_WAIT = 10.0  # seconds a second writer waits
OPEN_TRIES = 20  # while another process commits, Whoosh's table of contents may point at files already gone
OPEN_PAUSE = 0.05  # seconds between them
SHORTEST_CORRECTED = 4  # letters; shorter words have too many neighbours for a correction to mean anything
LONGEST_ONE_EDIT = 5  # letters; longer unknown words are corrected by up to two edits
BONUS = 0.1  # score for a form printed with just the accents that were typed
DAYS_BY_DAY = 62  # the timeline is by day for a stretch of so many days,
DAYS_BY_MONTH = 5 * 366  # by month up to so many, by year above

_VERSION_FIELD = f"schema_version_{schema.SCHEMA_VERSION}"
_UNDATED = -(2**62)  # microseconds: before the first day of the calendar
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WordAnalyzer(Analyzer):  # type: ignore[misc]
    """Whoosh's door to `search.analysis`; `terms` names the function, so that the schema can be stored."""

    def __init__(self, terms: str) -> None:
        self.terms = terms

    def __call__(self, value: str, positions: bool = False, mode: str = "", **_: Any) -> Iterator[Token]:
        token = Token(positions, mode=mode, boost=1.0, stopped=False)
        for token.text, token.pos in getattr(analysis, self.terms)(value):
            yield token


def whoosh_schema() -> fields.Schema:
    stems, words = WordAnalyzer("stems"), WordAnalyzer("exact")
    built = fields.Schema(
        id=fields.ID(unique=True),
        text=fields.TEXT(analyzer=stems),
        exact=fields.TEXT(analyzer=words),
        day=fields.NUMERIC(int, shift_step=0, sortable=True),
        instant=fields.NUMERIC(int, bits=64, sortable=True),
        article=fields.STORED,
        origin=fields.STORED,
    )
    built.add(_VERSION_FIELD, fields.STORED)
    for field in schema.FIELDS:
        if field.kind is schema.Kind.TEXT and field.own:
            built.add(field.name, fields.TEXT(analyzer=stems))
            built.add(f"{field.name}_exact", fields.TEXT(analyzer=words))
        elif field.kind is schema.Kind.NAMES:
            built.add(field.name, fields.TEXT(analyzer=words))
        if field.facet:
            built.add(_key(field.name), fields.KEYWORD())
    return built


def _key(field: str) -> str:
    return f"{field}_key"


class WhooshEngine:
    """An index in a folder of this machine. Totals, facets and timeline are exact. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._ix: Any = None
        self._searcher: Any = None
        self._generation = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            if self._searcher is not None:
                self._searcher.close()
                self._searcher = None

    def search(self, search: Search) -> Page:
        with self._lock:
            return _Answer(self._current(), self._generation, search).page()

    def get(self, article_id: str) -> Article | None:
        with self._lock:
            stored = self._current().document(id=article_id)
            return from_json(json.loads(stored["article"])) if stored else None

    def count(self) -> int:
        with self._lock:
            return int(self._current().reader().doc_count())

    def generation(self) -> int:
        with self._lock:
            self._current()
            return self._generation

    def origins(self) -> Iterator[Origin]:
        with self._lock:
            reader = self._current().reader()
            for _, stored in reader.iter_docs():
                origin = json.loads(stored["origin"])
                yield Origin(**origin | {"indexed": datetime.fromisoformat(origin["indexed"])})

    @contextmanager
    def writer(self, *, rebuild: bool = False) -> Iterator[_Writer]:
        try:
            ix = self._open_index()
            _check_version(ix, self._folder, rebuild)
        except IndexMissing:
            ix = _create(self._folder)
        try:
            whoosh_writer = ix.writer(timeout=LOCK_WAIT, limitmb=256)
        except LockError:
            raise IndexLocked(f"another indexer is writing to {self._folder}; try again when it has ended") from None
        whoosh_writer.schema = whoosh_schema()
        with ix.reader() as before:
            try:
                yield _Writer(whoosh_writer, None if rebuild else before)
            except BaseException:
                whoosh_writer.cancel()
                raise
        whoosh_writer.commit(mergetype=writing.CLEAR if rebuild else writing.MERGE_SMALL)

    def _current(self) -> Any:
        """A searcher over the newest commit."""
        if self._searcher is not None:
            if self._ix.latest_generation() == self._generation:
                return self._searcher
            self.close()
        self._ix = self._open_index()
        _check_version(self._ix, self._folder, rebuild=False)
        self._searcher = self._ix.searcher(weighting=scoring.BM25F(B=schema.B, K1=schema.K1))
        self._generation = self._ix.latest_generation()
        return self._searcher

    def _open_index(self) -> Any:
        for _ in range(OPEN_TRIES):
            if not any(self._folder.glob("_MAIN_*.toc")):
                raise IndexMissing(f"there is no index in {self._folder} yet; run: python -m indexer")
            try:
                return index.open_dir(self._folder)
            except (OSError, index.EmptyIndexError) as error:
                cause = error
                time.sleep(OPEN_PAUSE)
            except Exception as error:  # Whoosh raises whatever its unpickling and unpacking meet
                raise IndexDamaged(_damaged(self._folder, error)) from error
        raise IndexDamaged(_damaged(self._folder, cause)) from cause


def _damaged(folder: Path, cause: Exception) -> str:
    return f"the index in {folder} cannot be read ({cause}); move it away and index again"


def _check_version(ix: Any, folder: Path, rebuild: bool) -> None:
    if _VERSION_FIELD not in ix.schema and not rebuild:
        raise IndexOutdated(f"the index in {folder} was written by another version; run: python -m indexer --rebuild")


def _create(folder: Path) -> Any:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return index.create_in(folder, whoosh_schema())
    except OSError as error:
        raise EngineError(f"cannot write an index to {folder}: {error.strerror or error}") from error


class _Writer:
    def __init__(self, whoosh_writer: Any, before: Any | None) -> None:
        self._writer = whoosh_writer
        self._before = before  # the index as it was, None where nothing of it stays
        self._put: set[str] = set()

    def put(self, article: Article, origin: Origin) -> None:
        if article.id in self._put:
            raise ValueError(f"{article.id!r} was put before in this block")
        self._put.add(article.id)
        self.delete(article.id)
        self._writer.add_document(**_document(article, origin))

    def delete(self, article_id: str) -> None:
        if self._before is not None and ("id", article_id) in self._before:
            for number in self._before.postings("id", article_id).all_ids():
                self._writer.delete_document(number)


def _document(article: Article, origin: Origin) -> dict[str, Any]:
    combined = schema.combined(article)
    document: dict[str, Any] = {
        "id": article.id,
        "text": combined,
        "exact": combined,
        "day": 0 if article.day is None else article.day.toordinal(),
        "instant": _UNDATED if article.instant is None else _microseconds(article.instant),
        "article": json.dumps(to_json(article), ensure_ascii=False),
        "origin": json.dumps(
            {name: getattr(origin, name) for name in ("article_id", "source", "path", "digest")}
            | {"indexed": origin.indexed.isoformat()}
        ),
    }
    for field in schema.FIELDS:
        values = schema.values(article, field.name)
        if not values:
            continue
        if field.kind is not schema.Kind.KEYWORD and field.own:
            document[field.name] = schema.joined(article, field.name)
            if field.kind is schema.Kind.TEXT:
                document[f"{field.name}_exact"] = document[field.name]
        if field.facet:
            document[_key(field.name)] = list(dict.fromkeys(values))
    return document


def _microseconds(moment: datetime) -> int:
    past = moment - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


class _Compiler:
    """From our queries to Whoosh's, for one searcher: expansions and accents depend on the words of its archive."""

    def __init__(self, searcher: Any) -> None:
        self._reader = searcher.reader()
        self.truncated: list[str] = []

    def compile(self, node: Query) -> Any:
        match node:
            case All():
                return query.Every()
            case Word(text, field):
                return self._word(text, field)
            case Phrase(text, field):
                return self._side_by_side(_exact_field(field), [(term,) for term in _words(text)], field)
            case Near(text, distance, field):
                parts = [(term,) for term in dict.fromkeys(_words(text))]
                return Positions(_exact_field(field), parts, distance=distance, start=_start(field))
            case Prefix(text, field):
                *whole, start = _words(text) or [""]
                expanded = self._bounded(text, self._beginning(_exact_field(field), start), field)
                return self._side_by_side(_exact_field(field), [*((term,) for term in whole), tuple(expanded)], field)
            case Fuzzy(text, edits, field):
                word = "".join(_words(text))
                expanded = self._bounded(text, self._alike(_exact_field(field), word, edits), field)
                return self._side_by_side(_exact_field(field), [tuple(expanded)], field)
            case Between(start, end):
                last = date.max.toordinal() if end is None else end.toordinal() - 1
                days = query.NumericRange("day", 1 if start is None else start.toordinal(), last)
                return query.ConstantScoreQuery(days, 1.0)
            case OneOf(field, values):
                return query.ConstantScoreQuery(query.Or([query.Term(_key(field), value) for value in values]), 1.0)
            case Words(parts) | And(parts):
                return query.And([self.compile(part) for part in parts])
            case Or(parts):
                return query.Or([self.compile(part) for part in parts])
            case Not(part):
                return Complement(self.compile(part))

    def _word(self, text: str, field: str | None) -> Any:
        if field in ("author", "publisher", "place"):
            return self._side_by_side(field, [(term,) for term in _words(text)], field)
        stemmed = _stem_field(field)
        found = self._side_by_side(stemmed, [(term,) for term, _ in analysis.stems(text)], field)
        bonus = self._as_printed(text, field)
        return found if bonus is None else query.AndMaybe(found, bonus)

    def _as_printed(self, text: str, field: str | None) -> Any | None:
        """Puts first what prints an accented word just so; for a plain word, what never prints it accented."""
        forms = [token.form for token in analysis.tokens(text)]
        if len(forms) != 1:
            return None
        [form], words = forms, _exact_field(field)
        if form.variant is not None:
            return query.ConstantScoreQuery(query.Term(words, form.variant), BONUS)
        accented = list(self._reader.expand_prefix(words, f"{form.exact}{analysis.VARIANT}"))
        if not accented:
            return None
        return query.ConstantScoreQuery(Complement(query.Or([query.Term(words, term) for term in accented])), BONUS)

    def _side_by_side(self, fieldname: str, parts: list[tuple[str, ...]], field: str | None) -> Any:
        if not parts or not all(parts):
            return query.NullQuery
        if len(parts) == 1 and not _start(field):
            terms = [query.Term(fieldname, term) for term in parts[0]]
            return terms[0] if len(terms) == 1 else query.Or(terms)
        return Positions(fieldname, parts, start=_start(field))

    def _beginning(self, fieldname: str, start: str) -> list[str]:
        found = (term.decode("utf-8") for term in self._reader.expand_prefix(fieldname, start))
        return [term for term in found if analysis.VARIANT not in term]

    def _alike(self, fieldname: str, word: str, edits: int) -> list[str]:
        lexicon = [term.decode("utf-8") for term in self._reader.lexicon(fieldname)]
        return [term for term, _, _ in _similar(word, lexicon, edits)]

    def _bounded(self, text: str, terms: list[str], field: str | None) -> list[str]:
        if len(terms) <= MAX_EXPANSIONS:
            return terms
        self.truncated.append(text)
        fieldname = _exact_field(field)
        return sorted(terms, key=lambda term: -self._reader.doc_frequency(fieldname, term))[:MAX_EXPANSIONS]


def _similar(word: str, lexicon: Iterable[str], edits: int) -> list[tuple[str, int, int]]:
    """Words at most so many edits away, as (word, edits, place in the lexicon), nearest first."""
    found = process.extract(word, lexicon, scorer=OSA.distance, score_cutoff=edits, limit=None)  # type: ignore[arg-type]
    return [(term, int(distance), place) for term, distance, place in found if analysis.VARIANT not in term]


def _words(text: str) -> list[str]:
    return [token.form.exact for token in analysis.tokens(text)]


def _exact_field(field: str | None) -> str:
    if field is None or field == "body":
        return "exact"
    return f"{field}_exact" if field in ("title", "captions") else field


def _stem_field(field: str | None) -> str:
    return "text" if field is None or field == "body" else field


def _start(field: str | None) -> int:
    return analysis.BODY_START if field == "body" else 0


class _Answer:
    """One search over one generation."""

    def __init__(self, searcher: Any, generation: int, search: Search) -> None:
        self._searcher = searcher
        self._reader = searcher.reader()
        self._generation = generation
        self._search = search
        self._compiler = _Compiler(searcher)

    def page(self) -> Page:
        search = self._search
        understood, ignored = analysis.without_stop_words(search.query)
        if search.match is Match.ANY:
            understood = loosen(understood)
        scores = self._run(understood)
        relaxed, suggestion = False, None
        if not scores:
            suggestion = self._suggestion(understood)
            if search.match is Match.AUTO and (looser := loosen(understood)) != understood:
                scores = self._run(looser)
                relaxed = bool(scores)
        selections = {part.field: part for part in search.filters if isinstance(part, OneOf)}
        passing = {part: set(self._run(part)) for part in search.filters}
        documents = _narrowed(scores, passing.values())
        days = self._column("day", documents)
        first = (search.page - 1) * search.size
        order = self._order(documents, scores)[first : first + search.size]
        timeline, interval = _timeline([date.fromordinal(day) for day in days.values() if day])
        return Page(
            hits=tuple(self._hit(number, scores, understood) for number in order),
            total=len(documents),
            facets={
                field: self._facet(
                    field,
                    _narrowed(scores, (passing[part] for part in passing if part != selections.get(field))),
                    selections[field].values if field in selections else (),
                )
                for field in schema.FACETS
            },
            timeline=timeline,
            interval=interval,
            generation=self._generation,
            relaxed=relaxed,
            ignored=ignored,
            truncated=tuple(dict.fromkeys(self._compiler.truncated)),
            suggestion=suggestion,
        )

    def _run(self, node: Query) -> dict[int, float]:
        """Every matching document with its score."""
        compiled = self._compiler.compile(node)
        scores: dict[int, float] = {}
        for leaf, offset in self._searcher.leaf_searchers():
            matcher = compiled.matcher(leaf, leaf.context(needs_current=True))
            while matcher.is_active():
                scores[offset + matcher.id()] = matcher.score()
                matcher.next()
        return scores

    def _order(self, documents: set[int], scores: dict[int, float]) -> list[int]:
        when = self._column("instant", documents)
        sort = self._search.sort
        if sort is Sort.RELEVANCE and not isinstance(self._search.query, All):
            return sorted(documents, key=lambda number: (-scores[number], -when[number], number))
        if sort is Sort.OLDEST:
            return sorted(documents, key=lambda number: (when[number] == _UNDATED, when[number], number))
        return sorted(documents, key=lambda number: (-when[number], number))

    def _column(self, name: str, documents: set[int]) -> dict[int, int]:
        column = self._reader.column_reader(name) if documents else ()  # an empty index has no columns
        return {number: column[number] for number in documents}

    def _hit(self, number: int, scores: dict[int, float], understood: Query) -> Hit:
        article = from_json(json.loads(self._reader.stored_fields(number)["article"]))
        return Hit(
            article=article,
            score=scores[number] if self._search.sort is Sort.RELEVANCE else 0.0,
            snippet=snippet(article.body, understood, self._rarity),
            title_pieces=mark(article.title, understood, "title") if article.title else (),
        )

    def _rarity(self, part: Query) -> float:
        frequency = self._compiler.compile(part).estimate_size(self._reader)
        return math.log(1 + self._reader.doc_count() / (1 + frequency))

    def _facet(self, field: str, documents: set[int], selected: tuple[str, ...]) -> tuple[Bucket, ...]:
        name = _key(field)
        counts = Counter(
            {
                term.decode("utf-8"): sum(
                    1 for number in self._reader.postings(name, term).all_ids() if number in documents
                )
                for term in self._reader.lexicon(name)
            }
        )
        ranked = sorted((value for value in counts if counts[value]), key=lambda value: (-counts[value], value))
        shown = ranked[:MAX_BUCKETS]
        shown += [value for value in selected if value not in shown]
        return tuple(Bucket(value, counts[value], value in selected) for value in shown)

    def _suggestion(self, understood: Query) -> str | None:
        """The query with each unknown bare word replaced by the archive's nearest, where that has hits."""
        corrected = self._corrected(understood)
        return render(corrected) if corrected != understood and self._run(corrected) else None

    def _corrected(self, node: Query) -> Query:
        match node:
            case Word(text, None):
                return replace(node, text=self._nearest(text))
            case Words(parts) | And(parts) | Or(parts):
                return type(node)(tuple(self._corrected(part) for part in parts))
            case _:
                return node

    def _nearest(self, text: str) -> str:
        """The most frequent of the archive's words fewest edits away, for a word that the archive does not know."""
        words = _words(text)
        if len(words) != 1 or len(words[0]) < SHORTEST_CORRECTED:
            return text
        if self._compiler.compile(Word(text)).estimate_size(self._reader):
            return text
        edits = 1 if len(words[0]) <= LONGEST_ONE_EDIT else 2
        lexicon = [term.decode("utf-8") for term in self._reader.lexicon("exact")]
        near = _similar(words[0], lexicon, edits)
        return min(near, key=lambda found: (found[1], -self._reader.frequency("exact", found[0])))[0] if near else text


def _narrowed(scores: dict[int, float], sets: Iterable[set[int]]) -> set[int]:
    documents = set(scores)
    for passing in sets:
        documents &= passing
    return documents


def _timeline(days: list[date]) -> tuple[tuple[TimeBucket, ...], Interval]:
    if not days:
        return (), Interval.YEAR
    stretch = (max(days) - min(days)).days
    if stretch <= DAYS_BY_DAY:
        interval, starts = Interval.DAY, Counter(days)
    elif stretch <= DAYS_BY_MONTH:
        interval, starts = Interval.MONTH, Counter(day.replace(day=1) for day in days)
    else:
        interval, starts = Interval.YEAR, Counter(day.replace(month=1, day=1) for day in days)
    return tuple(TimeBucket(start, starts[start]) for start in sorted(starts)), interval
