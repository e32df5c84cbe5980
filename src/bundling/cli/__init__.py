"""The command line: ``bundling run``, ``siting``, ``validate``, ``copy``, ``check``, ``bench``, ...

Exit codes: 0 done; 1 faults in the input or solution, no solution, or a failed write; 2 wrong use;
130 stopped by Ctrl-C before there was anything to write.
"""

from __future__ import annotations

from bundling.cli import data, public, run, studies
from bundling.cli.group import main as main

__all__ = ["data", "main", "public", "run", "studies"]
