"""Classical location problems: which sites to open so that clients are served well."""

from bundling.location.covering import CoveringProblem as CoveringProblem
from bundling.location.covering import CoveringSolution as CoveringSolution
from bundling.location.covering import covers_within as covers_within
from bundling.location.covering import maximal_covering as maximal_covering
from bundling.location.covering import set_covering as set_covering
from bundling.location.design import DesignProblem as DesignProblem
from bundling.location.design import DesignSolution as DesignSolution
from bundling.location.design import network_design as network_design
from bundling.location.design import service_network_design as service_network_design
from bundling.location.facility import FacilityProblem as FacilityProblem
from bundling.location.facility import FacilitySolution as FacilitySolution
from bundling.location.facility import facility_location as facility_location
from bundling.location.facility import p_center as p_center
from bundling.location.facility import p_median as p_median
from bundling.location.hubs import HubLocationProblem as HubLocationProblem
from bundling.location.hubs import HubLocationSolution as HubLocationSolution
from bundling.location.hubs import hub_covering as hub_covering
from bundling.location.hubs import hub_location as hub_location
from bundling.location.hubs import p_hub_median as p_hub_median
from bundling.location.refuelling import RefuellingProblem as RefuellingProblem
from bundling.location.refuelling import RefuellingSolution as RefuellingSolution
