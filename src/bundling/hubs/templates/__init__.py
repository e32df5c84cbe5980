"""Days and weeks of one kind, made of few tables: containers, a building site."""

from bundling.hubs.templates.construction import construction_week as construction_week
from bundling.hubs.templates.construction_site import Site as Site
from bundling.hubs.templates.construction_site import construction_figures as construction_figures
from bundling.hubs.templates.construction_site import construction_phases as construction_phases
from bundling.hubs.templates.construction_study import construction_hub as construction_hub
from bundling.hubs.templates.containers import container_day as container_day
from bundling.hubs.templates.containers import container_rates as container_rates
from bundling.hubs.templates.tickets import Gate as Gate
