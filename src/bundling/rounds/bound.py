"""A cheap lower bound on the cost of the rounds; weak, but proved.

Every stop s is served by one entry v. Its own service time, and the cheapest leg into it, are paid
whatever the rest of the round is. The vehicle's fixed cost and the leg back to the depot are paid
once a round; a round cannot serve more than its capacity (or its shift), so a stop that takes the
share w of it can be charged the share w of those costs. With the share taken in one dimension
(kg or m3 delivered or picked up, or time) for all stops,

    bound = sum_s min_{v may serve s} [ in_{v,s} + eur_h_v service_s + w_{v,s} (fixed_v + back_v) ]

cannot exceed the cost of any solution. The best of the dimensions is returned. Energy is counted
at empty weight. With several trips a day the freight of a round is that many capacities; a stop
that may be left out costs its prize at most.
"""

from __future__ import annotations

import numpy as np

from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR


def lower_bound(problem: RoundsProblem, part: Part) -> float:
    """Return a lower bound on the cost of serving `part`, EUR."""
    stops = np.array(part.stops)
    rows = len(part.vehicles)
    base = np.full((rows, len(stops)), np.inf)
    per_round = np.zeros(rows)
    share = np.zeros((5, rows, len(stops)))
    for i, v in enumerate(part.vehicles):
        mine = stops[part.possible[i]]
        nodes = np.r_[problem.vehicle_depot[v], problem.num_depots + mine]
        legs = np.ix_(nodes, np.r_[problem.end_depot[v], nodes])
        # A closed way counts as in the base matrices: no shorter than it is, for a bound.
        metres, seconds, levied = (way[legs] for way in problem.ways_of(v))
        seconds = seconds / problem.speed_factor[v]
        per_km = problem.eur_per_km[v] + problem.eur_per_kwh[v] * problem.kwh_per_km[v]
        eur = (
            metres / METRES_PER_KM * per_km
            + levied / METRES_PER_KM * problem.levy_eur_per_km[v]
            + seconds / SECONDS_PER_HOUR * problem.eur_per_h[v]
        )
        back_eur, eur, seconds = eur[1:, 0], eur[:, 1:], seconds[:, 1:]
        np.fill_diagonal(eur, np.inf)
        np.fill_diagonal(seconds, np.inf)
        service = problem.service_s[mine] * problem.service_factor[v]
        on = part.possible[i]
        base[i, on] = eur[:, 1:].min(axis=0) + service / SECONDS_PER_HOUR * problem.eur_per_h[v]
        per_round[i] = problem.fixed_eur[v] + back_eur.min(initial=np.inf)
        freight = (problem.delivery_kg, problem.pickup_kg, problem.delivery_m3, problem.pickup_m3)
        limits = (problem.capacity_kg,) * 2 + (problem.capacity_m3,) * 2
        for k, (amount, limit) in enumerate(zip(freight, limits, strict=True)):
            if limit[v] > 0:
                share[k, i, on] = amount[mine] / (limit[v] * problem.max_trips[v])
        share[4, i, on] = (service + seconds[:, 1:].min(axis=0)) / max(problem.shift_s[v], 1e-9)
    prizes = problem.prize_eur[stops]
    totals = [
        np.minimum((base + share[k] * per_round[:, None]).min(axis=0), prizes).sum()
        for k in range(5)
    ]
    # The checker lets a limit be exceeded by a millionth (of at least 1); allow for that.
    return float(max(totals)) * (1.0 - 1e-5)
