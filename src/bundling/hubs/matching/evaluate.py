"""What a partition costs and does: the only place that says so."""

from __future__ import annotations

from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution
from bundling.hubs.matching.trips import Planner
from bundling.result import Evaluation


def evaluate(problem: MatchingProblem, solution: MatchingSolution) -> Evaluation:
    """Plan every group and add up.

    Costs (EUR over all days): ``vehicles`` (fixed cost of every truck's day), ``km``, ``hours``,
    ``cooperation``.

    Indicators: ``vehicle_km``, ``empty_km`` (without freight), ``tours`` (trucks' days),
    ``trips``, ``load_rate`` (load over capacity, by trip), ``groups`` (of two or more),
    ``members`` (shippers in them), ``alone_eur`` and ``saving_eur`` (against each shipper alone).
    """
    planner = Planner(problem)
    tours, km, empty, hours, trips, load = 0, 0.0, 0.0, 0.0, 0, 0.0
    for group in solution.groups:
        for day in range(problem.num_days):
            for tour in planner.tours(group, day):
                tours += tour.count
                km += tour.count * tour.km
                empty += tour.count * tour.empty_km
                hours += tour.count * tour.hours
                for trip in (tour.first, tour.second):
                    if trip is not None:
                        trips += tour.count
                        load += tour.count * trip.load
    joined = [group for group in solution.groups if len(group) > 1]
    members = sum(len(group) for group in joined)
    costs = {
        "vehicles": tours * problem.fixed_eur,
        "km": km * problem.eur_per_km,
        "hours": hours * problem.eur_per_h,
        "cooperation": members * problem.member_eur,
    }
    alone = sum(planner.cost_eur((s,)) for s in range(problem.num_shippers))
    indicators = {
        "vehicle_km": km,
        "empty_km": empty,
        "tours": float(tours),
        "trips": float(trips),
        "load_rate": load / trips if trips else 0.0,
        "groups": float(len(joined)),
        "members": float(members),
        "alone_eur": alone,
        "saving_eur": alone - sum(costs.values()),
    }
    return Evaluation(costs, indicators)
