"""What pages show of registers, as values that a page draws: links, lights, bars, labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from haihe.boards.ledger.forecasts import memory
from haihe.boards.ledger.kinds import LINKS, Kind, Stage, kinds
from haihe.boards.ledger.money import Money
from haihe.boards.ledger.records import Evidence, Frame, Item, Node, Number, Plan, Role, Standing
from haihe.boards.ledger.rollup import is_rolled_up, promises_in
from haihe.boards.ledger.rows import place_of, reason_of, themes_of, told, values_of
from haihe.boards.ledger.summary import Glance, ThemeCard
from haihe.boards.ledger.tree import level_of, stage_of
from haihe.boards.ledger.values import told as told_value
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.kit.words import say

CARDS_SHOWN = 30
FEN_PER_YI = 10_000_000_000

Cells = dict[str, object]
Facet = tuple[str, str, list[tuple[str, str, int | None]]]
Numbers = Mapping[int, Sequence[Number]]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address."""

    text: object
    href: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Words that open the source they came from."""

    text: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light and its reason."""

    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share from 0 to 1, None where it is unknown; `of` are so many of so many that it is made of."""

    share: float | None
    of: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """Short labels."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The mark of what is made up."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The nodes in a stage: its name and label, how many they are, and what is said of each of the first."""

    name: str
    label: str
    count: int
    cards: tuple[tuple[object, ...], ...]

    @property
    def more(self) -> int:
        """How many of them nothing is said of."""
        return self.count - len(self.cards)


def titled(name: object, tier: str) -> tuple[object, ...]:
    """A name with the mark of a sample where it is one."""
    return (name, Sample()) if tier == "sample" else (name,)


def links(named: Iterable[tuple[str, str]]) -> Iterator[Cells]:
    """Names with their addresses as rows."""
    for each in named:
        yield {"name": Link(*each)}


def link_of(node: Node) -> object:
    """A node's title, leading to its page where there is more to see."""
    return Link(node.title, f"/item/{node.id}") if node.told else node.title


def plan_cells(plan: Plan, glance: Glance | None, language: str) -> Cells:
    """A register as a row of the list, with what its promises add up to where that is worked out."""
    late = glance.counts["overdue"] if glance else 0
    return {
        "name": titled(Link(plan.name, f"/plan/{plan.id}"), plan.tier),
        "kind": kinds()[plan.kind].label[language],
        "accepted": plan.accepted,
        "drafts": Link(plan.drafts, f"/plan/{plan.id}?review=1") if plan.drafts else 0,
        "reported": f"{glance.reported}/{glance.promises}" if glance and glance.promises else "–",
        "overdue": Link(late, f"/plan/{plan.id}?light=overdue") if late else 0 if glance else "–",
        "published": day_in_region(plan.published_at) if plan.published_at else "–",
    }


def kind_counts(plans: Iterable[Plan], language: str) -> list[tuple[str, str, int | None]]:
    """The kinds that some registers are of, with their words and how many there are."""
    held = Counter(plan.kind for plan in plans)
    return [(name, kind.plural[language], held[name]) for name, kind in kinds().items() if held[name]]


def sums(plans: Iterable[Plan]) -> dict[str, int]:
    """How many nodes of some registers are accepted, and how many wait as drafts."""
    held = list(plans)
    return {"accepted": sum(one.accepted for one in held), "drafts": sum(one.drafts for one in held)}


def above(item: Item) -> tuple[object, ...]:
    """What a node stands under, from its register down."""
    links = (Link(item.plan.name, f"/plan/{item.plan.id}"), *map(link_of, item.above))
    return titled(tuple(part for each in links for part in ("›", each))[1:], item.plan.tier)


def reason(standing: Standing, language: str) -> tuple[object, ...]:
    """The light of a node with its reason, where a light says anything of it."""
    light = standing.light
    return (Lamp(light.state), reason_of(light, language)) if is_lit(standing) else ()


def is_lit(standing: Standing) -> bool:
    """Whether a light says anything of a node: it is answered for, or something stands under it."""
    return bool(standing.children) or level_of(standing.node).promise


def units_of(node: Node, role: Role) -> tuple[object, ...]:
    """The units of a node with a role, linked where the registry knows them."""
    shares = [share for share in node.shares if share.role == role]
    return tuple(Link(one.name, f"/entity/{one.entity}") if one.entity else one.name for one in shares)


def progress_of(standing: Standing) -> Bar:
    """The progress of a node, and where it is that of what stands below of how many it is made."""
    of = (standing.reported, standing.promises) if is_rolled_up(standing) else None
    return Bar(standing.progress, None if standing.progress is None else of)


