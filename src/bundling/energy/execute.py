"""What happens to a plan in a slot when the truth differs from the forecast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, SitePlan

FloatArray = NDArray[np.float64]


class Day:
    """A true day, slot by slot, as far as it has gone.

    The order in which a site gives way when it would draw too much: the battery charges less,
    then discharges more, then the vehicles charge less, those first that leave last. PV beyond
    what is used and may be fed in is curtailed.
    """

    def __init__(self, truth: EnergyProblem) -> None:
        self.truth = truth
        self.limit_kw = truth.limit_kw
        slots = truth.num_slots
        self.power_kw = np.zeros((truth.num_vehicles, slots))
        self.open_kwh = np.array(truth.need_kwh)
        self.charge_kw, self.discharge_kw = np.zeros(slots), np.zeros(slots)
        self.pv_kw = np.zeros(slots)
        battery = truth.battery
        self.start_kwh = 0.0 if battery is None else float(battery.start_kwh or 0.0)
        self.stored_kwh = self.start_kwh
        self.peak_kw = 0.0

    def execute(self, slot: int, plan: EnergySolution, ahead: int) -> None:
        """Do in `slot` what `plan` has in its slot `ahead`, as far as the truth allows.

        Vehicles the plan expected at another time, or with another need, take what it gave them
        within their true limits.
        """
        truth, hours = self.truth, self.truth.slot_h
        limit = np.minimum(self.limit_kw[:, slot], self.open_kwh / hours)
        power = np.minimum(plan.power_kw[:, ahead], np.maximum(0.0, limit))
        charge = discharge = sun = 0.0
        if plan.site is not None:
            charge, discharge = self._battery(plan.site, ahead)
            sun = self._sun(slot)
        most = self._most_drawn(slot)
        load = float(truth.base_load_kw[slot]) + power.sum() / truth.efficiency
        over = load + charge - discharge - sun - most
        if over > 0:
            less = min(over, charge)
            charge, over = charge - less, over - less
        if over > 0 and truth.battery is not None:
            kept = self.stored_kwh * truth.battery.kept(hours)
            room = min(truth.battery.kw, kept * truth.battery.discharge_efficiency / hours)
            more = min(over, max(0.0, room - discharge)) if charge == 0 else 0.0
            discharge, over = discharge + more, over - more
        if over > 0:
            power = self._less_charging(power, over * truth.efficiency)
        load = float(truth.base_load_kw[slot]) + power.sum() / truth.efficiency
        used = min(sun, max(0.0, load + charge - discharge + float(truth.feed_in_kw[slot])))
        # A battery may not feed in more than the limit either.
        excess = max(0.0, discharge - load - charge + used - float(truth.feed_in_kw[slot]))
        discharge = max(0.0, discharge - excess)
        self._note(slot, power, charge, discharge, used)

    def solution(self) -> EnergySolution:
        """Return the whole day; what is still open is missing."""
        missing = np.maximum(
            0.0, self.truth.need_kwh - self.power_kw.sum(axis=1) * self.truth.slot_h
        )
        missing[missing < 1e-9 * np.maximum(1.0, self.truth.need_kwh)] = 0.0
        if not self.truth.is_site:
            return EnergySolution(self.power_kw, missing)
        offers = self.truth.offers
        plan = SitePlan(
            self.charge_kw,
            self.discharge_kw,
            np.array([self.start_kwh]),
            self.pv_kw,
            offer=0 if offers else -1,
            contract_kw=offers[0].max_kw if offers else 0.0,
        )
        return EnergySolution(self.power_kw, missing, plan)

    def _battery(self, plan: SitePlan, ahead: int) -> tuple[float, float]:
        """Plan of the battery, within what it truly holds."""
        battery, hours = self.truth.battery, self.truth.slot_h
        if battery is None:
            return 0.0, 0.0
        kept = self.stored_kwh * battery.kept(hours)
        room = max(0.0, battery.kwh - kept) / (hours * battery.charge_efficiency)
        charge = min(float(plan.charge_kw[ahead]), room, battery.kw)
        held = kept * battery.discharge_efficiency / hours
        return charge, min(float(plan.discharge_kw[ahead]), held, battery.kw)

    def _sun(self, slot: int) -> float:
        pv = self.truth.pv
        return 0.0 if pv is None else float(pv.profile_kw_per_kwp[slot]) * pv.kwp

    def _most_drawn(self, slot: int) -> float:
        most = float(self.truth.connection_kw[slot])
        for offer in self.truth.offers:
            most = min(most, float(offer.availability[slot]) * offer.max_kw)
        return most

    def _less_charging(self, power: FloatArray, less_kw: float) -> FloatArray:
        """Take `less_kw` from the vehicles, those first that leave last."""
        left = power.copy()
        for j in np.argsort(-self.truth.departure_s, kind="stable"):
            taken = min(less_kw, left[j])
            left[j] -= taken
            less_kw -= taken
            if less_kw <= 0:
                break
        return left

    def _note(
        self, slot: int, power: FloatArray, charge: float, discharge: float, sun: float
    ) -> None:
        truth, hours = self.truth, self.truth.slot_h
        self.power_kw[:, slot] = power
        self.open_kwh = np.maximum(0.0, self.open_kwh - power * hours)
        self.charge_kw[slot], self.discharge_kw[slot], self.pv_kw[slot] = charge, discharge, sun
        if truth.battery is not None:
            battery = truth.battery
            self.stored_kwh = (
                self.stored_kwh * battery.kept(hours)
                + hours * battery.charge_efficiency * charge
                - hours * discharge / battery.discharge_efficiency
            )
            self.stored_kwh = min(max(0.0, self.stored_kwh), battery.kwh)
        load = float(truth.base_load_kw[slot]) + power.sum() / truth.efficiency
        self.peak_kw = max(self.peak_kw, load + charge - discharge - sun)
