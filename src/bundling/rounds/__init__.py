"""Rounds from depots to stops: who goes where, in which order, when, and on how much energy."""

from bundling.rounds.check import check as check
from bundling.rounds.check import count_checks as count_checks
from bundling.rounds.evaluate import ChargeEvent as ChargeEvent
from bundling.rounds.evaluate import ReloadEvent as ReloadEvent
from bundling.rounds.evaluate import RouteFigures as RouteFigures
from bundling.rounds.evaluate import Visit as Visit
from bundling.rounds.evaluate import all_figures as all_figures
from bundling.rounds.evaluate import evaluate as evaluate
from bundling.rounds.evaluate import route_figures as route_figures
from bundling.rounds.problem import RoundsProblem as RoundsProblem
from bundling.rounds.solution import Break as Break
from bundling.rounds.solution import Charge as Charge
from bundling.rounds.solution import DepotCharge as DepotCharge
from bundling.rounds.solution import RoundsSolution as RoundsSolution
from bundling.rounds.solution import Route as Route
