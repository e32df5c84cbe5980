"""Solutions of rounds problems as files: JSON, and text in the manner of VRPLIB.

Text has one line a route with the ids of its stops; a charging station stands under its id, a
reload under the id of the depot. Published solutions are read as they are; three more lines a route
hold what those leave out::

    Route #1: 3 S5 7 0 12
    Vehicle #1: vehicle-2
    Departure #1: 28800.0
    Charge #1: 11.5
    Cost 1655420

``Vehicle`` is the entry of the fleet: written where there are several, and when it is left out the
k-th route belongs to the k-th vehicle. ``Charge`` lists the kWh of each visit to a station; it may
be left out where every charge ends with a full battery. Without ``Departure`` the vehicle leaves
as late as it can without coming back later.
"""

from __future__ import annotations

import importlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.errors import Fault, raise_if
from bundling.io.atomic import replacing
from bundling.io.benchmark_text import Faults, read_text
from bundling.io.jsontext import parse_json

if TYPE_CHECKING:
    from bundling.rounds import RoundsProblem, RoundsSolution, Route

_LINE = re.compile(r"(Route|Vehicle|Departure|Charge)\s*#\s*(\d{1,9})\s*:\s*(.*)")
_OTHER = re.compile(r"[A-Za-z][\w ]*:?\s.*|[A-Za-z]\w*:?")
_SPACE = re.compile(r"\s")


def write_solution(
    path: str | Path,
    solution: RoundsSolution,
    problem: RoundsProblem,
    *,
    cost: float | None = None,
) -> Path:
    """Write a solution: JSON when the name ends in ``.json``, else text.

    Parameters
    ----------
    path
        The file; its folder is made when needed.
    solution, problem
        What to write, and the problem that it solves.
    cost
        Written along; the readers do not use it.

    Raises
    ------
    bundling.InputError
        For text, when an id has white space in it or a route cannot be written as text.
    """
    path = Path(path)
    if path.suffix.lower() == ".json":
        plain = solution.to_dict() | ({} if cost is None else {"cost": cost})
        text = json.dumps(plain, indent=1, allow_nan=False) + "\n"
    else:
        text = to_text(solution, problem, cost=cost)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def read_solution(path: str | Path, problem: RoundsProblem) -> RoundsSolution:
    """Read a solution of `problem` from JSON or text.

    Raises
    ------
    bundling.InputError
        With every fault of the file. Whether the solution is feasible is for `check` to say.
    OSError
        When the file cannot be opened.
    """
    path = Path(path)
    text = read_text(path)
    if text.lstrip().startswith("{"):
        return from_json(text, path.name)
    return from_text(text, problem, path.name)


# -- JSON ----------------------------------------------------------------------------------------


def from_json(text: str, file: str = "solution") -> RoundsSolution:
    """Read what ``json.dumps(solution.to_dict())`` wrote; `file` is named in faults."""
    data, fault = parse_json(text, file)
    raise_if([fault] if fault else [])
    raise_if(_shape_faults(data, file))
    solution: RoundsSolution = _rounds().RoundsSolution.from_dict(data)
    return solution


def _shape_faults(data: Any, file: str) -> Iterator[Fault]:
    routes = data.get("routes") if isinstance(data, dict) else None
    if not isinstance(routes, list):
        yield Fault(file, "routes", (), "is not a list of routes", "Write what to_dict gives")
        return
    for number, route in enumerate(routes, start=1):
        for name, rule in _route_faults(route):
            yield Fault(file, name, (str(number),), rule, "Write what to_dict gives")
    charges = data.get("depot_charging", [])
    if not isinstance(charges, list) or not all(
        isinstance(charge, dict)
        and _is_position(charge.get("route"))
        and _is_position(charge.get("quarter"))
        and _is_number(charge.get("kwh"))
        for charge in charges
    ):
        rule = "is not a list of charges with route, quarter and kwh"
        yield Fault(file, "depot_charging", (), rule, "Write what to_dict gives")


