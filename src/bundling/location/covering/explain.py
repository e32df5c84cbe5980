"""Why no sites will do, in words."""

from __future__ import annotations

import numpy as np

from bundling.location.covering.problem import CoveringProblem


def beyond_reach(problem: CoveringProblem) -> list[str]:
    """Say which clients must be covered and are by no site that may be open."""
    allowed = np.concatenate([[0], np.cumsum(~problem.forbidden[problem.site])])
    reached = allowed[problem.start[1:]] > allowed[problem.start[:-1]]
    lost = np.flatnonzero(np.isinf(problem.weight) & ~reached)
    if len(lost) == 0:
        return []
    shown = ", ".join(problem.client_name(int(i)) for i in lost[:5])
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return [f"no site that may be open covers {shown}{more}, which must be covered"]
