"""The reference models have one name: `bundling.models`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_models_cannot_be_imported_from_the_root() -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", "import models"], cwd=root, capture_output=True, text=True
    )
    assert run.returncode != 0
    assert "import this package as 'bundling.models'" in run.stderr
