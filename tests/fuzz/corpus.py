"""Which targets there are, and what they found."""

from __future__ import annotations

from pathlib import Path

TARGETS = ("query", "html", "text", "records", "columnar")
KEPT = Path(__file__).parent.parent / "data" / "fuzz"


def kept(target: str) -> list[Path]:
    """What was found once, in one file each."""
    return sorted((KEPT / target).glob("*"))
