"""Forms of the office's pages: what they ask for, and handing over what was written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe import ui as look
from haihe.ui import tr, write

Written = dict[str, str]

_SUBMIT = """(event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  emit(Object.fromEntries([...data.keys()].map((name) => [name, data.getAll(name).join("、")])));
}"""
_BOXES = {
    "text": '<label>{label}<input name="{name}" value="{value}" maxlength="500"{required}></label>',
    "date": '<label>{label}<input name="{name}" type="date" value="{value}"{required}></label>',
    "area": '<label>{label}<textarea name="{name}" rows="3"{required}>{value}</textarea></label>',
    "choice": '<label>{label}<select name="{name}"{required}>{options}</select></label>',
}


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a form; what is chosen among its `options` (value, words) is its value."""

    name: str
    label: str
    kind: Literal["text", "date", "area", "choice"] = "text"
    value: object = ""
    options: Sequence[tuple[object, str]] = ()
    required: bool = False


def form(
    title: str,
    boxes: Iterable[Box],
    submit: str,
    on_sent: Callable[[Written], Awaitable[None]],
    *,
    key: str = "",
) -> None:
    """A form under its title, which opens by a click, or by a `key` if it has one; Ctrl+Enter sends it.

    A capital key is that of the form which is open from the start.
    """
    with ui.element("details").style("width: 100%").props("open" if key.isupper() else "") as place:
        if key:
            place.props(f"data-key={key.lower()}")
        words = Markup("{} <kbd>{}</kbd>").format(title, key.upper()) if key else title
        write(words, "summary", "nicegui-link")
        button = Markup("<button class=hai-button>{}</button>").format(submit)
        drawn = write(Markup("").join([*map(_box, boxes), button]), "form", "hai-form")

    async def sent(event: GenericEventArguments) -> None:
        await on_sent(event.args)

    drawn.on("submit", sent, js_handler=_SUBMIT)


def _box(box: Box) -> Markup:
    options = Markup("").join(
        Markup("<option value='{}'{}>{}</option>").format(
            value, Markup(" selected") if str(value) == str(box.value) else "", words
        )
        for value, words in box.options
    )
    required = Markup(" required") if box.required else ""
    value = "" if box.value is None else box.value
    template = Markup(_BOXES[box.kind])  # noqa: S704  ours
    return template.format(label=box.label, name=box.name, value=value, options=options, required=required)


def keys() -> None:
    """Let the keys of the page's forms open them, and Ctrl+Enter send the one that is written in."""
    look.dress("boards/office/keys.js")


def table(labels: dict[str, str], cells: Iterable[look.Cells]) -> None:
    """A table of cells under the words of its columns; nothing where there is no row."""
    if rows := list(cells):
        columns = [look.Column(name, tr(label)) for name, label in labels.items()]
        write(look.plain_table(columns, rows), classes="hai-data hai-scroll")