def _route_faults(route: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(route, dict):
        yield "routes", "is not a route"
        return
    if not isinstance(route.get("vehicle"), str):
        yield "vehicle", "is not the id of a vehicle"
    stops = route.get("stops")
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
        yield "stops", "is not a list of ids"
    if not _is_number(route.get("departure_s")):
        yield "departure_s", "is not a number of seconds"
    reloads = route.get("reloads", [])
    if not isinstance(reloads, list) or not all(_is_position(item) for item in reloads):
        yield "reloads", "is not a list of positions"
    charges = route.get("charges", [])
    if not isinstance(charges, list) or not all(
        isinstance(charge, dict)
        and _is_position(charge.get("before"))
        and isinstance(charge.get("station"), str)
        and _is_number(charge.get("kwh"))
        for charge in charges
    ):
        yield "charges", "is not a list of charges with before, station and kwh"
    breaks = route.get("breaks", [])
    if not isinstance(breaks, list) or not all(
        isinstance(rest, dict)
        and _is_position(rest.get("before"))
        and _is_number(rest.get("seconds"))
        and _is_position(rest.get("after", 0))
        for rest in breaks
    ):
        yield "breaks", "is not a list of breaks with before and seconds"


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of 400 digits
        return False


def _is_position(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# -- text ----------------------------------------------------------------------------------------


def to_text(solution: RoundsSolution, problem: RoundsProblem, *, cost: float | None = None) -> str:
    """Return a solution as text; `from_text` gives the same one back."""
    lines: list[str] = []
    faults = []
    if solution.depot_charging:
        rule, remedy = "has charging at depots, which text cannot say", "Write .json instead"
        faults.append(Fault("solution", "depot_charging", (), rule, remedy))
    for number, route in enumerate(solution.routes, start=1):
        rules = list(_unwritable(route, problem))
        remedy = "Write .json instead"
        faults += [Fault("solution", "", (str(number),), rule, remedy) for rule in rules]
        if rules:
            continue
        words = _words(route, problem)
        lines.append(f"Route #{number}: {' '.join(words)}".rstrip())
        if problem.num_vehicles > 1:
            lines.append(f"Vehicle #{number}: {route.vehicle}")
        lines.append(f"Departure #{number}: {float(route.departure_s)!r}")
        if route.charges:
            amounts = " ".join(repr(float(charge.kwh)) for charge in route.charges)
            lines.append(f"Charge #{number}: {amounts}")
    raise_if(faults)
    if cost is not None:
        lines.append(f"Cost {float(cost)!r}")
    return "\n".join(lines) + "\n"


def _unwritable(route: Route, problem: RoundsProblem) -> Iterator[str]:
    """Say why a route cannot be written so that it is read back."""
    if route.vehicle not in problem.vehicle_index:
        yield f"is of vehicle '{route.vehicle}', which is not in the problem"
        return
    yield from importlib.import_module("bundling.rounds.itinerary").misplaced(route)
    if route.breaks:
        yield "has breaks, which text cannot say"
    if route.vehicle != " ".join(route.vehicle.split()):
        yield f"is of vehicle '{route.vehicle}', whose id has odd spaces"
    for word in _words(route, problem):
        if not word or _SPACE.search(word):
            yield f"calls at '{word}', which is not one word"


def _words(route: Route, problem: RoundsProblem) -> list[str]:
    """Ids of the places in the order in which they are visited, without the depot at the ends."""
    depot = problem.depot_ids[problem.vehicle_depot[problem.vehicle_index[route.vehicle]]]
    words: list[str] = []
    stops: tuple[str | None, ...] = (*route.stops, None)
    for position, stop in enumerate(stops):
        words += [depot] * route.reloads.count(position)
        words += [charge.station for charge in route.charges if charge.before == position]
        words += [] if stop is None else [stop]
    return words


@dataclass
class _Lines:
    """What the lines of one route say, each with its line number."""

    route: tuple[int, str] | None = None
    vehicle: tuple[int, str] | None = None
    departure: tuple[int, str] | None = None
    charge: tuple[int, str] | None = None


@dataclass
class _Draft:
    """A route as far as its words tell."""

    vehicle: str
    stops: list[str] = field(default_factory=list)
    stations: list[tuple[int, str]] = field(default_factory=list)
    reloads: list[int] = field(default_factory=list)


def from_text(text: str, problem: RoundsProblem, file: str = "solution") -> RoundsSolution:
    """Read text in the manner of VRPLIB; `file` is named in faults."""
    faults = Faults(file)
    found = _collect(text, faults)
    if not found and not faults.found:
        faults.add(None, "has no routes", "Write 'Route #1:' and the ids of its stops")
    routes = []
    for number, lines in found.items():
        if lines.route is None:
            given = lines.vehicle or lines.departure or lines.charge
            line = given[0] if given else None
            faults.add(line, f"there is no 'Route #{number}:'", "Add it, or remove this line")
            continue
        line, words = lines.route
        if not words and not lines.departure:  # stays at home; mixed fleets list such vehicles
            continue
        vehicle = _vehicle(number, lines, problem, faults)
        if vehicle is None:
            continue
        draft = _draft(words.split(), vehicle, problem, line, faults)
        amounts = _amounts(draft, lines, problem, line, faults)
        departure = None
        if lines.departure:
            departure = faults.number(lines.departure[1], lines.departure[0], "departure")
        routes.append((draft, amounts, departure))
    faults.raise_if_any()
    solution: RoundsSolution = _rounds().RoundsSolution(
        tuple(_route(problem, draft, amounts, departure) for draft, amounts, departure in routes)
    )
    return solution


def _collect(text: str, faults: Faults) -> dict[int, _Lines]:
    found: dict[int, _Lines] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        match = _LINE.fullmatch(line)
        if match:
            lines, kind = found.setdefault(int(match[2]), _Lines()), match[1].lower()
            before = getattr(lines, kind)
            if before:
                rule = f"'{match[1]} #{match[2]}' is also at line {before[0]}"
                faults.add(number, rule, "Number the routes")
            setattr(lines, kind, (number, match[3].strip()))
        elif line and ("#" in line or not _OTHER.fullmatch(line)):
            rule = f"'{line[:40]}' is no line of a solution"
            faults.add(number, rule, "Write 'Route #1: ...', 'Charge #1: ...' or 'Cost ...'")
    return found


def _vehicle(number: int, lines: _Lines, problem: RoundsProblem, faults: Faults) -> str | None:
    if lines.vehicle:
        line, name = lines.vehicle
        if name in problem.vehicle_index:
            return name
        faults.add(line, f"vehicle '{name[:40]}' is not there", "Name an entry of the fleet")
        return None
    if problem.num_vehicles == 1:
        return problem.vehicle_ids[0]
    last = 0
    for name, count in zip(problem.vehicle_ids, problem.count, strict=True):
        last += int(count)
        if number <= last:
            return name
    at = lines.route[0] if lines.route else None
    rule = f"there is no vehicle {number}, only {last}"
    faults.add(at, rule, f"Add a line 'Vehicle #{number}:' that names the entry of the fleet")
    return None


def _draft(
    words: list[str], vehicle: str, problem: RoundsProblem, line: int, faults: Faults
) -> _Draft:
    """Tell stops, stations and reloads apart."""
    draft = _Draft(vehicle)
    v = problem.vehicle_index[vehicle]
    depot = problem.depot_ids[problem.vehicle_depot[v]]
    if words and words[0] == depot:  # some write the depot at both ends
        words = words[1:]
    if words and words[-1] == problem.depot_ids[problem.end_depot[v]]:
        words = words[:-1]
    for word in words:
        here = len(draft.stops)
        if word in problem.stop_index:
            draft.stops.append(word)
        elif word in problem.station_index:
            draft.stations.append((here, word))
        elif word != depot:
            rule = f"'{word[:40]}' is no stop, no station and not the depot of {vehicle}"
            faults.add(line, rule, "Write ids of the instance")
        elif not here or here in draft.reloads:
            faults.add(line, "a trip has no stops", "Write the depot once between two trips")
        elif draft.stations and draft.stations[-1][0] == here:
            rule = "the vehicle charges on its way back to reload"
            faults.add(line, rule, "A charge follows the reload; exchange the two")
        else:
            draft.reloads.append(here)
    if draft.reloads and draft.reloads[-1] == len(draft.stops):
        faults.add(line, "the last trip has no stops", "Remove the last reload")
    return draft


def _amounts(
    draft: _Draft, lines: _Lines, problem: RoundsProblem, line: int, faults: Faults
) -> list[float] | None:
    """Return the kWh of each charge; None: fill the battery."""
    if lines.charge is None:
        if draft.stations and problem.recharge != "full":
            rule = "the route charges, but nothing says how much"
            faults.add(line, rule, "Add a line 'Charge #...:' with the kWh of each visit")
        return None
    at, text = lines.charge
    amounts = [faults.number(word, at, "charge", least=0) for word in text.split()]
    if len(amounts) != len(draft.stations):
        rule = f"has {len(amounts)} amounts for {len(draft.stations)} visits to a station"
        faults.add(at, rule, "Write the kWh of each visit, in order")
    return amounts


def _route(
    problem: RoundsProblem, draft: _Draft, amounts: list[float] | None, departure: float | None
) -> Route:
    """Complete a route by what its text leaves out: amounts of charges, and the departure."""
    rounds = _rounds()
    v = problem.vehicle_index[draft.vehicle]
    first = draft.stops[: draft.reloads[0]] if draft.reloads else draft.stops
    released = (float(problem.release_s[problem.stop_index[stop]]) for stop in first)
    opens = float(problem.depot_open_s[problem.vehicle_depot[v]])
    early = max([opens, *released]) if departure is None else departure

    def route(charged: Sequence[float], leaves: float) -> Route:
        charges = tuple(
            rounds.Charge(before, station, kwh)
            for (before, station), kwh in zip(draft.stations, charged, strict=True)
        )
        made: Route = rounds.Route(
            draft.vehicle, tuple(draft.stops), leaves, charges, tuple(draft.reloads)
        )
        return made

    if amounts is None:
        amounts = [0.0] * len(draft.stations)
        for i in range(len(amounts)):
            event = rounds.route_figures(problem, route(amounts, early)).charges[i]
            amounts[i] = max(0.0, float(problem.usable_kwh[v]) - event.level_before_kwh)
    if departure is None:
        early += _postponable(problem, rounds.route_figures(problem, route(amounts, early)))
    return route(amounts, early)


def _postponable(problem: RoundsProblem, figures: Any) -> float:
    """Seconds by which the departure can be put off without a later return or a missed window.

    Every wait takes up part of a delay, so what is left for a window is the time before it closes
    and all waits up to it.
    """
    events = [
        (visit.arrival_s, visit.start_s, float(problem.tw_late_s[problem.stop_index[visit.stop]]))
        for visit in figures.visits
    ]
    for event in figures.charges:
        closes = float(problem.station_close_s[problem.station_index[event.station]])
        events.append((event.arrival_s, event.start_s, closes - (event.end_s - event.start_s)))
    events += [(event.arrival_s, event.start_s, math.inf) for event in figures.reloads]
    waited, room = 0.0, math.inf
    for arrival, start, latest in sorted(events):
        waited += start - arrival
        room = min(room, waited + max(0.0, latest - start))
    return min(room, waited)


def _rounds() -> Any:
    return importlib.import_module("bundling.rounds")
