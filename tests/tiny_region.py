# ruff: noqa: E501 - a row of a table is easier to read unbroken
"""A region small enough to reason about by hand: a stretched Zwolle with round numbers.

All places lie on a line or a kilometre beside it, in RD New metres from (200 000, 500 000):

    x km   0        2        4        5        6        10       20
           park-a   hub-a    dist-c   river    dist-r   park-b   mw-out (gateway)
                             (centre,          (rural)  hub-b    park-c, 1 km north
                             zone-c)

Freight: shipper-food sends two deliveries from park-a (three stops in the centre, one in the rural
district), shipper-parcels one from the gateway (two stops in the centre), shipper-build a full load
without stops from park-b to park-c. Grid: one area feeds two substations.
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pandas as pd

X0, Y0 = 200_000.0, 500_000.0


def tiny_tables() -> dict[str, pd.DataFrame]:
    """Return fresh frames of every required table and of the optional ones the families use."""
    tables = {name: _frame(text) for name, text in _TEXTS.items()}
    for frame in tables.values():
        if "x_km" in frame:
            frame["rd_x_m"] = X0 + 1000.0 * frame.pop("x_km").astype(float)
            frame["rd_y_m"] = Y0 + 1000.0 * frame.pop("y_km").astype(float)
    tables["energy_prices"] = pd.DataFrame(
        {"hour": range(24), "eur_per_kwh": [0.08 if hour < 6 else 0.12 for hour in range(24)]}
    )
    hours = list(range(24))
    tables["demand_profiles"] = pd.DataFrame(
        {
            "profile": ["depot"] * 24 + ["corridor"] * 24 + ["overnight"] * 24,
            "hour": hours * 3,
            "share": [1 / 8 if h >= 16 else 0.0 for h in hours]
            + [1 / 16 if 6 <= h < 22 else 0.0 for h in hours]
            + [1 / 8 if h < 8 else 0.0 for h in hours],
        }
    )
    tables["vehicle_types"]["first_admission"] = date(2024, 1, 1)
    tables["zones"]["start_date"] = date(2025, 1, 1)
    return tables


def tiny_shapes() -> dict[str, Any]:
    """Return the zone as a square of 0.01 degree, in WGS84."""
    ring = [[6.05, 52.48], [6.06, 52.48], [6.06, 52.49], [6.05, 52.49], [6.05, 52.48]]
    feature = {
        "type": "Feature",
        "properties": {"zone_id": "zone-c", "name": "Centrum"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return {"zones": {"type": "FeatureCollection", "features": [feature]}}


def tiny_metadata() -> dict[str, Any]:
    """Return metadata that use every place a data package has for them."""
    return {
        "description": "Made by hand for the tests.",
        "sources": [{"title": "tests/tiny_region.py"}],
        "licenses": [{"name": "MIT"}],
        "tables": {
            "zones": {
                "sources": [{"title": "A register", "path": "https://example.org/zones"}],
                "licenses": [{"name": "CC-BY-4.0"}],
                "note": "a key the standard does not know",
            },
            "stops": {"origin": "assumption", "title": "Stops, by hand"},
        },
        "shapes": {"zones": {"sources": [{"title": "A register"}], "origin": "assumption"}},
        "seed": 7,
    }


def _frame(text: str) -> pd.DataFrame:
    return pd.read_csv(
        io.StringIO(text), skipinitialspace=True, sep=";", dtype_backend="numpy_nullable"
    )


_TEXTS = {
    "municipalities": """municipality_id; name; population; x_km; y_km
GM0001; Tiny; 12000; 4; 0
""",
    "districts": """district_id; name; municipality; population; area_ha; area_type; x_km; y_km
dist-c; Centrum; Tiny; 9000; 100; centre; 4; 0
dist-r; Buiten; Tiny; 3000; 900; rural; 6; 0
""",
    "business_parks": """park_id; name; municipality; area_ha; part_of; node_id; x_km; y_km
park-a; Anker; Tiny; 50; ; sub-west; 0; 0
park-b; Baken; Tiny; 30; ; sub-east; 10; 0
park-c; Cokes; Tiny; 20; park-b; sub-east; 20; 1
""",
    "zones": """zone_id; name; municipality; area_ha
zone-c; Centrum; Tiny; 60
""",
    "delivery_windows": """window_id; municipality; zone_id; street; weekdays; open_clock; close_clock; max_length_m; sign_text; x_km; y_km
win-1; Tiny; zone-c; Markt; mon-sat; 06:00; 12:00; 9; laden en lossen 6-12 h; 4; 0
""",
    "river_points": """river; sequence; x_km; y_km
Stroom; 0; 5; -20
Stroom; 1; 5; 20
""",
    "bridges": """bridge_id; river; name; road; x_km; y_km
