"""One piece of goods and its way through a network that is partly full.

The way is found by A* (P. E. Hart, N. J. Nilsson, B. Raphael, "A formal basis for the heuristic
determination of minimum cost paths", IEEE Transactions on Systems Science and Cybernetics 4 (1968)
100-107): what is left to go costs at least the distance by unit costs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bundling.location.kernel import kernel

_FULL = 1e-9
"""Share of a facility by which a load may pass it."""
_LEAST_PART = 0.05
"""Share of a piece that a way must have room for, where a piece is split."""


class Net(NamedTuple):
    """A network as the kernels take it, its arcs in the order of their tails.

    Attributes
    ----------
    start
        Arcs that leave node ``i`` are ``start[i]`` to ``start[i + 1]`` ``[N + 1]``.
    tail, head, cost, fixed, room, most
        Of the arcs ``[A]``, as in `Arcs`.
    origin, destination
        Of the commodities ``[K]``.
    rest
        Least unit cost to node ``j`` from node ``i``: ``rest[j, i]`` ``[N, N]``.
    """

    start: Any
    tail: Any
    head: Any
    cost: Any
    fixed: Any
    room: Any
    most: Any
    origin: Any
    destination: Any
    rest: Any


class Fill(NamedTuple):
    """What the arcs carry.

    Attributes
    ----------
    load
        Units ``[A]``.
    spare
        Units for which the facilities have room left; all room left where they cost nothing
        ``[A]``.
    more
        Facilities that can still be had ``[A]``.
    """

    load: Any
    spare: Any
    more: Any


class Room(NamedTuple):
    """Room for the search of a way: ``dist``, ``before``, ``done`` and ``border`` ``[N]``."""

    dist: Any
    before: Any
    done: Any
    border: Any


@kernel
def cost_of_load(load, cost, fixed, room):
    """Return what an arc costs with a load, units and facilities."""
    if load <= 1e-9:
        return 0.0
    if load <= room:
        return cost * load + fixed
    return cost * load + fixed * max(1.0, np.ceil(load / room - _FULL))


@kernel
def fill(net, now, a, load):
    """Set the load of an arc."""
    if load < 1e-9:
        load = 0.0
    now.load[a] = load
    room, most = net.room[a], net.most[a]
    if net.fixed[a] <= 0.0:
        now.spare[a], now.more[a] = most * room - load, 0.0
    elif load == 0.0:
        now.spare[a], now.more[a] = 0.0, most
    elif load <= room:
        now.spare[a], now.more[a] = room - load, most - 1.0
    else:
        count = max(1.0, np.ceil(load / room - _FULL))
        now.spare[a], now.more[a] = max(0.0, count * room - load), most - count


@kernel
def send(net, now, price, many, source, sink, units, room, way):
    """Find a way for units, or for a part of them where that costs less for a unit.

    Parameters
    ----------
    net, now
        The network and what it carries.
    price
        By which fixed costs are multiplied ``[A]``.
    many
        How many such loads share a new facility at most: each is charged its part of it.
    source, sink, units
        From where, to where, and how many.
    room
        For the search.
    way
        Written: the arcs, -1 after the last ``[N]``.

    Returns
    -------
    float
        Units that go this way; 0 when there is none.
    """
    whole = shortest(net, now, price, many, source, sink, units, room)
    if whole < np.inf:
        write(room.before, net.tail, source, sink, way)
    # What is open and has room left may be cheaper for a part.
    part = shortest_open(net, now, source, sink, units, whole * (1 - 1e-9), room)
    if part == np.inf:
        if whole < np.inf:
            return units
        return widest(net, now, source, sink, units, room, way)
    write(room.before, net.tail, source, sink, way)
    least = units
    for p in range(len(way)):
        if way[p] < 0:
            break
        least = min(least, now.spare[way[p]])
    return least


@kernel
def begin(room, source):
    """Put the source alone on the border of the search; return how many nodes stand there."""
    room.dist[:] = np.inf
    room.done[:] = False
    room.dist[source] = 0.0
    room.border[0] = source
    return 1


@kernel
def nearest(dist, border, rest, count):
    """Return where on the border the node stands by which the whole way can be shortest."""
    place, least = 0, np.inf
    for p in range(count):
        value = dist[border[p]] + rest[border[p]]
        if value < least:
            place, least = p, value
    return place


@kernel
def shortest(net, now, price, many, source, sink, units, room):
    """Return the least cost for a unit, and its arcs in `before`; inf without a way."""
    start, head, cost, fixed, size = net.start, net.head, net.cost, net.fixed, net.room
    spare, more, rest = now.spare, now.more, net.rest[sink]
    dist, before, done, border = room.dist, room.before, room.done, room.border
    count, least = begin(room, source), 1.0 / many
    while count > 0:
        place = nearest(dist, border, rest, count)
        i = border[place]
        if i == sink:
            return dist[sink]
        count -= 1
        border[place] = border[count]
        done[i] = True
        here = dist[i]
        for a in range(start[i], start[i + 1]):
            j = head[a]
            if done[j]:
                continue
            length = cost[a]
            short = units - spare[a]
            if short > _FULL * size[a]:
                if more[a] < 1.0:
                    continue
                if short <= size[a]:
                    length += fixed[a] * price[a] * max(least, min(1.0, units / size[a])) / units
                else:
                    new = np.ceil(short / size[a] - _FULL)
                    if new > more[a]:
                        continue
                    length += fixed[a] * new * price[a] / units
            length += here
            if length < dist[j] and length + rest[j] < dist[sink]:
                if dist[j] == np.inf:
                    border[count] = j
                    count += 1
                dist[j] = length
                before[j] = a
    return np.inf


@kernel
def shortest_open(net, now, source, sink, units, limit, room):
    """Return the least cost for a unit over arcs with room left, below `limit`; inf without."""
    start, head, cost = net.start, net.head, net.cost
    spare, rest = now.spare, net.rest[sink]
    dist, before, done, border = room.dist, room.before, room.done, room.border
    count, enough = begin(room, source), _LEAST_PART * units
    while count > 0:
        place = nearest(dist, border, rest, count)
        i = border[place]
        if i == sink:
            return dist[sink]
        count -= 1
        border[place] = border[count]
        done[i] = True
        for a in range(start[i], start[i + 1]):
            j = head[a]
            if spare[a] < enough or done[j]:
                continue
            length = dist[i] + cost[a]
            if length < dist[j] and length + rest[j] < limit:
                if dist[j] == np.inf:
                    border[count] = j
                    count += 1
                dist[j] = length
                before[j] = a
    return np.inf


@kernel
def widest(net, now, source, sink, units, room, way):
    """Find the way with most room; return the units that it takes, 0 when nothing fits."""
    dist, before, done = room.dist, room.before, room.done
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
        for a in range(net.start[i], net.start[i + 1]):
            j = net.head[a]
            fits = min(width, net.most[a] * net.room[a] - now.load[a])
            if not done[j] and fits > dist[j] and fits > 1e-6 * units:
                dist[j] = fits
                before[j] = a
    write(before, net.tail, source, sink, way)
    return min(units, dist[sink])


@kernel
def write(before, tail, source, sink, way):
    """Write the arcs from source to sink into `way`."""
    length, node = 0, sink
    while node != source:
        length += 1
        node = tail[before[node]]
    way[length:] = -1
    node = sink
    while node != source:
        length -= 1
        way[length] = before[node]
        node = tail[before[node]]
