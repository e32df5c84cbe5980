"""The house keeps its storeys: who may import whom, and what `import bundling` may not load.

The import graph is read with `ast`, so that imports inside functions count as well.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import bundling

HOME = Path(bundling.__file__).parent

STOREYS: dict[str, int] = {
    **dict.fromkeys(("result", "certify", "errors", "features", "frozen", "notice", "units"), 0),
    **dict.fromkeys(("region", "rules", "network"), 1),
    **dict.fromkeys(("io", "mip", "gains"), 2),
    **dict.fromkeys(("location", "hubs", "rounds", "energy", "siting"), 3),
    **dict.fromkeys(("chain", "handover", "vehicle_needs", "study", "report", "bench", "cli"), 4),
    "last_mile_rounds": 4,
}
"""Import goes down or stays on the storey."""

FAMILIES = ("hubs", "rounds", "energy", "siting")
LOCATION = (
    "location.facility",
    "location.covering",
    "location.refuelling",
    "location.hubs",
    "location.design",
)
NEIGHBOURS = {("rounds", "energy"), ("siting", "energy")}
"""The only families that may use another one."""

DOORS = {
    ("bundling.result", "report"),  # Result.report, Result.to_geojson
    ("bundling.hubs.sharing_views", "report"),  # report of Sharing and ManySharing
    ("bundling.result", "*family*"),  # Result.tables, Result.plot
    ("bundling.api", "io"),  # load, catalogue
    ("bundling.api", "*family*"),  # solve, check, evaluate
    ("bundling.io.rounds_instance", "rounds"),  # read_instance gives a RoundsProblem
    ("bundling.io.echelons_instance", "rounds"),  # read_echelons gives a TwoEchelonProblem
    ("bundling.io.rounds_solution", "rounds"),  # read_solution gives a RoundsSolution
    ("bundling.region.region", "io"),  # Region.to_folder, Region.to_excel
    ("bundling.region.region", "*family*"),  # Region.hubs(), .rounds(), .energy(), .siting()
}
"""Who opens a higher storey, inside a function and by importlib, when a user asks for it."""

HEAVY = ("highspy", "pyomo", "pyvrp", "ortools", "matplotlib", "numba", "openpyxl", "jinja2")
SOLVERS = ("highspy", "pyomo", "pyvrp", "ortools")
ADAPTERS = {
    "highspy": {"bundling.mip.highs"},
    "pyvrp": {"bundling.rounds.pyvrp_engine"},
    "pyomo": set[str](),
}
"""A solver is known to one file; Pyomo to `bundling.models` alone."""


@dataclass(frozen=True)
class Import:
    """One import: by whom, of what, how (``top``, ``lazy``, ``typing``, ``door``), and where."""

    importer: str
    target: str
    how: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target} ({self.how})"


def room(module: str) -> str:
    """Room of a module: ``energy`` for ``bundling.energy.lp``, empty for ``bundling`` itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME).with_suffix("").parts
        if parts[0] in ("models", "instances"):  # installed inside the package; not part of src
            continue
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        found[".".join(("bundling", *parts))] = path
    return found


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for name, path in modules().items() for found in _imports_of(name, path))


def _imports_of(name: str, path: Path) -> Iterator[Import]:
    def walk(node: ast.AST, how: str) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            inside = how
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                inside = "lazy" if how == "top" else how
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for part in child.body:
                    yield from walk(ast.Module([part], []), "typing")
                for part in child.orelse:
                    yield from walk(ast.Module([part], []), how)
                continue
            yield from _targets(name, child, inside)
            yield from walk(child, inside)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), "top")


def _targets(name: str, node: ast.AST, how: str) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(name, alias.name, how, node.lineno)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{name}:{node.lineno}: relative import"
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            target = whole if whole in modules() else str(node.module)
            yield Import(name, target, how, node.lineno)
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        text = _text(node.args[0])
        how = "door" if how == "lazy" else f"door at {how} level"
        yield Import(name, text, how, node.lineno)


