"""Who and what exists, once, whatever it is called: places, organisations and their names."""

from haihe.boards.registry.answers import Part
from haihe.boards.registry.kinds import Kind, Property, kinds
from haihe.boards.registry.names import Candidate, NameIndex, candidates, name_index_of
from haihe.boards.registry.places import (
    PlaceIndex,
    is_municipality,
    line_of,
    names_of,
    place_index_of,
    short_name,
    units_at,
)
from haihe.boards.registry.records import (
    Identifier,
    Indicator,
    Loaded,
    Name,
    Observation,
    Organisation,
    Pack,
    Place,
    Reference,
)
from haihe.boards.registry.rows import Known, Line, lines_of

__all__ = [
    "Candidate",
    "Identifier",
    "Indicator",
    "Kind",
    "Known",
    "Line",
    "Loaded",
    "Name",
    "NameIndex",
    "Observation",
    "Organisation",
    "Pack",
    "Part",
    "Place",
    "PlaceIndex",
    "Property",
    "Reference",
    "candidates",
    "is_municipality",
    "kinds",
    "line_of",
    "lines_of",
    "name_index_of",
    "names_of",
    "place_index_of",
    "short_name",
    "units_at",
]
