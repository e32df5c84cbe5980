"""Local search over routes, with the exact cheapest vehicles on every leg.

Fixed costs make single moves blind: opening a hub, or a first vehicle on a leg, only pays when
several shipments move together. So the search moves groups (all freight of a place, or of a
place through one hub) besides single shipments, and then ruins and recreates parts of the plan
(Schrimpf et al., "Record breaking optimization results using the ruin and recreate principle",
Journal of Computational Physics 159, 2000), accepting a slightly worse plan now and then.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable

from bundling.hubs.legs import Legs
from bundling.hubs.plan import UNROUTED, Plan
from bundling.hubs.problem import HubsProblem

_MIN_GAIN = 1e-7


def search(
    problem: HubsProblem,
    legs: Legs,
    *,
    seed: int = 0,
    iterations: int = 2000,
    stop: Callable[[], bool] = lambda: False,
    improved: Callable[[float], object] = math.isfinite,
) -> Plan | None:
    """Find a good plan; None when the search finds none that respects the hub capacities.

    Parameters
    ----------
    iterations
        Ruin-and-recreate steps; the same number and seed give the same plan.
    stop
        Asked between steps; True ends the search.
    improved
        Told the cost of each better plan (EUR, without service hours).
    """
    rng = random.Random(seed)  # noqa: S311 - a search, not a secret
    plan = Plan(problem, legs)
    groups = _groups(problem)
    best, best_cost = _best_start(plan, groups, stop, improved)
    if math.isinf(best_cost):
        return None
    _restore(plan, best)
    try:
        best = _ruin_and_recreate(plan, groups, rng, iterations, stop, improved)
        _restore(plan, best)
        _descend(plan, groups, stop)
        best = list(plan.option)
    except KeyboardInterrupt:
        plan.interrupted = True  # the best so far is kept; a move may have been cut in half
    plan.load_options(best)
    return plan


def _ruin_and_recreate(
    plan: Plan,
    groups: list[list[int]],
    rng: random.Random,
    iterations: int,
    stop: Callable[[], bool],
    improved: Callable[[float], object],
) -> list[int]:
    """Take parts out and put them back, `iterations` times; return the best options met."""
    best, best_cost = list(plan.option), plan.cost
    current, current_cost = best, best_cost
    for step in range(iterations):
        if stop():
            break
        _recreate(plan, _ruin(plan, rng, groups), rng)
        if UNROUTED in plan.option or plan.cost > current_cost * 1.01:
            _restore(plan, current)
            continue
        if step % 50 == 49:
            _descend(plan, groups, stop)
        heat = 0.004 * (1 - step / iterations)
        if plan.cost < max(current_cost - _MIN_GAIN, best_cost * (1 + heat * rng.random())):
            current, current_cost = list(plan.option), plan.cost
            if current_cost < best_cost - _MIN_GAIN:
                best, best_cost = current, current_cost
                improved(best_cost)
        else:
            _restore(plan, current)
    return best


def _best_start(
    plan: Plan,
    groups: list[list[int]],
    stop: Callable[[], bool],
    improved: Callable[[float], object],
) -> tuple[list[int], float]:
    """Descend from several first plans, and return the best: all direct, each hub, all hubs.

    A hub hardly ever opens one shipment at a time, so we also come from the other side: everything
    through hubs, from where shipments leave one by one and hubs close.
    """
    hubs = range(len(plan.rent))
    best: list[int] = list(plan.option)
    best_cost = math.inf
    for wanted in [set[int](), set(hubs), *({h} for h in hubs)]:
        if stop() and not math.isinf(best_cost):
            break
        plan.clear()
        if _first_plan(plan, wanted):
            _descend(plan, groups, stop)
            if plan.cost < best_cost:
                best, best_cost = list(plan.option), plan.cost
                improved(best_cost)
    return best, best_cost


def _first_plan(plan: Plan, wanted: set[int]) -> bool:
    """Through the wanted hub that adds least, else direct, else anywhere; False when stuck."""
    waiting = []
    for i in sorted(range(len(plan.kg)), key=lambda i: -plan.kg[i]):
        some = [(plan.price(i, o), o) for o in plan.options[i] if plan.hub[o] in wanted]
        price, o = min(some, default=(math.inf, UNROUTED))
        if math.isinf(price):
            o = plan.by_hub[i].get(-1, UNROUTED)
        if o == UNROUTED:
            waiting.append(i)
        else:
            plan.move(i, o)
    # Those with the fewest choices first, heavy before light.
    waiting.sort(key=lambda i: (len(plan.options[i]), -plan.kg[i]))
    for i in waiting:
        price, o = min(((plan.price(i, o), o) for o in plan.options[i]), default=(math.inf, 0))
        if math.isinf(price):
            return False
        plan.move(i, o)
    return True


def _groups(problem: HubsProblem) -> list[list[int]]:
    """Shipments that share a place, in groups of at least two."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i in range(problem.num_shipments):
        found["origin", int(problem.shipment_origin[i])].append(i)
        found["destination", int(problem.shipment_destination[i])].append(i)
    return [members for members in found.values() if len(members) > 1]


