"""The data model all families share: tables with units, shapes, validation, and `Region`."""

from bundling.region.region import Region as Region
from bundling.region.schema import SHAPE_LAYERS as SHAPE_LAYERS
from bundling.region.schema import ColumnSchema as ColumnSchema
from bundling.region.schema import TableSchema as TableSchema
from bundling.region.schema import schema as schema
from bundling.region.validate import validate as validate
