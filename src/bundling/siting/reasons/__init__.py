"""Reasons for a siting plan: what it would cost to do otherwise, and what it hangs on.

Each figure comes from solving again, through the same model, evaluation and checker as the plan
itself, and stands between bounds: a search that was cut short gives an interval.
"""

from bundling.siting.reasons.assumptions import tornado as tornado
from bundling.siting.reasons.congestion import Congestion as Congestion
from bundling.siting.reasons.congestion import congestion as congestion
from bundling.siting.reasons.headroom_value import headroom_value as headroom_value
from bundling.siting.reasons.no_regret import no_regret as no_regret
from bundling.siting.reasons.sites import why_sites as why_sites
from bundling.siting.reasons.timing import what_waits as what_waits
