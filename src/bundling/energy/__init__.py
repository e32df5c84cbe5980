"""Behind one grid connection: who charges when, which contract, how much battery and PV."""

from bundling.energy.assets import Battery as Battery
from bundling.energy.assets import Plugs as Plugs
from bundling.energy.assets import Pv as Pv
from bundling.energy.check import check as check
from bundling.energy.evaluate import evaluate as evaluate
from bundling.energy.offers import ContractOffer as ContractOffer
from bundling.energy.problem import EnergyProblem as EnergyProblem
from bundling.energy.solution import EnergySolution as EnergySolution
