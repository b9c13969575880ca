"""Whether a name is one that an organisation no longer bears."""

from __future__ import annotations

from haihe.boards.registry.records import Organisation
from haihe.kit.errors import N_
from haihe.kit.text import folded

FORMERLY = N_("it was called so formerly")


def formerly(body: Organisation, text: str) -> tuple[str, ...]:
    """The reason why an organisation is meant by its former name; none if this is no such name."""
    asked = folded(text)
    known = any(name.kind == "former" and folded(name.text) == asked for name in body.names)
    return (FORMERLY,) if known else ()
