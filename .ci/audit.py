"""Known weaknesses of the packages in requirements.lock, by pip-audit. Exits with 1 where there is one.

Where the database cannot be reached nothing is audited, which is said and is no failure: the packages are still those
of the hashes in the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
OPTIONS = "--disable-pip --require-hashes --no-deps --progress-spinner off --format json".split()


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", *OPTIONS, "--requirement", str(LOCK)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        packages = json.loads(ended.stdout)["dependencies"]
    except ValueError:
        packages = []
    weak = [(package, found) for package in packages for found in package.get("vulns", ())]
    for package, found in weak:
        mended = ", ".join(found["fix_versions"]) or "no version"
        print(f"{package['name']} {package['version']}: {found['id']}, mended by {mended}")
    audited = sum("skip_reason" not in package for package in packages)
    print(f"{audited} of {len(packages)} packages audited, {len(weak)} weaknesses known.")
    if not audited:
        print("The database of weaknesses cannot be reached from here: nothing was audited.")
    return 1 if weak else 0


sys.exit(main())
