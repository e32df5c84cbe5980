"""Waiting at chargers: how many are needed for a service level, and how busy a pool may be.

Trucks arrive at random at a pool of like chargers and wait in one line. Sessions are taken as
exponential; real ones vary less, so that real waits are shorter (with sessions of one length about
half as long). Arrivals are those of the hour that is looked at: give the busiest one.

References
----------
- A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
  automatic telephone exchanges", Elektroteknikeren 13 (1917): formulas B and C.
- D. Gross, J. F. Shortle, J. M. Thompson, C. M. Harris, "Fundamentals of Queueing Theory", 4th
  edition, Wiley (2008), sections 2.3 and 2.4: waits in M/M/c.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MINUTES_PER_HOUR = 60.0
MOST_CHARGERS = 100_000
"""Larger answers are refused: they come from a unit mixed up."""
_HALVINGS = 60


@dataclass(frozen=True)
class ServiceLevel:
    """What a board promises; all that is given must hold.

    Attributes
    ----------
    max_wait_probability
        Largest share of trucks that find no charger free.
    max_wait_minutes
        Longest mean wait, over all trucks.
    max_p90_wait_minutes
        Wait that nine trucks of ten stay below.
    """

    max_wait_probability: float | None = None
    max_wait_minutes: float | None = None
    max_p90_wait_minutes: float | None = None


@dataclass(frozen=True)
class Waiting:
    """What trucks meet at a pool; arrays of one shape, ``inf`` where the queue never ends.

    Attributes
    ----------
    share_in_use
        Mean share of the chargers in use; above 1 where the queue never ends.
    wait_probability
        Share of trucks that wait (Erlang C).
    mean_wait_minutes, p90_wait_minutes
        Mean wait over all trucks, and the wait that nine of ten stay below.
    """

    share_in_use: FloatArray
    wait_probability: FloatArray
    mean_wait_minutes: FloatArray
    p90_wait_minutes: FloatArray


def blocking(chargers: ArrayLike, load_erlang: ArrayLike) -> FloatArray:
    """Share of trucks turned away where none can wait: Erlang B.

    With load ``a``, ``B(0) = 1`` and ``B(n) = a B(n - 1) / (n + a B(n - 1))``. All terms are
    between 0 and 1, so that it neither overflows nor cancels.

    Parameters
    ----------
    chargers
        Whole numbers of at least 0.
    load_erlang
        Arrivals in the time of a session: arrivals an hour times hours of a session.
    """
    count, load = np.broadcast_arrays(np.asarray(chargers), np.asarray(load_erlang, dtype=float))
    raise_if(_count_faults(count) + _number_faults("load_erlang", load))
    whole = count.astype(np.int64)
    value = np.ones(whole.shape)
    for n in range(1, int(whole.max(initial=0)) + 1):
        value = np.where(n <= whole, _next(value, n, load), value)
    return value


def waiting(
    chargers: ArrayLike, arrivals_per_hour: ArrayLike, session_minutes: ArrayLike
) -> Waiting:
    """Return the waits at a pool of `chargers`; the arguments broadcast.

    With load ``a = arrivals x session``, session ``T`` and ``B`` of `blocking`:
    ``C = n B / (n - a (1 - B))``, mean wait ``C T / (n - a)``, and a wait over ``t`` has
    probability ``C exp(-(n - a) t / T)``.

    Raises
    ------
    bundling.InputError
        When a number is negative or none, or a session has no length.
    """
    count, arrivals, session = np.broadcast_arrays(
        np.asarray(chargers),
        np.asarray(arrivals_per_hour, dtype=float),
        np.asarray(session_minutes, dtype=float),
    )
    faults = _count_faults(count) + _number_faults("arrivals_per_hour", arrivals)
    raise_if(faults + _number_faults("session_minutes", session, above_zero=True))
    load = arrivals * session / MINUTES_PER_HOUR
    return _waiting(count.astype(float), load, session, blocking(count, load))


def chargers_needed(
    arrivals_per_hour: ArrayLike,
    session_minutes: ArrayLike,
    *,
    max_wait_probability: float | None = None,
    max_wait_minutes: float | None = None,
    max_p90_wait_minutes: float | None = None,
) -> IntArray:
    """Fewest chargers that keep a service level; 0 where nobody arrives.

    Parameters
    ----------
    arrivals_per_hour, session_minutes
        Arrivals in the busiest hour and mean length of a session; they broadcast.
    max_wait_probability, max_wait_minutes, max_p90_wait_minutes
        See `ServiceLevel`; at least one.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    level = ServiceLevel(max_wait_probability, max_wait_minutes, max_p90_wait_minutes)
    arrivals, session = np.broadcast_arrays(
        np.asarray(arrivals_per_hour, dtype=float), np.asarray(session_minutes, dtype=float)
    )
    faults = _level_faults(level) + _number_faults("arrivals_per_hour", arrivals)
    raise_if(faults + _number_faults("session_minutes", session, above_zero=True))
    shape = arrivals.shape
    load = (arrivals * session / MINUTES_PER_HOUR).ravel()
    length = session.ravel()
    if load.max(initial=0.0) >= MOST_CHARGERS:
        rule = f"asks for {load.max():.0f} chargers in use at once"
        raise_if([Fault("queueing", "arrivals_per_hour", (), rule, "Check the units.")])
    answer = np.zeros(load.shape, dtype=np.int64)
    left = np.flatnonzero(load > 0)
    blocked, n = np.ones(len(left)), 0
    while len(left):
        n += 1
        blocked = _next(blocked, n, load[left])
        found = _waiting(np.full(len(left), float(n)), load[left], length[left], blocked)
        good = _keeps(level, found)
        answer[left[good]] = n
        left, blocked = left[~good], blocked[~good]
    return answer.reshape(shape)


