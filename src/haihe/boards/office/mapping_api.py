"""Foreign tables over HTTP: `/api/v1/office/tables`."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile

from haihe.boards.accounts import require
from haihe.boards.accounts.request_actions import Asks, Number, Opens, Speaks, TableShape, table_file
from haihe.boards.office import mapping_actions, preview_actions
from haihe.boards.office.intake import FILE_BYTES_MAX
from haihe.boards.office.mapping import TableMapping, mappings_of
from haihe.boards.office.mapping_intake import schemes
from haihe.boards.office.preview_actions import Upload
from haihe.boards.office.previews import PreviewRow, UptakeRow, rejects_of
from haihe.kit.errors import N_, Invalid

router = APIRouter(prefix="/api/v1/office/tables", tags=["office"])


@router.post("", response_model=PreviewRow)
def map_table(
    store: Opens,
    asker: Asks,
    language: Speaks,
    file: Annotated[UploadFile, File(description="A file with tables.")],
    into: Annotated[str, Form(description="The register by name.", max_length=200)] = "",
    kind: Annotated[str | None, Form(description="Its kind where it is new.")] = None,
    mapping: Annotated[str | None, Form(description="Mappings as JSON, as office-mapping has them.")] = None,
    period: Annotated[str | None, Form(description="The period that it reports on.")] = None,
    prefer: Annotated[bool, Form(description="Take its reports where there are some already.")] = False,
    year: Annotated[
        int | None, Form(description="The year of days that name none.", ge=1990, le=2100)
    ] = None,
    confirm: Annotated[
        str | None, Form(description="The digest that was shown: take up what it is of.")
    ] = None,
    shape: Annotated[
        TableShape,
        Form(alias="format", description="As CSV or xlsx the cells that cannot be read."),
    ] = "json",
) -> Any:
    """What the tables of a file change in a register: shown first, taken up once its digest is confirmed."""
    require(asker, "review_draft")
    content = file.file.read(FILE_BYTES_MAX + 1)
    chosen = {one.shape: one for one in _mappings(mapping)}
    upload = Upload(
        file.filename or "", content, into, kind, chosen, period, prefer=prefer, year=year, language=language
    )
    if confirm is None:
        row = preview_actions.row_of(preview_actions.preview(store, asker, upload), language)
    else:
        row = mapping_actions.done_row(mapping_actions.take_up(store, asker, upload, confirm), language)
    if shape == "json":
        return row
    return table_file(*rejects_of(row, language), shape)


def _mappings(written: str | None) -> tuple[TableMapping, ...]:
    try:
        return mappings_of(json.loads(written), schemes()) if written else ()
    except ValueError as error:
        raise Invalid(
            N_("The mapping is no JSON."), advice=N_("Send it as office-mapping.schema.json says.")
        ) from error


@router.get("", response_model=list[UptakeRow])
def uptakes(store: Opens, asker: Asks) -> Any:
    """The tables that were taken up last, the latest first."""
    return [mapping_actions.uptake_row(one) for one in mapping_actions.uptakes(store, asker)]


@router.post("/{uptake}/undo", response_model=UptakeRow)
def take_back(store: Opens, asker: Asks, uptake: Number) -> Any:
    """Take back what a table brought into a register, while nobody has reported on it or changed it."""
    return mapping_actions.uptake_row(mapping_actions.take_back(store, asker, uptake))
