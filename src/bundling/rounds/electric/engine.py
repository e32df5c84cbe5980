"""The electric search: two annealing searches on two threads, few routes first where that counts.

What helped, measured on the instances of Schneider, Stenger and Goeke with 100 stops: joins of
labels before a stop with rests after it instead of a run of labels to the end (4 times as many
iterations), figures that are read together in one array (2 times), no counting of references (4
times, see `kernel`), a temperature that starts at the variable cost of a stop, and searches that
take over each other's best now and then, and a memory of routes' costs with labels made only when
they are asked for (2 to 3 times). From 150 stops on both threads anneal halves of one solution,
less hot: 0.2 to 0.4 % fewer hours on three of four instances of E-VRP-NL that were run side by side
with the search before. Two stations in a row are tried for small problems (c208C5 is 164.34 without
and 158.48 with them) and where joins are estimates: tc0c160s24ct2 went from 1.37 to 0.00 %,
tc2c320s24cf4 from 1.27 to 0.31 %, tc0c40s8cf0 from 1.20 to 0.00 %. For long routes (rc203, rc205,
rc207, r210, 25 to 30 s on a busy machine against 60 s before): labels and rests kept up only where
somebody asks for them, plans that leave a stop out at a price, and six times the heat took rc203
from 4 vehicles to 3, and the gaps of the others from 12.6, 4.7 and 1.6 % to 3, 2 and 0 to 1.2 %.
Five stations a gap instead of three: rc101 comes to its best known. The heat is too much for routes
of 50 stops in 60 s: r204 and r208 went from 0.4 and 0.1 % to 1.9 and 1.3 %. Where hours, load and
several rates of charging count, joins that know them, corrected by what the join of the route as it
is leaves out, and labels dropped for what they must still charge: 2 to 9 times as many iterations
(one thread, near good solutions: zwolle-150-electric 157 to 364 a second, deventer-600-electric 46
to 425), and tc0c160s16cf2 from 0.11 % to 0.00, -0.23 and -1.63 % in three runs of 60 s. The wide
tuples as pointers (see `pointed`): 1.27 to 1.49 times the iterations on r102, tc0c160s24ct2 and
zwolle-150-electric, 1.03 on rc203, and 55 instead of 150 s to compile.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np

from bundling.result import Event, Limit, OnEvent
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import (
    CLOSES,
    FIXED,
    OPENS,
    PRIZE,
    Data,
    FloatArray,
    new_state,
    new_work,
)
from bundling.rounds.electric.build import build, joins_are_exact
from bundling.rounds.electric.halves import bring_together, halve, hand_out, worth_halving
from bundling.rounds.electric.plan import route_of
from bundling.rounds.electric.pooled import pooled
from bundling.rounds.electric.recombine import gather, recombine
from bundling.rounds.electric.routes import total_eur
from bundling.rounds.electric.searcher import Budget, Searcher, Steps
from bundling.rounds.electric.start import rounds_without_battery
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route

_WORKERS = 2
_START_SHARE, _START_ITERATIONS = 0.12, 20_000
"""Part of the time, and iterations at most, for PyVRP's rounds without batteries to begin from."""
_FEWER_ENDS = (0.03, 0.07, 0.12, 0.18, 0.25, 0.33)
"""Parts of the time at which the searches for fewer routes tell each other what they have."""
_FEWER_HEAT = 0.1
_HOPELESS = (0.12, 2)
"""From this part of the time on the searches for fewer routes end when more stops are left out."""
_CYCLES = ((0.55, 1.0), (0.75, 0.5), (0.9, 0.25), (1.0, 0.1))
"""Where each annealing ends, and how hot it begins; routes are recombined between them."""
_CYCLES_OF_HALVES = ((0.9, 1.0), (1.0, 0.05))
"""The same where a solution is annealed in halves."""
_HOT_HALVES = ((0.0, 0.1), (250.0, 0.3))
"""The hot temperature there, from so many iterations a stop on: less time, so less heat."""
_PACE_SHARE, _PACE_HEAT = 0.02, 0.03
"""Part of the time after which the iterations are counted, and the heat till then."""
_HOT, _COLD = 1.0, 0.01
"""Temperatures, as parts of the variable cost of an average stop."""
_HOT_FEW = 6.0
"""The hot one where the number of vehicles comes first: good plans lie far from each other."""
_ABSENT, _ABSENT_MOST = 3.0, 0.5
"""What leaving out a stop costs at first there, as part of the variable cost of an average stop,
and at most, as part of a vehicle: dearer, a vehicle more would be taken for it."""
_RECOMBINED = 15
"""Stops a route up to which recombination is worth its time: long routes never fit together."""
_RECOMBINE_SHARE = 0.05
"""Part of the time that one recombination may take."""
_SMALL = 30
_ROOM_SMALL, _ROOM, _ROOM_ROUGH = (32, 16), (8, 5), (5, 3)
"""Labels a stop, and stations between two places, for up to `_SMALL` stops and for more; the last
where joins are estimates, and every insertion that counts is priced label by label."""
_ROOM_PLAN = 32
"""Labels a stop for the plan that is given back."""
_POLL_S = 0.05
_HALF_S, _HALF_ITERATIONS = 1.0, 1000
"""Seconds, or iterations, between two cuts of a solution in halves."""


