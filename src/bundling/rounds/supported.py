"""What a problem asks for that a search cannot honour: it goes to the other one, or is refused.

A field that stands in none of the lists below is one that no search knows: a problem that holds
more in it than its default is refused rather than solved without it.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from bundling.errors import SolverError
from bundling.rounds.coupling import COUPLING
from bundling.rounds.defaults import left_at_default
from bundling.rounds.problem import RoundsProblem

_STATIONS = {
    "recharge",
    "station_ids",
    "station_x_m",
    "station_y_m",
    "station_open_s",
    "station_close_s",
    "connectors",
    "station_eur_per_kwh",
    "station_depot",
    "curve_of",
    "curve_kwh",
    "curve_s",
}
"""Without effect when no vehicle may charge on the way."""
_PYVRP = (_STATIONS | COUPLING) | {
    "levied_m",
    "barred",
    "bar_rules",
    "delivery_rolls",
    "pickup_rolls",
    "capacity_rolls",
    "release_s",
    "prize_eur",
    "max_distance_m",
    "max_trips",
    "reload_s",
    "service_factor",
    "regular_s",
    "overtime_eur_per_h",
    "start_kwh",
    "end_depot",
    "matrix_of",
    "other_distance_m",
    "other_time_s",
    "other_levied_m",
}
"""Optional fields that PyVRP honours, with the exact choices among routes after it."""
_ELECTRIC = _PYVRP | {
    "other_tw_early_s",
    "other_tw_late_s",
    "period_start_s",
    "period_speed",
    "pair_of",
    "break_rule",
}
"""Optional fields that the electric search honours, with the choice of departures after it."""


def beyond_pyvrp(problem: RoundsProblem) -> list[str]:
    """Return the fields of `problem` that PyVRP would ignore; empty when it honours all."""
    names = set(asked(problem)) - _PYVRP
    if (problem.curve_of >= 0).any():
        names.add("curve_of")
    # PyVRP has one distance, to which a levy adds metres.
    on_levied = problem.levied_m.any() or problem.other_levied_m.any()
    levied = (problem.levy_eur_per_km > 0) & on_levied
    if (levied & np.isfinite(problem.max_distance_m)).any():
        names.add("max_distance_m")
    return sorted(names)


def unsupported(problem: RoundsProblem) -> list[str]:
    """Return the fields of `problem` that the search it goes to does not honour."""
    if not beyond_pyvrp(problem):
        return []
    refused = set(asked(problem)) - _ELECTRIC
    return sorted(refused)


def raise_if_unsupported(problem: RoundsProblem) -> None:
    """Refuse a problem whose answer would leave something out.

    Raises
    ------
    bundling.errors.SolverError
        Naming every field that `unsupported` gives.
    """
    names = unsupported(problem)
    if names:
        raise SolverError(
            "the search for rounds cannot take into account yet: "
            + "; ".join(names)
            + ". Leave these fields out, or give `bundling.evaluate` and `bundling.check` a "
            "solution of your own."
        )


def asked(problem: RoundsProblem) -> list[str]:
    """Name the optional fields of `problem` that hold more than their default."""
    usual = set(left_at_default(problem))
    return [
        spec.name
        for spec in dataclasses.fields(problem)
        if spec.default is not dataclasses.MISSING
        and spec.name not in usual
        and not _same(getattr(problem, spec.name), spec.default)
    ]


def _same(value: object, default: object) -> bool:
    return not isinstance(value, np.ndarray) and value == default
