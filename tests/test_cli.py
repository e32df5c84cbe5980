"""The command line: exit codes, words instead of tracebacks, and files that are written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from bundling import api, chain
from bundling.chain import Study
from bundling.cli import main
from bundling.cli.options import doing
from bundling.errors import Fault, InputError, SolverError
from bundling.notice import COMPILING
from bundling.region import Region
from bundling.result import Event

sys.path.insert(0, str(Path(__file__).parent / "report"))

from report_fakes import FakeRegion, make_study

from bundling.report import geojson
from bundling.report.messages import Messages


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "layers_of", lambda result: result.__dict__["fake_layers"])
    monkeypatch.setattr(api, "load", lambda source: FakeRegion(str(source)))
    monkeypatch.setattr(chain, "run", lambda region, **given: make_study("x"))


REAL_LAYERS, REAL_LOAD, REAL_RUN = geojson.layers_of, api.load, chain.run


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    result = call("--version")
    assert result.exit_code == 0
    assert version("bundling") in result.output


def test_run_writes_everything_and_says_where(tmp_path: Path) -> None:
    result = call("run", "zwolle", "--out", str(tmp_path / "out"), "--lang", "en")
    assert result.exit_code == 0, result.output
    for name in ("report.html", "results.xlsx", "run.json"):
        assert (tmp_path / "out" / name).exists()
        assert str(tmp_path / "out" / name) in result.stdout
    assert list((tmp_path / "out" / "layers").glob("*.geojson"))
    assert "at most 5.3% above the best possible" in result.stdout
    assert result.stderr == ""  # no progress when it is no terminal


def test_run_hands_its_options_to_the_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def run(region: Any, **given: Any) -> Study:
        seen.update(given)
        assert given["on_event"](Event("hubs", 1.0, 100.0, 90.0)) is True
        return make_study("x")

    monkeypatch.setattr(chain, "run", run)
    result = call("run", "zwolle", "--out", str(tmp_path), "--day", "2028-01-04", "--year", "2030",
                  "--time-limit", "12.5", "--seed", "7")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert str(seen["day"]) == "2028-01-04"
    assert (seen["year"], seen["time_limit"], seen["seed"]) == (2030, 12.5, 7)


def test_every_fault_is_a_line_without_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(source: str) -> None:
        raise InputError(
            [Fault("stops", "kg", ("3", "9"), "is negative", "Give a weight of 0 or more."),
             Fault("zones", "", (), "is missing", "Add the table.")]
        )  # fmt: skip

    monkeypatch.setattr(api, "load", load)
    result = call("validate", "folder")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "error: stops.kg (rows 3, 9): is negative. Give a weight of 0 or more.",
        "error: zones: is missing. Add the table.",
    ]


def test_validate_counts_what_it_read() -> None:
    result = call("validate", "zwolle")
    assert result.exit_code == 0
    assert "5 tables, 7 rows, no faults" in result.output


def test_a_source_that_is_not_there_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(source: str) -> None:
        raise FileNotFoundError(f"no region {source!r}; there are zwolle, deventer")

    monkeypatch.setattr(api, "load", load)
    result = call("validate", "nowhere")
    assert result.exit_code == 2
    assert "there are zwolle, deventer" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "zwolle"),
        ("run", "zwolle", "--out", "x", "--time-limit", "0"),
        ("run", "zwolle", "--out", "x", "--day", "4 juni"),
        ("run", "zwolle", "--out", "x", "--lang", "fr"),
        ("nothing",),
    ],
)
def test_wrong_use_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert call(*arguments).exit_code == 2


def test_a_bug_or_bad_solver_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(region: Any, **given: Any) -> Study:
        raise SolverError("highspy 1.14 returns wrong optima")

    monkeypatch.setattr(chain, "run", run)
    result = call("run", "zwolle", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr == "error: highspy 1.14 returns wrong optima\n"


def test_ctrl_c_before_an_answer_exits_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(region: Any, **given: Any) -> Study:
        raise KeyboardInterrupt

    monkeypatch.setattr(chain, "run", run)
    result = call("run", "zwolle", "--out", str(tmp_path))
    assert result.exit_code == 130
    assert list(tmp_path.iterdir()) == []


def test_an_incomplete_chain_is_written_and_exits_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(region: Any, **given: Any) -> Study:
        study = make_study("x")
        return Study(**{**study.__dict__, "steps": study.steps[:2]})

    monkeypatch.setattr(chain, "run", run)
    result = call("run", "zwolle", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert (tmp_path / "report.html").exists()
    assert "niet af" in result.stderr


def test_a_step_without_a_solution_gives_its_reasons_on_the_terminal(
    tmp_path: Path, tiny_region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geojson, "layers_of", REAL_LAYERS)
    monkeypatch.setattr(api, "load", REAL_LOAD)
    monkeypatch.setattr(chain, "run", REAL_RUN)
    types = tiny_region.table("vehicle_types")
    types["shift_h"] = 0.01  # nobody is back in time from anywhere
    tiny_region.replace({"vehicle_types": types}).to_folder(tmp_path / "tiny")
    out = tmp_path / "out"
    result = call("run", str(tmp_path / "tiny"), "--out", str(out), "--time-limit", "5")
    assert result.exit_code == 1
    assert "hubs: " in result.stderr
    assert "shift" in result.stderr
    assert (out / "report.html").exists()


def test_copy_refuses_to_overwrite(tmp_path: Path) -> None:
    result = call("copy", "zwolle", str(tmp_path))
    assert result.exit_code == 2
    assert "exists already" in result.stderr


def test_catalogue_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"name": ["zwolle"], "family": ["region"]})
    monkeypatch.setattr(api, "catalogue", lambda: frame)
    result = call("catalogue")
    assert result.exit_code == 0
    assert "zwolle" in result.output


def test_output_survives_a_console_without_unicode(tmp_path: Path) -> None:
    """Windows consoles with code page 850 or 1252 lack characters; that is no reason to stop."""
    runner = CliRunner(charset="cp850")
    result = runner.invoke(main, ["run", "zwolle", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output


def test_the_line_of_progress_says_when_kernels_are_compiled() -> None:
    event = Event("rounds Zwolle", 1.0, message=COMPILING)
    assert doing(Messages("en"), event) == "rounds Zwolle: compiling once, about a minute"
    assert doing(Messages("nl"), event) == "rounds Zwolle: eenmalig vertalen, ongeveer een minuut"
    later = Event("rounds Zwolle", 70.0, 1234.0)
    assert doing(Messages("en"), later) == "rounds Zwolle: EUR 1,234"
