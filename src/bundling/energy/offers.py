"""Contract offers of a grid operator, of which exactly one is taken.

Every form is a share of the contracted power that may be drawn in each slot:

======================  =========================================================================
firm                    1 in every slot
time-block              1 within fixed windows of the day, 0 outside
fully variable          whatever the operator announces the day before, as a forecast per slot
time-duration           1, but 0 in the slots the operator picks: at most 15 % of all hours
capacity-limiting       1, lowered in agreed windows against a payment (a negative price)
group                   firm, over the sum of several connections: see `bundling.energy.group`
======================  =========================================================================

The forms are those of the decision of the regulator ACM of 16 July 2024 (Stcrt. 2024, 23594) and
of the tariff sheets of the Dutch grid operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.units import DAY_S, seconds_from_clock

if TYPE_CHECKING:
    from bundling.energy.problem import EnergyProblem

FloatArray = NDArray[np.float64]

FORMS = (
    "firm",
    "time-block",
    "fully variable",
    "time-duration",
    "capacity-limiting",
    "group",
)

Windows = Sequence[tuple[str, str]]
"""Clock spans such as ``[("22:00", "06:00")]``; a span may run over midnight."""


@dataclass(frozen=True, eq=False)
class ContractOffer:
    """One offer. Prices are for the horizon the problem describes: a year, or one day of it.

    Attributes
    ----------
    name
        Name of the offer.
    form
        One of `FORMS`; what it does is in `availability`.
    max_kw
        Most power that can be contracted, kW; ``inf`` for no limit.
    eur_per_kw
        EUR per contracted kW; negative for a payment to the customer.
    fixed_eur
        EUR for taking the offer; negative for a payment to the customer.
    peak_eur_per_kw
        EUR per kW of the highest draw above `paid_peak_kw` (kW max), on top of the problem's
        `peak_eur_per_kw`.
    availability
        Shape (T,): share of the contracted power that may be drawn in each slot, 0 to 1.
    min_kw
        Least power that is paid for when the offer is taken, kW: tariffs hold from a size up.
    transport_eur_per_kwh
        EUR per kWh drawn, on top of the problem's.
    """

    name: str
    form: str
    max_kw: float
    eur_per_kw: float
    fixed_eur: float
    peak_eur_per_kw: float
    availability: FloatArray
    min_kw: float = 0.0
    transport_eur_per_kwh: float = 0.0

    def __post_init__(self) -> None:
        for field in OFFER_NUMBERS:
            object.__setattr__(self, field, float(getattr(self, field)))
        share = np.array(self.availability, dtype=np.float64)
        share.setflags(write=False)
        object.__setattr__(self, "availability", share)


OFFER_NEEDED = ("max_kw", "eur_per_kw", "fixed_eur", "peak_eur_per_kw")
OFFER_NUMBERS = (*OFFER_NEEDED, "min_kw", "transport_eur_per_kwh")


def firm(problem: EnergyProblem, **offer: float | str) -> ContractOffer:
    """Offer the whole contracted power in every slot; see `ContractOffer` for the fields."""
    return _offer("firm", np.ones(problem.num_slots), offer)


def time_block(problem: EnergyProblem, windows: Windows, **offer: float | str) -> ContractOffer:
    """Offer the contracted power within `windows` of every day, and nothing outside them."""
    return _offer("time-block", within_windows(problem, windows), offer)


def fully_variable(share: ArrayLike, **offer: float | str) -> ContractOffer:
    """Offer `share` of the contracted power, shape (T,), as announced or as forecast."""
    return _offer("fully variable", np.asarray(share, dtype=np.float64), offer)


def time_duration(
    problem: EnergyProblem,
    grid_load: ArrayLike,
    *,
    share: float = 0.85,
    **offer: float | str,
) -> ContractOffer:
    """Offer full power in at least `share` of the hours; the operator picks the others.

    Parameters
    ----------
    problem
        Gives the slots and the days per typical day.
    grid_load
        Shape (T,): load of the grid in each slot. The operator is taken to curtail where it is
        highest, in whole slots, for no more hours of the horizon than it may.
    share
        Share of the hours that is promised.
    **offer
        The other fields of `ContractOffer`.
    """
    load = np.asarray(grid_load, dtype=np.float64)
    weight = problem.slot_weight
    order = np.argsort(-load, kind="stable")
    cut = np.cumsum(weight[order]) <= (1.0 - share) * weight.sum() + 1e-9
    availability = np.ones(problem.num_slots)
    availability[order[cut]] = 0.0
    return _offer("time-duration", availability, offer)


def capacity_limiting(
    problem: EnergyProblem, windows: Windows, *, lowered_to: float, **offer: float | str
) -> ContractOffer:
    """Offer the contracted power, lowered to the share `lowered_to` within `windows`."""
    within = within_windows(problem, windows)
    return _offer("capacity-limiting", 1.0 - within * (1.0 - lowered_to), offer)


def group_offer(problem: EnergyProblem, **offer: float | str) -> ContractOffer:
    """Offer firm power over the sum of several connections with the slots of `problem`."""
    return _offer("group", np.ones(problem.num_slots), offer)


def _offer(form: str, availability: FloatArray, given: dict[str, float | str]) -> ContractOffer:
    fields: dict[str, float | str] = {
        "name": form,
        "max_kw": np.inf,
        "eur_per_kw": 0.0,
        "fixed_eur": 0.0,
        "peak_eur_per_kw": 0.0,
        "min_kw": 0.0,
        "transport_eur_per_kwh": 0.0,
    }
    unknown = given.keys() - fields.keys()
    if unknown:
        raise TypeError(f"an offer has no {', '.join(sorted(unknown))}; it has {', '.join(fields)}")
    fields |= given
    return ContractOffer(
        name=str(fields["name"]),
        form=form,
        **{field: float(fields[field]) for field in OFFER_NUMBERS},
        availability=availability,
    )


def within_windows(problem: EnergyProblem, windows: Windows) -> FloatArray:
    """1 in the slots whose start lies within one of `windows`, 0 in the others; shape (T,)."""
    return within_clock(problem.slot_start_s, windows)


def within_clock(slot_start_s: FloatArray, windows: Windows) -> FloatArray:
    """1 where a time on the running clock, s, lies within one of `windows`, else 0.

    Raises
    ------
    ValueError
        When a window holds no clock times.
    """
    clock = slot_start_s % DAY_S
    inside = np.zeros(clock.shape, dtype=bool)
    for first, last in windows:
        begins, ends = float(seconds_from_clock(first)), float(seconds_from_clock(last))
        if begins < ends:
            inside |= (clock >= begins) & (clock < ends)
        else:
            inside |= (clock >= begins) | (clock < ends)
    return inside.astype(np.float64)