@dataclass
class Found:
    """What the search has so far.

    Attributes
    ----------
    routes
        Routes of the best solution; None while none serves every stop that must be served.
    cost_eur
        Its cost as the kernels count it.
    iterations
        Iterations of all workers.
    limit
        Why it stopped.
    improvements
        Seconds, cost and bound of each improvement.
    absent
        Stops not served in the best attempt, when there is no solution.
    pool
        Other good routes that were seen, when they were asked for.
    """

    routes: list[Route] | None = None
    cost_eur: float = math.inf
    iterations: int = 0
    limit: Limit = Limit.TIME
    improvements: list[tuple[float, float, float]] = field(default_factory=list)
    absent: tuple[str, ...] = ()
    pool: list[Route] = field(default_factory=list)


def search(
    problem: RoundsProblem,
    *,
    seed: int,
    time_limit: float,
    elapsed: Callable[[], float],
    on_event: OnEvent | None,
    max_iterations: int | None,
    hours: tuple[FloatArray, FloatArray] | None = None,
    most_pooled: int = 0,
) -> Found:
    """Search `problem` until its time or its iterations end.

    Parameters
    ----------
    seed
        With `max_iterations` the same seed gives the same answer.
    time_limit
        Seconds on the clock of `elapsed` at which to stop.
    elapsed
        Clock of the caller.
    on_event
        Called a few times a second; False stops.
    max_iterations
        Iterations of each of the two searches.
    hours
        Earliest departure and latest return of each fleet entry, in place of those of its depots.
    most_pooled
        How many routes beside the best ones are wanted in `Found.pool`.
    """
    found = Found()
    small = problem.num_stops <= _SMALL
    labels, stations = _ROOM_SMALL if small else _ROOM
    rough = not joins_are_exact(problem, chains=False).any()
    if rough and not small:
        labels, stations = _ROOM_ROUGH
    data = build(problem, stations_a_gap=stations, chains=small or rough)
    if hours is not None:
        data.fleet[:, OPENS], data.fleet[:, CLOSES] = hours
    states = np.random.SeedSequence(seed % 2**32).generate_state(_WORKERS)
    searchers = [Searcher(data, labels, int(state)) for state in states]
    halt = threading.Event()

    def watch(job: Callable[[Searcher], None]) -> None:
        """Run a job of each search side by side, with an eye on Ctrl-C and a content caller."""
        with ThreadPoolExecutor(len(searchers), "electric") as pool:
            futures = [pool.submit(job, searcher) for searcher in searchers]
            while not all(future.done() for future in futures):
                try:
                    wait(futures, timeout=_POLL_S)
                    _tell(found, searchers, elapsed(), on_event, halt)
                except KeyboardInterrupt:
                    if halt.is_set():
                        raise
                    halt.set()
                except BaseException:
                    halt.set()
                    raise
            for future in futures:
                future.result()

    watch(Searcher.begin)
    budget = Budget(elapsed(), time_limit, elapsed, halt, max_iterations)
    _share(searchers)
    few = _vehicles_first(data, searchers[0])
    if not (few or small) and hours is None:
        ends = _START_SHARE
        watch(lambda searcher: _start(problem, searcher, searchers, budget, ends, seed))
        _share(searchers)
    if few:
        for ends in _FEWER_ENDS:
            watch(lambda searcher, ends=ends: _fewer(searcher, budget, ends))  # type: ignore[misc]
            _share(searchers)
            if ends >= _HOPELESS[0] and min(s.fewest_absent for s in searchers) > _HOPELESS[1]:
                break
    if math.isinf(searchers[0].eur):
        watch(lambda searcher: _first(searcher, budget))
        _share(searchers)
    if few:
        for searcher in searchers:
            searcher.penalty[0] = _ABSENT * searchers[0].eur_per_stop
            searcher.penalty[1] = _ABSENT_MOST * float(data.fleet[:, FIXED].min())
    begun = budget.gone(searchers[0])
    in_halves = worth_halving(data, searchers[0].best)
    warm = _HOT_FEW if few else _HOT
    if in_halves and not math.isinf(searchers[0].eur):
        warm = _hot_of_halves(searchers, budget, watch)
    for ends, heat in _CYCLES_OF_HALVES if in_halves else _CYCLES:
        if math.isinf(searchers[0].eur) or budget.gone(searchers[0]) >= 1.0:
            break
        for searcher in searchers:
            searcher.take(searchers[0].best.copy(), searchers[0].eur)
        cooling = _Cooling.of(searchers[0], budget, begun + (1.0 - begun) * ends, heat * warm)
        if in_halves:
            _improve_halves(searchers, budget, cooling, watch, seed)
        else:
            watch(lambda searcher, cooling=cooling: _improve(searcher, budget, cooling, 1.0))  # type: ignore[misc]
        _share(searchers)
        if problem.num_stops <= _RECOMBINED * max(1, searchers[0].num_routes):
            _recombined(searchers, budget, seed)
    _tell(found, searchers, elapsed(), None, halt)
    best = searchers[0]
    found.iterations = sum(searcher.iterations for searcher in searchers)
    found.limit = Limit.TIME if elapsed() >= budget.ends else Limit.ITERATIONS
    if halt.is_set():
        found.limit = Limit.INTERRUPT
    if most_pooled:
        found.pool = list(pooled(problem, searchers, most_pooled))
    if math.isinf(best.eur):
        missing = np.flatnonzero((best.current.route < 0) & np.isinf(data.stop[:, PRIZE]))
        found.absent = tuple(problem.stop_ids[s] for s in missing)
        return found
    found.routes, found.cost_eur = _plan(problem, data, best, labels)
    return found