def service_table(
    chargers: Sequence[int],
    session_minutes: float,
    *,
    max_wait_probability: float | None = None,
    max_wait_minutes: float | None = None,
    max_p90_wait_minutes: float | None = None,
) -> pd.DataFrame:
    """Queueing table: how busy a pool of each size may be at one service level.

    Parameters
    ----------
    chargers
        Sizes of pools.
    session_minutes
        Mean length of a session.
    max_wait_probability, max_wait_minutes, max_p90_wait_minutes
        See `ServiceLevel`; at least one.

    Returns
    -------
    pandas.DataFrame
        A row for each size: ``chargers``, ``arrivals_per_hour`` (the most that keep the level),
        ``sessions_per_charger_per_hour``, ``largest_share_in_use``, ``wait_probability``,
        ``mean_wait_minutes``, ``p90_wait_minutes``.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    level = ServiceLevel(max_wait_probability, max_wait_minutes, max_p90_wait_minutes)
    count, session = np.asarray(chargers), np.asarray(session_minutes, dtype=float)
    faults = _level_faults(level) + _count_faults(count)
    raise_if(faults + _number_faults("session_minutes", session, above_zero=True))
    n, length = count.astype(float), float(session)
    low, high = np.zeros(len(n)), n.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        good = _keeps(level, _waiting(n, middle, session, blocking(count, middle)))
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    found = _waiting(n, low, session, blocking(count, low))
    arrivals = low * MINUTES_PER_HOUR / length
    return pd.DataFrame(
        {
            "chargers": count.astype(np.int64),
            "arrivals_per_hour": arrivals,
            "sessions_per_charger_per_hour": np.divide(
                arrivals, n, out=np.zeros(len(n)), where=n > 0
            ),
            "largest_share_in_use": found.share_in_use,
            "wait_probability": found.wait_probability,
            "mean_wait_minutes": found.mean_wait_minutes,
            "p90_wait_minutes": found.p90_wait_minutes,
        }
    )


def _next(before: FloatArray, n: int, load: FloatArray) -> FloatArray:
    """Erlang B of ``n`` chargers from that of one fewer."""
    step: FloatArray = load * before
    return step / (n + step)


def _waiting(
    count: FloatArray, load: FloatArray, session: FloatArray, blocked: FloatArray
) -> Waiting:
    spare = count - load
    endless = (spare <= 0) & (load > 0)
    room = np.where(spare > 0, spare, 1.0)
    # Written with the spare chargers: the usual 1 - rho (1 - B) cancels when a pool is nearly full.
    share = np.where(endless, 1.0, count * blocked / (room + load * blocked))
    share = np.where(load > 0, share, 0.0)
    mean = np.where(endless, np.inf, share * session / room)
    beyond = np.log(np.maximum(share / 0.1, 1.0)) * session / room
    return Waiting(
        np.divide(load, count, out=np.where(load > 0, np.inf, 0.0), where=count > 0),
        share,
        mean,
        np.where(endless, np.inf, beyond),
    )


def _keeps(level: ServiceLevel, found: Waiting) -> NDArray[np.bool_]:
    good = np.isfinite(found.mean_wait_minutes)
    if level.max_wait_probability is not None:
        good &= found.wait_probability <= level.max_wait_probability
    if level.max_wait_minutes is not None:
        good &= found.mean_wait_minutes <= level.max_wait_minutes
    if level.max_p90_wait_minutes is not None:
        good &= found.p90_wait_minutes <= level.max_p90_wait_minutes
    return good


def _level_faults(level: ServiceLevel) -> list[Fault]:
    given = {one.name: getattr(level, one.name) for one in fields(level)}
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        remedy = "Give max_wait_probability, max_wait_minutes or max_p90_wait_minutes."
        return [Fault("queueing", "", (), "no service level is given", remedy)]
    faults = []
    for name, value in given.items():
        most = 1.0 if name == "max_wait_probability" else np.inf
        # The percentile can be 0 (fewer than one in ten waits); a mean or a share never is.
        least_ok = value >= 0 if name == "max_p90_wait_minutes" else value > 0
        if not (np.isfinite(value) and least_ok and value <= most):
            rule = f"{value:g} is no service level that a pool can keep"
            faults.append(Fault("queueing", name, (), rule, "Give a positive number."))
    return faults


def _number_faults(name: str, value: FloatArray, *, above_zero: bool = False) -> list[Fault]:
    good = np.isfinite(value) & ((value > 0) if above_zero else (value >= 0))
    if good.all():
        return []
    rows = tuple(str(row + 1) for row in np.flatnonzero(~good.ravel()))
    least = "above 0" if above_zero else "of at least 0"
    return [Fault("queueing", name, rows, f"is not a number {least}", "Give one.")]


def _count_faults(count: NDArray[np.generic]) -> list[Fault]:
    value = count.astype(float)
    good = np.isfinite(value) & (value >= 0) & (value <= MOST_CHARGERS) & (value % 1 == 0)
    if good.all():
        return []
    rows = tuple(str(row + 1) for row in np.flatnonzero(~good.ravel()))
    rule = f"is not a whole number from 0 to {MOST_CHARGERS}"
    return [Fault("queueing", "chargers", rows, rule, "Give one.")]
