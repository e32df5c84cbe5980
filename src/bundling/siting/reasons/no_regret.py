"""Sites that open whatever comes: in how many scenarios each site is open, and when first."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bundling.result import Result
from bundling.siting.reasons.plans import opened
from bundling.siting.reasons.rerun import known

ALWAYS, OFTEN, SOMETIMES, NEVER = "always", "often", "sometimes", "never"
"""Open in all scenarios; in half of them or more; in fewer; in none."""


def no_regret(results: Mapping[str, Result]) -> pd.DataFrame:
    """Count in how many scenarios each site opens.

    Parameters
    ----------
    results
        Results of the scenarios by name; their problems have the same sites.

    Returns
    -------
    pandas.DataFrame
        A row a site, most often open first: ``scenarios_open`` of ``scenarios``, ``how_often``
        (`ALWAYS` marks no-regret sites), ``earliest_year`` and ``latest_year`` in which it opens,
        a column ``opened_year {name}`` for each scenario, ``approximate`` when some plan is not
        proved best: another plan about as good may leave the site out. ``words`` says it.

    Raises
    ------
    ValueError
        When there are no results, one has no plan, or the sites differ.
    """
    if not results:
        raise ValueError("no scenarios: give at least one result")
    runs = {}
    for name, result in results.items():
        try:
            runs[name] = known(result)
        except ValueError as error:
            raise ValueError(f"scenario {name!r}: {error}") from error
    first = next(iter(runs.values())).problem
    for name, run in runs.items():
        if run.problem.site_ids != first.site_ids:
            raise ValueError(f"scenario {name!r} has other sites than {next(iter(runs))!r}")
    years = {name: opened(run.problem, run.solution) for name, run in runs.items()}
    approximate = not all(run.proved for run in runs.values())
    rows = []
    for s, site in enumerate(first.site_ids):
        mine = [opening[s] for opening in years.values() if s in opening]
        row = {
            "site_id": site,
            "name": first.site_names[s],
            "scenarios_open": len(mine),
            "scenarios": len(runs),
            "how_often": _how_often(len(mine), len(runs)),
            "earliest_year": min(mine, default=None),
            "latest_year": max(mine, default=None),
            "approximate": approximate,
        }
        row |= {f"opened_year {name}": opening.get(s) for name, opening in years.items()}
        rows.append(row | {"words": _words(first.site_names[s], mine, len(runs), approximate)})
    frame = pd.DataFrame(rows)
    numbers = [column for column in frame if "year" in str(column)]
    frame = frame.astype(dict.fromkeys(numbers, "Int64"))
    order = frame.sort_values(
        ["scenarios_open", "earliest_year"], ascending=[False, True], kind="stable"
    )
    return order.reset_index(drop=True)


def _how_often(count: int, scenarios: int) -> str:
    if count == scenarios:
        return ALWAYS
    if count == 0:
        return NEVER
    return OFTEN if 2 * count >= scenarios else SOMETIMES


def _words(name: str, years: list[int], scenarios: int, approximate: bool) -> str:
    if not years:
        return f"{name} opens in none of the {scenarios} scenarios."
    when = f"in {years[0]}"
    if min(years) < max(years):
        when = f"between {min(years)} and {max(years)}"
    which = f"all {scenarios} scenarios" if len(years) == scenarios else ""
    which = which or f"{len(years)} of {scenarios} scenarios"
    words = f"{name} opens in {which}, {when}."
    if len(years) == scenarios:
        words += " It is wanted whatever comes."
    return words + (" Not every plan is proved best." if approximate else "")
