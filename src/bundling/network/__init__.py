"""Distances and times: the plane with bridges and motorways, road graphs, and waterways."""

from bundling.network.plane import PlaneNetwork as PlaneNetwork
from bundling.network.travel import Network as Network
from bundling.network.travel import Travel as Travel
from bundling.network.travel import Unreachable as Unreachable
