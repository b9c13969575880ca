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
from haihe.boards.ledger.records import Amount, Confidence, Edit, Node, Report, Return, Role, Step
from haihe.boards.ledger.tree import DEEDS, STATE_LABELS, level_of
from haihe.boards.ledger.values import given, names_of, shown
from haihe.kit import resources
from haihe.kit.errors import N_, Invalid
from haihe.kit.words import say

SUBMIT = """(event) => {
  event.preventDefault();
  const expected = event.target.querySelector("[data-past]");
  const done = Number(event.target.elements.progress?.value) >= 100;
  const past = expected?.value && expected.value < expected.dataset.day && !done;
  if (past && !confirm(expected.dataset.past)) return;
  const data = new FormData(event.target);
  emit(Object.fromEntries([...data.keys()].map((name) => [name, data.getAll(name).join("、")])));
}"""
"""What the browser does with a form: it hands over what was written, by the names of the boxes.

It asks again before a report that expects what is not finished by a day that has passed.
"""

_HTML: Mapping[str, str] = {
    "text": '<label>{label}<input name="{name}" type="text" value="{value}"{rest}></label>',
    "date": '<label>{label}<input name="{name}" type="date" value="{value}"{rest}></label>',
    "area": '<label>{label}<textarea name="{name}" rows="4"{rest}>{value}</textarea></label>',
    "forecast": '<label>{label}<input name="{name}" type="date" value="{value}"{rest}></label>{options}',
    "choice": '<label>{label}<select name="{name}"{rest}>{options}</select></label>',
    "choices": '<label>{label}<select name="{name}" multiple{rest}>{options}</select></label>',
}
_OPTION = '<option value="{code}"{chosen}>{words}</option>'
_STILL = (
    '<button type="button" class="hai-still" value="{code}" onclick="const box = this.form.elements'
    ".forecast_due_on; box.value = this.value; box.dispatchEvent(new Event('input', {{bubbles: true}}))\">"
    "{words}</button>"
)
"""A day that was expected before, which goes into the box by a click."""
_BOXES = {"words": "area", "date": "date", "choice": "choice", "choices": "choices", "flag": "choice"}
_PLACE = ' pattern="[0-9]{6}" inputmode="numeric"'
_FIGURE = re.compile(
    r"(?P<name>.*?\S)[\s:：]+(?P<value>[-+]?\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?)\s*(?P<unit>\S.*)?", re.ASCII
)
_UNITS: Mapping[Role, str] = {"lead": N_("Lead units"), "cooperating": N_("Cooperating units")}
_SURE: Mapping[Confidence, str] = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
_DIGITS = ' inputmode="decimal"'
_MORE = N_("Posts, target and links")


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
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A form under its title: what it asks for and does, for a new node of a level or a move to a stage.

    The `folded` boxes, and those that are `aside`, stand below the others under a line `more`.
    """

    deed: Literal["begin", "add", "edit", "move", "report"]
    title: str
    boxes: tuple[Box, ...]
    submit: str
    level: Level | None = None
    stage: str = ""
    opened: bool = False
    folded: tuple[Box, ...] = ()
    more: str = ""

    def filled(self, words: Mapping[str, str]) -> Offer:
        """The same form with other words in its boxes, by their names."""
        return replace(self, boxes=tuple(replace(box, value=words[box.name]) for box in self.boxes))

    def html(self) -> str:
        """The inside of the form with its button."""
        shown = "".join(box_html(box) for box in self.boxes if not box.aside)
        aside = (*(box for box in self.boxes if box.aside), *self.folded)
        if aside:
            opened = " open" if any(box.aside and box.value for box in aside) else ""
            folded = "".join(map(box_html, aside))
            shown += f"<details{opened}><summary>{escape(self.more)}</summary>{folded}</details>"
        return f"{shown}<button class=hai-button>{escape(self.submit)}</button>"


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
        words = title, _node_boxes(level, None, language), say(N_("Add"), language), level
        yield Offer("add", *words, opened=opened, more=say(_MORE, language))


def words_of(offer: Offer) -> dict[str, str]:
    """The words in the boxes of a form, by their names."""
    return {box.name: "" if box.value is None else str(box.value) for box in offer.boxes}


def edit_offer(node: Node, parent: str | None, language: str) -> Offer:
    """The form that changes a node, open while it is a draft."""
    level = level_of(node)
    boxes = (*_level_boxes(node, parent, language), *_node_boxes(level, node, language))
    words = say(N_("Edit"), language), boxes, say(N_("Save"), language), level
    return Offer("edit", *words, opened=node.state != "accepted", more=say(_MORE, language))


def move_offers(node: Node, language: str) -> Iterator[Offer]:
    """The forms that move a node, one for each other stage, with what is still missing for it."""
    for stage in level_of(node).stages.values():
        if stage.name != node.stage:
            title = say(N_("Move to: {stage}"), language, stage=stage.label[language])
            boxes = _step_boxes(node, stage.name, language)
            yield Offer("move", title, boxes, say(N_("Move"), language), stage=stage.name)


def report_offer(node: Node, today: date, language: str) -> Offer:
    """The form that reports on a node: what a phone needs, the rest folded, and no forecast of its own."""
    boxes = _report_boxes(None, forecast_box(node.report, today, language), language)
    period = Box("period", say(N_("Period"), language), value=f"{today:%Y-%m}", required=True)
    words = say(N_("Report"), language), boxes[:3], say(N_("Send"), language)
    more = say(N_("Difficulties, figures, confidence, another period"), language)
    return Offer("report", *words, folded=(*boxes[3:], period), more=more)


def correction_offer(said: Report | None, language: str) -> Offer:
    """The form that corrects what was said for a locked period, filled in with it."""
    day = said.forecast_due_on if said else None
    expected = Box("forecast_due_on", say(N_("Expected by"), language), "date", day)
    boxes = (
        *_report_boxes(said, expected, language),
        Box("reason", say(N_("Reason of the correction"), language), "area", required=True),
    )
    title, send = say(N_("What the report should have said"), language), say(N_("Correct"), language)
    return Offer("report", title, boxes, send, opened=True)


def forecast_box(last: Report | None, today: date, language: str) -> Box:
    """The box for a forecast, empty; what was expected last time stands beside it, to be taken by a click."""
    expected = last.forecast_due_on if last else None
    options: tuple[tuple[str, str], ...] = ()
    if expected:
        template = N_("Still {day}") if expected >= today else N_("Last expected by {day}")
        options = ((expected.isoformat(), say(template, language, day=expected)),)
    past = say(N_("You expect it by a day that has passed. Save it all the same?"), language)
    rest = f' data-day="{today}" data-past="{escape(past)}"'
    return Box("forecast_due_on", say(N_("Expected by"), language), "forecast", None, options, rest=rest)


def _report_boxes(said: Report | None, expected: Box, language: str) -> tuple[Box, ...]:
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
        Box("note", say(N_("What was done"), language), "area", said.note if said else ""),
        expected,
        Box("difficulty", say(N_("Difficulties"), language), "area", said.difficulty if said else ""),
        Box("figures", say(N_("Figures, one a line: what, how many, unit"), language), "area", figures),
        Box(
            "confidence",
            say(N_("Confidence"), language),
            "choice",
            said.confidence if said else None,
            options=sure,
        ),
    )


def box_html(box: Box) -> str:
    """A box with its label."""
    chosen, option = names_of(str(box.value or "")), _STILL if box.kind == "forecast" else _OPTION
    options = "".join(
        option.format(code=escape(code), words=escape(words), chosen=" selected" if code in chosen else "")
        for code, words in box.options
    )
    rest = box.rest + (" required" if box.required else "")
    value = "" if box.value is None else escape(str(box.value))
    return _HTML[box.kind].format(
        label=escape(box.label), name=box.name, value=value, options=options, rest=rest
    )


def _node_boxes(level: Level, node: Node | None, language: str) -> tuple[Box, ...]:
    held = node or Node(0, 0, None, (), level.name, "", "", "accepted", None)
    boxes = [
        Box("title", say(N_("Title"), language), value=held.title, required=True),
        Box("text", say(N_("Text"), language), "area", held.text),
    ]
    if level.promise or "lead" in level.columns:
        boxes += (
            Box(role, level.role(role, language) or say(words, language), value="、".join(held.named(role)))
            for role, words in _UNITS.items()
        )
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
    return Box(name, label, kind, written, tuple(options), field.required, rest, field.aside)


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
    values = {**held.values, **absent, **values_of(level, written, language)}
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
        values={name: each for name, each in values.items() if each is not None},
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
