"""Figures that Dateline once reached, each kind with a hash of the data: `floor.json`. They only rise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FLOOR = Path(__file__).with_name("floor.json")
TOLERANCE = 0.0005  # what the rounding of a figure hides

Figures = Mapping[str, float]


def figures(kind: str) -> dict[str, float]:
    """Those of the floor."""
    found: dict[str, float] = json.loads(FLOOR.read_text("utf-8"))[kind]["figures"]
    return found


def below(kind: str, reached: Figures, data: str) -> list[str]:
    """What there is to say of figures that are not as good as they were; empty where all are."""
    floor = json.loads(FLOOR.read_text("utf-8"))[kind]
    if floor["data"] != data:
        return [f"the floor of {kind} is of other data (hash {floor['data']}, here {data}); raise it on these"]
    return [
        f"{name}: {reached.get(name, 0.0):.4f} is below the floor of {least:.4f}"
        for name, least in floor["figures"].items()
        if reached.get(name, 0.0) < least - TOLERANCE
    ]


def raise_to(kind: str, reached: Figures, data: str) -> None:
    """Each figure to what was reached, none lower than it is on the same data."""
    floor = json.loads(FLOOR.read_text("utf-8"))
    before = floor[kind]["figures"] if floor.get(kind, {}).get("data") == data else {}
    raised = {name: max(round(figure, 4), before.get(name, 0.0)) for name, figure in reached.items()}
    floor[kind] = {"data": data, "figures": raised}
    FLOOR.write_text(json.dumps(floor, indent=2) + "\n", encoding="utf-8")
