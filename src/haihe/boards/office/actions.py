"""What a person asks of the office: hand out items, see who returned them, take in what came back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import Return, period_actions
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import intake, tables
from haihe.boards.office.chasing import deadline_of
from haihe.boards.office.handouts import handouts_of
from haihe.boards.office.merging import Batch, Present, candidates_of, merged
from haihe.boards.office.records import (
    Asked,
    Cycle,
    Dispatch,
    Handout,
    Inbox,
    Item,
    Merge,
    Orphan,
    Taken,
    Wanted,
)
from haihe.boards.office.states import states_of
from haihe.boards.office.tables import OFFICE_DISPATCH
from haihe.boards.office.workbook import workbook_of
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.periods import checked_period, last_day_of
from haihe.kit.words import Language
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_PART_CHARACTERS_MAX = 32

today = ledger.today


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be handed out: the plan by number or name, the period, the day to return by, the language.

    Without a day it is the last workday of the period.
    """

    plan: int | str
    period: str
    return_by: date | None = None
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed out, as files by name, and the items that nobody can be handed."""

    asked: Asked
    files: Mapping[str, bytes]
    handouts: tuple[Handout, ...]
    orphans: tuple[Orphan, ...]


def dispatch(store: Store, asker: Asker, order: Order, *, dry_run: bool = False) -> Handed:
    """Make a workbook for each lead unit, and note that it is handed out; a dry run notes and makes nothing.

    Raises Invalid for a period that is none, Conflict for a plan without items to hand out.
    """
    asked, items = _asked(store, asker, order)
    handouts, orphans = handouts_of(items, asked)
    for handout in handouts:
        require(asker, "report_item", handout.unit.entity)
    if not handouts:
        raise Conflict(
            N_("{plan} has no open item with a lead unit to hand it to."),
            advice=N_("Accept its drafts, and give its items lead units, on the page of the plan."),
            plan=asked.plan_name,
        )
    if dry_run:
        return Handed(asked, dict.fromkeys(_names(handouts), b""), handouts, orphans)
    files = dict(zip(_names(handouts), map(workbook_of, handouts), strict=True))
    kept = [store.files.keep(content) for content in files.values()]
    with writing(store.engine, actor_of(asker)) as session:
        tables.put_dispatches(session, zip(handouts, kept, strict=True))
        units = [
            {"unit": handout.unit.name, "items": len(handout.lines), "sha256": sha256}
            for handout, sha256 in zip(handouts, kept, strict=True)
        ]
        session.record("dispatch", f"plan/{asked.plan}", {"period": asked.period, "units": units})
        session.commit()
    return Handed(asked, files, handouts, orphans)


def _asked(store: Store, asker: Asker, order: Order) -> tuple[Asked, tuple[Item, ...]]:
    plan = ledger.plan_at(store, asker, order.plan)
    period = checked_period(order.period)
    items = intake.items_of(ledger.promises_of(store, asker, plan.id, today()), period)
    return_by = order.return_by or deadline_of(period)
    return Asked(plan.id, plan.name, period, return_by, order.language), items


def _names(handouts: Sequence[Handout]) -> list[str]:
    """The name of each file, 单位名-计划-2026-11.xlsx, fit for any system and each once."""
    found: list[str] = []
    for handout in handouts:
        words = (handout.unit.name, handout.asked.plan_name)
        parts = [_UNFIT.sub(" ", one).strip(" .")[:_PART_CHARACTERS_MAX] for one in words]
        name = "-".join([*parts, handout.asked.period])
        again = sum(one.startswith((f"{name}.", f"{name} (")) for one in found)
        found.append(f"{name} ({again + 1}).xlsx" if again else f"{name}.xlsx")
    return found


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip archive."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


def workbook_at(store: Store, asker: Asker, number: int) -> tuple[str, bytes]:
    """The name and content of a workbook as it was handed out; raises NotFound."""
    with reading(store.engine) as connection:
        found = tables.dispatches_where(connection, OFFICE_DISPATCH.c.id == number)
    if not found:
        raise NotFound(N_("There is no workbook {id}."), advice=N_("Open it again from its plan."), id=number)
    handout = found[0].handout
    ledger.plan_at(store, asker, handout.asked.plan)
    require(asker, "report_item", handout.unit.entity)
    return _names([handout])[0], store.files.content(found[0].sha256)


def cycle(store: Store, asker: Asker, order: Order) -> Cycle:
    """What was handed out of a plan for a period, what was reported, and what waits to be handed out."""
    asked, items = _asked(store, asker, order)
    dispatches = _dispatches(store, asked.plan, asked.period)
    filed = ledger.reports_in(store, asker, asked.plan, asked.period)
    units = states_of(dispatches, {item.line.node for item in items}, filed)
    handouts, orphans = handouts_of(items, asked)
    known = {state.unit.key for state in units}
    waiting = tuple(handout for handout in handouts if handout.unit.key not in known)
    return Cycle(asked, units, waiting, orphans)


def _dispatches(store: Store, plan: int, period: str) -> list[Dispatch]:
    of_period = (OFFICE_DISPATCH.c.plan_id == plan) & (OFFICE_DISPATCH.c.period == period)
    with reading(store.engine) as connection:
        return tables.dispatches_where(connection, of_period)


def preview(store: Store, asker: Asker, inbox: Inbox, wanted: Wanted) -> Merge:
    """What returned workbooks would change; nothing is stored."""
    require(asker, "report_item")
    plan, period = _meant(store, inbox, wanted)
    locked = False
    batch, present = Batch(None, "", "", inbox.returned, {}), Present({}, {}, {})
    if plan is not None:
        held = ledger.plan_at(store, asker, plan)
        dispatches = _dispatches(store, plan, period)
        handed = {each.handout.digest: each.handout for each in dispatches}
        batch = Batch(plan, held.name, period, inbox.returned, handed)
        present = present_in(store, asker, plan, period)
        locked = period_actions.period_lock(store, asker, plan, period) is not None
    found = merged(batch, present, wanted.chosen)
    if wanted.files:
        found = merged(batch, present, wanted.chosen | candidates_of(found, wanted.files))
    return replace(found, files=(*found.files, *inbox.refused), locked=locked)


def present_in(store: Store, asker: Asker, plan: int, period: str) -> Present:
    """What a period of a plan has now: its items, what was reported, what was handed out."""
    items = intake.items_of(ledger.promises_of(store, asker, plan, today()), period)
    reports = ledger.reports_in(store, asker, plan, period)
    with reading(store.engine) as connection:
        filed = tables.filed_of(connection, reports)
    lines = {item.line.node: item.line for item in items}
    return Present(lines, {item.line.node: {unit.key for unit in item.leads} for item in items}, filed)


def _meant(store: Store, inbox: Inbox, wanted: Wanted) -> tuple[int | None, str]:
    """The plan and period that are collected: those wanted, else those that most files are of."""
    if wanted.plan is not None and wanted.period is not None:
        return wanted.plan, checked_period(wanted.period)
    digests = {file.fingerprint.get("digest", "") for file in inbox.returned}
    with reading(store.engine) as connection:
        known = tables.dispatches_where(connection, OFFICE_DISPATCH.c.digest.in_(digests))
    of = {each.handout.digest: each.handout.asked for each in known}
    counts: Counter[tuple[int, str]] = Counter()
    for file in inbox.returned:
        asked = of.get(file.fingerprint.get("digest", ""))
        if asked and wanted.plan in {None, asked.plan} and wanted.period in {None, asked.period}:
            counts[asked.plan, asked.period] += 1
    return counts.most_common(1)[0][0] if counts else (wanted.plan, wanted.period or "")


def collect(store: Store, asker: Asker, inbox: Inbox, wanted: Wanted, confirmed: str) -> Merge:
    """Make the reports that a preview showed, all or none; the same returns again add nothing.

    Raises Conflict when what would be done is no longer what was `confirmed`, the digest of the preview, and
    for a locked period without a reason.
    """
    plan = preview(store, asker, inbox, wanted).plan
    if plan is None:
        raise Invalid(
            N_("None of the files is a return of a workbook that was handed out here."),
            advice=N_("Collect the files that the units filled in, whatever they are called."),
        )
    with writing(store.engine, actor_of(asker)) as session:
        held = ledger.hold(session, plan)
        found = preview(store, asker, inbox, wanted)
        if found.digest != confirmed:
            raise Conflict(
                N_("What the returns of {plan} would change is no longer what was shown."),
                advice=N_("Look at the differences again, and confirm those."),
                plan=found.plan_name,
            )
        if found.reports:
            given = returns_of(store, asker, found)
            if found.locked and wanted.reason:
                made = period_actions.correct_all(session, asker, held, given, wanted.reason)
            else:
                made = ledger.report_all(session, asker, held, given)
            keep_returns(session, found, {made[node].id: taken for node, taken in found.reports.items()})
            for sha256 in {taken.sha256 for taken in found.reports.values()}:
                store.files.keep(inbox.contents[sha256])
            session.commit()
    return found


def returns_of(store: Store, asker: Asker, found: Merge) -> dict[int, Return]:
    """The reports to be made; each speaks for the last day of the period, or for one already reported on."""
    assert found.plan is not None
    last = min(last_day_of(found.period), today())
    filed = ledger.reports_in(store, asker, found.plan, found.period)
    given = {}
    for node, taken in found.reports.items():
        entry, before = taken.entry, [report.reported_on for report in filed.get(node, ())]
        given[node] = Return(
            found.period,
            max([last, *before]),
            entry.progress,
            entry.note,
            entry.forecast,
            confidence=entry.confidence,
            difficulty=entry.difficulty,
        )
    return given


def keep_returns(session: Session, found: Merge, taken: Mapping[int, Taken]) -> None:
    """Keep what the returns said beside the reports that were made of them."""
    tables.put_returns(session, taken)
    files = {one.file: one.sha256 for one in taken.values()}
    detail = {"period": found.period, "reports": len(taken), "files": files}
    session.record("collect", f"plan/{found.plan}", detail)
