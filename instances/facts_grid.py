"""Facts on the grid: substations, their free power in steps of years, planned reinforcement.

The 31 stations and their power are facts of 1 February 2023. The tree above them is an assumption:
every station hangs under one of four areas (the 110 kV pockets as a reader of the map would draw
them), and the areas under the province. What a transmission station still can carry is not public,
so an area's headroom is the sum of its stations: it does not bind until a user lowers it. It is
known that it did bind: new offtake was stopped in 19 of 25 municipalities in June 2023.
"""

from __future__ import annotations

import pandas as pd

from bundling.instances.sources import Facts, by_name, slug, with_rd

YEARS = {2023: "huidig", 2026: "3_jaar", 2028: "5_jaar", 2033: "10_jaar"}
ROOT = "area-overijssel"
AREAS = {
    "area-north-west": (
        "Zwolle and north-west",
        ("Zwolle", "Kampen", "Steenwijkerland", "Zwartewaterland"),
    ),
    "area-vecht": ("Vechtdal", ("Hardenberg", "Ommen", "Twenterand")),
    "area-salland": ("Deventer and Salland", ("Deventer", "Olst-Wijhe", "Raalte", "Hellendoorn")),
    "area-twente": (
        "Twente",
        (
            "Almelo", "Enschede", "Haaksbergen", "Hengelo (O.)", "Hof van Twente", "Losser",
            "Oldenzaal", "Rijssen-Holten", "Tubbergen",
        ),
    ),
}  # fmt: skip


def _stations(facts: Facts) -> pd.DataFrame:
    frame = by_name(with_rd(facts.table("substations_2023")), "station")
    frame["node_id"] = [f"sub-{slug(name)}" for name in frame["station"]]
    home = {m: area for area, (_, members) in AREAS.items() for m in members}
    frame["parent_id"] = [home[m] for m in frame["municipality"]]
    return frame


def grid_nodes(facts: Facts, power_factor: float) -> pd.DataFrame:
    """Root, four areas and 31 substations; ``municipality`` is kept beside the schema."""
    stations = _stations(facts)
    stations["capacity_mw"] = (stations["totale_capaciteit_afname_mva"] * power_factor).round(3)
    stations = stations.rename(columns={"station": "name"})
    stations["level"] = "substation"
    columns = ["node_id", "name", "parent_id", "level", "operator", "capacity_mw"]
    columns += ["rd_x_m", "rd_y_m", "municipality"]
    areas = [
        {
            "node_id": area,
            "name": f"{name} (assumed area)",
            "parent_id": ROOT,
            "level": "area",
            "operator": None,
            "capacity_mw": None,
            "rd_x_m": round(float(part["rd_x_m"].mean()), 1),
            "rd_y_m": round(float(part["rd_y_m"].mean()), 1),
            "municipality": None,
        }
        for area, (name, _) in AREAS.items()
        for part in [stations[stations["parent_id"] == area]]
    ]
    root = {
        **areas[0],
        "node_id": ROOT,
        "name": "Overijssel (assumed root)",
        "parent_id": None,
        "rd_x_m": round(float(stations["rd_x_m"].mean()), 1),
        "rd_y_m": round(float(stations["rd_y_m"].mean()), 1),
    }
    upper = pd.DataFrame([root, *areas], columns=columns)
    upper["capacity_mw"] = pd.to_numeric(upper["capacity_mw"]).astype(float)
    return pd.concat([upper, stations[columns]], ignore_index=True)


def grid_headroom(facts: Facts, power_factor: float) -> pd.DataFrame:
    """Free offtake power in 2023, 2026, 2028 and 2033; areas carry the sum of their stations."""
    stations = _stations(facts)
    parts = []
    for year, label in YEARS.items():
        column = f"beschikbare_capaciteit_afname_{label}_mva"
        parts.append(
            pd.DataFrame(
                {
                    "node_id": stations["node_id"],
                    "parent_id": stations["parent_id"],
                    "year": year,
                    "headroom_mw": stations[column] * power_factor,
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    areas = rows.groupby(["parent_id", "year"])["headroom_mw"].sum().reset_index()
    areas = areas.rename(columns={"parent_id": "node_id"})
    root = rows.groupby("year")["headroom_mw"].sum().reset_index().assign(node_id=ROOT)
    frame = pd.concat([root, areas, rows], ignore_index=True)[["node_id", "year", "headroom_mw"]]
    frame["headroom_mw"] = frame["headroom_mw"].round(3)
    return by_name(frame, "node_id", "year")


def grid_reinforcements(facts: Facts, power_factor: float) -> pd.DataFrame:
    """Planned extra offtake power with its year; plans without a year before 2035 are left out."""
    stations = _stations(facts)
    year = pd.to_numeric(stations["investeringsplanning_tijd_afname"], errors="coerce")
    mva = stations["investeringsplanning_vermogen_afname"].astype(float)
    frame = stations[["node_id"]].assign(year=year, added_mw=(mva * power_factor).round(3))
    frame = frame[year.notna() & (mva > 0)].copy()
    frame["year"] = frame["year"].astype("int64")
    frame["note"] = (
        "plan of February 2023; the later years of grid_headroom already contain it, do not add"
    )
    return by_name(frame[["node_id", "year", "added_mw", "note"]], "node_id", "year")
