"""Maximal covering and set covering."""

from bundling.location.covering.problem import CoveringProblem as CoveringProblem
from bundling.location.covering.problem import covers_within as covers_within
from bundling.location.covering.problem import maximal_covering as maximal_covering
from bundling.location.covering.problem import set_covering as set_covering
from bundling.location.covering.solution import CoveringSolution as CoveringSolution
