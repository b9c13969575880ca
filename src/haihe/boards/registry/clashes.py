"""Rows that cannot both be right: an identifier belongs to one entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from haihe.boards.registry.answers import Upload
from haihe.boards.registry.kinds import identifiers_of, kinds
from haihe.boards.registry.records import Identifier, NameKind, Organisation
from haihe.boards.registry.rows import CITED, Known, lines_of
from haihe.kit.errors import N_, Reject

OF_ANOTHER = N_("Another organisation already has this code.")


def distinct(
    bodies: Iterable[Organisation], holders: Mapping[Identifier, int]
) -> tuple[list[Organisation], dict[str, Identifier]]:
    """The organisations that share no identifier, in order, and by key the identifier of each other one.

    `holders` says which stored entity has an identifier. An organisation whose identifiers are of two
    entities, or of one that an organisation before it is, is not distinct.
    """
    good: list[Organisation] = []
    clashes: dict[str, Identifier] = {}
    taken: set[Identifier | int] = set()
    for body in bodies:
        owner = next((holders[one] for one in body.identifiers if one in holders), None)
        owned: set[Identifier | int] = {*body.identifiers, *({owner} if owner is not None else ())}
        foreign = [one for one in body.identifiers if holders.get(one, owner) != owner or one in taken]
        if foreign or owned & taken:
            clashes[body.key] = (foreign or body.identifiers)[0]
        else:
            good.append(body)
            taken |= owned
    return good, clashes


def clash_rejects(upload: Upload, known: Known, clashes: Mapping[str, Identifier]) -> tuple[Reject, ...]:
    """The rows of a table of organisations that clash, as rejects."""
    kind = kinds()[upload.kind]
    columns = dict.fromkeys((*CITED, "name", "adcode", *get_args(NameKind), *kind.properties), False)
    schemes = {prop.scheme: prop.name for prop in kind.identifiers}
    lines = lines_of(upload.content, upload.name, columns, known).rows if clashes else ()
    found = []
    for line in lines:
        identifiers = identifiers_of(kind, line.cells)
        clash = clashes.get(identifiers[0].key) if identifiers else None
        if clash:
            found.append(line.reject(schemes[clash.scheme], OF_ANOTHER))
    return tuple(found)
