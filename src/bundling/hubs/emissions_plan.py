"""Emissions of a plan by shipment and shipper, under ISO 14083 and GLEC.

The one rule of the hubs family, for every table that gives a shipment or shipper its emissions.
Each departure is a transport chain element: what its vehicles emit goes to the shipments on board
by tonne-km on the distance of the element, which on one departure is the same for all, so by mass.
Costs follow another rule (`bundling.hubs.scheduled.shares`): by what fills the vehicle.
Empty running belongs to the transport operation: empty trips of a vehicle type go to all freight
that type carried, by tonne-km; the way back of a round trip is in the element itself. Hubs are
elements too, by tonnes; the problems know no emissions of hubs, so these are 0 unless given.
Nothing is lost: the shares sum to the total of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, ModelMismatch, raise_if
from bundling.hubs.emissions import allocate
from bundling.hubs.evaluate import evaluate
from bundling.hubs.problem import LEG_KINDS, HubsProblem
from bundling.units import GRAMS_PER_KG, KG_PER_T, METRES_PER_KM

if TYPE_CHECKING:
    from bundling.hubs.scheduled import ScheduledProblem, ScheduledSolution
    from bundling.hubs.solution import HubsSolution
    from bundling.result import Result

FloatArray = NDArray[np.float64]

RULE: Final = (
    "ISO 14083 / GLEC v3: by tonne-km of the departure, empty trips by tonne-km of the vehicle type"
)
_TOLERANCE: Final = 1e-6


def emissions_table(result: Result, *, mass_kg: ArrayLike | None = None) -> pd.DataFrame:
    """Share the emissions of a plan over its shipments, element by element.

    Parameters
    ----------
    result
        Of a `HubsProblem` or a `ScheduledProblem`, with a solution.
    mass_kg
        Mass of each shipment (shipments,), kg; needed when no resource of a `ScheduledProblem` is
        called ``kg``. The problem's own otherwise.

    Returns
    -------
    pandas.DataFrame
        element_id, shipment_id, shipper_id, kind, vehicle, from_id, to_id, mass_t, activity_tkm,
        share, co2e_kg, nox_g, rule. A row with ``kind`` ``empty`` is a shipment's part of the
        empty trips of a type.

    Raises
    ------
    bundling.InputError
        No solution, a problem of another family, or masses that are missing or wrong.
    bundling.ModelMismatch
        When the parts do not sum to the emissions of the plan: a bug.
    """
    problem, solution = result.problem, result.solution
    known = problem.family in ("hubs", "hubs.scheduled")
    if solution is None or not known:
        rule = "has no solution" if known else f"is of family {problem.family}"
        raise_if([Fault("result", "", (), rule, "Give a solved plan of hubs or hubs.scheduled")])
    return plan_emissions(problem, solution, mass_kg=mass_kg)


def plan_emissions(
    problem: HubsProblem | ScheduledProblem,
    solution: Any,
    *,
    mass_kg: ArrayLike | None = None,
) -> pd.DataFrame:
    """Do as `emissions_table` does, for a solution of a problem."""
    mass = _mass_kg(problem, mass_kg)
    if isinstance(problem, HubsProblem):
        elements, parts = _of_legs(problem, solution, mass)
        told = evaluate(problem, solution).indicators
    else:
        from bundling.hubs.scheduled.emission_elements import emission_elements
        from bundling.hubs.scheduled.evaluate import evaluate as evaluate_day

        elements, parts = emission_elements(problem, solution, mass)
        told = evaluate_day(problem, solution).indicators
    found = _shared(elements, parts)
    owner = dict(zip(problem.shipment_ids, _shippers(problem), strict=True))
    found.insert(2, "shipper_id", [owner[name] for name in found["shipment_id"]])
    _hold(told, found)
    return found


def co2e_of_shipments(problem: ScheduledProblem, solution: ScheduledSolution) -> FloatArray:
    """Give each shipment its part of the plan's CO2e, as `emissions_by_shipment` does.

    Where no resource is called ``kg`` the first one stands for mass: DOMAIN section 10 has it that
    the framework lets pallets and TEU do so.

    Returns
    -------
    numpy.ndarray
        kg CO2e (shipments,); they sum to that of the plan.
    """
    mass = None if "kg" in problem.resource_ids else problem.shipment_load[:, 0]
    found = by_shipment(problem, plan_emissions(problem, solution, mass_kg=mass))
    return found["co2e_kg"].to_numpy(float)


def emissions_by_shipment(result: Result, *, mass_kg: ArrayLike | None = None) -> pd.DataFrame:
    """Sum `emissions_table` by shipment: shipper, tonnes, tkm, CO2e, NOx and g CO2e per tkm."""
    return by_shipment(result.problem, emissions_table(result, mass_kg=mass_kg))


def emissions_by_shipper(result: Result, *, mass_kg: ArrayLike | None = None) -> pd.DataFrame:
    """Sum `emissions_table` by shipper: shipments, tonnes, tkm, CO2e, NOx, g CO2e per tkm."""
    found = emissions_by_shipment(result, mass_kg=mass_kg)
    by = found.groupby("shipper_id", sort=False)
    frame = by[["mass_t", "activity_tkm", "co2e_kg", "nox_g"]].sum()
    frame.insert(0, "shipments", by.size())
    frame = frame.reindex(list(result.problem.shipper_ids), fill_value=0)
    return _intensity(frame.rename_axis("shipper_id").reset_index())


def by_shipment(problem: HubsProblem | ScheduledProblem, found: pd.DataFrame) -> pd.DataFrame:
    """Sum a table of `plan_emissions` by shipment, in the order of the problem."""
    by = found.groupby("shipment_id", sort=False)
    frame = by.agg(
        mass_t=("mass_t", "first"),
        activity_tkm=("activity_tkm", "sum"),
        co2e_kg=("co2e_kg", "sum"),
        nox_g=("nox_g", "sum"),
    ).reindex(list(problem.shipment_ids))
    frame = frame.fillna(0.0).rename_axis("shipment_id").reset_index()
    frame.insert(1, "shipper_id", _shippers(problem))
    return _intensity(frame).assign(rule=RULE)


def _mass_kg(problem: Any, given: ArrayLike | None) -> FloatArray:
    """Mass of each shipment, kg."""
    if given is None:
        if isinstance(problem, HubsProblem):
            return problem.shipment_kg
        if "kg" in problem.resource_ids:
            at = problem.resource_ids.index("kg")
            return np.asarray(problem.shipment_load[:, at], float)
        rule = "no resource is called kg, and emissions are shared by mass"
        raise_if([Fault("shipments", "load_kg", (), rule, "Give mass_kg")])
    mass = np.asarray(given, float)
    if mass.shape != (problem.num_shipments,) or not np.all(np.isfinite(mass) & (mass >= 0.0)):
        rule = f"is not one number from 0 up for each of {problem.num_shipments} shipments"
        raise_if([Fault("mass_kg", "", (), rule, "Correct it")])
    return mass


def _of_legs(
    problem: HubsProblem, solution: HubsSolution, mass_kg: FloatArray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Legs of a day with their vehicles, out and back, and the shipments on each."""
    km = solution.leg_count * problem.trip_km(solution.leg_start, solution.leg_end)
    legs = pd.DataFrame(
        {
            "key": list(zip(solution.leg_kind, solution.leg_start, solution.leg_end, strict=True)),
            "vehicle": [problem.vehicle_ids[v] for v in solution.leg_vehicle],
            "co2e_kg": km * problem.vehicle_co2e_kg_per_km[solution.leg_vehicle],
            "nox_g": km * problem.vehicle_nox_g_per_km[solution.leg_vehicle],
        }
    )
    by = legs.groupby("key", sort=False)
    elements = by.agg(
        vehicle=("vehicle", lambda names: " + ".join(dict.fromkeys(names))),
        co2e_kg=("co2e_kg", "sum"),
        nox_g=("nox_g", "sum"),
    ).reset_index()
    place = problem.location_ids
    kinds, starts, ends = zip(*elements["key"], strict=True) if len(elements) else ((), (), ())
    elements["kind"] = [LEG_KINDS[k] for k in kinds]
    elements["from_id"] = [place[k] for k in starts]
    elements["to_id"] = [place[k] for k in ends]
    shipment, kind, start, end = problem.legs_of(solution.route)
    parts = pd.DataFrame(
        {
            "key": list(zip(kind, start, end, strict=True)),
            "shipment_id": [problem.shipment_ids[i] for i in shipment],
            "mass_t": mass_kg[shipment] / KG_PER_T,
            "activity_km": problem.distance_m[start, end] / METRES_PER_KM,
        }
    )
    return elements, parts


