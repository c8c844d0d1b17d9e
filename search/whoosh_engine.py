"""The embedded engine: a Whoosh index in a folder, read and written through `search.columnar`.

Beside the fields of `search.schema` its documents hold an `id`, the days and instants by which dates are searched and
sorted, the variants of accented words, and the article as JSON has it and its origin as stored fields.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields as names_of
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

from whoosh import fields, index, query, writing
from whoosh.analysis import Analyzer, Token
from whoosh.index import LockError

from search import analysis, ranking, schema
from search.abbreviations import is_abbreviation, long_form
from search.article import Article, from_stored, to_json
from search.columnar import facets as counting
from search.columnar.bulk import BulkWriter
from search.columnar.evaluate import Decay, Result, evaluate
from search.columnar.evaluate import Sort as ByColumn
from search.columnar.expand import MAX_EXPANSION
from search.columnar.queries import Near as NearQuery
from search.columnar.queries import SwapFuzzyTerm, Within
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
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words
from search.related import Related, related
from search.snippets import mark, snippet
from search.spelling import spellings

MAX_BUCKETS = 100  # values of one facet, selected ones beside
LOCK_WAIT = 10.0  # seconds a second writer waits
OPEN_TRIES = 20  # while another process commits, Whoosh's table of contents may point at files already gone
OPEN_PAUSE = 0.05  # seconds between them
SHORTEST_CORRECTED = 4  # letters; shorter words have too many neighbours for a correction to mean anything
LONGEST_ONE_EDIT = 5  # letters; longer unknown words are corrected by up to two edits
RECENCY = Decay("instant", schema.HALF_LIFE.total_seconds() * 1_000_000)
BONUS = 0.1  # score for a form printed with just the accents that were typed
MONTHS_BY_DAY = 2  # the timeline is by day where it has so many months,
MONTHS_BY_MONTH = 60  # by month up to so many, by year above

_VERSION_FIELD = f"schema_version_{schema.SCHEMA_VERSION}"
_ORIGIN = tuple(field.name for field in names_of(Origin))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WordAnalyzer(Analyzer):  # type: ignore[misc]
    """Whoosh's door to `search.analysis`, and the bulk writer's (`search.columnar.analysis.WordAnalyzer`).

    form: `stem` or `exact`
    """

    gap = analysis.PARAGRAPH_GAP
    leap = analysis.BODY_START
    renumber = False

    def __init__(self, form: str) -> None:
        self.form = form

    def __call__(self, value: str, positions: bool = False, mode: str = "", **_: Any) -> Iterator[Token]:
        token = Token(positions, mode=mode, boost=1.0, stopped=False)
        for form, token.pos, _start, _end in analysis.tokens(*analysis.unmarked(value)):
            token.text = getattr(form, self.form)
            yield token

    def pass_key(self) -> Hashable:
        return WordAnalyzer

    def chunks(self, text: str) -> list[str]:
        return analysis.chunks(text)

    def tokens(self, chunk: str) -> list[str]:
        return analysis.words(chunk)

    def terms(self, token: str) -> tuple[str, ...]:
        return tuple(getattr(form, self.form) for form in analysis.terms(token))


def whoosh_schema() -> fields.Schema:
    stems, words = WordAnalyzer("stem"), WordAnalyzer("exact")
    built = fields.Schema(
        id=fields.ID(unique=True),
        text=fields.TEXT(analyzer=stems),
        exact=fields.TEXT(analyzer=words),
        variants=fields.KEYWORD(),
        day=fields.NUMERIC(int, sortable=True),  # days since 1970
        instant=fields.NUMERIC(int, bits=64, sortable=True),  # microseconds since 1970
        article=fields.STORED,
        origin=fields.STORED,
    )
    built.add(_VERSION_FIELD, fields.STORED)
    for field in schema.FIELDS:
        if field.kind is schema.Kind.TEXT and field.own:
            built.add(field.name, fields.TEXT(analyzer=stems))
            built.add(_exact_field(field.name), fields.TEXT(analyzer=words))
        elif field.kind is schema.Kind.NAMES:
            built.add(field.name, fields.TEXT(analyzer=words))
        if field.facet:
            built.add(_key(field.name), fields.KEYWORD())
    return built


def _key(field: str) -> str:
    return f"{field}_key"


def _exact_field(field: str | None) -> str:
    """Where a field's words stand as written."""
    if field is None or field == "body":
        return "exact"
    return field if field in _NAMES else f"{field}_exact"