def _start(
    problem: RoundsProblem,
    searcher: Searcher,
    searchers: Sequence[Searcher],
    budget: Budget,
    ends: float,
    seed: int,
) -> None:
    """Begin from PyVRP's rounds, if they come to less; each search from its own."""
    begun, number = budget.gone(searcher), searchers.index(searcher)
    timed = budget.max_iterations is None
    most = _START_ITERATIONS
    if budget.max_iterations is not None:
        most = max(1, int(ends * budget.max_iterations))

    def stop(done: int, share: float) -> bool:
        until = begun + share * (ends - begun) if timed else 1.0
        return done >= most or budget.gone(searcher) >= until

    routes = rounds_without_battery(problem, len(searcher.best), seed=seed + number, stop=stop)
    if routes is not None:
        searcher.begin_from(routes)


def _share(searchers: Sequence[Searcher]) -> None:
    """Let searches that are behind in routes go on from the best, which comes to stand first."""
    best = min(searchers, key=lambda searcher: searcher.eur)
    if math.isinf(best.eur):
        return
    for searcher in searchers:
        if searcher.num_routes > best.num_routes or math.isinf(searcher.eur):
            searcher.take(best.best.copy(), best.eur)
    if searchers[0].eur > best.eur:
        searchers[0].best[:] = best.best
        searchers[0].best_eur[0] = best.eur


