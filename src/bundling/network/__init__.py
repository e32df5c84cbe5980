"""Distances and times: the plane with bridges and motorways, road graphs, and waterways."""

from bundling.network.plane import PlaneNetwork as PlaneNetwork
from bundling.network.roadgraph import RoadGraph as RoadGraph
from bundling.network.travel import Network as Network
from bundling.network.travel import Travel as Travel
from bundling.network.travel import Unreachable as Unreachable
from bundling.network.waterways import WaterTravel as WaterTravel
from bundling.network.waterways import WaterWay as WaterWay
from bundling.network.waterways import Waterways as Waterways
