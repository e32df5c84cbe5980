"""A small invented study, with texts that attack every output format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bundling.chain import Step, Study
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.result import Bounds, Evaluation, Limit, Result, RunInfo, Status

PAYLOADS = (
    "</script><script>document.title='PWNED'</script>",
    "<img src=x onerror=\"document.title='PWNED'\">",
    "<svg/onload=document.title='PWNED'>",
    "'\"><iframe src=javascript:alert(1)>",
    "<!--<script>",
    "]]>&lt;b&gt;{{ 7*7 }}{% raw %}",
    "\u2028document.title='PWNED'\u2029",
    '=HYPERLINK("http://evil.example","klik")',
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "http://evil.example/a",
    "mailto:evil@example.org",
    "internal:'Sheet1'!A1",
    "{=1+1}",
)


@dataclass(frozen=True)
class Fake:
    """A problem of any family, with what the report reads of it."""

    family: str
    values: Any = field(default_factory=SimpleNamespace)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.values, name)


def run_info(**changes: Any) -> RunInfo:
    values: dict[str, Any] = {
        "method": "MIP by HiGHS", "seed": 3, "time_limit_s": 60.0, "gap_target": 1e-4,
        "wall_s": 1.5, "versions": {"python": "3.11"}, "problem_hash": "abc", "checks": 120,
    }  # fmt: skip
    return RunInfo(**(values | changes))


def make_result(
    problem: Any,
    solution: Any,
    costs: dict[str, float],
    indicators: dict[str, float],
    tables: dict[str, pd.DataFrame],
    layers: dict[str, Any],
    *,
    bound: float | None = None,
    limit: Limit = Limit.NONE,
    reasons: tuple[str, ...] = (),
) -> Result:
    evaluation = Evaluation(costs, indicators)
    objective = evaluation.objective
    bounds = Bounds(objective, objective if bound is None else bound)
    result = Result(
        problem, solution, Status.OPTIMAL if bound is None else Status.FEASIBLE, limit, bounds,
        evaluation, (), reasons, run_info(),
    )  # fmt: skip
    result.__dict__["tables"] = tables  # what the cached property would hold
    result.__dict__["fake_layers"] = layers
    return result


def point(lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def line(*positions: tuple[float, float], **properties: Any) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": [list(at) for at in positions]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def square(lon: float, lat: float, size: float, name: str) -> dict[str, Any]:
    ring = [[lon, lat], [lon, lat + size], [lon + size, lat + size], [lon + size, lat], [lon, lat]]
    geometry = {"type": "Polygon", "coordinates": [ring]}  # clockwise: the writer must turn it
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


class FakeRegion:
    """What the report reads of a region."""

    name = "proef"
    metadata: ClassVar[dict[str, Any]] = {}

    def __init__(self, text: str) -> None:
        self.title = f"Proefregio {text}"
        self.shapes = {
            "municipalities": collection(square(6.0, 52.4, 0.2, f"Zwolle {text}")),
            "zones": collection(square(6.08, 52.5, 0.02, text)),
        }
        shippers = pd.DataFrame({"shipper_id": ["shipper-1"], "name": [text]})
        self.tables = {
            "shippers": shippers,
            "assumptions": pd.DataFrame(
                {"key": ["detour", text], "value": [0.0345, np.nan], "unit": [None, "kWh"],
                 "source": [text, "own assumption"]}
            ),
            "grid_nodes": pd.DataFrame({"node_id": ["sub-1"], "name": [text]}),
            "grid_headroom": pd.DataFrame(
                {"node_id": ["sub-1"], "year": [2030], "headroom_mw": [2.5]}
            ),
            "grid_reinforcements": pd.DataFrame(
                {"node_id": ["sub-1", "sub-1"], "year": [2025, 2032], "added_mw": [1.0, 20.0]}
            ),
        }  # fmt: skip
        self.text = text

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name].copy()

    def places(self) -> pd.DataFrame:
        return pd.DataFrame(
            {"place_id": ["hub-1", "hub-2"], "name": [f"Hessenpoort {self.text}", "Marslanden"]}
        )

    def sources(self) -> pd.DataFrame:
        return pd.DataFrame({"table": ["districts"], "source": [self.text], "licence": ["CC0"]})


class FakeSharing:
    gap, total_eur = 0.01, 1000.0

    def __init__(self, text: str) -> None:
        self.text, self.players = text, (text, "b")
        self.alone_eur, self.alone_bound_eur = np.array([900.0, 300.0]), np.array([891.0, 297.0])

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(
            {"player": [self.text, "b"], "alone_eur": [900.0, 300.0],
             "proportional_eur": [750.0, 250.0], "shapley_eur": [720.0, 280.0],
             "saving_eur": [180.0, 20.0]}
        )  # fmt: skip


def hubs_result(text: str) -> Result:
    problem = Fake(
        "hubs",
        SimpleNamespace(
            hub_ids=("hub-1", "hub-2"), shipment_kg=np.array([100.0, 300.0]), num_shipments=2
        ),
    )
    solution = SimpleNamespace(route=np.array([0, -1]), open_hubs=np.array([0]))
    return make_result(
        problem, solution, {"vehicles": 600.0, "km": 400.0},
        {"vehicle_km": 210.5, "vehicles": 4.0, "co2e_kg": 12.0, "kg_via_hub": 100.0,
         "hubs_open": 1.0},
        {"hubs": pd.DataFrame({"hub_id": ["hub-1", "hub-2"], "open": [True, False],
                               "kg": [100.0, np.nan], "name": [text, "Marslanden"]})},
        {"flows": collection(line((6.1, 52.5), (6.2, 52.45), name=text, kg=np.float64(100.0))),
         "hubs": collection(point(6.1, 52.5, hub_id="hub-1", open=True),
                            point(6.2, 52.55, hub_id="hub-2", open=False, nothing=np.nan))},
        bound=950.0, limit=Limit.TIME, reasons=(f"reason {text}",),
    )  # fmt: skip


def rounds_result(text: str) -> Result:
    problem = Fake(
        "rounds",
        SimpleNamespace(depot_ids=("hub-1",), vehicle_depot=[0], vehicle_index={text: 0}),
    )
    solution = SimpleNamespace(routes=(SimpleNamespace(vehicle=text),))
    return make_result(
        problem, solution, {"vehicles": 80.0, "hours": 120.0},
        {"rounds": 1.0, "stops_served": 9.0, "vehicle_km": 31.0, "hours": 4.5, "co2e_kg": 3.0,
         "nox_g": 0.0, "kwh": 22.0},
        {"routes": pd.DataFrame({"route": [1], "vehicle_type": [text], "departure_s": [25_200.0],
                                 "km": [31.0]})},
        {"round_routes": collection(line((6.1, 52.5), (6.11, 52.51), depot_id=text, km=31.0))},
        bound=-np.inf, limit=Limit.TIME,
    )  # fmt: skip


def energy_result(text: str) -> Result:
    hours = 24
    problem = EnergyProblem(
        vehicle_ids=(text, "van-2"),
        arrival_s=np.array([57_600.0, 61_200.0]),
        departure_s=np.array([108_000.0, 108_000.0]),
        need_kwh=np.array([40.0, 20.0]),
        charge_kw=np.array([22.0, 11.0]),
        charger_kw=np.array([22.0, 22.0]),
        price_eur_per_kwh=np.full(hours, 0.2),
        connection_kw=np.full(hours, 50.0),
        base_load_kw=np.full(hours, 10.0),
        efficiency=1.0,
        slot_s=3600.0,
        shortfall_eur_per_kwh=2.0,
        name="hub-1",
    )
    power = np.zeros((2, hours))
    power[0, 8:10] = 20.0
    power[1, 10] = 11.0
    solution = EnergySolution(power_kw=power, shortfall_kwh=np.array([0.0, 9.0]))
    return make_result(
        problem, solution, {"energy": 10.2, "shortfall": 18.0},
        {"kwh_grid": 51.0, "peak_kw": 30.0, "vehicles": 2.0, "vehicles_short": 1.0,
         "shortfall_kwh": 9.0},
        {"vehicles": pd.DataFrame({"vehicle": [text, "van-2"], "missing_kwh": [0.0, 9.0]})},
        {"depots": collection(point(6.1, 52.5, name=text, peak_kw=30.0))},
    )  # fmt: skip


def siting_result(text: str) -> Result:
    problem = Fake(
        "siting",
        SimpleNamespace(years=(2030, 2035), site_names=(text,), site_ids=("site-1",)),
    )
    solution = SimpleNamespace(step=np.array([[-1, 0]]))
    return make_result(
        problem, solution, {"sites": 50_000.0},
        {"sites_opened_2030": 0.0, "sites_opened_2035": 1.0, "chargers_2035": 4.0,
         "installed_kw_2035": 600.0, "asked_kwh_per_day_2035": 2000.0,
         "unserved_kwh_per_day_2035": 200.0},
        {"sites": pd.DataFrame(
            {"site_id": ["site-1"], "name": [text], "kind": ["estate"], "node_id": ["sub-1"],
             "year": [2035], "opened_year": [2035], "new_chargers": [4], "installed_kw": [600.0],
             "existing_kw": [0.0], "connection_kw": [1000.0], "served_kwh_per_day": [1800.0]}),
         "demand": pd.DataFrame(
            {"demand_id": ["d"] * 2, "name": [text] * 2, "kind": ["estate"] * 2,
             "year": [2030, 2035], "asked_kwh_per_day": [1000.0, 2000.0],
             "unserved_kwh_per_day": [1000.0, 200.0], "reason": ["substation full"] * 2}),
         "grid": pd.DataFrame({"node_id": ["sub-1"], "name": [text], "year": [2035],
                               "headroom_mw": [2.5], "free_mw": [1.9]})},
        {"sites": collection(point(6.15, 52.48, name=text, state="new"))},
        bound=49_999.0,
    )  # fmt: skip


def make_study(text: str) -> Study:
    steps = (
        Step("hubs", hubs_result(text), 2.0),
        Step("rounds Zwolle", rounds_result(text), 3.0),
        Step("energy hub-1", energy_result(text), 0.2),
        Step("siting", siting_result(text), 1.0),
    )
    balances = pd.DataFrame(
        {"balance": ["energy of the rounds"], "left": ["rounds"], "left_value": [60.0],
         "right": ["energy"], "right_value": [60.0], "unit": ["kWh"], "difference": [0.0],
         "holds": [True]}
    )  # fmt: skip
    return Study(
        region=FakeRegion(text),  # type: ignore[arg-type]  # has what the report reads
        day=date(2030, 6, 4), year=2030, seed=3, steps=steps, balances=balances,
        sharing=FakeSharing(text), seconds={"hubs": 2.0, "total": 7.0},
        peak_memory_mb=float("nan"), versions={"bundling": "0.1.0"}, input_hash="f" * 64,
    )  # fmt: skip
