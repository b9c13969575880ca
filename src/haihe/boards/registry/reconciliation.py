"""Questions and answers of the Reconciliation Service API 0.2 (W3C Entity Reconciliation Group, 2023).

A candidate's score is 100 times the probability that it is meant; `match` says that nobody else may be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from haihe.boards.registry.forms import Form
from haihe.boards.registry.kinds import Kind, kinds
from haihe.boards.registry.labels import NAME_LABELS, PLACE_LABEL
from haihe.boards.registry.records import Identifier, Value
from haihe.boards.registry.translation import chinese_of
from haihe.kit.errors import N_, Invalid
from haihe.kit.words import say

VERSION = "0.2"
PLACE = "place"
QUERIES_MAX, CELLS_MAX, PAYLOAD_MAX, TEXT_MAX = 200, 10_000, 1_000_000, 10_000
LIMIT, LIMIT_MAX = 5, 50
PARTS_MAX = 6

_QUERY = {"query", "type", "limit", "properties", "type_strict"}
_STRICT = {"any", "should", "all"}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: a name, the kinds that are wanted, and what else is known, by property."""

    text: str
    kinds: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = LIMIT
    stated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The codes among what is known."""
        schemes = {prop.name: prop.scheme for kind in kinds().values() for prop in kind.identifiers}
        return tuple(
            Identifier(scheme, value)
            for name, values in self.stated.items()
            if (scheme := schemes.get(name))
            for value in values
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which entities are asked for."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]


def queries_of(payload: str) -> dict[str, Query]:
    """The queries of a batch; raises Invalid for one that is none, or too long."""
    written = _read(payload)
    if len(written) > QUERIES_MAX:
        raise Invalid(
            N_("The batch has {count} queries; at most {limit} are answered at once."),
            advice=N_("Send smaller batches."),
            count=len(written),
            limit=QUERIES_MAX,
        )
    with _refusing("queries"):
        return {name: _query(asked) for name, asked in written.items()}


def _query(asked: Any) -> Query:
    _demand(isinstance(asked, dict) and asked.keys() <= _QUERY)
    text, strict, limit = asked.get("query", ""), asked.get("type_strict", "any"), asked.get("limit", LIMIT)
    wanted, stated = tuple(_listed(asked.get("type", []))), asked.get("properties", [])
    _demand(
        isinstance(text, str) and len(text) <= TEXT_MAX and strict in _STRICT and isinstance(stated, list)
    )
    _demand(isinstance(limit, int | float) and all(isinstance(one, str) for one in wanted))
    _demand("query" in asked or bool(stated))
    known = {str(one["pid"]): tuple(map(_text, _listed(one["v"]))) for one in stated}
    return Query(text, wanted, strict, int(max(1, min(limit, LIMIT_MAX))), known)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """A value of a property as words: of an entity its name."""
    if isinstance(value, dict):
        return str(value.get("name") or value["id"])
    _demand(isinstance(value, str | int | float))
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def extension_of(payload: str) -> Extension:
    """The entities and properties of a data extension query; raises Invalid for one that is none."""
    written = _read(payload)
    with _refusing("extend"):
        ids = tuple(str(one) for one in written["ids"])
        wanted = tuple(str(one["id"]) for one in written["properties"])
    if len(ids) * len(wanted) > CELLS_MAX:
        raise Invalid(
            N_("The query asks for {count} values; at most {limit} are answered at once."),
            advice=N_("Send smaller batches."),
            count=len(ids) * len(wanted),
            limit=CELLS_MAX,
        )
    return Extension(ids, wanted)


def _read(payload: str) -> dict[str, Any]:
    with _refusing("payload"):
        _demand(len(payload) <= PAYLOAD_MAX)
        written = json.loads(payload)
        _demand(isinstance(written, dict))
        return dict(written)


def _demand(fulfilled: bool) -> None:
    if not fulfilled:
        raise ValueError


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Refuse what has not the form that the specification gives it."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise Invalid(
            N_("{what} is no query of the Reconciliation Service API {version}."),
            advice=N_("Its form is described at https://reconciliation-api.github.io/specs/0.2/."),
            what=what,
            version=VERSION,
        ) from error


def manifest_of(address: str, name: str, language: str) -> dict[str, Any]:
    """What the service at an address offers."""
    service = {"service_url": address}
    return {
        "versions": [VERSION],
        "name": name,
        "identifierSpace": f"{address}/entity/",
        "schemaSpace": f"{address}/reconcile/schema/",
        "documentation": "https://reconciliation-api.github.io/specs/0.2/",
        "defaultTypes": [{"id": "organisation", "name": kinds()["organisation"].label[language]}],
        "view": {"url": f"{address}/entity/{{{{id}}}}"},
        "preview": {"url": f"{address}/reconcile/preview?id={{{{id}}}}", "width": 400, "height": 180},
        "suggest": {
            what: service | {"service_path": f"/reconcile/suggest/{what}"}
            for what in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": service | {"service_path": "/reconcile/properties"},
            "property_settings": [],
        },
    }


def line_of_kinds(name: str) -> list[Kind]:
    """A kind and those that it extends, the narrowest first; empty for one that is not known."""
    line = []
    at: str | None = name if name in kinds() else None
    while at:
        line.append(kinds()[at])
        at = kinds()[at].extends
    return line


def type_of(kind: Kind, language: str) -> dict[str, Any]:
    """A kind as a type."""
    broader = [{"id": kind.extends, "name": kinds()[kind.extends].label[language]}] if kind.extends else []
    return {"id": kind.name, "name": kind.label[language], "broader": broader}


def types(language: str, prefix: str = "") -> list[dict[str, Any]]:
    """The kinds whose name or label has a word, in their order."""
    found = (type_of(kind, language) for kind in kinds().values())
    return [one for one in found if _has(one, prefix)]


def properties(language: str, kind: str = "organisation", prefix: str = "") -> list[dict[str, str]]:
    """What can be asked of entities of a kind: their place, other names, codes and properties."""
    known = {PLACE: say(PLACE_LABEL, language)}
    known |= {name: say(label, language) for name, label in NAME_LABELS.items()}
    for each in line_of_kinds(kind) or [kinds()["organisation"]]:
        known |= {name: prop.label[language] for name, prop in each.properties.items()}
    return [one for name, label in known.items() if _has(one := {"id": name, "name": label}, prefix)]


def every_property(language: str) -> dict[str, str]:
    """The label of each property of any kind."""
    return {one["id"]: one["name"] for kind in kinds() for one in properties(language, kind)}


def _has(one: Mapping[str, Any], prefix: str) -> bool:
    return any(prefix.casefold() in str(one[part]).casefold() for part in ("id", "name"))


def fits(kind: str, query: Query) -> bool:
    """Whether an entity of a kind may be answered to a query."""
    line = {each.name for each in line_of_kinds(kind)}
    if not query.kinds or query.strict == "should":
        return True
    wanted = set(query.kinds)
    return wanted <= line if query.strict == "all" else bool(wanted & line)


def parts_of(form: Form) -> tuple[str, ...]:
    """Parts of a name by which whoever it means may be registered: the body, without its place, its brand."""
    every = [word.text for word in form.words]
    placeless = [word.text for word in form.words if word.does != "place"]
    brand = [word.text for word in form.words if word.does == "brand"]
    meant = [chinese for word in form.latin for chinese in chinese_of(word)]
    parts = ("".join(every), "".join(every[1:]), "".join(placeless), "".join(brand), *meant)
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1))[:PARTS_MAX]


def cell(value: Value | tuple[int, str]) -> dict[str, Any]:
    """A value as a client puts it into a cell; a tie is the number and name of its other end."""
    if isinstance(value, tuple):
        return {"id": str(value[0]), "name": value[1]}
    return {"float": value} if isinstance(value, float) else {"str": value}


def agreeing(stated: Sequence[str], held: Iterable[str]) -> bool:
    """Whether one of the stated values is one of those that are held, in whatever case."""
    return bool({one.casefold() for one in stated} & {one.casefold() for one in held})
