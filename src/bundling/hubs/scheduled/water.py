"""Low water and locks: a day of departures when vessels carry less, come later or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.draught import scenario_payloads
from bundling.hubs.scheduled.loads import moves_of
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.solve import solve
from bundling.units import KG_PER_T

if TYPE_CHECKING:
    import pandas as pd

UNIT_PER_TONNE = {"kg": KG_PER_T, "t": 1.0}
"""Resources that stand for weight, and how much of them is a tonne."""
_CONTAINERS = "teu"


def without_lock(problem: ScheduledProblem, lock: str) -> ScheduledProblem:
    """Return the problem in which no sailing that passes a lock takes place.

    Raises
    ------
    bundling.InputError
        When no sailing passes a lock of that name.
    """
    limit = np.array(problem.sailing_limit)
    limit[_through(problem, lock)] = 0
    return problem.replace(sailing_limit=limit)


def lock_delay(problem: ScheduledProblem, lock: str, slots: int) -> ScheduledProblem:
    """Return the problem in which sailings through a lock arrive so many slots later.

    They leave on time, and pass this lock and what comes after it later; where the slot of a
    passage is unknown it stays so.

    Raises
    ------
    bundling.InputError
        When no sailing passes that lock, or `slots` is negative.
    """
    late = _through(problem, lock)
    if slots < 0:
        rule = f"is {slots}"
        raise_if([Fault("settings", "slots", (), rule, "Give a number of slots from 0 up.")])
    arrive, passed = np.array(problem.sailing_arrive_slot), np.array(problem.passage_slot)
    arrive[late] += slots
    here = np.array([name == lock for name in problem.passage_lock], dtype=bool)
    for q in late:
        mine = problem.passage_sailing == q
        at = passed[mine & here].max()
        if at >= 0:  # else nobody knows what comes after it
            passed[mine & (passed >= at)] += slots
    return problem.replace(sailing_arrive_slot=arrive, passage_slot=passed)


def at_depth(
    problem: ScheduledProblem,
    vessels: Mapping[str, str],
    payloads: pd.DataFrame,
    scenario: str,
) -> ScheduledProblem:
    """Return the problem in which sailings carry what the water allows.

    Parameters
    ----------
    problem
        The day; weight is a resource named ``kg`` or ``t``, containers one named ``teu``.
    vessels
        Type of vessel of each sailing that is meant, by sailing.
    payloads
        What `bundling.hubs.draught.scenario_payloads` returns: ``scenario, vessel, payload_t,
        teu``.
    scenario
        One of its scenarios. A vessel without payload does not sail.

    Returns
    -------
    ScheduledProblem
        With the lower of what a vessel took before and what it may load now.

    Raises
    ------
    bundling.InputError
        Unknown sailings, vessels, scenario, or no resource for weight or containers, all at once.
    """
    rows = payloads[payloads["scenario"] == scenario].set_index("vessel")
    tonnes_of, teu_of = rows["payload_t"].astype(float), rows["teu"].astype(float)
    _refuse(problem, vessels, sorted(rows.index), sorted(set(payloads["scenario"])), scenario)
    capacity, limit = np.array(problem.sailing_capacity), np.array(problem.sailing_limit)
    for sailing, vessel in vessels.items():
        q, tonnes = problem.sailing_ids.index(sailing), float(tonnes_of[vessel])
        for r, resource in enumerate(problem.resource_ids):
            if resource in UNIT_PER_TONNE:
                capacity[q, r] = min(capacity[q, r], tonnes * UNIT_PER_TONNE[resource])
            elif resource == _CONTAINERS:
                capacity[q, r] = min(capacity[q, r], float(teu_of[vessel]))
        if tonnes <= 0:
            limit[q] = 0
    return problem.replace(sailing_capacity=capacity, sailing_limit=limit)


def low_water(
    problem: ScheduledProblem,
    vessels: Mapping[str, str],
    route: Sequence[str],
    scenarios: Sequence[str] | None = None,
    **draught: Any,
) -> dict[str, ScheduledProblem]:
    """Return the day in each scenario of the water on a route, by name of the scenario.

    Parameters
    ----------
    problem, vessels
        As in `at_depth`.
    route
        Waterways that those sailings pass; the shallowest decides.
    scenarios
        Which scenarios; all of the table by default.
    **draught
        Other arguments of `bundling.hubs.draught.scenario_payloads`.
    """
    payloads = scenario_payloads(route, **draught)
    names = list(dict.fromkeys(payloads["scenario"])) if scenarios is None else scenarios
    return {name: at_depth(problem, vessels, payloads, name) for name in names}


def water_scenarios(
    problem: ScheduledProblem,
    scenarios: Mapping[str, ScheduledProblem],
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> pd.DataFrame:
    """Solve a day as it is and in each scenario, and set them side by side.

    Parameters
    ----------
    problem
        The day as it is; the first row, ``as it is``.
    scenarios
        The same shipments in other circumstances, by name.
    time_limit
        Wall seconds for all of them together.
    gap, seed
        As in `solve`.

    Returns
    -------
    pandas.DataFrame
        ``scenario, status, cost_eur, bound_eur, extra_eur`` (against the first row; nan without a
        plan), ``co2e_kg``, and ``tonnes_<mode>`` for each mode: weight moved by it, counted once a
        move; in the first resource where there is none for weight (``load_<mode>``).
    """
    import pandas as pd

    clock, rows = Clock(time_limit), []
    days = {"as it is": problem, **scenarios}
    for number, (name, day) in enumerate(days.items()):
        left = max(0.05, clock.left / (len(days) - number))
        result = solve(day, time_limit=left, gap=gap, seed=seed)
        row: dict[str, Any] = {
            "scenario": name,
            "status": str(result.status),
            "cost_eur": result.objective if result.solution is not None else np.nan,
            "bound_eur": result.bound,
            "co2e_kg": np.nan,
        }
        if result.solution is not None:
            assert result.evaluation is not None  # there is one with every plan
            row["co2e_kg"] = result.evaluation.indicators["co2e_kg"]
            row |= moved_by_mode(result.problem, result.solution)
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame.insert(4, "extra_eur", frame["cost_eur"] - frame["cost_eur"].iloc[0])
    return frame


def moved_by_mode(problem: ScheduledProblem, plan: ScheduledSolution) -> dict[str, float]:
    """Return the weight that each mode moves, tonnes; see `water_scenarios`."""
    weight = [r for r, name in enumerate(problem.resource_ids) if name in UNIT_PER_TONNE]
    r = weight[0] if weight else 0
    unit = UNIT_PER_TONNE[problem.resource_ids[r]] if weight else 1.0
    word = "tonnes" if weight else "load"
    lane_mode = [problem.vehicle_mode[v] for v in problem.lane_vehicle]
    found = {f"{word}_{mode}": 0.0 for mode in (*problem.vehicle_mode, *problem.sailing_mode)}
    load = problem.shipment_load[plan.move_shipment, r] / unit
    for row in range(len(moves_of(problem, plan).end)):
        lane, sailing = plan.move_lane[row], plan.move_sailing[row]
        mode = lane_mode[lane] if lane >= 0 else problem.sailing_mode[sailing]
        found[f"{word}_{mode}"] += float(load[row])
    return found


def _through(problem: ScheduledProblem, lock: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    here = [k for k, name in enumerate(problem.passage_lock) if name == lock]
    if not here:
        known = ", ".join(sorted(set(problem.passage_lock))) or "none"
        rule = "is passed by no sailing"
        raise_if([Fault("sailing_locks", "lock", (lock,), rule, f"Use one of: {known}.")])
    return np.unique(problem.passage_sailing[here])


def _refuse(
    problem: ScheduledProblem,
    vessels: Mapping[str, str],
    known: list[str],
    names: list[str],
    scenario: str,
) -> None:
    faults = []
    if scenario not in names:
        told = f"Use one of: {', '.join(names)}."
        faults.append(Fault("scenarios", "scenario", (scenario,), "is unknown", told))
    lost = tuple(s for s in vessels if s not in problem.sailing_ids)
    if lost:
        told = "Use identifiers of sailings."
        faults.append(Fault("vessels", "sailing", lost, "names no sailing", told))
    odd = tuple(sorted({v for v in vessels.values() if v not in known})) if known else ()
    if odd:
        told = f"Use one of: {', '.join(known)}."
        faults.append(Fault("vessels", "vessel", odd, "is no vessel of the table", told))
    if not set(problem.resource_ids) & {*UNIT_PER_TONNE, _CONTAINERS}:
        told = f"Name one {', '.join((*UNIT_PER_TONNE, _CONTAINERS))}."
        rule = "holds neither weight nor containers"
        faults.append(Fault("settings", "resources", problem.resource_ids, rule, told))
    raise_if(faults)
