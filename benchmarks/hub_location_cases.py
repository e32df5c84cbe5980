"""The sets of hub location problems that are measured.

`cab`, `ap` and `apf` (fixed costs) are public; `split` is made of AP 40 and stands in for AP 50-200
which are not in the folder, so its values are not theirs; `large` is of our own making.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bundling.io.hub_files import HubFile, read_ap, read_cab, read_node_values
from bundling.location import HubLocationProblem, hub_location, p_hub_median

Case = tuple[str, Callable[[], HubLocationProblem], float | None]
"""Name, problem, and best known value (None: not known)."""


def cab(folder: Path) -> Iterator[Case]:
    """Flights between 25 US cities."""
    home = folder / "hub_cab"
    data = read_cab(home / "okelly-data.txt")
    flow = data.flow / data.flow.sum()
    for single, table in (
        (True, "USApHMP_CAB25_exact.csv"), (False, "UMApHMP_CAB25_exact_enumeration.csv")
    ):  # fmt: skip
        with (home / table).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            p, alpha = int(row["p"]), float(row["alpha"])
            name = f"CAB25-{'single' if single else 'multiple'}-p{p}-alpha{alpha:g}"
            yield (
                name,
                lambda p=p, alpha=alpha, single=single: p_hub_median(
                    flow, data.distance, p, alpha=alpha, single=single
                ),
                float(row["opt_per_unit_flow"]),
            )


def _medians(data: HubFile, p: int, *, single: bool) -> HubLocationProblem:
    return p_hub_median(
        data.flow, data.distance, p, single=single, chi=data.chi, alpha=data.alpha,
        delta=data.delta,
    )  # fmt: skip


def ap(folder: Path) -> Iterator[Case]:
    """Australian post: medians."""
    home = folder / "hub_ap"
    for n in (10, 20, 25, 40):
        data = read_ap(home / f"AP_{n}.txt")
        for single, table in ((True, "USApHMP"), (False, "UMApHMP")):
            known = _published(home / f"Solutions-{table}.txt")
            for p in range(2, 6):
                yield (
                    f"AP{n}-{'single' if single else 'multiple'}-p{p}",
                    lambda data=data, p=p, single=single: _medians(data, p, single=single),
                    known.get((n, p)),
                )


def _published(path: Path) -> dict[tuple[int, int], float]:
    """Read objectives by number of nodes and hubs."""
    found, now = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        head = re.search(r"n=(\d+), p=(\d+)", line)
        value = re.search(r"Objective\s*:\s*([\d.]+)", line)
        if head:
            now = (int(head[1]), int(head[2]))
        elif value and now:
            found[now] = float(value[1])
    return found


def apf(folder: Path) -> Iterator[Case]:
    """Australian post: fixed costs (L, T), without and with capacities (L, T)."""
    home = folder / "hub_ap"
    with (home / "USAHLP_AP_highs.csv").open(newline="", encoding="utf-8") as file:
        known = {
            row["n"] + row["fixed_cost_type"]: float(row["objective"])
            for row in csv.DictReader(file)
        }
    text = (home / "Solutions-CSAHLP.txt").read_text(encoding="utf-8")
    known |= {
        name: float(value)
        for name, value in re.findall(r"Problem (\w+)\s+Objective: ([\d.]+)", text)
    }
    for n in (10, 20, 25, 40):
        data = read_ap(home / f"AP_{n}.txt")
        for fixed in "LT":
            costs = read_node_values(home / f"Fcost{fixed}.{n}", n)
            for capacity in ("", "L", "T"):
                room = read_node_values(home / f"Cap{capacity}.{n}", n) if capacity else np.inf
                for single in (True, False):
                    kind = "single" if single else "multiple"
                    name = f"{n}{fixed}{capacity}"
                    yield (
                        f"AP{name}-{kind}",
                        lambda data=data, costs=costs, room=room, single=single: _fixed(
                            data, costs, room, single=single
                        ),
                        known.get(name) if single else None,
                    )


def own(count: int, seed: int = 1) -> HubFile:
    """Towns in a few clusters, flow by the product of their sizes: like post, but not it.

    Returns
    -------
    HubFile
        Distances in km; 8,000 units of flow.
    """
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 60, (8, 2))
    place = centres[rng.integers(0, 8, count)] + rng.normal(0, 6, (count, 2))
    size = rng.lognormal(0, 1, count)
    flow = np.outer(size, size) * rng.uniform(0.5, 1.5, (count, count))
    difference = place[:, None] - place
    distance = np.hypot(difference[..., 0], difference[..., 1])
    return HubFile(flow * 8000 / flow.sum(), distance, 0, 3.0, 0.75, 2.0)


def large(folder: Path) -> Iterator[Case]:  # noqa: ARG001
    """Problems of our own making."""
    for n, hubs in ((100, (3, 4, 5)), (200, (2, 3))):
        data = own(n)
        for p in hubs:
            name = f"own{n}-multiple-p{p}"
            yield name, lambda data=data, p=p: _medians(data, p, single=False), None
    for n in (100, 200):
        data = own(n)
        costs = np.random.default_rng(2).uniform(20_000, 40_000, n)
        for single in (True, False):
            yield (
                f"own{n}-fixed-{'single' if single else 'multiple'}",
                lambda data=data, costs=costs, single=single: _fixed(
                    data, costs, np.inf, single=single
                ),
                None,
            )


def _fixed(data: HubFile, costs: Any, room: Any, *, single: bool) -> HubLocationProblem:
    return hub_location(
        data.flow, data.distance, costs, capacity=room, single=single, chi=data.chi,
        alpha=data.alpha, delta=data.delta,
    )  # fmt: skip


def split_post(home: Path, count: int, seed: int = 1) -> HubFile:
    """Post with each of the 40 places made into several: as large as the AP sets that are not here.

    Places lie some km around the one they come from and share its flow at random.

    Returns
    -------
    HubFile
        Distances in km; as much flow as in the AP sets.
    """
    rng = np.random.default_rng(seed)
    small = read_ap(home / "AP_40.txt")
    rows = (home / "AP_40.txt").read_text(encoding="utf-8").splitlines()[1:41]
    at = np.arange(count) % 40
    place = np.array([row.split() for row in rows], dtype=float)[at] / 1000
    place += rng.normal(0, 2, place.shape)
    share = rng.lognormal(0, 0.7, count)
    share /= np.bincount(at, share, 40)[at]
    flow = small.flow[np.ix_(at, at)] * np.outer(share, share)
    flow *= rng.lognormal(0, 0.5, flow.shape)
    apart = place[:, None] - place
    return HubFile(
        flow * small.flow.sum() / flow.sum(), np.hypot(apart[..., 0], apart[..., 1]), 0, small.chi,
        small.alpha, small.delta,
    )  # fmt: skip


def split(folder: Path) -> Iterator[Case]:
    """Post made larger: medians, and fixed costs without and with capacities."""
    for n, hubs in ((50, (5, 10)), (100, (3, 5, 8)), (200, (2, 3, 5))):
        data = split_post(folder / "hub_ap", n)
        rng = np.random.default_rng(n)
        out = data.flow.sum(axis=1)
        total = float(out.sum())
        for single in (True, False):
            kind = "single" if single else "multiple"
            for p in hubs:
                yield (
                    f"split{n}-{kind}-p{p}",
                    lambda data=data, p=p, single=single: _medians(data, p, single=single),
                    None,
                )
        # As in the AP sets: loose, all cost about the same; tight, busy places cost more.
        costs = {
            "L": rng.uniform(20_000, 33_000, n),
            "T": 23_000 + 2e5 * out / out.max() * rng.uniform(0.6, 1.2, n),
        }
        room = {
            "": np.full(n, np.inf),
            "L": np.maximum(1.01 * out, total * rng.uniform(0.05, 0.6, n)),
            "T": np.maximum(1.01 * out, total * rng.uniform(0.05, 0.4, n)),
        }
        for fixed, capacity in itertools.product("LT", ("", "L", "T")):
            for single in (True, False):
                yield (
                    f"split{n}{fixed}{capacity}-{'single' if single else 'multiple'}",
                    lambda data=data, costs=costs[fixed], room=room[capacity], single=single: (
                        _fixed(data, costs, room, single=single)
                    ),
                    None,
                )


SETS = {"cab": cab, "ap": ap, "apf": apf, "split": split, "large": large}
