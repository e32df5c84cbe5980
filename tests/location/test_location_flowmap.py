"""Maps of hub location and network design: every line that carries something, in proportion."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import bundling
from bundling.location.design import network_design
from bundling.location.design.plot import plot_flows as plot_design
from bundling.location.flowmap import flow_map
from bundling.location.hubs import HubLocationProblem
from bundling.location.hubs.plot import plot_flows as plot_hubs

mpl.use("Agg")


def test_width_tells_the_amount() -> None:
    places = {"a": (0.0, 0.0), "b": (1.0, 0.0), "c": (0.0, 1.0)}
    axes = flow_map([("a", "b", 4.0), ("b", "c", 2.0)], places, marked=["b"])
    wide, narrow = axes.collections[1].get_linewidths()
    assert wide - 0.8 == pytest.approx(2 * (narrow - 0.8))
    assert "at most 4" in axes.get_title()
    assert flow_map([], places).get_title().endswith("at most 0")
    with pytest.raises(KeyError):
        flow_map([("a", "z", 1.0)], places)


def test_hubs_and_arcs_are_drawn_where_the_places_say() -> None:
    x = np.array([0.0, 1.0, 9.0, 10.0])
    problem = HubLocationProblem.of(
        1.0 - np.eye(4), np.abs(x[:, None] - x), alpha=0.5, least_open=2, most_open=2
    )
    result = bundling.solve(problem, time_limit=5.0)
    places = {name: (float(at), 0.0) for name, at in zip(problem.node_ids, x, strict=True)}
    axes = plot_hubs(result.solution, problem, places)
    assert len(axes.collections[1].get_segments()) == 2  # forth and back between two hubs
    arcs = network_design(
        [("a", "b"), ("b", "c"), ("a", "c")], [("a", "c")], unit_cost=1.0, fixed_cost=1.0,
        quantity=2.0,
    )  # fmt: skip
    plan = bundling.solve(arcs, time_limit=5.0)
    axes = plot_design(plan.solution, arcs, {"a": (0, 0), "b": (1, 1), "c": (2, 0)})
    assert len(axes.collections[1].get_segments()) == 1
