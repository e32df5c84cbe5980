"""Optimisation for regional freight: hubs, rounds, energy, siting, and the chain through them.

Solvers, plots and report code are imported when they are used, so ``import bundling`` is quick.
"""

from bundling.api import catalogue as catalogue
from bundling.api import check as check
from bundling.api import evaluate as evaluate
from bundling.api import load as load
from bundling.api import solve as solve
from bundling.errors import BundlingError as BundlingError
from bundling.errors import InputError as InputError
from bundling.errors import ModelMismatch as ModelMismatch
from bundling.errors import SolverError as SolverError
from bundling.result import Bounds as Bounds
from bundling.result import Limit as Limit
from bundling.result import Result as Result
from bundling.result import Status as Status
