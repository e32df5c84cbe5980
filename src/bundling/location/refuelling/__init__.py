"""Where vehicles refuel on their way: flow refuelling location."""

from bundling.location.refuelling.problem import RefuellingProblem as RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution as RefuellingSolution
