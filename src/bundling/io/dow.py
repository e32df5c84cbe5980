"""The Canadian ``.dow`` files for multicommodity fixed-charge network design.

T. G. Crainic, A. Frangioni, B. Gendron, "Bundle-based relaxation methods for multicommodity
capacitated fixed charge network design", Discrete Applied Mathematics 112 (2001) 73-99. A title,
a line with the numbers of nodes, arcs and commodities; an arc a line: from, to, cost of a unit,
capacity, fixed cost and two more that mean nothing here; a commodity a line: origin, destination,
quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault, InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DowFile:
    """What a ``.dow`` file holds; nodes are numbered from 1.

    Attributes
    ----------
    arcs
        From and to ``[A, 2]``.
    unit_cost, capacity, fixed_cost
        Of each arc ``[A]``.
    commodities
        Origin and destination ``[K, 2]``.
    quantity
        Of each commodity ``[K]``.
    """

    arcs: IntArray
    unit_cost: FloatArray
    capacity: FloatArray
    fixed_cost: FloatArray
    commodities: IntArray
    quantity: FloatArray


def read_dow(path: str | Path) -> DowFile:
    """Read a ``.dow`` file.

    Raises
    ------
    bundling.InputError
        When the file is cut off, has something else than numbers, or a node that is not there.
    """
    path = Path(path)
    words = path.read_text(encoding="utf-8").partition("\n")[2].split()
    try:
        numbers = np.array(words, dtype=np.float64)
    except ValueError as error:
        rule = f"has something that is no number ({error})"
        raise _fault(path, rule, "Give numbers below the title.") from error
    if len(numbers) < 3:
        raise _fault(path, "ends before the numbers of its second line", "Give the whole file.")
    nodes, arcs, goods = (int(number) for number in numbers[:3])
    if min(nodes, arcs, goods) < 0 or len(numbers) < 3 + 7 * arcs + 3 * goods:
        rule = f"is too short for {arcs} arcs and {goods} commodities"
        raise _fault(path, rule, "Give the whole file.")
    rows = numbers[3 : 3 + 7 * arcs].reshape(arcs, 7)
    wants = numbers[3 + 7 * arcs : 3 + 7 * arcs + 3 * goods].reshape(goods, 3)
    ends = np.concatenate([rows[:, :2].ravel(), wants[:, :2].ravel()])
    if len(ends) and (ends.min() < 1 or ends.max() > nodes):
        raise _fault(path, f"has a node that is not among 1 to {nodes}", "Give nodes that exist.")
    return DowFile(
        rows[:, :2].astype(np.int64), rows[:, 2], rows[:, 3], rows[:, 4],
        wants[:, :2].astype(np.int64), wants[:, 2],
    )  # fmt: skip


def _fault(path: Path, rule: str, remedy: str) -> InputError:
    return InputError([Fault(path.name, "", (), rule, remedy)])
