"""`python -m tests.fuzz TARGET --seconds N`: hunts until something is found or the time is up."""

from __future__ import annotations

import argparse
import importlib
import resource
import sys
from pathlib import Path
from types import ModuleType

from tests.fuzz.corpus import KEPT, TARGETS

try:
    import atheris
except ImportError:
    sys.exit(
        f"atheris is not installed, so nothing was fuzzed; it comes from tests/fuzz/requirements.txt, "
        f"which may have no wheel for this Python ({sys.version.split()[0]}) or machine"
    )

BUILD = Path("build", "fuzz")
MAX_LENGTH = 16_384  # bytes of an input
MAX_MEGABYTES = 1024  # of the process
MAX_SECONDS = 30  # of one input


def main() -> None:
    asked = parser().parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEGABYTES * 2**20, most))  # beyond it is a MemoryError, and a find
    with atheris.instrument_imports(include=["search", "indexer"]):
        target = importlib.import_module(f"tests.fuzz.{asked.target}")
    folder = BUILD / asked.target
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    (folder / "dictionary").write_text("".join(f'"{escaped(piece)}"\n' for piece in target.DICTIONARY if piece))
    for number, seed in enumerate(target.SEEDS):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)
    command = [
        sys.argv[0],
        str(folder / "corpus"),
        *(str(kept) for kept in [KEPT / asked.target] if kept.is_dir()),
        f"-dict={folder / 'dictionary'}",
        f"-artifact_prefix={folder}/",
        f"-max_total_time={asked.seconds}",
        f"-seed={asked.seed}",
        f"-max_len={MAX_LENGTH}",
        f"-rss_limit_mb={2 * MAX_MEGABYTES}",
        f"-timeout={MAX_SECONDS}",
        "-print_final_stats=1",
    ]
    hunt(target, command)


def hunt(target: ModuleType, command: list[str]) -> None:
    """Does not return: libFuzzer ends the process, with an exit status other than 0 after a find."""
    options = {}
    if hasattr(target, "mutate"):
        options["custom_mutator"] = target.mutate
    atheris.Setup(command, target.attack, **options)
    atheris.Fuzz()


def escaped(piece: str | bytes) -> str:
    piece = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
    return "".join(f"\\x{byte:02x}" for byte in piece)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    return parser


if __name__ == "__main__":
    main()
