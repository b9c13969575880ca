"""The state of a page, kept in its address so that a link brings the page back as it is."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from nicegui import ui

_KEY = "haihe_address"


def _state() -> dict[str, list[str]]:
    client = ui.context.client
    if _KEY not in client.storage:
        query = client.request.query_params
        client.storage[_KEY] = {name: query.getlist(name) for name in query}
    state: dict[str, list[str]] = client.storage[_KEY]
    return state


def chosen(name: str) -> tuple[str, ...]:
    """The values that the address gives to a name, empty where it has none."""
    return tuple(_state().get(name, ()))


def address(**changes: Sequence[str]) -> str:
    """The path and query of this page with some names given other values; no value takes a name out."""
    state = {name: values for name, values in (_state() | changes).items() if values}
    path = ui.context.client.request.url.path
    return f"{path}?{urlencode(state, doseq=True)}" if state else path


def keep(**changes: Sequence[str]) -> None:
    """Write changed values into the browser's address, with no new entry in its history."""
    _state().update({name: list(values) for name, values in changes.items()})
    ui.navigate.history.replace(address())