bridge-1; Stroom; Oude brug; N1; 5; 0
""",
    "motorway_nodes": """node_id; name; gateway; x_km; y_km
mw-in; Tiny; false; 8; 0
mw-out; Elders; true; 20; 0
""",
    "motorway_edges": """source; target; distance_km
mw-in; mw-out; 13
mw-out; mw-in; 13
""",
    "truck_flows": """origin; destination; trucks_per_year
mw-in; mw-out; 50000
mw-out; mw-in; 40000
""",
    "waterway_nodes": """node_id; name; x_km; y_km
ww-1; Sluis; 5; -10
ww-2; Kade; 5; 10
""",
    "waterway_edges": """edge_id; source; target; name; length_km; cemt_class; max_draught_m; speed_kmh
stroom-1; ww-1; ww-2; Stroom; 20; Va; 2.8; 10
""",
    "locks": """lock_id; name; edge_id; passage_min; x_km; y_km
lock-1; Sluis; stroom-1; 30; 5; -9
""",
    "fast_chargers": """charger_id; name; operator; municipality; freight; max_power_kw; price_eur_per_kwh; x_km; y_km
ch-1; Lader; ; Tiny; true; 350; ; 8; 1
""",
    "grid_nodes": """node_id; name; parent_id; level; operator; capacity_mw; x_km; y_km
area-1; Gebied; ; area; ; ; 5; 5
sub-west; West; area-1; substation; Net; 40; 1; 1
sub-east; Oost; area-1; substation; Net; 20; 11; 1
""",
    "grid_headroom": """node_id; year; headroom_mw
area-1; 2026; 3
area-1; 2030; 8
sub-west; 2026; 2
sub-west; 2030; 4
sub-east; 2026; 1
sub-east; 2030; 6
""",
    "grid_reinforcements": """node_id; year; added_mw; note
sub-east; 2030; 5; second transformer
""",
    "hub_candidates": """hub_id; name; municipality; place_id; rent_eur_per_day; capacity_kg_per_day; capacity_m3_per_day; handling_eur_per_m3; node_id; connection_kw; x_km; y_km
hub-a; Hub Anker; Tiny; park-a; 200; 20000; 100; 4; sub-west; 500; 2; 0
hub-b; Hub Baken; Tiny; park-b; 100; 5000; 30; 3; sub-east; 100; 10; 0
""",
    "vehicle_types": """vehicle_type; name; vehicle_class; fuel; euro_class; co2_class; gross_mass_kg; length_m; payload_kg; volume_m3; fixed_eur_per_day; eur_per_km; eur_per_h; kwh_per_km; kwh_per_km_per_t; battery_kwh; min_soc; charge_kw; litre_per_km; shift_h; speed_factor; linehaul; last_mile
cargobike; Cargo bike; cargo_bike; electric; ; ; 500; 2.8; 150; 1.5; 10; 0.05; 25; 0.05; 0.02; 3; 0.1; 1; 0; 8; 0.5; false; true
evan; Electric van; van; electric; ; ; 3500; 6; 1000; 10; 50; 0.1; 30; 0.3; 0.05; 75; 0.1; 22; 0; 8; 1; false; true
erigid; Electric rigid; rigid; electric; ; 5; 18000; 9; 9000; 40; 150; 0.2; 32; 1.0; 0.03; 300; 0.1; 150; 0; 9; 0.9; true; true
drigid; Diesel rigid; rigid; diesel; 6; 1; 18000; 9; 9000; 40; 100; 0.6; 32; 0; 0; 0; 0; 0; 0.25; 9; 0.9; true; true
dtractor; Diesel tractor; tractor; diesel; 6; 1; 40000; 16.5; 25000; 90; 130; 0.8; 32; 0; 0; 0; 0; 0; 0.3; 9; 0.9; true; false
""",
    "charger_types": """charger_type; power_kw; capital_eur; life_years; opex_share
dc50; 50; 30000; 10; 0.05
dc350; 350; 150000; 10; 0.05
""",
    "connection_steps": """step; max_kw; one_off_eur; yearly_eur; kw_contract_eur_per_kw_year; kw_max_eur_per_kw_month; transport_eur_per_kwh
small; 160; 10000; 500; 30; 2; 0.02
large; 1750; 60000; 2000; 30; 2; 0.02
""",
    "site_candidates": """site_id; name; kind; municipality; node_id; max_chargers; fixed_eur_per_year; existing_kw; natura2000; x_km; y_km
site-a; Anker; estate; Tiny; sub-west; 6; 8000; 0; false; 0; 1
site-m; Verzorgingsplaats; corridor; Tiny; sub-east; 4; 12000; 350; false; 8; 1
""",
    "fleets": """park_id; vehicle_class; year; vehicles; electric_share; km_per_day
