"""What may be stored of what people write: names, reports, edits and fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from haihe.boards.ledger.drafting import Draft
from haihe.boards.ledger.kinds import Given, Kind, Level, faults_of
from haihe.boards.ledger.records import Amount, Edit, Node, Plan, Return
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.limits import DAY_MAX, DAY_MIN, NAME_CHARACTERS_MAX, is_taken
from haihe.kit.periods import checked_period

NOTE_CHARACTERS_MAX = 2_000
FIGURES_MAX = 20


def checked_name(name: str) -> str:
    """A plan's name without the space around it; raises Invalid for none or a long one."""
    kept = " ".join(name.split())
    if not 0 < len(kept) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The name of the plan has {count} characters; it needs 1 to {limit}."),
            advice=N_("Choose a short name that people will know the plan by."),
            count=len(kept),
            limit=NAME_CHARACTERS_MAX,
        )
    return kept


def checked_return(given: Return, today: date) -> Return:
    """A report as it may be stored.

    Raises Invalid for one that says nothing, or whose progress, period, day or note cannot be.
    """
    note = given.note.strip()
    if given.progress is None and given.forecast_due_on is None and not note:
        raise Invalid(
            N_("The report says nothing."),
            advice=N_("Give the progress, a forecast or a note of what was done."),
        )
    if given.progress is not None and not 0 <= given.progress <= 1:
        raise Invalid(
            N_("A progress of {progress} cannot be."),
            advice=N_("Give a share from 0 to 1, where 1 is finished."),
            progress=given.progress,
        )
    checked_period(given.period)
    _check_days(given.reported_on, given.forecast_due_on)
    if given.reported_on > today:
        raise Invalid(
            N_("The report is of {day}, which is still to come."),
            advice=N_("Give today or a day before it."),
            day=given.reported_on,
        )
    for words in (note, given.difficulty.strip()):
        if len(words) > NOTE_CHARACTERS_MAX:
            raise Invalid(
                N_("The note has {count} characters; it may have {limit}."),
                advice=N_("Say it more briefly, or attach it as a document."),
                count=len(words),
                limit=NOTE_CHARACTERS_MAX,
            )
    if len(given.key or "") > NAME_CHARACTERS_MAX or given.key == "":
        raise Invalid(
            N_("A key has 1 to {limit} characters."),
            advice=N_("Send a random one, the same for each attempt."),
            limit=NAME_CHARACTERS_MAX,
        )
    return replace(
        given, note=note, difficulty=given.difficulty.strip(), figures=_checked_figures(given.figures)
    )


def _checked_figures(figures: Sequence[Amount]) -> tuple[Amount, ...]:
    kept = tuple(Amount(one.name.strip(), one.value, one.unit.strip()) for one in figures)
    for one in kept:
        if not (0 < len(one.name) <= NAME_CHARACTERS_MAX and len(one.unit) <= 40 and one.value.is_finite()):
            raise Invalid(
                N_("The figure {name} {value} {unit} cannot be stored."),
                advice=N_("Give what it counts, a number and its unit, such as projects landed, 74."),
                name=one.name[:40],
                value=one.value,
                unit=one.unit[:40],
            )
    if len(kept) > FIGURES_MAX:
        raise Invalid(
            N_("The report has {count} figures; it may have {limit}."),
            advice=N_("Keep those that the item is measured by, and attach the others as a file."),
            count=len(kept),
            limit=FIGURES_MAX,
        )
    return kept


def checked_edit(edit: Edit) -> Edit:
    """An edit as it may be stored; raises Invalid for no title, no weight, or a start after the due date."""
    title = " ".join(edit.title.split())
    if not 0 < len(title) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The title has {count} characters; it needs 1 to {limit}."),
            advice=N_("Give a title that says what is promised."),
            count=len(title),
            limit=NAME_CHARACTERS_MAX,
        )
    if not 0 < edit.weight < float("inf"):
        raise Invalid(
            N_("A weight of {weight} cannot be."), advice=N_("Give a number above 0."), weight=edit.weight
        )
    _check_days(edit.start_on, edit.due_on)
    if edit.start_on and edit.due_on and edit.start_on > edit.due_on:
        raise Invalid(
            N_("It would start on {start_on}, after it is due on {due_on}."),
            advice=N_("Change one of the two days."),
            start_on=edit.start_on,
            due_on=edit.due_on,
        )
    return replace(edit, title=title, text=edit.text.strip())


def _check_days(*days: date | None) -> None:
    for day in days:
        if day and not is_taken(day):
            raise Invalid(
                N_("The day {day} cannot be."),
                advice=N_("Give one between {first} and {last}."),
                day=day,
                first=DAY_MIN,
                last=DAY_MAX,
            )


def checked_values(level: Level, values: Mapping[str, Given], *, whole: bool = True) -> dict[str, Given]:
    """The fields of a node as they may be stored; raises Invalid for the first that does not fit."""
    kept: dict[str, Given] = {name: value for name, value in values.items() if value not in (None, "", [])}
    for field, reason in faults_of(level, kept, whole=whole):
        raise Invalid(
            N_("The field {field} cannot be stored: {value}."),
            advice=reason,
            field=field,
            value=str(kept.get(field, "–"))[:80],
        )
    return kept


def checked_kind(name: str, known: Mapping[str, Kind]) -> Kind:
    """The kind of a name among those known; raises NotFound."""
    if name not in known:
        raise NotFound(
            N_("There is no kind {kind} of register."), advice=N_("haihe kinds lists them."), kind=name[:40]
        )
    return known[name]


def checked_plan(found: Sequence[Plan], name: int | str) -> Plan:
    """The only plan that was found; raises NotFound."""
    if not found:
        raise NotFound(
            N_("There is no plan {name} that you may see."),
            advice=N_("Look at the list of plans; one that is not published needs an account."),
            name=name,
        )
    return found[0]


def check_unguarded(node: Node, level: Level) -> None:
    """Raise Conflict for a node that is moved by the steps of supervision and by nothing else."""
    if level.guarded:
        raise Conflict(
            N_("{title} is moved step by step under Supervision."),
            advice=N_("Open its page there, and take the next step."),
            title=node.title,
        )


def check_publishable(plan: Plan) -> None:
    """Raise Conflict for a plan of which nothing counts."""
    if not plan.accepted:
        raise Conflict(
            N_("Nothing of {name} is accepted yet."), advice=N_("Review its drafts first."), name=plan.name
        )


def check_drafts(drafts: Sequence[Draft], title: str) -> None:
    """Raise Invalid where a document proposes no node."""
    if not drafts:
        raise Invalid(
            N_("{title} has no numbered list to make a plan of."),
            advice=N_("A plan is made of numbered measures, such as 一是 or （一）."),
            title=title,
        )