def _stem_field(field: str | None) -> str:
    """Where bare words of a field are searched."""
    return "text" if field is None or field == "body" else field


_NAMES = frozenset(field.name for field in schema.FIELDS if field.kind is schema.Kind.NAMES)


class WhooshEngine:
    """An index in a folder of this machine. Totals, facets and timeline are exact. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._ix: Any = None
        self._searcher: Any = None
        self._generation = -1
        self._rebuilding = False  # then what another version stored can still be read, to be carried over

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
            return from_stored(stored["article"]) if stored else None

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
                yield Origin(**stored["origin"])

    @contextmanager
    def writer(self, *, rebuild: bool = False, jobs: int = 1) -> Iterator[_Writer]:
        try:
            ix = self._open_index()
            _check_version(ix, self._folder, rebuild)
            created = False
        except IndexMissing:
            ix, created = _create(self._folder), True
        try:
            whoosh_writer = BulkWriter(ix, procs=jobs, timeout=LOCK_WAIT)
        except LockError:
            raise IndexLocked(f"another indexer is writing to {self._folder}; try again when it has ended") from None
        whoosh_writer.schema = whoosh_schema()
        self._rebuilding = rebuild
        with ix.reader() as before:
            try:
                yield _Writer(whoosh_writer, None if rebuild else before)
            except BaseException:
                whoosh_writer.cancel()
                if created:  # or a first run that fails would leave an empty archive that looks ready
                    self._folder.joinpath("_MAIN_0.toc").unlink()
                raise
            finally:
                self._rebuilding = False
        with _translating_errors():
            whoosh_writer.commit(mergetype=writing.CLEAR if rebuild else writing.MERGE_SMALL)

    def _current(self) -> Any:
        """A searcher over the newest commit."""
        if self._searcher is not None:
            if self._ix.latest_generation() == self._generation:
                return self._searcher
            self.close()
        self._ix = self._open_index()
        _check_version(self._ix, self._folder, self._rebuilding)
        self._searcher = self._ix.searcher(weighting=ranking.BM25())
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


@contextmanager
def _translating_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(f"the index cannot be written ({error.strerror or error}); it is as it was before") from error


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
        with _translating_errors():
            self._writer.add_document(**_document(article, origin))

    def delete(self, article_id: str) -> None:
        if self._before is not None and ("id", article_id) in self._before:
            for number in self._before.postings("id", article_id).all_ids():
                self._writer.delete_document(number)


def _document(article: Article, origin: Origin) -> dict[str, Any]:
    combined = schema.combined(article)
    text = analysis.marked(combined, article.language)
    document: dict[str, Any] = {
        "id": article.id,
        "text": text,
        "exact": text,
        "article": to_json(article),
        "origin": {name: getattr(origin, name) for name in _ORIGIN},
    }
    if variants := analysis.variants(combined):
        document["variants"] = sorted(variants)
    if article.day is not None and article.instant is not None:
        document["day"] = _days(article.day)
        document["instant"] = _microseconds(article.instant)
    for field in schema.FIELDS:
        values = schema.values(article, field.name)
        if not values:
            continue
        if field.kind is not schema.Kind.KEYWORD and field.own:
            joined = schema.joined(article, field.name)
            text = analysis.marked(joined, article.language if field.kind is schema.Kind.TEXT else None)
            document[field.name] = document[_exact_field(field.name)] = text
        if field.facet:
            document[_key(field.name)] = list(dict.fromkeys(values))
    return document


def _days(day: date) -> int:
    return (day - _EPOCH.date()).days


def _microseconds(moment: datetime) -> int:
    past = moment - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


class _Compiler:
    """From our queries to Whoosh's, for one searcher: accents and beginnings depend on the words of its archive."""

    def __init__(self, searcher: Any) -> None:
        self._reader = searcher.reader()
        self.languages = tuple(searcher.weighting.languages(searcher))
        self.spellings: dict[str, tuple[str, ...]] = {}  # that bare words are searched by too
        self._expanding: dict[Any, str] = {}  # what a reader typed for a query that stands for many terms
        self._cut: list[str] = []

    def compile(self, node: Query) -> Any:
        match node:
            case All():
                return query.Every()
            case Word(text, field):
                return self._word(text, field)
            case Phrase(text, field):
                return _within(_phrase(_exact_field(field), _words(text)), field)
            case Near(text, distance, field):
                words = list(dict.fromkeys(_words(text)))
                return _within(NearQuery(_exact_field(field), words, distance) if words else query.NullQuery, field)
            case Prefix(text, field):
                return _within(self._prefix(text, _exact_field(field)), field)
            case Fuzzy(text, edits, field):
                return self._fuzzy(text, edits, field)
            case Between(start, end):
                return query.NumericRange(
                    "day",
                    None if start is None else _days(start),
                    None if end is None else _days(end),
                    endexcl=True,
                )
            case OneOf(field, values):
                return query.Or([query.Term(_key(field), value) for value in values])
            case Words(parts) | And(parts):
                return query.And([self.compile(part) for part in parts])
            case Or(parts):
                return query.Or([self.compile(part) for part in parts])
            case Not(part):
                return query.Not(self._as_typed(part))

    def _as_typed(self, node: Query) -> Any:
        spellings, self.spellings = self.spellings, {}
        try:
            return self.compile(node)
        finally:
            self.spellings = spellings

    def other_spellings(self, text: str) -> tuple[str, ...]:
        """Of a bare word, those that the archive prints so often that they are no misprints."""
        words = _words(text)
        if len(words) != 1:
            return ()
        frequency = {other: self.frequency(Word(other)) for other in spellings(words[0])}
        least = max(1, schema.SPELT_LEAST * self.frequency(Word(text)))
        return tuple(other for other, count in frequency.items() if count >= least)

    def truncated(self, result: Result) -> tuple[str, ...]:
        """What was typed and stands for more terms than were searched."""
        cut = [self._expanding[expansion.query] for expansion in result.expansions]
        return tuple(dict.fromkeys(cut + self._cut))

    def frequency(self, part: Query) -> int:
        """About how many documents a part of a query matches, from above."""
        match part:
            case Word(text, field) if field not in _NAMES:
                fieldname = _stem_field(field)
                typed = (text, *self._others(text, field))
                return sum(self._least(fieldname, _stems(one, code)) for one in typed for code in self.languages)
            case Word(text, field) | Phrase(text, field) | Near(text, _, field):
                return self._least(_exact_field(field), _words(text))
            case _:
                return int(self._reader.doc_count())

    def _least(self, fieldname: str, terms: list[str]) -> int:
        return min((self._reader.doc_frequency(fieldname, term) for term in terms), default=0)

    def _word(self, text: str, field: str | None) -> Any:
        if field in _NAMES:
            return _phrase(_exact_field(field), _words(text))
        stems = dict.fromkeys(
            tuple(_stems(one, language)) for one in (text, *self._others(text, field)) for language in self.languages
        )
        found, *others = (_within(_phrase(_stem_field(field), list(words)), field) for words in stems)
        if others:
            found = query.Or([found, *others])
        bonus = self._as_printed(text)
        return found if bonus is None else query.AndMaybe(found, query.ConstantScoreQuery(bonus, BONUS))

    def _others(self, text: str, field: str | None) -> tuple[str, ...]:
        return () if field else self.spellings.get(text, ())

    def _as_printed(self, text: str) -> Any | None:
        """What puts first the documents that print an accented word so; for a plain word, that print it plainly."""
        forms = [token.form for token in analysis.asked(text)]
        if len(forms) != 1:
            return None
        [form] = forms
        if form.variant is not None:
            return query.Term("variants", form.variant)
        variants = list(self._reader.expand_prefix("variants", f"{form.exact}{analysis.VARIANT}"))
        return query.Not(query.Or([query.Term("variants", variant) for variant in variants])) if variants else None

    def _prefix(self, text: str, fieldname: str) -> Any:
        words = _words(text)
        if not words:
            return query.NullQuery
        *whole, start = words
        if not whole:
            prefix = query.Prefix(fieldname, start)
            self._expanding[prefix] = text
            return prefix
        beginnings = [term.decode("utf-8") for term in self._reader.expand_prefix(fieldname, start)]
        if len(beginnings) > MAX_EXPANSION:
            self._cut.append(text)
            beginnings.sort(key=lambda term: -self._reader.doc_frequency(fieldname, term))
        return query.Or([_phrase(fieldname, [*whole, word]) for word in beginnings[:MAX_EXPANSION]])

    def _fuzzy(self, text: str, edits: int, field: str | None) -> Any:
        """Nearer words count more: once for every number of edits that admits them."""
        word = "".join(_words(text))
        nearer = [SwapFuzzyTerm(_exact_field(field), word, maxdist=distance) for distance in range(1, edits + 1)]
        self._expanding |= dict.fromkeys(nearer, text)
        return query.Or([_within(one, field) for one in nearer]) if word else query.NullQuery


