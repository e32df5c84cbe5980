"""Charging sites: where, when and how large, under the headroom of the grid."""

from bundling.siting.check import check as check
from bundling.siting.check import count_checks as count_checks
from bundling.siting.evaluate import evaluate as evaluate
from bundling.siting.pose import pose as pose
from bundling.siting.problem import SitingProblem as SitingProblem
from bundling.siting.solution import SitingSolution as SitingSolution
from bundling.siting.solve import solve as solve
