"""Days and weeks of one kind, made of few tables: containers, a building site, care."""

from bundling.hubs.templates.care import care_week as care_week
from bundling.hubs.templates.care_sites import Care as Care
from bundling.hubs.templates.care_sites import care_figures as care_figures
from bundling.hubs.templates.care_sites import care_groups as care_groups
from bundling.hubs.templates.care_study import care_hub as care_hub
from bundling.hubs.templates.construction import construction_week as construction_week
from bundling.hubs.templates.construction_site import Site as Site
from bundling.hubs.templates.construction_site import construction_figures as construction_figures
from bundling.hubs.templates.construction_site import construction_phases as construction_phases
from bundling.hubs.templates.construction_study import construction_hub as construction_hub
from bundling.hubs.templates.containers import container_day as container_day
from bundling.hubs.templates.containers import container_rates as container_rates
from bundling.hubs.templates.tickets import Gate as Gate
