"""Routes of sign-off (签批流程), what takes them, and how soon it is needed: `params/routes.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from haihe.kit import resources
from haihe.kit.errors import N_, Invalid

_PARAMS = "boards/office/params/routes.yaml"

Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A step (环节) of a route: who signs it is a post of this level."""

    name: str
    label: Label
    level: str


@dataclass(frozen=True, slots=True)
class Route:
    """Steps in order; the first drafts and submits, the last one signs for all."""

    name: str
    label: Label
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """What can be put up for signature, and the route that it takes unless another is chosen."""

    name: str
    label: Label
    route: str


@cache
def routes() -> Mapping[str, Route]:
    """Every route by name."""
    written = resources.definition(_PARAMS)["routes"]
    return {
        name: Route(name, one["label"], tuple(Step(key, **step) for key, step in one["steps"].items()))
        for name, one in written.items()
    }


@cache
def subject_kinds() -> Mapping[str, SubjectKind]:
    """What can be put up for signature, by name."""
    written = resources.definition(_PARAMS)["subjects"]
    return {name: SubjectKind(name, **one) for name, one in written.items()}


def levels() -> Mapping[str, Label]:
    """The levels of posts from the desk up, with their words by language."""
    found: Mapping[str, Label] = resources.definition(_PARAMS)["levels"]
    return found


def urgencies() -> Mapping[str, Label]:
    """How soon something is needed, the most urgent first, with the words by language."""
    found: Mapping[str, Label] = resources.definition(_PARAMS)["urgencies"]
    return found


def route_at(name: str) -> Route:
    """The route of a name; raises Invalid."""
    return routes()[checked(name, routes())]


def checked(name: str, known: Mapping[str, object]) -> str:
    """A name among those of `params/routes.yaml`; raises Invalid."""
    if name not in known:
        raise Invalid(
            N_("{name} is not known in sign-off."),
            advice=N_("Choose one of: {known}."),
            name=name[:40],
            known=", ".join(known),
        )
    return name
