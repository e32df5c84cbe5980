"""The page in a real browser, where one is installed: the map draws, hostile texts stay inert."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from report_fakes import PAYLOADS, make_study

import bundling
from bundling.report.html import write_study

sys.path.insert(0, str(Path(__file__).parents[1] / "hubs" / "scheduled"))
from scheduled_cases import barge

BROWSER = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine"),
]


def rendered(path: Path) -> tuple[str, str]:
    """Document after its scripts ran, and what the browser logged."""
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         f"--user-data-dir={path.parent / 'profile'}", "--virtual-time-budget=3000",
         "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_map_draws_paths_without_a_word_from_the_policy(tmp_path: Path) -> None:
    dom, log = rendered(write_study(make_study("Meyer"), tmp_path / "report.html"))
    assert log == ""
    assert len(re.findall(r'<path class="leaflet-interactive"', dom)) >= 4
    assert 'class="leaflet-control-scale-line"' in dom
    assert '<th scope="col"><button type="button">' in dom  # headings became sort buttons


def test_hostile_texts_do_nothing(tmp_path: Path) -> None:
    study = make_study(" ".join(PAYLOADS))
    dom, log = rendered(write_study(study, tmp_path / "report.html"))
    assert log == ""
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert title is not None
    assert title[1] != "PWNED"
    assert "<iframe" not in dom
    assert not re.search(r"<img[^>]*onerror", dom)


def test_a_day_of_departures_draws_its_flows(tmp_path: Path) -> None:
    result = bundling.solve(barge(), time_limit=20.0, gap=0.0)
    dom, log = rendered(result.report(tmp_path / "day.html", reasons_limit=0.0))
    assert log == ""
    assert len(re.findall(r'<path class="leaflet-interactive"', dom)) >= 2  # a line a flow
    assert dom.count("<svg") >= 3  # the map, load rates, hubs by the hour
