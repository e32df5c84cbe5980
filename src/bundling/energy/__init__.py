"""Charging behind one grid connection: who charges when, at what power, at what cost."""

from bundling.energy.check import check as check
from bundling.energy.evaluate import evaluate as evaluate
from bundling.energy.problem import EnergyProblem as EnergyProblem
from bundling.energy.solution import EnergySolution as EnergySolution
