"""Files that are parsed as a whole: in a worker process, for what they grow to is not known before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from indexer.sandbox import Call, Exceeded
from indexer.sources.files import File
from indexer.sources.items import Item, Unread


def parsed(file: File, parse: Callable[..., Iterable[Item | Unread]], *arguments: Any) -> Iterator[Item | Unread]:
    """What `parse` makes of a file and the arguments, its bytes among them; beyond the bounds nothing of it."""
    try:
        yield from Call(1, _listed, file.without_bytes(), parse, arguments).result()
    except Exceeded as error:
        yield file.unread(str(error))


def _listed(
    file: File, parse: Callable[..., Iterable[Item | Unread]], arguments: tuple[Any, ...]
) -> list[Item | Unread]:
    """In the worker, from which no exception travels: some cannot be sent."""
    try:
        return list(parse(file, *arguments))
    except MemoryError:
        raise
    except Exception as error:  # a file that a library did not foresee must not stop the others
        return [file.unread(f"could not be read: {error!r}")]
