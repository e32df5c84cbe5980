"""The tables of a study as people read them: one scenario, a row a place, a column a year.

The numbers stay those of the tables; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

_ENGLISH = "words"
"""Sentences in English; the page says the same in the reader's language."""


def for_people(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Table `name` for the workbook: without English sentences, or with a heading that says so."""
    if name == "no_regret":
        # When a site opens in each scenario stands in the table of phasing too.
        own = [column for column in frame if str(column).startswith("opened_year ")]
        frame = frame.drop(columns=own)
    frame = frame.drop(columns=_ENGLISH, errors="ignore")
    if name == "summary":
        # A name that ends in share is shown as a percentage.
        shares = {f"served_share_{when}_year": f"served_{when}_share" for when in ("first", "last")}
        frame = frame.rename(columns={"reason": "reason_english"} | shares)
    return frame


def of_scenario(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Rows of one scenario, without its column; empty without any."""
    if "scenario" not in frame:
        return pd.DataFrame()
    mine = frame[frame["scenario"] == scenario]
    return mine.drop(columns="scenario").reset_index(drop=True)


def _wide(
    frame: pd.DataFrame, keys: Sequence[str], values: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Make a row a place, a column a year; `values` are columns and names to put the year in."""
    made = frame[list(keys)].drop_duplicates(keys[0]).set_index(keys[0])
    added = []
    for column, name in values.items():
        by_year = frame.pivot_table(index=keys[0], columns="year", values=column, aggfunc="sum")
        for year in by_year.columns:
            added.append(name.format(year=year))
            made[added[-1]] = by_year[year]
    return made.reset_index(), added


def supply_demand(frame: pd.DataFrame) -> pd.DataFrame:
    """Energy asked for and served by demand point, most asked for in the last year first."""
    if frame.empty:
        return frame
    keys = ("demand_id", "name", "kind")
    values = {
        "asked_mwh_per_year": "asked_{year}_mwh_per_year",
        "served_mwh_per_year": "served_{year}_mwh_per_year",
    }
    wide, added = _wide(frame, keys, values)
    last = frame[frame["year"] == frame["year"].max()].set_index("demand_id")
    wide["largest_site_id"] = wide["demand_id"].map(last["largest_site_id"])
    order = added[len(added) // 2 - 1]
    return wide.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def phasing(frame: pd.DataFrame) -> pd.DataFrame:
    """Sites in the order in which they open; chargers and power by year, the rest of the last."""
    if frame.empty:
        return frame
    keys = ("site_id", "name", "kind", "opened_year", "node_id", "capacity_mw")
    values = {"chargers": "chargers_{year}", "installed_kw": "installed_{year}_kw"}
    wide, added = _wide(frame, keys, values)
    wide[added] = wide[added].fillna(0.0)
    last = frame[frame["year"] == frame["year"].max()].set_index("site_id")
    opening = frame[frame["year"] == frame["opened_year"]].set_index("site_id")
    later = opening["next_headroom_year"]
    wide.insert(len(keys), "next_headroom_year", wide["site_id"].map(later).astype("Int64"))
    more = ["contract", "contract_kw", "mwh_per_year", "wait_share", "wait_minutes_p90"]
    more += [column for column in ("battery_kwh", "pv_kwp") if last.get(column) is not None]
    for column in more:
        wide[column] = wide["site_id"].map(last[column])
    order = ["opened_year", added[-1]]
    return wide.sort_values(order, ascending=[True, False], kind="stable", ignore_index=True)


def grid(frame: pd.DataFrame) -> pd.DataFrame:
    """Grid nodes, the fullest in any year first; what is free in the tightest hour by year."""
    if frame.empty:
        return frame
    keys = ("node_id", "name", "capacity_mw")
    values = {"headroom_mw": "headroom_{year}_mw", "free_mw": "free_{year}_mw"}
    wide, added = _wide(frame, keys, values)
    last = frame[frame["year"] == frame["year"].max()].set_index("node_id")
    for column in ("contracted_mw", "contracts"):
        wide[column] = wide["node_id"].map(last[column])
    later = frame.dropna(subset=["next_headroom_year"]).groupby("node_id")["next_headroom_year"]
    wide["next_headroom_year"] = wide["node_id"].map(later.min()).astype("Int64")
    least = wide[added[len(added) // 2 :]].min(axis=1)
    return wide.loc[least.sort_values(kind="stable").index].reset_index(drop=True)


def cost_per_kwh(frame: pd.DataFrame) -> pd.DataFrame:
    """Components of cost as rows, years as columns; the total last."""
    if frame.empty:
        return frame
    ending = "_eur_per_kwh"
    parts = [str(column) for column in frame if str(column).endswith(ending)]
    made = pd.DataFrame(
        {"component": [part.removesuffix(ending).replace("_", " ") for part in parts]}
    )
    for row in frame.to_dict("records"):
        made[f"cost_{row['year']}_eur_per_kwh"] = [row[part] for part in parts]
    return made


def no_regret(frame: pd.DataFrame) -> pd.DataFrame:
    """Sites that open in some scenario, most often open first."""
    return for_people("no_regret", frame[frame["scenarios_open"] > 0])


def unnamed(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave the names out: on the page the identifiers are shown as names told apart."""
    return frame.drop(columns=["name", "site_added"], errors="ignore")


def headroom_value(frame: pd.DataFrame) -> pd.DataFrame:
    """Nodes and years where one more MW is worth something, re-solved first, then most worth."""
    shown = frame[(frame["eur_per_mw"] > 0) | (frame["kind"] == "re-solved")]
    shown = shown.sort_values(["kind", "eur_per_mw"], ascending=False, kind="stable")
    # All marginal values are approximate, and the sentences above the table say so.
    return shown.drop(columns=["words", "scenario", "approximate"]).reset_index(drop=True)


def waits(frame: pd.DataFrame) -> pd.DataFrame:
    """Sites that open later than the first year and wait for room on the grid."""
    shown = frame[frame["waits_for_node"].notna()]
    columns = ["site_id", "name", "opened_year", "kw_last_year", "waits_for_node",
               "waits_for_year", "would_open_year", "low_saved_eur", "high_saved_eur",
               "approximate"]  # fmt: skip
    return shown[columns].reset_index(drop=True)
