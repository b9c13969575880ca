"""The whole registry as a file for other systems."""

from __future__ import annotations

from typing import Literal

from haihe.boards.accounts import Asker, require
from haihe.boards.registry.interchange import COLUMNS, entities_of, statements_of
from haihe.boards.registry.interchange_tables import said_in
from haihe.kit.sheets import sheet
from haihe.store.opening import Store
from haihe.store.session import reading

Shape = Literal["json", "csv"]

MEDIA_TYPES = {"json": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


def export(store: Store, asker: Asker, shape: Shape) -> bytes:
    """Every organisation: a FollowTheMoney entity a line of JSON, or a statement a row of CSV."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        said = said_in(connection)
    if shape == "csv":
        return sheet(COLUMNS, (one.cells for one in statements_of(said)), "csv")
    return "".join(f"{line}\n" for line in entities_of(statements_of(said))).encode()
