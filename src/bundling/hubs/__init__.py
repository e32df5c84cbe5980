"""Freight bundling at hubs: which hubs open, how each shipment travels, who gains what."""

from bundling.gains import proportional as proportional
from bundling.gains import shapley as shapley
from bundling.hubs.coalition import CoalitionCosts as CoalitionCosts
from bundling.hubs.coalition import coalition_costs as coalition_costs
from bundling.hubs.coalition_oracle import coalition_oracle as coalition_oracle
from bundling.hubs.emissions_plan import emissions_by_shipment as emissions_by_shipment
from bundling.hubs.emissions_plan import emissions_by_shipper as emissions_by_shipper
from bundling.hubs.emissions_plan import emissions_table as emissions_table
from bundling.hubs.last_mile_legs import last_mile_of as last_mile_of
from bundling.hubs.last_mile_solve import solve_with_last_mile as solve_with_last_mile
from bundling.hubs.last_mile_tours import areas_of as areas_of
from bundling.hubs.last_mile_tours import hops_of as hops_of
from bundling.hubs.loading_floor import within_floor as within_floor
from bundling.hubs.loading_plan import loading_of as loading_of
from bundling.hubs.problem import LEG_KINDS as LEG_KINDS
from bundling.hubs.problem import HubsProblem as HubsProblem
from bundling.hubs.sharing import Sharing as Sharing
from bundling.hubs.sharing import share as share
from bundling.hubs.sharing_by_size import share_by_size as share_by_size
from bundling.hubs.sharing_many import ManySharing as ManySharing
from bundling.hubs.sharing_many import share_many as share_many
from bundling.hubs.solution import HubsSolution as HubsSolution
