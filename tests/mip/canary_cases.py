"""Tiny integer programmes whose optimum is known without any solver.

Every generator enumerates the binaries (or integers) and knows what is best for the rest in closed
form, so the known answer rests on sorting and adding alone. All data are whole numbers, so optima
differ by 1 or more from any other value and no tolerance can hide a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bundling.mip import LinearModel

Case = tuple[LinearModel, float]
"""A model and its optimum, ``inf`` when it has no solution."""


def _binaries(n: int) -> NDArray[np.int64]:
    """All 0-1 vectors of length `n`; shape (2**n, n)."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def fixed_charge(rng: np.random.Generator) -> Case:
    """Open suppliers and draw a demand from them: ``x <= u y``.

    With the open suppliers given, the cheapest go first: a sort and a running sum.
    """
    n = int(rng.integers(3, 11))
    cost, fixed, most = rng.integers(1, 20, n), rng.integers(1, 60, n), rng.integers(1, 15, n)
    demand = int(rng.integers(1, most.sum() + 1))

    order = np.argsort(cost)
    opened = _binaries(n)[:, order]
    capacity = opened * most[order]
    before = np.cumsum(capacity, axis=1) - capacity
    drawn = np.clip(demand - before, 0, capacity)
    total = drawn @ cost[order] + opened @ fixed[order]
    known = total[capacity.sum(axis=1) >= demand].min()

    model = LinearModel()
    x = model.add_columns("x", n, cost=cost)
    y = model.add_columns("y", n, upper=1, cost=fixed, integer=True)
    rows = np.arange(n)
    model.add_rows("demand", 1, (0, x, 1.0), lower=demand)
    model.add_rows("open", n, (rows, x, 1.0), (rows, y, -most), upper=0)
    return model, float(known)


def lot_sizing(rng: np.random.Generator) -> Case:
    """Produce in some periods, keep stock, serve every demand in time.

    With the periods of production given, every demand comes from the production that is cheapest
    for it, stock included.
    """
    n = int(rng.integers(3, 9))
    cost, fixed = rng.integers(1, 10, n), rng.integers(5, 80, n)
    hold, demand = int(rng.integers(1, 4)), rng.integers(0, 20, n)

    made, used = np.arange(n)[:, None], np.arange(n)[None, :]
    unit = np.where(made <= used, cost[:, None] + hold * (used - made), 10**6)
    set_up = _binaries(n)
    each = np.where(set_up[:, :, None] == 1, unit[None], 10**6).min(axis=1)
    total = each @ demand + set_up @ fixed
    known = total.min()

    model = LinearModel()
    x = model.add_columns("make", n, cost=cost)
    s = model.add_columns("stock", n, cost=hold)
    y = model.add_columns("set up", n, upper=1, cost=fixed, integer=True)
    rows = np.arange(n)
    model.add_rows(
        "balance",
        n,
        (rows, x, 1.0),
        (rows[1:], s[:-1], 1.0),
        (rows, s, -1.0),
        lower=demand,
        upper=demand,
    )
    model.add_rows("set up", n, (rows, x, 1.0), (rows, y, -float(demand.sum())), upper=0)
    return model, float(known)


def facility_location(rng: np.random.Generator) -> Case:
    """Open facilities, serve customers; strong or weak (summed) linking rows.

    With the open facilities given, every customer goes to the cheapest open one.
    """
    m, n = int(rng.integers(2, 7)), int(rng.integers(2, 5))
    serve, fixed = rng.integers(1, 30, (m, n)), rng.integers(1, 50, m)

    opened = _binaries(m)[1:]
    each = np.where(opened[:, :, None] == 1, serve[None], 10**6).min(axis=1)
    known = (each.sum(axis=1) + opened @ fixed).min()

    model = LinearModel()
    x = model.add_columns("serve", (m, n), upper=1, cost=serve)
    y = model.add_columns("open", m, upper=1, cost=fixed, integer=True)
    model.add_rows("served", n, (np.arange(n), x, 1.0), lower=1, upper=1)
    if rng.random() < 0.5:
        rows = np.arange(m * n).reshape(m, n)
        model.add_rows("link", (m, n), (rows, x, 1.0), (rows, y[:, None], -1.0), upper=0)
    else:
        rows = np.arange(m)
        model.add_rows("link", m, (rows[:, None], x, 1.0), (rows, y, -float(n)), upper=0)
    return model, float(known)


def single_source(rng: np.random.Generator) -> Case:
    """Give every customer to one facility with a capacity; may have no solution.

    All assignments are enumerated.
    """
    m, n = int(rng.integers(2, 4)), int(rng.integers(2, 6))
    serve, fixed = rng.integers(1, 30, (m, n)), rng.integers(1, 50, m)
    weight, room = rng.integers(1, 10, n), rng.integers(4, 20, m)

    choice = np.stack(np.unravel_index(np.arange(m**n), (m,) * n), axis=1)
    load = np.stack([((choice == i) * weight).sum(axis=1) for i in range(m)], axis=1)
    total = serve[choice, np.arange(n)].sum(axis=1) + (load > 0) @ fixed
    fits = (load <= room).all(axis=1)
    known = float(total[fits].min()) if fits.any() else np.inf

    model = LinearModel()
    x = model.add_columns("serve", (m, n), upper=1, cost=serve, integer=True)
    y = model.add_columns("open", m, upper=1, cost=fixed, integer=True)
    model.add_rows("served", n, (np.arange(n), x, 1.0), lower=1, upper=1)
    rows = np.arange(m)
    model.add_rows("room", m, (rows[:, None], x, weight), (rows, y, -room), upper=0)
    return model, known


def general(rng: np.random.Generator) -> Case:
    """Bounded integers and one continuous column in random rows; may have no solution.

    With the integers given, the continuous column lies in an interval and is best at one end.
    """
    n, rows = int(rng.integers(2, 6)), int(rng.integers(1, 5))
    top = 3
    a, g = rng.integers(-6, 7, (rows, n)), rng.integers(-3, 4, rows)
    b = rng.integers(-4, 20, rows)
    cost, z_cost, z_top = rng.integers(-15, 16, n), int(rng.integers(-9, 10)), 6

    points = np.stack(np.unravel_index(np.arange((top + 1) ** n), (top + 1,) * n), axis=1)
    left = b - points @ a.T
    with np.errstate(divide="ignore", invalid="ignore"):
        limit = left / g
    highest = np.where(g > 0, limit, np.inf).min(axis=1, initial=z_top)
    lowest = np.where(g < 0, limit, -np.inf).max(axis=1, initial=0.0)
    fits = (lowest <= highest) & ((g != 0) | (left >= 0)).all(axis=1)
    z = highest if z_cost < 0 else lowest
    total = points @ cost + z_cost * z
    known = float(total[fits].min()) if fits.any() else np.inf

    model = LinearModel()
    x = model.add_columns("x", n, upper=top, cost=cost, integer=True)
    last = model.add_columns("z", 1, upper=z_top, cost=z_cost)
    at = np.arange(rows)
    model.add_rows("rows", rows, (at[:, None], x, a), (at, last[0], g), upper=b)
    return model, known


KINDS: tuple[Callable[[np.random.Generator], Case], ...] = (
    fixed_charge,
    lot_sizing,
    facility_location,
    single_source,
    general,
)


def cases(kind: Callable[[np.random.Generator], Case], count: int) -> Iterator[Case]:
    """The first `count` cases of a kind, always the same."""
    for seed in range(count):
        yield kind(np.random.default_rng(seed))