def _descend(plan: Plan, groups: list[list[int]], stop: Callable[[], bool]) -> None:
    """Apply improving moves until there is none: single shipments, groups, closing a hub."""
    better = True
    while better and not stop():
        better = False
        for i, by_hub in enumerate(plan.by_hub):
            if len(by_hub) > 1:
                better |= _best_option(plan, i)
        for members in groups:
            if stop():
                return
            better |= _move_group(plan, members)
        for h in range(len(plan.rent)):
            if plan.hub_users[h]:
                better |= _close(plan, h)


def _best_option(plan: Plan, i: int) -> bool:
    before, old = plan.cost, plan.option[i]
    plan.move(i, UNROUTED)
    stay = before - plan.cost
    price, o = min((plan.price(i, o), o) for o in plan.options[i])
    better = price < stay - _MIN_GAIN
    plan.move(i, o if better else old)
    return better


def _move_group(plan: Plan, members: list[int]) -> bool:
    """Move all of a group, and the part of it on each hub or direct, to the best one place."""
    better = False
    parts = {plan.hub[plan.option[i]] for i in members}
    for part in [None, *sorted(parts)]:
        movers = [i for i in members if part is None or plan.hub[plan.option[i]] == part]
        if len(movers) < 2:
            continue
        before, old = plan.cost, [plan.option[i] for i in movers]
        best, best_cost = old, before - _MIN_GAIN
        for h in range(-1, len(plan.rent)):
            new = [plan.by_hub[i].get(h, plan.option[i]) for i in movers]
            if h == part or new == old:
                continue
            _apply(plan, movers, new)
            if plan.cost < best_cost and not plan.overfull():
                best, best_cost = new, plan.cost
            _apply(plan, movers, old)
        if best is not old:
            _apply(plan, movers, best)
            better = True
    return better


def _close(plan: Plan, hub: int) -> bool:
    """Try without `hub`: its shipments go, one after another, where they add least."""
    before, old = plan.cost, list(plan.option)
    movers = [i for i, o in enumerate(old) if plan.hub[o] == hub]
    _apply(plan, movers, [UNROUTED] * len(movers))
    for i in sorted(movers, key=lambda i: -plan.kg[i]):
        price, o = min(
            ((plan.price(i, o), o) for o in plan.options[i] if plan.hub[o] != hub),
            default=(math.inf, 0),
        )
        if math.isinf(price):
            break
        plan.move(i, o)
    if UNROUTED not in plan.option and plan.cost < before - _MIN_GAIN:
        return True
    _restore(plan, old)
    return False


def _apply(plan: Plan, movers: list[int], options: list[int]) -> None:
    for i, o in zip(movers, options, strict=True):
        plan.move(i, o)


def _restore(plan: Plan, options: list[int]) -> None:
    for i, o in enumerate(options):
        if plan.option[i] != o:
            plan.move(i, o)


def _ruin(plan: Plan, rng: random.Random, groups: list[list[int]]) -> list[int]:
    """Take out all freight of a few places, or of one place and some at random."""
    everyone = range(len(plan.option))
    chosen = set(rng.sample(everyone, min(len(everyone), rng.randint(1, 4))))
    if groups:
        for group in rng.sample(groups, min(len(groups), rng.randint(1, 3))):
            chosen.update(group)
    ruined = sorted(chosen)
    rng.shuffle(ruined)
    _apply(plan, ruined, [UNROUTED] * len(ruined))
    return ruined


def _recreate(plan: Plan, ruined: list[int], rng: random.Random) -> None:
    """Put shipments back where they add least; sometimes with one favoured or forbidden hub."""
    favourite = rng.randrange(-1, len(plan.rent)) if rng.random() < 0.5 else None
    if rng.random() < 0.5:
        ruined.sort(key=lambda i: -plan.kg[i])
    for i in ruined:
        best, best_price = UNROUTED, math.inf
        for o in plan.options[i]:
            price = plan.price(i, o)
            if plan.hub[o] == favourite:
                price *= 0.4
            price *= 1 + 0.1 * rng.random()
            if price < best_price:
                best, best_price = o, price
        if best == UNROUTED:
            return
        plan.move(i, best)
