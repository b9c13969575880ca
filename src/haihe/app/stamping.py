"""The stamp on every table and paper that somebody who signed in takes away over HTTP."""

from __future__ import annotations

from asyncio import to_thread
from typing import Annotated

from fastapi.dependencies.models import Dependant
from pydantic import Field, TypeAdapter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haihe.boards.accounts import Asker
from haihe.boards.accounts.actions import speaking
from haihe.boards.accounts.marking_actions import exported
from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.boards.accounts.watermarks import Form
from haihe.boards.ledger import api as ledger_api
from haihe.boards.ledger.tables import plan_of_node
from haihe.boards.office import api as office_api
from haihe.boards.office import brief_actions, brief_api, prints, sign_api
from haihe.boards.registry import api as registry_api
from haihe.boards.registry import resolution_api
from haihe.kit import sheets
from haihe.store.opening import Store
from haihe.store.session import reading

_FORMS: dict[str, Form] = {
    sheets.MEDIA_TYPES["xlsx"]: "xlsx",
    sheets.MEDIA_TYPES["csv"]: "csv",
    prints.MEDIA_TYPES["docx"]: "docx",
}
_AS_THEY_ARE = {
    ledger_api.empty_template,
    registry_api.template,
    resolution_api.sample,
    brief_api.template,
    office_api.workbook_at,
    sign_api.sheet,
    brief_api.issue_at,
}
"""The doors of what nobody takes away: empty forms, workbooks handed out, what is signed or issued."""
_OF_THE_FILE = ("etag", "content-digest", "repr-digest")
"""Headers that hold of the file before it was stamped."""

_VALUE: TypeAdapter[int | str] = TypeAdapter(Annotated[int | str, Field(union_mode="left_to_right")])
"""What stands in an address as a door reads it: 007 and 7 are one number."""


async def noted(request: Request, store: Opens, asker: Asks) -> None:
    """Keep for the stamp who a door answers: a session may end before the answer is made."""
    request.state.store, request.state.asker = store, asker


class Stamping:
    """Stands around the HTTP doors and stamps their tables and papers as they leave."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an answer that is to be stamped is held back until all of it is there."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, content = Request(scope), bytearray()
        begun: Message = {}
        form: Form | None = None

        async def answer(message: Message) -> None:
            nonlocal begun, form
            if message["type"] == "http.response.start":
                begun, form = message, _form(request, message)
            if form is None:
                await send(message)
            elif message["type"] == "http.response.body":
                content.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    file = await to_thread(_stamped, request, bytes(content), form)
                    await _leave(begun, file, send)

        await self.app(scope, receive, answer)


def _form(request: Request, begun: Message) -> Form | None:
    """What an answer leaves as, None for one that stays as it is."""
    asker: Asker | None = getattr(request.state, "asker", None)
    if asker is None or asker.account is None or begun["status"] != 200:
        return None
    if request.scope["endpoint"] in _AS_THEY_ARE:
        return None
    return _FORMS.get(Headers(raw=begun["headers"]).get("content-type", ""))


async def _leave(begun: Message, file: bytes, send: Send) -> None:
    headers = MutableHeaders(scope=begun)
    headers["content-length"] = str(len(file))
    for name in _OF_THE_FILE:
        del headers[name]
    await send(begun)
    await send({"type": "http.response.body", "body": file})


def _stamped(request: Request, content: bytes, form: Form) -> bytes:
    store, asker = request.state.store, request.state.asker
    return exported(store, asker, content, form, (_subject(request, store, asker), speaking(request)))


def _subject(request: Request, store: Store, asker: Asker) -> str:
    """What an answer was made from: a plan where there is one, else the thing or the list of its address."""
    asked = request.query_params if _takes(request.scope["route"].dependant, "plan") else {}
    named = {name: _VALUE.validate_python(value) for name, value in request.path_params.items()}
    plan = named.get("plan") or _VALUE.validate_python(asked.get("plan", ""))
    if "node" in named:
        with reading(store.engine) as connection:
            plan = plan_of_node(connection, int(named["node"]))
    elif "draft" in named:
        plan = brief_actions.draft_at(store, asker, int(named["draft"])).brief.plan
    if plan:
        return f"plan/{plan}"
    for name, value in named.items():
        return f"{name}/{value}"
    return request.url.path.removeprefix("/api/v1/")


def _takes(door: Dependant, name: str) -> bool:
    """Whether a door reads a query parameter; one that it does not read says nothing of its answer."""
    return any(one.alias == name for one in door.query_params) or any(
        _takes(one, name) for one in door.dependencies
    )
