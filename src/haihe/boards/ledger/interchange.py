"""Registers as other programs take them: the tree as JSON, and projects as OC4IDS 0.9.5."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from haihe.boards.ledger.records import Node, Plan, Standing
from haihe.boards.ledger.rows import row_of
from haihe.boards.ledger.units import finished_on, is_finished
from haihe.kit import resources
from haihe.kit.clock import REGION
from haihe.kit.errors import N_, NotFound

PUBLISHER = "海河 Haihe"

_FEN_PER_YUAN = 100


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who hands a package on: its name, the address of the package, and the moment it is made."""

    name: str
    uri: str
    at: datetime


def tree_of(plan: Plan, found: Sequence[Standing], language: str) -> dict[str, Any]:
    """A register and its nodes in the order of the tree, each as a row with its light and reason."""
    held = {name: getattr(plan, name) for name in Plan.__dataclass_fields__}
    return {"plan": held, "nodes": [asdict(row_of(one, language)) for one in found]}


def package_of(plan: Plan, found: Sequence[Standing], publisher: Publisher) -> dict[str, Any]:
    """The projects of a register as an OC4IDS package; raises NotFound where there is none.

    Open Contracting for Infrastructure Data Standard 0.9.5, project-package-schema.json; what is unknown is
    left out, as the standard asks.
    """
    levels = _mapping()["levels"].get(plan.kind, ())
    projects = [_project(one, plan, found) for one in found if one.node.kind in levels]
    if not projects:
        raise NotFound(
            N_("{name} has no projects."),
            advice=N_("Plans, construction and investment projects are handed on in this format."),
            name=plan.name,
        )
    return {
        "uri": publisher.uri,
        "version": _mapping()["version"],
        "publishedDate": _moment(publisher.at),
        "publisher": {"name": publisher.name},
        "projects": projects,
    }


def _mapping() -> Mapping[str, Any]:
    written: Mapping[str, Any] = resources.definition("boards/ledger/params/interchange.yaml")
    return written


def _project(one: Standing, plan: Plan, found: Iterable[Standing]) -> dict[str, Any]:
    node = one.node
    lead = node.named("lead")
    known: dict[str, Any] = {
        "id": f"haihe-{plan.created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{node.id}",
        "identifiers": [{"id": ".".join(map(str, node.path)), "scheme": plan.name}],
        "updated": _moment(node.report.reported_at if node.report else plan.created_at),
        "title": node.title,
        "description": node.text,
        "status": _mapping()["status"].get(node.stage or ""),
        "period": _period(node.start_on, node.due_on),
        "publicAuthority": {"id": _party(node, lead[0]), "name": lead[0]} if lead else None,
        "parties": [*_parties(node)],
        "budget": _budget(node),
        "locations": [*_locations(node)],
        "additionalClassifications": [{"scheme": tag.frame, "id": tag.theme} for tag in node.tags],
        "milestones": [*_milestones(one, found)],
        "metrics": [*_progress(one)],
        "completion": _completion(one),
    }
    return {name: value for name, value in known.items() if value not in (None, "", [], {})}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(day: date) -> str:
    """The start of a day in the region (RFC 3339)."""
    return datetime.combine(day, time(), REGION).isoformat()


def _period(start_on: date | None, end_on: date | None) -> dict[str, str]:
    ends = {"startDate": start_on, "endDate": end_on}
    return {name: _day(day) for name, day in ends.items() if day}


def _party(node: Node, name: str) -> str:
    entity = next((share.entity for share in node.shares if share.name == name), None)
    return name if entity is None else f"entity-{entity}"


def _parties(node: Node) -> Iterator[dict[str, Any]]:
    """The units of a project; the first that leads is the one that is responsible for it."""
    lead = node.named("lead")
    for name in dict.fromkeys(share.name for share in node.shares):
        first = bool(lead) and name == lead[0]
        role = "publicAuthority" if first else "administrativeEntity" if name in lead else "interestedParty"
        yield {"id": _party(node, name), "name": name, "roles": [role]}


def _yuan(node: Node, field: str) -> dict[str, Any] | None:
    fen = node.values.get(_mapping()[field])
    if not isinstance(fen, int | float) or isinstance(fen, bool):
        return None
    return {"amount": fen / _FEN_PER_YUAN, "currency": "CNY"}


def _budget(node: Node) -> dict[str, Any] | None:
    amount = _yuan(node, "budget")
    return {"amount": amount} if amount else None


def _locations(node: Node) -> Iterator[dict[str, Any]]:
    if adcode := node.values.get(_mapping()["place"]):
        yield {
            "id": str(adcode),
            "gazetteer": {"scheme": _mapping()["gazetteer"], "identifiers": [str(adcode)]},
        }


def _milestones(one: Standing, found: Iterable[Standing]) -> Iterator[dict[str, Any]]:
    """What stands under a project, and the items that serve it, as milestones."""
    for other in found:
        if other.node.parent == one.node.id or other.node.cites == one.node.id:
            done_on = finished_on(other)
            known = {
                "id": str(other.node.id),
                "title": other.node.title,
                "type": "delivery",
                "dueDate": _day(other.node.due_on) if other.node.due_on else None,
                "dateMet": _day(done_on) if done_on else None,
                "status": _status(other),
            }
            yield {name: value for name, value in known.items() if value is not None}


def _status(one: Standing) -> str:
    if is_finished(one):
        return "met"
    return "notMet" if one.light.state == "overdue" else "scheduled"


def _progress(one: Standing) -> Iterator[dict[str, Any]]:
    if one.progress is not None and one.node.report:
        day = _day(one.node.report.reported_on)
        share = {"id": "1", "measure": round(100 * one.progress, 2), "unit": {"name": "%"}}
        yield {"id": "physicalProgress", "observations": [share | {"period": {"endDate": day}}]}


def _completion(one: Standing) -> dict[str, Any] | None:
    done_on = finished_on(one)
    if done_on is None:
        return None
    cost = _yuan(one.node, "cost")
    return {"endDate": _day(done_on)} | ({"finalValue": cost} if cost else {})
