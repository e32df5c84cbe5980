"""Freight bundling at hubs: which hubs open, how each shipment travels, who gains what."""

from bundling.gains import proportional as proportional
from bundling.gains import shapley as shapley
from bundling.hubs.coalition import CoalitionCosts as CoalitionCosts
from bundling.hubs.coalition import coalition_costs as coalition_costs
from bundling.hubs.coalition_oracle import coalition_oracle as coalition_oracle
from bundling.hubs.problem import LEG_KINDS as LEG_KINDS
from bundling.hubs.problem import HubsProblem as HubsProblem
from bundling.hubs.sharing import Sharing as Sharing
from bundling.hubs.sharing import share as share
from bundling.hubs.solution import HubsSolution as HubsSolution
