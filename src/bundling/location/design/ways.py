"""One piece of goods and its way through a network that is partly full."""

from __future__ import annotations

import numpy as np

from bundling.location.kernel import kernel

_FULL = 1e-9
"""Share of a facility by which a load may pass it."""


@kernel
def cost_of_load(load, cost, fixed, room):
    """Return what an arc costs with a load, units and facilities."""
    if load <= 1e-9:
        return 0.0
    return cost * load + fixed * max(1.0, np.ceil(load / room - _FULL))


@kernel
def add(way, units, load):
    """Put units on all arcs of a way."""
    for p in range(len(way)):
        if way[p] < 0:
            break
        load[way[p]] += units


@kernel
def take(way, units, load, cost, fixed, room):
    """Take units off all arcs of a way, negative ones put on; return the cost that this saves."""
    saved = 0.0
    for p in range(len(way)):
        a = way[p]
        if a < 0:
            break
        saved += cost_of_load(load[a], cost[a], fixed[a], room[a])
        load[a] -= units
        if load[a] < 1e-9:
            load[a] = 0.0
        saved -= cost_of_load(load[a], cost[a], fixed[a], room[a])
    return saved


@kernel
def send(start, leaving, tail, head, cost, fixed, room, most, noise, many, load, source, sink,
         units, dist, before, done, way):  # fmt: skip
    """Find a way for units, or for a part of them where that costs less for a unit.

    Parameters
    ----------
    start, leaving
        Arcs that leave node ``i`` are ``leaving[start[i] : start[i + 1]]``.
    tail, head, cost, fixed, room, most
        Of the arcs ``[A]``, as in `Arcs`.
    noise
        By which fixed costs are multiplied ``[A]``.
    many
        How many such loads share a new facility at most: each is charged its part of it.
    load
        Of the arcs ``[A]``.
    source, sink, units
        From where, to where, and how many.
    dist, before, done
        Room ``[N]``.
    way
        Written: the arcs, -1 after the last ``[N]``.

    Returns
    -------
    float
        Units that go this way; 0 when there is none.
    """
    whole = shortest(start, leaving, head, cost, fixed, room, most, noise, many, load, source, sink,
                     units, False, dist, before, done)  # fmt: skip
    if whole < np.inf:
        write(before, tail, source, sink, way)
    # What is open and has room left may be cheaper for a part.
    part = shortest(start, leaving, head, cost, fixed, room, most, noise, many, load, source, sink,
                    units, True, dist, before, done)  # fmt: skip
    if part == np.inf:
        return units if whole < np.inf else widest(
            start, leaving, tail, head, room, most, load, source, sink, units, dist, before, done,
            way)  # fmt: skip
    if part >= whole * (1 - 1e-9):
        return units
    write(before, tail, source, sink, way)
    least = units
    for p in range(len(way)):
        a = way[p]
        if a < 0:
            break
        if fixed[a] > 0.0:
            least = min(least, spare(load[a], room[a]))
        else:
            least = min(least, most[a] * room[a] - load[a])
    return least


@kernel
def spare(load, room):
    """Return the units for which the facilities of a load have room left."""
    if load <= 1e-9:
        return 0.0
    return max(0.0, max(1.0, np.ceil(load / room - _FULL)) * room - load)


@kernel
def shortest(start, leaving, head, cost, fixed, room, most, noise, many, load, source, sink,
             units, only_spare, dist, before, done):  # fmt: skip
    """Return the least cost for a unit, and its arcs in `before`; inf without a way."""
    dist[:] = np.inf
    done[:] = False
    dist[source] = 0.0
    before[source] = -1
    while True:
        i, nearest = -1, np.inf
        for n in range(len(dist)):
            if not done[n] and dist[n] < nearest:
                i, nearest = n, dist[n]
        if i < 0:
            return np.inf
        if i == sink:
            return nearest
        done[i] = True
        for p in range(start[i], start[i + 1]):
            a = leaving[p]
            j = head[a]
            if done[j]:
                continue
            if only_spare:
                left = spare(load[a], room[a]) if fixed[a] > 0.0 else most[a] * room[a] - load[a]
                if left < 0.05 * units:
                    continue
                length = cost[a]
            else:
                after = load[a] + units
                if after > most[a] * room[a] * (1 + _FULL):
                    continue
                new = cost_of_load(after, 0.0, fixed[a], room[a])
                new -= cost_of_load(load[a], 0.0, fixed[a], room[a])
                new *= noise[a] * max(min(1.0, units / room[a]), 1.0 / many)
                length = new / units + cost[a]
            if nearest + length < dist[j]:
                dist[j] = nearest + length
                before[j] = a


@kernel
def widest(start, leaving, tail, head, room, most, load, source, sink, units, dist, before, done,
           way):  # fmt: skip
    """Find the way with most room; return the units that it takes, 0 when nothing fits."""
    dist[:] = 0.0
    done[:] = False
    dist[source] = np.inf
    before[source] = -1
    while True:
        i, width = -1, 0.0
        for n in range(len(dist)):
            if not done[n] and dist[n] > width:
                i, width = n, dist[n]
        if i < 0:
            return 0.0
        if i == sink:
            break
        done[i] = True
        for p in range(start[i], start[i + 1]):
            a = leaving[p]
            fits = min(width, most[a] * room[a] - load[a])
            if not done[head[a]] and fits > dist[head[a]] and fits > 1e-6 * units:
                dist[head[a]] = fits
                before[head[a]] = a
    write(before, tail, source, sink, way)
    return min(units, dist[sink])


@kernel
def write(before, tail, source, sink, way):
    """Write the arcs from source to sink into `way`."""
    length, node = 0, sink
    while node != source:
        length += 1
        node = tail[before[node]]
    way[:] = -1
    node = sink
    while node != source:
        length -= 1
        way[length] = before[node]
        node = tail[before[node]]
