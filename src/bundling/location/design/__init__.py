"""Multicommodity fixed-charge network design, and scheduled service network design."""

from bundling.location.design.problem import DesignProblem as DesignProblem
from bundling.location.design.problem import network_design as network_design
from bundling.location.design.service import service_network_design as service_network_design
from bundling.location.design.solution import DesignSolution as DesignSolution
