"""Days of departures of one kind, made of few tables: containers, construction, care."""

from bundling.hubs.templates.containers import container_day as container_day
from bundling.hubs.templates.containers import container_rates as container_rates
