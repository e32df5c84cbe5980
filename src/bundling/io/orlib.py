"""OR-Library's files for p-median and warehouse location.

J. E. Beasley, "OR-Library: distributing test problems by electronic mail", Journal of the
Operational Research Society 41 (1990) 1069-1072. Both formats are numbers in a row; lines mean
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from bundling.errors import Fault, InputError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PMedianFile:
    """A graph and how many of its nodes are medians.

    Attributes
    ----------
    distance
        Shortest distances between all nodes ``[n, n]``; ``inf`` where no way leads.
    p
        Number of medians.
    """

    distance: FloatArray
    p: int


@dataclass(frozen=True, eq=False)
class WarehouseFile:
    """Warehouses and customers; `cost` ``[customers, sites]`` is that of all they ask for."""

    cost: FloatArray
    fixed_cost: FloatArray
    demand: FloatArray
    capacity: FloatArray


def read_pmed(path: str | Path) -> PMedianFile:
    """Read a graph: nodes, edges and p, then ends and length of each edge; the last one counts.

    Raises
    ------
    bundling.InputError
        When the file is cut off, or has something else than numbers.
    """
    path = Path(path)
    numbers = _numbers(path, path.read_text(encoding="utf-8").split())
    if len(numbers) < 3 or len(numbers) < 3 + 3 * int(numbers[1]):
        raise _cut_off(path)
    count, edges, p = (int(number) for number in numbers[:3])
    rows = numbers[3 : 3 + 3 * edges].reshape(-1, 3)
    length = {}
    for tail, head, way in rows.tolist():
        length[min(int(tail), int(head)), max(int(tail), int(head))] = way
    ends = np.array(list(length), dtype=np.int64).reshape(-1, 2) - 1
    if len(ends) and (ends.min() < 0 or ends.max() >= count):
        rule = f"an edge ends at a node that is not among the {count}"
        raise InputError([Fault(path.name, "", (), rule, "Number the nodes from 1.")])
    graph = sparse.csr_array((list(length.values()), (ends[:, 0], ends[:, 1])), (count, count))
    return PMedianFile(csgraph.shortest_path(graph, directed=False), p)


def read_warehouses(path: str | Path, *, capacity: float | None = None) -> WarehouseFile:
    """Read warehouses (capacity, fixed cost), then customers (demand, costs of all of it).

    Parameters
    ----------
    path
        The file.
    capacity
        Of every warehouse, for files (capa, capb, capc) that have the word in its place.

    Raises
    ------
    bundling.InputError
        When the file is cut off, has something else than numbers, or asks for a capacity.
    """
    path = Path(path)
    words = path.read_text(encoding="utf-8").split()
    if "capacity" in words:
        if capacity is None:
            rule = "has the word 'capacity' in place of a number"
            raise InputError([Fault(path.name, "capacity", (), rule, "Give `capacity`.")])
        words = [str(capacity) if word == "capacity" else word for word in words]
    numbers = _numbers(path, words)
    if len(numbers) < 2:
        raise _cut_off(path)
    sites, clients = int(numbers[0]), int(numbers[1])
    ends = 2 + 2 * sites
    if len(numbers) < ends + clients * (1 + sites):
        raise _cut_off(path)
    warehouses = numbers[2:ends].reshape(sites, 2)
    customers = numbers[ends : ends + clients * (1 + sites)].reshape(clients, 1 + sites)
    return WarehouseFile(customers[:, 1:], warehouses[:, 1], customers[:, 0], warehouses[:, 0])


def _numbers(path: Path, words: list[str]) -> FloatArray:
    try:
        return np.array(words, dtype=np.float64)
    except ValueError as error:
        rule = f"has something that is no number ({error})"
        raise InputError([Fault(path.name, "", (), rule, "Give numbers.")]) from error


def _cut_off(path: Path) -> InputError:
    rule = "ends before all that its first line announces"
    return InputError([Fault(path.name, "", (), rule, "Give the whole file.")])
