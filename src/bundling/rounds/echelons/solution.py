"""The decisions of a two-echelon problem: routes of trucks and rounds, and nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bundling.rounds.solution import RoundsSolution, Route


@dataclass(frozen=True)
class Drop:
    """What a truck leaves at a hub.

    Attributes
    ----------
    hub
        Id of the hub.
    kg
        Freight left there.
    """

    hub: str
    kg: float


@dataclass(frozen=True)
class TruckRoute:
    """One truck's route: from the depot along hubs and back.

    Attributes
    ----------
    departure_s
        When it leaves the depot, seconds since midnight.
    drops
        What it leaves where, in the order in which it drives.
    """

    departure_s: float
    drops: tuple[Drop, ...]


@dataclass(frozen=True, eq=False)
class TwoEchelonSolution:
    """All routes of trucks and all rounds from the hubs.

    Attributes
    ----------
    trucks
        Routes of the trucks that are used.
    rounds
        Rounds of the second echelon.
    """

    trucks: tuple[TruckRoute, ...]
    rounds: RoundsSolution

    @property
    def routes(self) -> tuple[Route, ...]:
        """The rounds, as a solution of one echelon has them."""
        return self.rounds.routes

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` gives the same solution back."""
        trucks = [
            {
                "departure_s": truck.departure_s,
                "drops": [{"hub": drop.hub, "kg": drop.kg} for drop in truck.drops],
            }
            for truck in self.trucks
        ]
        return {"trucks": trucks, "rounds": self.rounds.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TwoEchelonSolution:
        """Read what `to_dict` wrote."""
        return cls(
            tuple(
                TruckRoute(
                    float(item["departure_s"]),
                    tuple(Drop(str(drop["hub"]), float(drop["kg"])) for drop in item["drops"]),
                )
                for item in data["trucks"]
            ),
            RoundsSolution.from_dict(data["rounds"]),
        )