def _recombined(searchers: Sequence[Searcher], budget: Budget, seed: int) -> None:
    """Put the best routes of both searches together; the best solution stands first."""
    best = searchers[0]
    span = budget.ends - budget.begun
    left = budget.ends - budget.elapsed()
    seconds = min(_RECOMBINE_SHARE * span, left - 0.1)
    if seconds <= 0.0 or budget.halt.is_set():
        return
    state = new_state(best.data, len(best.best), best.room)
    if not read_routes(best.data, state, best.work, best.best):
        return
    money = np.where(state.size > 0, state.eur, np.inf)
    routes, eur = gather(searchers, best.best, money)
    better = recombine(best.data, routes, eur, best.best, time_limit=seconds, seed=seed)
    if better is None or not read_routes(best.data, state, best.work, better):
        return
    total = float(total_eur(best.data, state))
    if total < best.eur:
        best.best[:] = better
        best.best_eur[0] = total


def _plan(
    problem: RoundsProblem, data: Data, best: Searcher, labels: int
) -> tuple[list[Route], float]:
    """Return the routes of the best solution with their charges, found with more room."""
    for room in (max(labels, _ROOM_PLAN), labels):
        work, state = new_work(data, room), new_state(data, len(best.best), room)
        if read_routes(data, state, work, best.best) and total_eur(data, state) <= best.eur + 1e-6:
            break
    used = [r for r in range(len(state.size)) if state.size[r] > 0]
    return [route_of(problem, data, state, work, r) for r in used], float(total_eur(data, state))


def _vehicles_first(data: Data, searcher: Searcher) -> bool:
    """Whether one vehicle costs more than all that is not the price of a vehicle."""
    if math.isinf(searcher.eur):
        return False
    fixed = float(data.fleet[searcher.best[searcher.best[:, 1] > 0, 0], FIXED].sum())
    return float(data.fleet[:, FIXED].min()) > searcher.eur - fixed


def _fewer(searcher: Searcher, budget: Budget, ends: float) -> None:
    """Look for solutions with fewer routes until the part `ends` of the budget is gone."""
    least = max(1, math.ceil(_most_needed(searcher.data)))
    steps = Steps(searcher, budget)
    while budget.gone(searcher) < ends and searcher.num_routes > least:
        heat = _FEWER_HEAT * searcher.eur_per_stop
        routes = searcher.num_routes
        searcher.shorten()
        steps.run(heat, fewer=True)
        if searcher.num_routes < routes:
            searcher.fewest_absent = len(searcher.absences)
        else:
            absent = int((searcher.current.route < 0).sum())
            searcher.fewest_absent = min(searcher.fewest_absent, absent)


