"""Freight bundled over a day of departures: hubs, lanes by mode, sailings and whole vehicles."""

from bundling.hubs.scheduled.check import check as check
from bundling.hubs.scheduled.check import count_checks as count_checks
from bundling.hubs.scheduled.evaluate import evaluate as evaluate
from bundling.hubs.scheduled.pareto import pareto as pareto
from bundling.hubs.scheduled.problem import ScheduledProblem as ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution as ScheduledSolution
from bundling.hubs.scheduled.solve import solve as solve
from bundling.hubs.scheduled.split import split_parts as split_parts
from bundling.hubs.scheduled.water import at_depth as at_depth
from bundling.hubs.scheduled.water import lock_delay as lock_delay
from bundling.hubs.scheduled.water import low_water as low_water
from bundling.hubs.scheduled.water import water_scenarios as water_scenarios
from bundling.hubs.scheduled.water import without_lock as without_lock
from bundling.hubs.scheduled.week import week_of as week_of
from bundling.hubs.scheduled.week_solve import solve_week as solve_week
