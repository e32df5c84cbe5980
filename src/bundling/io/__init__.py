"""Regions, public instances and solutions in and out, and the catalogue."""

from bundling.io.catalogue import catalogue as catalogue
from bundling.io.datapackage import read_folder as read_folder
from bundling.io.datapackage import write_folder as write_folder
from bundling.io.echelons_instance import read_echelons as read_echelons
from bundling.io.excel import read_excel as read_excel
from bundling.io.excel import write_excel as write_excel
from bundling.io.geojson import read_geojson as read_geojson
from bundling.io.geojson import write_geojson as write_geojson
from bundling.io.load import load as load
from bundling.io.rounds_instance import read_instance as read_instance
from bundling.io.rounds_solution import read_solution as read_solution
from bundling.io.rounds_solution import write_solution as write_solution
