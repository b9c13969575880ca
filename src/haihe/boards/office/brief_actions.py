"""What the office asks of briefs: draft one, see what changed, issue it, have it again as it was issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import Lock, Plan, period_actions
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import brief_intake
from haihe.boards.office.brief_tables import (
    BRIEF,
    BRIEF_DRAFT,
    Made,
    drafts_where,
    issues_where,
    next_stamp,
    places_of,
    put_draft,
    put_issue,
)
from haihe.boards.office.briefs import (
    KIND_LABELS,
    Brief,
    BriefKind,
    Change,
    Draft,
    Issue,
    Stamp,
    definition_of,
    differences,
)
from haihe.boards.office.composition import composed
from haihe.boards.office.matters import Request
from haihe.boards.office.paper import docx_of
from haihe.boards.office.placeholders import checked_template
from haihe.boards.office.template import shipped
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.periods import checked_period, first_day_of, months_of, neighbour
from haihe.kit.words import Language
from haihe.store.opening import Store
from haihe.store.session import reading, writing
from haihe.store.work import Progress

ISSUER_CHARACTERS_MAX = 60
REASON_CHARACTERS_MAX = 500

today = ledger.today


@dataclass(frozen=True, slots=True)
class Order:
    """Which brief is wanted: the plan by number or name, the kind, the period, the language."""

    plan: int | str
    kind: BriefKind
    period: str
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A brief as it would be issued now, and its lines that the one before has otherwise.

    `draft` is None where nothing was kept; `before` says whether there was one to compare with.
    """

    brief: Brief
    draft: Draft | None
    before: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Issuing:
    """How a draft is issued: in whose name, by which template (None is the shipped one), and why again."""

    issuer: str = ""
    template: bytes | None = None
    template_name: str = ""
    reason: str = ""


def kind_of(words: str) -> BriefKind:
    """A kind of brief; raises Invalid for none."""
    found = next((kind for kind in KIND_LABELS if kind == words), None)
    if found is None:
        raise Invalid(
            N_("There is no kind {kind} of brief."),
            advice=N_("Choose one of {kinds}."),
            kind=words[:20],
            kinds=", ".join(KIND_LABELS),
        )
    return found


def _silent(share: float, words: str) -> None:
    """Nobody waits to see how far it is."""


def draft(
    store: Store, asker: Asker, order: Order, *, dry_run: bool = False, progress: Progress = _silent
) -> Drafted:
    """Write a brief as things stand and keep it as a draft; one that says nothing new adds none.

    A dry run keeps nothing. Raises Invalid for a period that is none, is still to come, or is not of the
    length that the kind is made for.
    """
    require(asker, "see_unpublished" if dry_run else "publish")
    brief, digest = _written(store, asker, order, progress)
    last = last_draft(store, asker, order)
    changes = differences(last.brief, brief) if last else ()
    same = last and (last.brief.digest, last.period_digest) == (brief.digest, digest)
    kept = last if same else None
    if kept is None and not dry_run:
        with writing(store.engine, actor_of(asker)) as session:
            kept = put_draft(session, brief, digest)
            detail = {"kind": brief.kind, "period": brief.period, "digest": brief.digest}
            session.record("draft_brief", f"plan/{brief.plan}", detail)
            session.commit()
    return Drafted(brief, kept, last is not None, changes)


def _written(store: Store, asker: Asker, order: Order, progress: Progress) -> tuple[Brief, str]:
    """The brief as things stand, and the ledger's digest of its period."""
    plan = ledger.plan_at(store, asker, order.plan)
    _check_period(order)
    progress(0.05, order.period)
    found = _found(store, asker, plan, order, progress)
    asked = Request(order.kind, plan.id, plan.name, plan.tier, order.period, order.language)
    progress(0.9, order.period)
    return composed(brief_intake.ground_of(asked, found)), found.period.digest


def _found(store: Store, asker: Asker, plan: Plan, order: Order, progress: Progress) -> brief_intake.Found:
    period = period_actions.period_at(store, asker, plan.id, order.period)
    progress(0.2, order.period)
    months = []
    for month in months_of(order.period):
        if month != order.period and first_day_of(month) <= today():
            months.append(period_actions.period_at(store, asker, plan.id, month))
            progress(0.2 + 0.1 * min(len(months), 4), month)
    parts = dict.fromkeys([order.period, *months_of(order.period)])
    reports = brief_intake.latest_of(ledger.reports_in(store, asker, plan.id, part) for part in parts)
    since = _last_issued_at(store, plan.id, order.kind)
    with reading(store.engine) as connection:
        places = places_of(connection, [each.id for held in reports.values() for each in held])
    return brief_intake.Found(
        tree=ledger.tree_of(store, asker, plan.id, period.on),
        period=period,
        before=period_actions.period_at(store, asker, plan.id, neighbour(order.period)),
        months=months,
        reports=reports,
        places=places,
        corrections=period_actions.corrections_since(store, asker, plan.id, since),
        since=since,
    )


def _check_period(order: Order) -> None:
    length = {4: "year", 6: "quarter", 7: "month"}[len(checked_period(order.period))]
    if length not in definition_of(order.kind).periods:
        raise Invalid(
            N_("A brief of this kind is not made for {period}."),
            advice=N_("A monthly brief is for a month such as 2026-11, a quarterly one for 2026Q4."),
            period=order.period,
        )
    if first_day_of(order.period) > today():
        raise Invalid(
            N_("{period} is still to come, so there is nothing to tell of it."),
            advice=N_("Choose a period that has begun."),
            period=order.period,
        )


