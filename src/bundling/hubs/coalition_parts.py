"""What a coalition pays when its freight keeps the routes of a plan for all."""

from __future__ import annotations

import numpy as np

from bundling.hubs.legs import build_legs
from bundling.hubs.plan import UNROUTED, Plan
from bundling.hubs.problem import BoolArray, HubsProblem, IntArray


class PartsOfPlan:
    """Costs of coalitions with what is left of a plan.

    Whatever is left of a feasible plan is feasible, with the cheapest vehicles for what remains on
    each leg, so these are upper bounds. Nothing is said (``inf``) when vehicles are limited, since
    cheaper vehicles may then be too many.

    Parameters
    ----------
    problem
        Of all players.
    route
        Hub of each shipment, or direct: ``HubsSolution.route``.
    """

    def __init__(self, problem: HubsProblem, route: IntArray) -> None:
        self._limited = bool(np.isfinite(problem.vehicle_limit).any())
        self._service_eur = problem.shipment_service_h * problem.service_eur_per_h
        if not self._limited:
            self._plan = Plan(problem, build_legs(problem))
            self._option = [self._plan.by_hub[i][h] for i, h in enumerate(route.tolist())]

    def cost_eur(self, mine: BoolArray) -> float:
        """Cost of the shipments that are `mine`, EUR."""
        if self._limited:
            return float("inf")
        kept = zip(self._option, mine.tolist(), strict=True)
        self._plan.load_options(o if here else UNROUTED for o, here in kept)
        return float(self._plan.cost + self._service_eur[mine].sum())
