"""What the benchmarks run: set, instance, method, limit, seeds; changed in commits of its own."""

from __future__ import annotations

from dataclasses import dataclass

from bundling.instances.cities import NAMES as CITY_NAMES
from bundling.instances.named import NAMES

SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class BenchSpec:
    """One line of the registry.

    Attributes
    ----------
    set_name
        The set it belongs to; ``run.py --set`` picks it.
    instance
        Name in `bundling.instances.named`.
    method
        ``"bundling"``, or the name of a peer in `peers.py`.
    time_limit_s, gap
        Passed to `bundling.solve`.
    seeds
        One run each.
    """

    set_name: str
    instance: str
    method: str
    time_limit_s: float
    gap: float = 1e-4
    seeds: tuple[int, ...] = SEEDS


_LIMIT_S = {"hubs": 60.0, "rounds": 60.0, "energy": 10.0, "siting": 60.0}

SPECS: tuple[BenchSpec, ...] = (
    *(BenchSpec("regions", name, "bundling", _LIMIT_S[name.rpartition("-")[2]]) for name in NAMES),
    *(
        BenchSpec("regions-reference", name, "pyomo", 60.0, seeds=(1,))
        for name in NAMES
        if name.endswith(("-energy", "-siting", "-hubs"))
    ),
    *(
        BenchSpec("regions-ortools", name, "ortools", _LIMIT_S["rounds"], seeds=(1,))
        for name in NAMES
        if name.endswith("-rounds")
    ),
)


@dataclass(frozen=True)
class CityRuns:
    """What `cities.py` runs of one kind of city problem.

    Attributes
    ----------
    instances
        Names in `bundling.instances.cities`.
    solvers
        Those that can state the kind, at least in part; ours comes first.
    """

    instances: tuple[str, ...]
    solvers: tuple[str, ...]


_CITY_PEERS = ("bundling", "pyvrp-repair", "pyvrp-range", "ortools")
_CITY_SOLVERS = {
    "electric": _CITY_PEERS,
    "mixed": _CITY_PEERS,
    "plain": (*_CITY_PEERS, "routingblocks"),
    "echelons": ("bundling", "pyvrp-echelons"),
}
CITY_RUNS: dict[str, CityRuns] = {
    kind: CityRuns(tuple(name for name in CITY_NAMES if name.endswith(f"-{kind}")), solvers)
    for kind, solvers in _CITY_SOLVERS.items()
}