def _spelt(node: Query, others: Mapping[str, tuple[str, ...]]) -> Query:
    """The query with the other spellings of its bare words, as what is shown of an article marks them."""
    match node:
        case Word(text, None) if text in others:
            return Or((node, *map(Word, others[text])))
        case Words(parts) | And(parts) | Or(parts):
            return type(node)(tuple(_spelt(part, others) for part in parts))
        case _:
            return node


def _phrase(fieldname: str, words: list[str]) -> Any:
    if not words:
        return query.NullQuery
    return query.Term(fieldname, words[0]) if len(words) == 1 else query.Phrase(fieldname, words)


def _within(compiled: Any, field: str | None) -> Any:
    return Within(compiled, analysis.BODY_START) if field == "body" and compiled != query.NullQuery else compiled


def _stems(text: str, language: str) -> list[str]:
    return [term for term, _ in analysis.stems(text, language)]


def _words(text: str) -> list[str]:
    return [term for term, _ in analysis.exact(text)]


class _Answer:
    """One search over one generation."""

    def __init__(self, searcher: Any, generation: int, search: Search) -> None:
        self._searcher = searcher
        self._reader = searcher.reader()
        self._generation = generation
        self._search = search
        self._compiler = _Compiler(searcher)
        self._rarities: dict[Query, float] = {}  # asked for by every hit

    def page(self) -> Page:
        search = self._search
        understood, ignored = analysis.without_stop_words(search.query)
        if search.spellings:
            self._compiler.spellings = self._spellings(ranking.bare_words(understood))
        if search.match is Match.ANY:
            understood = analysis.loosen(understood)
        asked, relaxed, suggestion = understood, False, None
        result = self._result(asked)
        least = schema.RELAX_BELOW if ranking.is_question(asked) else 1
        if result.total < least and (found := self._hits(asked)) < least:
            suggestion = None if found else self._suggestion(understood)
            if (
                search.match is Match.AUTO
                and (looser := analysis.loosen(understood)) != understood
                and self._hits(looser)
            ):
                asked, relaxed = looser, True
                result = self._result(asked)
        helped = relaxed and search.related and self._order() is None
        also = self._related(asked) if helped and result.total > schema.RELATED_FROM else ()
        if also:
            result = self._result(asked, also)
        timeline, interval = self._timeline(asked, result)
        scores = result.scores.tolist() if self._order() is None else [0.0] * len(result.docs)
        shown = _spelt(asked, self._compiler.spellings)
        return Page(
            hits=tuple(
                self._hit(number, score, shown) for number, score in zip(result.docs.tolist(), scores, strict=True)
            ),
            total=result.total,
            facets={field: self._facet(field, result) for field in schema.FACETS},
            timeline=timeline,
            interval=interval,
            generation=self._generation,
            relaxed=relaxed,
            ignored=ignored,
            truncated=self._compiler.truncated(result),
            related=tuple(one.word for one in also),
            spellings=self._compiler.spellings,
            suggestion=suggestion,
        )

    def _result(self, node: Query, also: tuple[Related, ...] = ()) -> Result:
        """also: words that touch the order, and find nothing by themselves"""
        search = self._search
        compiled = self._compiler.compile(node)
        if also:
            share = schema.RELATED * len(ranking.bare_words(node))
            terms = [query.Term("text", one.stem, boost=share * one.weight) for one in also]
            compiled = query.AndMaybe(compiled, query.Or(terms))
        return evaluate(
            self._searcher,
            compiled,
            limit=search.size,
            offset=(search.page - 1) * search.size,
            sort=self._order(),
            decay=RECENCY if search.sort is Sort.RECENT else None,
            filters=self._filters(),
            facets=[counting.Facet(_key(field)) for field in schema.FACETS],
            histogram=counting.Histogram("day", counting.Interval.MONTH),
            proximity=ranking.proximity(node, self._compiler.languages),
        )

    def _spellings(self, words: list[str]) -> dict[str, tuple[str, ...]]:
        """How else bare words are to be searched. In a query all in capitals no word is an abbreviation for them."""
        shout = len(words) > 1 and all(map(str.isupper, words))
        spelt = {}
        for word in dict.fromkeys(words):
            whole = self._long_form(word) if is_abbreviation(word) and not shout else None
            others = (*([whole] if whole else []), *self._compiler.other_spellings(word))
            if others:
                spelt[word] = others
        return spelt

    def _long_form(self, abbreviation: str) -> str | None:
        """What the best articles that have it say it stands for."""
        compiled = self._compiler.compile(Word(abbreviation))
        best = evaluate(self._searcher, compiled, limit=schema.DEFINED_IN).docs.tolist()
        articles = (from_stored(self._reader.stored_fields(number)["article"]) for number in best)
        return long_form(abbreviation, (article.body for article in articles))

    def _related(self, node: Query) -> tuple[Related, ...]:
        """Words of the best articles for a question, whatever the filters; none for a search of few words."""
        if not ranking.is_question(node):
            return ()
        found = evaluate(
            self._searcher,
            self._compiler.compile(node),
            limit=schema.RELATED_FROM,
            proximity=ranking.proximity(node, self._compiler.languages),
        )
        best = [
            (from_stored(self._reader.stored_fields(number)["article"]), score)
            for number, score in zip(found.docs.tolist(), found.scores.tolist(), strict=True)
        ]
        count, frequency = self._reader.doc_count_all(), self._reader.doc_frequency
        return related(best, count, lambda stem: int(frequency("text", stem)))

    def _hits(self, node: Query) -> int:
        """How many, without the filters, so that adding a filter never raises a count."""
        return evaluate(self._searcher, self._compiler.compile(node), limit=0).total

    def _order(self) -> ByColumn | None:
        sort = self._search.sort
        if sort in (Sort.RELEVANCE, Sort.RECENT) and not isinstance(self._search.query, All):
            return None
        return ByColumn("instant", descending=sort is not Sort.OLDEST)

    def _filters(self) -> dict[str, Any]:
        """By the key field of a facet, whose own counts ignore it; others by their place."""
        return {
            _key(part.field) if isinstance(part, OneOf) else str(place): self._compiler.compile(part)
            for place, part in enumerate(self._search.filters)
        }

    def _hit(self, number: int, score: float, asked: Query) -> Hit:
        article = from_stored(self._reader.stored_fields(number)["article"])
        return Hit(
            article=article,
            score=score,
            snippet=snippet(article.body, asked, self._rarity, article.language),
            title_pieces=mark(article.title, asked, "title", article.language) if article.title else (),
        )

    def _rarity(self, part: Query) -> float:
        rarity = self._rarities.get(part)
        if rarity is None:
            rarity = math.log(1 + self._reader.doc_count() / (1 + self._compiler.frequency(part)))
            self._rarities[part] = rarity
        return rarity

    def _facet(self, field: str, result: Result) -> tuple[Bucket, ...]:
        counts = dict(result.facets[_key(field)])
        chosen = {
            value: None
            for part in self._search.filters
            if isinstance(part, OneOf) and part.field == field
            for value in part.values
        }
        shown = list(islice(counts, MAX_BUCKETS))  # they come by falling count
        shown += [value for value in chosen if value not in shown]
        return tuple(Bucket(value, counts.get(value, 0), value in chosen) for value in shown)

    def _timeline(self, asked: Query, result: Result) -> tuple[tuple[TimeBucket, ...], Interval]:
        months = result.histogram
        if not months:
            return (), Interval.YEAR
        first, last = months[0][0], months[-1][0]
        stretch = (last.year - first.year) * 12 + last.month - first.month + 1
        if stretch <= MONTHS_BY_DAY:
            by_day = counting.Histogram("day", counting.Interval.DAY)
            compiled = self._compiler.compile(asked)
            days = evaluate(self._searcher, compiled, limit=0, filters=self._filters(), histogram=by_day).histogram
            return tuple(TimeBucket(day, count) for day, count in days), Interval.DAY
        if stretch <= MONTHS_BY_MONTH:
            return tuple(TimeBucket(month, count) for month, count in months), Interval.MONTH
        years: Counter[int] = Counter()
        for month, count in months:
            years[month.year] += count
        return tuple(TimeBucket(date(year, 1, 1), years[year]) for year in sorted(years)), Interval.YEAR

    def _suggestion(self, understood: Query) -> str | None:
        """The query with each unknown bare word replaced by the archive's nearest, where that has hits."""
        corrected = self._corrected(understood)
        return render(corrected) if corrected != understood and self._hits(corrected) else None

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
        if len(words) != 1 or len(words[0]) < SHORTEST_CORRECTED or self._compiler.frequency(Word(text)):
            return text
        for edits in range(1, 2 if len(words[0]) <= LONGEST_ONE_EDIT else 3):
            near = SwapFuzzyTerm("exact", words[0], maxdist=edits)._btexts(self._reader)
            best = max(near, key=lambda term: self._reader.doc_frequency("exact", term), default=None)
            if best is not None:
                return str(best.decode("utf-8"))
        return text
