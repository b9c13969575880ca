"""The bad rows of a table that somebody handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from haihe.boards.registry.pieces_page import columns_of
from haihe.kit.errors import N_, Reject
from haihe.ui.language import tr
from haihe.ui.markup import write
from haihe.ui.table import plain_table
from haihe.ui.widgets import section

_SHOWN = 50
_CELL_CHARACTERS = 80


def rejects_table(found: Sequence[Reject], downloads: Any = "") -> None:
    """The first bad rows of a table with their faults, and a way to take all of them away."""
    labels = {
        "row": N_("Row"),
        "column": N_("Column"),
        "value": N_("What stands there"),
        "reason": N_("Reason"),
    }
    rows = (
        {"row": one.row, "column": one.column, "value": short(one.value), "reason": tr(one.reason)}
        for one in found[:_SHOWN]
    )
    with section(tr(N_("Bad rows")), downloads):
        write(plain_table(columns_of(labels, "row"), rows), classes="hai-data hai-scroll")
        if len(found) > _SHOWN:
            words = N_("Of {count} bad rows the first {shown} are shown.")
            write(tr(words, shown=_SHOWN, count=f"{len(found):,}"), "p", "hai-note")


def short(text: str) -> str:
    """A cell as a page shows it: the beginning of one that is very long."""
    return text if len(text) <= _CELL_CHARACTERS else f"{text[:_CELL_CHARACTERS]}…"
