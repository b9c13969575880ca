"""The blocks that pages are built of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal

from markupsafe import Markup
from nicegui import ui

from haihe.kit.errors import N_, HaiheError
from haihe.kit.words import explain
from haihe.ui.address import address, chosen
from haihe.ui.language import language, phrase, tr
from haihe.ui.markup import button, icon, link, number_link, share_bar, value, write


def answer(sentence: Markup | str) -> None:
    """The answer of the page, first and large, as one sentence with its numbers linked."""
    write(sentence, "p", "hai-answer")


@contextmanager
def section(title: str, aside: Markup | str = "") -> Iterator[None]:
    """A part of a page under its heading; `aside` stands at the heading's right."""
    with ui.element("section").classes("hai-section"):
        write(Markup("<h2>{}</h2><div>{}</div>").format(title, aside), classes="hai-section-head")
        yield


@contextmanager
def cards() -> Iterator[None]:
    """A row of cards that wraps."""
    with ui.element("div").classes("hai-cards"):
        yield


@contextmanager
def card(title: str, *, href: str | None = None, face: str | None = None) -> Iterator[None]:
    """One card: its title, linked where it leads somewhere, and the name of a Material icon before it."""
    with ui.element("article").classes("hai-card"):
        words = link(title, href) if href else Markup.escape(title)
        write((icon(face) if face else Markup("")) + words, "h3")
        yield


@contextmanager
def split() -> Iterator[tuple[ui.element, ui.element]]:
    """Two panes, what is read on the left and what is done with it on the right; stacked on a phone."""
    with ui.element("div").classes("hai-split"):
        yield ui.element("div").classes("hai-pane"), ui.element("div").classes("hai-pane")


def particulars(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values of one thing, as a list of terms; None shows as unknown."""
    row = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
    rows = Markup("").join(row.format(name, value(content)) for name, content in pairs)
    write(rows, "dl", "hai-particulars")


def coverage_line(statement: Markup | str, *, as_of: date | None = None, error: str | None = None) -> None:
    """The line that closes a page: what is known out of what, as of when, with which measured error."""
    parts = [Markup.escape(statement)]
    if as_of:
        parts.append(phrase(N_("As of {day}."), day=value(as_of)))
    else:
        parts.append(phrase(N_("The date of the data is unknown.")))
    if error:
        parts.append(phrase(N_("Measured error: {error}."), error=error))
    write(Markup(" ").join(parts), "p", "hai-coverage")


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: its share of the whole from 0 to 1, its words, and the source of its number."""

    label: str
    share: float
    text: str
    source_id: str | None = None


def _number(reason: Reason) -> Markup:
    return number_link(reason.text, reason.source_id) if reason.source_id else Markup.escape(reason.text)


def reason_list(score: Markup | str, reasons: Sequence[Reason]) -> None:
    """A score and the parts it is made of, as bars."""
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(
            reason.label, share_bar(reason.share, _number(reason))
        )
        for reason in reasons
    )
    block = Markup('<p class="hai-score">{}</p><table><tbody>{}</tbody></table>').format(score, rows)
    write(block, classes="hai-reasons")


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline; `when` is a date or a period such as 2023Q1, None where it is unknown."""

    when: date | str | None
    title: Markup | str
    text: Markup | str = ""


def timeline(moments: Sequence[Moment]) -> None:
    """What happened, in the order given."""
    rows = (
        Markup("<li><span>{}</span><div><strong>{}</strong><p>{}</p></div></li>").format(
            value(moment.when), moment.title, moment.text
        )
        for moment in moments
    )
    write(Markup("").join(rows), "ol", "hai-timeline")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: done, the present one, or still to come."""

    label: str
    state: Literal["done", "now", "next"]


def stepper(steps: Sequence[Step], on_undo: Callable[[], object] | None = None) -> None:
    """A path and where it stands; `on_undo` takes the last step back."""
    rows = (
        Markup('<li data-state="{}"{}>{}</li>').format(
            step.state, Markup(' aria-current="step"') if step.state == "now" else "", step.label
        )
        for step in steps
    )
    with ui.element("div").classes("hai-stepper"):
        write(Markup("").join(rows), "ol")
        if on_undo and any(step.state == "done" for step in steps):
            button(tr(N_("Undo the last step")), on_undo)


def empty_state(
    what: str, why: str, *, command: str | None = None, way: tuple[str, str] | None = None
) -> None:
    """What would stand here, why nothing does, and the command or the way (words, address) to fill it."""
    parts = [Markup("<strong>{}</strong><p>{}</p>").format(what, why)]
    if command:
        parts.append(Markup("<code>{}</code>").format(command))
    if way:
        parts.append(Markup('<a class="hai-button" href="{1}">{0}</a>').format(*way))
    write(Markup("").join(parts), classes="hai-empty")


def refusal(error: HaiheError) -> None:
    """An error as a block of the page: what happened and what to do."""
    message, advice = explain(error, language())
    block = Markup("<strong>{}</strong><p>{}</p>").format(message, advice)
    write(block, classes="hai-empty").props("role=alert")


def notice(message: HaiheError | str) -> None:
    """A short notice over the page: an error's message and advice, or plain words already translated."""
    if isinstance(message, HaiheError):
        words, kind = " ".join(explain(message, language())), "hai-notice-error"
    else:
        words, kind = message, "hai-notice"
    ui.notify(words, position="top", close_button=tr(N_("Close")), classes=kind, timeout=8000)


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: `name` in the address, its words, and its values with their words and counts."""

    name: str
    label: str
    values: Sequence[tuple[str, str, int | None]]


def facets(groups: Sequence[Facet]) -> None:
    """Filters as links: each adds or takes out one value in the address; `address.chosen` reads them."""
    write(
        Markup("").join(
            Markup('<div role="group" aria-label="{0}"><b>{0}</b>{1}</div>').format(
                group.label, Markup("").join(_facet_link(group.name, *each) for each in group.values)
            )
            for group in groups
        ),
        "nav",
        "hai-facets",
    )


def _facet_link(name: str, code: str, words: str, count: int | None) -> Markup:
    now = chosen(name)
    here = code in now
    after = [other for other in now if other != code] if here else [*now, code]
    return Markup('<a href="{}"{}>{}{}</a>').format(
        address(part=(), **{name: after}),
        Markup(' aria-current="true"') if here else "",
        words,
        "" if count is None else Markup(" <small>{:,}</small>").format(count),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How far long work has come: a share from 0 to 1, None where it cannot be told, and the words for it."""

    share: float | None
    text: str
    done: bool = False


def progress(
    standing: Callable[[], Awaitable[Standing]],
    *,
    on_stop: Callable[[], object] | None = None,
    on_done: Callable[[], object] | None = None,
) -> None:
    """Long work as a bar, asked for its standing each second until it is done; `on_stop` can end it."""
    with ui.element("div").classes("hai-progress").props("role=status"):
        bar = ui.linear_progress(value=0, show_value=False).props("rounded")
        words = ui.label()
        stop = button(tr(N_("Stop")), on_stop) if on_stop else None

    async def ask() -> None:
        now = await standing()
        bar.value = now.share or 0
        bar.props["indeterminate"] = now.share is None and not now.done
        words.text = now.text
        if now.done:
            timer.cancel()
            if stop:
                stop.delete()
            if on_done:
                on_done()

    timer = ui.timer(1.0, ask)