park-a; rigid; 2026; 20; 0.1; 120
park-a; rigid; 2030; 20; 0.4; 120
park-b; tractor; 2026; 10; 0; 250
park-b; tractor; 2030; 10; 0.2; 250
""",
    "segments": """segment; direction; stops_per_1000_inhabitants; drop_kg; drop_m3; roll_containers; service_min; open_clock; close_clock; centre_share
retail_food; delivery; 0.4; 500; 3; 8; 20; 06:00; 12:00; 0.6
parcels; delivery; 0.2; 40; 0.4; 0; 4; 08:00; 18:00; 0.5
construction; delivery; 0; 5000; 20; 0; 45; 07:00; 16:00; 0
""",
    "shippers": """shipper_id; name; segment; origin_id; player
shipper-food; Grutter; retail_food; park-a; Grutter
shipper-parcels; Pakket; parcels; mw-out; Pakket
shipper-build; Bouw; construction; park-b; Bouw
""",
    "shipments": """shipment_id; shipper_id; destination_id; segment; direction; kg; m3; roll_containers; stops; service_h
ship-1; shipper-food; dist-c; retail_food; delivery; 1500; 9; 24; 3; 1.25
ship-2; shipper-food; dist-r; retail_food; delivery; 400; 2.5; 6; 1; 0.5
ship-3; shipper-parcels; dist-c; parcels; delivery; 80; 0.75; 0; 2; 0.25
ship-4; shipper-build; park-c; construction; delivery; 5000; 20; 0; 0; 0.75
""",
    "stops": """stop_id; shipment_id; district_id; municipality; segment; direction; kg; m3; roll_containers; tw_early_clock; tw_late_clock; service_min; zone_id; max_length_m; x_km; y_km
stop-1; ship-1; dist-c; Tiny; retail_food; delivery; 600; 4; 10; 06:00; 12:00; 20; zone-c; 9; 4; 0
stop-2; ship-1; dist-c; Tiny; retail_food; delivery; 500; 3; 8; 06:00; 12:00; 20; zone-c; ; 4; 0.25
stop-3; ship-1; dist-c; Tiny; retail_food; delivery; 400; 2; 6; 06:00; 12:00; 20; ; ; 4; 0.5
stop-4; ship-2; dist-r; Tiny; retail_food; delivery; 400; 2.5; 6; 07:00; 15:00; 20; ; ; 6; 0.5
stop-5; ship-3; dist-c; Tiny; parcels; delivery; 30; 0.25; 0; 08:00; 18:00; 4; zone-c; ; 4; -0.25
stop-6; ship-3; dist-c; Tiny; parcels; delivery; 50; 0.5; 0; 08:00; 18:00; 4; ; ; 4; -0.5
""",
    "assumptions": """key; value; unit; low; high; source; note
detour_factor_urban; 1.4; ; 1.3; 1.5; own assumption;
detour_factor_rural; 1.25; ; 1.2; 1.3; own assumption;
speed_centre_kmh; 15; km/h; ; ; own assumption;
speed_urban_kmh; 25; km/h; ; ; own assumption;
speed_rural_kmh; 50; km/h; ; ; own assumption;
speed_motorway_kmh; 80; km/h; ; ; own assumption;
lock_waiting_min; 15; min; ; ; own assumption;
power_factor; 0.95; ; ; ; own assumption;
electricity_eur_per_kwh; 0.12; EUR/kWh; ; ; own assumption;
charger_efficiency; 0.9; ; ; ; own assumption;
park_connection_kw; 250; kW; ; ; own assumption;
public_charging_share_estate; 0.25; ; ; ; own assumption;
flow_charging_share; 0.1; ; ; ; own assumption;
truck_kwh_per_km; 1.2; kWh/km; ; ; own assumption;
flow_km_in_region; 40; km; ; ; own assumption;
working_days_per_year; 255; days; ; ; own assumption;
unserved_eur_per_kwh; 2; EUR/kWh; ; ; own assumption;
discount_rate; 0.04; 1/year; ; ; own assumption;
shortfall_eur_per_kwh; 5; EUR/kWh; ; ; own assumption;
service_eur_per_h; 30; EUR/h; ; ; own assumption;
depot_turnaround_min; 30; min; ; ; own assumption;
inter_stop_km; 0.5; km; ; ; own assumption;
max_service_distance_km; 25; km; ; ; own assumption;
electric_flow_share_2026; 0.02; ; ; ; own assumption;
electric_flow_share_2028; 0.08; ; ; ; own assumption;
electric_flow_share_2030; 0.2; ; ; ; own assumption;
electric_flow_share_2035; 0.5; ; ; ; own assumption;
""",
}