def _last_issued_at(store: Store, plan: int, kind: BriefKind) -> datetime | None:
    with reading(store.engine) as connection:
        found = issues_where(connection, BRIEF.c.plan_id == plan, BRIEF.c.kind == kind, limit=1)
    return found[0].at if found else None


def issue(store: Store, asker: Asker, number: int, issuing: Issuing) -> Issue:
    """Issue a draft: number it, keep its file, and lock its period where its kind does, in one transaction.

    For a period that has its brief already this is a new version, which needs a reason; the one before stays.
    Raises Conflict for a draft that is no longer how things stand, Invalid for a template of no use.
    """
    require(asker, "publish")
    held = draft_at(store, asker, number)
    _check(issuing)
    template, brief = _template(issuing), held.brief
    with writing(store.engine, actor_of(asker)) as session:
        stamp, over = next_stamp(session, brief, issuing.issuer, today())
        _check_version(over, held, issuing)
        content = docx_of(brief, stamp, template)
        made = Made(
            store.files.keep(content), store.files.keep(template), over.id if over else None, issuing.reason
        )
        if definition_of(brief.kind).locks:
            lock = Lock(made.sha256, None if over else held.period_digest)
            period_actions.lock_in(session, asker, brief.plan, brief.period, lock)
        _check_current(store, asker, held)
        issued = put_issue(session, held, stamp, made)
        detail = {"brief": issued.id, "period": brief.period, "sha256": made.sha256, "digest": brief.digest}
        session.record("issue_brief", f"plan/{brief.plan}", detail | {"reason": issuing.reason})
        session.commit()
    return issued


def _check(issuing: Issuing) -> None:
    for words, limit in ((issuing.issuer, ISSUER_CHARACTERS_MAX), (issuing.reason, REASON_CHARACTERS_MAX)):
        if len(words) > limit:
            raise Invalid(
                N_("{words} has {count} characters; it may have {limit}."),
                advice=N_("Shorten it."),
                words=f"{words[:20]}…",
                count=len(words),
                limit=limit,
            )


def _check_version(over: Issue | None, held: Draft, issuing: Issuing) -> None:
    if over is None:
        return
    if over.draft == held.id:
        raise Conflict(
            N_("This draft is issued already."),
            advice=N_("Nothing of it has changed since. Open the issued brief and take its file."),
        )
    if not issuing.reason.strip():
        raise Conflict(
            N_("For {period} a brief of this kind is issued already."),
            advice=N_("To issue a new version in its place, say why; the old one stays in the list."),
            period=held.brief.period,
        )


def _check_current(store: Store, asker: Asker, held: Draft) -> None:
    brief = held.brief
    order = Order(brief.plan, brief.kind, brief.period, brief.language)
    if _written(store, asker, order, _silent)[0].digest != brief.digest:
        raise Conflict(
            N_("The draft is no longer how things stand: something in it changed since."),
            advice=N_("Make the draft again, look at the differences, and issue that one."),
        )


def last_draft(store: Store, asker: Asker, order: Order) -> Draft | None:
    """The last draft of a brief, None where there is none."""
    require(asker, "see_unpublished")
    plan = ledger.plan_at(store, asker, order.plan)
    columns = BRIEF_DRAFT.c
    wanted = columns.plan_id == plan.id, columns.kind == order.kind, columns.period == order.period
    with reading(store.engine) as connection:
        found = drafts_where(connection, *wanted, limit=1)
    return found[0] if found else None


def draft_at(store: Store, asker: Asker, number: int) -> Draft:
    """A draft; raises NotFound, also for one of a plan that the asker may not see."""
    require(asker, "see_unpublished")
    with reading(store.engine) as connection:
        found = drafts_where(connection, BRIEF_DRAFT.c.id == number)
    if not found:
        raise NotFound(
            N_("There is no draft {id} of a brief."), advice=N_("Make it again under Briefs."), id=number
        )
    ledger.plan_at(store, asker, found[0].brief.plan)
    return found[0]


def issues(store: Store, asker: Asker, plan: int) -> list[Issue]:
    """The briefs of a plan that were issued, superseded ones too, the latest first."""
    require(asker, "see_unpublished")
    ledger.plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        return issues_where(connection, BRIEF.c.plan_id == plan)


def issue_at(store: Store, asker: Asker, number: int) -> tuple[Issue, Brief]:
    """An issued brief and all that it says; raises NotFound."""
    require(asker, "see_unpublished")
    with reading(store.engine) as connection:
        found = issues_where(connection, BRIEF.c.id == number)
    if not found:
        raise NotFound(N_("There is no brief {id}."), advice=N_("Look at the list of briefs."), id=number)
    return found[0], draft_at(store, asker, found[0].draft).brief


def file_at(store: Store, asker: Asker, number: int) -> bytes:
    """The docx of an issued brief, byte for byte; where the file is lost it is made again from its draft."""
    issued, brief = issue_at(store, asker, number)
    try:
        return store.files.content(issued.sha256)
    except NotFound:
        content = docx_of(brief, issued.stamp, store.files.content(issued.template_sha256))
        if store.files.keep(content) != issued.sha256:
            raise
        return content


def draft_file(store: Store, asker: Asker, number: int, issuing: Issuing) -> bytes:
    """The docx of a draft, which says over its title that it is one."""
    return docx_of(draft_at(store, asker, number).brief, Stamp(issuing.issuer), _template(issuing))


def _template(issuing: Issuing) -> bytes:
    if issuing.template is None:
        return shipped()
    return checked_template(issuing.template, issuing.template_name)
