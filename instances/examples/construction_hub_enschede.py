"""The construction hub for Enschede: a building in the centre, supplied with a hub and without.

Five suppliers, in the region's business parks and from the motorway, bring small and full loads to
a site in the city centre, whose gate takes two vehicles an hour. The hub stands at Marssteden.
Roads and levy are facts; the phases of the building and all figures of the hub are assumptions
(`hubs_construction_phases`, `hubs_construction`): replace them with those of the project. For
comparison, TNO found 69 % fewer trips and 68 % less CO2 at the hub of Utrecht, and 50 to 80 %
elsewhere.

    python -m bundling.instances.examples.construction_hub_enschede
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

import bundling
from bundling.hubs.templates import Gate, Site, construction_hub, construction_phases
from bundling.hubs.templates.construction_study import ConstructionStudy

SUPPLIERS = (
    "park-enschede-industriekern-enschede",
    "park-enschede-kennispark",
    "park-hengelo-o-bedrijventerrein-twentekanaal",
    "mw-116744",  # Apeldoorn, from the A1
    "mw-116778",  # Rheden, from the A12
)


def site() -> Site:
    """Return the site in the centre and its suppliers."""
    region = bundling.load("enschede")
    places = region.places().set_index("place_id").loc[list(SUPPLIERS)]
    centre = region.table("districts").query("area_type == 'centre'").iloc[0]
    hub = region.table("hub_candidates").query("hub_id == 'hub-enschede-marssteden'").iloc[0]
    return Site(
        region=region,
        site_xy=(float(centre["rd_x_m"]), float(centre["rd_y_m"])),
        hub_xy=(float(hub["rd_x_m"]), float(hub["rd_y_m"])),
        suppliers=pd.DataFrame(
            {
                "supplier_id": list(SUPPLIERS),
                "x_m": places["rd_x_m"].to_numpy(float),
                "y_m": places["rd_y_m"].to_numpy(float),
                "small_share": [1, 1, 2, 3, 3],
                "full_share": [1, 0, 2, 1, 1],
            }
        ),
        day=date(2027, 3, 2),
        gate=Gate(open_h=7, close_h=16, vehicles_per_hour=2),
    )


def main(phases: Sequence[str] | None = None, time_limit: float = 90.0) -> ConstructionStudy:
    """Return the building phase by phase."""
    table = construction_phases()
    if phases is not None:
        table = table[table["phase"].isin(phases)]
    return construction_hub(site(), table, time_limit=time_limit, seed=1)


if __name__ == "__main__":
    study = main()
    print(study.table().round(2).to_string(index=False))
    print(study.totals().round(3).to_string(index=False))
