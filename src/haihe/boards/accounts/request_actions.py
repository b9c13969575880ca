"""What an operation over HTTP or a page has from its request, and how it answers with a table."""

from __future__ import annotations

from asyncio import create_task, shield, to_thread
from collections.abc import Iterable, Sequence
from dataclasses import fields
from math import inf
from time import monotonic
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Response
from nicegui import ui

from haihe.boards.accounts.actions import asking, speaking
from haihe.boards.accounts.records import Asker
from haihe.kit.limits import PAGE_ROWS_MAX
from haihe.kit.sheets import MEDIA_TYPES, SheetFormat, sheet
from haihe.kit.words import Language
from haihe.store.opening import Store, the_store

Asks = Annotated[Asker, Depends(asking)]
Speaks = Annotated[Language, Depends(speaking)]
Opens = Annotated[Store, Depends(the_store)]

Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX)]
Number = Annotated[int, Path(ge=1, lt=2**63)]
TableShape = Literal["json", "csv", "xlsx"]
Shape = Annotated[TableShape, Query(alias="format")]
FileShape = Annotated[SheetFormat, Query(alias="format", description="csv or xlsx.")]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The table."}
}
"""The answer of an operation that gives a table as a file only."""

_ASKED = "haihe.asked"
_DRAWN_S = 5.0
"""For how long at most the parts of a page that is drawn share one look-up."""


def table_file(columns: Sequence[str], rows: Iterable[Sequence[object]], shape: SheetFormat) -> Response:
    """A table as a file that is taken away."""
    return Response(sheet(columns, rows, shape), media_type=MEDIA_TYPES[shape])


def records_file(record: type, rows: Iterable[object], shape: SheetFormat) -> Response:
    """Records as a file, a column for each of their fields."""
    names = [field.name for field in fields(record)]
    return table_file(names, ([getattr(row, name) for name in names] for row in rows), shape)


async def asker_now() -> Asker:
    """Who looks at the page at hand: looked up once while it is drawn, anew for what is done in it later."""
    client = ui.context.client
    request, now = client.request, monotonic()
    if client.has_socket_connection:
        return await to_thread(asking, request)
    begun, found = request.scope.get(_ASKED, (-inf, None))
    if found is None or now - begun > _DRAWN_S:
        found = create_task(to_thread(asking, request))
        request.scope[_ASKED] = now, found
    asker: Asker = await shield(found)
    return asker
