"""How full the batteries are over the day."""

from __future__ import annotations

from typing import Any

from bundling.rounds.evaluate import all_figures
from bundling.rounds.plot_axes import COLOURS, LIMIT, clock_axis, legend_above, new_axes
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.rounds.timeline import battery_levels
from bundling.units import SECONDS_PER_HOUR

_EACH = len(COLOURS)
"""Up to so many rounds have a colour each; more have one by vehicle type."""


def state_of_charge(solution: RoundsSolution, problem: RoundsProblem, *, ax: Any = None) -> Any:
    """Draw the level of every battery over the day, charges on the way thick.

    Levels are parts of what the battery gives above its reserve, so that vehicles of all sizes
    fit in one drawing: 0 % is the reserve, which no vehicle may touch.

    Parameters
    ----------
    solution, problem
        What to draw; rounds without a battery are left out.
    ax
        Matplotlib axes; a new figure without pyplot when None.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; rounds have the numbers of the tables.
    """
    if ax is None:
        ax = new_axes(10.0, 4.5)
    all_rounds = zip(solution.routes, all_figures(problem, solution), strict=True)
    rounds = [
        (number, *pair) for number, pair in enumerate(all_rounds, start=1) if pair[1].usable_kwh > 0
    ]
    kinds = list(dict.fromkeys(problem.vehicle_types))
    named: set[str] = set()
    alone = len(rounds) <= _EACH
    for place, (number, driven, route) in enumerate(rounds):
        label = f"{number}  {route.vehicle}" if alone else route.vehicle_type
        colour = COLOURS[(place if alone else kinds.index(route.vehicle_type)) % _EACH]
        times, levels = battery_levels(problem, driven, route)
        hours, share = times / SECONDS_PER_HOUR, 100.0 * levels / route.usable_kwh
        ax.plot(
            hours, share, color=colour, linewidth=1.3, alpha=0.9 if alone else 0.6,
            label=None if label in named else label,
        )  # fmt: skip
        named.add(label)
        for event in route.charges:
            inside = (times >= event.start_s) & (times <= event.end_s)
            ax.plot(
                hours[inside], share[inside], color=colour, linewidth=5.0, alpha=0.45,
                solid_capstyle="round",
            )  # fmt: skip
    if any(route.charges for *_, route in rounds):
        ax.plot([], [], color="#7b8794", linewidth=5.0, alpha=0.6, label="charge on the way")
    ax.axhline(0.0, color=LIMIT, linewidth=1.5, label="reserve")
    ax.set_ylim(-4.0, 104.0)
    ax.set_ylabel("battery above the reserve (%)")
    if rounds:
        clock_axis(ax, min(r.departure_s for *_, r in rounds), max(r.return_s for *_, r in rounds))
    ax.grid(color="#e1e6ea")
    ax.set_axisbelow(True)
    legend_above(ax, 5)
    return ax
