"""Linear and integer models as numpy blocks, solved by HiGHS."""

from bundling.mip.growing import GrowingLp as GrowingLp
from bundling.mip.highs import MipOutcome as MipOutcome
from bundling.mip.highs import solve_model as solve_model
from bundling.mip.model import LinearModel as LinearModel
from bundling.mip.part import Parts as Parts
