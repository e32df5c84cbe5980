"""The rows of the siting model that tie a year to the year before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundling.siting.problem import SitingProblem
from bundling.siting.site_rows import row_numbers

if TYPE_CHECKING:
    from bundling.siting.milp import Built


def add_year_rows(problem: SitingProblem, built: Built) -> None:
    """Keep what is built; a connection never gets smaller; a bought one is paid ever after."""
    model = built.model
    count, sizes, years = built.bought.shape
    size = problem.step_size
    each = row_numbers(built.bought.shape)
    model.add_rows(
        "a connection in force is bought",
        built.bought.shape,
        (each[:, size], built.step, 1.0),
        (each, built.bought, -1.0),
        upper=0.0,
    )
    if problem.budget is not None:
        # Bought when it comes into force, not before, when there is money left.
        terms = [(each, built.bought, np.array(1.0)), (each[:, size], built.step, np.array(-1.0))]
        if years > 1:
            terms += [(each[:, :, 1:], built.bought[:, :, :-1], np.array(-1.0))]
        model.add_rows("bought when in force", built.bought.shape, *terms, upper=0.0)
    if years == 1:
        return
    shape = (count, sizes, years - 1)
    rows = row_numbers(shape)
    model.add_rows(
        "bought stays bought",
        shape,
        (rows, built.bought[:, :, 1:], 1.0),
        (rows, built.bought[:, :, :-1], -1.0),
        lower=0.0,
    )
    # At least connection z this year, if at least connection z the year before.
    z, k = np.nonzero(np.arange(sizes)[:, None] <= size[None, :])
    model.add_rows(
        "connection never smaller",
        shape,
        (rows[:, z], built.step[:, k, 1:], 1.0),
        (rows[:, z], built.step[:, k, :-1], -1.0),
        lower=0.0,
    )
    shape = (count, built.chargers.shape[1], years - 1)
    rows = row_numbers(shape)
    model.add_rows(
        "chargers stay",
        shape,
        (rows, built.chargers[:, :, 1:], 1.0),
        (rows, built.chargers[:, :, :-1], -1.0),
        lower=0.0,
    )
    if problem.num_upgrades:
        later = (problem.num_upgrades, years - 1)
        rows = row_numbers(later)
        model.add_rows(
            "reinforcement stays",
            later,
            (rows, built.upgraded[:, 1:], 1.0),
            (rows, built.upgraded[:, :-1], -1.0),
            lower=0.0,
        )
