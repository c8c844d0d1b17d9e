"""What one generation of a Whoosh index says of the words that a search asks it for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from whoosh import query

from search import analysis, schema
from search.analysis import words_of
from search.columnar.cache import CACHE
from search.columnar.evaluate import evaluate
from search.columnar.leaf import Run, leaves_of
from search.columnar.lookup import words_of as looked_up
from search.columnar.queries import SwapFuzzyTerm
from search.corrections import MAX_NEAR
from search.deadline import Deadline, OutOfTime
from search.query import Fuzzy, Prefix, Query, Word
from search.receipt import MAX_FORMS, Form, Forms
from search.schema import exact_field, stem_field
from search.whoosh_compiler import Compiler, within

MAX_CANDIDATES = 512  # words with a stem's beginning that may be its forms: the most frequent
_ENTRY_BYTES = 300  # that a count or a form takes in the cache, about

T = TypeVar("T")


class WhooshArchive:
    """A `search.receipt.Archive` and a `search.corrections.Vocabulary`. Counts and forms are kept as long as the index
    stays as it is.

    known: how many articles some parts find, from the search itself

    Everything may raise OutOfTime.
    """

    def __init__(
        self, searcher: Any, generation: int, compiler: Compiler, known: Mapping[Query, int], deadline: Deadline
    ) -> None:
        self._searcher = searcher
        self._reader = searcher.reader()
        self._compiler = compiler
        self._known = known
        self._deadline = deadline
        segments = leaves_of(searcher, Run(CACHE, searcher.weighting))
        self._state = (generation, *(leaf.segment for leaf in segments))  # segments alone do not tell what is deleted

    def count(self, part: Query, *, as_typed: bool = False) -> int:
        if part in self._known and not as_typed:
            return self._known[part]
        spellings = () if as_typed else tuple(self._compiler.spellings.items())

        def counted() -> int:
            return self._count(self._compiler.as_typed(part) if as_typed else self._compiler.compile(part))

        return self._kept(("count", part, spellings), counted)

    def spellings(self, part: Query) -> tuple[Form, ...]:
        match part:
            case Word(text, None):
                others = self._compiler.spellings.get(text, ())
                return tuple(Form(other, self.count(Word(other), as_typed=True)) for other in others)
            case _:
                return ()

    def near(self, word: str, field: str | None, edits: int, *, same_first: bool) -> Mapping[str, int]:
        fuzzy = SwapFuzzyTerm(exact_field(field), word, maxdist=edits, prefixlength=int(same_first))
        return self._kept(("near", fuzzy), lambda: looked_up(self._searcher, fuzzy, MAX_NEAR)[0])

    def forms(self, part: Query) -> Forms:
        return self._kept(("forms", part), lambda: self._forms(part))

    def _forms(self, part: Query) -> Forms:
        match part:
            case Word(text, field) if field not in schema.NAMES_FIELDS and not analysis.has_cjk(text):
                words = words_of(text)
                return self._of_stem(words[0], field) if len(words) == 1 else Forms()
            case Prefix(text, field) if len(words := words_of(text)) == 1:
                expansion = query.Prefix(exact_field(field), words[0])
            case Fuzzy(text, edits, field) if words := words_of(text):
                expansion = SwapFuzzyTerm(exact_field(field), "".join(words), maxdist=edits)
            case _:
                return Forms()
        found, total = looked_up(self._searcher, expansion, MAX_FORMS)
        return Forms(self._counted(found, field), total - len(found))

    def _of_stem(self, word: str, field: str | None) -> Forms:
        """The words of the archive that share a word's stem in one of its languages."""
        stems, found = [], dict[str, int]()
        for language in self._compiler.languages:
            stem = analysis.stem(word, language)
            if not self._reader.doc_frequency(stem_field(field), stem):
                continue
            beginning = query.Prefix(exact_field(field), analysis.stem_beginning(stem))
            near, _ = looked_up(self._searcher, beginning, MAX_CANDIDATES)
            found |= {other: near[other] for other in analysis.of_stem(stem, list(near))}
            stems.append(within(query.Term(stem_field(field), stem), field))
        first = sorted(found, key=lambda other: (-found[other], other))[:MAX_FORMS]
        return Forms(self._counted(first, field, stems), len(found) - len(first))

    def _counted(self, words: Iterable[str], field: str | None, stems: Sequence[Any] = ()) -> tuple[Form, ...]:
        """stems: in an archive of several languages a word is a form only where it stands with one of them"""
        forms = []
        for word in words:
            found = within(query.Term(exact_field(field), word), field)
            if len(stems) and len(self._compiler.languages) > 1:
                found = query.And([found, query.Or(stems)])
            forms.append(Form(word, self._count(found)))
        return tuple(sorted((form for form in forms if form.count), key=lambda form: (-form.count, form.text)))

    def _count(self, compiled: Any) -> int:
        if type(compiled) is query.AndMaybe:  # what follows changes scores alone
            compiled = compiled.a
        if type(compiled) is query.Term and not self._reader.has_deletions():
            return int(self._reader.doc_frequency(compiled.fieldname, compiled.text))
        found = evaluate(self._searcher, compiled, limit=0, time_limit=self._deadline.left())
        if found.partial:
            raise OutOfTime
        return found.total

    def _kept(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        self._deadline.check()
        return CACHE.get((self._state, *key), make, _size)


def _size(kept: object) -> int:
    entries = len(kept.first) if isinstance(kept, Forms) else len(kept) if isinstance(kept, dict) else 0
    return _ENTRY_BYTES * (1 + entries)