def money_words(register: str, money: Mapping[str, Money], language: str) -> Iterator[tuple[str, str]]:
    """The sums of money that somebody gave a part of: the label of the field, and the sum of how many."""
    fields = kinds()[register].fields
    for name, each in money.items():
        if each.given:
            amount = told_value(fields[name], each.fen, language)
            if each.fen >= FEN_PER_YI:
                amount = say(
                    N_("{amount} × 100 million yuan"), language, amount=f"{each.fen / FEN_PER_YI:,.4g}"
                )
            words = N_("{amount} ({given} of {of} give one)")
            yield (
                fields[name].label[language],
                say(words, language, amount=amount, given=each.given, of=each.of),
            )


def stage_label(node: Node, language: str) -> str:
    """The stage that a node is in, in words."""
    stage = stage_of(node)
    return stage.label[language] if stage else ""


def node_cells(standing: Standing, frame: Frame | None, language: str) -> Cells:
    """A node as a row of a table, with every column of its kind."""
    node, level = standing.node, level_of(standing.node)
    unknown = None if level.promise and not standing.children else ""
    fields = dict.fromkeys(kinds()[node.register].fields, "")
    return (
        fields
        | values_of(node, language)
        | {
            "title": (place_of(node), *titled(link_of(node), node.tier)),
            "light": Lamp(standing.light.state, reason_of(standing.light, language))
            if is_lit(standing)
            else "",
            "stage": stage_label(node, language),
            "progress": progress_of(standing) if is_lit(standing) and node.told else "",
            "due": node.due_on or node.due_words or unknown,
            "lead": units_of(node, "lead") or unknown,
            "themes": Labels(tuple(themes_of(node, frame, language).values())),
        }
    )


def particulars(item: Item, frame: Frame | None, language: str) -> Iterator[tuple[str, object]]:
    """What is known of a node, by name; what its level does not ask for is left out."""
    node = item.standing.node
    level, values = level_of(node), values_of(node, language)
    themes = tuple(themes_of(node, frame, language).values())
    yield say(N_("Kind"), language), level.label[language]
    known: list[tuple[str, object]] = [
        (N_("Themes"), Labels(themes) if themes else None),
        (level.role("lead", language) or N_("Lead unit"), units_of(node, "lead") or None),
        (
            level.role("cooperating", language) or N_("Cooperating units"),
            units_of(node, "cooperating") or None,
        ),
        (N_("Start"), node.start_on),
        (N_("Due"), tuple(filter(None, (node.due_on, node.due_words))) or None),
        (N_("Progress"), progress_of(item.standing)),
    ]
    for name, content in known:
        if level.promise or content not in (None, Bar(None)):
            yield say(name, language), content
    below = {name: each for name, each in item.standing.money.items() if name not in level.fields}
    yield from money_words(node.register, below, language)
    for field in level.fields.values():
        written = values.get(field.name)
        if field.type not in LINKS and (written or not field.aside):
            yield field.label[language], written
    if item.cites:
        yield say(N_("Cites"), language), link_of(item.cites)
    if item.cited_by:
        yield say(N_("Cited by"), language), tuple(map(link_of, item.cited_by))


def moments(item: Item, language: str) -> list[tuple[date, object, str]]:
    """What happened to a node, the latest first: lights, reports and moves from stage to stage."""
    found: list[tuple[date, object, str]] = [
        (one.on, Lamp(one.light.state), reason_of(one.light, language)) for one in item.changes
    ]
    found += _reported(item, language)
    found += [
        (
            day_in_region(one.at),
            (say(N_("Issued for {period}"), language, period=one.period), Lamp(one.state)),
            one.reason,
        )
        for one in item.issued
    ]
    stages = level_of(item.standing.node).stages
    for move in item.moves:
        names = (stages[name].label[language] if name in stages else "–" for name in move.stages)
        found.append((day_in_region(move.at), " → ".join(names), f"{move.by} {move.reason}".strip()))
    return sorted(found, key=lambda moment: moment[0], reverse=True)


def _reported(item: Item, language: str) -> Iterator[tuple[date, object, str]]:
    """The reports on an item: period, progress, figures, evidence, words, and what was expected before."""
    latest = max((one.reported_on for one in item.reports), default=date.min)
    kept = {one.settled_by: one.sentence for one in memory(item.reports, latest) if one.settled_by}
    corrected = {one.at for one in item.corrections}
    for one in item.reports:
        mark = (Labels((say(N_("correction"), language),)),) if one.reported_at in corrected else ()
        figures = Labels(tuple(f"{each.name} {each.value} {each.unit}".strip() for each in one.figures))
        proofs = (Link(each.name, proof_of(each)) for each in one.evidence)
        words = told(one, language)
        if one.id in kept:
            template, facts = kept[one.id]
            words = f"{words} {say(template, language, **facts)}".strip()
        what = (one.period, *mark, Bar(one.progress), *((figures,) if one.figures else ()), *proofs)
        yield one.reported_on, what, words


