"""What the reading of a capture gives: the parts of an article, and the lines that they were found among."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.extract.head import Head
from indexer.extract.lines import Line
from indexer.extract.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Parts:
    """The article as the capture prints it, and what a page says of itself.

    body:     paragraphs parted by a blank line; empty where no line may be an article's
    lines:    all of the capture's, with their classes
    numbers:  of the lines that are the body; None where trafilatura's paragraphs are
    metadata: a text capture has none
    whole:    whether all lines are the article, without a judgement
    """

    body: str
    head: Head
    lines: Sequence[Line]
    numbers: Sequence[int] | None
    metadata: Metadata = field(default_factory=Metadata)
    whole: bool = False
