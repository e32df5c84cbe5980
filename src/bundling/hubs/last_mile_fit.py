"""The factors of the last-mile estimate: fitted to solved rounds, and tried on those left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.assumption_tables import assumption_table
from bundling.hubs.last_mile import FORMS, Form, LastMileFit, refuse_numbers, terms_of

FloatArray = NDArray[np.float64]

LEAST_CASES: Final = 3
"""Fewest cases for two factors; with these no case can be left out."""
_RANGE: Final = (0.05, 0.95)
"""Quantiles of solved over estimated km that bound the range a fit states."""
_NEEDED: Final = ("area_km2", "stops", "hub_km", "tours", "vehicle_km")


def calibrate(
    rounds: pd.DataFrame, data: str, *, form: Form | None = None, by: str | None = None
) -> LastMileFit:
    """Fit both factors on solved rounds, by least squares on the relative error.

    Parameters
    ----------
    rounds
        One row a solved case, columns area_km2, stops, hub_km, tours, vehicle_km; such as
        ``bundling.last_mile_rounds.cases_of`` gives.
    data
        Which rounds these are; kept with the fit.
    form
        The formula; when None the one with the least error on cases left out.
    by
        Column that groups the cases, such as ``region``: a whole group is left out at a time, so
        that the error and the range the fit states are those of a place it never saw. Single cases
        when None.

    Raises
    ------
    bundling.InputError
        Bad numbers, all at once; fewer than 3 cases, or cases that do not tell the two apart.
    """
    refuse_numbers("rounds", rounds, _NEEDED)
    if len(rounds) < LEAST_CASES:
        raise_if([Fault("rounds", "", (), "fewer than 3 cases", "Solve more rounds")])
    if by is not None and by not in rounds.columns:
        raise_if([Fault("rounds", by, (), "the column is missing", "Add it")])
    groups = np.arange(len(rounds))
    if by is not None:
        groups = np.unique(rounds[by].astype(str), return_inverse=True)[1]
    tries: tuple[Form, ...] = (form,) if form else FORMS
    fits = [fit for each in tries if (fit := _fit(rounds, data, each, groups)) is not None]
    if not fits:
        rule = "the cases do not tell line-haul and detour apart"
        raise_if([Fault("rounds", "", (), rule, "Vary the area and the distance to the hub")])
    # Ties and cases too few to leave one out fall to the error of the fit, then to the first form.
    return min(fits, key=lambda fit: fit.mape if np.isnan(fit.loo_mape) else fit.loo_mape)


def shipped_fit(vehicle_class: str, table: pd.DataFrame | None = None) -> LastMileFit:
    """Return the factors the library ships for a class of vehicle.

    Parameters
    ----------
    vehicle_class
        ``cargo_bike``, ``van`` or ``rigid``.
    table
        A user's table in place of ``hubs_last_mile``.

    Raises
    ------
    bundling.InputError
        When the class is not in the table, or the table is broken.
    """
    known = last_mile_table(table)
    row = known[known["vehicle_class"] == vehicle_class]
    if row.empty:
        remedy = "Known: " + ", ".join(known["vehicle_class"])
        raise_if([Fault("hubs_last_mile", "vehicle_class", (vehicle_class,), "is unknown", remedy)])
    one = row.iloc[0]
    numbers = {
        name: float(one[name])
        for name in ("linehaul", "detour", "mape", "worst", "loo_mape", "below", "above")
    }
    data = f"{one['source']}, {one['year']}"
    return LastMileFit(form=one["form"], cases=int(one["cases"]), data=data, **numbers)


def last_mile_table(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table of factors by class of vehicle, with the error they have on solved rounds."""
    names = ["linehaul", "detour", "mape", "loo_mape", "loo_case_mape", "worst", "below", "above"]
    found = assumption_table(
        "hubs_last_mile",
        table,
        key=["vehicle_class"],
        texts=["form"],
        numbers=[*names, "tours_mape", "cases"],
    )
    wrong = ~found["form"].isin(FORMS)
    if wrong.any():
        rows = tuple(found["vehicle_class"][wrong])
        remedy = "Use one of " + ", ".join(FORMS)
        raise_if([Fault("hubs_last_mile", "form", rows, "is unknown", remedy)])
    return found


def left_out_ratio(rounds: pd.DataFrame, form: Form, groups: NDArray[np.int64]) -> FloatArray:
    """Solved over estimated km of each case, by factors fitted without the case's group.

    Returns
    -------
    numpy.ndarray
        One number a case; nan where the others do not tell the factors apart.
    """
    terms = terms_of(rounds, rounds["tours"].to_numpy(float), form)
    known = rounds["vehicle_km"].to_numpy(float)
    ratio = np.full(len(known), np.nan)
    for group in np.unique(groups):
        mine = groups == group
        factors = _factors(terms[~mine], known[~mine])
        if factors is not None:
            ratio[mine] = known[mine] / np.maximum(terms[mine] @ factors, 1e-12)
    return ratio


def _fit(
    rounds: pd.DataFrame, data: str, form: Form, groups: NDArray[np.int64]
) -> LastMileFit | None:
    terms = terms_of(rounds, rounds["tours"].to_numpy(float), form)
    known = rounds["vehicle_km"].to_numpy(float)
    factors = _factors(terms, known)
    if factors is None:
        return None
    error = np.abs(terms @ factors / known - 1.0)
    fit = LastMileFit(
        float(factors[0]),
        float(factors[1]),
        float(error.mean()),
        float(error.max()),
        data,
        form,
        cases=len(known),
    )
    ratio = left_out_ratio(rounds, form, groups)
    if len(known) <= LEAST_CASES or np.isnan(ratio).any():
        return fit
    low, high = np.quantile(ratio, _RANGE)
    return replace(
        fit,
        loo_mape=float(np.abs(1.0 / ratio - 1.0).mean()),
        below=float(np.clip(1.0 - low, 0.0, 1.0)),
        above=float(max(0.0, high - 1.0)),
    )


def _factors(terms: FloatArray, known: FloatArray) -> FloatArray | None:
    """Least squares on the relative error; None when the two factors cannot be told apart."""
    scaled = terms / known[:, None]
    solved, _, rank, _ = np.linalg.lstsq(scaled, np.ones(len(known)), rcond=None)
    return None if rank < 2 or np.any(solved < 0.0) else np.asarray(solved, float)
