"""Who gets what of a joint saving: games in which every coalition has a cost.

A game of `n` players is an array of ``2 ** n`` costs, EUR (or kg CO2e: every method splits any
amount); bit `p` of the index stands for player `p`, so that index 0 is nobody (cost 0) and the last
one is all together. With too many players to know all costs, a `ValueOracle` is asked for them one
by one: `sampled_shapley` and `least_core_by_rows`.

One method a file. Which one? The Shapley value is what most boards call fair, and need not be
stable; the nucleolus is stable whenever anything is; the equal profit method is stable and keeps
savings as even as that allows; proportional splits are easily told and often unstable.
"""

from bundling.gains.core import CoreCheck as CoreCheck
from bundling.gains.core import LeastCore as LeastCore
from bundling.gains.core import check_core as check_core
from bundling.gains.core import core_verdict as core_verdict
from bundling.gains.core import least_core as least_core
from bundling.gains.core import least_core_range as least_core_range
from bundling.gains.equal_profit import EqualProfit as EqualProfit
from bundling.gains.equal_profit import equal_profit as equal_profit
from bundling.gains.game import best_partition as best_partition
from bundling.gains.game import coalition_sums as coalition_sums
from bundling.gains.game import members as members
from bundling.gains.happy import HappyNucleolus as HappyNucleolus
from bundling.gains.happy import happy_nucleolus as happy_nucleolus
from bundling.gains.nucleolus import nucleolus as nucleolus
from bundling.gains.nucleolus import prenucleolus as prenucleolus
from bundling.gains.oracle import ValueOracle as ValueOracle
from bundling.gains.proportional import proportional as proportional
from bundling.gains.proportional import proportional_range as proportional_range
from bundling.gains.row_generation import RowsCore as RowsCore
from bundling.gains.row_generation import least_core_by_rows as least_core_by_rows
from bundling.gains.sampled import SampledShapley as SampledShapley
from bundling.gains.sampled import sampled_shapley as sampled_shapley
from bundling.gains.separable import alternative_cost_avoided as alternative_cost_avoided
from bundling.gains.separable import cost_gap as cost_gap
from bundling.gains.separable import equal_charge as equal_charge
from bundling.gains.separable import separable_costs as separable_costs
from bundling.gains.separation import local_separation as local_separation
from bundling.gains.shapley import shapley as shapley
from bundling.gains.shapley import shapley_range as shapley_range
from bundling.gains.splits import Splits as Splits
from bundling.gains.splits import all_splits as all_splits
from bundling.gains.subadditive import DearerTogether as DearerTogether
from bundling.gains.subadditive import dearer_together as dearer_together
