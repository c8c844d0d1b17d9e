"""The API holds what its description promises, whatever it is asked: all checks of schemathesis, on a real server.

`make soak` asks two thousand times of each operation.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.web_server import ARTICLES, ROOT, index_of, serving

EXAMPLES = os.environ.get("DATELINE_EXAMPLES", "20")
SEED = "20120607"


def test_schemathesis_finds_no_failure(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("st")), "run", "--checks", "all", "--seed", SEED]
    with serving(index_of(tmp_path / "index", ARTICLES)) as port:
        run = subprocess.run(
            [
                *command,
                "--max-examples",
                EXAMPLES,
                "--continue-on-failure",
                "--no-color",
                f"http://127.0.0.1:{port}/openapi.json",
            ],
            cwd=tmp_path,  # it leaves its own files
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.openapi_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    print(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