def proof_of(evidence: Evidence) -> str:
    """Where evidence is to be seen: its document, or its file."""
    return f"/document/{evidence.document_id}" if evidence.document_id else f"/api/v1/evidence/{evidence.id}"


def steps(node: Node, language: str) -> Iterator[tuple[str, Literal["done", "now", "next"]]]:
    """The stages of a node's level as a path, and where on it the node is."""
    order = list(level_of(node).stages.values())
    now = [stage.name for stage in order].index(node.stage) if node.stage else 0
    for place, stage in enumerate(order):
        yield stage.label[language], "done" if place < now else "now" if place == now else "next"


def figure_cells(found: Iterable[Standing], numbers: Numbers) -> list[Cells]:
    """The figures in the words of nodes."""
    return [
        {"figure": Cited(one.quote, one.source_id), "subject": one.subject, "period": one.period}
        | {"item": link_of(standing.node)}
        for standing in found
        for one in numbers.get(standing.node.id, ())
    ]


def review_lines(
    found: Iterable[Standing], numbers: Numbers, frame: Frame | None, language: str
) -> Iterator[tuple[object, ...]]:
    """What a review shows of each node besides its title, a dot between each."""
    for node in (standing.node for standing in found):
        yield _review_line(node, numbers.get(node.id, ()), frame, language)


def _review_line(
    node: Node, numbers: Iterable[Number], frame: Frame | None, language: str
) -> tuple[object, ...]:
    words = level_of(node).label[language]
    known = (
        Cited(words, node.source_id) if node.source_id else words,
        *(Cited(number.quote, number.source_id) for number in numbers),
        units_of(node, "lead"),
        node.due_on or node.due_words,
        Labels(tuple(themes_of(node, frame, language).values())),
    )
    return tuple(part for each in filter(None, known) for part in ("·", each))


def lanes(kind: Kind, shown: Sequence[Standing], language: str) -> Iterator[Lane]:
    """The nodes by stage, of each stage the first `CARDS_SHOWN`."""
    for stage in _stages(kind, shown).values():
        held = [one for one in shown if one.node.stage == stage.name]
        cards = tuple(_card(one) for one in held[:CARDS_SHOWN])
        yield Lane(stage.name, stage.label[language], len(held), cards)


def _stages(kind: Kind, found: Iterable[Standing]) -> dict[str, Stage]:
    """The stages of the levels that some nodes are of, each once."""
    held = {one.node.kind for one in found}
    levels = (level for level in kind.levels.values() if level.name in held)
    return {stage.name: stage for level in levels for stage in level.stages.values()}


def _card(one: Standing) -> tuple[object, ...]:
    light = Lamp(one.light.state) if is_lit(one) else None
    known = (link_of(one.node), light, *units_of(one.node, "lead"), one.node.due_on or one.node.due_words)
    return tuple(filter(None, known))


def facets(
    kind: Kind,
    found: Sequence[Standing],
    lights: Mapping[str, tuple[str, int]],
    frame: Frame | None,
    language: str,
) -> Iterator[Facet]:
    """The filters of a register: light, stage, how it is shown, and of a plan the themes of a frame."""
    yield "light", say(N_("Light"), language), [(name, *each) for name, each in lights.items()]
    if wanted := _stages(kind, found):
        inside = [one.node.stage for one in found]
        stages = [(one.name, one.label[language], inside.count(one.name)) for one in wanted.values()]
        yield "stage", say(N_("Stage"), language), [*stages]
        yield "view", say(N_("View"), language), [("stages", say(N_("by stage"), language), None)]
    if frame and kind.name == "plan":
        held = [theme for one in promises_in(found) for theme in themes_of(one.node, frame, language)]
        themes = [(one.id, one.label[language], held.count(one.id)) for one in frame.themes]
        yield "theme", frame.label[language], [*themes]


def theme_cards(
    frame: Frame, found: Iterable[ThemeCard], language: str
) -> Iterator[tuple[str, str, str, ThemeCard]]:
    """The cards of a frame's themes: label, icon, a line that says what it is, and the card."""
    themes = {theme.id: theme for theme in frame.themes}
    for card in found:
        if card.frame == frame.id:
            theme = themes[card.theme]
            count = say(N_("{count} promises"), language, count=sum(card.counts.values()))
            yield theme.label[language], theme.icon, f"{theme.gist[language]} · {count}", card


def changed(card: ThemeCard) -> tuple[object, ...]:
    """The change of light under a theme that matters most: the day, the light and the node."""
    if card.change is None or card.changed is None:
        return ()
    return card.change.on, Lamp(card.change.light.state), link_of(card.changed)
