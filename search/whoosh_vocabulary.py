"""What the vocabulary of a Whoosh index says of the words that a search asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from whoosh import query

from search import analysis, schema
from search.analysis import words_of
from search.columnar.lookup import words_of as looked_up
from search.columnar.queries import SwapFuzzyTerm
from search.corrections import MAX_NEAR, Neighbours
from search.query import Fuzzy, Prefix, Query, Word
from search.receipt import MAX_FORMS, Form, Forms
from search.schema import exact_field, stem_field
from search.whoosh_compiler import within

MAX_CANDIDATES = 512  # words with a stem's beginning that may be its forms: the most frequent


def near(searcher: Any, words: Neighbours) -> Mapping[str, int]:
    fuzzy = SwapFuzzyTerm(exact_field(words.field), words.word, maxdist=words.edits, prefixlength=int(words.same_first))
    return looked_up(searcher, fuzzy, MAX_NEAR)[0]


class FormsOf:
    """Words that parts of a query stand for. total: how many documents a Whoosh query finds"""

    def __init__(self, searcher: Any, languages: Sequence[str], total: Callable[[Any], int]) -> None:
        self._searcher = searcher
        self._languages = languages
        self._total = total

    def __call__(self, part: Query) -> Forms:
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
        for language in self._languages:
            stem = analysis.stem(word, language)
            if not self._searcher.reader().doc_frequency(stem_field(field), stem):
                continue
            beginning = query.Prefix(exact_field(field), analysis.stem_beginning(stem))
            candidates, _ = looked_up(self._searcher, beginning, MAX_CANDIDATES)
            found |= {other: candidates[other] for other in analysis.of_stem(stem, list(candidates))}
            stems.append(within(query.Term(stem_field(field), stem), field))
        first = sorted(found, key=lambda other: (-found[other], other))[:MAX_FORMS]
        return Forms(self._counted(first, field, stems), len(found) - len(first))

    def _counted(self, words: Iterable[str], field: str | None, stems: Sequence[Any] = ()) -> tuple[Form, ...]:
        """stems: in an archive of several languages a word is a form only where it stands with one of them"""
        forms = []
        for word in words:
            found = within(query.Term(exact_field(field), word), field)
            if len(stems) and len(self._languages) > 1:
                found = query.And([found, query.Or(stems)])
            forms.append(Form(word, self._total(found)))
        return tuple(sorted((form for form in forms if form.count), key=lambda form: (-form.count, form.text)))
