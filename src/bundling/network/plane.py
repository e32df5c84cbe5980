"""Travel in the plane: straight lines with detour factors, bridges, and motorways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bundling.errors import Fault, raise_if
from bundling.network.crossing import Crossings
from bundling.network.motorway import Motorways
from bundling.network.travel import FloatArray, Travel, Unreachable, points

AREA_TYPES = ("centre", "urban", "rural")
_KMH = 1.0 / 3.6


class RegionLike(Protocol):
    """The part of a region that networks read."""

    def table(self, name: str) -> pd.DataFrame:
        """Copy of a table, without rows when the region does not have it."""
        ...

    def assumption(self, key: str) -> float:
        """Value of an assumption."""
        ...


@dataclass(frozen=True, eq=False)
class PlaneNetwork:
    """Distances in the RD plane, times by area, rivers crossed at bridges, and motorways.

    **Distance.** A trip of ``s`` straight metres (over a bridge where a river lies in between) is
    cut at its middle; each half belongs to the address at its end. The first `urban_reach_m`
    straight metres of a half count `detour_factor_urban` each, the rest `detour_factor_rural`; at
    an address in a rural area all of it is rural.

    **Time.** At an address in a centre the first `centre_reach_m` go at `speed_centre_kmh`, up to
    `urban_reach_m` at `speed_urban_kmh`, the rest at `speed_rural_kmh`; at an urban address the
    centre part is urban, at a rural one all is rural.

    **Motorway.** A trip of more than `motorway_from_m` straight metres takes the motorway when that
    is quicker: to a ramp, along the motorway graph at `speed_motorway_kmh`, and from a ramp. The
    legs to and from ramps follow the rules above with the whole leg counted from the address. All
    motorway is levied road and no other road is.

    Matrices are symmetric when every motorway edge has an equal counterpart. The triangle
    inequality is not guaranteed: a stop halfway resets the slow metres near an address, a trip
    under the threshold leaves the motorway out, and the quickest way is not always the shortest.

    Attributes
    ----------
    crossings
        Rivers and bridges.
    motorways
        Motorway graph, or None.
    detour_factor_urban, detour_factor_rural
        Road metres per straight metre, at least 1.
    speed_centre_kmh, speed_urban_kmh, speed_rural_kmh, speed_motorway_kmh
        Mean speeds of a van, km/h.
    centre_reach_m, urban_reach_m
        How far the slow areas reach from an address, straight metres. Own assumption.
    motorway_from_m
        Shortest straight trip that may use a motorway. Own assumption.
    """

    crossings: Crossings
    motorways: Motorways | None
    detour_factor_urban: float
    detour_factor_rural: float
    speed_centre_kmh: float
    speed_urban_kmh: float
    speed_rural_kmh: float
    speed_motorway_kmh: float
    centre_reach_m: float = 800.0
    urban_reach_m: float = 3_000.0
    motorway_from_m: float = 10_000.0

    def __post_init__(self) -> None:
        faults = []
        for key in ("urban", "rural"):
            name = f"detour_factor_{key}"
            if not getattr(self, name) >= 1:
                faults.append(_fault(name, f"{getattr(self, name)} is below 1", "Give at least 1"))
        for key in ("centre", "urban", "rural", "motorway"):
            name = f"speed_{key}_kmh"
            if not getattr(self, name) > 0:
                faults.append(_fault(name, f"{getattr(self, name)} is no speed", "Give km/h"))
        if not 0 <= self.centre_reach_m <= self.urban_reach_m:
            rule = "centre_reach_m does not lie between 0 and urban_reach_m"
            faults.append(_fault("centre_reach_m", rule, "Correct one of them"))
        raise_if(faults)

    @staticmethod
    def from_region(
        region: RegionLike,
        *,
        centre_reach_m: float = 800.0,
        urban_reach_m: float = 3_000.0,
        motorway_from_m: float = 10_000.0,
        ramp_spacing_m: float = 8_000.0,
    ) -> PlaneNetwork:
        """Network from a region's tables and assumptions.

        Reads ``river_points``, ``bridges``, ``motorway_nodes`` and ``motorway_edges`` (each may be
        empty) and the assumptions ``detour_factor_*`` and ``speed_*_kmh``. The other numbers are
        the arguments; the region has no table for them.

        Raises
        ------
        bundling.InputError
            When a river has fewer than two points or no bridge, or a number makes no sense.
        """
        nodes, edges = region.table("motorway_nodes"), region.table("motorway_edges")
        motorways = None
        if len(nodes) and len(edges):
            motorways = Motorways.from_tables(nodes, edges, ramp_spacing_m)
        values = {
            key: region.assumption(key)
            for key in (
                "detour_factor_urban",
                "detour_factor_rural",
                "speed_centre_kmh",
                "speed_urban_kmh",
                "speed_rural_kmh",
                "speed_motorway_kmh",
            )
        }
        return PlaneNetwork(
            crossings=_crossings(region),
            motorways=motorways,
            **values,
            centre_reach_m=centre_reach_m,
            urban_reach_m=urban_reach_m,
            motorway_from_m=motorway_from_m,
        )

    def travel(
        self,
        from_xy: ArrayLike,
        to_xy: ArrayLike | None = None,
        *,
        from_area: Sequence[str] | None = None,
        to_area: Sequence[str] | None = None,
    ) -> Travel:
        """Travel from every point to every point.

        Parameters
        ----------
        from_xy, to_xy
            ``[n, 2]`` and ``[m, 2]`` RD New metres; without `to_xy` among the points of `from_xy`.
        from_area, to_area
            Area type of each point: ``centre``, ``urban`` or ``rural``. All urban when left out;
            without `to_xy`, `from_area` holds for both.

        Returns
        -------
        Travel
            Matrices ``[n, m]``. A pair that no bridge connects is infinite and listed.

        Raises
        ------
        ValueError
            When arrays have the wrong shape, or an area type is unknown.
        """
        a = points(from_xy, "from_xy")
        b = a if to_xy is None else points(to_xy, "to_xy")
        if to_xy is None and to_area is None:
            to_area = from_area
        slow_a = self._reaches(from_area, len(a), "from_area")
        slow_b = self._reaches(to_area, len(b), "to_area")
        straight = self.crossings.straight_m(a, b)
        half = straight / 2.0
        distance, time = self._half(half, slow_a[0][:, None], slow_a[1][:, None])
        other_distance, other_time = self._half(half, slow_b[0][None, :], slow_b[1][None, :])
        distance += other_distance
        time += other_time
        levied = np.zeros_like(distance)
        if self.motorways is not None:
            self._take_motorway(a, b, slow_a, slow_b, straight, (distance, time, levied))
        missing = tuple(
            Unreachable(
                int(i),
                int(j),
                "no_bridge",
                "a river lies in between and no bridge connects the two",
            )
            for i, j in zip(*np.nonzero(~np.isfinite(time)), strict=True)
        )
        return Travel(distance, time, levied, missing)

    def _reaches(
        self, areas: Sequence[str] | None, count: int, name: str
    ) -> tuple[FloatArray, FloatArray]:
        """How far centre and urban speeds reach at each address, metres."""
        given = ["urban"] * count if areas is None else [str(area) for area in areas]
        if len(given) != count:
            raise ValueError(f"{name} has {len(given)} entries for {count} points")
        unknown = sorted(set(given) - set(AREA_TYPES))
        if unknown:
            raise ValueError(f"{name}: unknown area types {unknown}; known: {list(AREA_TYPES)}")
        kind = np.array([AREA_TYPES.index(area) for area in given], dtype=np.int64)
        centre = np.array([self.centre_reach_m, 0.0, 0.0])[kind]
        urban = np.array([self.urban_reach_m, self.urban_reach_m, 0.0])[kind]
        return centre, urban

    def _half(
        self, length: FloatArray, centre: FloatArray, urban: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Road metres and seconds of straight metres counted from an address."""
        in_centre = np.minimum(length, centre)
        slow = np.minimum(length, urban)
        fast = length - slow
        f, r = self.detour_factor_urban, self.detour_factor_rural
        distance = f * slow + r * fast
        time = (f / (self.speed_centre_kmh * _KMH)) * in_centre
        time += (f / (self.speed_urban_kmh * _KMH)) * (slow - in_centre)
        time += (r / (self.speed_rural_kmh * _KMH)) * fast
        return distance, time

    def _take_motorway(
        self,
        a: FloatArray,
        b: FloatArray,
        slow_a: tuple[FloatArray, FloatArray],
        slow_b: tuple[FloatArray, FloatArray],
        straight: FloatArray,
        travel: tuple[FloatArray, FloatArray, FloatArray],
    ) -> None:
        """Replace in place what is quicker over a motorway."""
        assert self.motorways is not None
        long = straight > self.motorway_from_m
        if not long.any():
            return
        distance, time, levied = travel
        ramps, between = self.motorways.ramp_xy, self.motorways.between_m
        seconds = between / (self.speed_motorway_kmh * _KMH)
        on_m, on_s = self._half(
            self.crossings.straight_m(a, ramps), slow_a[0][:, None], slow_a[1][:, None]
        )
        off_m, off_s = self._half(
            self.crossings.straight_m(b, ramps), slow_b[0][:, None], slow_b[1][:, None]
        )
        # Best ramp to join for each point and each ramp to leave.
        join = np.empty((len(a), len(ramps)), dtype=np.int64)
        to_ramp_s = np.empty((len(a), len(ramps)))
        for k in range(len(ramps)):
            via = on_s + seconds[None, :, k]
            join[:, k] = via.argmin(axis=1)
            to_ramp_s[:, k] = via.min(axis=1)
        best_s = np.full(time.shape, np.inf)
        leave = np.zeros(time.shape, dtype=np.int64)
        for k in range(len(ramps)):
            via = to_ramp_s[:, k, None] + off_s[None, :, k]
            better = via < best_s
            leave[better] = k
            np.minimum(best_s, via, out=best_s)
        i, j = np.nonzero(long & (best_s < time))
        last = leave[i, j]
        first = join[i, last]
        levied[i, j] = between[first, last]
        distance[i, j] = on_m[i, first] + between[first, last] + off_m[j, last]
        time[i, j] = best_s[i, j]


def _crossings(region: RegionLike) -> Crossings:
    table, bridges = region.table("river_points"), region.table("bridges")
    names: list[Any] = list(dict.fromkeys(table["river"])) if len(table) else []
    rivers = []
    faults = []
    for name in names:
        course = table[table["river"] == name].sort_values("sequence")
        rivers.append(course[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64))
        if len(course) < 2:
            rule = "the course has fewer than two points"
            faults.append(Fault("river_points", "river", (str(name),), rule, "Add points"))
        if not len(bridges) or not (bridges["river"] == name).any():
            rule = "no bridge crosses this river"
            faults.append(Fault("bridges", "river", (str(name),), rule, "Add its bridges"))
    raise_if(faults)
    if not rivers:
        return Crossings((), np.empty((0, 2)), np.empty(0, dtype=np.int64))
    # A bridge over a river that is not in the region crosses nothing.
    kept = bridges[bridges["river"].isin(names)]
    return Crossings(
        tuple(rivers),
        kept[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64),
        np.array([names.index(river) for river in kept["river"]], dtype=np.int64),
    )


def _fault(key: str, rule: str, remedy: str) -> Fault:
    return Fault("assumptions", key, (), rule, remedy)
