"""Lists that the keyboard walks, and what a board adds to the head of its pages."""

from __future__ import annotations

from markupsafe import Markup
from nicegui import ui

from haihe.kit import resources
from haihe.ui.markup import write


def dress(*files: str) -> None:
    """Add styles and scripts that are shipped with a package to the head of the page."""
    for file in files:
        kind = "style" if file.endswith(".css") else "script"
        ui.add_head_html(f"<{kind}>{resources.text(file)}</{kind}>")


def walk(rows: Markup, name: str, *files: str) -> ui.html:
    """A list of the class `name`: the arrows walk its rows (`li`), keys press their buttons (`data-deed`).

    Of the board's own `files` the script says by `haiheWalk` which keys there are and what becomes of a deed.
    """
    dress("ui/walk.css", "ui/walk.js", *files)
    return write(rows, "ol", f"hai-walk {name}")
