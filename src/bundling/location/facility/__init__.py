"""p-median, p-center and facility location, with and without capacities."""

from bundling.location.facility.problem import FacilityProblem as FacilityProblem
from bundling.location.facility.problem import facility_location as facility_location
from bundling.location.facility.problem import p_center as p_center
from bundling.location.facility.problem import p_median as p_median
from bundling.location.facility.solution import FacilitySolution as FacilitySolution
