"""Why no sites will do, in words."""

from __future__ import annotations

import numpy as np

from bundling.location.facility.problem import FacilityProblem


def clashes(problem: FacilityProblem) -> list[str]:
    """Say which limits rule each other out, as far as that can be told beforehand."""
    allowed = np.where(problem.forbidden, 0.0, problem.capacity)
    total = float(problem.demand.sum())
    words = []
    if allowed.sum() < total * (1 - 1e-9):
        words.append(
            f"clients ask for {total:,.6g} and all sites together can serve {allowed.sum():,.6g}: "
            f"{total - allowed.sum():,.6g} short"
        )
    else:
        must = float(allowed[problem.must_open].sum())
        others = np.sort(allowed[~problem.must_open])[::-1]
        more = problem.most_open - int(problem.must_open.sum())
        largest = must + float(others[: max(0, more)].sum())
        if largest < total * (1 - 1e-9):
            words.append(
                f"at most {problem.most_open} sites may be open, and the largest so many can serve "
                f"{largest:,.6g} of {total:,.6g}: {total - largest:,.6g} short"
            )
    return words
