"""Freight bundling at hubs: which hubs open, how each shipment travels, who gains what."""

from bundling.hubs.problem import LEG_KINDS as LEG_KINDS
from bundling.hubs.problem import HubsProblem as HubsProblem
from bundling.hubs.solution import HubsSolution as HubsSolution
