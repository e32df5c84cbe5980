"""Hub location: p-hub median, fixed costs and capacities, covering; single and multiple."""

from bundling.location.hubs.problem import HubLocationProblem as HubLocationProblem
from bundling.location.hubs.problem import hub_covering as hub_covering
from bundling.location.hubs.problem import hub_location as hub_location
from bundling.location.hubs.problem import p_hub_median as p_hub_median
from bundling.location.hubs.solution import HubLocationSolution as HubLocationSolution