def _most_needed(data: Data) -> float:
    """Routes that the freight alone asks for."""
    must = np.isinf(data.stop[:, PRIZE])
    most = 0.0
    for freight in (data.freight[:, 0], data.freight[:, 1]):
        capacity = data.capacity.max(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            needed = freight[must].sum(axis=0) / capacity
        most = max(most, float(np.nan_to_num(needed, nan=0.0, posinf=0.0).max()) - 1e-9)
    return most


def _first(searcher: Searcher, budget: Budget) -> None:
    """Place the stops the first solution left out."""
    steps = Steps(searcher, budget)
    while math.isinf(searcher.eur) and budget.gone(searcher) < 0.9:
        steps.run(1e-6, fewer=True)


@dataclass(frozen=True)
class _Cooling:
    """Temperatures from one part of the budget to another."""

    begun: float
    ends: float
    hot: float
    cold: float

    @classmethod
    def of(cls, searcher: Searcher, budget: Budget, ends: float, hot: float) -> _Cooling:
        """Return temperatures from now on; `hot` is a part of the cost of an average stop."""
        stop = searcher.eur_per_stop
        hot = hot * stop
        return cls(budget.gone(searcher), ends, hot, min(_COLD * stop, 0.1 * hot))

    def at(self, gone: float) -> float:
        """Return the temperature when so much of the budget is gone."""
        part = (gone - self.begun) / max(1e-9, self.ends - self.begun)
        return float(self.hot * (self.cold / self.hot) ** part)


def _improve(searcher: Searcher, budget: Budget, cooling: _Cooling, until: float) -> None:
    """Anneal until the end of the cooling, or until the part `until` of the budget is gone."""
    steps = Steps(searcher, budget)
    while (gone := budget.gone(searcher)) < min(until, cooling.ends):
        steps.run(cooling.at(gone), fewer=False)


def _hot_of_halves(
    searchers: Sequence[Searcher],
    budget: Budget,
    watch: Callable[[Callable[[Searcher], None]], None],
) -> float:
    """Search a little, and tell from the iterations how hot the search in halves may be."""
    before = sum(searcher.iterations for searcher in searchers)
    gone = budget.gone(searchers[0])
    cooling = _Cooling.of(searchers[0], budget, gone + _PACE_SHARE, _PACE_HEAT)
    watch(lambda searcher: _improve(searcher, budget, cooling, 1.0))
    _share(searchers)
    done = sum(searcher.iterations for searcher in searchers) - before
    part = max(1e-9, budget.gone(searchers[0]) - gone)
    per_stop = done / part * (1.0 - gone) / len(searchers[0].data.stop)
    return next(hot for least, hot in reversed(_HOT_HALVES) if per_stop >= least)


def _improve_halves(
    searchers: Sequence[Searcher],
    budget: Budget,
    cooling: _Cooling,
    watch: Callable[[Callable[[Searcher], None]], None],
    seed: int,
) -> None:
    """Anneal one solution on two threads until the end of the cooling, see `halves`."""
    one, two = searchers
    data, rng = one.data, np.random.default_rng(seed)
    now, best, best_eur = one.best.copy(), one.best.copy(), one.eur
    while (gone := budget.gone(one)) < cooling.ends:
        near = halve(data, now, rng)
        eur = hand_out(searchers, now, near)
        if math.isinf(eur):  # labels dropped for want of room: it cannot be read back
            now = best
            eur = hand_out(searchers, now, near := halve(data, now, rng))
        until = gone + budget.part_of(_HALF_S, _HALF_ITERATIONS)
        watch(lambda searcher, until=until: _improve(searcher, budget, cooling, until))  # type: ignore[misc]
        found, found_eur = bring_together(data, one.best, two.best, (eur, one.eur, two.eur), near)
        if found_eur < best_eur:
            best, best_eur = found, found_eur
        now, _ = bring_together(data, one.now, two.now, (eur, one.now_eur, two.now_eur), near)
    for searcher in searchers:
        searcher.take(best, best_eur)
        searcher.freeze(np.zeros(len(best), dtype=bool))


def _tell(
    found: Found,
    searchers: Sequence[Searcher],
    seconds: float,
    on_event: OnEvent | None,
    halt: threading.Event,
) -> None:
    cost = min(float(searcher.best_eur[0]) for searcher in searchers)
    if cost < found.cost_eur:
        found.cost_eur = cost
        found.improvements.append((seconds, cost, -math.inf))
    event = Event("rounds", seconds, cost, -math.inf)
    if on_event is not None and not halt.is_set() and on_event(event) is False:
        halt.set()
