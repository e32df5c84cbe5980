"""The siting runner writes whole rows, and a run again takes the place of its row."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2] / "benchmarks"
if not HERE.is_dir():
    pytest.skip("the tests run away from the checkout", allow_module_level=True)
sys.path.insert(0, str(HERE))

import siting as runner  # noqa: E402
from bundling.instances.siting_networks import siting_network  # noqa: E402


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_ours_stands_beside_the_peer(tmp_path, monkeypatch):
    monkeypatch.setitem(runner.CASES, "network-60", lambda: siting_network(6, 3, (2026, 2030)))
    out = tmp_path / "siting.csv"
    call = ["siting.py", "--only", "network-60", "--time-limit", "20", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", call)
    runner.main()
    peer, ours = rows_of(out)
    assert (peer["solver"], ours["solver"]) == ("highs", "bundling")
    assert float(ours["peer_ratio"]) == pytest.approx(1.0, abs=0.02)
    assert float(ours["bound_eur"]) <= float(ours["objective_eur"])
    runner.main()
    assert len(rows_of(out)) == 2
