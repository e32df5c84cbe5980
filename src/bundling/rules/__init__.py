"""Dated rules: zone access, truck levy, driving time, grid tariffs, emission factors.

A rule asks for a day; no date is hidden in code. The tables are the CSV files of this folder, each
row with ``valid_from``, ``valid_to``, ``scenario``, ``source`` and ``note``.

``siting_assumptions.csv`` is no rule and has no dates: see `bundling.siting.assumed`.
"""

from bundling.rules.book import RuleBook as RuleBook
from bundling.rules.kinds import ContractForm as ContractForm
from bundling.rules.kinds import DrivingRules as DrivingRules
from bundling.rules.kinds import GridTariff as GridTariff
from bundling.rules.kinds import RuleNotInForceError as RuleNotInForceError
from bundling.rules.kinds import ZoneDecision as ZoneDecision
from bundling.rules.schema import RULE_TABLES as RULE_TABLES
