"""The decision of a covering plan: which sites are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bundling.location.sites.solution import OpenSites


@dataclass(frozen=True, eq=False)
class CoveringSolution(OpenSites):
    """Which sites are open ``[J]``."""

    family: ClassVar[str] = "location.covering"
