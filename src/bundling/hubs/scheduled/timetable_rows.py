"""One row of a timetable: km, hours, payload and emissions that are not given are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import Fault
from bundling.hubs.draught import payload_t, vessels
from bundling.hubs.emissions import factors
from bundling.hubs.scheduled.clocks import read_clock_s
from bundling.network.waterways import Waterways
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    from bundling.region import Region


class Rows:
    """Reads the rows, and finds km, hours, payload and emissions that are not given."""

    def __init__(
        self,
        region: Region,
        quays: pd.DataFrame,
        modes: pd.DataFrame,
        drop_m: float,
        faults: list[Fault],
    ) -> None:
        self.drop_m, self.faults = drop_m, faults
        self.quays: dict[str, dict[Any, Any]] = {
            str(row["quay_id"]): row for row in quays.reset_index().to_dict("records")
        }
        self.modes: dict[str, dict[Any, Any]] = {
            str(row["mode"]): row for row in modes.reset_index().to_dict("records")
        }
        some = len(region.table("waterway_nodes")) and len(region.table("waterway_edges"))
        self.water = Waterways.from_region(region) if some else None
        self.factors = factors().set_index("vehicle").to_dict("index")
        self.vessels = vessels().set_index("vessel", drop=False)

    def _refuse(self, column: str, row: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault("timetable", column, (row,), rule, remedy))

    def row(self, given: dict[Any, Any]) -> dict[str, Any] | None:
        """One sailing, or None where it has faults."""
        name, before = str(given["sailing_id"]), len(self.faults)
        mode, ends = str(given["mode"]), (str(given["from"]), str(given["to"]))
        if mode not in self.modes:
            known = ", ".join(self.modes)
            self._refuse("mode", name, f"is {mode}", f"Give one of {known}.")
        for column, quay in zip(("from", "to"), ends, strict=True):
            if quay not in self.quays:
                remedy = "Use a harbour or terminal of the region, or add it to quays."
                self._refuse(column, name, f"{quay} is no quay", remedy)
        depart = self._clock(given, "depart_clock", name)
        if depart is None and len(self.faults) == before:
            self._refuse("depart_clock", name, "is empty", 'Give a time such as "18:30".')
        arrive, km = self._clock(given, "arrive_clock", name), self._number(given, "km", name)
        vessel = given.get("vessel")
        has_vessel = isinstance(vessel, str) and bool(vessel.strip())
        if has_vessel and vessel not in self.vessels.index:
            self._refuse("vessel", name, f"{vessel} is not in the table of vessels", "Correct it.")
        numbers = {
            column: self._number(given, column, name)
            for column in ("capacity_t", "slot_eur_per_t", "charter_eur", "vessels", "co2e_kg")
        }
        if len(self.faults) > before or depart is None:
            return None
        draught = np.inf
        if mode == "water" and (km is None or arrive is None or has_vessel):
            way_km, way_s, draught = self._way(ends)
            km = way_km if km is None else km
            arrive = depart + way_s if arrive is None else arrive
        if km is None or arrive is None or not np.isfinite(km + arrive):
            rule = "the way over water is not known" if mode == "water" else "is needed for rail"
            self._refuse("km, arrive_clock", name, rule, "Give km and the time of arrival.")
            return None
        if arrive < depart:
            rule = "lies before the departure"
            self._refuse("arrive_clock", name, rule, 'Give "30:00" for 06:00 on the next day.')
            return None
        usual = self.factors[self.modes[mode]["vehicle"]]
        payload = float(usual["payload_t"])
        if has_vessel:
            payload = float(payload_t(self.vessels.loc[[vessel]], draught)[0, 0])
        per_km = (usual["kg_co2e_per_km_empty"] + usual["kg_co2e_per_km_full"]) / 2.0
        rate = self.modes[mode]["slot_eur_per_tkm"]
        defaults = {
            "capacity_t": payload, "slot_eur_per_t": rate * km, "charter_eur": 0.0, "vessels": 1.0,
            "co2e_kg": per_km * km,
        }  # fmt: skip
        chosen = {k: defaults[k] if v is None else v for k, v in numbers.items()}
        return {
            "sailing_id": name, "mode": mode, "from": ends[0], "to": ends[1], "depart_s": depart,
            "arrive_s": arrive, "km": km, "nox_g": usual["g_nox_per_km"] * km, **chosen,
        }  # fmt: skip

    def _way(self, ends: tuple[str, str]) -> tuple[float, float, float]:
        """Return km, seconds and least known draught (m) of the way over water."""
        nodes = [self.quays[quay]["waterway_node"] for quay in ends]
        if self.water is None or any(not isinstance(node, str) for node in nodes):
            return np.inf, np.inf, np.inf
        found = self.water.travel([str(nodes[0])], [str(nodes[1])])
        depth = float(found.draught_m[0, 0])
        draught = np.inf if np.isnan(depth) else max(0.0, depth - self.drop_m)
        return (
            float(found.distance_m[0, 0]) / METRES_PER_KM,
            float(found.time_s[0, 0]),
            draught,
        )

    def _clock(self, given: dict[Any, Any], column: str, row: str) -> float | None:
        value = given.get(column)
        if value is None or pd.isna(value) or not str(value).strip():
            return None
        seconds = read_clock_s(value)
        if np.isnan(seconds):
            self._refuse(column, row, f"is {value}, no clock time", 'Give a time such as "18:30".')
            return None
        return seconds

    def _number(self, given: dict[Any, Any], column: str, row: str) -> float | None:
        value = given.get(column)
        if value is None or pd.isna(value):
            return None
        number = pd.to_numeric(value, errors="coerce")
        if not (np.isfinite(number) and number >= 0):
            self._refuse(column, row, f"is {value}, no number from 0 up", "Correct it.")
            return None
        return float(number)
