"""What is short, in numbers: by arithmetic alone, and by an elastic model with its proof.

The elastic model lets every need fall short and asks for the least total shortfall. Its duals are
a minimum cut: a set of vehicles and a set of slots for which need exceeds what can be delivered,
which proves the shortfall by an addition that anyone can redo by hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.duals import optimal_face
from bundling.energy.lp import build
from bundling.energy.minimise import TIES_BY
from bundling.energy.problem import EnergyProblem
from bundling.errors import SolverError
from bundling.mip import LinearModel, solve_model

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SPECK = 1e-6
"""Relative amount that the checker lets pass, and that therefore is no shortage here."""


@dataclass(frozen=True)
class CertainShortages:
    """What is short by arithmetic alone.

    Attributes
    ----------
    stay_kwh
        Shape (J,): need beyond what vehicle and charger can take during the stay, kWh.
    alone_kwh
        Shape (J,): the same with the connection's limit, the vehicle having it to itself.
    base_kw
        Shape (T,): base load beyond the connection, kW.
    certain
        Whether this alone makes the problem infeasible.
    """

    stay_kwh: FloatArray
    alone_kwh: FloatArray
    base_kw: FloatArray
    certain: bool


@dataclass(frozen=True)
class Shortages:
    """The least total shortfall, shared as evenly as stays and connection allow.

    Attributes
    ----------
    missing_kwh
        Shape (J,): what each battery misses, kWh. The total is the least possible; among such
        answers the largest missing share of a need (beyond what the stay forces) is the least.
    stay_kwh
        Shape (J,): the part that no connection could mend, kWh.
    cut_vehicles, cut_slots
        Shapes (J,) and (T,): the vehicles and slots of the proof; none when the stays explain
        everything.
    extra_kw
        Smallest constant addition to the connection that removes the connection's part, kW.
    """

    missing_kwh: FloatArray
    stay_kwh: FloatArray
    cut_vehicles: BoolArray
    cut_slots: BoolArray
    extra_kw: float


def certain_shortages(problem: EnergyProblem) -> CertainShortages:
    """Check what needs no solver: each vehicle alone, and the base load."""
    limits, headroom = problem.limit_kw, problem.headroom_kw
    stay = problem.need_kwh - problem.slot_h * limits.sum(axis=1)
    battery_kw = np.maximum(headroom, 0.0) * problem.efficiency
    alone = problem.need_kwh - problem.slot_h * np.minimum(limits, battery_kw).sum(axis=1)
    speck_kwh = SPECK * np.maximum(1.0, problem.need_kwh)
    speck_kw = SPECK * np.maximum(1.0, problem.base_load_kw)
    stay = np.where(stay > speck_kwh, stay, 0.0)
    alone = np.where(alone > speck_kwh, alone, 0.0)
    base = np.where(-headroom > speck_kw, -headroom, 0.0)
    if problem.is_site:
        # Battery and PV may serve what the connection cannot: only the stays are certain.
        alone, base = stay, np.zeros_like(base)
    strict = problem.shortfall_eur_per_kwh is None
    return CertainShortages(stay, alone, base, bool(base.any() or (strict and alone.any())))


def least_shortages(
    problem: EnergyProblem, *, time_limit: float = math.inf, seed: int = 0
) -> Shortages:
    """Solve the elastic model: least total shortfall, shared evenly, with its proof.

    Raises
    ------
    bundling.SolverError
        When HiGHS does not finish within `time_limit`.
    """
    stay = certain_shortages(problem).stay_kwh
    charging = build(problem, elastic=True)
    first = solve_model(charging.model, time_limit=time_limit, seed=seed, lp_method=TIES_BY)
    if first.values is None or first.row_duals is None:
        raise SolverError(f"the elastic model was not solved: {first.message}")

    # Second stage: on the optimal face, the least largest share.
    face = optimal_face(
        charging.model, first.values, first.row_duals, np.zeros(charging.model.num_columns)
    )
    share = face.add_columns("share", 1, upper=1.0, cost=1.0)
    vehicles = np.arange(problem.num_vehicles)
    face.add_rows(
        "share",
        problem.num_vehicles,
        (vehicles, charging.shortfall, 1.0),
        (vehicles, share[0], -(problem.need_kwh - stay)),
        upper=stay,
    )
    even = solve_model(face, time_limit=time_limit, seed=seed, lp_method=TIES_BY)
    values = first.values if even.values is None else even.values
    missing = np.clip(values[charging.shortfall], 0.0, problem.need_kwh)
    missing[missing < SPECK * np.maximum(1.0, problem.need_kwh)] = 0.0

    short = first.row_duals[charging.need] > 0.5
    tight = -first.row_duals[charging.balance] > 0.5 * problem.slot_h * problem.efficiency
    if abs(_cut_kwh(problem, short, tight) - missing.sum()) > 1e-4 * max(1.0, missing.sum()):
        short, tight = np.zeros_like(short), np.zeros_like(tight)
    depends = short & (problem.limit_kw[:, tight] > 0).any(axis=1)
    extra = _extra_kw(problem, stay, time_limit, seed) if missing.sum() > stay.sum() + 1e-3 else 0.0
    return Shortages(missing, stay, depends, tight, extra)


def _cut_kwh(problem: EnergyProblem, short: BoolArray, tight: BoolArray) -> float:
    """Shortfall that vehicles `short` and slots `tight` prove, kWh."""
    outside = problem.slot_h * problem.limit_kw[np.ix_(short, ~tight)].sum()
    return float(problem.need_kwh[short].sum() - outside - delivered_kwh(problem, tight))


def delivered_kwh(problem: EnergyProblem, slots: BoolArray) -> float:
    """Energy into batteries that the connection allows in `slots`, kWh."""
    headroom = np.maximum(problem.headroom_kw[slots], 0.0)
    return float(problem.slot_h * problem.efficiency * headroom.sum())


def _extra_kw(problem: EnergyProblem, stay: FloatArray, time_limit: float, seed: int) -> float:
    """Smallest constant addition to the connection that leaves only what the stays force, kW."""
    limits = problem.limit_kw
    vehicle, slot = np.nonzero(limits)
    model = LinearModel()
    power = model.add_columns("power", vehicle.size, upper=limits[vehicle, slot])
    extra = model.add_columns("extra", 1, cost=1.0)
    take = problem.need_kwh - stay
    model.add_rows("need", take.size, (vehicle, power, problem.slot_h), lower=take - 1e-9)
    model.add_rows(
        "connection",
        problem.num_slots,
        (slot, power, 1.0 / problem.efficiency),
        (np.arange(problem.num_slots), extra[0], -1.0),
        upper=problem.headroom_kw,
    )
    outcome = solve_model(model, time_limit=time_limit, seed=seed, lp_method=TIES_BY)
    if outcome.values is None:
        raise SolverError(f"the size of the connection was not found: {outcome.message}")
    return outcome.objective
