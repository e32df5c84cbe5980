"""Tiny instances made by hand, one of each format, and the folder of public sets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        100          0
    1      3          4          6          0         50          5
    2      0          7          4         20         60          5
    3      1          1          5          0         90          0
"""

EVRPTW = """StringID   Type       x          y          demand     ReadyTime  DueDate    ServiceTime
D0         d          0.0        0.0        0.0        0.0        100.0      0.0
S1         f          6.0        0.0        0.0        0.0        100.0      0.0
C1         c          3.0        4.0        2.0        0.0        50.0       1.0
C2         c          9.0        0.0        3.0        0.0        90.0       1.0

Q Vehicle fuel tank capacity /16.0/
C Vehicle load capacity /10.0/
r fuel consumption rate /1.0/
g inverse refueling rate /0.5/
v average Velocity /2.0/
"""

EVRP_NL = """<?xml version="1.0" encoding="UTF-8"?>
<instance>
  <info><dataset>by hand</dataset><name>tiny</name></info>
  <network>
    <nodes>
      <node id="0" type="0"><cx>0</cx><cy>0</cy></node>
      <node id="1" type="1"><cx>30</cx><cy>40</cy></node>
      <node id="2" type="1"><cx>0</cx><cy>20</cy></node>
      <node id="3" type="2"><cx>10</cx><cy>10</cy><custom><cs_type>fast</cs_type></custom></node>
    </nodes>
    <euclidean/>
  </network>
  <fleet>
    <vehicle_profile type="0">
      <departure_node>0</departure_node>
      <arrival_node>0</arrival_node>
      <max_travel_time>10</max_travel_time>
      <speed_factor>40</speed_factor>
      <custom>
        <consumption_rate>125</consumption_rate>
        <battery_capacity>16000</battery_capacity>
        <charging_functions>
          <function cs_type="slow">
            <breakpoint><battery_level>0</battery_level><charging_time>0</charging_time></breakpoint>
            <breakpoint><battery_level>16000</battery_level><charging_time>2</charging_time></breakpoint>
          </function>
          <function cs_type="fast">
            <breakpoint><battery_level>0</battery_level><charging_time>0.0</charging_time></breakpoint>
            <breakpoint><battery_level>12000</battery_level><charging_time>0.5</charging_time></breakpoint>
            <breakpoint><battery_level>16000</battery_level><charging_time>1.0</charging_time></breakpoint>
          </function>
        </charging_functions>
      </custom>
    </vehicle_profile>
  </fleet>
  <requests>
    <request id="1" node="1"><service_time>0.5</service_time></request>
    <request id="2" node="2"><service_time>0.25</service_time></request>
  </requests>
</instance>
"""

CVRP = """NAME : tiny-n4
COMMENT : (made by hand)
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 1 1
3 3 4
4 0 7
DEMAND_SECTION
1 0
2 5
3 6
4 4
DEPOT_SECTION
 1
 -1
EOF
"""

HFVRP = """NAME: tiny-mixed
TYPE: HFVRP
DIMENSION: 3
VEHICLES: 4
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1\t0\t0
2\t3\t4
3\t0\t7
DEMAND_SECTION
1\t0
2\t6
3\t4
CAPACITY_SECTION
1\t6
2\t6
3\t10
4\t6
VEHICLES_FIXED_COST_SECTION
1\t1000
2\t1000
3\t2500
4\t1000
VEHICLES_UNIT_DISTANCE_COST_SECTION
1\t100
2\t100
3\t120
4\t100
DEPOT_SECTION
1
EOF
"""

SDVRPTW = """NAME: tiny-sites
TYPE: SDVRPTW
DIMENSION: 3
VEHICLES: 2
VEHICLES_MAX_DURATION: 40
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1\t0\t0
2\t1\t1
3\t0\t7
DEMAND_SECTION
1\t0
2\t6
3\t4
SERVICE_TIME_SECTION
1\t0
2\t2
3\t3
TIME_WINDOW_SECTION
1\t0\t100
2\t50\t60
3\t0\t90
CAPACITY_SECTION
1\t6
2\t10
VEHICLES_ALLOWED_CLIENTS_SECTION
1\t2
2\t2\t3
EOF
"""

MTVRPTWR = """NAME: tiny-trips
TYPE: MTVRPTWR
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 1
CAPACITY: 6
SERVICE_TIME: 5
NODE_COORD_SECTION
1\t0\t0
2\t1\t1
3\t3\t4
4\t0\t7
DEMAND_SECTION
1\t0
2\t3
3\t3
4\t6
TIME_WINDOW_SECTION
1\t0\t200
2\t0\t100
3\t0\t100
4\t0\t150
RELEASE_TIME_SECTION
1\t0
2\t2
3\t4
4\t60
VEHICLES_RELOAD_DEPOT_SECTION
1\t1
DEPOT_SECTION
1
EOF
"""

_REST = "\t0" * 6
AKBAY = "\n".join(
    [
        "1\t2\t1\t1\t1\t2" + _REST,
        "800\t1\t0\t0\t0\t0" + _REST,
        "100\t1\t0\t77.75\t3.47\t1" + _REST,
        "100\t1\t0\t77.75\t3.47\t1" + _REST,
        "50\t150\t0\t0\t0\t0\t9999\t0\t0\t99999\t0\t0",
        "50\t75\t0\t0\t0\t0\t9999\t0\t0\t500\t0\t0",
        "31\t84\t0\t0\t0\t0\t9999\t0\t0\t0\t0\t0",
        "20\t55\t10\t4\t6\t456\t508\t90\t0\t0\t0\t0",
        "25\t85\t20\t6\t14\t277\t329\t90\t0\t0\t0\t0",
        "",
    ]
)

ALL = {
    "solomon.txt": SOLOMON,
    "evrptw.txt": EVRPTW,
    "evrp_nl.xml": EVRP_NL,
    "cvrp.vrp": CVRP,
    "hfvrp.vrp": HFVRP,
    "sdvrptw.vrp": SDVRPTW,
    "mtvrptwr.vrp": MTVRPTWR,
}


def put(folder: Path, name: str, text: str) -> Path:
    """Write a file, and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def public_set(name: str) -> Path:
    """Folder of a public set: below BUNDLING_SHARED, or in shared/ beside the checkout.

    Skips the test where it is not there: the sets may not be copied into the project.
    """
    given = os.environ.get("BUNDLING_SHARED")
    home = Path(given) if given else Path(__file__).resolve().parents[3] / "shared"
    folder = home / "benchmarks" / "routing" / name
    if not folder.is_dir():
        pytest.skip(f"the public set {name} is not here")
    return folder
