"""What is put up for signature: fetched from where it is kept, or checked and read as a file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import pypdfium2
from docx import Document
from openpyxl import load_workbook

from haihe.boards.accounts import Asker
from haihe.boards.ledger import Node
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, brief_actions
from haihe.boards.office.records import Handout
from haihe.boards.office.subjects import Content
from haihe.kit.errors import N_, HaiheError, Invalid
from haihe.kit.text import decoded
from haihe.store.opening import Store

FILE_BYTES_MAX = 32 * 1024 * 1024
LINES_SHOWN_MAX = 2_000
ENDINGS = (".docx", ".pdf", ".xlsx", ".txt", ".md", ".json")
"""The files whose words can be shown beside the steps."""

SCAN_ENDINGS = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}
"""What a scan may be, with the bytes that it begins with."""


def content_of(store: Store, asker: Asker, kind: str, subject: str) -> Content | None:
    """What a subject says now; None for one of a kind that nobody keeps but sign-off, such as a file.

    Raises NotFound for one that is not there any more, Invalid for a subject that cannot be meant.
    """
    return _KEPT[kind](store, asker, subject) if kind in _KEPT and subject else None


def _node(store: Store, asker: Asker, subject: str) -> Content:
    if not subject.isascii() or not subject.isdigit():
        raise _unknown(subject)
    item = ledger.node_at(store, asker, int(subject[:18]), ledger.today())
    return node_content(item.standing.node)


def _dispatch(store: Store, asker: Asker, subject: str) -> Content:
    plan, _, period = subject.partition("/")
    if not plan.isascii() or not plan.isdigit():
        raise _unknown(subject)
    order = actions.Order(int(plan[:18]), period)
    return dispatch_content(actions.dispatch(store, asker, order, dry_run=True).handouts)


def _unknown(subject: str) -> Invalid:
    return Invalid(
        N_("{subject} names nothing that can be put up for signature."),
        advice=N_("Give the number of an entry or of a draft, or plan and period such as 3/2026-11."),
        subject=subject[:40],
    )


def _brief(store: Store, asker: Asker, subject: str) -> Content:
    """The last draft of the brief that a draft is of: a later one that says something new replaces it."""
    if not subject.isascii() or not subject.isdigit():
        raise _unknown(subject)
    brief = brief_actions.draft_at(store, asker, int(subject[:18])).brief
    order = brief_actions.Order(brief.plan, brief.kind, brief.period, brief.language)
    last = brief_actions.last_draft(store, asker, order)
    assert last
    content = brief_actions.draft_file(store, asker, last.id, brief_actions.Issuing())
    return Content(brief.title, f"brief-{last.id}.docx", content)


_KEPT: Mapping[str, Callable[[Store, Asker, str], Content]] = {
    "brief": _brief,
    "node": _node,
    "dispatch": _dispatch,
}


def node_content(node: Node) -> Content:
    """The wording of an entry of the ledger: what is promised, by whom and by when."""
    told = {
        "title": node.title,
        "text": node.text,
        "lead": list(node.named("lead")),
        "cooperating": list(node.named("cooperating")),
        "start_on": node.start_on and node.start_on.isoformat(),
        "due_on": node.due_on and node.due_on.isoformat(),
        "due_words": node.due_words,
        "values": dict(node.values),
    }
    return Content(node.title, f"node-{node.id}.json", _json(told))


def dispatch_content(handouts: Iterable[Handout]) -> Content:
    """What is to be handed out of a plan for a period: each unit with its items and their days."""
    handed = list(handouts)
    asked = handed[0].asked
    units = [
        {
            "unit": one.unit.name,
            "items": [
                " ".join(filter(None, (line.cells["place"], line.cells["title"], line.cells["due"])))
                for line in one.lines
            ],
        }
        for one in handed
    ]
    told = {
        "plan": asked.plan_name,
        "period": asked.period,
        "return_by": asked.return_by.isoformat(),
        "units": units,
    }
    return Content(
        f"{asked.plan_name} {asked.period}", f"dispatch-{asked.plan}-{asked.period}.json", _json(told)
    )


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()


def checked_file(name: str, content: bytes) -> None:
    """Raise Invalid for an empty or over-long file, and for one whose words cannot be shown."""
    if not 0 < len(content) <= FILE_BYTES_MAX:
        raise Invalid(
            N_("{name} has {size} bytes; a document to be signed has 1 to {limit}."),
            advice=N_("Check that the right file was chosen."),
            name=name[:80],
            size=len(content),
            limit=FILE_BYTES_MAX,
        )
    lines_of(name, content)


def checked_scan(name: str, content: bytes) -> None:
    """Raise Invalid for a scan that is no PDF, PNG or JPEG, or is over-long."""
    begins = SCAN_ENDINGS.get(PurePosixPath(name).suffix.lower())
    if begins is None or not content.startswith(begins) or len(content) > FILE_BYTES_MAX:
        raise Invalid(
            N_("{name} is no scan: a PDF, PNG or JPEG of at most {limit} MB."),
            advice=N_("Scan the stamped sheet as PDF or take a picture of it."),
            name=name[:80],
            limit=FILE_BYTES_MAX >> 20,
        )


def lines_of(name: str, content: bytes) -> list[str]:
    """The words of a file line by line; raises Invalid for one that is damaged or of another kind."""
    ending = PurePosixPath(name).suffix.lower()
    try:
        found = list(_READERS[ending](name, content)) if ending in _READERS else None
    except HaiheError:
        raise
    except Exception as error:
        raise Invalid(
            N_("{name} cannot be opened; it is damaged or protected by a password."),
            advice=N_("Save it again without a password and choose that file."),
            name=name[:80],
        ) from error
    if found is None:
        raise Invalid(
            N_("{name} is of a kind whose words cannot be shown beside the steps."),
            advice=N_("Save it as one of: {endings}."),
            name=name[:80],
            endings=", ".join(ENDINGS),
        )
    return [line for line in found if line.strip()]


def _words(name: str, content: bytes) -> Iterator[str]:
    yield from decoded(content, name).splitlines()


def _document(_name: str, content: bytes) -> Iterator[str]:
    for part in Document(io.BytesIO(content)).iter_inner_content():
        if hasattr(part, "rows"):
            for row in part.rows:
                merged = {id(cell): cell for cell in row.cells}
                yield " | ".join(cell.text.strip() for cell in merged.values())
        else:
            yield part.text


def _pages(_name: str, content: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        for page in document:
            yield from page.get_textpage().get_text_bounded().splitlines()
    finally:
        document.close()


def _workbook(_name: str, content: bytes) -> Iterator[str]:
    for sheet in load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets:
        yield sheet.title
        for row in sheet.iter_rows(max_row=LINES_SHOWN_MAX, values_only=True):
            yield " | ".join("" if cell is None else str(cell) for cell in row)


def _told(_name: str, content: bytes) -> Iterator[str]:
    yield from _flat(json.loads(content), "")


def _flat(told: Any, name: str) -> Iterator[str]:
    """JSON as lines of names and values."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _flat(
                value, f"{name}{key}: " if not isinstance(value, dict | list) else f"{name}{key}."
            )
    elif isinstance(told, list):
        for place, value in enumerate(told, 1):
            yield from _flat(
                value, f"{name.rstrip('.')} {place}" + (": " if not isinstance(value, dict | list) else ".")
            )
    elif told not in (None, ""):
        yield f"{name}{told}"


_READERS = {
    ".docx": _document,
    ".pdf": _pages,
    ".xlsx": _workbook,
    ".txt": _words,
    ".md": _words,
    ".json": _told,
}
