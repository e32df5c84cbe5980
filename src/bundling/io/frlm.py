"""Flow refuelling networks: a folder with ``ARCS.txt`` and ``NODES.txt``.

The format of the public networks that M. Kuby, S. Lim and others use ("The flow-refueling location
problem for alternative-fuel vehicles", Socio-Economic Planning Sciences 39 (2005) 125-145): an arc
a line with number, length and both ends; a node a line with name, weight and coordinates. Trips
come from a gravity model between all pairs of nodes with a weight.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from bundling.errors import Fault, raise_if

_POWER = 1.5
"""Volume is the product of two weights by the distance to this power, as in the public sets."""


@dataclass(frozen=True)
class FlowNetwork:
    """Arcs and weights as they stand in the files.

    Attributes
    ----------
    arcs
        From, to, length; both ways.
    weight
        Weight of each node that is named.
    """

    arcs: tuple[tuple[str, str, float], ...]
    weight: dict[str, float]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Pairs of nodes between which vehicles go, each once."""
        ends = [node for node, weight in self.weight.items() if weight > 0]
        return list(itertools.combinations(ends, 2))

    def volume(self, pair: tuple[str, str], distance: float) -> float:
        """Trips between two nodes at this distance."""
        return self.weight[pair[0]] * self.weight[pair[1]] / float(distance**_POWER)


def read_frlm(folder: str | Path) -> FlowNetwork:
    """Read a network.

    Raises
    ------
    FileNotFoundError
        When one of the two files is not there.
    bundling.InputError
        With every line that is no arc or node.
    """
    folder = Path(folder)
    arcs, weight, faults = [], {}, []
    for number, line in enumerate(_lines(folder / "ARCS.txt"), 1):
        try:
            _, length, tail, head = line.split()[:4]
            arcs.append((tail, head, float(length)))
        except ValueError:
            faults.append(_fault("ARCS.txt", number, line, "number, length, from, to"))
    for number, line in enumerate(_lines(folder / "NODES.txt"), 1):
        try:
            node, mass = line.split()[:2]
            weight[node] = float(mass)
        except ValueError:
            faults.append(_fault("NODES.txt", number, line, "name, weight, x, y"))
    raise_if(faults)
    return FlowNetwork(tuple(arcs), weight)


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip()]


def _fault(file: str, number: int, line: str, wanted: str) -> Fault:
    return Fault(file, "", (str(number),), f"'{line.strip()[:40]}' is no line", f"Give {wanted}.")
