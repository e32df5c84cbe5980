"""Two echelons: trucks from a depot to hubs, and rounds from the hubs to the stops."""

from bundling.rounds.echelons.check import check as check
from bundling.rounds.echelons.check import count_checks as count_checks
from bundling.rounds.echelons.evaluate import evaluate as evaluate
from bundling.rounds.echelons.problem import TwoEchelonProblem as TwoEchelonProblem
from bundling.rounds.echelons.solution import Drop as Drop
from bundling.rounds.echelons.solution import TruckRoute as TruckRoute
from bundling.rounds.echelons.solution import TwoEchelonSolution as TwoEchelonSolution