def _text(node: ast.AST) -> str:
    """Text of a string; the parts of an f-string that are filled in stand in braces."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), f"import_module of {ast.unparse(node)}"
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else ast.unparse(part)
        for part in node.values
    )


def own() -> list[Import]:
    """Imports of bundling by bundling that are there when it runs."""
    return [
        found
        for found in imports()
        if found.target.split(".")[0] == "bundling" and found.how != "typing"
    ]


def test_the_reader_sees_every_kind_of_import(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(
        "import numpy.linalg\n"
        "from bundling.result import Status\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from bundling.region import Region\n"
        "class A:\n    def f(self):\n        try:\n            import highspy\n"
        "        finally:\n            pass\n"
        "        importlib.import_module(f'bundling.{self.family}.plot')\n"
    )
    found = [(item.target, item.how) for item in _imports_of("bundling.hubs.sample", path)]
    assert found == [
        ("numpy.linalg", "top"),
        ("bundling.result", "top"),
        ("typing", "top"),
        ("bundling.region", "typing"),
        ("highspy", "lazy"),
        ("bundling.{self.family}.plot", "door"),
    ]


def test_every_room_has_a_storey():
    rooms = {room(name) for name in modules()} - {"", "api"}
    assert rooms <= STOREYS.keys()
    assert set(FAMILIES) <= rooms


def test_imports_go_down():
    wrong = []
    for found in own():
        here, there = room(found.importer), room(found.target)
        if found.how.startswith("door") or here in ("", "api") or there in ("", "api"):
            continue  # the doors and the front door have tests of their own
        if there in ("models", "instances") or STOREYS[there] > STOREYS[here]:
            wrong.append(str(found))
    assert wrong == []


def test_doors_are_known_and_lazy():
    wrong = []
    for found in own():
        if not found.how.startswith("door"):
            continue
        there = room(found.target)
        there = "*family*" if "{" in there else there
        here = room(found.importer)
        down = here in STOREYS and STOREYS.get(there, 3) <= STOREYS[here]
        known = (found.importer, there) in DOORS
        if found.how != "door" or not (down or known):
            wrong.append(str(found))
    assert wrong == []


def test_every_door_is_used():
    used = {
        (found.importer, "*family*" if "{" in found.target else room(found.target))
        for found in own()
        if found.how == "door"
    }
    assert used >= DOORS


def test_the_front_door_is_thin():
    """`bundling` and `bundling.api` load the lowest storey only; only the top storey uses them."""
    for found in own():
        if room(found.importer) in ("", "api") and found.how == "top":
            assert room(found.target) in {"api", "result", "errors"}, str(found)
        if room(found.target) in ("", "api"):
            assert STOREYS.get(room(found.importer), 4) == 4, str(found)


def test_a_family_uses_no_other_family():
    wrong = [
        str(found)
        for found in imports()
        if room(found.importer) in FAMILIES
        and found.target.startswith("bundling.")
        and room(found.target) in FAMILIES
        and room(found.importer) != room(found.target)
        and (room(found.importer), room(found.target)) not in NEIGHBOURS
    ]
    assert wrong == []


def test_solvers_are_known_to_their_adapters_only():
    wrong = [
        str(found)
        for found in imports()
        if (solver := found.target.split(".")[0]) in ADAPTERS
        and found.how != "typing"
        and found.importer not in ADAPTERS[solver]
    ]
    assert wrong == []


@pytest.mark.parametrize("family", [*FAMILIES, *LOCATION, "hubs.matching"])
@pytest.mark.parametrize("name", ["check", "evaluate"])
def test_checker_and_evaluator_never_reach_a_solver(family, name):
    """Followed through everything they import, at the top or inside a function."""
    start = f"bundling.{family}.{name}"
    assert start in modules()
    seen, queue = set(), [start]
    while queue:
        module = queue.pop()
        if module in seen:
            continue
        seen.add(module)
        for found in imports():
            # `.problem` reads and writes tables on demand; that is no part of checking.
            if found.importer != module or found.how not in ("top", "lazy"):
                continue
            top = found.target.split(".")[0]
            assert top not in SOLVERS, f"{start} reaches {found}"
            assert room(found.target) != "mip" or top != "bundling", f"{start} reaches {found}"
            if top == "bundling" and found.target in modules():
                queue.append(found.target)
    assert len(seen) > 1


def _loaded_by(code: str) -> tuple[list[str], float]:
    """Heavy libraries that a fresh interpreter has loaded after `code`, and its CPU seconds."""
    script = (
        "import json, sys, time; began = time.process_time()\n"
        f"{code}\n"
        "spent = time.process_time() - began\n"
        f"print(json.dumps([[name for name in {HEAVY!r} if name in sys.modules], spent]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True
    )
    heavy, seconds = json.loads(ran.stdout)
    return heavy, seconds


def test_import_bundling_is_light():
    tries = [_loaded_by("import bundling") for _ in range(3)]
    assert [heavy for heavy, _ in tries] == [[], [], []]
    # Seconds depend on the machine: shown, not asserted. The promise is 0.5 s.
    print(f"import bundling: {min(seconds for _, seconds in tries):.3f} s of CPU")


@pytest.mark.parametrize(
    "name", [*FAMILIES, "location", "region", "rules", "network", "mip", "chain"]
)
def test_rooms_load_no_solver_and_no_plots(name):
    heavy, _ = _loaded_by(f"import bundling.{name}")
    # Compiled kernels may need numba in the rooms that hold them.
    assert set(heavy) - {"numba"} == set()
