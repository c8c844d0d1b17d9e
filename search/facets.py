"""Which values of a long facet are listed, and in which order: for every engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from search.analysis import fold, has_cjk
from search.engine import Bucket, FacetOrder


def admitting(find: str) -> Callable[[str], bool]:
    """Whether a value has words that begin with each of those asked for, accents and case aside; every value where
    none is asked for.
    """
    words = [_folded(word) for word in find.split()]
    begins = [re.compile(("" if has_cjk(word) else r"(?<!\w)") + re.escape(word)) for word in words]

    def admits(value: str) -> bool:
        folded = _folded(value)
        return all(begin.search(folded) for begin in begins)

    return admits


def ordered(buckets: Iterable[Bucket], order: FacetOrder) -> list[Bucket]:
    """buckets: by falling count"""
    return sorted(buckets, key=lambda bucket: _folded(bucket.value)) if order is FacetOrder.NAME else list(buckets)


def _folded(text: str) -> str:
    return fold(text.lower())
