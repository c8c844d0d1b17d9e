"""Whoosh's own tests on the columnar codec: fetches the source distribution and runs its tests/.

    python tests/whoosh_suite/run.py [--whoosh-codec] [arguments for pytest]

Nothing of that suite is kept here: it is downloaded with pip and unpacked under build/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "whoosh-suite"
NAME = "Whoosh-2.7.4"


def main(arguments: list[str]) -> int:
    """Runs the suite; returns pytest's status, 0 where all that is not named in plugin.NOT_OURS passes."""
    source = fetch()
    # Whoosh gives all indexes in memory one folder of the temporary directory: another run must not share it.
    temporary = BUILD / "tmp"
    temporary.mkdir(exist_ok=True)
    path = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    environment = os.environ | {"PYTHONPATH": path, "TMPDIR": str(temporary)}
    if "--whoosh-codec" in arguments:
        arguments.remove("--whoosh-codec")
        environment["WHOOSH_CODEC"] = "1"
    options = ("--rootdir", ".", "-c", os.devnull, "-p", "plugin", "-p", "no:cacheprovider", "-W", "ignore", "-q")
    command = [sys.executable, "-m", "pytest", *options, "tests", *arguments]
    return subprocess.run(command, cwd=source, env=environment, check=False).returncode


def fetch() -> Path:
    source = BUILD / NAME
    if source.exists():
        return source
    BUILD.mkdir(parents=True, exist_ok=True)
    options = ("--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(BUILD))
    subprocess.run([sys.executable, "-m", "pip", "download", *options, NAME.replace("-", "==")], check=True)
    unpacked = BUILD / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(BUILD / f"{NAME}.zip") as archive:
        archive.extractall(unpacked)
    (unpacked / NAME / "setup.cfg").unlink()  # its [pytest] section is an error to today's pytest
    (unpacked / NAME).rename(source)
    return source


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
