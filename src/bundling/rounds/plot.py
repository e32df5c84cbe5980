"""A rounds solution drawn on matplotlib axes: the map here, the day in three other drawings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bundling.rounds.evaluate import all_figures, left_out
from bundling.rounds.figures import RouteFigures
from bundling.rounds.itinerary import itinerary
from bundling.rounds.plot_axes import COLOURS, LIMIT, new_axes
from bundling.rounds.plot_battery import state_of_charge as state_of_charge
from bundling.rounds.plot_gantt import gantt as gantt
from bundling.rounds.plot_load import connection_load as connection_load
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import METRES_PER_KM

_STATION = "#009E73"
_MOST_NAMED = 20
"""Stops are named on the map up to this number."""


def plot(solution: RoundsSolution, problem: RoundsProblem, *, ax: Any = None) -> Any:
    """Draw depots, stops, charging stations and rounds on RD kilometres.

    Few rounds have a colour each, many have one by vehicle type. Stations where something is
    charged are filled and say how often and how much. Stops that are left out are red crosses.

    Parameters
    ----------
    solution, problem
        What to draw.
    ax
        Matplotlib axes; a new figure without pyplot when None.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.
    """
    if ax is None:
        ax = new_axes(8.0, 8.0)
    rounds = all_figures(problem, solution)
    kinds = list(dict.fromkeys(problem.vehicle_types))
    few, named = len(rounds) < len(COLOURS), set[str]()
    x_km, y_km = node_km(problem)
    for number, (route, figures) in enumerate(zip(solution.routes, rounds, strict=True)):
        start = problem.vehicle_depot[problem.vehicle_index[route.vehicle]]
        way = [int(start), *(step.node for step in itinerary(problem, route))]
        colour = number if few else kinds.index(figures.vehicle_type)
        label = f"{number + 1}  {route.vehicle}" if few else figures.vehicle_type
        ax.plot(
            x_km[way],
            y_km[way],
            color=COLOURS[colour % len(COLOURS)],
            linewidth=1.2 if few else 1.0,
            alpha=0.8,
            label=None if label in named else label,
        )
        named.add(label)
    first, last = problem.num_depots, problem.num_depots + problem.num_stops
    close = problem.num_stops > _MOST_NAMED
    ax.plot(x_km[first:last], y_km[first:last], ".", color="#444444", ms=3 if close else 7)
    for node in () if close else range(first, last):
        ax.annotate(
            problem.node_ids[node], (x_km[node], y_km[node]), (4, -9), fontsize="x-small",
            textcoords="offset points", color="#444444",
        )  # fmt: skip
    missing = [first + s for s in left_out(problem, solution)]
    if missing:
        ax.scatter(
            x_km[missing], y_km[missing], marker="x", color=LIMIT, s=40, zorder=4,
            label="stop left out",
        )  # fmt: skip
    _draw_stations(problem, rounds, ax)
    ax.plot(x_km[:first], y_km[:first], "s", color="black", ms=7, label="depot")
    ax.set_aspect("equal")
    ax.set_xlabel("RD x (km)")
    ax.set_ylabel("RD y (km)")
    without = f" ({len(missing)} left out)" if missing else ""
    served = sum(len(figures.visits) for figures in rounds)
    ax.set_title(f"{_count(len(rounds), 'round')}, {_count(served, 'stop')}{without}")
    ax.legend(loc="best")
    return ax


def node_km(problem: RoundsProblem) -> tuple[Any, Any]:
    """Places of all nodes in RD kilometres."""
    x = np.r_[problem.depot_x_m, problem.stop_x_m, problem.station_x_m]
    y = np.r_[problem.depot_y_m, problem.stop_y_m, problem.station_y_m]
    return x / METRES_PER_KM, y / METRES_PER_KM


def _draw_stations(problem: RoundsProblem, rounds: Sequence[RouteFigures], ax: Any) -> None:
    if not problem.num_stations:
        return
    charged: dict[str, list[float]] = {station: [] for station in problem.station_ids}
    for figures in rounds:
        for event in figures.charges:
            charged[event.station].append(event.kwh)
    x, y = problem.station_x_m / METRES_PER_KM, problem.station_y_m / METRES_PER_KM
    all_x = node_km(problem)[0]
    middle = (all_x.min() + all_x.max()) / 2.0
    for used, face, label in ((True, _STATION, "station, charged"), (False, "white", "station")):
        mine = [k for k, name in enumerate(problem.station_ids) if bool(charged[name]) == used]
        if mine:
            ax.scatter(
                x[mine], y[mine], marker="^", s=70, facecolor=face, edgecolor="#00523c",
                linewidth=1.0, zorder=5, label=label,
            )  # fmt: skip
        for k in mine if used else ():
            kwh = charged[problem.station_ids[k]]
            side = 1 if x[k] <= middle else -1  # towards the middle, so that no edge cuts it
            ax.annotate(
                f"{_count(len(kwh), 'charge')}, {sum(kwh):.1f} kWh", (x[k], y[k]), (6 * side, 6),
                textcoords="offset points", fontsize="small", zorder=6,
                ha="left" if side > 0 else "right",
                bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75},
            )  # fmt: skip


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
