"""A partition as data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundling.hubs.matching.evaluate import evaluate
from bundling.hubs.matching.frames import DAYS
from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.hubs.matching.tours import Trip
from bundling.hubs.matching.trips import Planner

if TYPE_CHECKING:
    import pandas as pd


def tables(problem: MatchingProblem, solution: MatchingSolution) -> dict[str, pd.DataFrame]:
    """Return the partition as data frames.

    Returns
    -------
    dict
        ``groups`` (members, alone, together, saving, most saving first), ``shippers`` (group,
        alone), ``tours`` (one row a truck's day of a group: trips, load, km), ``costs``,
        ``indicators``.
    """
    import pandas as pd

    planner, names = Planner(problem), problem.shipper_ids
    groups = []
    for number, group in enumerate(solution.groups):
        alone = sum(planner.cost_eur((s,)) for s in group)
        fee = problem.member_eur * len(group) if len(group) > 1 else 0.0
        together = planner.cost_eur(group) + fee
        groups.append(
            {
                "group": number,
                "members": len(group),
                "shippers": " + ".join(names[s] for s in group),
                "alone_eur": alone,
                "together_eur": together,
                "saving_eur": alone - together,
                "saving_pct": 100.0 * (alone - together) / alone if alone > 0 else 0.0,
            }
        )
    number_of = {s: k for k, group in enumerate(solution.groups) for s in group}
    result = evaluate(problem, solution)
    return {
        "groups": pd.DataFrame(groups).sort_values(
            ["saving_eur", "group"], ascending=[False, True], ignore_index=True
        ),
        "shippers": pd.DataFrame(
            {
                "shipper_id": list(names),
                "group": [number_of[s] for s in range(len(names))],
                "alone_eur": [planner.cost_eur((s,)) for s in range(len(names))],
            }
        ),
        "tours": _tours(problem, solution, planner),
        "costs": pd.DataFrame(
            {"component": list(result.costs_eur), "eur": list(result.costs_eur.values())}
        ),
        "indicators": pd.DataFrame(
            {"indicator": list(result.indicators), "value": list(result.indicators.values())}
        ),
    }


def _tours(problem: MatchingProblem, solution: MatchingSolution, planner: Planner) -> pd.DataFrame:
    import pandas as pd

    def way(trip: Trip | None) -> str:
        if trip is None:
            return ""
        stops = [problem.lane_origin[k] for k in trip.lanes]
        stops += [problem.lane_destination[k] for k in trip.drops]
        return " > ".join(problem.area_ids[k] for k in stops)

    def who(*trips: Trip | None) -> str:
        lanes = [k for trip in trips if trip is not None for k in trip.lanes]
        shippers = dict.fromkeys(problem.lane_shipper[lanes].tolist())
        return " + ".join(problem.shipper_ids[s] for s in shippers)

    rows = [
        {
            "group": number,
            "day": DAYS[day] if day < len(DAYS) else str(day + 1),
            "trucks": tour.count,
            "shippers": who(tour.first, tour.second),
            "trip": way(tour.first),
            "load": tour.first.load,
            "second_trip": way(tour.second),
            "second_load": tour.second.load if tour.second is not None else 0.0,
            "km": tour.km,
            "empty_km": tour.empty_km,
            "hours": tour.hours,
            "eur": tour.eur,
        }
        for number, group in enumerate(solution.groups)
        for day in range(problem.num_days)
        for tour in planner.tours(group, day)
    ]
    columns = ["group", "day", "trucks", "shippers", "trip", "load", "second_trip", "second_load",
               "km", "empty_km", "hours", "eur"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
