"""The registry as a reconciliation service (Reconciliation Service API 0.2), such as OpenRefine asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import Markup

from haihe.boards.accounts import Asker
from haihe.boards.accounts.actions import speaking
from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.boards.registry import actions
from haihe.boards.registry import reconciliation as spoken
from haihe.boards.registry import reconciliation_actions as reconciliation
from haihe.boards.registry.kinds import kinds
from haihe.kit.errors import N_
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.kit.words import say
from haihe.store.opening import Store

router = APIRouter(prefix="/reconcile", tags=["registry"])

NAME = N_("Organisations of the region (Haihe)")

Payload = Annotated[str, Query(description="As the specification describes it, in JSON.")]
Prefix = Annotated[str, Query(max_length=QUERY_CHARACTERS_MAX)]
Cursor = Annotated[int, Query(ge=0, description="How many suggestions to pass over.")]

_ANYWHERE = {"Access-Control-Allow-Origin": "*"}
_FRAMED = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"}
_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, in which language, and at which address."""

    store: Store
    asker: Asker
    language: str
    address: str


def _client(request: Request, store: Opens, asker: Asks) -> Client:
    language = speaking(request)
    return Client(store, asker, language, str(request.base_url).rstrip("/"))


Asking = Annotated[Client, Depends(_client)]


@router.get("")
def answer(client: Asking, queries: Payload = "", extend: Payload = "") -> Response:
    """The manifest, or the candidates of `queries`, or the values that `extend` asks for."""
    return _answered(client, queries, extend)


@router.post("")
def answer_form(
    client: Asking, queries: Annotated[str, Form()] = "", extend: Annotated[str, Form()] = ""
) -> Response:
    """The candidates of `queries`, or the values that `extend` asks for."""
    return _answered(client, queries, extend)


def _answered(client: Client, queries: str, extend: str) -> Response:
    content: dict[str, Any]
    if queries:
        asked = spoken.queries_of(queries)
        content = reconciliation.reconcile(client.store, client.asker, asked, client.language)
    elif extend:
        wanted = spoken.extension_of(extend)
        content = reconciliation.extend(client.store, client.asker, wanted, client.language)
    else:
        content = spoken.manifest_of(client.address, say(NAME, client.language), client.language)
    return JSONResponse(content, headers=_ANYWHERE)


@router.get("/suggest/entity")
def suggest_entity(client: Asking, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
    """Organisations that a prefix may become."""
    return _page(reconciliation.suggested(client.store, client.asker, prefix, client.language), cursor)


@router.get("/suggest/type")
def suggest_type(client: Asking, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
    """Kinds of organisation."""
    return _page(spoken.types(client.language, prefix), cursor)


@router.get("/suggest/property")
def suggest_property(client: Asking, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
    """Properties of any kind."""
    every = spoken.every_property(client.language).items()
    found = [{"id": one, "name": name} for one, name in every if prefix in one or prefix in name]
    return _page(found, cursor)


def _page(found: list[dict[str, Any]], cursor: int) -> Response:
    return JSONResponse({"result": found[cursor : cursor + _LIMIT]}, headers=_ANYWHERE)


@router.get("/properties")
def propose_properties(
    client: Asking,
    kind: Annotated[str, Query(alias="type")] = "organisation",
    limit: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """The properties that `extend` can be asked for, of entities of a type."""
    found = spoken.properties(client.language, kind)[:limit]
    content: dict[str, Any] = {"type": kind, "properties": found}
    return JSONResponse(content if limit is None else content | {"limit": limit}, headers=_ANYWHERE)


@router.get("/preview", response_class=HTMLResponse)
def preview(client: Asking, entity: Annotated[int, Query(alias="id", ge=1)]) -> Response:
    """A small page about an organisation, to be shown inside another page."""
    card = actions.entity_at(client.store, client.asker, entity)
    one = card.entity
    told = [kinds()[one.kind].label[client.language]] if one.kind in kinds() else []
    told += [one.place] if one.place else []
    codes = Markup("").join(
        Markup("<li>{}</li>").format(fact.value) for fact in (*card.names, *card.identifiers)
    )
    page = Markup(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title>'
        "<style>body{{font:14px/1.5 sans-serif;margin:12px}}ul{{margin:0;padding-left:1.2em}}"
        "p{{margin:0 0 .5em}}</style>"
        "<p><strong>{}</strong></p><p>{}</p><ul>{}</ul></html>"
    ).format(client.language, one.name, one.name, " · ".join(told), codes)
    return HTMLResponse(page, headers=_FRAMED)