def _shared(elements: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Allocate by tonne-km, and put the names of the elements back."""
    number = {key: f"element-{k + 1:04d}" for k, key in enumerate(elements["key"])}
    elements = elements.assign(element_id=[number[key] for key in elements["key"]])
    parts = parts[[key in number for key in parts["key"]]]
    carried = set(parts["key"])
    # What carries nothing at all falls on all freight, so that no emission is lost.
    kind = dict(zip(elements["key"], elements["kind"], strict=True))
    freight = parts[[kind[key] != "empty" for key in parts["key"]]]
    bare = [key for key in elements["key"] if key not in carried]
    parts = pd.concat([parts, *(freight.assign(key=[key] * len(freight)) for key in bare)])
    parts = parts.assign(element_id=[number[key] for key in parts["key"]])
    shared = allocate(elements.assign(kind="transport"), parts)
    shared["mass_t"] = parts["mass_t"].to_numpy()
    shared = shared.drop(columns="kind").rename(columns={"activity": "activity_tkm"})
    names = ["element_id", "kind", "vehicle", "from_id", "to_id"]
    shared = shared.merge(elements[names], on="element_id", how="left")
    # Tonne-km are those of the departure; the rows of empty trips only say who shares them.
    shared["activity_tkm"] = shared["activity_tkm"].where(shared["kind"] != "empty", 0.0)
    shared["rule"] = RULE
    order = [
        "element_id", "shipment_id", "kind", "vehicle", "from_id", "to_id", "mass_t",
        "activity_tkm", "share", "co2e_kg", "nox_g", "rule",
    ]  # fmt: skip
    return shared[order]


def _shippers(problem: Any) -> list[str]:
    return [problem.shipper_ids[k] for k in problem.shipment_shipper]


def _intensity(frame: pd.DataFrame) -> pd.DataFrame:
    tkm = frame["activity_tkm"].to_numpy(float)
    grams = frame["co2e_kg"].to_numpy(float) * GRAMS_PER_KG
    each = np.divide(grams, tkm, out=np.full(len(tkm), np.nan), where=tkm > 0.0)
    return frame.assign(g_co2e_per_tkm=each)


def _hold(told: Mapping[str, float], found: pd.DataFrame) -> None:
    """Refuse a table that does not sum to the plan."""
    nox_g = told.get("nox_g", told.get("nox_kg", 0.0) * GRAMS_PER_KG)
    for name, total in (("co2e_kg", told.get("co2e_kg", 0.0)), ("nox_g", nox_g)):
        have = float(found[name].sum())
        if abs(have - total) > _TOLERANCE * max(1.0, abs(total)):
            raise ModelMismatch(f"{name} of the shipments is {have:g}, that of the plan {total:g}")
