"""What the nodes of a plan add up to: progress, money, promises and lights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.lights import Promise, Rule, light_of, rule_on
from haihe.boards.ledger.money import Money, money_fields, money_of
from haihe.boards.ledger.points import points_light
from haihe.boards.ledger.records import LIGHT_STATES, Light, Node, NodeState, Standing
from haihe.boards.ledger.targets import target_of
from haihe.boards.ledger.tree import accepted, children_of, level_of, stage_of
from haihe.kit.errors import N_

Key = TypeVar("Key", bound=Hashable)

_UNCOUNTED: Mapping[NodeState, str] = {
    "draft": N_("It is a draft and counts nowhere until it is accepted."),
    "rejected": N_("It was rejected and counts nowhere."),
    "accepted": N_("What it stands under is not accepted, so it counts nowhere."),
}

_NO_MONEY: Mapping[str, Money] = {}


@dataclass(frozen=True, slots=True)
class Stood:
    """The nodes of a plan on a day: all of them, how those stand that count, and the promises by unit.

    A unit stands under its number, under its name where that is unknown. All is in the order of the tree.
    """

    nodes: tuple[Node, ...]
    standings: Mapping[int, Standing]
    promises: Mapping[int | str, tuple[Standing, ...]]


def standings(
    nodes: Sequence[Node], on: date, rule: Rule, before: Mapping[int, Standing] = {}
) -> dict[int, Standing]:
    """How each of the nodes of some plans stands on a day, by node.

    A promise is a node of a level that is answered for, with nothing under it or with a due date of its own.
    Progress above is Σ weight · progress / Σ weight over what is known below; a node's own goes before it.
    Those `before` are of the same day and rule; one stays as it is where neither its node nor what stands
    below is another object.
    """
    under = children_of(nodes)
    found: dict[int, Standing] = {}
    same: set[int] = set()
    for node in sorted(nodes, key=lambda node: -len(node.path)):
        children = under.get(node.id, ())
        old = before.get(node.id)
        if (
            old
            and old.node is node
            and old.children == len(children)
            and same.issuperset(child.id for child in children)
        ):
            found[node.id] = old
            same.add(node.id)
        else:
            found[node.id] = _standing(node, [found[child.id] for child in children], on, rule)
    return {node.id: found[node.id] for node in nodes}


def _standing(node: Node, below: Sequence[Standing], on: date, rule: Rule) -> Standing:
    own = node.report.progress if node.report else None
    progress = next((one for one in (own, _staged(node)) if one is not None), _weighted(below))
    counts: Counter[str] = Counter()
    for standing in below:
        counts.update(standing.counts)
    worst = _worst([standing.worst for standing in below])
    light = worst or Light("unknown", N_("Nothing stands under it yet."))
    promises = sum(standing.promises for standing in below)
    reported = sum(standing.reported for standing in below)
    if is_promise(node, len(below)):
        light = light_of(_promise(node, progress, rule), on, rule)
        worst = _worst([light, *([worst] if worst else [])])
        counts[light.state] += 1
        promises, reported = promises + 1, reported + (own is not None)
    elif rule.points:
        light = points_light(counts, rule.points) or light
    held, fields = [one.money for one in below if one.money], money_fields(node.register, node.kind)
    money = money_of(node.values, fields, held) if held or fields else _NO_MONEY
    return Standing(node, light, worst or light, progress, promises, reported, counts, len(below), money)


def counted(nodes: Iterable[Node], on: date, before: Mapping[int, Standing] = {}) -> dict[int, Standing]:
    """How those nodes stand on a day that count, under the rule in force for their register.

    Of those `before`, of the same day, the ones that nothing has changed for stay.
    """
    held = accepted(nodes)
    found: dict[int, Standing] = {}
    for rule in dict.fromkeys(_rule(node) for node in held):
        found |= standings([node for node in held if _rule(node) == rule], on, rule_on(on, rule), before)
    return found


def stood(nodes: Sequence[Node], on: date, before: Stood | None = None) -> Stood:
    """The nodes of a plan with all that is asked of them again and again on a day.

    What did not change since `before`, on the same day, stays the same objects and is not worked out anew.
    """
    if before:
        known = {node.id: node for node in before.nodes}
        nodes = [old if (old := known.get(node.id)) == node else node for node in nodes]
    found = counted(nodes, on, before.standings if before else {})
    promises: dict[int | str, dict[int, Standing]] = {}
    for standing in promises_in(found.values()):
        for share in standing.node.shares:
            key = share.name if share.entity is None else share.entity
            promises.setdefault(key, {})[standing.node.id] = standing
    return Stood(tuple(nodes), found, {key: tuple(each.values()) for key, each in promises.items()})


def _rule(node: Node) -> str:
    return node.rule or kinds()[node.register].light


def promises_in(found: Iterable[Standing]) -> list[Standing]:
    """The standings of nodes that are answered for themselves."""
    return [standing for standing in found if is_promise(standing.node, standing.children)]


def carried(found: Iterable[Standing], node: Node) -> list[Standing]:
    """What those before a node in its register left unfinished of what its level carries on."""
    wanted = level_of(node).carries
    return [
        one
        for one in found
        if wanted == one.node.kind and one.node.path[: len(node.path)] < node.path and not _is_kept(one)
    ]


def _is_kept(standing: Standing) -> bool:
    stage = stage_of(standing.node)
    return standing.progress == 1 or (stage is not None and stage.ends)


def is_rolled_up(standing: Standing) -> bool:
    """Whether the progress of a node is that of what stands below it, and not its own."""
    node = standing.node
    own = node.report.progress if node.report else None
    return bool(standing.children) and own is None and _staged(node) is None


def lights_of(promises: Iterable[Standing]) -> Counter[str]:
    """How many promises show each light."""
    return Counter(standing.light.state for standing in promises)


def reviewed(nodes: Sequence[Node], known: Mapping[int, Standing]) -> dict[int, Standing]:
    """Every node as a review shows it: those that count as they stand, the others with the reason why not."""
    under = children_of(nodes)
    found = {}
    for node in nodes:
        light = Light("unknown", _UNCOUNTED[node.state])
        standing = known.get(node.id) or Standing(node, light, light, None, 0, 0, {}, 0)
        found[node.id] = replace(standing, children=len(under.get(node.id, ())))
    return found


def is_promise(node: Node, children: int) -> bool:
    """Whether a node with so many children is answered for itself, and not only through them."""
    return level_of(node).promise and (not children or node.due_on is not None)


def tally(standings: Iterable[Standing], keys: Callable[[Node], Iterable[Key]]) -> dict[Key, Counter[str]]:
    """How many promises show each light, by the keys of their nodes, such as themes or units."""
    found: dict[Key, Counter[str]] = {}
    for standing in promises_in(standings):
        for key in keys(standing.node):
            found.setdefault(key, Counter())[standing.light.state] += 1
    return found


def _staged(node: Node) -> float | None:
    """The progress that a node's stage shows by itself."""
    stage = stage_of(node)
    return stage.progress if stage and stage.ends else None


def _promise(node: Node, progress: float | None, rule: Rule) -> Promise:
    report, stage = node.report, stage_of(node)
    return Promise(
        start_on=node.start_on,
        due_on=node.due_on,
        due_words=node.due_words,
        progress=progress,
        reported_on=report.reported_on if report else None,
        forecast_due_on=report.forecast_due_on if report else None,
        ended=stage is not None and stage.ends,
        ended_on=node.stage_on,
        returned=node.returned,
        target=target_of(node) if rule.status else None,
    )


def _weighted(below: Sequence[Standing]) -> float | None:
    known = [(standing.node.weight, standing.progress) for standing in below if standing.progress is not None]
    weight = sum(each for each, _ in known)
    return sum(each * progress for each, progress in known) / weight if weight else None


def _worst(lights: Sequence[Light]) -> Light | None:
    return min(lights, key=lambda light: LIGHT_STATES.index(light.state), default=None)
