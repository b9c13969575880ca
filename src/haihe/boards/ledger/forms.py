"""Forms: what they ask for, how they look, and what was written as the records that the actions take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from html import escape
from typing import Literal

from haihe.boards.ledger import kinds
from haihe.boards.ledger.kinds import Given, Level, faults_of, is_back, unmet
from haihe.boards.ledger.records import Amount, Confidence, Edit, Node, Report, Return, Step
from haihe.boards.ledger.tree import DEEDS, STATE_LABELS, level_of
from haihe.boards.ledger.values import given, names_of, shown
from haihe.kit import resources
from haihe.kit.errors import N_, Invalid
from haihe.kit.words import say

SUBMIT = """(event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  emit(Object.fromEntries([...data.keys()].map((name) => [name, data.getAll(name).join("、")])));
}"""
"""What the browser does with a form: it hands over what was written, by the names of the boxes."""

_HTML: Mapping[str, str] = {
    "text": '<label>{label}<input name="{name}" type="text" value="{value}"{rest}></label>',
    "date": '<label>{label}<input name="{name}" type="date" value="{value}"{rest}></label>',
    "area": '<label>{label}<textarea name="{name}" rows="4"{rest}>{value}</textarea></label>',
    "choice": '<label>{label}<select name="{name}"{rest}>{options}</select></label>',
    "choices": '<label>{label}<select name="{name}" multiple{rest}>{options}</select></label>',
}
_BOXES = {"words": "area", "date": "date", "choice": "choice", "choices": "choices", "flag": "choice"}
_PLACE = ' pattern="[0-9]{6}" inputmode="numeric"'
_FIGURE = re.compile(
    r"(?P<name>.*?\S)[\s:：]+(?P<value>[-+]?\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?)\s*(?P<unit>\S.*)?", re.ASCII
)
_SURE: Mapping[Confidence, str] = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
_DIGITS = ' inputmode="decimal"'


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a form in the reader's language; what is chosen among its `options` is its value."""

    name: str
    label: str
    kind: str = "text"
    value: object = ""
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A form under its title: what it asks for and does, for a new node of a level or a move to a stage."""

    deed: Literal["begin", "add", "edit", "move", "report"]
    title: str
    boxes: tuple[Box, ...]
    submit: str
    level: Level | None = None
    stage: str = ""
    opened: bool = False

    def filled(self, words: Mapping[str, str]) -> Offer:
        """The same form with other words in its boxes, by their names."""
        return replace(self, boxes=tuple(replace(box, value=words[box.name]) for box in self.boxes))

    def html(self) -> str:
        """The inside of the form with its button."""
        return "".join(map(_box, self.boxes)) + f"<button class=hai-button>{escape(self.submit)}</button>"


def begin_offer(offered: Iterable[kinds.Kind], language: str) -> Offer:
    """The form that begins a register: its name, and the kinds with what each is for."""
    options = tuple((one.name, f"{one.label[language]} · {one.gist[language]}") for one in offered)
    boxes = (
        Box("name", say(N_("Name of the register"), language), required=True),
        Box("kind", say(N_("Kind"), language), "choice", options=options, required=True),
    )
    return Offer("begin", say(N_("Begin a register"), language), boxes, say(N_("Begin"), language))


def add_offers(levels: Iterable[Level], language: str, *, opened: bool = False) -> Iterator[Offer]:
    """The forms that add a node, one for each level."""
    for level in levels:
        title = say(N_("Add: {level}"), language, level=level.label[language])
        boxes = _node_boxes(level, None, language)
        yield Offer("add", title, boxes, say(N_("Add"), language), level, opened=opened)


def words_of(offer: Offer) -> dict[str, str]:
    """The words in the boxes of a form, by their names."""
    return {box.name: "" if box.value is None else str(box.value) for box in offer.boxes}


def edit_offer(node: Node, parent: str | None, language: str) -> Offer:
    """The form that changes a node, open while it is a draft."""
    level = level_of(node)
    boxes = (*_level_boxes(node, parent, language), *_node_boxes(level, node, language))
    words = say(N_("Edit"), language), boxes, say(N_("Save"), language), level
    return Offer("edit", *words, opened=node.state != "accepted")


def move_offers(node: Node, language: str) -> Iterator[Offer]:
    """The forms that move a node, one for each other stage, with what is still missing for it."""
    for stage in level_of(node).stages.values():
        if stage.name != node.stage:
            title = say(N_("Move to: {stage}"), language, stage=stage.label[language])
            boxes = _step_boxes(node, stage.name, language)
            yield Offer("move", title, boxes, say(N_("Move"), language), stage=stage.name)


def report_offer(node: Node, today: date, language: str) -> Offer:
    """The form that reports on a node."""
    boxes = (
        Box("period", say(N_("Period"), language), value=f"{today:%Y-%m}"),
        *_report_boxes(None, node.due_on, language),
    )
    return Offer("report", say(N_("Report"), language), boxes, say(N_("Send"), language), opened=True)


def correction_offer(said: Report | None, language: str) -> Offer:
    """The form that corrects what was said for a locked period, filled in with it."""
    boxes = (
        *_report_boxes(said, said.forecast_due_on if said else None, language),
        Box("reason", say(N_("Reason of the correction"), language), "area", required=True),
    )
    title, send = say(N_("What the report should have said"), language), say(N_("Correct"), language)
    return Offer("report", title, boxes, send, opened=True)


def _report_boxes(said: Report | None, expected: date | None, language: str) -> tuple[Box, ...]:
    percent = said.progress if said else None
    sure = (("", "–"), *((name, say(words, language)) for name, words in _SURE.items()))
    figures = "\n".join(f"{one.name} {one.value} {one.unit}".rstrip() for one in said.figures) if said else ""
    return (
        Box(
            "progress",
            say(N_("Progress in per cent"), language),
            value=None if percent is None else f"{percent * 100:g}",
            rest=_DIGITS,
        ),
        Box("forecast_due_on", say(N_("Expected by"), language), "date", expected),
        Box(
            "confidence",
            say(N_("Confidence"), language),
            "choice",
            said.confidence if said else None,
            options=sure,
        ),
        Box("note", say(N_("What was done"), language), "area", said.note if said else ""),
        Box("difficulty", say(N_("Difficulties"), language), "area", said.difficulty if said else ""),
        Box("figures", say(N_("Figures, one a line: what, how many, unit"), language), "area", figures),
    )


def _box(box: Box) -> str:
    chosen = names_of(str(box.value or ""))
    options = "".join(
        f'<option value="{escape(code)}"{" selected" if code in chosen else ""}>{escape(words)}</option>'
        for code, words in box.options
    )
    rest = box.rest + (" required" if box.required else "")
    value = "" if box.value is None else escape(str(box.value))
    return _HTML[box.kind].format(
        label=escape(box.label), name=box.name, value=value, options=options, rest=rest
    )


def _node_boxes(level: Level, node: Node | None, language: str) -> tuple[Box, ...]:
    held = node or Node(0, 0, None, (), level.name, "", "", "accepted", None)
    words = {"lead": "、".join(held.named("lead")), "cooperating": "、".join(held.named("cooperating"))}
    boxes = [
        Box("title", say(N_("Title"), language), value=held.title, required=True),
        Box("text", say(N_("Text"), language), "area", held.text),
    ]
    if level.promise or "lead" in level.columns:
        boxes += [
            Box("lead", say(N_("Lead units"), language), value=words["lead"]),
            Box("cooperating", say(N_("Cooperating units"), language), value=words["cooperating"]),
        ]
    if level.promise:
        boxes += [
            Box("start_on", say(N_("Start"), language), "date", held.start_on),
            Box("due_on", say(N_("Due"), language), "date", held.due_on),
            Box("due_words", say(N_("Due in words"), language), value=held.due_words),
        ]
    boxes += (_value_box(field, held.values.get(field.name), language) for field in level.fields.values())
    return (*boxes, Box("weight", say(N_("Weight"), language), value=f"{held.weight:g}", rest=_DIGITS))


def _level_boxes(node: Node, parent: str | None, language: str) -> list[Box]:
    """The box that makes a node one of another level that may stand in its place, where one may."""
    own = level_of(node)
    others = [each for each in kinds.kinds()[node.register].below(parent) if each.stages == own.stages]
    options = tuple((each.name, each.label[language]) for each in others)
    box = Box("kind", say(N_("Kind"), language), "choice", node.kind, options)
    return [box] if len(others) > 1 else []


def _value_box(field: kinds.Field, value: Given, language: str) -> Box:
    options = [(code, label[language]) for code, label in (field.choices or {}).items()]
    if field.type == "flag":
        options = [(word, word) for word in (say(N_("yes"), language), say(N_("no"), language))]
    if field.type in ("choice", "flag") and not field.required:
        options.insert(0, ("", "–"))
    written = shown(field, value, language)
    if field.choices:
        written = "、".join(value) if isinstance(value, list) else value
    elif isinstance(written, float):
        written = f"{written:.12g}"
    rest = _PLACE if field.type == "place" else _DIGITS if field.type in kinds.NUMERIC else ""
    kind = _BOXES.get(field.type, "text")
    name, label = f"field-{field.name}", field.heading(language)
    return Box(name, label, kind, written, tuple(options), field.required, rest)


def asked(
    offer: Offer, node: Node | None, written: Mapping[str, str], today: date, language: str
) -> Edit | Step | Return | tuple[str, str]:
    """What a form asks for; of a new register its name and kind."""
    if offer.deed == "begin":
        return written["name"], written["kind"]
    if offer.level:
        return edit_of(offer.level, node if offer.deed == "edit" else None, written, language)
    if offer.stage and node:
        return step_of(node, offer.stage, written, language)
    return return_of(written, today)


def review_html(node: Node, known: str, language: str, *, decides: bool) -> str:
    """A node in a review, with what is known of it as HTML, and for who decides the buttons."""
    press = '<button type="button" tabindex="-1" data-deed="{}" title="{}">{}</button>'
    deeds = (press.format(deed, say(label, language), mark) for deed, (mark, label) in DEEDS.items())
    return resources.text("boards/ledger/review.html").format(
        id=node.id,
        state=node.state,
        version=node.version,
        depth=len(node.path) - 1,
        place=".".join(map(str, node.path)),
        title=escape(node.title),
        deeds=f"<span data-deeds>{''.join(deeds)}</span>" if decides else "",
        words=say(STATE_LABELS[node.state], language),
        known=known,
    )


def values_of(level: Level, written: Mapping[str, str], language: str) -> dict[str, Given]:
    """The fields that a form has; raises Invalid for the first that does not fit."""
    sent = {name: each for name, each in level.fields.items() if f"field-{name}" in written}
    values = {name: given(each, written[f"field-{name}"].strip()) for name, each in sent.items()}
    for name, reason in faults_of(level, values, whole=False):
        raise Invalid(
            N_("What is written for {field} does not fit."),
            advice=reason,
            field=level.fields[name].label[language],
        )
    return values


def edit_of(level: Level, node: Node | None, written: Mapping[str, str], language: str) -> Edit:
    """The node that a form asks for; what the form does not have stays as it is."""
    held = node or Node(0, 0, None, (), level.name, "", "", "accepted", None)
    lead, cooperating = ("、".join(held.named(role)) for role in ("lead", "cooperating"))
    absent = {name: None for name, each in level.fields.items() if each.type == "choices"} if written else {}
    return Edit(
        title=written["title"],
        text=written["text"],
        kind=written.get("kind", level.name),
        start_on=day_of(written["start_on"]) if "start_on" in written else held.start_on,
        due_on=day_of(written["due_on"]) if "due_on" in written else held.due_on,
        due_words=written.get("due_words", held.due_words or "").strip() or None,
        weight=number_of(written.get("weight", f"{held.weight}")) or 0.0,
        cites=held.cites,
        lead=names_of(written.get("lead", lead)),
        cooperating=names_of(written.get("cooperating", cooperating)),
        values={**held.values, **absent, **values_of(level, written, language)},
    )


def _step_boxes(node: Node, stage: str, language: str) -> tuple[Box, ...]:
    level = level_of(node)
    if is_back(level, node.stage, stage):
        return (Box("reason", say(N_("Reason"), language), "area", required=True),)
    missing = unmet(level, stage, node.values, node.stage)
    boxes = (_value_box(level.fields[name], None, language) for name in missing)
    return tuple(replace(box, required=True) for box in boxes)


def step_of(node: Node, stage: str, written: Mapping[str, str], language: str) -> Step:
    """The move that a form asks for."""
    return Step(stage, written.get("reason", ""), values_of(level_of(node), written, language))


def return_of(written: Mapping[str, str], today: date) -> Return:
    """The report of today that a form asks for; its progress is written in per cent."""
    percent = number_of(written["progress"])
    return Return(
        period=written["period"].strip(),
        reported_on=today,
        progress=None if percent is None else percent / 100,
        note=written["note"],
        forecast_due_on=day_of(written["forecast_due_on"]),
        confidence=next((name for name in _SURE if name == written.get("confidence")), None),
        difficulty=written.get("difficulty", ""),
        figures=tuple(map(figure_of, filter(str.strip, written.get("figures", "").splitlines()))),
    )


def figure_of(line: str) -> Amount:
    """A line of figures: what, how many and the unit, which may be left out; raises Invalid.

    >>> figure_of("落地项目 74 个")
    Amount(name='落地项目', value=Decimal('74'), unit='个')
    """
    found = _FIGURE.fullmatch(line.strip())
    if not found:
        raise Invalid(
            N_("{line} is no figure."),
            advice=N_("Write what it counts, a number and the unit, with spaces between them."),
            line=line[:80],
        )
    return Amount(found["name"], Decimal(found["value"].replace(",", "")), found["unit"] or "")


def day_of(written: str) -> date | None:
    """A date as 2023-06-01, None for nothing; raises Invalid.

    >>> day_of("2023-06-01"), day_of("")
    (datetime.date(2023, 6, 1), None)
    """
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Invalid(
            N_("{day} is no date."), advice=N_("Write it as 2023-06-01, or leave it out."), day=written
        ) from error


def number_of(written: str) -> float | None:
    """A number, None for nothing; raises Invalid."""
    try:
        return float(written) if written else None
    except ValueError as error:
        raise Invalid(
            N_("{number} is no number."), advice=N_("Write it as 12.5, or leave it out."), number=written
        ) from error
