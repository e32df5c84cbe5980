"""A bundling study for a board: does bundling pay, where, from which price, and for whom."""

from bundling.study.hubs.study import HubsStudy as HubsStudy
from bundling.study.hubs.study import hubs_study as hubs_study
