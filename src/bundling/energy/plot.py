"""Draw a charge schedule: load against the connection, with the price."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.energy.baseline import charge_on_arrival
from bundling.energy.flows import charging_kw, net_kw
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, SitePlan

FloatArray = NDArray[np.float64]


def plot(solution: EnergySolution, problem: EnergyProblem, *, ax: Any = None) -> Any:
    """Draw base load and charging stacked, the limit, the price, and charging without a plan.

    Parameters
    ----------
    solution, problem
        What to draw.
    ax
        Matplotlib axes to draw on; None makes a figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; the price stands on a twin axis on the right. With battery, PV or contracts the
        power at the meter is drawn over the load (below 0: fed in), with PV, what the battery
        holds, and the contract.
    """
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(9, 4), layout="constrained").subplots()
    hours = np.r_[problem.slot_start_s, problem.slot_start_s[-1] + problem.slot_s] / 3600.0
    base = problem.base_load_kw
    total = base + charging_kw(problem, solution)
    unplanned = base + charging_kw(problem, charge_on_arrival(problem))
    ax.stairs(base, hours, fill=True, color="#b8c4cc", label="base load")
    ax.stairs(total, hours, baseline=base, fill=True, color="#2a7f9e", label="charging")
    if solution.site is not None:
        _draw_site(ax, problem, solution, solution.site, hours)
    ax.stairs(unplanned, hours, color="#8a5a00", linestyle=":", label="charging on arrival")
    if np.isfinite(problem.connection_kw).all():
        ax.stairs(
            problem.connection_kw,
            hours,
            baseline=None,
            color="#b00020",
            linewidth=1.5,
            label="connection",
        )
    first, last = hours[0], hours[-1]
    step = max(1.0, np.ceil((last - first) / 12.0))
    ticks = np.arange(np.ceil(first), last + 1e-9, step)
    ax.set_xticks(ticks, [f"{int(hour) % 24:02d}:00" for hour in ticks])
    ax.set_xlim(first, last)
    if solution.site is None:
        ax.set_ylim(bottom=0.0)
    ax.set_ylabel("draw from the grid, kW")
    ax.set_title(problem.name)
    twin = ax.twinx()
    twin.stairs(
        problem.price_eur_per_kwh,
        hours,
        baseline=None,
        color="#444444",
        linewidth=1,
        label="price",
    )
    twin.set_ylabel("price, EUR/kWh")
    lines, labels = ax.get_legend_handles_labels()
    more, names = twin.get_legend_handles_labels()
    ax.legend(lines + more, labels + names, loc="upper right", fontsize="small")
    return ax


def _draw_site(
    ax: Any, problem: EnergyProblem, solution: EnergySolution, plan: SitePlan, hours: FloatArray
) -> None:
    """Draw the meter, PV in use, the battery and the contract."""
    if problem.pv is not None:
        ax.stairs(plan.pv_kw, hours, color="#e0a800", linewidth=1.2, label="PV used")
    if problem.battery is not None:
        way = plan.charge_kw - plan.discharge_kw
        ax.stairs(way, hours, color="#5b8c3e", linewidth=1.2, label="battery charging")
    if plan.offer >= 0:
        limit = plan.contract_kw * problem.offers[plan.offer].availability
        ax.stairs(limit, hours, baseline=None, color="#b00020", linestyle="--", label="contract")
    meter = net_kw(problem, solution)
    ax.stairs(meter, hours, baseline=None, color="#111111", linewidth=1.5, label="at the meter")
    ax.axhline(0.0, color="#444444", linewidth=0.8)
