"""Who should cooperate: shippers matched by their lanes, without solving every coalition."""

from bundling.hubs.matching.blur import Blur as Blur
from bundling.hubs.matching.blur import BlurLoss as BlurLoss
from bundling.hubs.matching.blur import blur as blur
from bundling.hubs.matching.blur import blur_loss as blur_loss
from bundling.hubs.matching.from_hubs import lanes_of_hubs as lanes_of_hubs
from bundling.hubs.matching.pairs import pair_savings as pair_savings
from bundling.hubs.matching.problem import MatchingProblem as MatchingProblem
from bundling.hubs.matching.solution import MatchingSolution as MatchingSolution
from bundling.hubs.matching.solve import solve as solve
from bundling.hubs.matching.verify import verify_groups as verify_groups
